"""Rules: SPARQL queries across records, every row of which is a finding."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import QuestionError
from ccn_graph.graph.graph import Graph, Place
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, query_file, terms
from ccn_graph.rdf.query_file import QueryFile
from ccn_graph.rdf.terms import Plain, Term
from ccn_graph.validation.finding import Finding, Nodes, Severity

_KEYS = {"title_ja", "title_en", "message_ja", "message_en", "severity", "param"}

_FLEETING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)

#: What more data may take away from; without these, they only add to what is found.
_NEGATIVE = re.compile(
    r"\b(?:NOT|MINUS|OPTIONAL|BOUND|COALESCE|COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT|LIMIT|OFFSET)\b|!(?!=)",
    re.IGNORECASE,
)

#: In the words of SHACL, a rule is a constraint in SPARQL.
_COMPONENT = namespaces.PREFIXES["sh"] + "SPARQLConstraintComponent"

#: Rules that find fault with a property, not with its value.
_OF_PROPERTIES = {"unknown-term"}

#: Subject, property, value and graph that a rule speaks of.
Row = tuple[Term | None, Term | None, Term | None, Term | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, read from `queries/rules/NAME.rq`; its columns are ?subject ?property ?value and perhaps ?graph."""

    file: QueryFile
    severity: Severity

    @property
    def name(self) -> str:
        """The name its findings carry."""
        return self.file.name

    @property
    def repeatable(self) -> bool:
        """Whether it finds the same in the same data every time; not if it asks for the time or for chance."""
        return not _FLEETING.search(self.file.text)

    @property
    def lasts(self) -> bool:
        """Whether what it finds in some data is found in those and more, too."""
        return not _NEGATIVE.search("\n".join(line for line in self.file.text.splitlines() if line[:1] != "#"))

    def findings(self, graph: Graph, today: datetime.date) -> Iterator[Finding]:
        """Run the rule; a row that stands in several documents is a finding in each."""
        return self.placed(graph, self.rows(graph, today))

    def rows(self, graph: Graph, today: datetime.date) -> list[Row]:
        """Run the rule; give subject, property, value and graph of each row."""
        date = ox.Literal(today.isoformat(), datatype=ox.NamedNode(namespaces.PREFIXES["xsd"] + "date"))
        bound = {parameter.name: date for parameter in self.file.parameters if parameter.kind == "today"}
        answer = graph.stated.query(self.file.bind(bound))
        named = (dict(zip(answer.variables, row, strict=True)) for row in answer.rows())
        return [(row["subject"], row.get("property"), row.get("value"), row.get("graph")) for row in named]

    def _wrong(self, predicate: Term | None, value: Term | None) -> Term | None:
        """Return what is wrong: of a term that the vocabulary does not have the term, else the value."""
        of_type = isinstance(predicate, ox.NamedNode) and predicate.value == namespaces.RDF_TYPE
        return predicate if self.name in _OF_PROPERTIES and not of_type else value or predicate

    def placed(self, graph: Graph, rows: Iterable[Row]) -> Iterator[Finding]:
        """Tell on which lines the rows are; one that stands in several documents is a finding in each."""
        for row in rows:
            subject, predicate, value, _ = row
            for place in _places(graph, row):
                assert subject is not None
                path = predicate if isinstance(predicate, ox.NamedNode) else None
                source = ox.NamedNode(namespaces.PREFIXES["shape"] + self.name)
                yield Finding(
                    place.path, place.line, self.severity, self.name, self.file.bilingual("message"),
                    _shown(subject), _shown(self._wrong(predicate, value)), column=place.column, at=place.at,
                    nodes=Nodes(subject, path, value, source, _COMPONENT),
                )  # fmt: skip


def read_all(project: Project) -> list[Rule]:
    """Read every rule of a project. Raises QuestionError for a head that is wrong."""
    rules = []
    for path in project.rules:
        file = query_file.read(path, _KEYS)
        name = file.one("severity").upper()
        if name not in Severity.__members__:
            raise QuestionError(f"severity is violation, warning or info, not '{name.lower()}'", path=path, line=1)
        rules.append(Rule(file, Severity[name]))
    return rules


def to_plain(rows: Iterable[Row]) -> list[list[Plain]]:
    """Write rows as plain data. Raises ValueError if there is a blank node."""
    return [[terms.from_term(term) for term in row] for row in rows]


def of_plain(rows: object) -> list[Row] | None:
    """Read rows back; None for anything that `to_plain` does not write."""
    if not isinstance(rows, list):
        return None
    try:
        term = terms.to_term
        return [(term(subject), term(property_), term(value), term(graph)) for subject, property_, value, graph in rows]
    except (TypeError, ValueError):
        return None


def _places(graph: Graph, row: Row) -> list[Place]:
    subject, predicate, value, home = row
    if subject is None or isinstance(subject, ox.Literal):
        return []
    return graph.locate(
        subject,
        predicate if isinstance(predicate, ox.NamedNode) else None,
        value,
        home if isinstance(home, ox.NamedNode | ox.BlankNode) else None,
    )


def _shown(term: Term | None) -> str:
    if isinstance(term, ox.NamedNode):
        return namespaces.curie(term.value)
    return "" if term is None else str(getattr(term, "value", term))
