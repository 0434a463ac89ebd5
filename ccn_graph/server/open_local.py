"""Data that are loaded here: a project, or files of anyone's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.graph import questions, self_description
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.questions import Question
from ccn_graph.pages.check_page import no_check
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.engine import Engine, OxigraphEngine
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.rdf.stores import Stored
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.server import open_project
from ccn_graph.workers.dataset_version import DatasetVersion


@dataclass(frozen=True, slots=True)
class Native:
    """The native engine, and what its queries may do."""

    services: Sequence[str] = ()
    """The beginnings of the IRIs that SERVICE may call."""
    base: str | None = None
    """What relative IRIs are resolved against."""
    name = "oxigraph"

    def over(self, stored: Stored) -> Callable[[], Engine]:
        """Return what makes an engine over `stored`, after the fork."""
        return lambda: OxigraphEngine(stored.open(), self.services, self.base)


@dataclass(frozen=True, slots=True)
class Rdflib:
    """rdflib's own engine over a copy of the data; it takes no SERVICE."""

    base: str | None = None
    name = "rdflib"
    services: Sequence[str] = ()

    def over(self, stored: Stored) -> Callable[[], Engine]:
        """Copy `stored` once, here, to be shared by the workers as the native store in memory is."""
        # Only now: every command would wait for rdflib to be imported.
        from ccn_graph.rdf.rdflib_engine import RdflibEngine

        engine = RdflibEngine(stored.open(), self.base)
        return lambda: engine


def project(graph: Graph, release_dir: ReleaseDirectory, kind: Native | Rdflib) -> DatasetVersion:
    """Offer a project that is loaded; the files of its release come from `release_dir`."""
    assert graph.project
    stored = of_graph(graph)
    # rdflib's copy is made before the fork; its clients find the same in the service description.
    if isinstance(kind, Native):
        stored = describing_itself(stored, questions.read_all(graph.project))
    pages = open_project.of_project(graph.project, graph.engine, statistics_of(stored, kind), graph.labels, release_dir)
    return open_project.dataset(
        kind.over(stored), pages, open_project.checking(graph.project, graph), connects=bool(kind.services)
    )


def files(stored: Stored, kind: Native | Rdflib) -> DatasetVersion:
    """Offer data of anyone's, which have no questions and no shapes."""
    # Over no engine: a store on disk is not opened in the process that forks the workers.
    pages = Site.over(Site.nothing, statistics_of(stored, kind))
    return open_project.dataset(kind.over(stored), pages, no_check, connects=bool(kind.services))


def of_graph(graph: Graph) -> Stored:
    """Return a graph that is loaded as it is served."""
    kept = graph.store
    counted = Statistics.of(graph.engine, graph.version, union=True)
    return Stored(lambda: kept, dataclasses.replace(counted, modified=graph.modified))


def describing_itself(stored: Stored, asked: Mapping[str, Question]) -> Stored:
    """Return data with the graph of the service, which a worker adds after the fork: a release has none of it."""
    quads = self_description.quads_of(asked, stored.statistics)
    triples = [quad.triple for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]

    def opened() -> ox.Store:
        store = stored.open()
        store.extend(quads)
        return store

    return Stored(opened, stored.statistics.plus(namespaces.GRAPH_SERVICE, triples))


def statistics_of(stored: Stored, kind: Native | Rdflib) -> Statistics:
    """Return the statistics as clients are told of them."""
    return dataclasses.replace(stored.statistics, engine=kind.name, federated=bool(kind.services))
