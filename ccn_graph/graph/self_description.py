"""What a service says of itself in RDF: its questions as examples, its prefixes, and what the data are made of.

Clients that read the metadata of an endpoint look for examples as `sh:SPARQLExecutable` with a comment (SHACL Advanced
Features, section 5; the examples of SIB), prefixes by `sh:declare` (SHACL, section 5.2.1), and VoID with partitions by
class, property, class of the object and datatype (VoID, section 4.5; http://ldf.fi/void-ext for datatypes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from ccn_graph.graph.preferred import TYPE, term
from ccn_graph.graph.questions import Question
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.text.languages import LANGUAGES

QUESTIONS = f"{namespaces.BASE}questions"
"""The IRI of all questions together, which declares the prefixes; each has one below it, where its page is."""

_VOID_EXT = "http://ldf.fi/void-ext#"


def quads_of(questions: Mapping[str, Question], statistics: Statistics) -> list[ox.Quad]:
    """Return all that is said, in a fixed order: in the graph of the service and, as every graph, in the default one.

    It says nothing of partitions that were not counted.
    """
    graph = ox.NamedNode(namespaces.GRAPH_SERVICE)
    return [
        quad
        for triple in (*of_questions(questions), *of_partitions(statistics))
        for quad in (ox.Quad(triple.subject, triple.predicate, triple.object, graph), ox.Quad(*triple))
    ]


def of_questions(questions: Mapping[str, Question]) -> list[ox.Triple]:
    """Return every question as an example that runs as it stands, and the prefixes."""
    return [*_prefixes(), *_examples(questions)] if questions else []


def example(name: str) -> str:
    """Return the IRI of a question."""
    return f"{QUESTIONS}/{name}"


def _prefixes() -> Iterator[ox.Triple]:
    whole = ox.NamedNode(QUESTIONS)
    for prefix, namespace in namespaces.PREFIXES.items():
        declared = ox.NamedNode(f"{QUESTIONS}#prefix-{prefix}")
        yield ox.Triple(whole, term("sh:declare"), declared)
        yield ox.Triple(declared, TYPE, term("sh:PrefixDeclaration"))
        yield ox.Triple(declared, term("sh:prefix"), ox.Literal(prefix))
        yield ox.Triple(declared, term("sh:namespace"), ox.Literal(namespace, datatype=term("xsd:anyURI")))


def _examples(questions: Mapping[str, Question]) -> Iterator[ox.Triple]:
    for name, question in questions.items():
        this = ox.NamedNode(example(name))
        yield ox.Triple(this, TYPE, term("sh:SPARQLExecutable"))
        yield ox.Triple(this, TYPE, term("sh:SPARQLSelectExecutable"))
        for language in LANGUAGES:
            yield ox.Triple(this, term("rdfs:label"), ox.Literal(question.title[language], language=language))
            yield ox.Triple(this, term("rdfs:comment"), ox.Literal(question.text[language], language=language))
            method = ox.Literal(question.method[language], language=language)
            yield ox.Triple(this, term("dcterms:description"), method)
        yield ox.Triple(this, term("sh:prefixes"), ox.NamedNode(QUESTIONS))
        yield ox.Triple(this, term("sh:select"), ox.Literal(question.plain))
        yield ox.Triple(this, term("schema:keywords"), ox.Literal(question.theme))


def of_partitions(statistics: Statistics, dataset: str = namespaces.DATASET) -> list[ox.Triple]:
    """Return the partitions of a dataset: each class with its properties, each of these with what it leads to."""
    triples: dict[ox.Triple, None] = {}
    for class_, property_, target, datatype, count in statistics.partitions:
        of_class = f"{dataset}/class/{_name(class_)}"
        of_property = f"{of_class}/property/{_name(property_)}"
        if target:
            part = _part(of_property, "void:class", target, "void:triples", count)
        elif datatype:
            part = _part(of_property, f"{_VOID_EXT}datatype", datatype, "void:triples", count)
        else:
            entities = statistics.classes.get(class_, 0)
            part = [
                *_part(dataset, "void:class", class_, "void:entities", entities),
                *_part(of_class, "void:property", property_, "void:triples", count),
            ]
        triples.update(dict.fromkeys(part))
    return list(triples)


def _part(whole: str, kind: str, value: str, measure: str, count: int) -> list[ox.Triple]:
    """Say that a part of `whole` has a class, a property or a datatype, and how much it holds."""
    part = ox.NamedNode(f"{whole}/{kind.split(':')[-1].split('#')[-1]}/{_name(value)}")
    name, partition = (_term(kind + ending) for ending in ("", "Partition"))
    return [
        ox.Triple(ox.NamedNode(whole), partition, part),
        ox.Triple(part, name, ox.NamedNode(value)),
        ox.Triple(part, term(measure), ox.Literal(count)),
    ]


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(name) if name.startswith("http") else term(name)


def _name(iri: str) -> str:
    """Return a name for a part after what it is a part by: a prefixed name where there is one, else a digest."""
    prefixed = namespaces.curie(iri)
    return hashlib.sha256(iri.encode()).hexdigest()[:16] if prefixed.startswith("<") else prefixed.replace(":", "-", 1)
