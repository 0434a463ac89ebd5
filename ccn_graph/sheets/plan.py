"""The whole way of a sheet: read, resolved, drafted, merged into files, checked; then written, or not at all."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, CellError
from ccn_graph.files import spreadsheets
from ccn_graph.files.tables import Sheet
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import kind_of
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import Kind as FileKind
from ccn_graph.rdf.parsing import Statement
from ccn_graph.sheets import turtle_writer
from ccn_graph.sheets.columns import Column, Kind
from ccn_graph.sheets.draft import Draft
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.record import Record, Stated
from ccn_graph.sheets.template import Template
from ccn_graph.sheets.turtle_writer import Line
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Finding, Severity, in_order

#: Runs shapes and rules on a graph.
Checker = Callable[[Graph], list[Finding]]

_LOCATOR = ox.NamedNode(namespaces.CCN + "locator")


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it would become; `before` is None for one that does not exist yet."""

    path: Path
    before: str | None
    lines: tuple[Line, ...]

    @property
    def after(self) -> str:
        """The new text."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would write, and what was found. Nothing may be written if there is a violation."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """Whether anything forbids writing."""
        return any(found.severity is Severity.VIOLATION for found in self.findings)


def prepare(
    graph: Graph, kind: Kind, path: Path, document: str = "", checker: Checker = check
) -> Plan:  # fmt: skip
    """Read a sheet against a graph and plan what it adds. Raises SheetError, or CcnError if files are out of shape."""
    project = graph.project
    if project is None or graph.errors:
        raise CcnError("a sheet is read against the whole graph of a project; mend the files that cannot be read first")
    sheet, facts = spreadsheets.read(path), Facts(graph)
    template = Template(kind, project, facts)
    columns, findings = _columns(template, sheet)
    if findings:
        return Plan((), tuple(in_order(findings)))
    documents = {read.path.stem: read.path for read in graph.documents}
    draft = Draft(kind, sheet, columns, facts, project.data, document, documents)
    places = {column.name: place + 1 for place, column in columns.items()}
    fresh = []
    for record in draft.records.values():
        values, faults = record.new(facts)
        draft.faults += faults
        if values or not _typed(facts, record):
            fresh.append((record, values))
    remarks = [replace(worded(template, path, *found, places), severity=Severity.WARNING) for found in draft.remarks]
    if draft.faults:
        findings = [worded(template, path, *found, places) for found in draft.faults]
        return Plan((), tuple(in_order([*findings, *remarks])))
    by_path: dict[Path, list[tuple[Record, dict[str, list[Stated]]]]] = {}
    for record, values in fresh:
        by_path.setdefault(record.path, []).append((record, values))
    changes = tuple(_change(graph, target, additions) for target, additions in sorted(by_path.items()))
    found = _checked(graph, changes, draft.records, _Columns(path, places), checker) if changes else []
    return Plan(changes, tuple(in_order([*remarks, *found])))


def _columns(template: Template, sheet: Sheet) -> tuple[dict[int, Column], list[Finding]]:
    columns: dict[int, Column] = {}
    findings: list[Finding] = []
    line = sheet.header.number
    for place, matched in template.match(sheet.header.cells):
        if isinstance(matched, CellError):
            findings.append(replace(worded(template, sheet.path, line, "", matched), column=place + 1))
        else:
            columns[place] = matched
    present = {column.name for column in columns.values()}
    for name in template.kind.needed:
        coded = name == template.kind.who and present & {"municipalCode", "geonames"}
        if name not in present and not coded and not findings:
            fault = CellError(
                "missing", "この列がない。--template で見出しを確かめる", "there is no such column; see --template"
            )
            findings.append(worded(template, sheet.path, line, name, fault))
    return columns, findings


def worded(
    template: Template, path: Path, row: int, column: str, fault: CellError, places: Mapping[str, int] | None = None
) -> Finding:
    """Word a fault as a finding on a row, in both languages, with the heading of its column.

    `places` count the columns of the sheet by their names, from 1.
    """
    heading = next((heading.names for heading in template.headings if heading.column.name == column), None)
    message = {
        "ja": f"{heading['ja']}: {fault.message['ja']}" if heading else fault.message["ja"],
        "en": f"{heading['en']}: {fault.message['en']}" if heading else fault.message["en"],
    }
    place = (places or {}).get(column, 0)
    return Finding(
        path, row, Severity.VIOLATION, fault.rule, message, column, fault.value, fault.suggestion, column=place
    )


def _typed(facts: Facts, record: Record) -> bool:
    thing = facts.things.get(record.iri)
    return thing is not None and any(said.place.path == record.path for said in thing.said.get(namespaces.RDF_TYPE, ()))


def _change(graph: Graph, path: Path, additions: list[tuple[Record, dict[str, list[Stated]]]]) -> Change:
    read = next((read for read in graph.sources if read.path == path), None)
    before = path.read_bytes().decode("utf-8") if read else None
    in_order_ = kind_of(path) is FileKind.REGISTER
    lines = turtle_writer.merged(before or "", read.statements if read else (), additions, in_order=in_order_)
    return Change(path, before, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Columns:
    """A sheet, and where its columns stand in it (1 is the first), by their names."""

    path: Path
    places: Mapping[str, int]


def _checked(
    graph: Graph, changes: Iterable[Change], records: dict[tuple[Path, str], Record], sheet: _Columns, checker: Checker
) -> list[Finding]:
    """Run shapes and rules on the graph as it would become; findings on what the sheet says get its rows."""
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
        planned: dict[Path, Change] = {}
        replaced: dict[Path, parsing.Source] = {}
        for change in changes:
            path = Path(directory) / change.path.parent.name / change.path.name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(change.after.encode("utf-8"))
            planned[path] = change
            replaced[change.path] = parsing.read(path, kind_of(path))
            _compare(graph, change, replaced[change.path].statements)
        sources = [replaced.pop(read.path, read) for read in graph.sources]
        after = Graph([*sources, *replaced.values()], project=graph.project)
        found = checker(after)
    return list(_on_rows(graph, found, planned, records, sheet, checker))


def _compare(graph: Graph, change: Change, after: Iterable[Statement]) -> None:
    """Make sure that a file lost nothing: what it said before, and what the sheet adds, is what it says now."""
    read = next((read for read in graph.sources if read.path == change.path), None)
    was, now = Counter(map(_triple, read.statements if read else ())), Counter(map(_triple, after))
    lost = [triple for triple in was if triple not in now and triple[1] != _LOCATOR]
    if lost:
        raise CcnError(f"{change.path} is not in the house format, so nothing can be added to it; see ccn-graph check")


def _triple(said: Statement) -> tuple[object, object, object]:
    return said.subject, said.predicate, said.object


def _on_rows(
    graph: Graph, findings: Iterable[Finding], planned: dict[Path, Change], records: dict[tuple[Path, str], Record],
    sheet: _Columns, checker: Checker,
) -> Iterable[Finding]:  # fmt: skip
    rows = {(path, namespaces.curie(iri)): record.row for (path, iri), record in records.items()}
    elsewhere = []
    for found in findings:
        change = planned.get(found.path)
        row, column = _cell(change, found, rows.get((change.path, found.subject), 0)) if change else (0, "")
        if row and found.rule == "orphaned-register-entry":
            # What uses it can only be written once it is there.
            continue
        if row:
            # An edit to lines that are not written yet would help nobody.
            repairs = tuple(replace(repair, replacement=None) for repair in found.repairs)
            yield replace(found, path=sheet.path, line=row, column=sheet.places.get(column, 0), repairs=repairs)
        elif found.severity is Severity.VIOLATION:
            elsewhere.append(replace(found, path=change.path) if change else found)
    if elsewhere:
        before = {_key(found) for found in checker(graph)}
        yield from (found for found in elsewhere if _key(found) not in before)


def _cell(change: Change, found: Finding, record: int) -> tuple[int, str]:
    """Tell which row and column a finding on a planned file speaks of, 0 for none; `record` is its row."""
    origins = change.lines[found.line - 1].origins
    for stated in origins:
        value = stated.value.value if isinstance(stated.value, ox.NamedNode | ox.Literal) else ""
        if found.value and found.value in (value, namespaces.curie(value)):
            return stated.row, stated.column
    if origins:
        return origins[0].row, origins[0].column
    # What a record lacks is found at its first line; any other line of old stood there before.
    begins = change.lines[found.line - 1].text[:1].strip()
    return (record if begins else 0), ""


def _key(found: Finding) -> tuple[Path, str, str, str]:
    return found.path, found.rule, found.subject, found.value
