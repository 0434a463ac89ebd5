"""Tables that readers take away, of pages and of questions, opened as they open them."""

from __future__ import annotations

import csv
import datetime
import io
import re

import openpyxl
import pytest

from ccn_graph.files import workbook
from ccn_graph.pages import routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from tests.conftest import some


def ask(site: Site, path: str, language: str = "en", **parameters: str) -> Page:
    return routes.make(site, PageRequest(path, tuple(parameters.items()), language))


def excel(page: Page) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(page.body)).active
    assert sheet is not None
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("language", "label"), [("ja", "ユネスコ創造都市ネットワーク"), ("en", "UNESCO Creative Cities Network")]
)
def test_a_question_as_excel_has_names_in_the_language_of_its_reader(site: Site, language: str, label: str) -> None:
    heading = {"ja": "ネットワーク", "en": "network"}[language]
    page = ask(site, "/questions/networks-of-city.xlsx", language, city="kobe", today="2026-11-21")
    rows = excel(page)
    assert rows[0][:2] == (heading, f"{heading} (IRI)")
    assert (label, f"{namespaces.BASE}network/uccn") in [row[:2] for row in rows]
    plain = ask(site, "/questions/networks-of-city.csv", language, city="kobe", today="2026-11-21").body.decode()
    assert len(rows) == len(list(csv.reader(io.StringIO(plain))))


def test_a_labelled_csv_has_the_columns_of_the_plain_one_and_names_beside_iris(site: Site) -> None:
    address = {"city": "kobe", "today": "2026-11-21"}
    plain, labelled = (
        list(csv.DictReader(io.StringIO(ask(site, f"/questions/networks-of-city{ending}", **address).body.decode())))
        for ending in (".csv", ".labelled.csv")
    )
    assert labelled[0]["networkLabel"]
    assert [{name: row[name] for name in plain[0]} for row in labelled] == plain


@pytest.mark.parametrize(
    "path", ["/city/kobe.html", "/network/uccn.html", "/field/design.html", "/series/uccn-japan-meeting.html"]
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_table_of_a_page_can_be_taken_away_and_cited(site: Site, path: str, language: str) -> None:
    text = ask(site, path, language).body.decode()
    names = set(re.findall(r"table=([\w-]+)&amp;as=xlsx", text))
    assert 'id="cite"' in text
    for name in some(names):
        rows = excel(ask(site, path, language, table=name, **{"as": "xlsx"}))
        lines = list(csv.reader(io.StringIO(ask(site, path, language, table=name, **{"as": "csv"}).body.decode())))
        assert len(rows) == len(lines) > 1, name
        assert all(len(row) == len(rows[0]) for row in rows)
    asked = set(re.findall(r'href="/questions/([\w-]+)[^"]*">(?:Ask more|条件を変えて調べる)', text))
    assert set(some(asked)) <= set(site.questions)


@pytest.mark.parametrize("parameters", [{"table": "nothing", "as": "xlsx"}, {"table": "kobe-memberships", "as": "exe"}])
def test_a_table_that_is_not_there_is_the_page(site: Site, parameters: dict[str, str]) -> None:
    page = ask(site, "/city/kobe.html", **parameters)
    assert page.content_type.startswith("text/html")


@pytest.mark.parametrize("text", ["=1+1", "+1", "@x", "-x", "a\x00b", "x" * 40_000, "改行\nあり"])
def test_a_text_stays_a_text_in_a_workbook(text: str) -> None:
    made = workbook.write("a/b:c" * 20, ["one"], [[text]])
    cell = openpyxl.load_workbook(io.BytesIO(made)).active["A2"]  # type: ignore[index]
    assert cell.data_type == "s"
    assert str(cell.value)[:100] == text[:100].replace("\x00", "\ufffd")


def test_days_and_numbers_are_such_in_a_workbook() -> None:
    made = workbook.write("t", ["day", "number"], [[datetime.date(2025, 10, 31), 12]])
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    assert (str(sheet["A2"].value)[:10], sheet["B2"].value) == ("2025-10-31", 12)


@pytest.mark.parametrize("day", ["令和7年10月31日", "R7.10.31", "2025年10月31日", "2025-10-31"])
def test_a_day_may_be_written_by_eras_in_every_form(site: Site, day: str) -> None:
    network = ask(site, "/network/uccn.html", "ja", asOf=day)
    assert network.status == 200
    assert 'value="2025-10-31"' in network.body.decode()
    question = ask(site, "/questions/members-on-date", "ja", network="uccn", date=day)
    assert question.status == 200
    assert 'value="2025-10-31"' in question.body.decode()


@pytest.mark.parametrize("day", ["令和7年", "昨日"])
def test_what_is_no_day_is_refused_in_every_form(site: Site, day: str) -> None:
    assert ask(site, "/network/uccn.html", "ja", asOf=day).status == 400
    assert ask(site, "/questions/members-on-date", "ja", network="uccn", date=day).status == 400
