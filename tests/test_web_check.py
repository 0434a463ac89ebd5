"""`/check`: anybody's file, in any way a client may send it, checked in a worker under limits; nothing is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from ccn_graph.reports import json_report
from tests.conftest import PREFIXES, ROOT
from tests.serving import Server, serving

TEXT = f"""{PREFIXES}@prefix event: <https://w3id.org/ccn/event/> .

event:forum a ccn:Event ;
    ccn:host city:example-minatoo ;
    ccn:start "2025" .
"""
SHEET = "member,organization,start,locator\nExample Prot,Example City Network,2008,row 2\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--data-dir", ROOT / "tests" / "faulty" / "base", "--seconds", "10") as started:
        yield started


def found(server: Server, body: str | bytes, type_: str, **parameters: str) -> list[tuple[int, str]]:
    headers = {"Content-Type": type_, "Accept": "application/json"}
    response = server.http.post("/check", content=body, headers=headers, params=parameters)
    assert response.status_code == 200, response.text
    report = response.json()
    jsonschema.Draft202012Validator(json_report.schema()).validate(report)
    return [(one["line"], one["rule"]) for one in report["findings"]]


def test_a_body_is_checked_and_its_findings_have_their_lines(server: Server) -> None:
    line = TEXT.split("\n").index("    ccn:host city:example-minatoo ;") + 1
    assert (line, "host-city") in found(server, TEXT, "text/turtle")
    assert found(server, "<http://x/a> <http://x/b", "application/n-triples") == [(1, "syntax")]


def test_a_sheet_is_checked_by_row(server: Server) -> None:
    assert found(server, SHEET, "text/csv") == [(2, "unknown")]
    assert found(server, SHEET.encode("cp932"), "text/csv; charset=shift_jis", kind="memberships") == [(2, "unknown")]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_browser_gets_a_page_that_leads_back(server: Server, language: str) -> None:
    form = server.http.get("/check", params={"lang": language}, headers={"Accept": "text/html"})
    assert form.status_code == 200
    assert {"ja": "データの検証", "en": "Check your data"}[language] in form.text
    sent = {"lang": language, "text": TEXT, "syntax": ".ttl", "kind": "", "format": "html"}
    for how in ({"files": {"file": ("", b"")}}, {}):
        report = server.http.post("/check", data=sent, **how)  # type: ignore[arg-type]
        assert report.headers["content-type"] == "text/html; charset=utf-8"
        assert f'<html lang="{language}">' in report.text
        assert "city:example-minato</ins>" in report.text
        assert f'href="/check?lang={language}"' in report.text
        policy = report.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert report.headers["cache-control"] == "no-store"


def test_an_upload_keeps_its_name_in_the_report_and_no_path(server: Server) -> None:
    files = {"file": ("../../etc/会員 一覧.CSV", SHEET.encode(), "application/octet-stream")}
    report = server.http.post("/check", data={"format": "json", "text": ""}, files=files).json()
    assert report["files"] == ["会員_一覧.csv"]
    assert {one["path"] for one in report["findings"]} == {"会員_一覧.csv"}


@pytest.mark.parametrize(
    ("accept", "type_"),
    [("*/*", "application/json"), ("text/html,*/*;q=0.8", "text/html; charset=utf-8"),
     ("application/sarif+json", "application/sarif+json"), ("text/turtle", "text/turtle; charset=utf-8"),
     ("text/csv", "text/csv; charset=utf-8"), ("application/xml", "application/xml")],
)  # fmt: skip
def test_the_report_comes_in_the_format_that_is_accepted(server: Server, accept: str, type_: str) -> None:
    headers = {"Content-Type": "text/turtle", "Accept": accept}
    response = server.http.post("/check", content="<http://x/a> <http://x/b> .", headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, type_)


@pytest.mark.parametrize(
    ("body", "headers", "parameters", "code"),
    [
        (b"x" * 10_000_001, {"Content-Type": "text/turtle"}, {}, "too-long"),
        (b"x", {"Content-Type": "application/pdf"}, {}, "unsupported-media-type"),
        (b"x", {}, {}, "unsupported-media-type"),
        (b"x", {"Content-Type": "text/turtle", "Accept": "image/png"}, {}, "not-acceptable"),
        (b"x", {"Content-Type": "text/turtle"}, {"format": "pdf"}, "not-acceptable"),
        (b"a,b\n1,2\n", {"Content-Type": "text/csv"}, {"kind": "no-such"}, "bad-request"),
        (b"colour,weight\n1,2\n", {"Content-Type": "text/csv"}, {}, "bad-request"),
        (b"text=", {"Content-Type": "application/x-www-form-urlencoded"}, {}, "bad-request"),
        (b"--x\r\nbroken", {"Content-Type": "multipart/form-data"}, {}, "bad-request"),
        (b"--x\r\nContent-Disposition: form-data; name=file; filename=a.exe\r\n\r\nx\r\n--x--\r\n",
         {"Content-Type": "multipart/form-data; boundary=x"}, {}, "unsupported-media-type"),
    ],
)  # fmt: skip
def test_what_is_not_checked_says_why(
    server: Server, body: bytes, headers: dict[str, str], parameters: dict[str, str], code: str
) -> None:
    response = server.http.post("/check", content=body, headers=headers, params=parameters)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert response.json()["status"] == response.status_code >= 400
    assert "/tmp" not in response.text


def test_a_file_that_takes_too_long_is_ended_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    text = "".join(f"<http://x/{n}> a <https://w3id.org/ccn/ns#City> .\n" for n in range(100_000))
    with serving("--data-dir", ROOT / "tests" / "faulty" / "base", "--seconds", "2") as hasty:
        response = hasty.http.post("/check", content=text, headers={"Content-Type": "text/turtle"})
        assert response.json()["code"] in ("timed-out", "memory-exceeded")
        assert list(tmp_path.glob("ccn-graph-*"))
        assert hasty.http.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        for _ in range(200):
            # The supervisor looks after workers that have ended some times a second.
            if not (left := list(tmp_path.glob("ccn-graph-*/*/check-*"))):
                break
            time.sleep(0.05)
        assert not left


def test_the_server_of_other_data_has_nothing_to_check_by(tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    path.write_text("<http://x/a> <http://x/b> <http://x/c> .\n")
    with serving("--data", path) as other:
        response = other.http.post("/check", content="", headers={"Content-Type": "text/turtle"})
        assert (response.status_code, json.loads(response.text)["code"]) == (404, "not-found")


def test_a_form_brings_shapes_of_its_own(server: Server) -> None:
    prefixes = "@prefix ex: <https://example.org/> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    shapes = f'{prefixes}ex:s sh:targetSubjectsOf ex:p ; sh:nodeKind sh:BlankNode ; sh:message "no name, please" .\n'
    files = {"file": ("d.ttl", f"{prefixes}ex:a ex:p 1 .\n"), "shapes": ("s.ttl", shapes)}
    told = server.http.post("/check", data={"format": "json"}, files=files).json()
    assert [(one["line"], one["rule"], one["message"]["ja"]) for one in told["findings"]] == [
        (3, "s", "no name, please")
    ]
    pasted = {"format": "json", "text": f"{prefixes}ex:a ex:p 1 .\n", "syntax": ".ttl", "shapes": shapes}
    assert len(server.http.post("/check", data=pasted).json()["findings"]) == 1


def test_a_form_with_nothing_or_nonsense_in_it_gets_a_page(server: Server) -> None:
    for fields in ({"text": "", "syntax": ".ttl"}, {"text": "x", "syntax": ".odd"}, {"shapes-bytes": "x", "text": " "}):
        answer = server.http.post("/check", data=fields, headers={"Accept": "text/html", "Accept-Language": "ja"})
        assert answer.status_code == 400
        assert '<html lang="ja">' in answer.text
