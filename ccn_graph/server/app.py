"""Puts the routes together."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from ccn_graph import __version__
from ccn_graph.errors import QueryError
from ccn_graph.server import draft, openapi, problem, routes
from ccn_graph.server.check import Check
from ccn_graph.server.current_dataset import Reload, Served
from ccn_graph.server.downloads import Downloads
from ccn_graph.server.error_pages import ErrorPages
from ccn_graph.server.fast_path import Lane
from ccn_graph.server.mcp.http_mount import Mcp
from ccn_graph.server.middleware import Gateway, Metrics
from ccn_graph.server.pages import Pages
from ccn_graph.server.reconciliation.http_mount import Reconciliation
from ccn_graph.server.response_cache import AnswerCache
from ccn_graph.server.routes import Answers
from ccn_graph.server.site_paths import BasePath, SitePaths
from ccn_graph.server.sparql_endpoint import Endpoint
from ccn_graph.workers.pool import Pool


def create_app(pool: Pool, served: Served, url: str, *, cache: int, logs: bool, shared: bool) -> tuple[ASGIApp, Lane]:
    """Serve what `pool` answers as a SPARQL endpoint at `url`/sparql, with `cache` megabytes of answers kept.

    It goes over to other editions than what is `served` at first when the pool hears of them.

    Beside the application there is the short way, for connections that can take it.
    """
    answers = AnswerCache(cache)
    pool.control.on_dataset = Reload(served, pool, answers, url)
    metrics = Metrics(pool, answers)
    app = _Framework(url)
    endpoint = Endpoint(pool, answers, served, app)
    pages, checks = Pages(pool, answers, served, url), Check(pool, BasePath(url))
    agents = Mcp(pool, served, url, shared=shared)
    tables = Reconciliation(pool, url, shared=shared)
    drafts = Check(pool, BasePath(url), draft.read)
    downloads = Downloads(served, pool.limits.seconds)
    answering = Answers(pool, served, metrics, pages, downloads, checks, drafts, endpoint, agents, tables)
    routes.add(app, answering)
    direct = routes.direct(answering)
    place = BasePath(url)
    readable = {path: ErrorPages(answer, served, place) for path, answer in direct.items()}
    methods = {route.path: ", ".join(route.methods) for route in routes.ROUTES if route.direct}
    paths = SitePaths(ErrorPages(app, served, place), readable, methods, url)
    gateway = Gateway(paths, {}, metrics, logs=logs, shared=shared)
    return gateway, Lane(endpoint, gateway)


class _Framework(FastAPI):
    """FastAPI, which describes all public paths at /openapi.json, not only its own."""

    def __init__(self, url: str) -> None:
        """Serve at `url`."""
        # Its own documentation pages load their scripts from elsewhere.
        super().__init__(title="ccn-graph", version=__version__, docs_url=None, redoc_url=None)
        self._url = url
        self.add_exception_handler(QueryError, problem.on_query_error)
        self.add_exception_handler(HTTPException, problem.on_http_exception)
        self.add_exception_handler(Exception, problem.on_failure)

    def openapi(self) -> dict[str, Any]:
        """Return the document; it is made when it is first asked for."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.document(self._url, routes.public())
        return self.openapi_schema
