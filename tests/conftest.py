from __future__ import annotations

import datetime
import gc
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from ccn_graph import Finding, Graph, check
from ccn_graph.graph import questions
from ccn_graph.graph.project import Project
from ccn_graph.graph.search import Index
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases import write_release
from tests.engines import Oxigraph, Virtuoso, started
from tests.serving import Server, serving

ROOT = Path(__file__).resolve().parents[1]
FROZEN = ROOT / "tests" / "questions" / "data"

#: The day the tests stand on, so that "past its date" does not change under them.
TODAY = datetime.date(2026, 11, 21)

PREFIXES = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

Write = Callable[[str, str], Path]


Item = TypeVar("Item")


def some(items: Iterable[Item]) -> list[Item]:
    """Give the items as a list; fail if there is none, for a loop over nothing would prove nothing."""
    found = list(items)
    assert found, "there is nothing to look at, so that nothing would be checked"
    return found


# How long an example takes says how busy the machine is, not whether the program is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Keep the collector from looking at thousands of collected tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands that tests run keep their results here, not in the cache of whoever runs the tests.

    The processes of one run of the tests share it.
    """
    base = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "XDG_CACHE_HOME", str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "xdg-cache")
        )
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.find(ROOT)


@pytest.fixture(scope="session")
def graph(project: Project) -> Graph:
    return Graph.load(project)


@pytest.fixture(scope="session")
def frozen() -> Graph:
    """Read a choice of registers and documents that stays as it is: a tenth of the project's data."""
    graph = Graph.load(Project(ROOT, FROZEN))
    assert not graph.errors
    return graph


@pytest.fixture(scope="session")
def site(graph: Graph) -> Site:
    """What pages are made from, as the server has it."""
    assert graph.project
    by_name = questions.read_all(graph.project)
    names = Index.of(graph.engine, graph.labels, by_name.values())
    statistics = Statistics.of(graph.engine, graph.version, union=True)
    return Site(graph.engine, graph.labels, statistics, by_name, names)


@pytest.fixture(scope="session")
def released(frozen: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a release of the frozen data, once for all tests that only look."""
    directory = tmp_path_factory.mktemp("release") / "ccn-graph"
    write_release.write(frozen, directory)
    return directory


@pytest.fixture(scope="session")
def findings(graph: Graph) -> list[Finding]:
    return check(graph, today=TODAY)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the test's own directory."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


@pytest.fixture
def small(write: Write, project: Project) -> Graph:
    """Two documents that say the same thing once, and one thing each."""
    shared = 'city:kobe a ccn:City ;\n    skos:prefLabel "神戸市"@ja, "Kobe"@en .\n'
    for name in ("one", "two"):
        write(
            f"data/documents/{name}.ttl",
            f'{PREFIXES}\n{shared}\ncity:{name} a ccn:City ;\n    ccn:note "{name}"@en .\n',
        )
    return Graph.load(Project(project.root, write("data/registers/city.ttl", PREFIXES).parents[1]))


def copied_package(place: Path) -> Path:
    """Copy the package into a directory; programs that run there use the copy, to which files can be added."""
    shutil.copytree(ROOT / "ccn_graph", place / "ccn_graph", ignore=shutil.ignore_patterns("frontend", "__pycache__"))
    return place


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return copied_package(tmp_path / "copy")


#: Cities of one name in several places, for what reads lists: two countries, two towns in one of them.
HOMONYMS = """\
city:leon a ccn:City ;
    skos:prefLabel "レオン"@ja, "León"@en ;
    ccn:within place:spain ;
    skos:exactMatch <https://sws.geonames.org/3118532/> .

city:leon-mx a ccn:City ;
    skos:prefLabel "レオン(メキシコ)"@ja, "León (Mexico)"@en ;
    ccn:within place:mexico ;
    skos:exactMatch <https://sws.geonames.org/3998655/> .
"""
PLACES = """\
place:mexico a ccn:Country ;
    skos:prefLabel "メキシコ"@ja, "Mexico"@en ;
    skos:notation "MX" .

place:spain a ccn:Country ;
    skos:prefLabel "スペイン"@ja, "Spain"@en ;
    skos:notation "ES" .
"""


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A data directory that lists can be imported into: the clean base of the faulty files, and homonyms."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "tests" / "faulty" / "base", data)
    cities = data / "registers" / "city.ttl"
    head, name = cities.read_text(encoding="utf-8").split("\nname:example-machi")
    cities.write_text(f"{head}\n{HOMONYMS}\nname:example-machi{name}", encoding="utf-8")
    places = data / "registers" / "place.ttl"
    places.write_text(f"{places.read_text(encoding='utf-8')}\n{PLACES}", encoding="utf-8")
    return data


@pytest.fixture(scope="session")
def site_server() -> Iterator[Server]:
    """Serve the project's own data, once for all tests that only look; with patience, for the machine may be busy."""
    with serving("--no-check", "--seconds", "300") as server:
        yield server


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    """Run `oxigraph serve` in memory, for tests that leave nothing behind or begin by emptying it."""
    server = started(lambda: Oxigraph(tmp_path_factory.mktemp("oxigraph")))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """Run Virtuoso 7 as Debian sets it up."""
    server = started(lambda: Virtuoso(tmp_path_factory.mktemp("virtuoso")))
    yield server
    server.stop()
