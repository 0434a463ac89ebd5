"""The Reconciliation Service API: the schemas and examples of its specification, and names as people write them."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import referencing
import referencing.exceptions
import referencing.jsonschema

from tests.conformance.judging import Item, MissingError, Verdict
from tests.serving import Server

#: A copy of https://github.com/reconciliation-api/specs, which has no licence of its own and so is none of our files.
VARIABLE = "CCN_RECONCILIATION_SPECS"

_HERE = Path(__file__).parents[1]


def _specification() -> Path:
    named = os.environ.get(VARIABLE)
    if not named or not (Path(named) / "0.2" / "schemas").is_dir():
        raise MissingError(f"let {VARIABLE} name a copy of https://github.com/reconciliation-api/specs")
    return Path(named)


def _validator(directory: Path, name: str) -> jsonschema.protocols.Validator:
    """Return what judges by a schema; those that it refers to elsewhere say nothing."""

    def retrieve(uri: str) -> referencing.Resource[Any]:
        path = directory / uri.rpartition("/")[2]
        body = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return referencing.Resource.from_contents(body, referencing.jsonschema.DRAFT7)

    schema = json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))
    registry: Any = referencing.Registry(retrieve=retrieve)  # type: ignore[call-arg]
    return jsonschema.Draft7Validator(schema, registry=registry)


def _answers(server: Server) -> Iterator[tuple[str, str, Any]]:
    """Give the version, the name of a schema, and what the server answers to the requests that it is for."""
    http = server.http
    queries = json.dumps({"q0": {"query": "Kobe", "type": "city", "properties": [{"pid": "country", "v": "JP"}]}})
    extend = {"ids": ["city/kobe", "city/none"], "properties": [{"id": "field"}, {"id": "year"}, {"id": "latitude"}]}
    yield "0.2", "manifest", http.get("/reconcile").json()
    yield "0.2", "reconciliation-result-batch", http.post("/reconcile", data={"queries": queries}).json()
    yield "0.2", "data-extension-response", http.post("/reconcile", data={"extend": json.dumps(extend)}).json()
    yield "0.2", "data-extension-property-proposal", http.get("/reconcile/properties?type=city").json()
    names = {"entity": "entities", "type": "types", "property": "properties"}
    for kind, plural in names.items():
        told = http.get(f"/reconcile/suggest/{kind}?prefix=c").json()
        yield "0.2", f"suggest-{plural}-response", told
        yield (
            "1.0-draft",
            f"suggest-{plural}-response",
            http.get(f"/reconcile/1.0-draft/suggest/{kind}?prefix=c").json(),
        )
    conditions = [{"matchType": "name", "propertyValue": "Kobe"}]
    draft = http.post("/reconcile/1.0-draft/match", json={"queries": [{"type": "city", "conditions": conditions}]})
    yield "1.0-draft", "manifest", http.get("/reconcile/1.0-draft").json()
    yield "1.0-draft", "reconciliation-result-batch", draft.json()
    yield "1.0-draft", "data-extension-response", http.post("/reconcile/1.0-draft/extend", json=extend).json()
    yield "1.0-draft", "data-extension-property-proposal", http.get("/reconcile/1.0-draft/extend/propose").json()


def _examples(server: Server, specification: Path) -> Iterator[tuple[str, bool]]:
    """Send the examples of the specification: valid batches of foreign types are understood, invalid ones refused."""
    for path in sorted((specification / "0.2" / "examples" / "reconciliation-query-batch").glob("*/*.json")):
        sent = json.loads(path.read_text(encoding="utf-8"))
        if path.parent.name == "valid":
            # Their types and properties are those of other services.
            for query in sent.values():
                query.pop("type", None)
                for said in query.get("properties", ()):
                    said["pid"] = "country"
        response = server.http.post("/reconcile", data={"queries": json.dumps(sent)})
        yield f"0.2 {path.parent.name}/{path.name}", (response.status_code == 200) == (path.parent.name == "valid")


def _schemas(server: Server) -> Verdict:
    specification = _specification()
    checks = [
        (f"{version} {name}", _validator(specification / version / "schemas", name).is_valid(answer))
        for version, name, answer in _answers(server)
    ]
    checks += _examples(server, specification)
    failures = [name for name, is_valid in checks if not is_valid]
    return Verdict(len(checks) - len(failures), len(checks), "0.2, 1.0-draft", failures)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_HERE / name).read_text(encoding="utf-8").splitlines()))


def _names(server: Server) -> Verdict:
    right = {row["number"]: row["id"] for row in _rows("city_answers.csv")}
    written = _rows("city_names.csv")
    failures, matches, wrong = [], 0, 0
    for begin in range(0, len(written), 100):
        sent = {row["number"]: {"query": row["name"], "type": "city"} for row in written[begin : begin + 100]}
        told = server.http.post("/reconcile", data={"queries": json.dumps(sent)}).json()
        for row in written[begin : begin + 100]:
            found = told[row["number"]]["result"]
            is_right = bool(found) and found[0]["id"] == right[row["number"]]
            is_match = bool(found) and found[0]["match"]
            matches += is_match
            wrong += is_match and not is_right
            failures += [] if is_right else [row["name"]]
    note = {
        "en": f"The right city comes first for so many of {len(written)} names; {matches} are said to be sure matches, "
        f"{wrong} of them wrongly. Most names that fail are in scripts in which the graph has no name of the city.",
        "ja": f"{len(written)}の名前のうち、正しい都市が最初に来た数。確かな一致としたもの{matches}、うち誤り{wrong}。"
        "見つからないものの多くは、その文字による都市名がグラフにないものです。",
    }
    return Verdict(len(written) - len(failures), len(written), "2026-11", failures, note)


ITEMS = (
    Item(
        "reconciliation-schemas", {"en": "Reconciliation at /reconcile", "ja": "/reconcileの名寄せ"},
        "schemas and examples of the specification", "https://reconciliation-api.github.io/specs/0.2/", _schemas,
    ),
    Item(
        "reconciliation-names", {"en": "City names as people write them", "ja": "人が書くとおりの都市名"},
        "names in UNESCO's and other lists, Natural Earth and the Net Zero Tracker", "https://zerotracker.net/", _names,
    ),
)  # fmt: skip
