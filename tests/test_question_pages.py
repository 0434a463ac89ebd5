from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import shutil
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from bibtexparser.entrypoint import parse_string

from ccn_graph import Graph
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.pages import answer_table, parquet, routes, translations
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.engine import Answer, Engine
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases.read_release import Distribution, Release, ReleaseDirectory
from tests import markup
from tests.conftest import ROOT, some


def ask(site: Site, path: str, language: str = "en", **parameters: str) -> Page:
    base, chosen = "http://127.0.0.1:8000", bool(parameters.pop("lang", ""))
    return routes.make(site, PageRequest(path, tuple(parameters.items()), language, chosen, "html", base))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_has_every_question_once_by_theme(site: Site, language: str) -> None:
    root = markup.read(ask(site, "/questions", language))
    links = [link.get("href", "") for item in root.iter("li") for link in item.iter("a")]
    listed = [link for link in links if link.startswith("/questions/")]
    assert sorted(listed) == sorted(f"/questions/{name}" for name in site.questions)
    shown = markup.text(root.find(".//main"))
    assert all(question.text[language] in shown for question in some(site.questions.values()))
    assert len(list(root.iter("section"))) == len({question.theme for question in site.questions.values()})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_question_has_a_sound_page_with_its_answer(
    site: Site, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_table, "PAGE_ROWS", 60)
    for asked in some(site.questions.values()):
        page = ask(site, f"/questions/{asked.name}", language)
        assert page.status == 200
        root = markup.read(page)
        shown = markup.text(root.find(".//main"))
        assert asked.title[language] in shown
        assert asked.text[language] in shown
        assert asked.method[language] in shown
        rows = list(site.engine.query(asked.query(site.labels)).rows())
        assert len(root.findall(".//tbody/tr")) == min(len(rows), 60)
        if asked.charts and rows and any(chart.kind != "map" for chart in asked.charts):
            assert markup.of_class(root, "chart"), asked.name


def test_things_are_links_and_evidence_stands_apart(site: Site) -> None:
    root = markup.read(ask(site, "/questions/networks-of-city", city="kobe", today="2026-11-21"))
    heads = [markup.text(head) for head in root.iter("th")]
    assert heads == ["Network", "Since", "Stated as of", "Suspended or dissolved", "State", "Evidence: Document"]
    row = next(row for row in root.iter("tr") if "UNESCO" in markup.text(row))
    cells = list(row.iter("td"))
    link, document = cells[0].find("a"), cells[-1].find("a")
    assert link is not None
    assert document is not None
    assert link.get("href") == "/network/uccn.html"
    assert document.get("href", "").startswith("/document/")
    assert cells[-1].get("class") == "evidence"
    assert markup.text(cells[-1].find("span[@class='locator']"))


def test_two_languages_side_by_side_become_one_column(site: Site) -> None:
    for language, name, heading in (("ja", "篠山市", "名称"), ("en", "篠山市", "Name")):
        root = markup.read(ask(site, "/questions/city-name-then", language))
        assert heading in [markup.text(head) for head in root.iter("th")]
        (cell,) = [cell for cell in root.iter("td") if markup.text(cell) == name]
        span = cell.find("span")
        assert (span is not None and span.get("lang") == "ja") == (language == "en")


def test_the_conditions_are_a_form_that_keeps_its_state_in_the_address(site: Site) -> None:
    root = markup.read(ask(site, "/questions/members-on-date", lang="chosen", network="ccnj", date="2020-01-01"))
    form = next(form for form in root.iter("form") if form.get("class") == "conditions")
    assert (form.get("method"), form.get("action")) == ("get", "/questions/members-on-date")
    chosen = [option.get("value") for option in form.iter("option") if option.get("selected") is not None]
    assert chosen == ["ccnj"]
    dates = [control.get("value") for control in form.iter("input") if control.get("type") == "date"]
    assert dates == ["2020-01-01"]
    assert [control.get("value") for control in form.iter("input") if control.get("name") == "lang"] == ["en"]
    canonical = next(link.get("href") for link in root.iter("link") if link.get("rel") == "canonical")
    assert canonical == "http://127.0.0.1:8000/questions/members-on-date?network=ccnj&date=2020-01-01"


def test_a_date_that_nobody_gave_is_named(site: Site) -> None:
    root = markup.read(ask(site, "/questions/members-of-network", today="2025-11-01"))
    assert "Answered as of 1 November 2025, the date in " in markup.text(root.find(".//main"))
    assert "の日付)の時点で" in markup.text(
        markup.read(ask(site, "/questions/members-of-network", "ja", today="2025-11-01")).find(".//main")
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_error_stands_at_its_field_with_near_names(site: Site, language: str) -> None:
    page = ask(site, "/questions/networks-of-city", language, city="asahikwa", today="2026-11-21")
    assert page.status == 400
    root = markup.read(page)
    (wrong,) = [control for control in root.iter("input") if control.get("aria-invalid")]
    told = next(one for one in root.iter("p") if one.get("id") == wrong.get("aria-describedby"))
    assert "asahikwa" in markup.text(told)
    near = [link.get("href") for link in told.iter("a")]
    assert near[0] == "/questions/networks-of-city?city=asahikawa&today=2026-11-21"
    assert wrong.get("value") == "asahikwa"
    assert not list(root.iter("table"))


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "\0x"])
def test_what_was_given_comes_back_as_text_only(site: Site, hostile: str) -> None:
    for parameters in ({"city": hostile}, {hostile: "x"}, {"today": hostile}, {"page": hostile}):
        page = ask(site, "/questions/networks-of-city", **parameters)
        assert page.status in (400, 404)
        assert not list(markup.read(page).iter("img"))
        assert b"<script>alert" not in page.body
    assert ask(site, f"/questions/{hostile}").status == 404


def test_files_hold_the_whole_answer(site: Site) -> None:
    settings = {"city": "kobe", "today": "2026-11-21"}
    question = site.questions["networks-of-city"]
    rows = list(site.engine.query(question.query(site.labels, settings)).rows())
    page = ask(site, "/questions/networks-of-city.csv", **settings)
    assert page.content_type == "text/csv; charset=utf-8"
    read = list(csv.reader(io.StringIO(page.body.decode())))
    assert read[0] == [column.name for column in question.columns]
    assert len(read) == len(rows) + 1
    told = json.loads(ask(site, "/questions/networks-of-city.json", **settings).body)
    assert len(told["results"]["bindings"]) == len(rows)
    asked = PageRequest("/questions/networks-of-city", tuple(settings.items()), format="csv")
    assert routes.make(site, asked).body == page.body
    names = [
        dict(ask(site, f"/questions/networks-of-city{end}").headers)["content-disposition"] for end in (".csv", ".json")
    ]
    assert names[0].endswith('.csv"')
    assert names[1].endswith('.json"')


def test_parquet_has_the_types_of_its_columns(site: Site) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    name, question = next(
        (name, one) for name, one in site.questions.items() if "number" in {c.kind for c in one.columns}
    )
    table = pyarrow.read_table(io.BytesIO(ask(site, f"/questions/{name}.parquet").body))
    plain = list(csv.DictReader(io.StringIO(ask(site, f"/questions/{name}.csv").body.decode())))
    for column in question.columns:
        read = ["" if value is None else str(value) for value in table[column.name].to_pylist()]
        assert read == [row[column.name] for row in plain]
        assert str(table[column.name].type) == ("int64" if column.kind == "number" else "string")


def test_without_its_library_parquet_is_not_on_offer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "can_write", lambda: False)
    page = ask(site, "/questions/hosting-order.parquet")
    assert (page.status, json.loads(page.body)["code"]) == (406, "not-acceptable")
    assert "ccn-graph[parquet]" in json.loads(page.body)["detail"]
    assert b".parquet" not in ask(site, "/questions/hosting-order").body


@pytest.mark.parametrize(
    ("language", "heading", "label"), [("ja", "ネットワーク", "ユネスコ"), ("en", "network", "UNESCO")]
)
def test_the_spreadsheet_is_for_people(site: Site, language: str, heading: str, label: str) -> None:
    page = ask(site, "/questions/networks-of-city.excel.csv", language, city="kobe", today="2026-11-21")
    text = page.body.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0][:2] == [heading, f"{heading} (IRI)"]
    assert any(row[0].startswith(label) and row[1].endswith("/network/uccn") for row in rows)


def spreadsheet_row(label: str, locator: str, tmp_path: Path) -> dict[str, str]:
    """Ask for a spreadsheet of one member that is called this, told of at this place."""
    data = shutil.copytree(ROOT / "tests" / "faulty" / "base", tmp_path / "data")
    for name, old, new in (
        ("registers/city.ttl", '"Example Port"', json.dumps(label)),
        ("documents/example-2026-01-01.ttl", '"会員, l. 4"', json.dumps(locator)),
    ):
        text = (data / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (data / name).write_text(text.replace(old, new), encoding="utf-8")
    graph = Graph.load(Project(ROOT, data))
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    made = Site(graph.engine, graph.labels, statistics, questions.read_all(Project(ROOT, data)))
    text = ask(made, "/questions/members-on-date.excel.csv", network="example", date="2016-01-01").body.decode()[1:]
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    return row


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_takes_nothing_for_a_formula(sign: str, tmp_path: Path) -> None:
    label, locator = f"{sign}SUM(A1:A9)", f"{sign}HYPERLINK(1)"
    row = spreadsheet_row(label, locator, tmp_path)
    assert row["member"] == f"'{label}"
    assert row["locator"] == f"'{locator}"


@pytest.mark.parametrize(("text", "shown"), [("-5", "-5"), ("+1.5", "+1.5"), ("-5+1", "'-5+1"), ("-x", "'-x")])
def test_a_spreadsheet_has_numbers_as_numbers(text: str, shown: str, tmp_path: Path) -> None:
    assert spreadsheet_row("Example Port", text, tmp_path)["locator"] == shown


def test_a_wrong_condition_of_a_file_is_a_problem_and_no_file(site: Site) -> None:
    page = ask(site, "/questions/networks-of-city.csv", city="kobbe")
    told = json.loads(page.body)
    assert (page.status, page.content_type) == (400, "application/problem+json")
    assert told["code"] == "parameter"
    assert "kobbe" in told["detail"]
    assert "kobe" in told["detail"]
    assert ask(site, "/questions/members-on-dat.csv").status == 404
    assert json.loads(ask(site, "/questions/members-on-dat.csv").body)["near"][0] == "members-on-date"


def test_a_number_leads_to_the_name(site: Site) -> None:
    page = ask(site, "/questions/3", "ja", lang="chosen", city="kobe")
    assert page.status == 308
    assert dict(page.headers)["location"] == "/questions/networks-of-city?city=kobe&lang=ja"


def test_an_unknown_question_has_near_ones_above_the_list(site: Site) -> None:
    page = ask(site, "/questions/members-on-dat")
    root = markup.read(page)
    assert page.status == 404
    (message,) = markup.of_class(root, "message")
    assert next(link.get("href") for link in message.iter("a")) == "/questions/members-on-date"


def test_long_answers_are_paged_and_say_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_table, "PAGE_ROWS", 100)
    first = markup.read(ask(site, "/questions/members-on-date"))
    last = markup.read(ask(site, "/questions/members-on-date", page="5"))
    assert "Rows 1 to 100 of 405" in markup.text(first.find(".//main"))
    assert "Rows 401 to 405 of 405" in markup.text(last.find(".//main"))
    assert len(first.findall(".//tbody/tr")) == 100
    assert len(last.findall(".//tbody/tr")) == 5
    # To sort one page of several would look like sorting the answer.
    assert first.find(".//table[@data-sortable]") is None
    links = [link.get("href", "") for nav in markup.of_class(first, "pages") for link in nav.iter("a")]
    assert links[0] == "/questions/members-on-date?network=uccn&date=2025-10-31&page=2"
    for page in ("0", "6", "-1", "1e3", "9" * 30):
        assert ask(site, "/questions/members-on-date", page=page).status == 404


def test_very_long_answers_are_cut_and_say_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_table, "MOST_ROWS", 50)
    root = markup.read(ask(site, "/questions/members-on-date"))
    assert "more than 50 rows" in markup.text(root.find(".//main"))
    assert len(root.findall(".//tbody/tr")) == 50
    whole = ask(site, "/questions/members-on-date.csv").body.decode()
    assert len(list(csv.reader(io.StringIO(whole)))) == 406


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_says_how_to_ask_the_same_elsewhere_and_how_to_cite_it(site: Site, language: str) -> None:
    root = markup.read(ask(site, "/questions/networks-of-city", language, city="神戸市", today="2026-11-21"))
    shown = {element.get("id"): "".join(element.itertext()) for element in root.iter("pre")}
    assert set(shown) == {"cite-bibtex", "cite-csl", "sparql", "code-curl", "code-python", "code-r"}
    assert isinstance(ox.Store().query(shown["sparql"]), ox.QuerySolutions)
    assert "city=kobe" in shown["code-curl"]
    assert "http://127.0.0.1:8000/sparql" in shown["code-r"]
    (item,) = json.loads(shown["cite-csl"])
    assert item["version"] == site.statistics.version
    canonical = "http://127.0.0.1:8000/questions/networks-of-city?city=kobe&today=2026-11-21"
    assert item["URL"] == f"{canonical}&version={site.statistics.version}"
    assert ("神戸市" if language == "ja" else "Kobe") in item["title"]
    editor = next(link.get("href", "") for link in root.iter("a") if link.get("href", "").startswith("/sparql#"))
    assert urllib.parse.unquote(editor.partition("#query=")[2]) == shown["sparql"]


def test_a_timeline_ends_on_the_day_that_is_asked_for(site: Site) -> None:
    root = markup.read(ask(site, "/questions/networks-of-city", city="kobe", today="2016-01-01"))
    (timeline,) = markup.of_class(root, "chart-timeline")
    ticks = [int(markup.text(tick)) for tick in markup.of_class(timeline, "chart-tick")]
    assert max(ticks) <= 2016


class AskedNoQuestion:
    """An engine that fails the test if it is asked a question."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.name = engine, engine.name

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        assert "#+ number" not in text
        return self._engine.query(text, default_graphs=default_graphs, named_graphs=named_graphs)


@pytest.fixture
def unfit(site: Site) -> Site:
    """The same data behind an engine that cannot answer one question."""
    told = dataclasses.replace(site.statistics, engine="Virtuoso/07.20.3229")
    engine = AskedNoQuestion(site.engine)
    return dataclasses.replace(site, engine=engine, statistics=told, unfit={"networks-of-city": "differs"})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_the_engine_cannot_answer_is_said_in_place_of_the_answer(unfit: Site, language: str) -> None:
    page = ask(unfit, "/questions/networks-of-city", language)
    assert page.status == 200
    root = markup.read(page)
    assert translations.text("question.unfit", language, engine="Virtuoso/07.20.3229") in markup.text(
        root.find(".//main")
    )
    assert "PREFIX ccn:" in markup.text(root.find(".//*[@id='sparql']"))
    assert not list(root.iter("table"))
    assert not [link for link in root.iter("a") if ".csv" in link.get("href", "")]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("ending", ["csv", "json", "excel.csv"])
def test_files_of_what_the_engine_cannot_answer_are_refused(unfit: Site, ending: str, language: str) -> None:
    page = ask(unfit, f"/questions/networks-of-city.{ending}", language)
    told = json.loads(page.body)
    assert (page.status, page.content_type, told["code"]) == (502, "application/problem+json", "engine-unfit")
    assert told["title"] == translations.text("question.problem-engine-unfit", language)


def test_the_answer_in_the_release_is_offered_where_the_engine_has_none(unfit: Site, tmp_path: Path) -> None:
    name = "questions/networks-of-city.csv"
    file = Distribution("networks-of-city.csv", "text/csv", 1, "00")
    release = Release(tmp_path, unfit.statistics.version, "2026-11-21", {name: file})

    class Kept(ReleaseDirectory):
        def release(self, version: str) -> Release | None:
            return release if version == release.version else None

    shelved = dataclasses.replace(unfit, release_dir=Kept(tmp_path, tmp_path / "failure"))
    links = [link.get("href") for link in markup.read(ask(shelved, "/questions/networks-of-city")).iter("a")]
    assert f"/data/{name}" in links


def test_the_list_marks_what_the_engine_cannot_answer(unfit: Site) -> None:
    items = markup.read(ask(unfit, "/questions")).iter("li")
    marked = [item for item in items if translations.text("question.unfit-listed", "en") in markup.text(item)]
    assert [link.get("href") for item in marked for link in item.iter("a")] == ["/questions/networks-of-city"]


def test_the_bibliography_has_the_answer_and_the_documents_behind_it(site: Site) -> None:
    settings = {"city": "kobe", "today": "2026-11-21"}
    rows = list(csv.reader(io.StringIO(ask(site, "/questions/networks-of-city.csv", **settings).body.decode())))
    documents = {cell.rpartition("/")[2] for row in rows for cell in row if "/document/" in cell}
    assert documents
    items = json.loads(ask(site, "/questions/networks-of-city.csl.json", **settings).body)
    assert {item["id"] for item in items[1:]} == documents
    assert items[0]["version"] == site.statistics.version
    assert items[0]["URL"].endswith(f"version={site.statistics.version}")
    read = parse_string(ask(site, "/questions/networks-of-city.bib", **settings).body.decode())
    assert not read.failed_blocks
    assert [entry.key for entry in read.entries] == [item["id"] for item in items]
    ris = ask(site, "/questions/networks-of-city.ris", **settings).body.decode()
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in ris.split("\r\n") if line)
    assert ris.count("TY  - ") == ris.count("ER  - ") == len(items)


def test_who_opens_a_citation_sees_whether_the_data_are_the_same(site: Site) -> None:
    same = ask(site, "/questions/hosting-order", version=site.statistics.version).body.decode()
    assert "The data are the version that was cited" in same
    other = ask(site, "/questions/hosting-order", version="0" * 64).body.decode()
    assert "the answer may have changed" in other
    assert "that was cited" not in ask(site, "/questions/hosting-order").body.decode()
