"""How well rows of table documents are matched by name, country and distance alone, judged by identifiers kept apart.

`python -m tests.linking` prints precision and recall for every table whose rows carry identifiers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from ccn_graph import Graph
from ccn_graph.graph import table_documents
from ccn_graph.graph.links import Link
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.sheets import linking
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.linkable_cities import Cities
from ccn_graph.sheets.linking import Described


@dataclass(slots=True)
class Outcome:
    """What was proposed without identifiers, as their identifiers judge it."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Rows of a city on record that were left open, or matched with another."""

    @property
    def precision(self) -> float:
        """The share of the proposals that are right."""
        return self.right / max(self.right + len(self.wrong), 1)

    @property
    def recall(self) -> float:
        """The share of the rows of cities on record that were matched rightly."""
        return self.right / max(self.right + len(self.missed), 1)


def judged(rows: Iterable[Described], cities: Cities) -> Outcome:
    """Match rows by names and places, and compare with what their identifiers say."""
    rows = list(rows)
    proposed = {link.row: link for link in linking.propose(rows, cities, identifiers=False)}
    found = Outcome()
    for row in rows:
        truth = {iri for one in row.identifiers for iri in cities.by_identifier.get(one, ())}
        link = proposed.get(row.key, Link(0, row.key, "", ""))
        told = f"{row.key} {' / '.join(row.names)} ({row.country}): {namespaces.slug(link.city) or link.note or '-'}"
        if link.city and link.city in truth:
            found.right += 1
            continue
        if link.city and row.identifiers:
            found.wrong.append(told)
        if truth:
            found.missed.append(told)
    return found


def main() -> None:
    """Judge every table document of the project."""
    graph = Graph.load(Project.find())
    cities = Cities.of_record(Facts(graph))
    for read in graph.sources:
        if read.kind is not FileKind.TABLE:
            continue
        document = table_documents.open_(read.path.parent / "csv-metadata.json")
        # Without a country nothing is matched by name.
        found = judged((row for row in linking.described(document) if row.country), cities)
        if found.right + len(found.missed):
            lines = [
                f"{document.name}: {found.right} right, {len(found.wrong)} wrong, {len(found.missed)} missed, "
                f"precision {found.precision:.1%}, recall {found.recall:.1%}",
                *(f"  wrong {told}" for told in found.wrong),
                *(f"  missed {told}" for told in found.missed),
            ]
            sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
