"""Puts the routes together."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from prometheus_client import generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from ccn_graph import __version__
from ccn_graph.errors import QueryError
from ccn_graph.pages import assets
from ccn_graph.rdf import namespaces
from ccn_graph.releases.read_release import DATASET
from ccn_graph.server import problem
from ccn_graph.server.check import Check
from ccn_graph.server.current_dataset import Handover, Served
from ccn_graph.server.downloads import PATH, Downloads
from ccn_graph.server.error_pages import ErrorPages
from ccn_graph.server.fast_path import Lane
from ccn_graph.server.graph_store import GraphStore
from ccn_graph.server.middleware import Gateway, Metrics
from ccn_graph.server.pages import Pages
from ccn_graph.server.response_cache import AnswerCache
from ccn_graph.server.site_paths import Place, SitePaths
from ccn_graph.server.sparql_endpoint import Endpoint
from ccn_graph.server.static_files import StaticFiles
from ccn_graph.workers.pool import Pool


def create_app(pool: Pool, served: Served, url: str, *, cache: int, logs: bool, shared: bool) -> tuple[ASGIApp, Lane]:
    """Serve what `pool` answers as a SPARQL endpoint at `url`/sparql, with `cache` megabytes of answers kept.

    It goes over to other editions than what is `served` at first when the pool hears of them.

    Beside the application there is the short way, for connections that can take it.
    """
    answers = AnswerCache(cache)
    pool.control.on_edition = Handover(served, pool, answers, url)
    metrics = Metrics(pool, answers)
    app = _routes(pool, served, metrics)
    app.mount(assets.PREFIX.rstrip("/"), StaticFiles())
    pages = Pages(pool, answers, served, url)
    _serve_downloads(app, Downloads(served), pages)
    _serve_pages(app, pages, Check(pool, Place(url)))
    endpoint = Endpoint(pool, answers, served, app)
    direct: dict[str, ASGIApp] = {
        "/sparql": endpoint,
        # Where VoID has itself looked for (section 7.2); without a query, the endpoint describes itself.
        "/.well-known/void": endpoint,
        "/graph-store": GraphStore(endpoint, served),
    }
    place = Place(url)
    readable = {path: ErrorPages(one, served, place) for path, one in direct.items()}
    methods = dict.fromkeys(direct, "GET, HEAD, POST, QUERY, OPTIONS") | {"/graph-store": "GET, HEAD, OPTIONS"}
    paths = SitePaths(ErrorPages(app, served, place), readable, methods, url)
    gateway = Gateway(paths, {}, metrics, logs=logs, shared=shared)
    return gateway, Lane(endpoint, gateway)


def _routes(pool: Pool, served: Served, metrics: Metrics) -> FastAPI:
    # FastAPI's own documentation pages load their scripts from elsewhere.
    app = FastAPI(title="ccn-graph", version=__version__, docs_url=None, redoc_url=None)
    app.add_exception_handler(QueryError, problem.on_query_error)
    app.add_exception_handler(HTTPException, problem.on_http_exception)
    app.add_exception_handler(Exception, problem.on_failure)

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health(response: Response) -> Mapping[str, str | int]:
        """Say that the server is up, whether it can answer, and how much it holds."""
        trouble = pool.trouble
        response.status_code = 503 if trouble else 200
        held = served.statistics
        # One that is being replaced is no trouble; one that cannot start is.
        all_live = not pool.crew.starter.failure
        return {
            "status": "engine-unavailable" if trouble else "ok" if all_live else "degraded",
            "workers": pool.figures.living,
            "workers_wanted": pool.limits.worker_count,
            "engine": held.engine,
            "version": held.version,
            "triples": held.triples,
            "graphs": len(held.graphs),
        }

    @app.get("/metrics", response_class=Response)
    async def measured() -> Response:
        """Give the figures in the text format of Prometheus."""
        return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    return app


def _serve_downloads(app: FastAPI, downloads: Downloads, pages: Pages) -> None:
    # The names of the dataset itself, without an ending, lead to its description.
    dataset = DATASET.removeprefix(namespaces.BASE + "data/")

    @app.api_route(PATH + "{name:path}", methods=["GET", "HEAD"], response_class=Response, include_in_schema=False)
    async def download(request: Request, name: str) -> Response:
        """Give a file of the release."""
        if not name or name == dataset or name.startswith(f"{dataset}/"):
            return await pages.answer(request)
        return await downloads.answer(request, name)


def _serve_pages(app: FastAPI, pages: Pages, check: Check) -> None:
    @app.post("/check", response_class=Response)
    async def checked(request: Request) -> Response:
        """Check a file and give the report."""
        return await check.answer(request)

    # Last, for it takes every address that is left.
    @app.api_route("/{path:path}", methods=["GET", "HEAD"], response_class=Response, include_in_schema=False)
    async def page(request: Request) -> Response:
        """Give a page."""
        return await pages.answer(request)
