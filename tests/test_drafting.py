"""From a text to a draft: lines, times, names, facts, records, the file and the page for review."""

from __future__ import annotations

import datetime
import functools
import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccn_graph.cli.main import main
from ccn_graph.drafting import draft_file, proposals, readers, review, source_text, time_expressions
from ccn_graph.drafting.context import kind_of_event
from ccn_graph.drafting.draft import TextDraft, about_document, draft
from ccn_graph.drafting.facts import About
from ccn_graph.drafting.name_index import NameIndex
from ccn_graph.drafting.time_expressions import Clock
from ccn_graph.errors import CcnError
from ccn_graph.files.sandbox import OverrunError
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.text.normalisation import kept
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Severity
from tests.conftest import ROOT, TODAY

TOKYO = namespaces.PREFIXES["city"] + "tokyo"
#: No sentence of a source: invented.
TEXT = """# 第11回 ユネスコ創造都市国内ネットワーク会議

## 概要

日 時 令和10年6月14日(水) 13:00 ~ 15:00
開催都市:岡山市
来 賓 文化庁 審議官 星野有希枝 氏
文化庁 課長 山田 花子 氏

## アジア大都市ネットワーク21の会員都市

バンコク、ハノイ、ロンドン、ハノイン(計4都市)
"""
ABOUT = About("invented-2026", "2026-05-01", "2026-05-02", (TOKYO,), "架空の報道発表")


@pytest.fixture(scope="module")
def drafted(graph: Graph) -> TextDraft:
    head = draft_file.head(ABOUT, "ja", "", datetime.date(2026, 11, 30))
    checker = functools.partial(check, today=TODAY)
    return draft(graph, source_text.lines_of(TEXT), ABOUT, head, checker)


# ── lines and sentences


def test_sentences_have_the_lines_and_headings_of_the_source() -> None:
    found = source_text.sentences(
        source_text.lines_of("# 概要\n\n一つ目である。二つ目は\n次の行へ続く。\n\n(1)会員\nA、\nB")
    )
    shown = [(one.text, one.first, one.last, one.is_heading) for one in found]
    assert shown == [
        ("概要", 1, 1, True), ("一つ目である。", 3, 3, False), ("二つ目は次の行へ続く。", 3, 4, False),
        ("(1)会員", 6, 6, True), ("A、B", 7, 8, False),
    ]  # fmt: skip
    assert found[2].locator == "概要, l. 3-4"
    assert found[4].locator == "(1)会員, l. 7-8"


@pytest.mark.parametrize("text", ["第1回 神戸市\n第2回 金沢市", "主催\t神戸市\n共催\t金沢市", "一つ目。\n二つ目"])
def test_rows_are_not_joined(text: str) -> None:
    assert [one.first for one in source_text.sentences(source_text.lines_of(text))] == [1, 2]


def test_tags_within_a_text_are_no_text() -> None:
    found = source_text.sentences(
        source_text.lines_of("概要 <p>クラフト&amp;フォークアート。</p><p>■場所 神戸市</p> である")
    )
    assert [one.text for one in found] == ["概要", "クラフト&フォークアート。", "■場所 神戸市", "である"]


# ── times


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("令和8年6月17日(水) 14:30 ~ 16:00", "2026-06-17T14:30+09:00", "2026-06-17T16:00+09:00"),
        ("2025年7月23日-24日", "2025-07-23", "2025-07-24"),
        ("第2回 H31/R1(2019)", "2019", ""),
        ("平成26(2014)年", "2014", ""),
        ("1952年(昭和27年)4月", "1952-04", ""),
        ("今年2月", "2026-02", ""),
        ("昨年10月3日", "2025-10-03", ""),
        ("今年度", "2026-04/2027-03", ""),
        ("R7年度(2025)", "2025-04/2026-03", ""),
        ("6月17日(水)", "2026-06-17", ""),
        ("1–5 July 2024", "2024-07-01", "2024-07-05"),
        ("31 October 2025", "2025-10-31", ""),
        ("This March", "2026-03", ""),
        ("this Monday", "2026-06-08", ""),
        ("last Friday", "2026-06-05", ""),
        ("across 2015/16", "2015", "2016"),
        ("World Cities Day", "2026-10-31", ""),
    ],
)
def test_times_are_read_against_the_day_of_the_document(text: str, first: str, last: str) -> None:
    (found,) = time_expressions.find(kept(text), Clock("2026-06-12"))
    assert (found.first, found.last, found.doubt) == (first, last, "")


def test_a_weekday_that_does_not_fit_is_a_doubt_and_no_day_is_made_up() -> None:
    (wrong,) = time_expressions.find("2026年6月17日(月)", Clock())
    assert wrong.doubt == "weekday"
    assert time_expressions.find("6月17日、今年3月、2026年2月30日", Clock()) == [
        time_expressions.Time(11, 16, "2026"),
    ]


def test_a_month_takes_the_year_of_its_heading() -> None:
    clock = Clock("2026-06-12")
    clock.set_year(2024, fiscal=True)
    assert [time_expressions.find(text, clock)[0].first for text in ("10月14日", "2月3日")] == [
        "2024-10-14",
        "2025-02-03",
    ]


# ── names


def test_names_are_the_longest_and_words_of_their_own(graph: Graph) -> None:
    index = NameIndex(Resolver(Facts(graph)))

    def names(text: str) -> list[str]:
        return [text[one.start : one.end] for one in index.find(text)]

    assert names("ユネスコ創造都市ネットワーク年次総会") == ["ユネスコ創造都市ネットワーク年次総会"]
    assert names("神戸市とパリ市長、神戸牛") == ["神戸市", "パリ"]
    assert names("トウキョウパリコレクション Nicely Paris") == ["Paris"]
    (london,) = index.find("London")
    assert len(london.iris) > 1


# ── a draft


def test_certain_records_are_live_and_pass_the_check(drafted: TextDraft, graph: Graph, tmp_path: Path) -> None:
    assert [one for one in drafted.findings if one.severity is Severity.VIOLATION] == []
    text = drafted.text()
    path = tmp_path / "documents" / "invented-2026.ttl"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    read = parsing.read(path, parsing.FileKind.DOCUMENT)
    found = check(Graph([*graph.sources, read], project=graph.project), only=[path], today=TODAY)
    assert [one.render("en") for one in found if one.severity > Severity.INFO] == []
    assert "event:uccn-japan-11 a ccn:Event" in text
    assert 'ccn:plannedStart "2028-06-14T13:00:00+09:00"^^xsd:dateTime' in text
    assert 'ccn:capacity "文化庁 審議官"@ja' in text
    assert "member:anmc21-hanoi" in text
    assert re.search(r"# l\. 6: 開催都市:岡山市\nevent:uccn|# l\. 5: .*\n# l\. 6: 開催都市:岡山市\n", text)
    assert 'ccn:locator "概要, l. 5-6"' in text


def test_what_is_open_stays_open_with_its_candidates(drafted: TextDraft) -> None:
    live = re.sub(r"^#.*$", "", drafted.text(), flags=re.MULTILINE)
    assert "london" not in live
    (unsure,) = (one for one in drafted.unsure if one.iri.endswith("anmc21-london"))
    assert unsure.doubts[0]["en"] == "the name fits several things"
    assert "city:london" in unsure.facts[0].candidates["member"]
    assert "# member: city:london" in drafted.text()
    (unknown,) = (one for one in drafted.unsure if "member: ハノイン" in one.lines)
    assert "ハノイ / Hanoi (city:hanoi)" in " ".join(doubt["en"] for doubt in unknown.doubts)


def test_people_who_are_not_on_record_are_for_the_register_and_not_live(drafted: TextDraft) -> None:
    stubs = [one for one in drafted.unsure if one.register == "person"]
    assert ["prefLabel@ja: 山田 花子" in one.lines for one in stubs] == [True]
    assert "data/registers/person.ttl" in drafted.text()


def test_the_lines_of_the_source_can_be_left_out(drafted: TextDraft) -> None:
    text = drafted.text(quote=False)
    assert "# l. 6\n" in text
    assert "# l. 6: " not in text


def test_a_document_on_record_is_extended_and_nothing_said_twice(graph: Graph) -> None:
    about = about_document(graph, About("asahikawa-2026-06-12"))
    assert (about.issued, about.publishers[0][-9:]) == ("2026-06-12", "asahikawa")
    lines = source_text.lines_of(
        "旭川市は2019年にデザイン分野でUCCNに加盟。\n\n臼杵市は2021年に食文化分野でUCCNに加盟。"
    )
    made = draft(graph, lines, about, "", functools.partial(check, today=TODAY))
    before = next(read for read in graph.documents if read.path.stem == about.slug).path.read_text(encoding="utf-8")
    added = set(made.document.splitlines()) - set(before.splitlines())
    assert added == {
        '    ccn:start "2021"^^xsd:gYear ;',
        '    ccn:locator "4. 国内加盟都市(12都市), l. 58; l. 3" .',
        '    ccn:locator "3. 本市の関わり, l. 47-51; 4. 国内加盟都市(12都市), l. 57; 表紙 概要, l. 20; l. 1" .',
    }


def test_a_slug_of_another_form_is_refused(graph: Graph) -> None:
    with pytest.raises(CcnError, match="no short name"):
        about_document(graph, About("../x"))


def test_what_does_not_pass_the_check_is_set_aside_with_the_reason(graph: Graph) -> None:
    about = About("invented-2026", "2026-05-01", "2026-05-02", (TOKYO,), "架空の報道発表")
    head = draft_file.head(about, "ja", "", datetime.date(2026, 11, 30))
    lines = source_text.lines_of("神戸市は1999年にデザイン分野でUCCNに加盟。")
    made = draft(graph, lines, about, head, functools.partial(check, today=TODAY))
    assert all(not one.certain or "1999" not in "".join(one.lines) for one in made.certain) or made.findings


# ── proposals


def test_proposals_are_marked_and_never_certain(graph: Graph, tmp_path: Path) -> None:
    program = tmp_path / "ask.py"
    program.write_text(
        "import json, sys\n"
        "told = json.load(sys.stdin)\n"
        "assert told['lines'][0] == {'line': 1, 'text': 'Kobe is a member of UCCN.'}\n"
        "assert 'member' in told['sheets']['memberships']\n"
        "cells = {'member': 'Kobe', 'organization': 'UCCN', 'asOf': '2026'}\n"
        "wrong = {'id': 'x-1', 'prefLabel@ja': '名ばかり', 'held': 'true'}\n"
        "lost = {'member': 'Nowhereville', 'organization': 'UCCN', 'asOf': '2026'}\n"
        "found = [{'sheet': 'memberships', 'line': 1, 'cells': one} for one in (cells, lost)]\n"
        "print(json.dumps([*found, {'sheet': 'events', 'line': 1, 'cells': wrong}]))\n"
    )
    lines = source_text.lines_of("Kobe is a member of UCCN.")
    head = draft_file.head(ABOUT, "en", "", datetime.date(2026, 11, 30))
    ask = functools.partial(proposals.ask, f"{sys.executable} {program}")
    made = draft(graph, lines, ABOUT, head, functools.partial(check, today=TODAY), ask)
    assert made.certain == ()
    reasons = [[doubt["en"] for doubt in one.doubts] for one in made.unsure]
    assert all("a program of yours proposed this" in one for one in reasons)
    assert any("nothing of this name" in doubt for one in reasons for doubt in one)
    assert any(
        "does not pass the check: the event is named in one language only" in doubt for one in reasons for doubt in one
    )
    assert "# member:uccn-kobe a ccn:Membership" in made.text()


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("not json", "no JSON"), ("{}", "no JSON array"), ('[{"sheet": "documents"}]', "'sheet' is one of"),
        ('[{"sheet": "acts", "line": 9, "cells": {}}]', "'line' is the number"),
        ('[{"sheet": "acts", "line": 1, "cells": {"x": 1}}]', "object of texts"),
        ('[{"sheet": "acts", "line": 1, "cells": {"x": "1"}}]', "no column x"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_proposal_is_said(output: str, word: str) -> None:
    command = f"{sys.executable} -c {json.dumps('print(' + repr(output) + ')')}"
    with pytest.raises(CcnError, match=re.escape(word)):
        proposals.ask(command, source_text.lines_of("a"), ABOUT)


def test_a_program_that_fails_is_named() -> None:
    with pytest.raises(CcnError, match="cannot be run"):
        proposals.ask("/nowhere/ask", source_text.lines_of("a"), ABOUT)
    with pytest.raises(CcnError, match="ended with 3"):
        proposals.ask(f"{sys.executable} -c 'raise SystemExit(3)'", source_text.lines_of("a"), ABOUT)


# ── formats


def test_html_keeps_lines_of_the_source_and_headings(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><head><title>x</title></head>\n<body><h2>概要</h2>\n<p>神戸市で<b>開催</b>。\n<script>1</script>",
        "utf-8",
    )
    lines = [line for line in readers.read(path) if line.text]
    assert [(line.number, line.text, line.heading) for line in lines] == [(2, "概要", 2), (3, "神戸市で開催。", 0)]


def test_docx_is_read_with_headings_and_tables(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    made = docx.Document()
    made.add_heading("概要", 1)
    made.add_paragraph("神戸市で開催。")
    made.add_table(1, 2).rows[0].cells[1].text = "金沢市"
    made.save(str(tmp_path / "a.docx"))
    lines = readers.read(tmp_path / "a.docx")
    assert [(line.text, line.heading) for line in lines] == [("概要", 1), ("神戸市で開催。", 0), ("\t金沢市", 0)]


def test_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    (tmp_path / "a.pdf").write_bytes(pdf("Kobe joined UCCN in 2008."))
    (line,) = (line for line in readers.read(tmp_path / "a.pdf") if line.text.strip())
    assert (line.number, line.page, line.text.strip()) == (1, 1, "Kobe joined UCCN in 2008.")
    assert source_text.sentences([line])[0].locator == "p. 1, l. 1"


def pdf(text: str) -> bytes:
    """Make a PDF with one line."""
    stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * 101_000_000)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.docx", b"no zip", "cannot be read as .docx"), ("a.pdf", b"%PDF-1.4 cut", "cannot be read as .pdf"),
        ("a.doc", b"", "a draft is made of .txt"), ("a.txt", b"\xfd\xfe\x80", "encoding"),
        ("a.txt", b"\n" * 50_001, "more than 50000 lines"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(name: str, data: bytes, word: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CcnError, match=word):
        readers.read(tmp_path / name)


def test_a_zip_bomb_and_a_large_file_are_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(bomb())
    with pytest.raises(CcnError, match="unfolds to more than"):
        readers.read(tmp_path / "a.docx")
    (tmp_path / "b.txt").write_bytes(b"0" * 20_000_001)
    with pytest.raises(OverrunError, match="larger than 20 MB"):
        readers.read(tmp_path / "b.txt")


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(CcnError, match=r"ccn-graph\[draft\]"):
        readers.of_bytes(b"%PDF", ".pdf", "a.pdf")


# ── the page and the command


def test_the_page_is_one_file_that_loads_nothing_and_holds_hostile_text(graph: Graph) -> None:
    text = "旭川市は2019年にデザイン分野で加盟。</script><script>alert(1)</script><img src=x>"
    head = draft_file.head(ABOUT, "ja", "", datetime.date(2026, 11, 30))
    page = review.page(
        draft(graph, source_text.lines_of(text), ABOUT, head, functools.partial(check, today=TODAY)), "ja"
    )
    assert "<script>alert" not in page
    assert "<img" not in page
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert review.policy() in page.replace("&#39;", "'")
    assert page.count('data-language="ja"') == page.count('data-language="en"')
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert data
    assert "doc:invented-2026 a ccn:Document" in json.loads(data[1])["head"]


def test_the_command_writes_draft_and_page_and_keeps_sentences_out_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("旭川市は2019年にデザイン分野でUCCNに加盟。", encoding="utf-8")
    run = functools.partial(CliRunner().invoke, main)
    common = ["draft", str(tmp_path / "text.txt"), "--root", str(ROOT), "--lang", "en", "--document", "invented-2026"]
    given = ["--issued", "令和8年5月1日", "--publisher", "旭川市", "--title", "架空の報道発表"]
    files = ["--to", str(tmp_path / "a.ttl"), "--review", str(tmp_path / "a.html")]
    done = run([*common, *given, *files])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 certain records" in done.stderr
    assert 'ccn:start "2019"^^xsd:gYear' in (tmp_path / "a.ttl").read_text(encoding="utf-8")
    assert "<!doctype html>" in (tmp_path / "a.html").read_text(encoding="utf-8")
    inside = ROOT / "data" / "documents" / "invented-2026.ttl"
    refused = run([*common, "--to", str(inside)])
    assert refused.exit_code == 2
    assert "no sentence of a source belongs" in refused.stderr
    assert not inside.exists()
    unknown = run([*common, "--publisher", "どこにもない市"])
    assert unknown.exit_code == 2


@pytest.mark.parametrize(
    ("series", "sentence", "kind"),
    [
        # What the series is called, without what stands in brackets behind it.
        ("uccn-japan-meeting", "第11回国内ネットワーク会議", "kind:meeting"),
        ("uccn-annual-conference", "第19回年次総会", "kind:conference"),
        # Its editions are on record as of several kinds: the sentence tells.
        ("uccn-annual-conference", "The network's next Annual Meeting is in Essaouira.", "kind:meeting"),
        # It is called by no kind: what all its editions are.
        ("anmc21-plenary", "第15回総会", "kind:assembly"),
        ("", "ひまわりフォーラム", "kind:forum"),
        ("", "ひまわりの日", ""),
    ],
)
def test_the_kind_of_an_event_is_told_by_sentence_series_and_title(
    graph: Graph, series: str, sentence: str, kind: str
) -> None:
    index = NameIndex(Resolver(Facts(graph)))
    iri = namespaces.PREFIXES["series"] + series if series else ""
    assert kind_of_event(index, iri, sentence, {"フォーラム": "kind:forum"}, sentence) == kind
