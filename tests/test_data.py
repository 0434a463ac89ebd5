"""What the data promise: every statement has its place in a document, and nobody's privacy is touched."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.cli.terminal_table import key
from ccn_graph.rdf.namespaces import BASE, CCN, DEPRECATED, PREFIXES, REPLACED_BY
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import ROOT, some

FILES = sorted((ROOT / "data").rglob("*.ttl"))
CLAIMS = {"membership", "event", "act", "observation"}


def test_every_claim_has_a_locator_in_its_own_document(graph: Graph) -> None:
    for read in some(graph.documents):
        located = {said.subject for said in read.statements if said.predicate.value == CCN + "locator"}
        subjects = {said.subject for said in read.statements}
        without = {str(subject) for subject in subjects - located if not str(subject).startswith(f"<{PREFIXES['doc']}")}
        assert without == set(), read.path.name


def test_registers_make_no_claims(graph: Graph) -> None:
    for read in some(graph.sources):
        if read.kind is FileKind.REGISTER:
            for said in read.statements:
                assert isinstance(said.subject, ox.NamedNode)
                # Where an IRI of a claim has gone is no claim.
                if said.predicate.value not in (REPLACED_BY, DEPRECATED):
                    assert said.subject.value.removeprefix(BASE).partition("/")[0] not in CLAIMS, said


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_texts_are_normalised_and_name_no_way_to_reach_a_person(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.normalize("NFC", text) == text
    assert not re.search("[\u2e80-\u2fdf]", text), "a look-alike of a Japanese character"
    assert not re.search(r"[\w.+-]+@[\w-]+\.\w{2,}", text), "an e-mail address"
    assert not re.search(r"(?<![\d/.-])0\d{1,3}-\d{2,4}-\d{4}(?!\d)", text), "a telephone number"


def test_every_document_is_described_at_its_head(graph: Graph) -> None:
    for read in some(graph.documents):
        assert read.statements[0].subject == ox.NamedNode(PREFIXES["doc"] + read.path.stem)


def test_every_city_lies_in_one_country_and_is_on_the_map_if_geonames_knows_it(graph: Graph) -> None:
    query = """
    PREFIX ccn: <https://w3id.org/ccn/ns#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    PREFIX wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#>
    SELECT ?city (COUNT(DISTINCT ?country) AS ?countries) {
      ?city a ccn:City
      OPTIONAL { ?city ccn:within+ ?country . ?country a ccn:Country }
      OPTIONAL { ?city skos:exactMatch ?geonames FILTER NOT EXISTS { ?city wgs:lat ?lat ; wgs:long ?long } }
    }
    GROUP BY ?city HAVING (COUNT(DISTINCT ?country) != 1 || COUNT(?geonames) > 0)
    """
    assert list(graph.query(query).rows()) == []


def test_the_twelve_japanese_members_are_held_with_their_fields(graph: Graph) -> None:
    query = """
    PREFIX ccn: <https://w3id.org/ccn/ns#>
    PREFIX org: <http://www.w3.org/ns/org#>
    SELECT DISTINCT ?city ?field {
      ?m a ccn:Membership ; org:member ?city ; org:organization <https://w3id.org/ccn/network/uccn> ; ccn:field ?field .
      ?city ccn:within+ <https://w3id.org/ccn/place/japan>
    }
    ORDER BY ?city
    """
    assert {" ".join(map(key, row)) for row in graph.query(query).rows()} >= {
        "city:asahikawa field:design",
        "city:echizen field:crafts",
        "city:hamamatsu field:music",
        "city:kanazawa field:crafts",
        "city:kobe field:design",
        "city:nagoya field:design",
        "city:okayama field:literature",
        "city:sapporo field:media-arts",
        "city:tamba-sasayama field:crafts",
        "city:tsuruoka field:gastronomy",
        "city:usuki field:gastronomy",
        "city:yamagata field:film",
    }
