"""What the eye does not see in a workbook, or sees otherwise than the file has it."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ccn_graph.errors import SheetError
from ccn_graph.files import spreadsheets, xlsx_cells
from ccn_graph.files.tables import CellType, Sheet

HEAD = ["member", "organization", "start", "end", "locator"]
ROWS = [
    ["神戸市", "CCNJ", 2013, None, "l. 1"],
    ["金沢市", "CCNJ", 2013, None, "l. 2"],
    ["札幌市", "CCNJ", 2013, None, "l. 3"],
]
Change = Callable[[Worksheet], None]


def sheet(tmp_path: Path, change: Change, rows: list[Any] | None = None) -> Sheet:
    """Write a workbook of one list, changed as a person would, and read it."""
    book = openpyxl.Workbook()
    table = book.active
    assert isinstance(table, Worksheet)
    for row in (HEAD, *(ROWS if rows is None else rows)):
        table.append(row)
    change(table)
    book.save(tmp_path / "sheet.xlsx")
    return spreadsheets.read(tmp_path / "sheet.xlsx")


def notes(read: Sheet) -> list[tuple[int, int, str, bool]]:
    return [(note.row, note.column, note.error.rule, note.severe) for note in read.notes]


def firsts(read: Sheet) -> list[str]:
    return [row.cells[0] for row in read.rows]


def edit(path: Path, part: str, pattern: str, new: str) -> None:
    """Rewrite a part of a workbook, as programs other than openpyxl write it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as out:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith(part):
                was = text.decode("utf-8")
                text = re.sub(pattern, new, was).encode("utf-8")
                assert text.decode("utf-8") != was
            out.writestr(name, text)
    path.write_bytes(changed.getvalue())


def test_a_value_merged_down_holds_for_every_row_that_it_covers(tmp_path: Path) -> None:
    def change(table: Worksheet) -> None:
        table["D2"] = 2020
        table.merge_cells("D2:D4")

    read = sheet(tmp_path, change)
    assert [row.cells[3] for row in read.rows] == ["2020"] * 3
    assert notes(read) == [(2, 4, "merged", False)]


def test_rows_that_only_a_merged_range_reaches_are_no_rows(tmp_path: Path) -> None:
    def change(table: Worksheet) -> None:
        table["A6"] = "x"
        table.merge_cells("A6:A9")

    assert [row.number for row in sheet(tmp_path, change).rows] == [2, 3, 4, 6]


def test_cells_merged_across_columns_must_be_settled(tmp_path: Path) -> None:
    def change(table: Worksheet) -> None:
        table.merge_cells("C2:D2")

    assert notes(sheet(tmp_path, change)) == [(2, 3, "merged", True)]


def hide_nothing(_table: Worksheet) -> None:
    """Leave a sheet as it is."""


def hide_row(table: Worksheet) -> None:
    table.row_dimensions[3].hidden = True


def fold_row(table: Worksheet) -> None:
    table.row_dimensions.group(3, 3, hidden=True)


@pytest.mark.parametrize("change", [hide_row, fold_row])
def test_rows_that_nobody_sees_are_left_out_and_named(tmp_path: Path, change: Change) -> None:
    read = sheet(tmp_path, change)
    assert firsts(read) == ["神戸市", "札幌市"]
    assert notes(read) == [(3, 0, "hidden", False)]


@pytest.mark.parametrize("height", ["0", "0.1"])
def test_a_row_of_no_height_is_hidden_too(tmp_path: Path, height: str) -> None:
    sheet(tmp_path, lambda table: setattr(table.row_dimensions[3], "height", 9))
    edit(tmp_path / "sheet.xlsx", "sheet1.xml", 'ht="9"', f'ht="{height}"')
    assert firsts(spreadsheets.read(tmp_path / "sheet.xlsx")) == ["神戸市", "札幌市"]


def test_rows_hidden_one_after_another_are_named_together(tmp_path: Path) -> None:
    def change(table: Worksheet) -> None:
        for row in (2, 3, 4, 6):
            table.row_dimensions[row].hidden = True

    read = sheet(tmp_path, change, [*ROWS, ["a"], ["b"], ["c"]])
    assert firsts(read) == ["a", "c"]
    assert [note.error.value for note in read.notes] == ["2-4", "6"]


@pytest.mark.parametrize("width", [None, 0])
def test_a_column_that_nobody_sees_is_left_out_and_named(tmp_path: Path, width: int | None) -> None:
    def change(table: Worksheet) -> None:
        table["D2"] = 2020
        if width is None:
            table.column_dimensions["D"].hidden = True
        else:
            table.column_dimensions["D"].width = 9

    if width is None:
        read = sheet(tmp_path, change)
    else:
        sheet(tmp_path, change)
        edit(tmp_path / "sheet.xlsx", "sheet1.xml", 'width="9"', 'width="0"')
        read = spreadsheets.read(tmp_path / "sheet.xlsx")
    assert read.header.cells[3] == read.rows[0].cells[3] == ""
    assert notes(read) == [(1, 4, "hidden", False)]
    assert read.notes[0].error.value == "D"


def test_a_row_that_is_struck_through_is_left_out_and_named(tmp_path: Path) -> None:
    def change(table: Worksheet) -> None:
        for cell in table[3]:
            cell.font = Font(strike=True)

    read = sheet(tmp_path, change)
    assert firsts(read) == ["神戸市", "札幌市"]
    assert notes(read) == [(3, 0, "hidden", False)]


def strike_cell(table: Worksheet) -> None:
    table["A3"].font = Font(strike=True)


def strike_part(table: Worksheet) -> None:
    table["A3"] = CellRichText("金沢市", TextBlock(InlineFont(strike=True), "と小松市"))


@pytest.mark.parametrize("change", [strike_cell, strike_part])
def test_what_is_struck_through_in_part_must_be_settled(tmp_path: Path, change: Change) -> None:
    assert notes(sheet(tmp_path, change)) == [(3, 1, "struck", True)]


@pytest.mark.parametrize(("colour", "told"), [("FFFFFFFF", True), ("FF0000FF", False)])
def test_white_on_white_must_be_settled(tmp_path: Path, colour: str, told: bool) -> None:
    read = sheet(tmp_path, lambda table: setattr(table["C3"], "font", Font(color=colour)))
    assert notes(read) == ([(3, 3, "unseen", True)] if told else [])


@pytest.mark.parametrize(
    ("value", "form", "told"), [(2013.4, "0", True), (2013.4, "0.0", False), (2013.4, "General", False)]
)
def test_a_number_with_more_decimals_than_are_shown_is_told(
    tmp_path: Path, value: float, form: str, told: bool
) -> None:
    def change(table: Worksheet) -> None:
        table["C3"], table["C3"].number_format = value, form

    assert notes(sheet(tmp_path, change)) == ([(3, 3, "rounded", False)] if told else [])


def test_colours_in_a_text_change_nothing(tmp_path: Path) -> None:
    def change(table: Worksheet) -> None:
        table["A3"] = CellRichText("金沢", TextBlock(InlineFont(b=True), "市"))

    read = sheet(tmp_path, change)
    assert (read.rows[1].cells[0], notes(read)) == ("金沢市", [])


def test_the_value_that_a_file_keeps_of_a_formula_is_read_and_told(tmp_path: Path) -> None:
    sheet(tmp_path, lambda table: table.__setitem__("E2", '="l. "&10'))
    path = tmp_path / "sheet.xlsx"
    assert notes(spreadsheets.read(path)) == [(2, 5, "formula", True)], "no value is kept"
    edit(
        path, "sheet1.xml", r'<c r="E2"( [^>]*)?><f>(.*?)</f><v ?/?>(</v>)?', r'<c r="E2" t="str"><f>\2</f><v>l. 10</v>'
    )
    read = spreadsheets.read(path)
    assert (read.rows[0].cells[4], notes(read)) == ("l. 10", [(2, 5, "formula", False)])


def test_empty_rows_with_a_format_do_not_count(tmp_path: Path) -> None:
    sheet(tmp_path, hide_nothing)
    rows = "".join(
        f'<row r="{number}" ht="20" customHeight="1"><c r="A{number}" s="0"/></row>' for number in range(5, 60_000)
    )
    edit(tmp_path / "sheet.xlsx", "sheet1.xml", "</sheetData>", f"{rows}</sheetData>")
    assert firsts(spreadsheets.read(tmp_path / "sheet.xlsx")) == ["神戸市", "金沢市", "札幌市"]


def test_a_merged_range_over_the_whole_sheet_is_not_unfolded(tmp_path: Path) -> None:
    sheet(tmp_path, lambda table: table.merge_cells("D2:D3"))
    edit(tmp_path / "sheet.xlsx", "sheet1.xml", "D2:D3", "E2:E1048576")
    assert len(spreadsheets.read(tmp_path / "sheet.xlsx").rows) == 3


DAY = datetime.datetime(2026, 4, 3)  # noqa: DTZ001 - as a workbook has it


@pytest.mark.parametrize(
    ("value", "form", "text", "type_", "rule"),
    [
        (DAY, 'm"月"d"日"', "2026-04-03", CellType.DATE, "year"),
        (DAY, "d-mmm", "2026-04-03", CellType.DATE, "year"),
        (DAY, "[$-411]aaaa", "2026-04-03", CellType.DATE, "year"),
        (DAY, "yyyy/m/d", "2026-04-03", CellType.DATE, None),
        (DAY, "[$-ja-JP-x-gannen]ggge\"年\"m\"月\"d\"日\"", "2026-04-03", CellType.DATE, None),
        (DAY, "[$-F800]dddd, mmmm dd, yyyy", "2026-04-03", CellType.DATE, None),
        (DAY, "mmm-yy", "2026-04", CellType.DATE, None),
        (DAY, 'yyyy"年度"', "2026", CellType.DATE, "reworded"),
        (2026, '0"年以前"', "2026", CellType.NUMBER, "reworded"),
        (datetime.time(1, 2), "h:mm", "01:02:00", CellType.TIME, None),
        (0.5, "0%", "50%", CellType.NUMBER, None),
        (408, '"約"0', "408", CellType.NUMBER, "reworded"),
        (408, '0"以上"', "408", CellType.NUMBER, "reworded"),
        (408000, "#,##0,", "408000", CellType.NUMBER, "reworded"),
        (408, '#,##0"都市"', "408", CellType.NUMBER, None),
        (408, "#,##0", "408", CellType.NUMBER, None),
        (7, ";;;", "7", CellType.NUMBER, "unseen"),
        ("x", ";;;", "x", CellType.TEXT, "unseen"),
        (True, "General", "true", CellType.FLAG, None),
        (12041, "000000", "012041", CellType.NUMBER, None),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_it_is_shown_or_what_the_format_hides_is_told(
    value: object, form: str, text: str, type_: CellType, rule: str | None
) -> None:
    seen, kind, note = xlsx_cells.shown(value, form)
    assert (seen, kind, note.rule if note else None) == (text, type_, rule)


@pytest.mark.parametrize(
    ("number", "text", "rules"), [(55, "2026-04", []), (31, "2026-04-03", []), (56, "2026-04-03", ["year"])]
)
def test_formats_that_japanese_excel_names_by_number_only_are_dates(
    tmp_path: Path, number: int, text: str, rules: list[str]
) -> None:
    def change(table: Worksheet) -> None:
        table["C2"] = DAY
        table["C2"].number_format = "yyyy-mm-dd"

    sheet(tmp_path, change)
    edit(tmp_path / "sheet.xlsx", "styles.xml", r'(<xf [^>]*?)numFmtId="16\d"', rf'\1numFmtId="{number}"')
    read = spreadsheets.read(tmp_path / "sheet.xlsx")
    assert (read.rows[0].cells[2], [note.error.rule for note in read.notes]) == (text, rules)


def test_every_sheet_that_holds_anything_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    book.active.title = "表紙"
    for title in ("加盟", "秘密"):
        table = book.create_sheet(title)
        table.append(HEAD)
    book["秘密"].sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    found = spreadsheets.read_all(tmp_path / "book.xlsx")
    assert [(read.title, read.hidden) for read in found] == [("加盟", False), ("秘密", True)]
    assert spreadsheets.read(tmp_path / "book.xlsx").title == "加盟"


def test_a_workbook_without_a_filled_cell_is_empty(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "book.xlsx")
    with pytest.raises(SheetError, match="empty"):
        spreadsheets.read(tmp_path / "book.xlsx")
