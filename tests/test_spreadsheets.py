from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph.errors import CellError, SheetError
from ccn_graph.files import encodings, spreadsheets, xlsx, xlsx_cells

Put = Callable[[str, bytes], Path]
DAY = datetime.datetime.fromisoformat("2025-10-01")
TEXT = "会員,始まり\n神戸市,平成20年\n"


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def cells(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    read = spreadsheets.read(path)
    return [(row.number, row.cells) for row in (read.header, *read.rows)]


def excel(path: Path, *rows: list[object], **formats: str) -> Path:
    """Write an .xlsx; `formats` maps a cell like B2 to its number format."""
    book = openpyxl.Workbook()
    table = book.active
    assert table is not None
    for row in rows:
        table.append(row)
    for name, form in formats.items():
        table[name].number_format = form
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_what_spreadsheets_write_is_read_in_every_encoding(put: Put, encoding: str) -> None:
    path = put("sheet.csv", TEXT.replace("\n", "\r\n").encode(encoding))
    assert cells(path) == [(1, ("会員", "始まり")), (2, ("神戸市", "平成20年"))]


def test_tabs_and_semicolons_separate_too(put: Put) -> None:
    for name, separator in (("a.tsv", "\t"), ("b.txt", "\t"), ("c.csv", ";")):
        assert cells(put(name, TEXT.replace(",", separator).encode())) == cells(put("d.csv", TEXT.encode()))


def test_rows_keep_the_number_of_their_first_line(put: Put) -> None:
    path = put("sheet.csv", b'a,b\n\n"one\ntwo",x\n , \nlast,\n')
    assert cells(path) == [(1, ("a", "b")), (3, ("one\ntwo", "x")), (6, ("last",))]


#: An apostrophe before what a program might take for a formula is the guard of our own files, which reading takes off.
_CELLS = st.text("aé神ｶ;\"'\n\r", min_size=1).filter(
    lambda text: text.strip() and not text.strip().startswith(("'\r", "'\n"))
)


@given(st.lists(st.lists(_CELLS, min_size=1, max_size=4), min_size=1))
def test_what_a_csv_writer_writes_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["x,y,z", "a"], *rows])
    path = tmp_path_factory.mktemp("sheet") / "sheet.csv"
    path.write_bytes(text.getvalue().encode("utf-8"))
    assert [list(row.cells) for row in spreadsheets.read(path).rows] == rows


@pytest.mark.parametrize(
    ("name", "data", "line", "said"),
    [
        ("sheet.ods", b"x", 1, "save it as"),
        ("sheet.csv", b"", 1, "empty"),
        ("sheet.csv", b" , \n\n", 1, "empty"),
        ("sheet.csv", b"a,b\nx,\0y\n", 2, "NUL"),
        ("sheet.csv", b'a,b\nx,"open\n', 2, "quote"),
        ("sheet.csv", b"a\n" + b"x" * 200_000, 2, "too long"),
        ("sheet.csv", b"a\n" + b"," * 300 + b"x", 2, "more than 200"),
        ("sheet.csv", "a,b\nOrléans,Besançon\n".encode("latin-1"), 1, "encoding"),
        ("sheet.csv", "会員,始まり\n神戸市,東京都\n".encode("euc-jp"), 1, "encoding"),
        ("sheet.csv", b"a\n\x81", 1, "encoding"),
        ("sheet.xlsx", b"no zip", 1, "cannot be read as .xlsx"),
        ("sheet.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 1, "password"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_line(put: Put, name: str, data: bytes, line: int, said: str) -> None:
    with pytest.raises(SheetError) as caught:
        spreadsheets.read(put(name, data))
    assert caught.value.line == line
    assert said in caught.value.message["en"]
    assert caught.value.message["ja"]


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SheetError):
            spreadsheets.read(path)


def test_a_million_rows_are_refused_before_they_fill_the_memory(put: Put) -> None:
    path = put("sheet.csv", b"a\n" + b"x\n" * 1_000_000)
    with pytest.raises(SheetError, match="20000 rows") as caught:
        spreadsheets.read(path)
    assert caught.value.line == 20_002


def test_a_file_past_the_limit_is_not_opened(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_BYTES", 10)
    with pytest.raises(SheetError, match="larger"):
        spreadsheets.read(put("sheet.csv", b"x" * 11))


def test_excel_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    day = DAY
    path = excel(
        tmp_path / "sheet.xlsx",
        ["day", "month", "year", "moment", "code", "number", "decimal", "yes", "formula", "text"],
        [day, day, day, day.replace(hour=14), 12041, 8.0, 43.77, True, "=1+1", " x "],
        [],
        [None, "last"],
        A2="yyyy-mm-dd", B2='yyyy"年"m"月"', C2="yyyy", D2="yyyy-mm-dd hh:mm", E2="000000",
    )  # fmt: skip
    (_, header), second, fourth = cells(path)
    shown = ("2025-10-01", "2025-10", "2025", "2025-10-01 14:00:00", "012041", "8", "43.77", "true", "", " x ")
    assert (len(header), second, fourth) == (10, (2, shown), (4, ("", "last")))


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("General", "2025-10-01"),
        ("mmm-yy", "2025-10"),
        ("[$-411]ggge年m月d日", "2025-10-01"),
        ('[$-411]ggge"年"', "2025"),
    ],
)
def test_a_date_cell_is_as_precise_as_its_format(form: str, shown: str) -> None:
    assert xlsx_cells._date(DAY, form) == shown


def test_a_zip_bomb_is_not_unfolded(put: Put) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (xlsx.MAX_UNFOLDED + 1))
    assert len(data.getvalue()) < 100_000
    with pytest.raises(SheetError, match="unfolds"):
        spreadsheets.read(put("sheet.xlsx", data.getvalue()))


def test_entities_that_multiply_are_not_unfolded(tmp_path: Path) -> None:
    path = excel(tmp_path / "sheet.xlsx", ["a"], ["x"])
    entities = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.endswith("sheet1.xml"):
                head = f'<!DOCTYPE x [<!ENTITY a0 "xxxxxxxxxx">{entities}]><worksheet'
                data = data.replace(b"<worksheet", head.encode(), 1).replace(b"<t>x</t>", b"<t>&a9;</t>")
            new.writestr(part, data)
    path.write_bytes(changed.getvalue())
    with pytest.raises(SheetError, match="cannot be read"):
        spreadsheets.read(path)


def test_a_cell_that_claims_to_lie_far_away_makes_no_endless_sheet(tmp_path: Path) -> None:
    path = excel(tmp_path / "sheet.xlsx", ["a"], ["x"])
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, data.replace(b'<row r="2"', b'<row r="9999999"').replace(b'r="A2"', b'r="A9999999"'))
    path.write_bytes(changed.getvalue())
    with pytest.raises(SheetError, match="rows"):
        spreadsheets.read(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_fault(data: bytes) -> None:
    for read in (lambda: encodings.decoded(data), lambda: xlsx.sheets(b"PK\x03\x04" + data, Path("x.xlsx"))):
        try:
            read()
        except CellError as fault:
            assert fault.rule == "sheet"
