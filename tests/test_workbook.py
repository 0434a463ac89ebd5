"""Which sheets of a workbook are read as what, with their headings wherever they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from openpyxl.worksheet.worksheet import Worksheet

from tests.test_import import DOCUMENT, Door, door

__all__ = ["door"]

MEMBERS: list[list[Any]] = [["会員", "加盟先", "始まり", "箇所"], ["例丘", "net:example", 2015, "p. 1"]]
MORE: list[list[Any]] = [["member", "organization", "start", "locator"], ["León (Mexico)", "net:example", 2016, "p. 2"]]
NOTES: list[list[Any]] = [["この表は事務局の控え"], ["2026年"]]


def book(door: Door, **sheets: list[list[Any]]) -> Path:
    """Write a workbook with sheets of these names and rows."""
    written = openpyxl.Workbook()
    assert written.active
    written.remove(written.active)
    for title, rows in sheets.items():
        table = written.create_sheet(title)
        for row in rows:
            table.append(row)
    path = door.data.parent / "book.xlsx"
    written.save(path)
    return path


def run(door: Door, path: Path, *arguments: str) -> Result:
    return door.run(str(path), "--document", DOCUMENT, *arguments)


def findings(result: Result) -> list[str]:
    return [
        line.rpartition("(")[2].rstrip(")")
        for line in result.stdout.splitlines()
        if ".xlsx:" in line and " info: " not in line
    ]


def test_a_list_on_the_second_sheet_is_read_and_the_first_is_told(door: Door) -> None:
    result = run(door, book(door, メモ=NOTES, 名簿=MEMBERS), "--as", "memberships")
    assert (result.exit_code, findings(result)) == (0, ["sheet"])
    assert "this sheet is not read  [メモ]" in result.stdout
    assert "member:example-example-oka a ccn:Membership ;" in door.text()


def test_two_lists_of_one_kind_are_both_read(door: Door) -> None:
    result = run(door, book(door, 甲=MEMBERS, 乙=MORE), "--as", "memberships")
    assert (result.exit_code, findings(result)) == (0, [])
    assert "member:example-example-oka a" in door.text() and "member:example-leon-mx a" in door.text()


def test_the_sheet_that_is_named_is_read_alone(door: Door) -> None:
    path = book(door, 甲=MEMBERS, 乙=MORE)
    assert run(door, path, "--as", "memberships", "--sheet", "乙").exit_code == 0
    assert "member:example-example-oka a" not in door.text() and "member:example-leon-mx a" in door.text()
    assert run(door, path, "--as", "memberships", "--sheet", "丙").exit_code == 1


def test_a_hidden_sheet_is_told_and_not_read(door: Door) -> None:
    path = book(door, 甲=MEMBERS, 乙=MORE)
    written = openpyxl.load_workbook(path)
    written["乙"].sheet_state = "veryHidden"
    written.save(path)
    result = run(door, path, "--as", "memberships")
    assert "a hidden sheet is not read  [乙]" in result.stdout
    assert "member:example-leon-mx a" not in door.text()


def test_one_workbook_holds_all_sheets_of_a_document(door: Door) -> None:
    cities: list[list[Any]] = [
        ["name (Japanese)", "name (English)", "country", "GeoNames id"],
        ["新市", "Newtown", "MX", 3998656],
    ]
    members: list[list[Any]] = [["会員", "加盟先", "始まり", "箇所"], ["新市", "net:example", 2015, "p. 1"]]
    figures: list[list[Any]] = [
        ["about", "measure", "value", "asOf", "locator"],
        ["net:example", "加盟都市数", 4, 2015, "p. 2"],
    ]
    path = book(door, 加盟=members, Observations=figures, 都市=cities, **{"#控え": NOTES})
    result = run(door, path)
    assert (result.exit_code, findings(result)) == (0, []), result.output
    assert "city:newtown a ccn:City ;" in door.text("registers/city.ttl")
    assert "org:member city:newtown ;" in door.text()
    assert "ccn:value 4 ;" in door.text()
    state = door.state()
    assert (run(door, path).exit_code, door.state()) == (0, state)


def test_findings_of_a_workbook_name_the_sheet_and_its_column(door: Door) -> None:
    wrong: list[list[Any]] = [["会員", "加盟先", "始まり", "箇所"], ["例丘", "net:example", "平成25年13月", "p. 1"]]
    result = run(door, book(door, 加盟=wrong, Observations=[["about", "measure", "value"], ["net:example", "x", 1]]))
    assert result.exit_code == 1
    assert "book.xlsx:2:3: violation: sheet '加盟': start: there is no such date" in result.stdout
    assert "sheet 'Observations': measure: nothing of this name" in result.stdout


def test_a_sheet_whose_kind_is_open_must_be_settled(door: Door) -> None:
    state = door.state()
    result = run(door, book(door, 加盟=MEMBERS, メモ=NOTES))
    assert (result.exit_code, findings(result), door.state()) == (1, ["sheet"], state)


def test_shapes_speak_of_the_row_of_the_right_sheet(door: Door) -> None:
    bad: list[list[Any]] = [
        ["member", "organization", "start", "end", "locator"],
        [],
        [],
        ["León", "net:example", 2016, 2010, "p. 9"],
    ]
    bad[3][0] = "León (Mexico)"
    result = run(door, book(door, 甲=MEMBERS, 乙=bad), "--as", "memberships")
    assert "book.xlsx:4" in result.stdout and "sheet '乙'" in result.stdout


@pytest.mark.parametrize("above", [[["加盟都市一覧"]], [["加盟都市一覧"], [], ["令和8年6月現在", "会員"]]])
def test_headings_below_a_title_are_found_and_the_title_is_told(door: Door, above: list[list[Any]]) -> None:
    result = run(door, book(door, 名簿=[*above, *MEMBERS]), "--as", "memberships")
    assert (result.exit_code, findings(result)) == (0, ["above"])
    assert "rows above the headings are not read  [加盟都市一覧" in result.stdout
    assert "member:example-example-oka a" in door.text()


def test_a_title_of_merged_cells_is_no_fault(door: Door) -> None:
    path = book(door, 名簿=[["加盟都市一覧"], *MEMBERS])
    written = openpyxl.load_workbook(path)
    assert isinstance(written.active, Worksheet)
    written.active.merge_cells("A1:D1")
    written.save(path)
    assert run(door, path, "--as", "memberships").exit_code == 0


def test_headings_below_a_title_are_found_in_a_text_file_too(door: Door) -> None:
    result = door("memberships", "加盟都市一覧,,,\n会員,加盟先,始まり,箇所\n例丘,net:example,2015,p. 1\n")
    assert (result.exit_code, door.found(result)[0]) == (0, (1, "above"))


def test_values_in_a_column_without_heading_are_told(door: Door) -> None:
    result = door("memberships", "member,organization,,start,locator\n例丘,net:example,退会済,2015,p. 1\n")
    assert door.found(result) == [(2, "cell")]
    assert (
        door("memberships", "member,organization,#,start,locator\n例丘,net:example,退会済,2015,p. 1\n").exit_code == 0
    )


def test_rows_that_begin_with_a_hash_are_comments(door: Door) -> None:
    text = "member,organization,start,locator\n# one of,one of,free,free\n例丘,net:example,2015,p. 1\n"
    assert (door("memberships", text).exit_code, "# one of" in door.text()) == (0, False)


def test_a_file_that_tells_its_separator_is_read(door: Door) -> None:
    result = door("memberships", "sep=;\nmember;organization;start;locator\n例丘;net:example;2015;l. 1, 2\nx;;;\n")
    assert door.found(result) == [(3, "member-without-field"), (4, "unknown"), (4, "missing")]
    assert (
        door("memberships", "sep=|\nmember|organization|start|locator\n例丘|net:example|2015|l. 1, 2\n").exit_code == 0
    )
    assert 'ccn:locator "l. 1, 2"' in door.text()


def test_what_spreadsheets_put_around_a_text_is_taken_off(door: Door) -> None:
    head = "member,organization,start,locator\n"
    assert door("memberships", head + '例丘,net:example,2015,"=""3.10"""\n').exit_code == 0
    assert door("memberships", head + "León (Mexico),net:example,2015,'-5\n").exit_code == 0
    assert 'ccn:locator "3.10"' in door.text() and 'ccn:locator "-5"' in door.text()


def test_a_date_in_a_column_of_texts_is_refused(door: Door) -> None:
    path = book(door, 名簿=MEMBERS)
    written = openpyxl.load_workbook(path)
    cell = written["名簿"]["D2"]
    cell.value, cell.number_format = 46115, "m/d"
    written.save(path)
    result = run(door, path, "--as", "memberships")
    assert findings(result) == ["cell-type", "year"]
    assert result.exit_code == 1


def test_all_faults_of_a_row_come_at_once(door: Door) -> None:
    text = "member,organization,field,start,end,asOf\nNowhere,net:nothing,糸,13/1/2015,2015-99,soon\n"
    assert len(door.found(door("memberships", text))) == 6
