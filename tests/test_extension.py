"""One more of each kind is one more file: every toy here is added to a copy of the package and used end to end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, copied_package
from tests.serving import Server, serving

TOYS = {
    "ccn_graph/reports/tally.py": '''"""How many findings there are of each rule."""

from collections import Counter

from ccn_graph.reports.model import Format, Report


def write(report: Report) -> str:
    return "".join(f"{rule}={n}\\n" for rule, n in sorted(Counter(found.rule for found in report.findings).items()))


FORMAT = Format("tally", {"ja": "集計", "en": "Tally"}, "text/x-tally", (".tally",), write)
''',
}

WRONG = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .

city:nowhere a ccn:City .
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = copied_package(tmp_path_factory.mktemp("extended"))
    for name, text in TOYS.items():
        path = place / name
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def server(extended: Path) -> Iterator[Server]:
    with serving("--root", ROOT, "--no-check", cwd=extended) as server:
        yield server


def run(extended: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command with the toys in it."""
    return subprocess.run(
        [sys.executable, "-m", "ccn_graph", *map(str, arguments), "--root", str(ROOT)],
        cwd=extended, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_report_format_is_known_by_name_and_by_its_ending(extended: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.ttl").write_text(WRONG, encoding="utf-8")
    checked = run(extended, "check", tmp_path / "wrong.ttl", "--shapes-only", "--output", tmp_path / "out.tally")
    assert checked.returncode == 1, checked.stderr
    tally = (tmp_path / "out.tally").read_text(encoding="utf-8")
    assert "=1\n" in tally
    named = run(extended, "check", tmp_path / "wrong.ttl", "--shapes-only", "--format", "tally")
    assert named.stdout == tally


def test_a_report_format_is_on_offer_at_check_by_form_parameter_and_accept(server: Server) -> None:
    page = server.http.get("/check?lang=en")
    assert page.status_code == 200
    assert '<option value="tally">Tally</option>' in page.text.replace(" selected", "")
    headers = {"content-type": "text/turtle"}
    by_name = server.http.post("/check?format=tally", content=WRONG, headers=headers)
    by_accept = server.http.post("/check", content=WRONG, headers={**headers, "accept": "text/x-tally"})
    assert by_name.status_code == by_accept.status_code == 200, by_name.text
    assert by_name.headers["content-type"] == "text/x-tally; charset=utf-8"
    assert "=1\n" in by_name.text
    assert by_accept.text == by_name.text
