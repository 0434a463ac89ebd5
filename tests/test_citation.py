from __future__ import annotations

import datetime
import json

import pytest
from bibtexparser.entrypoint import parse_string

from ccn_graph.pages import citation
from ccn_graph.pages.citation import Work

WORK = Work(
    "members-on-date",
    "Members on a given date (network: UCCN; date: 2025-10-31)",
    "http://127.0.0.1:8000/questions/members-on-date?network=uccn&date=2025-10-31",
    "5d57ec32f05d",
    datetime.date(2026, 11, 21),
    "en",
)


def parsed(work: Work) -> dict[str, str]:
    library = parse_string(citation.bibtex(work))
    assert not library.failed_blocks
    (entry,) = library.entries
    assert entry.entry_type == "misc"
    assert entry.key == f"{work.key}-{work.day.isoformat()}"
    return {field.key: str(field.value) for field in entry.fields}


def test_bibtex_is_read_by_a_parser() -> None:
    fields = parsed(WORK)
    assert fields["title"] == f"{{{WORK.title}}}"
    assert fields["url"] == WORK.url
    assert fields["urldate"] == "2026-11-21"
    assert fields["version"] == WORK.version
    assert WORK.version in fields["note"]
    assert fields["langid"] == "english"


@pytest.mark.parametrize("sign", ["{", "}", "&", "%", "$", "#", "_", "~", "^", "\\", "\n", '"', "@misc{x,", "都市"])
def test_no_sign_in_a_title_breaks_bibtex(sign: str) -> None:
    work = Work(WORK.key, f"before {sign} after", WORK.url, WORK.version, WORK.day, "ja")
    fields = parsed(work)
    assert fields["title"].startswith("{before ")
    assert fields["title"].endswith(" after}")
    assert fields["langid"] == "japanese"


def test_an_address_cannot_close_its_braces() -> None:
    work = Work(WORK.key, WORK.title, "http://localhost/?q=}{\\", WORK.version, WORK.day, "en")
    assert parsed(work)["url"] == "http://localhost/?q=%7D%7B%5C"


def test_csl_json_has_what_reference_managers_need() -> None:
    (item,) = json.loads(citation.csl(WORK))
    # Names of csl-data.json; it allows no others.
    known = {"id", "type", "title", "author", "issued", "accessed", "version", "URL", "language"}
    assert set(item) == known
    assert item["type"] == "dataset"
    assert item["accessed"] == {"date-parts": [[2026, 11, 21]]}
    assert item["author"] == [{"literal": "ccn-graph"}]
    assert item["URL"] == WORK.url
