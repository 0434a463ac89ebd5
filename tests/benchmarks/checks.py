"""Checking, side by side with plain pySHACL over the same statements in the same process.

Plain pySHACL is called once for each document graph and once for all of them together. It does only the shapes; the
whole check is timed against it, with syntax, house format, shapes and rules, on a graph that is loaded: without a
cache, with an empty one, with nothing changed, and with one document changed.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from tests import oracle
from tests.benchmarks import generated
from tests.benchmarks.timing import head, median, progress, show

_HOST = "ccn:host city:"


def measure(documents: int, repeats: int) -> None:
    """Measure the project's own data and generated ones with so many documents."""
    project = Project.find()
    with tempfile.TemporaryDirectory() as name:
        own, made = Path(name) / "own", Path(name) / "generated"
        shutil.copytree(project.data, own)
        generated.write(made, documents)
        for title, data in (("own data", own), (f"{documents} generated documents", made)):
            _measure(title, Project(project.root, data), Cache(Path(name) / "cache"), repeats)


def _measure(title: str, project: Project, cache: Cache, repeats: int) -> None:
    graph = Graph.load(project)
    statements = sum(len(read.statements) for read in graph.sources)
    print(f"\n{title}: {statements} statements in {len(graph.sources)} files; loading them takes ", end="")
    print(f"{median(lambda: Graph.load(project), repeats) * 1000:.0f} ms")
    head("ccn-graph", "pySHACL")
    progress(f"{title}: plain pySHACL")
    peer = median(lambda: oracle.plain(graph.sources, project), repeats, before=oracle.forget, warm_up=False)
    show("check without a cache", median(lambda: check(graph), repeats, warm_up=False), peer)
    cold = median(lambda: check(graph, cache=cache), repeats, before=lambda: _empty(cache), warm_up=False)
    show("check, nothing in the cache", cold, peer)
    show("check, nothing changed", median(lambda: check(graph, cache=cache), repeats), peer)
    edited = _Edited(graph, project)
    changed = median(lambda: check(edited.graph, cache=cache), repeats, before=edited.again)
    show("check, one document changed", changed, peer)


def _empty(cache: Cache) -> None:
    shutil.rmtree(cache.directory, ignore_errors=True)


class _Edited:
    """A graph in which one document names a host that it did not name before."""

    def __init__(self, graph: Graph, project: Project) -> None:
        self.graph, self._sources, self._project = graph, graph.sources, project
        self._read = next(read for read in graph.documents if _HOST in read.path.read_text(encoding="utf-8"))
        self._text = self._read.path.read_text(encoding="utf-8")
        self._turn = 0

    def again(self) -> None:
        self._turn += 1
        text = self._text.replace(_HOST, f"{_HOST}new-{self._turn}-", 1)
        self._read.path.write_text(text, encoding="utf-8")
        changed = parsing.read(self._read.path, FileKind.DOCUMENT)
        sources = (changed if read is self._read else read for read in self._sources)
        self.graph = Graph(sources, project=self._project)
