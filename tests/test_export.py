"""What is on record goes out as sheets and comes back unchanged, through Excel and as text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from ccn_graph import Graph
from ccn_graph.errors import CcnError
from ccn_graph.files import spreadsheets
from ccn_graph.sheets import export, plan, table_writer
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.validation.finding import Finding
from tests.test_import import DOCUMENT, Door, door

__all__ = ["door"]


def unchecked(_graph: Graph) -> list[Finding]:
    return []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_everything_on_record_makes_the_round_trip_through_a_workbook(
    graph: Graph, tmp_path: Path, language: str
) -> None:
    forms = export.filled(graph, list(KINDS.values()), language)
    assert sum(len(form.rows) for form in forms) > 3_000
    table_writer.write(forms, tmp_path / "all.xlsx")
    planned = plan.prepare(graph, None, tmp_path / "all.xlsx", checker=unchecked)
    assert [found.render("en") for found in planned.findings] == []
    assert planned.changes == ()


@pytest.mark.parametrize("kind", ["memberships", "events", "acts", "observations", "cities", "documents", "offices"])
def test_each_kind_makes_the_round_trip_as_text(graph: Graph, tmp_path: Path, kind: str) -> None:
    (form,) = export.filled(graph, [KINDS[kind]], "ja")
    table_writer.write([form], tmp_path / "one.csv")
    planned = plan.prepare(graph, KINDS[kind], tmp_path / "one.csv", checker=unchecked)
    assert ([found.render("en") for found in planned.findings], planned.changes) == ([], ())
    assert form.rows


def test_a_cell_that_is_changed_on_the_way_changes_just_that(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    assert door.run("--export", "--document", DOCUMENT, "--to", str(path)).exit_code == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Memberships"]
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(2, headings.index("end") + 1).value = "2024-03"
    book.save(path)
    before = door.text().splitlines()
    assert door.run(str(path)).exit_code == 0
    added = [line for line in door.text().splitlines() if line not in before]
    assert added == ['    ccn:end "2024-03"^^xsd:gYearMonth ;']


def test_every_cell_of_an_export_is_a_text_to_excel(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    assert door.run("--export", "--as", "memberships", "--to", str(path), "--lang", "ja").exit_code == 0
    sheet = openpyxl.load_workbook(path)["加盟"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 20
    assert {cell.number_format for cell in cells} == {"@"}
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_document_that_is_not_there_has_no_export(graph: Graph, door: Door, tmp_path: Path) -> None:
    with pytest.raises(CcnError, match="no document"):
        export.filled(graph, [KINDS["acts"]], "en", "none")
    assert door.run("--export", "--to", str(tmp_path / "x.csv")).exit_code == 2
    assert door.run("--export", "--as", "acts", "--to", str(tmp_path / "x.ods")).exit_code == 2


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_template_lists_permitted_values_and_says_what_is_free(door: Door, language: str) -> None:
    result = door.run("--as", "acts", "--template", "--lang", language)
    header, guide = csv.reader(io.StringIO(result.stdout.removeprefix("\ufeff")))
    told = dict(zip(header, guide, strict=True))
    assert guide[0].startswith("#")
    if language == "ja":
        assert "必須" in told["種別"] and "設立" in told["種別"] and "合併" in told["種別"]
        assert "自由記入" in told["注記 (日本語)"] and "音楽" in told["分野"]
    else:
        assert "required" in told["class"] and "Founding" in told["class"] and "Merger" in told["class"]
        assert "free text" in told["note (Japanese)"] and "Music" in told["field"]


def test_a_workbook_of_templates_has_a_sheet_for_each_kind_and_lists_to_choose_from(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "forms.xlsx"
    assert door.run("--template", "--to", str(path)).exit_code == 0
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == len(KINDS) + 1
    offers = book["Memberships"].data_validations.dataValidation
    assert any("Design" in str(offer.formula1) for offer in offers)
    told = [row for row in book["#guide"].iter_rows(values_only=True) if row[:2] == ("Memberships", "field")]
    assert "Design" in told[0]
    assert all(not sheet.title.startswith("#") or not sheet.rows for sheet in spreadsheets.read_all(path)[:-1])


def test_a_text_that_looks_like_a_formula_comes_back(tmp_path: Path) -> None:
    rows = (("=1+1", "-5"), ("@x", "＝y"), ("+3", "'z"))
    form = export.ExportSheet("x", ("a", "b"), (), {}, rows)
    for name in ("x.csv", "x.xlsx"):
        table_writer.write([form], tmp_path / name)
        assert tuple(row.cells for row in spreadsheets.read(tmp_path / name).rows) == rows
