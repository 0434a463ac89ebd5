"""One more of each kind is one more file: every toy here is added to a copy of the package and used end to end."""

from __future__ import annotations

import shutil
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
    "ccn_graph/pages/charts/dots.py": '''"""A dot for each thing."""

from collections.abc import Sequence

from markupsafe import Markup

from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture, Record


def draw(picture: Picture, records: Sequence[Record]) -> Drawing | None:
    named = [picture.named(record[picture.columns["label"]]) for record in records]
    dots = Markup("").join(Markup("<i class=dot>{}</i>").format(name) for name in named)
    return Drawing("dots", "Dots", dots)


CHART = ChartKind("dots", {"label": "iri"}, draw)
''',
    "queries/questions/toy.rq": """\
#+ number: 999
#+ theme: network
#+ title_ja: 試し
#+ title_en: Toy
#+ question_ja: 試しの質問?
#+ question_en: Which networks are there?
#+ method_ja: 試し
#+ method_en: A toy.
#+ column: network iri 網 / network
#+ chart: dots label=network
#+ expect: network:uccn
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?network WHERE { ?network a ccn:Network } ORDER BY ?network
""",
}

WRONG = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .

city:nowhere a ccn:City .
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = copied_package(tmp_path_factory.mktemp("extended"))
    for name in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(ROOT / name, place / name)
    for name, text in TOYS.items():
        path = place / name
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def server(extended: Path) -> Iterator[Server]:
    with serving("--no-check", cwd=extended) as server:
        yield server


def run(extended: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command with the toys in it."""
    return subprocess.run(
        [sys.executable, "-m", "ccn_graph", *map(str, arguments)],
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


def test_a_chart_kind_draws_the_answers_of_questions_that_declare_it(server: Server) -> None:
    page = server.http.get("/questions/toy?lang=en")
    assert page.status_code == 200, page.text
    assert "<i class=dot>UNESCO Creative Cities Network</i>" in page.text
