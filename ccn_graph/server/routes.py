"""Every route of the web process, in one table; those of pages, which workers make, stand in `pages.routes`."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import generate_latest
from starlette.types import ASGIApp

from ccn_graph.pages import assets
from ccn_graph.rdf import namespaces
from ccn_graph.releases.read_release import DATASET
from ccn_graph.server.check import Check
from ccn_graph.server.current_dataset import EXAMPLES, SERVICE, Served
from ccn_graph.server.downloads import PATH, Downloads
from ccn_graph.server.graph_store import GraphStore
from ccn_graph.server.mcp.http_mount import PATH as MCP
from ccn_graph.server.mcp.http_mount import Mcp
from ccn_graph.server.middleware import Metrics
from ccn_graph.server.openapi import PublicPath
from ccn_graph.server.pages import Pages
from ccn_graph.server.reconciliation.http_mount import Reconciliation
from ccn_graph.server.reconciliation.manifest import PATH as RECONCILE
from ccn_graph.server.sparql_endpoint import Endpoint
from ccn_graph.server.static_files import StaticFiles
from ccn_graph.workers.pool import Pool


@dataclass(frozen=True)
class Answers:
    """What answers requests, one method for each route."""

    pool: Pool
    served: Served
    metrics: Metrics
    pages: Pages
    downloads: Downloads
    checks: Check
    drafts: Check
    endpoint: Endpoint
    agents: Mcp
    tables: Reconciliation

    def sparql(self) -> ASGIApp:
        """Answer queries (SPARQL 1.1 Protocol); without one, describe the service, or show a browser the editor."""
        return self.endpoint

    def void(self) -> ASGIApp:
        """Describe the dataset, where VoID has itself looked for (section 7.2); show a browser what it is made of."""
        return self.endpoint

    def examples(self) -> ASGIApp:
        """Give every question as an example in RDF, with the prefixes; show a browser their queries."""
        return self.endpoint

    def mcp(self) -> ASGIApp:
        """Answer agents: questions, names, things, terms, queries and checks as tools (Model Context Protocol)."""
        return self.agents

    def reconcile(self) -> ASGIApp:
        """Lead from names in a table to things (Reconciliation Service API 0.2; below 1.0-draft its next version)."""
        return self.tables

    def graph_store(self) -> ASGIApp:
        """Return a graph (SPARQL 1.1 Graph Store Protocol), for reading only."""
        return GraphStore(self.endpoint, self.served)

    def static(self) -> ASGIApp:
        """Return styles, scripts and fonts of the pages."""
        return StaticFiles()

    async def health(self, response: Response) -> Mapping[str, str | int]:
        """Say that the server is up, whether it can answer, and how much it holds."""
        trouble = self.pool.trouble
        response.status_code = 503 if trouble else 200
        held, shortcoming = self.served.statistics, self.pool.shortcoming
        return {
            "status": "engine-unavailable" if trouble else "degraded" if shortcoming else "ok",
            "reason": trouble or shortcoming,
            "workers": self.pool.figures.living,
            "workers_wanted": self.pool.limits.worker_count,
            "engine": held.engine,
            "version": held.version,
            "triples": held.triples,
            "graphs": len(held.graphs),
        }

    async def measured(self) -> Response:
        """Return the figures in the text format of Prometheus."""
        figures = generate_latest(self.metrics.registry)
        return Response(figures, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def checked(self, request: Request) -> Response:
        """Check a file and give the report."""
        return await self.checks.answer(request)

    async def drafted(self, request: Request) -> Response:
        """Draft records from a text; give a page for review or Turtle."""
        return await self.drafts.answer(request)

    async def download(self, request: Request, name: str) -> Response:
        """Return a file of the release."""
        # The names of the dataset itself, without an ending, lead to its description.
        dataset = DATASET.removeprefix(namespaces.BASE + "data/")
        if not name or name == dataset or name.startswith(f"{dataset}/"):
            return await self.pages.answer(request)
        return await self.downloads.answer(request, name)

    async def page(self, request: Request) -> Response:
        """Return a page; which one, `pages.routes` says."""
        return await self.pages.answer(request)


@dataclass(frozen=True, slots=True)
class Route:
    """What answers at a path.

    `direct` is for an application of its own that spends no time in the framework: `answer` gives it. `below` is for
    one that answers at all paths below, too. `listed` tells whether /openapi.json has the route from here.
    """

    path: str
    methods: tuple[str, ...]
    answer: Callable[..., Any]
    direct: bool = False
    below: bool = False
    listed: bool = True


_READ = ("GET", "HEAD")
_ASK = (*_READ, "POST", "QUERY", "OPTIONS")

#: In the order in which paths are held against them.
ROUTES = (
    Route("/sparql", _ASK, Answers.sparql, direct=True),
    Route(SERVICE, _ASK, Answers.void, direct=True),
    Route(EXAMPLES, _ASK, Answers.examples, direct=True),
    Route(MCP, ("POST", "OPTIONS"), Answers.mcp, direct=True),
    Route(RECONCILE, (*_READ, "POST", "OPTIONS"), Answers.reconcile, direct=True),
    Route(RECONCILE, (*_READ, "POST", "OPTIONS"), Answers.reconcile, below=True),
    Route("/graph-store", (*_READ, "OPTIONS"), Answers.graph_store, direct=True),
    Route("/health", _READ, Answers.health),
    Route("/metrics", ("GET",), Answers.measured),
    Route(assets.PREFIX.rstrip("/"), _READ, Answers.static, below=True),
    Route(PATH + "{name:path}", _READ, Answers.download),
    Route("/check", ("POST",), Answers.checked),
    Route("/draft", ("POST",), Answers.drafted),
    Route("/{path:path}", _READ, Answers.page, listed=False),
)


def direct(answers: Answers) -> Mapping[str, ASGIApp]:
    """Return the applications that spend no time in the framework, by their paths."""
    return {route.path: route.answer(answers) for route in ROUTES if route.direct}


def public() -> Iterator[PublicPath]:
    """Yield the routes as /openapi.json has them."""
    for route in ROUTES:
        if route.listed:
            path = route.path.replace(":path}", "}") + ("/{rest}" if route.below else "")
            yield PublicPath(path, route.methods, route.answer)


def add(app: FastAPI, answers: Answers) -> None:
    """Add all other routes to the application."""
    for route in ROUTES:
        if route.below:
            app.mount(route.path, route.answer(answers))
        elif not route.direct:
            answer = types.MethodType(route.answer, answers)
            kind: dict[str, Any] = {} if route.answer is Answers.health else {"response_class": Response}
            methods = list(route.methods)
            app.add_api_route(route.path, answer, methods=methods, **kind)
