"""How what a person names becomes what a server serves: a project, files of anyone's, or an engine elsewhere."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

from ccn_graph import assets, question, vocabulary
from ccn_graph.cache import Cache
from ccn_graph.engine import Engine, OxigraphEngine
from ccn_graph.graph import Graph
from ccn_graph.label import Labels
from ccn_graph.pages import check, views
from ccn_graph.pages.site import Site
from ccn_graph.pool.edition import Edition
from ccn_graph.pool.worker import Holdings
from ccn_graph.project import Project
from ccn_graph.released import Shelf
from ccn_graph.request import CheckRequest, Page
from ccn_graph.search import Index
from ccn_graph.statistics import Statistics
from ccn_graph.storage import Stored

Checker = Callable[[CheckRequest], Page]

#: Makes the engine of a worker over a store, after the fork.
Make = Callable[[Stored], Engine]


@dataclasses.dataclass(frozen=True, slots=True)
class Native:
    """The native engine, and what its queries may do."""

    services: Sequence[str] = ()
    """The beginnings of the IRIs that SERVICE may call."""
    base: str | None = None
    """What relative IRIs are resolved against."""
    name = "oxigraph"

    def over(self, stored: Stored) -> Callable[[], Engine]:
        """Give what makes an engine over `stored`, after the fork."""
        return lambda: OxigraphEngine(stored.open(), self.services, self.base)


@dataclasses.dataclass(frozen=True, slots=True)
class Rdflib:
    """rdflib's own engine over a copy of the data."""

    base: str | None = None
    name = "rdflib"
    services: Sequence[str] = ()

    def over(self, stored: Stored) -> Callable[[], Engine]:
        """Copy `stored` once, here, to be shared by the workers as the native store in memory is."""
        # Only now: every command would wait for rdflib to be imported.
        from ccn_graph.rdflib_engine import RdflibEngine

        engine = RdflibEngine(stored.open(), self.base)
        return lambda: engine


def of_project(graph: Graph, shelf: Shelf, kind: Native | Rdflib) -> Edition:
    """Offer a project that is loaded; the files of its release come from `shelf`."""
    assert graph.project
    kept = graph.store
    stored = Stored(lambda: kept, Statistics.of(graph.engine, graph.version, union=True))
    statistics = _told_of(stored, kind)
    site = site_of(graph.project, graph.engine, statistics, graph.labels, shelf)
    return _edition(kind.over(stored), site, functools.partial(check.answer, graph, Cache.of_user(keep=False)))


def of_files(stored: Stored, kind: Native | Rdflib) -> Edition:
    """Offer data of anyone's, which have no questions and no shapes."""
    statistics = _told_of(stored, kind)
    engine = kind.over(stored)

    def open_holdings() -> Holdings:
        opened = engine()
        return Holdings(opened, functools.partial(views.make, Site.over(opened, statistics)), check.no_check)

    return Edition(statistics, open_holdings)


def site_of(
    project: Project, engine: Engine, statistics: Statistics, labels: Labels | None = None, shelf: Shelf | None = None
) -> Site:
    """Read, once for all workers, what the pages of a project's data are made from."""
    labels = labels or Labels(engine)
    questions = question.read_all(project)
    names = Index.of(engine, labels, questions.values())
    return Site(engine, labels, statistics, questions, names, assets.read(), vocabulary.read(project), shelf)


def _edition(engine: Callable[[], Engine], site: Site, checker: Checker) -> Edition:
    def open_holdings() -> Holdings:
        opened = engine()
        return Holdings(opened, functools.partial(views.make, site.with_engine(opened)), checker)

    return Edition(site.statistics, open_holdings, site.shelf)


def _told_of(stored: Stored, kind: Native | Rdflib) -> Statistics:
    return dataclasses.replace(stored.statistics, engine=kind.name, federated=bool(kind.services))
