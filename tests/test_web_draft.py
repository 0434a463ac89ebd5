"""`/draft`: a pasted text, drafted in a worker under the limits of /check; nothing is kept or written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.serving import Server, serving

TEXT = "# Example City Network\n\n## Member cities\n\nExample Port, Nowhereville\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--data-dir", ROOT / "tests" / "faulty" / "base", "--seconds", "20") as started:
        yield started


def test_programs_post_a_text_and_get_turtle(server: Server) -> None:
    headers = {"Content-Type": "text/plain", "Accept": "text/turtle"}
    parameters = {"document": "invented", "issued": "令和8年6月12日"}
    response = server.http.post("/draft", content=TEXT, headers=headers, params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "doc:invented a ccn:Document" in response.text
    assert "    org:organization net:example ;\n" in response.text
    assert 'ccn:asOf "2026-06-12"^^xsd:date' in response.text
    assert "# member: Nowhereville" in response.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_browser_gets_a_page_for_review_that_leads_back(server: Server, language: str) -> None:
    form = server.http.get("/draft", params={"lang": language}, headers={"Accept": "text/html"})
    assert form.status_code == 200
    assert {"ja": "文章から記録を下書きする", "en": "Draft records from a text"}[language] in form.text
    page = server.http.post("/draft", data={"lang": language, "format": "html", "text": TEXT, "issued": "2026"})
    assert page.status_code == 200, page.text
    assert f'data-shown="{language}"' in page.text
    assert f'href="/draft?lang={language}"' in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("type_", "body", "parameters", "code"),
    [
        ("application/pdf", "x", {}, "unsupported-media-type"),
        ("text/plain", "x", {"document": "../x"}, "bad-request"),
        ("text/plain", "x", {"issued": "someday"}, "bad-request"),
        ("text/plain", "x", {"format": "pdf"}, "not-acceptable"),
        ("text/plain", "x" * 500_001, {}, "too-long"),
        ("application/x-www-form-urlencoded", "text=", {}, "bad-request"),
        ("application/x-www-form-urlencoded", f"text={'x' * 500_001}", {}, "too-long"),
    ],
)
def test_what_is_not_drafted_says_why(
    server: Server, type_: str, body: str, parameters: dict[str, str], code: str
) -> None:
    headers = {"Content-Type": type_, "Accept": "*/*"}
    response = server.http.post("/draft", content=body, headers=headers, params=parameters)
    assert 400 <= response.status_code < 500
    assert response.json()["code"] == code
