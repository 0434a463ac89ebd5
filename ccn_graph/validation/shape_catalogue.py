"""What a project says of its terms beside the graph: shapes, rules, and mappings to other vocabularies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import FileKind, Object, Subject
from ccn_graph.rdf.terms import Term
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation import rules
from ccn_graph.validation.finding import Severity
from ccn_graph.validation.rules import Rule

_SH, _RDF = namespaces.PREFIXES["sh"], namespaces.PREFIXES["rdf"]
_NIL = ox.NamedNode(_RDF + "nil")
_TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")

#: Said of a shape, not demanded by it.
_NO_DEMANDS = {*_TARGETS, "path", "name", "message", "description", "severity", "property", "ignoredProperties"}


@dataclass(frozen=True)
class NamedShape:
    """A SHACL shape with a name; lists and alternative paths are spread out."""

    iri: str
    values: Mapping[str, tuple[Term, ...]]
    """Predicate -> values."""
    triples: tuple[ox.Triple, ...]
    """All that is said of it, lists included."""
    text_in_file: str = ""
    """How its file has it."""

    def all(self, name: str) -> list[str]:
        """Return the values of one of SHACL's terms as text."""
        return [str(getattr(value, "value", value)) for value in self.values.get(_SH + name, ())]

    def text(self, *names: str) -> Bilingual:
        """Return the first of these texts that there is, by language; empty if there is none."""
        for name in (_SH + name if ":" not in name else namespaces.expand(name) or name for name in names):
            texts = [value for value in self.values.get(name, ()) if isinstance(value, ox.Literal)]
            by_language = {text.language or "": text.value for text in texts}
            if by_language:
                return by_language
        return {}

    @cached_property
    def name(self) -> Bilingual:
        """What it is called."""
        return self.text("name", "rdfs:label")

    @cached_property
    def severity(self) -> Severity:
        """How grave it is not to conform (SHACL section 2.1.4)."""
        return next(map(Severity.of_iri, self.all("severity")), Severity.VIOLATION)

    @cached_property
    def targets(self) -> list[tuple[str, str]]:
        """What it looks at: SHACL's term and an IRI."""
        return [(name, iri) for name in _TARGETS for iri in self.all(name)]

    @cached_property
    def demands(self) -> dict[str, list[str]]:
        """What it demands, by SHACL's term without prefix."""
        terms = {name.removeprefix(_SH) for name in self.values if name.startswith(_SH)}
        return {name: self.all(name) for name in sorted(terms - _NO_DEMANDS)}


@dataclass(frozen=True)
class ShapeCatalogue:
    """Shapes and rules by IRI, and mappings as triples."""

    shapes: Mapping[str, NamedShape] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    mappings: tuple[ox.Triple, ...] = ()

    @cached_property
    def by_term(self) -> Mapping[str, list[NamedShape]]:
        """Class or property -> the shapes that look at it: at instances of the class, at values of the property."""
        shapes: dict[str, list[NamedShape]] = defaultdict(list)
        for shape in self.shapes.values():
            for iri in dict.fromkeys((*shape.all("targetClass"), *shape.all("path"))):
                shapes[iri].append(shape)
        return shapes

    @cached_property
    def mapped(self) -> Mapping[str, list[tuple[str, str]]]:
        """Term of ours -> relation and term of another vocabulary."""
        relations: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for triple in self.mappings:
            if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode):
                relations[triple.subject.value].append((triple.predicate.value, triple.object.value))
        return relations


def read(project: Project) -> ShapeCatalogue:
    """Read them. Raises SourceError and QuestionError for files that are not well-formed."""
    files = (*project.shapes_of_document, *project.shapes_of_dataset)
    triples = [ox.Triple(statement.subject, statement.predicate, statement.object)
               for path in files for statement in parsing.read(path, FileKind.OTHER).statements]  # fmt: skip
    texts = {iri: text for path in files for iri, text in _blocks(path.read_text(encoding="utf-8"))}
    mappings = (
        ox.Triple(statement.subject, statement.predicate, statement.object)
        for statement in (
            parsing.read(project.mappings, FileKind.OTHER).statements if project.mappings.is_file() else ()
        )
    )
    by_iri = {namespaces.PREFIXES["shape"] + rule.name: rule for rule in rules.read_all(project)}
    return ShapeCatalogue({shape.iri: shape for shape in _shapes(triples, texts)}, by_iri, tuple(mappings))


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Return the records of a file, which a blank line divides, by their subjects."""
    for block in text.split("\n\n"):
        name = block.partition(" ")[0]
        if name.startswith("shape:"):
            yield namespaces.PREFIXES["shape"] + name.removeprefix("shape:"), block.strip()


def _shapes(triples: Iterable[ox.Triple], texts: Mapping[str, str]) -> Iterator[NamedShape]:
    said_of: dict[Subject, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        said_of[triple.subject].append(triple)
    for subject in said_of:
        if isinstance(subject, ox.NamedNode):
            values: dict[str, list[Term]] = defaultdict(list)
            for triple in said_of[subject]:
                values[triple.predicate.value] += _spread(said_of, triple.object)
            all_values = {name: tuple(spread) for name, spread in values.items()}
            triples_of = tuple(_within(said_of, subject))
            yield NamedShape(subject.value, all_values, triples_of, texts.get(subject.value, ""))


def _spread(said_of: Mapping[Subject, list[ox.Triple]], node: Object) -> list[Term]:
    if not isinstance(node, ox.BlankNode):
        return [] if node == _NIL else [node]
    properties = {triple.predicate.value: triple.object for triple in said_of.get(node, ())}
    if _RDF + "first" in properties:
        return [*_spread(said_of, properties[_RDF + "first"]), *_spread(said_of, properties[_RDF + "rest"])]
    return [value for inner in properties.values() for value in _spread(said_of, inner)]


def _within(said_of: Mapping[Subject, list[ox.Triple]], node: Subject) -> Iterator[ox.Triple]:
    for triple in said_of.get(node, ()):
        yield triple
        if isinstance(triple.object, ox.BlankNode):
            yield from _within(said_of, triple.object)
