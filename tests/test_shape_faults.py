"""Shapes that are wrong are told of, with the statement at fault; nothing that a shape says is passed over."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph.validation.shacl import shape_faults
from ccn_graph.validation.shacl.value_faults import Grade
from tests.random_shapes import PREFIXES

DASH = "@prefix dash: <http://datashapes.org/dash#> . @prefix bad: <http://www.w3.org/ns/shacl/> .\n"
PATH = "sh:property [ sh:path ex:p0 ; {} ]"

ILL_FORMED = [
    "sh:property [ sh:minCount 1 ]", "sh:property 'x'", "sh:node 5", "sh:not 'x'", "sh:or ex:a", "sh:or ()",
    "sh:and ( 'x' )", "sh:xone [ rdf:first ex:s ]", "sh:class 'x'", "sh:class []", "sh:datatype 'xsd:string'",
    "sh:nodeKind sh:Iri", "sh:nodeKind 'IRI'", "sh:minCount 1", "sh:uniqueLang true", "sh:closed 'true'",
    "sh:closed true, false", "sh:closed true ; sh:ignoredProperties ex:p", "sh:closed true ;sh:ignoredProperties ('x')",
    "sh:in ex:a", "sh:languageIn 'en'", "sh:languageIn ( ex:en )", "sh:pattern ex:x", "sh:pattern '('",
    "sh:pattern 'a'@en", "sh:pattern 'a' ; sh:flags 'g'", "sh:flags 'i'", "sh:minLength 'a'", "sh:maxLength -1",
    "sh:minLength 1, 2", "sh:minInclusive ex:x", "sh:maxExclusive 1, 2", "sh:equals 'x'", "sh:disjoint 5",
    "sh:deactivated 'yes'", "sh:severity 'Warning'", "sh:targetClass 'C'", "sh:targetSubjectsOf 'p'", "sh:targetNode[]",
    "sh:node [ sh:path ex:p0 ]", "sh:sparql [ ]", "sh:sparql 'SELECT'", "sh:sparql [ sh:select 'SELECT $this WHERE' ]",
    "sh:sparql [ sh:select 'SELECT ?value WHERE { $this ?p ?value }' ]",
    "sh:sparql [ sh:select 'SELECT $this WHERE { $this no:p ?v }' ]",
    "sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p ?v MINUS { $this a ?v } }' ]",
    "sh:sparql [ sh:select 'SELECT $this WHERE { VALUES ?v { 1 } $this ?p ?v }' ]",
    "sh:sparql [ sh:select 'SELECT $this WHERE { BIND(1 AS $this) }' ]",
    "sh:sparql [ sh:select 'SELECT $this WHERE { { SELECT ?v WHERE { $this ?p ?v } } }' ]",
    "sh:target [ ]",
    PATH.format("sh:path ex:p1"), PATH.format("sh:minCount 'one'"), PATH.format("sh:minCount 1.0"),
    PATH.format("sh:maxCount -1"), PATH.format("sh:datatype xsd:string, xsd:integer"),
    PATH.format("sh:lessThan 'x'"), "sh:property [ sh:path 'p' ]", "sh:property [ sh:path ( ex:p0 ) ]",
    "sh:property [ sh:path [ sh:inversePath ex:a, ex:b ] ]", "sh:property ex:nowhere",
    "sh:sparql [ sh:select 'SELECT $this {}', 'SELECT $this WHERE { $this ?p ?v }' ]",
]  # fmt: skip
NOT_EVALUATED = [
    "sh:minCout 1", "sh:Property [ sh:path ex:p0 ]", "sh:propery [ sh:path ex:p0 ]", "a sh:NodeShap",
    "sh:severity sh:Warn", "sh:targetClas ex:C", "sh:shape ex:s", "sh:js ex:x", "sh:expression [ ]",
    "sh:memberShape ex:s", "sh:reifierShape ex:s", "sh:someValue ex:s", "dash:hasValueIn ( 1 )", "dash:singleLin true",
    "dash:nonRecursive true", "bad:minCount 1", "sh:node ex:nowhere", "sh:and ( ex:nowhere )", "sh:entailment ex:RDFS",
    PATH.format("sh:datatype xsd:int32"),
    PATH.format("sh:qualifiedMinCount 1"), PATH.format("sh:qualifiedValueShape [ sh:class ex:C0 ]"),
]  # fmt: skip
WITHOUT_EFFECT = ["sh:message 5", "sh:rule [ ]", "sh:ignoredProperties ( ex:p )", "sh:qualifiedMinCount 1",
                  "sh:deactivated true", "sh:in ()", "sh:languageIn ()",
                  "sh:minInclusive '2020-13-01'^^<http://www.w3.org/2001/XMLSchema#date>"]  # fmt: skip
FINE = [
    "sh:name 'x'@en ; sh:description 'y' ; sh:order 1.5 ; sh:group ex:g", "dash:viewer dash:LabelViewer",
    "sh:severity ex:Own", "sh:sparql [ sh:select 'SELECT $this ?value WHERE { $this <urn:p> ?value }' ]",
    PATH.format("sh:sparql [ sh:select 'SELECT $this WHERE { $this $PATH ?v }' ]"), "sh:closed true",
    PATH.format("sh:minCount 0 ; sh:maxCount 3 ; sh:in ( 1 ) ; sh:hasValue 'x' ; sh:pattern '^a' ; sh:flags 'i'"),
    "sh:property [ sh:path [ sh:alternativePath ( ex:p0 [ sh:inversePath ex:p1 ] ) ] ]",
]  # fmt: skip


def grades(shape: str) -> set[Grade]:
    text = f"{PREFIXES}{DASH}ex:s a sh:NodeShape ; sh:targetSubjectsOf ex:p0 ; {shape} ."
    return {fault.grade for fault in shape_faults.find([quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)])}


@pytest.mark.parametrize("shape", ILL_FORMED)
def test_a_shape_without_meaning_is_told_of(shape: str) -> None:
    assert Grade.ILL_FORMED in grades(shape)


@pytest.mark.parametrize("shape", NOT_EVALUATED)
def test_a_term_that_is_not_evaluated_is_told_of(shape: str) -> None:
    assert Grade.NOT_EVALUATED in grades(shape)


@pytest.mark.parametrize("shape", WITHOUT_EFFECT)
def test_what_has_no_effect_is_told_of(shape: str) -> None:
    assert grades(shape) == {Grade.WITHOUT_EFFECT}


@pytest.mark.parametrize("shape", FINE)
def test_nothing_is_said_of_shapes_that_are_right(shape: str) -> None:
    assert grades(shape) == set()


def test_a_misspelt_term_is_told_with_what_was_perhaps_meant() -> None:
    text = f"{PREFIXES}ex:s sh:targetNode ex:n0 ; sh:minLenght 1 ."
    (fault,) = shape_faults.find([quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)])
    assert (fault.value, fault.suggestion) == ("sh:minLenght", "sh:minLength")


def test_a_query_with_a_fault_is_told_of_without_the_words_of_a_parser() -> None:
    for query, told in (("SELECT $this { $this no:p ?v }", "no:"), ("SELECT $this\nWHERE { $this }", "line 2")):
        text = f"{PREFIXES}ex:s sh:targetNode ex:n0 ; sh:sparql [ sh:select '''{query}''' ] ."
        (fault,) = shape_faults.find([quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)])
        assert told in fault.message["en"]
        assert "expected" not in fault.message["ja"]


def test_an_import_whose_file_is_not_there_is_told_of() -> None:
    shapes = f"{PREFIXES}<http://e.x/o> <http://www.w3.org/2002/07/owl#imports> {{}} . ex:s sh:targetNode ex:n0 ."
    for imported, told in (
        ("<http://e.x/other>", 1), ("<http://www.w3.org/ns/shacl#>", 0), ("<http://datashapes.org/dash>", 0),
        ("<http://e.x/other> . <http://e.x/other> a <http://www.w3.org/2002/07/owl#Ontology>", 0),
    ):  # fmt: skip
        read = ox.parse(shapes.format(imported), ox.RdfFormat.TURTLE)
        found = shape_faults.find([quad.triple for quad in read])
        assert [fault.grade for fault in found] == [Grade.WITHOUT_EFFECT] * told


def test_shapes_that_look_at_nothing_are_told_of() -> None:
    text = f"{PREFIXES}ex:s a sh:NodeShape ; sh:class ex:C0 ."
    (fault,) = shape_faults.find([quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)])
    assert "no shape has a target" in fault.message["en"]
