"""The Reconciliation Service API, as OpenRefine and others send it, and names as people write them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ccn_graph.errors import QueryError
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import CallRequest
from ccn_graph.server.reconciliation.calls import Calls
from tests.conftest import ROOT, some
from tests.serving import Server, serving

#: Networks, of which no city is in all.
NETWORKS = ("network/u20", "network/g-nets", "network/anmc21", "network/world-cities-culture-forum", "network/gcom")

HERE = ROOT / "tests" / "conformance"

#: OpenRefine's page, and its server, run on the machine of who uses it.
OPENREFINE = {"Origin": "http://127.0.0.1:3333"}


@pytest.fixture(scope="module")
def calls(site: Site) -> Calls:
    return Calls(site)


def called(calls: Calls, method: str, language: str = "en", **parameters: Any) -> Any:
    told = json.dumps({"url": "https://example.org", "language": language, **parameters})
    body = calls.answer(CallRequest("reconciliation", method, told)).body
    return json.loads(body)


def best(calls: Calls, query: str, **more: Any) -> Mapping[str, Any]:
    result = called(calls, "match", sent={"q0": {"query": query, **more}})["q0"]["result"]
    first: Mapping[str, Any] = result[0]
    return first


def names() -> list[tuple[dict[str, str], str]]:
    """Names of cities as people write them, each with the identifier of its city, which is kept in a file apart."""
    written = csv.DictReader((HERE / "city_names.csv").read_text(encoding="utf-8").splitlines())
    answers = csv.DictReader((HERE / "city_answers.csv").read_text(encoding="utf-8").splitlines())
    right = {row["number"]: row["id"] for row in answers}
    return [(row, right[row["number"]]) for row in written]


@pytest.mark.parametrize("with_country", [False, True])
def test_of_300_names_as_people_write_them_nearly_all_are_found_and_none_is_surely_wrong(
    calls: Calls, with_country: bool
) -> None:
    first = sure = wrong = 0
    for row, right in some(names()):
        given = {"properties": [{"pid": "country", "v": row["country"]}]} if with_country and row["country"] else {}
        found = called(calls, "match", sent={"q": {"query": row["name"], "type": "city", **given}})["q"]["result"]
        is_right = bool(found) and found[0]["id"] == right
        first += is_right
        sure += is_right and found[0]["match"]
        wrong += any(one["match"] and one["id"] != right for one in found)
    assert wrong == 0
    assert first >= 280
    assert sure >= 260


@pytest.mark.parametrize(
    "query", ["Kanazawa", "金沢市", "金沢", "City of Kanazawa", "kanazawa-shi", "KANAZAWA (Japan)"]
)
def test_a_name_in_any_spelling_is_a_match(calls: Calls, query: str) -> None:
    found = best(calls, query, type="city")
    assert (found["id"], found["match"]) == ("city/kanazawa", True)


def test_properties_tell_namesakes_apart_and_explain_the_score(calls: Calls) -> None:
    for country, right in (("GB", "city/perth-gb"), ("United Kingdom", "city/perth-gb")):
        found = best(calls, "Perth", type="city", properties=[{"pid": "country", "v": country}])
        assert found["id"] == right
        assert {"id": "property_country", "value": True} in found["features"]
    wrong = best(calls, "Kobe", type="city", properties=[{"pid": "country", "v": "France"}])
    assert (wrong["id"], wrong["match"], wrong["score"]) == ("city/kobe", False, 70.0)
    assert {"id": "property_country", "value": False} in wrong["features"]


@pytest.mark.parametrize(
    ("property_", "value", "agrees"),
    [
        ("network", "uccn", True), ("network", {"id": "network/uccn"}, True), ("network", "none of its", False),
        ("field", "field/design", True), ("field", "Design", True), ("field", "Music", False),
        ("geonames", "1859171", True), ("code", "281000", True), ("code", 1, False),
    ],
)  # fmt: skip
def test_each_property_is_held_against_what_is_known(calls: Calls, property_: str, value: Any, agrees: bool) -> None:
    given = [{"pid": property_, "v": value}]
    if value == "uccn":
        given[0]["v"] = "UNESCO Creative Cities Network"
    if value == "none of its":
        own = called(calls, "extend", sent={"ids": ["city/kobe"], "properties": [{"id": "network"}]})
        mine = {one["id"] for one in own["rows"]["city/kobe"]["network"]}
        assert "network/uccn" in mine
        given[0]["v"] = {"id": next(iri for iri in NETWORKS if iri not in mine)}
    found = best(calls, "Kobe", type="city", properties=given)
    assert found["match"] is agrees


def test_a_date_is_held_against_the_membership_in_the_network(calls: Calls) -> None:
    for date, agrees in (("2012", True), ("2012-05-01", True), ("2001", False)):
        given = [{"pid": "network", "v": "network/uccn"}, {"pid": "date", "v": date}]
        assert best(calls, "Kobe", type="city", properties=given)["match"] is agrees


def test_types_limit_what_is_found(calls: Calls) -> None:
    assert best(calls, "UCCN", type="network")["id"] == "network/uccn"
    assert best(calls, "UCCN", type=["ccn:Network"])["type"] == [{"id": "network", "name": "Network"}]
    sent = {"q": {"query": "a", "limit": 3}}
    assert len(called(calls, "match", sent=sent)["q"]["result"]) == 3


@pytest.mark.parametrize(
    "sent",
    [
        [], {"q": []}, {"q": {}}, {"q": {"properties": []}}, {"q": {"query": "x", "type": "unicorn"}},
        {"q": {"query": "x", "properties": [{"pid": "mood", "v": 1}]}}, {"q": {"query": 1}},
        {"q": {"query": "x", "limit": -1}}, {str(n): {"query": "x"} for n in range(201)},
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused(calls: Calls, sent: Any) -> None:
    with pytest.raises(QueryError):
        called(calls, "match", sent=sent)


def test_a_table_is_extended_with_fields_years_codes_and_documents(calls: Calls) -> None:
    wanted = ["network", "field", "year", "since", "document", "locator", "country", "geonames", "label_ja", "nothing"]
    sent = {
        "ids": ["city/kobe", "city:kobe", "city/none"],
        "properties": [{"id": name, "settings": {"network": "uccn"}} for name in wanted],
    }
    told = called(calls, "extend", sent=sent)
    kobe = told["rows"]["city/kobe"]
    assert kobe == told["rows"]["city:kobe"]
    assert kobe["network"] == [{"id": "network/uccn", "name": "UNESCO Creative Cities Network"}]
    assert kobe["field"] == [{"id": "field/design", "name": "Design"}]
    assert (kobe["year"], kobe["geonames"]) == ([{"int": 2008}], [{"str": "1859171"}])
    assert kobe["country"] == [{"id": "place/japan", "name": "Japan"}]
    assert kobe["label_ja"] == [{"str": "神戸市"}]
    assert kobe["document"][0]["id"].startswith("document/")
    assert kobe["locator"][0]["str"]
    assert set(map(str, told["rows"]["city/none"].values())) == {"[{}]"}
    assert [one["id"] for one in told["meta"]] == wanted


def test_the_draft_asks_by_conditions_and_is_answered_in_order(calls: Calls) -> None:
    name = {"matchType": "name", "propertyValue": "Kobe"}
    france = {"matchType": "property", "propertyId": "country", "propertyValue": "FR", "required": True}
    sent = {"queries": [{"type": "city", "conditions": [name]}, {"type": "city", "conditions": [name, france]}]}
    first, second = called(calls, "draft-match", sent=sent)["results"]
    assert first["candidates"][0]["id"] == "city/kobe"
    assert all(feature["name"] for feature in first["candidates"][0]["features"])
    assert "city/kobe" not in [one["id"] for one in second["candidates"]]
    sent = {"ids": ["city/kobe"], "properties": [{"id": "year", "settings": {"network": "uccn"}}]}
    rows = called(calls, "draft-extend", sent=sent)["rows"]
    assert rows == [{"id": "city/kobe", "properties": [{"id": "year", "values": [{"int": 2008}]}]}]


def test_openrefine_is_answered_as_it_asks(site_server: Server) -> None:
    http = site_server.http
    manifest = http.get("/reconcile", headers=OPENREFINE)
    assert manifest.headers["access-control-allow-origin"] == OPENREFINE["Origin"]
    told = manifest.json()
    assert "0.2" in told["versions"]
    assert told["view"]["url"] == f"{site_server.url}/{{{{id}}}}"
    queries = json.dumps({"q0": {"query": "神戸", "type": "city", "limit": 3}})
    posted = http.post("/reconcile", data={"queries": queries}, headers=OPENREFINE)
    assert posted.json()["q0"]["result"][0]["id"] == "city/kobe"
    assert http.get("/reconcile", params={"queries": queries}).json() == posted.json()
    assert http.post("/reconcile", json=json.loads(queries)).json() == posted.json()
    wanted = {"id": "year", "settings": {"network": "uccn"}}
    extend = json.dumps({"ids": ["city/kobe"], "properties": [wanted]})
    rows = http.post("/reconcile", data={"extend": extend}).json()["rows"]
    assert rows["city/kobe"]["year"] == [{"int": 2008}]
    for kind, prefix in (("entity", "kana"), ("type", "cit"), ("property", "coun")):
        place = told["suggest"][kind]
        path = place["service_url"].removeprefix(site_server.url) + place["service_path"]
        assert http.get(path, params={"prefix": prefix}).json()["result"]
    place = told["extend"]["propose_properties"]
    assert http.get(place["service_url"] + place["service_path"], params={"type": "city"}).json()["properties"]
    shown = http.get(told["preview"]["url"].replace("{{id}}", "city/kobe"), headers={"Accept-Language": "ja"})
    assert "<strong>神戸市</strong>" in shown.text
    assert "frame-ancestors" not in shown.headers["content-security-policy"]
    assert http.get("/reconcile/flyout/entity", params={"id": "city/kobe"}).json()["id"] == "city/kobe"
    draft = http.post(
        "/reconcile/1.0-draft/match",
        json={"queries": [{"conditions": [{"matchType": "name", "propertyValue": "Kobe"}]}]},
    )
    assert draft.json()["results"][0]["candidates"][0]["id"] == "city/kobe"
    assert http.get("/reconcile/1.0-draft").json()["versions"] == ["1.0-draft"]


def test_what_is_wrong_is_said_in_the_form_of_all_errors(site_server: Server) -> None:
    http = site_server.http
    for response, code in (
        (http.post("/reconcile", data={"queries": "{"}), "bad-request"),
        (http.post("/reconcile", content=b"x", headers={"Content-Type": "text/plain"}), "unsupported-media-type"),
        (http.get("/reconcile/nothing"), "not-found"),
        (http.get("/reconcile/preview?id=city/none"), "not-found"),
        (http.get("/reconcile?callback=f"), "bad-request"),
        (http.post("/reconcile", content=b"[" * 100_000, headers={"Content-Type": "application/json"}), "bad-request"),
    ):
        assert (response.json()["code"], response.headers["content-type"]) == (code, "application/problem+json")
    foreign = http.get("/reconcile", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers


def test_a_server_for_everyone_allows_all_origins_and_jsonp() -> None:
    with serving("--no-check", "--url", "https://example.org") as server:
        told = server.http.get("/reconcile", headers=OPENREFINE)
        assert told.headers["access-control-allow-origin"] == "*"
        assert told.json()["preview"]["url"] == "https://example.org/reconcile/preview?id={{id}}"
        script = server.http.get("/reconcile", params={"callback": "jQuery_1.f"})
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.text.startswith("/**/jQuery_1.f({")
        refused = server.http.get("/reconcile", params={"callback": "alert(1)//"})
        assert refused.status_code == 400
