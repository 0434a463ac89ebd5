"""One more of each kind is one more file: every toy here is added to a copy of the package and used end to end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pyoxigraph as ox
import pytest

from tests.conftest import ROOT, copied_package
from tests.serving import Server, serving

TOYS = {
    "ccn_graph/reports/tally.py": '''"""How many findings there are of each rule."""

from collections import Counter

from ccn_graph.reports.model import Report, ReportFormat


def write(report: Report) -> str:
    return "".join(f"{rule}={n}\\n" for rule, n in sorted(Counter(found.rule for found in report.findings).items()))


FORMAT = ReportFormat("tally", {"ja": "集計", "en": "Tally"}, "text/x-tally", (".tally",), write)
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
    "ccn_graph/pages/classes/garden.py": '''"""The page of a garden."""

from collections.abc import Iterator

from ccn_graph.pages.sections import ClassPage, Section, Subject


def sections(subject: Subject) -> Iterator[Section | None]:
    yield Section("garden", {"flowers": subject.itself.all("note")})


PAGES = (ClassPage(("Garden",), sections, schema="Park", segment="garden"),)
''',
    "ccn_graph/pages/templates/section/garden.html.j2": """\
<section><h2>Flowers</h2>{% for flower in section.values.flowers %}<p class=flower>{{ flower.text }}</p>{% endfor %}
</section>
""",
    "ontology/garden.ttl": """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

ccn:Garden a owl:Class ;
    rdfs:label "庭園"@ja, "garden"@en .
""",
    "data/documents/toy.ttl": """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<https://w3id.org/ccn/garden/kew> a ccn:Garden ;
    skos:prefLabel "キュー庭園"@ja, "Kew"@en ;
    ccn:note "orchids"@en .
""",
    "ccn_graph/pages/hello.py": '''"""A page that greets."""

from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest


def page(site: Site, request: PageRequest, name: str) -> Page | None:
    return Page("text/plain; charset=utf-8", f"hello, {name}".encode()) if name != "nobody" else None
''',
    "ccn_graph/rdf/remote/dialects/toyberry.py": '''"""Toyberry, which is told how long a query may take."""

from ccn_graph.rdf.remote.dialects.dialect import Dialect

DIALECT = Dialect(
    title="Toyberry",
    path=r"/?$",
    addresses=("/ask", "/tell", "/keep"),
    timeout=("budget", 1_000),
    describing="# described for Toyberry\\n",
)
''',
    "queries/rules/toy-rule.rq": """\
#+ title_ja: 試し
#+ title_en: A garden that lies nowhere
#+ message_ja: 庭園の所在がない
#+ message_en: the garden lies nowhere; add ccn:within
#+ severity: warning
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?subject ?property ?value WHERE {
  ?subject a ccn:Garden
  FILTER NOT EXISTS { ?subject ccn:within ?somewhere }
}
ORDER BY ?subject
""",
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
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?network WHERE { ?network a ccn:Network } ORDER BY ?network
""",
}

#: What is a line in a table: file, the text before it, the line (and the import of what it names).
LINES = (
    ("ccn_graph/pages/routes.py", "ROUTES = (\n", '    PageRoute(r"/hello/(?P<name>[a-z]+)", hello.page),\n'),
    ("ccn_graph/pages/routes.py", "from ccn_graph.pages import (\n", "    hello,\n"),
    ("ccn_graph/server/routes.py", "ROUTES = (\n", '    Route("/ping", ("POST",), Answers.ping),\n'),
    (
        "ccn_graph/server/routes.py",
        "    endpoint: Endpoint\n",
        "\n    async def ping(self, request: Request) -> Response:\n"
        "        return Response(b'pong ' + await request.body())\n",
    ),
)

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
    for name, before, line in LINES:
        path = place / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, before + line), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def server(extended: Path) -> Iterator[Server]:
    with serving("--no-check", cwd=extended) as server:
        yield server


class Toyberry(BaseHTTPRequestHandler):
    """A server that answers at /ask alone, and notes what it is asked."""

    server_version, sys_version = "Toyberry/1", ""
    store: ClassVar[ox.Store]
    asked: ClassVar[list[tuple[str, dict[str, list[str]]]]]

    def do_GET(self) -> None:
        self.send_error(404)

    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        self.asked.append((self.path, form))
        if self.path != "/ask":
            self.send_error(404)
            return
        found = self.store.query(form["query"][0], use_default_graph_as_union=True)
        if isinstance(found, ox.QueryTriples):
            type_, body = ox.RdfFormat.N_TRIPLES.media_type, found.serialize(format=ox.RdfFormat.N_TRIPLES)
        else:
            json = ox.QueryResultsFormat.JSON
            type_, body = json.media_type, found.serialize(format=json)
        assert body is not None
        self.send_response(200)
        self.send_header("content-type", type_)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    """Run Toyberry; give its address, which is not that of its endpoint."""
    Toyberry.store, Toyberry.asked = ox.Store(), []
    Toyberry.store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("told by Toyberry")))
    with ThreadingHTTPServer(("127.0.0.1", 0), Toyberry) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join(timeout=10)


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


def test_a_class_has_a_page_and_a_list_by_one_module_and_one_template(server: Server) -> None:
    sent_on = server.http.get("/garden/kew", headers={"accept": "text/html"})
    assert (sent_on.status_code, sent_on.headers["location"]) == (303, "/garden/kew.html")
    page = server.http.get("/garden/kew.html?lang=en")
    assert page.status_code == 200, page.text
    assert "<p class=flower>orchids</p>" in page.text
    assert '"@type": "Park"' in page.text
    listed = server.http.get("/garden/?lang=en")
    assert listed.status_code == 200, listed.text
    assert 'href="/garden/kew.html?lang=en"' in listed.text
    assert "Kew" in listed.text
    assert "orchids" in server.http.get("/garden/kew.ttl").text
    assert server.http.get("/garden/nothing.html").status_code == 404


def test_an_engine_has_its_addresses_and_parameters_from_its_dialect(extended: Path, engine: str) -> None:
    with serving("--engine", engine, "--seconds", "7", cwd=extended) as server:
        assert server.select("SELECT ?o { ?s <urn:p> ?o }") == "told by Toyberry"
        described = server.http.get("/sparql", params={"query": "DESCRIBE <urn:s>"}, headers={"accept": "text/turtle"})
        assert "told by Toyberry" in described.text
    asked = [form for path, form in Toyberry.asked if path == "/ask"]
    (selected,) = [form for form in asked if "<urn:p>" in form["query"][0]]
    assert selected["budget"] == ["7000"]
    assert [form["query"][0].startswith("# described for Toyberry") for form in asked].count(True) == 1


def test_the_address_of_updates_is_known_by_the_dialect(extended: Path) -> None:
    helped = run(extended, "publish", "--help")
    assert "Toyberry" in helped.stdout


def test_a_route_of_a_page_is_a_line_in_the_table(server: Server) -> None:
    assert server.http.get("/hello/world").text == "hello, world"
    nobody = server.http.get("/hello/nobody")
    assert nobody.status_code == 404
    assert nobody.json()["code"] == "not-found"


def test_a_rule_and_a_question_are_a_file_each(extended: Path) -> None:
    checked = run(extended, "check", "data/documents/toy.ttl")
    assert "the garden lies nowhere; add ccn:within" in checked.stdout, checked.stderr
    assert "(toy-rule)" in checked.stdout
    asked = run(extended, "ask", "toy", "--format", "csv")
    assert "https://w3id.org/ccn/network/uccn" in asked.stdout


def test_a_route_of_the_web_process_is_a_line_in_its_table(server: Server) -> None:
    assert server.http.post("/ping", content=b"1").content == b"pong 1"
    assert server.http.get("/ping").status_code in (404, 405)
    assert "/ping" in server.http.get("/openapi.json").json()["paths"]
