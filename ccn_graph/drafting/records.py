"""From facts to records: the same names, the same identity and the same cells as those of a sheet that is imported."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.drafting.evaluation import with_locator
from ccn_graph.drafting.facts import Fact
from ccn_graph.errors import CellError
from ccn_graph.files.tables import Sheet, TableRow
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.columns import Column
from ccn_graph.sheets.draft import Draft
from ccn_graph.sheets.ground import Ground
from ccn_graph.sheets.kinds import KINDS, ORDER
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.record import SheetRecord, Stated
from ccn_graph.text.languages import Bilingual

#: Facts that contradict each other are set aside in as many rounds as this.
_ROUNDS = 6
#: The row of the first fact; a sheet has its headings above.
_FIRST = 2
_LOCATOR = namespaces.CCN + "locator"
_PLACE = re.compile(r"(?P<before>(?:.*, )?)l\. (?P<first>\d+)(?:-(?P<last>\d+))?")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A record, what it says, and the facts it comes from; `doubts` say why it is not certain."""

    record: SheetRecord
    values: Mapping[str, Sequence[Stated]]
    facts: tuple[Fact, ...]
    doubts: tuple[Bilingual, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether it is written as it stands."""
        return not self.doubts


@dataclass
class Records:
    """What facts become: records that are certain, records that are not, and facts that make no record."""

    certain: list[Drafted] = field(default_factory=list)
    unsure: list[Drafted] = field(default_factory=list)
    unmade: list[Fact] = field(default_factory=list)


def made(graph: Graph, document: str, path: Path, facts: Sequence[Fact]) -> Records:
    """Make records of facts for the document of a short name, whose file is `path`.

    A certain fact that cannot be written, because a name is open or another fact says otherwise, becomes unsure.
    """
    settled = [fact for fact in facts if fact.certain]
    unsure = [fact for fact in facts if not fact.certain]
    result, ground = Records(), _ground(graph, document, path)
    for _ in range(_ROUNDS):
        faults = _written(ground, settled)
        if not faults:
            break
        ground = _ground(graph, document, path)
        unsure += [replace(settled[row], doubts=reasons) for row, reasons in sorted(faults.items())]
        settled = [fact for row, fact in enumerate(settled) if row not in faults]
    result.certain = _drafted(ground, settled)
    for fact in unsure:
        _add_unsure(result, ground, fact)
    return result


def _ground(graph: Graph, document: str, path: Path) -> Ground:
    assert graph.project is not None
    return Ground(Facts(graph), graph.project.data, document, {document: path})


def _written(ground: Ground, facts: Sequence[Fact]) -> dict[int, tuple[Bilingual, ...]]:
    """Write facts as rows of sheets; return by fact what keeps it from being written."""
    faults: dict[int, tuple[Bilingual, ...]] = {}
    for kind in ORDER:
        rows = [(place, fact) for place, fact in enumerate(facts) if fact.sheet == kind]
        if rows:
            draft = Draft(ground, KINDS[kind], *_sheet(ground, rows), ORDER.index(kind))
            for row, _, fault in draft.faults:
                faults.setdefault(row - _FIRST, (_worded(fault, facts),))
    for record in ground.records.values():
        _, contradictions = record.new(ground.facts)
        for _, (row, _, fault) in contradictions:
            faults.setdefault(row - _FIRST, (_worded(fault, facts),))
    return faults


def _sheet(ground: Ground, rows: Iterable[tuple[int, Fact]]) -> tuple[Sheet, dict[int, Column]]:
    filled = [(place, with_locator(fact), fact.sheet) for place, fact in rows]
    names = list(dict.fromkeys(name for _, cells, _ in filled for name in cells))
    kind = KINDS[filled[0][2]]
    columns = {at: column for at, name in enumerate(names) if (column := kind.column(name))}
    cells = tuple(
        TableRow(place + _FIRST, tuple(values.get(name, "") for name in names)) for place, values, _ in filled
    )  # fmt: skip
    # Of another path than the file to be written: what a row announces is not said there yet.
    return Sheet(Path(ground.document), TableRow(1, tuple(names)), cells), columns


def _drafted(ground: Ground, facts: Sequence[Fact]) -> list[Drafted]:
    drafts = []
    for record in ground.records.values():
        values, _ = record.new(ground.facts)
        if _LOCATOR in values:
            stated = values[_LOCATOR][0]
            values[_LOCATOR] = [replace(stated, value=ox.Literal(_grouped(str(getattr(stated.value, "value", "")))))]
        if values:
            rows = {value.row for each in record.values.values() for value in each} | {record.row}
            own = tuple(facts[row - _FIRST] for row in sorted(rows) if row - _FIRST < len(facts))
            drafts.append(Drafted(record, values, own))
    return sorted(drafts, key=lambda drafted: drafted.facts[0].sentence.first if drafted.facts else 0)


def _add_unsure(result: Records, ground: Ground, fact: Fact) -> None:
    """Make the record that an unsure fact would be, against all that is certain."""
    trial = copy.copy(ground)
    trial.records = {}
    bare = replace(fact, doubts=())
    faults = _written(trial, [bare])
    doubts = fact.doubts + tuple(doubt for item in faults.values() for doubt in item if doubt not in fact.doubts)
    drafted = _drafted(trial, [bare])
    if not drafted:
        result.unmade.append(replace(fact, doubts=doubts))
    result.unsure += [replace(item, facts=(fact,), doubts=doubts) for item in drafted]


def _worded(fault: CellError, facts: Sequence[Fact]) -> Bilingual:
    """Word a fault of a row for one who sees lines: what it says of other rows, and what is meant perhaps."""

    def line(match: re.Match[str]) -> str:
        place = int(match["row"]) - _FIRST
        number = facts[place].sentence.first if 0 <= place < len(facts) else 0
        return match[0].replace(match["row"], str(number)).replace("row", "line") if number else match[0]

    wording = {language: re.sub(r"row (?P<row>\d+)", line, text) for language, text in fault.message.items()}
    wording["ja"] = re.sub(r"(?P<row>\d+)行目", line, wording["ja"])
    return {
        language: f"{text} ({fault.suggestion})" if fault.suggestion else text for language, text in wording.items()
    }


def _grouped(locator: str) -> str:
    """Return a locator that names each heading once, with all its lines: 概要, l. 29-31, 34."""
    places: dict[str, list[tuple[int, int]]] = {}
    for part in locator.split("; "):
        match = _PLACE.fullmatch(part)
        if match is None:
            return locator
        first = int(match["first"])
        places.setdefault(match["before"], []).append((first, int(match["last"] or first)))
    return "; ".join(f"{before}l. {', '.join(_ranges(lines))}" for before, lines in places.items())


def _ranges(lines: Sequence[tuple[int, int]]) -> list[str]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(set(lines)):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return [str(first) if first == last else f"{first}-{last}" for first, last in joined]
