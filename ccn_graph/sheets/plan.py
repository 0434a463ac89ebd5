"""The whole way of a sheet: read, resolved, drafted, merged into files, checked; then written, or not at all."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError
from ccn_graph.files import spreadsheets
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import kind_of
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import FileKind, Statement
from ccn_graph.sheets import turtle_writer, workbook
from ccn_graph.sheets.columns import SheetKind
from ccn_graph.sheets.draft import Draft
from ccn_graph.sheets.ground import Ground
from ccn_graph.sheets.kinds import ORDER
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.reading import Found
from ccn_graph.sheets.record import SheetRecord, Stated
from ccn_graph.sheets.turtle_writer import TurtleLine
from ccn_graph.sheets.workbook import Table
from ccn_graph.validation import rules
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Finding, Severity, in_order

#: Runs shapes and rules on a graph.
Checker = Callable[[Graph], list[Finding]]
#: A record with those of its values that its file does not have yet.
_Fresh = tuple[SheetRecord, dict[str, list[Stated]]]

_SPARQL = namespaces.PREFIXES["sh"] + "SPARQLConstraintComponent"
_LOCATOR = ox.NamedNode(namespaces.CCN + "locator")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it would become; `before` is None for one that does not exist yet."""

    path: Path
    before: str | None
    lines: tuple[TurtleLine, ...]

    @property
    def after(self) -> str:
        """The new text."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would write, and what was found. Nothing may be written if there is a violation."""

    changes: tuple[FileChange, ...]
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """Whether anything forbids writing."""
        return any(finding.severity is Severity.VIOLATION for finding in self.findings)


def prepare(
    graph: Graph, kind: SheetKind | None, path: Path, document: str = "", checker: Checker = check, sheet: str = "",
    different: Sequence[str] = (),
) -> Plan:  # fmt: skip
    """Read the tables of a file against a graph and plan what they add.

    All are of `kind`; without it, each is of the kind that its name or its headings say. `sheet` names the one to read.
    `different` are short names of things that new ones are known not to be.

    Raises SheetError, or CcnError if files are out of shape.
    """
    project = graph.project
    if project is None or graph.errors:
        raise CcnError("a sheet is read against the whole graph of a project; mend the files that cannot be read first")
    facts = Facts(graph)
    tables, findings = workbook.choose(project, facts, spreadsheets.read_all(path), kind, sheet)
    if any(entry.severity is Severity.VIOLATION for entry in findings) or not tables:
        return Plan((), tuple(in_order(findings)))
    ground = Ground(
        facts, project.data, document, {read.path.stem: read.path for read in graph.documents}, tuple(different)
    )
    drafted = {}
    for number, table in sorted(enumerate(tables), key=lambda pair: ORDER.index(pair[1].kind.name)):
        drafted[number] = Draft(ground, table.kind, table.sheet, table.columns, number)
    fresh, faults = _fresh(ground)
    for number, draft in drafted.items():
        findings += [tables[number].finding(*entry, Severity.WARNING) for entry in draft.remarks]
        findings += [tables[number].finding(*entry) for entry in draft.faults]
    findings += [tables[number].finding(*entry) for number, entry in faults]
    if any(entry.severity is Severity.VIOLATION for entry in findings):
        faulty = {(number, entry[0]) for number, draft in drafted.items() for entry in draft.faults}
        faulty |= {(number, entry[0]) for number, entry in faults}
        findings += _of_whole_rows(graph, ground, fresh, faulty, tables, checker)
        return Plan((), tuple(in_order(findings)))
    changes = _changes(graph, fresh)
    checked = _checked(graph, changes, ground.records, tables, checker) if changes else []
    return Plan(changes, tuple(in_order([*findings, *checked])))


def _of_whole_rows(
    graph: Graph, ground: Ground, fresh: Sequence[_Fresh], faulty: Collection[tuple[int, int]],
    tables: Sequence[Table], checker: Checker,
) -> list[Finding]:  # fmt: skip
    """Tell what shapes and rules say of the rows that can be read, so that all that is wrong with a sheet is told.

    Nothing can be said yet of references to what a faulty row would add, nor of what is missing from things that a
    faulty row speaks of.
    """
    whole: list[_Fresh] = []
    partly: list[_Fresh] = []
    for record, values in fresh:
        own_rows = {
            (record.table, record.row),
            *((statement.table, statement.row) for stated in values.values() for statement in stated),
        }
        (partly if own_rows & set(faulty) else whole).append((record, values))
    if not whole:
        return []
    open_ = {term for record, values in partly for term in (
        ox.NamedNode(record.iri), *(statement.value for stated in values.values() for statement in stated)
    )}  # fmt: skip
    assert graph.project is not None
    lasting = {rule.name for rule in rules.read_all(graph.project) if rule.lasts}
    added = {iri for iri, thing in ground.facts.things.items() if any(
        statement.place.path == tables[0].sheet.path for statement in thing.said.get(namespaces.RDF_TYPE, ())
    )}  # fmt: skip
    missing = {namespaces.curie(iri) for iri in added - {record.iri for record, _ in whole}}
    records = {(record.path, record.iri): record for record, _ in whole}
    try:
        checked = _checked(graph, _changes(graph, whole), records, tables, checker)
    except CcnError:
        return []  # told when the rest is mended: it is no fault of a row
    return [
        finding for finding in checked
        if finding.nodes is not None and finding.path == tables[0].sheet.path and finding.value not in missing
        and (finding.line not in {row for _, row in faulty} or len(tables) > 1)
        and (finding.nodes.component != _SPARQL or finding.rule in lasting
             or open_.isdisjoint((finding.nodes.focus, finding.nodes.value)))
    ]  # fmt: skip


def _changes(graph: Graph, fresh: Iterable[_Fresh]) -> tuple[FileChange, ...]:
    by_path: dict[Path, list[_Fresh]] = {}
    for record, values in fresh:
        by_path.setdefault(record.path, []).append((record, values))
    return tuple(_change(graph, target, additions) for target, additions in sorted(by_path.items()))


def _fresh(ground: Ground) -> tuple[list[_Fresh], list[tuple[int, Found]]]:
    """Return the records with what their files do not say yet; and where those say otherwise, by table."""
    fresh, faults = [], []
    for record in ground.records.values():
        values, contradictions = record.new(ground.facts)
        faults += contradictions
        if values or not _typed(ground.facts, record):
            fresh.append((record, values))
    return fresh, faults


def _typed(facts: Facts, record: SheetRecord) -> bool:
    thing = facts.things.get(record.iri)
    return thing is not None and any(
        statement.place.path == record.path for statement in thing.said.get(namespaces.RDF_TYPE, ())
    )


def _change(graph: Graph, path: Path, additions: list[_Fresh]) -> FileChange:
    read = next((read for read in graph.sources if read.path == path), None)
    before = path.read_bytes().decode("utf-8") if read else None
    in_order_ = kind_of(path) is FileKind.REGISTER
    lines = turtle_writer.merged(before or "", read.statements if read else (), additions, in_order=in_order_)
    return FileChange(path, before, tuple(lines))


def _checked(
    graph: Graph,
    changes: Iterable[FileChange],
    records: dict[tuple[Path, str], SheetRecord],
    tables: Sequence[Table],
    checker: Checker,
) -> list[Finding]:
    """Run shapes and rules on the graph as it would become; findings on what the sheet says get its rows."""
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
        planned: dict[Path, FileChange] = {}
        replaced: dict[Path, parsing.SourceFile] = {}
        for change in changes:
            path = Path(directory) / change.path.parent.name / change.path.name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(change.after.encode("utf-8"))
            planned[path] = change
            replaced[change.path] = parsing.read(path, kind_of(path))
            _compare(graph, change, replaced[change.path].statements)
        sources = [replaced.pop(read.path, read) for read in graph.sources]
        after = Graph([*sources, *replaced.values()], project=graph.project)
        findings = checker(after)
    return list(_on_rows(graph, findings, planned, records, tables, checker))


def _compare(graph: Graph, change: FileChange, after: Iterable[Statement]) -> None:
    """Make sure that a file lost nothing: what it said before, and what the sheet adds, is what it says now."""
    read = next((read for read in graph.sources if read.path == change.path), None)
    was, now = Counter(map(_triple, read.statements if read else ())), Counter(map(_triple, after))
    lost = [triple for triple in was if triple not in now and triple[1] != _LOCATOR]
    if lost:
        raise CcnError(f"{change.path} is not in the house format, so nothing can be added to it; see ccn-graph check")


def _triple(statement: Statement) -> tuple[object, object, object]:
    return statement.subject, statement.predicate, statement.object


def _on_rows(
    graph: Graph, findings: Iterable[Finding], planned: dict[Path, FileChange],
    records: dict[tuple[Path, str], SheetRecord], tables: Sequence[Table], checker: Checker,
) -> Iterable[Finding]:  # fmt: skip
    begun = {(path, namespaces.curie(iri)): record for (path, iri), record in records.items()}
    elsewhere = []
    for finding in findings:
        change = planned.get(finding.path)
        cell = _cell(change, finding, begun.get((change.path, finding.subject))) if change else None
        if cell and finding.rule == "orphaned-register-entry":
            # What uses it can only be written once it is there.
            continue
        if cell:
            number, row, column = cell
            place = next((at + 1 for at, other in tables[number].columns.items() if other.name == column), 0)
            # An edit to lines that are not written yet would help nobody.
            repairs = tuple(replace(repair, replacement=None) for repair in finding.repairs)
            message, path = tables[number].worded(finding.message), tables[number].sheet.path
            yield replace(finding, path=path, line=row, message=message, column=place, repairs=repairs)
        elif finding.severity is Severity.VIOLATION:
            elsewhere.append(replace(finding, path=change.path) if change else finding)
    if elsewhere:
        before = {_key(finding) for finding in checker(graph)}
        yield from (finding for finding in elsewhere if _key(finding) not in before)


def _cell(change: FileChange, finding: Finding, record: SheetRecord | None) -> tuple[int, int, str] | None:
    """Tell which table, row and column a finding on a planned file speaks of; `record` is what it is about."""
    origins = change.lines[finding.line - 1].origins
    for stated in origins:
        value = stated.value.value if isinstance(stated.value, ox.NamedNode | ox.Literal) else ""
        if finding.value and finding.value in (value, namespaces.curie(value)):
            return stated.table, stated.row, stated.column
    if origins:
        return origins[0].table, origins[0].row, origins[0].column
    # What a record lacks is found at its first line; any other line of old stood there before.
    begins = record is not None and change.lines[finding.line - 1].text[:1].strip()
    return (record.table, record.row, "") if record and begins else None


def _key(finding: Finding) -> tuple[Path, str, str, str]:
    return finding.path, finding.rule, finding.subject, finding.value
