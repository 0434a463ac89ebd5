"""Which tables of a file are read, as which kind of sheet, and where their headings stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccn_graph.errors import CellError
from ccn_graph.files.tables import Sheet
from ccn_graph.graph.project import Project
from ccn_graph.sheets.columns import Column, SheetKind
from ccn_graph.sheets.kinds import KINDS, TITLES
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.template import Template
from ccn_graph.text.normalisation import folded
from ccn_graph.validation.finding import Finding, Severity

#: How many filled rows may stand above the headings.
_ABOVE = 20
_TITLE_END = re.compile(r"[\s_\-(（]*\d*[)）]?$")

_NOT_READ = ("このシートは読まない", "this sheet is not read")
_HIDDEN = ("非表示のシートは読まない", "a hidden sheet is not read")
_ABOVE_HEADINGS = ("見出しより上の行は読まない", "rows above the headings are not read")
_NO_ROWS = ("見出しの下に行がない", "there are no rows below the headings")
_NO_KIND = (
    "何の表か決まらない。シートの名前を種類の名前にするか、--as で示す。読まないシートの名前は # で始める",
    "nothing says what this sheet holds; name it after its kind, or give --as; begin a name with # to leave it out",
)
_NO_SUCH = ("この名前のシートはない", "there is no sheet of this name")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that is read: its kind, its headings, and the column that stands at each place."""

    kind: SheetKind
    template: Template
    sheet: Sheet
    columns: Mapping[int, Column]
    #: Whether its findings name it, because the file has others.
    named: bool = False

    def finding(self, row: int, column: str, fault: CellError, severity: Severity = Severity.VIOLATION) -> Finding:
        """Word a fault as a finding on a row, in both languages, with the heading of its column."""
        names = next((heading.names for heading in self.template.headings if heading.column.name == column), None)
        place = next((place + 1 for place, other in self.columns.items() if other.name == column), 0)
        texts = {code: f"{names[code]}: {text}" if names else text for code, text in fault.message.items()}
        message = self.worded(texts)
        return Finding(
            self.sheet.path, row, severity, fault.rule, message, column, fault.value, fault.suggestion, column=place
        )

    def worded(self, message: Mapping[str, str]) -> Mapping[str, str]:
        """Return a message that names the sheet, where the file has others."""
        if not self.named:
            return message
        title = self.sheet.title
        return {"ja": f"シート「{title}」: {message['ja']}", "en": f"sheet '{title}': {message['en']}"}


def choose(
    project: Project, facts: Facts, sheets: Sequence[Sheet], kind: SheetKind | None, title: str = ""
) -> tuple[list[Table], list[Finding]]:  # fmt: skip
    """Tell which sheets of a file are read as what, and what is wrong with their headings.

    Without `kind`, each sheet is of the kind that its name or its headings say. Those that are not read are told.
    """
    seen = [sheet for sheet in sheets if not sheet.hidden and not sheet.title.startswith("#")]
    wanted = [sheet for sheet in sheets if folded(sheet.title) == folded(title)] if title else seen
    if title and not wanted:
        return [], [_about(sheets[0], _NO_SUCH, Severity.VIOLATION, title)]
    templates = _Templates(project, facts)
    tables = [_table(templates, sheet, kind, named=len(sheets) > 1) for sheet in wanted]
    chosen = [table for table in tables if table]
    if kind and len(chosen) > 1:
        chosen = _of_kind(chosen, kind)
    findings = [] if kind else [
        _about(sheet, _NO_KIND, Severity.VIOLATION)
        for sheet, table in zip(wanted, tables, strict=True) if table is None
    ]  # fmt: skip
    read = [table.sheet.title for table in chosen]
    findings += [
        _about(sheet, _HIDDEN if sheet.hidden else _NOT_READ, Severity.WARNING) for sheet in sheets
        if sheet.title not in read and (kind or sheet not in wanted) and not sheet.title.startswith("#")
    ]  # fmt: skip
    for table in chosen:
        findings += _faults(table)
    return chosen, findings


class _Templates:
    """The headings of every kind, each looked up when it is asked for."""

    def __init__(self, project: Project, facts: Facts) -> None:
        self._project, self._facts = project, facts
        self._made: dict[str, Template] = {}

    def of(self, kind: SheetKind) -> Template:
        if kind.name not in self._made:
            self._made[kind.name] = Template(kind, self._project, self._facts)
        return self._made[kind.name]


def _table(templates: _Templates, sheet: Sheet, kind: SheetKind | None, *, named: bool) -> Table | None:
    """Read the headings of a sheet; None where its kind is open."""
    if kind is None and (kind := _titled(sheet.title)) is None:
        fits = [candidate for candidate in KINDS.values() if _headed(templates.of(candidate), sheet, named=named)[1]]
        if len(fits) != 1:
            return None
        kind = fits[0]
    return _headed(templates.of(kind), sheet, named=named)[0]


def _titled(title: str) -> SheetKind | None:
    """Tell the kind from the name of a sheet: 加盟, memberships, Memberships (2)."""
    names = {folded(name): kind for kind in KINDS for name in (kind, *TITLES[kind].values())}
    sheet_kind = names.get(folded(title)) or names.get(folded(_TITLE_END.sub("", title)))
    return KINDS[sheet_kind] if sheet_kind else None


def _headed(template: Template, sheet: Sheet, *, named: bool) -> tuple[Table, bool]:
    """Find the row of the headings: the first, or one below a title that has more of them; tell whether all fit."""
    rows = (sheet.header, *sheet.rows)[:_ABOVE]
    scored = []
    for place, row in enumerate(rows):
        matched = [meaning for _, meaning in template.match(row.cells)]
        names = {meaning.name for meaning in matched if isinstance(meaning, Column)}
        scored.append((_complete(template.kind, names), len(names), -place, len(matched) > len(names)))
    best = max(scored) if scored else (False, 0, 0, False)
    # A heading row whose headings are wrong is better told of than a row of data that happens to look like one.
    place = -best[2] if best[0] or best[1] > 1 else 0
    headed = sheet.headed(place)
    columns = {at: meaning for at, meaning in template.match(headed.header.cells) if isinstance(meaning, Column)}
    return Table(template.kind, template, headed, columns, named), bool(best[0] and not best[3])


def _complete(kind: SheetKind, names: set[str]) -> bool:
    coded = names & {"municipalCode", "geonames"}
    return bool(names) and all(name in names or (name == kind.who and coded) for name in kind.needed)


def _of_kind(tables: list[Table], kind: SheetKind) -> list[Table]:
    """Of several sheets keep those named after the kind, else those whose headings fit, else the first."""
    titled = [table for table in tables if _titled(table.sheet.title) == kind]
    fitting = [table for table in tables if _complete(kind, {column.name for column in table.columns.values()})]
    return titled or fitting or tables[:1]


def _faults(table: Table) -> Iterable[Finding]:
    header = table.sheet.header
    wrong = [(place, fault) for place, fault in table.template.match(header.cells) if isinstance(fault, CellError)]
    for place, fault in wrong:
        worded = table.finding(header.number, "", fault)
        yield Finding(
            worded.path, worded.line, worded.severity, worded.rule, worded.message, "", fault.value, fault.suggestion,
            column=place + 1,
        )  # fmt: skip
    names = {column.name for column in table.columns.values()}
    if not wrong and not _complete(table.kind, names):
        for name in table.kind.needed or ("id",):
            if name not in names:
                fault = CellError(
                    "missing", "この列がない。--template で見出しを確かめる", "there is no such column; see --template"
                )
                yield table.finding(header.number, name, fault)
    if not wrong and not table.sheet.rows:
        yield table.finding(header.number, "", CellError("sheet", *_NO_ROWS), Severity.WARNING)
    above = header.number - 1
    if above and table.sheet.above:
        shown = " / ".join(cell for row in table.sheet.above for cell in row.cells if cell.strip())
        yield table.finding(
            table.sheet.above[0].number, "", CellError("above", *_ABOVE_HEADINGS, shown), Severity.WARNING
        )


def _about(sheet: Sheet, wording: tuple[str, str], severity: Severity, value: str = "") -> Finding:
    message = {"ja": wording[0], "en": wording[1]}
    return Finding(sheet.path, sheet.header.number, severity, "sheet", message, "", value or sheet.title, "")
