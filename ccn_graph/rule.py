"""Rules: SPARQL queries across records, every row of which is a finding."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph import query_file, terms
from ccn_graph.engine import Term
from ccn_graph.errors import QuestionError
from ccn_graph.finding import Finding, Severity
from ccn_graph.graph import Graph, Place
from ccn_graph.project import Project
from ccn_graph.query_file import QueryFile

_KEYS = {"title_ja", "title_en", "message_ja", "message_en", "severity", "param"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, read from `queries/rules/NAME.rq`; its columns are ?subject ?property ?value and perhaps ?graph."""

    file: QueryFile
    severity: Severity

    @property
    def name(self) -> str:
        """The name its findings carry."""
        return self.file.name

    def findings(self, graph: Graph, today: datetime.date) -> Iterator[Finding]:
        """Run the rule; a row that stands in several documents is a finding in each."""
        date = ox.Literal(today.isoformat(), datatype=ox.NamedNode(terms.PREFIXES["xsd"] + "date"))
        bound = {parameter.name: date for parameter in self.file.parameters if parameter.kind == "today"}
        answer = graph.query(self.file.bind(bound))
        for row in answer.rows():
            named = dict(zip(answer.variables, row, strict=True))
            subject, value = named["subject"], named.get("value")
            for place in _places(graph, named):
                yield Finding(
                    place.path, place.line, self.severity, self.name, self.file.bilingual("message"),
                    _shown(subject), _shown(value or named.get("property")),
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


def _places(graph: Graph, row: dict[str, Term | None]) -> list[Place]:
    subject, predicate, home = row["subject"], row.get("property"), row.get("graph")
    if subject is None or isinstance(subject, ox.Literal):
        return []
    return graph.locate(
        subject,
        predicate if isinstance(predicate, ox.NamedNode) else None,
        row.get("value"),
        home if isinstance(home, ox.NamedNode | ox.BlankNode) else None,
    )


def _shown(term: Term | None) -> str:
    if isinstance(term, ox.NamedNode):
        return terms.curie(term.value)
    return "" if term is None else str(getattr(term, "value", term))
