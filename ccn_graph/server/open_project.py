"""What goes with an engine to make a dataset that can be served: pages, and the check of files of others."""

from __future__ import annotations

import functools
from collections.abc import Callable

from ccn_graph.files.result_cache import Cache
from ccn_graph.graph import questions, self_description
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.project import Project
from ccn_graph.graph.search import Index
from ccn_graph.pages import assets, check_page, routes
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.engine import Engine
from ccn_graph.rdf.requests import CheckRequest, Page
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.server import draft_answer, services
from ccn_graph.validation import shape_catalogue
from ccn_graph.workers.dataset_version import DatasetVersion
from ccn_graph.workers.worker import WorkerContext

Checker = Callable[[CheckRequest], Page]

#: Triples beyond which names are read when they are needed, and there is no index of them.
MANY = 1_000_000


def dataset(engine: Callable[[], Engine], site: Site, checker: Checker, *, connects: bool) -> DatasetVersion:
    """Put a dataset together; each worker makes its own engine, for the pages of `site`.

    `connects` says whether the engine needs other servers.
    """

    def open_context() -> WorkerContext:
        opened = engine()
        pages = site.with_engine(opened)
        return WorkerContext(opened, functools.partial(routes.make, pages), checker, services.caller(pages, checker))

    examples = self_description.of_questions(site.questions)
    return DatasetVersion(site.statistics, open_context, site.release_dir, connects, examples)


def of_project(
    project: Project,
    engine: Engine,
    statistics: Statistics,
    labels: Labels | None = None,
    release_dir: ReleaseDirectory | None = None,
) -> Site:
    """Read, once for all workers, what the pages of a project's data are made from."""
    if statistics.triples > MANY:
        return without_names(project, statistics, release_dir).with_engine(engine)
    labels = labels or Labels(engine)
    by_name = questions.read_all(project)
    names = Index.of(engine, labels, by_name.values())
    return Site(engine, labels, statistics, by_name, names, assets.read(), shape_catalogue.read(project), release_dir)


def without_names(project: Project, statistics: Statistics, release_dir: ReleaseDirectory | None = None) -> Site:
    """Read what takes no query: names are asked for when a page needs them, and there is no index of them."""
    labels, by_name = Labels(Site.nothing, whole=False), questions.read_all(project)
    shapes = shape_catalogue.read(project)
    return Site(Site.nothing, labels, statistics, by_name, Index(()), assets.read(), shapes, release_dir)


def checking(project: Project | None, graph: Graph | None = None) -> Checker:
    """Check files against a project's own data, which a worker reads when the first file comes unless they are here."""
    if project is None:
        return check_page.no_check

    cache = Cache.of_user(keep=False)

    @functools.cache
    def read() -> Graph:
        return graph or Graph.load(project)

    def answer(request: CheckRequest) -> Page:
        make = draft_answer.answer if request.document else check_page.answer
        return make(read(), cache, request)

    return answer
