"""Lists of cities and events: what they hold, how they are narrowed down, sorted and taken away."""

from __future__ import annotations

import csv
import datetime
import io
import re

import icalendar
import pytest

from ccn_graph import Graph
from ccn_graph.pages import facets, roll, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import PageRequest
from tests.conftest import some

CITY = re.compile(r'<th scope="row"><a href="/city/([\w-]+)\.html')


def text(site: Site, path: str, language: str = "en", **parameters: str) -> str:
    page = routes.make(site, PageRequest(path, tuple(parameters.items()), language))
    assert page.status == 200
    return page.body.decode()


def lines(site: Site, path: str, **parameters: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(site, path, **{"as": "csv"}, **parameters))))


def members(graph: Graph, extra: str = "") -> set[str]:
    """Cities with a membership of UCCN that goes on, asked in another way."""
    rows = graph.query(
        f"""PREFIX ccn: <{namespaces.CCN}> PREFIX org: <http://www.w3.org/ns/org#>
        PREFIX net: <{namespaces.BASE}network/> PREFIX field: <{namespaces.BASE}field/>
        PREFIX place: <{namespaces.BASE}place/>
        SELECT DISTINCT ?city {{ ?m a ccn:Membership ; org:organization net:uccn ; org:member ?city .
          ?city a ccn:City . {extra} FILTER NOT EXISTS {{ ?m ccn:end ?end }} }}"""
    ).rows()
    return {namespaces.slug(getattr(city, "value", "")) for (city,) in rows}


@pytest.mark.parametrize(
    ("parameters", "extra"),
    [
        ({"network": "uccn"}, ""),
        ({"network": "uccn", "country": "japan"}, "?city ccn:within+ place:japan ."),
        (
            {"network": "uccn", "field": "film", "country": "japan"},
            "?m ccn:field field:film . ?city ccn:within+ place:japan .",
        ),
    ],
)  # fmt: skip
def test_a_narrowed_list_has_the_cities_of_a_query(
    site: Site, graph: Graph, parameters: dict[str, str], extra: str
) -> None:
    listed = set(some(CITY.findall(text(site, "/city/", show="all", **parameters))))
    assert listed == members(graph, extra)
    assert {namespaces.slug(row["city"]) for row in lines(site, "/city/", **parameters)} == listed


def test_the_number_beside_a_choice_is_what_choosing_it_shows(site: Site) -> None:
    page = text(site, "/city/", network="uccn")
    select = page.partition('name="field"')[2].partition("</select>")[0]
    choices = re.findall(r'<option value="([\w-]+)"(?: selected)?>[^<]*\((\d+)\)</option>', select)
    for field, count in some(choices):
        shown = CITY.findall(text(site, "/city/", network="uccn", field=field, show="all"))
        assert len(shown) == len(set(shown)) == int(count)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_of_a_list_have_each_city_once_and_no_more_than_fit(site: Site, language: str) -> None:
    every = CITY.findall(text(site, "/city/", language, show="all"))
    pages = -(-len(every) // facets.ROWS)
    found = [CITY.findall(text(site, "/city/", language, page=str(number))) for number in range(1, pages + 1)]
    assert [city for page in some(found) for city in page] == every
    assert max(map(len, found)) == facets.ROWS
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("page", ["0", "-1", "99999", "1e3", "x", "１", "9" * 300])
def test_a_page_that_is_none_is_the_nearest(site: Site, page: str) -> None:
    assert CITY.findall(text(site, "/city/", page=page))


@pytest.mark.parametrize("name", ["q", "network", "field", "country", "prefecture", "year", "sort"])
def test_what_nobody_chose_from_the_form_is_no_error(site: Site, name: str) -> None:
    text(site, "/city/", **{name: '"><script>alert(1)</script>'})
    assert "<script>alert" not in text(site, "/city/", **{name: '"><script>alert(1)</script>'})


@pytest.mark.parametrize("written", ["神戸", "kobe", "KOBE", "こうべ"])
def test_a_city_is_found_by_any_of_its_names(site: Site, written: str) -> None:
    assert "kobe" in CITY.findall(text(site, "/city/", "ja", q=written))


def test_a_list_sorted_by_networks_begins_with_those_that_have_most(site: Site) -> None:
    page = text(site, "/city/", sort="networks")
    counts = [len(set(re.findall(r"/network/([\w-]+)", row))) for row in page.split('<th scope="row">')[1:]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_events_to_come_stand_above_those_unconfirmed_and_the_past(site: Site, graph: Graph, language: str) -> None:
    page = text(site, "/event/", language, show="all")
    assert page.index('id="coming"') < page.index('id="unconfirmed"') < page.index('id="past"')
    past = re.findall(r'datetime="([\d-]+)', page.partition('id="past"')[2])
    assert past
    unconfirmed = page.partition('id="unconfirmed"')[2].partition('id="past"')[0]
    days = re.findall(r'datetime="([\d-]+)', unconfirmed)
    assert max(some(days)) < datetime.date.today().isoformat()
    appearances = graph.query(f"SELECT ?x {{ ?x a <{namespaces.CCN}Appearance> }}").rows()
    for (one,) in some(list(appearances)):
        assert f"/event/{namespaces.slug(getattr(one, 'value', ''))}.html" not in page


def test_an_event_is_to_come_until_the_last_day_its_date_may_mean(site: Site) -> None:
    def state(day: str) -> str:
        every = {one.iri: one.state for one in roll.meetings(site, datetime.date.fromisoformat(day))}
        return every[f"{namespaces.BASE}event/uccn-japan-11"]

    assert (state("2028-12-31"), state("2029-01-01")) == ("planned", "unconfirmed")


@pytest.mark.parametrize("path", ["/series/uccn-japan-meeting.ics", "/network/uccn.ics", "/event/uccn-japan-9.ics"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_calendar_is_read_by_others_and_has_the_days_of_the_data(site: Site, path: str, language: str) -> None:
    page = routes.make(site, PageRequest(path, language=language, format="ics"))
    assert (page.status, page.content_type) == (200, "text/calendar; charset=utf-8")
    held = {one.iri: one for one in roll.meetings(site, datetime.date.today())}
    for event in some(icalendar.Calendar.from_ical(page.body).walk("VEVENT")):
        meeting = held[str(event["UID"])]
        assert event.decoded("DTSTART").isoformat().startswith(meeting.day[:7])
        assert event.decoded("DTEND") > event.decoded("DTSTART")
        assert str(event["SUMMARY"]).startswith(site.labels.of(meeting.iri, language))
    assert all(len(line) <= 75 for line in page.body.split(b"\r\n")), "lines are folded (RFC 5545, 3.1)"


def test_a_thing_without_events_has_no_calendar(site: Site) -> None:
    assert routes.make(site, PageRequest("/event/nothing.ics", format="ics")).status == 404


def test_a_list_as_calendar_has_what_it_is_narrowed_to(site: Site) -> None:
    body = text(site, "/event/", network="ccnj", **{"as": "ics"})
    listed = {row["event"] for row in lines(site, "/event/", network="ccnj")}
    assert {str(event["UID"]) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")} <= listed
    assert "BEGIN:VEVENT" in body


def asked(graph: Graph, query: str) -> list[tuple[str, ...]]:
    prefixes = ("ccn", "prov", "dcterms")
    heads = "".join(f"PREFIX {name}: <{namespaces.PREFIXES[name]}> " for name in prefixes)
    return [tuple(getattr(term, "value", "") for term in row) for row in graph.query(heads + query).rows()]


def test_the_list_of_networks_has_the_members_that_the_page_of_each_has(site: Site, graph: Graph) -> None:
    held = {namespaces.slug(row["network"]): row for row in lines(site, "/network/")}
    assert len(held) == len(asked(graph, "SELECT DISTINCT ?n { ?n a ccn:Network }"))
    for slug in ("uccn", "ccnj", "anmc21"):
        members = lines(site, f"/network/{slug}.html", table=f"{slug}-members")
        states = {
            state: {row["member"] for row in members if row["state"] == state}
            for state in ("member", "possibly a member")
        }
        assert (int(held[slug]["certain"]), int(held[slug]["possible"])) == (
            len(states["member"]), len(states["possibly a member"] - states["member"]),
        )  # fmt: skip
    assert held["g-nets"]["certain"] == "", "of a network without a membership on record nobody knows the number"
    names = asked(
        graph,
        """SELECT ?n (COUNT(DISTINCT ?d) AS ?count)
        { ?n a ccn:Network . GRAPH ?g { ?s ?p ?n } ?g prov:wasDerivedFrom ?d } GROUP BY ?n""",
    )
    assert {namespaces.slug(iri): count for iri, count in names}.items() <= {
        slug: row["documents"] for slug, row in held.items()
    }.items()


def test_the_list_of_fields_is_sorted_by_members_and_names_its_networks(site: Site) -> None:
    rows = lines(site, "/field/")
    counts = [int(row["certain"]) for row in rows if row["network"].endswith("/uccn")]
    assert len(counts) == 8
    assert counts == sorted(counts, reverse=True)
    assert lines(site, "/field/", q="film")[0]["field"].endswith("/film")


def test_the_list_of_documents_counts_the_statements_of_their_graphs(site: Site, graph: Graph) -> None:
    rows = lines(site, "/document/", sort="statements")
    counts = [int(row["statements"]) for row in rows]
    assert counts == sorted(counts, reverse=True)
    (most,) = asked(
        graph,
        f"""SELECT (COUNT(*) AS ?n)
        {{ GRAPH ?g {{ ?s ?p ?o }} ?g prov:wasDerivedFrom <{rows[0]["document"]}> }}""",
    )
    assert most == (rows[0]["statements"],)
    of_city = lines(site, "/document/", publisher="asahikawa")
    publisher = f"SELECT DISTINCT ?d {{ ?d a ccn:Document ; dcterms:publisher <{namespaces.BASE}city/asahikawa> }}"
    assert {row["document"] for row in of_city} == {iri for (iri,) in asked(graph, publisher)}
    assert all(row["issued"] for row in some(lines(site, "/document/", year="2019")))
