from __future__ import annotations

import csv
import html.parser
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from ccn_graph.graph import questions
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.pages import facets, member_table, routes, translations
from ccn_graph.pages.description import RECORDS, describe
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.record import Standing
from ccn_graph.pages.site_data import Site, SourceDocument
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from tests import markup
from tests.conftest import PREFIXES, ROOT, Write, some

PAGES = ROOT / "ccn_graph" / "pages"


@pytest.fixture(scope="module")
def site(graph: Graph) -> Site:
    assert graph.project
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    return Site(graph.engine, graph.labels, statistics, questions.read_all(graph.project))


def ask(site: Site, path: str, language: str = "en", **parameters: str) -> Page:
    return routes.make(site, PageRequest(path, tuple(parameters.items()), language, format="html"))


def text(page: Page) -> str:
    return page.body.decode()


class Outline(html.parser.HTMLParser):
    """Checks that elements nest, and collects ids and the targets of links."""

    VOID = frozenset(["meta", "link", "input", "br", "hr", "img"])

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text(page))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        assert "style" not in given
        assert not [name for name in given if name.startswith("on")]

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if dict(attrs).get("id"):
            self.ids.append(str(dict(attrs)["id"]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def one_of_each_class(graph: Graph) -> Iterator[str]:
    query = "SELECT ?class (MIN(STR(?s)) AS ?first) WHERE { ?s a ?class } GROUP BY ?class ORDER BY ?class"
    for _, first in graph.query(query).rows():
        assert isinstance(first, ox.Literal)
        if (
            first.value.removeprefix(namespaces.BASE).partition("/")[0] in namespaces.SEGMENTS.values()
            and "#" not in first.value
        ):
            yield first.value


def test_every_class_has_a_page_in_both_languages(site: Site, graph: Graph) -> None:
    for iri in some(one_of_each_class(graph)):
        for language in ("ja", "en"):
            path = iri.removeprefix(namespaces.BASE.rstrip("/"))
            page = ask(site, path if path.endswith("/") else f"{path}.html", language)
            assert page.status == 200, iri
            outline = Outline(page)
            assert len(outline.ids) == len(set(outline.ids)), iri
            inner = {link[1:] for link in outline.links if link.startswith("#")}
            assert inner <= set(outline.ids), iri
            assert f'<html lang="{language}">' in text(page)


def test_records_are_the_classes_of_claims_and_all_acts(graph: Graph) -> None:
    query = f"SELECT ?act WHERE {{ ?act <{namespaces.SUB_CLASS_OF}>* <{namespaces.CCN}Act> }}"
    acts = {namespaces.slug(str(row[0].value)) for row in graph.query(query).rows() if isinstance(row[0], ox.NamedNode)}
    assert acts <= set(RECORDS)
    others = set(RECORDS) - acts
    assert others == {
        "Membership", "NonMembership", "Office", "Appearance", "Participation", "Observation", "Ambiguity", "Gap",
        "Judgement", "FormerName",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_event_tells_how_each_took_part_and_a_network_who_held_which_office(site: Site, language: str) -> None:
    event = text(ask(site, "/event/g-nets-senior-officials-1.html", language))
    assert {"ja": "オンライン", "en": "Online"}[language] in event.partition('id="participations"')[2]
    network = text(ask(site, "/network/ccnj.html", language)).partition('id="offices"')[2].partition("</section>")[0]
    assert {"ja": "事務局", "en": "Secretariat"}[language] in network
    assert {"ja": "2013年1月13日から", "en": "from 13 January 2013"}[language] in network


def test_a_reference_says_what_was_read_in_place_of_its_document(site: Site) -> None:
    page = text(ask(site, "/document/abc-color-2025-10-31.html"))
    assert "by way of" in page.partition('class="references"')[2]
    assert "compiled-member-table" in page
    # The heading is in the reader's language; the title as printed stands below.
    assert "Zaragoza se incorpora" in page.partition("<h1")[2].partition("</dl>")[0]
    assert "by way of" not in text(ask(site, "/membership/uccn-japan-kobe.html"))


@pytest.mark.parametrize("path", ["/kind/", "/role/", "/mode/", "/how-read/"])
def test_a_scheme_of_concepts_has_a_page_where_its_iri_leads(site: Site, path: str) -> None:
    assert ask(site, path).status == ask(site, f"{path}.ttl").status == 200
    assert ask(site, "/nothing/").status == 404


def test_a_figure_has_its_unit(site: Site) -> None:
    told = re.sub("<[^>]*>", "", text(ask(site, "/city/kanazawa.html")))
    assert re.search(r"148(&#8288;[\d.]+)* minutes", told)


def test_a_value_shows_the_document_the_place_and_when_it_was_read(site: Site) -> None:
    page = text(ask(site, "/membership/uccn-asahikawa.html"))
    assert "Press release: 9th domestic meeting" in page
    assert "3. 本市の関わり, lines 47–51" in page
    assert "3. 本市の関わり、47–51行目" in text(ask(site, "/membership/uccn-asahikawa.html", "ja"))
    assert 'Retrieved <time datetime="2026-11-21">21 November 2026</time>' in page


def test_what_documents_disagree_on_is_shown_with_the_preferred_value_first_and_why(site: Site) -> None:
    found = describe(site.engine, f"{namespaces.BASE}membership/uccn-medellin")
    assert found
    fields = [(namespaces.slug(value.text), value.standing) for value in found.itself.all("field")]
    assert fields == [("music", Standing.PREFERRED), ("design", Standing.SET_ASIDE)]
    page = text(ask(site, "/city/medellin.html"))
    assert page.index("field/music.html") < page.index("field/design.html")
    assert "preferred: The list of the year of designation" in page
    assert "採った値: 認定の年の一覧" in text(ask(site, "/city/medellin.html", "ja"))


def test_a_less_precise_date_is_no_disagreement() -> None:
    def record(*starts: tuple[str, str, str]) -> Standing:
        from ccn_graph.pages.record import build

        xsd = namespaces.PREFIXES["xsd"]
        quads = [
            ox.Quad(
                ox.NamedNode("x:m"), ox.NamedNode(namespaces.CCN + "start"),
                ox.Literal(value, datatype=ox.NamedNode(xsd + kind)), ox.NamedNode(graph),
            )
            for value, kind, graph in starts
        ]  # fmt: skip
        (built,) = build(quads, {})
        return built.all("start")[0].standing

    assert record(("2013", "gYear", "g:1"), ("2013-10-21", "date", "g:2")) is Standing.UNDISPUTED
    assert record(("2013", "gYear", "g:1"), ("2014", "gYear", "g:2")) is Standing.DISPUTED
    assert record(("2013", "gYear", "g:1"), ("2014", "gYear", "g:1")) is Standing.UNDISPUTED
    # Who says more does not contradict who says less; each saying what the other does not is a contradiction.
    more = (("2013", "gYear", "g:1"), ("2013", "gYear", "g:2"), ("2014", "gYear", "g:2"))
    assert record(*more) is Standing.UNDISPUTED
    assert record(*reversed(more)) is Standing.UNDISPUTED
    assert record(*more, ("2015", "gYear", "g:1")) is Standing.DISPUTED


MEMBER, FIELD = f"{namespaces.BASE}membership/", f"{namespaces.BASE}field/"

#: Cities that share with the city of Here its field, its country, and ten events.
ALIKE = (
    PREFIXES
    + """\
@prefix event: <https://w3id.org/ccn/event/> .
@prefix field: <https://w3id.org/ccn/field/> .
@prefix member: <https://w3id.org/ccn/membership/> .
@prefix net: <https://w3id.org/ccn/network/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix place: <https://w3id.org/ccn/place/> .

place:one a ccn:Country .
place:two a ccn:Country .
net:one a ccn:Network .
city:here a ccn:City ; skos:prefLabel "A Here"@en ; ccn:within place:one .
city:of-country a ccn:City ; skos:prefLabel "B Country"@en ; ccn:within place:one .
city:of-events a ccn:City ; skos:prefLabel "C Events"@en ; ccn:within place:two .
city:of-field-set-aside a ccn:City ; skos:prefLabel "A Set aside"@en ; ccn:within place:two .
member:four a ccn:Membership ; org:member city:of-field-set-aside ; org:organization net:one ; ccn:field field:film .
city:of-field a ccn:City ; skos:prefLabel "D Field"@en ; ccn:within place:two .
member:one a ccn:Membership ; org:member city:here ; org:organization net:one ; ccn:field field:music .
member:two a ccn:Membership ; org:member city:of-country ; org:organization net:one ; ccn:field field:film .
member:three a ccn:Membership ; org:member city:of-field ; org:organization net:one ; ccn:field field:music .
"""
    + "".join(f"event:e{number} a ccn:Event ; ccn:participant city:here, city:of-events .\n" for number in range(10))
)


def test_a_field_makes_a_city_more_like_another_than_a_country_and_this_than_any_number_of_events(write: Write) -> None:
    """Their labels stand in such an order that with equal weights another one would come first."""
    aside = write("aside.ttl", f"{PREFIXES}\n<{MEMBER}four> ccn:field <{FIELD}music> .\n")
    judged = f"""{PREFIXES}
    <https://w3id.org/ccn/judgement/one> a ccn:Judgement ;
        ccn:about <{MEMBER}four> ; ccn:property ccn:field ; ccn:prefers <https://w3id.org/ccn/graph/alike> ."""
    editorial = write("editorial.ttl", judged)
    files = [
        (write("alike.ttl", ALIKE), FileKind.DOCUMENT),
        (aside, FileKind.DOCUMENT),
        (editorial, FileKind.EDITORIAL),
    ]
    graph = Graph.of_files(files)
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    page = text(ask(Site(graph.engine, graph.labels, statistics, {}), "/city/here.html"))
    listed = page[page.index('id="neighbours"') :].partition("</form>")[0]
    # Those abroad stand first, in a table of their own.
    assert re.findall(r'href="[^"]*/city/([\w-]+)\.html', listed)[-3:] == ["of-field", "of-events", "of-country"]
    assert "of-field-set-aside" not in listed


def test_a_network_on_an_earlier_day_has_the_members_of_that_day(site: Site) -> None:
    page = text(ask(site, "/network/uccn.html", asOf="2010-01-01"))
    held = re.search(r"On 1 January 2010 this graph holds (\d+) certain members", page)
    possible = re.search(r"Another (\d+) may have been members", page)
    answer = site.engine.query(
        site.questions["members-on-date"].query(site.labels, {"network": "uccn", "date": "2010-01-01"})
    )
    assert held
    assert int(held[1]) + int(possible[1] if possible else 0) == len({row[0] for row in answer.rows()})
    assert "city/lyon.html" in page
    assert "city/cuenca.html" not in page


@pytest.mark.parametrize("day", ["2019", "yesterday", "2019-02-30", "'; DROP", "9" * 5_000])
def test_a_day_that_is_none_is_said_so(site: Site, day: str) -> None:
    for path in ("/network/uccn.html", "/city/kobe.html"):
        page = ask(site, path, asOf=day)
        assert page.status == 400
        assert "YYYY-MM-DD" in text(page)


@pytest.mark.parametrize("path", ["/city/medellin", "/network/ccnj", "/document/asahikawa-2026-06-12", "/place/japan"])
def test_all_formats_of_the_data_say_the_same(site: Site, path: str) -> None:
    def triples(ending: str, name: str) -> set[tuple[str, ...]]:
        page = ask(site, f"{path}.{ending}")
        assert page.content_type.startswith(DATA[ending])
        graph = rdflib.Graph().parse(data=page.body, format=name)
        return {tuple(term.n3() for term in triple) for triple in graph}

    expected = triples("nt", "nt")
    assert len(expected) > 10
    for ending, name in (("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml")):
        assert triples(ending, name) == expected, ending


def test_formats_of_datasets_keep_documents_apart(site: Site) -> None:
    for ending, format_ in (("trig", ox.RdfFormat.TRIG), ("nq", ox.RdfFormat.N_QUADS)):
        quads = list(ox.parse(ask(site, f"/membership/uccn-medellin.{ending}").body, format=format_))
        starts = {str(quad.graph_name) for quad in quads if quad.predicate.value == namespaces.CCN + "start"}
        assert starts == {
            f"<{namespaces.BASE}graph/{name}>" for name in ("curta-mais-2015-12", "wikipedia-design-cities")
        }


def test_data_names_the_documents_of_every_record(site: Site) -> None:
    graph = rdflib.Graph().parse(data=ask(site, "/city/kobe.ttl").body, format="turtle")
    for record in some(graph.subjects(rdflib.RDF.type, rdflib.URIRef(namespaces.CCN + "Membership"))):
        assert list(graph.objects(record, rdflib.DCTERMS.source)), record


def test_search_engines_are_told_what_a_page_is_about(site: Site) -> None:
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', text(ask(site, "/city/kobe.html")))
    assert found
    told = json.loads(found[1])
    assert (told["@type"], told["name"], told["geo"]["latitude"]) == ("AdministrativeArea", "Kobe", "34.6913")


def test_a_path_to_nothing_names_what_is_near(site: Site) -> None:
    page = ask(site, "/city/kobbe.html")
    assert page.status == 404
    assert "/city/kobe.html" in text(page)
    problem = routes.make(site, PageRequest("/city/kobbe.ttl", format="ttl"))
    assert (problem.status, problem.content_type) == (404, "application/problem+json")
    assert f"{namespaces.BASE}city/kobe" in json.loads(problem.body)["near"]


def test_people_have_pages_but_no_index(site: Site) -> None:
    assert ask(site, "/person/hoshino-yukie.html").status == 200
    assert ask(site, "/person/").status == 404


def test_lists_are_sorted_as_their_reader_looks_for_things(site: Site) -> None:
    japanese = text(ask(site, "/network/", "ja", sort="name"))
    assert japanese.index("C40") < japanese.index("ユネスコ創造都市ネットワーク")
    cities = text(ask(site, "/city/", "ja", show="all"))
    # あさひかわ, こうべ, たんばささやま: by sound, not by the code of the character.
    assert cities.index(">旭川市<") < cities.index(">神戸市<") < cities.index(">丹波篠山市<")
    english = text(ask(site, "/city/", "en", show="all"))
    assert english.index(">Asahikawa<") < english.index(">Kobe<") < english.index(">Yamagata<")


@pytest.mark.parametrize(("language", "unit"), [("ja", "分"), ("en", "minutes")])
def test_a_figure_has_its_unit_on_its_own_page(site: Site, language: str, unit: str) -> None:
    root = markup.read(ask(site, "/observation/kanazawa-travel-time-2015-03.html", language))
    facts = [markup.text(one.find("dd")) for one in root.iter("div") if one.find("dd") is not None]
    assert any(re.search(rf"\b148\b.* {unit}$", fact) for fact in facts), facts


def test_texts_of_the_interface_are_all_used_and_all_there() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in (*PAGES.rglob("*.j2"), *PAGES.rglob("*.py")))
    for key, both in some(translations.texts().items()):
        assert set(both) == {"ja", "en"}, key
        assert all(both.values()), key
        made_of_parts = any(f'"{key[: at + 1]}"' in written for at, mark in enumerate(key) if mark in ".-")
        assert f'"{key}"' in written or made_of_parts, f"{key} is used nowhere"
    for key in some(re.findall(r'(?<!\.)\b(?:t|context\.text)\("([\w.-]+)"', written)):
        assert key in translations.texts() or key.endswith((".", "-")), f"{key} is not in translations/"


def test_a_city_that_was_renamed_leads_to_its_former_name(site: Site) -> None:
    page = text(ask(site, "/city/tamba-sasayama.html", "ja"))
    assert '<a href="/name/sasayama.html">篠山市</a>' in page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_field_has_a_table_of_its_members(site: Site, language: str) -> None:
    text = ask(site, "/field/media-arts.html", language, show="all").body.decode()
    table = text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert table.count("<tr>") > 20
    assert "/city/lyon.html" in table
    assert "/network/uccn.html" in table
    assert "/membership/uccn-lyon.html" not in text.partition('id="records"')[2], "none is told twice"


def test_a_reference_leads_to_the_document_where_it_was_published(site: Site, graph: Graph) -> None:
    query = """
        PREFIX ccn: <https://w3id.org/ccn/ns#>
        PREFIX schema: <https://schema.org/>
        SELECT ?thing ?url WHERE {
          ?document a ccn:Document ; schema:url ?url .
          GRAPH ?graph { ?thing ccn:locator ?locator ; a ccn:Membership }
          ?graph <http://www.w3.org/ns/prov#wasDerivedFrom> ?document
        } ORDER BY ?thing LIMIT 3
    """
    rows = [tuple(str(getattr(term, "value", "")) for term in row) for row in graph.query(query).rows()]
    assert len(rows) == 3
    for thing, url in rows:
        listed = ask(site, f"{thing.removeprefix('https://w3id.org/ccn')}.html").body.decode()
        references = listed.partition('class="references"')[2]
        assert f'<a class="original" href="{url.replace("&", "&amp;")}" rel="external">Original (' in references


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//example.org/x", "", "http://[", "data:text/html,x"])
def test_an_address_that_may_not_be_followed_is_no_link(url: str) -> None:
    assert SourceDocument("https://w3id.org/ccn/document/x", url=url).host == ""


@pytest.mark.parametrize(("language", "words"), [("en", "not confirmed"), ("ja", "開催未確認")])
def test_an_announced_meeting_whose_day_has_passed_is_unconfirmed_on_every_page(
    write: Write, tmp_path: Path, language: str, words: str
) -> None:
    """On its own page, that of its series, of its host and in the list of events, beside one that is still to come."""
    prefixes = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in namespaces.PREFIXES.items())
    write(
        "data/documents/plan.ttl",
        prefixes
        + """
doc:plan a ccn:Document ; ccn:retrieved "2026-11-21"^^xsd:date .
series:talks a ccn:EventSeries ; skos:prefLabel "会談"@ja, "Talks"@en .
city:kobe a ccn:City ; skos:prefLabel "神戸市"@ja, "Kobe"@en .
event:past a ccn:Event ; skos:prefLabel "過去"@ja, "Past"@en ; ccn:editionOf series:talks ; ccn:ordinal 1 ;
    ccn:host city:kobe ; ccn:plannedStart "2020-05-05"^^xsd:date ; ccn:locator "l. 1" .
event:ahead a ccn:Event ; skos:prefLabel "未来"@ja, "Ahead"@en ; ccn:editionOf series:talks ; ccn:ordinal 2 ;
    ccn:host city:kobe ; ccn:plannedStart "2999"^^xsd:gYear ; ccn:locator "l. 2" .
""",
    )
    graph = Graph.load(Project(ROOT, tmp_path / "data"))
    site = Site(graph.engine, graph.labels, Statistics.of(graph.engine, graph.version, union=True), {})
    for path in ("/event/past.html", "/series/talks.html", "/city/kobe.html", "/event/"):
        assert words in text(ask(site, path, language)), path
    assert words not in text(ask(site, "/event/ahead.html", language))


def test_a_document_is_listed_once_with_all_places_in_it(site: Site) -> None:
    page = ask(site, "/network/uccn.html", show="all").body.decode()
    listed = page.partition('class="references"')[2].partition("</section>")[0]
    documents = re.findall(r'<cite><a href="([^"]+)"', listed)
    assert len(documents) == len(set(documents)) > 10
    anchors = re.findall(r'id="(note-[\d-]+)"', listed)
    assert len(anchors) == len(set(anchors)) > len(documents)
    assert set(re.findall(r'class="reference" href="#([^"]+)"', page)) <= set(anchors)


@pytest.mark.parametrize("path", ["/network/uccn.html", "/field/crafts.html"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_table_of_members_has_fifteen_at_most_unless_all_are_asked_for(site: Site, path: str, language: str) -> None:
    def rows(**parameters: str) -> list[str]:
        table = ask(site, path, language, **parameters).body.decode().partition('id="members"')[2]
        return re.findall(r'<th scope="row"><a href="/city/([\w-]+)', table.partition("</table>")[0])

    every = rows(show="all")
    assert len(rows()) == facets.FEW == 15
    assert rows() + rows(page="2") == every[: 2 * facets.FEW]
    asia = rows(show="all", region="asia")
    assert 0 < len(asia) < len(every)
    assert set(rows(show="all", region="asia", country="japan")) < set(asia) < set(every)


@pytest.mark.parametrize(("language", "words"), [("ja", "同じ分野の会員"), ("en", "in its field")])
def test_a_city_is_told_in_a_sentence_first_and_its_partners_abroad_come_before_those_at_home(
    site: Site, language: str, words: str
) -> None:
    page = ask(site, "/city/kanazawa.html", language).body.decode()
    assert page.index('class="lead"') < page.index('class="facts"')
    assert words in page.partition('class="lead"')[2].partition("</p>")[0]
    lands, _ = member_table.places(site)
    table = ask(site, "/city/kanazawa.html", language, table="kanazawa-partners", **{"as": "csv"}).body.decode()
    partners = list(csv.DictReader(io.StringIO(table)))
    crafts = site.labels.of(f"{namespaces.BASE}field/crafts", language)
    abroad = [
        row["country"] != lands[f"{namespaces.BASE}city/kanazawa"] and crafts in row["reasons"] for row in partners
    ]
    assert 10 < sum(abroad) < len(abroad)
    assert abroad == sorted(abroad, reverse=True)
    names = [row["cityLabel"] for row in partners][: sum(abroad)]
    assert names != sorted(names), "ties are not by alphabet"
