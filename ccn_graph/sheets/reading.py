"""From the rows of a table to entries: cells cleaned, held against their columns, faulty ones named, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ccn_graph.errors import CellError
from ccn_graph.files.tables import CellType, Sheet, TableRow
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import cell
from ccn_graph.sheets.columns import Column, SheetKind, Value
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.sheets.row import SheetRow

#: A fault, its row and its column (empty: the row as a whole).
Found = tuple[int, str, CellError]

_DATES = {Value.DATE, Value.UNTIMED, Value.DAY}
_NUMBERS = {Value.WHOLE, Value.NUMBER, Value.DECIMAL, Value.CODE, Value.GEONAMES, *_DATES}
_TEXTS = {Value.TEXT, Value.PLAIN, Value.LOCAL_TEXT}
_TURNED = (
    "文字の列に日付・時刻・真偽値のセルがある。表計算ソフトが書き換えたおそれがある。書式を文字列にして書き直す",
    "this is a date, a time or a truth value in a column of other things; the spreadsheet may have made it from a text"
    " such as 4-3; format the cell as text and write it again",
)
_FRACTION = (
    "数値のセルである。末尾の0が落ちていれば(3.10が3.1など)、書式を文字列にして書き直す",
    "this is a cell with a number; if it lost a 0 at its end (3.1 for 3.10), format it as text and write it again",
)
_FORMULA = ("数式である。値として貼り付け直す", "this is a formula; paste its value instead")
_SURPLUS = (
    "見出しより右にセルがある。引用符のない区切り文字を確かめる",
    "there are more cells than headings; check for a separator without quotes",
)
_NO_HEADING = (
    "見出しのない列に値がある。見出しを書くか、# で始まる見出しを付けて使わないことを示す",
    "there are values in a column without heading; give it one, or one that begins with # if it is not to be used",
)


class SheetReader:
    """Reads the rows of one table; `faults` forbid writing, `remarks` do not."""

    def __init__(self, kind: SheetKind, sheet: Sheet, columns: Mapping[int, Column], resolver: Resolver) -> None:
        """Keep what the cells are read by: the column that stands at each place."""
        self._kind, self._sheet, self._columns, self._resolver = kind, sheet, columns, resolver
        self.faults: list[Found] = []
        self.remarks: list[Found] = []
        self._headless: set[int] = set()

    def entries(self) -> Iterator[SheetRow]:
        """Return every row that is not a comment, with the columns whose cells cannot be taken."""
        self._tell_notes()
        for row in self._sheet.rows:
            first = next((text.lstrip() for text in row.cells if text.strip()), "")
            if not first.startswith("#"):
                yield self._entry(row)

    def _tell_notes(self) -> None:
        for note in self._sheet.notes:
            column = self._columns.get(note.column - 1)
            unused = note.column and column is None
            if note.row > self._sheet.header.number and not (unused and note.severe):
                place = column.name if column else ""
                (self.faults if note.severe else self.remarks).append((note.row, place, note.error))
            elif not note.severe:
                self.remarks.append((note.row, "", note.error))

    def _entry(self, row: TableRow) -> SheetRow:
        texts: dict[str, str] = {}
        before = len(self.faults)
        for place, text in enumerate(row.cells):
            column = self._columns.get(place)
            if column is None:
                self._surplus(row, place, text)
                continue
            try:
                texts[column.name] = cell.clean(text)
                self._typed(row, place, column, texts[column.name])
            except CellError as fault:
                self.faults.append((row.number, column.name, fault))
        is_recorded = self._known(texts.get("id", ""))
        for name in () if is_recorded else self._kind.needed:
            by_code = name == self._kind.who and (texts.get("municipalCode") or texts.get("geonames"))
            if not texts.get(name) and not by_code:
                self.faults.append((row.number, name, CellError("missing", "書かれていない", "this is not filled in")))
        noted = [name for number, name, _ in self._noted() if number == row.number]
        faulty = {name for _, name, _ in self.faults[before:]} | set(noted)
        return SheetRow(row.number, self._kind, texts, self._resolver, frozenset(faulty))

    def _known(self, slug: str) -> bool:
        """Tell whether a row names a record that is there already, which need not say everything again."""
        prefix = namespaces.PREFIXES[self._kind.prefix]
        return bool(slug) and prefix + slug.rpartition(":")[2] in self._resolver.facts.things

    def _noted(self) -> Iterable[Found]:
        for note in self._sheet.notes:
            if note.severe and (column := self._columns.get(note.column - 1)):
                yield note.row, column.name, note.error

    def _typed(self, row: TableRow, place: int, column: Column, text: str) -> None:
        """Hold the type of a cell against its column. Raises CellError where it is of another one."""
        type_ = row.type_of(place)
        wrong = {
            CellType.DATE: column.value not in _DATES,
            CellType.TIME: column.value not in _DATES,
            CellType.FLAG: column.value is not Value.FLAG,
        }
        if text and wrong.get(type_):
            raise CellError("cell-type", *_TURNED, text)
        if type_ is CellType.FORMULA and text:
            raise CellError("formula", *_FORMULA, text)
        if type_ is CellType.NUMBER and column.value in _TEXTS and "." in text:
            self.remarks.append((row.number, column.name, CellError("cell-type", *_FRACTION, text)))

    def _surplus(self, row: TableRow, place: int, text: str) -> None:
        heading = self._sheet.header.cells[place] if place < len(self._sheet.header.cells) else ""
        if not text.strip() or heading.strip() or place in self._headless:
            return
        beyond = place >= len(self._sheet.header.cells)
        self._headless |= set() if beyond else {place}
        message = _SURPLUS if beyond else _NO_HEADING
        self.faults.append((row.number, "", CellError("cell", *message, text)))
