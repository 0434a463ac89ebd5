"""Writes sheets for people to fill or to mend: CSV, or an .xlsx in which Excel leaves every text as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ccn_graph.errors import CcnError
from ccn_graph.files import atomic
from ccn_graph.sheets.export import ExportSheet
from ccn_graph.text.spreadsheet_guard import inert

#: The sheet with what each column takes; a name that begins so is not imported.
_GUIDE = "#guide"
_ROWS_TO_FILL = 1_000


def as_csv(form: ExportSheet) -> str:
    """Return a sheet as CSV; what its columns take stands in a row that begins with #."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(form.headings)
    if form.guide:
        writer.writerow([f"# {form.guide[0]}", *form.guide[1:]])
    # The import takes the apostrophe off again.
    writer.writerows([[inert(cell) for cell in row] for row in form.rows])
    return text.getvalue()


def write(forms: Sequence[ExportSheet], path: Path) -> None:
    """Write sheets to a file: .xlsx or, if there is one only, .csv.

    Raises CcnError for another ending, and for a file that cannot be written.
    """
    if path.suffix.lower() == ".xlsx":
        data = _workbook(forms)
    elif path.suffix.lower() == ".csv" and len(forms) == 1:
        data = b"\xef\xbb\xbf" + as_csv(forms[0]).encode("utf-8")
    else:
        raise CcnError(f"{path} is neither .xlsx nor .csv; several sheets need an .xlsx")
    atomic.write(path, data)


def _workbook(forms: Sequence[ExportSheet]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for form in forms:
        _sheet(book, form)
    guide: Any = book.create_sheet(_GUIDE)
    for form in forms:
        for place, heading in enumerate(form.headings):
            values = form.permitted.get(place, ())
            note = form.guide[place] if form.guide else ""
            guide.append([form.title, heading, note, *values])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _sheet(book: Any, form: ExportSheet) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet = book.create_sheet(form.title)
    for number, row in enumerate([form.headings, *form.rows], start=1):
        for place, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, place, text)
                cell.data_type, cell.number_format = "s", "@"
    for place in range(1, len(form.headings) + 1):
        sheet.cell(1, place).font = Font(bold=True)
        # A column of texts, so that Excel turns no 4-3 into a day of April.
        sheet.column_dimensions[get_column_letter(place)].number_format = "@"
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.freeze_panes = "A2"
    for place, values in form.permitted.items():
        listed = ",".join(values)
        if len(listed) <= 250 and '"' not in listed:
            # Only an offer: a cell may hold several values, or a short name.
            offer = DataValidation("list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
            letter = get_column_letter(place + 1)
            offer.add(f"{letter}2:{letter}{len(form.rows) + _ROWS_TO_FILL}")
            sheet.add_data_validation(offer)
