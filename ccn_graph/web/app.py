"""Puts the routes together."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from ccn_graph import __version__, media
from ccn_graph.engine import Engine
from ccn_graph.web import problem, protocol, sparql
from ccn_graph.web.problem import Problem
from ccn_graph.web.protocol import QueryRequest
from ccn_graph.web.service_description import ServiceDescription

_HOME = """\
ccn-graph {version}

都市ネットワークの知識グラフ。すべての記述に、典拠の文書とその箇所が付いています。
A knowledge graph of city networks: every statement rests on a named document and a place in it.

{triples} トリプル / triples, {graphs} 名前付きグラフ / named graphs

SPARQL: {url}
  curl -H 'Accept: text/csv' --data-urlencode 'query=SELECT * {{ ?s ?p ?o }} LIMIT 5' {url}
サービス記述 / service description: curl -H 'Accept: text/turtle' {url}
"""


def create_app(engine: Engine, *, url: str = "http://127.0.0.1:8000") -> FastAPI:
    """Serve `engine` as a SPARQL endpoint at `url`/sparql."""
    # FastAPI's own documentation pages load their scripts from elsewhere.
    app = FastAPI(title="ccn-graph", version=__version__, docs_url=None, redoc_url=None)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"])
    app.add_exception_handler(Problem, problem.on_problem)
    app.add_exception_handler(HTTPException, problem.on_http_exception)
    app.add_exception_handler(Exception, problem.on_failure)
    endpoint = f"{url.rstrip('/')}/sparql"
    description = ServiceDescription(engine, endpoint)
    sizes = {"triples": description.triples_in_default, "graphs": len(description.named_graphs)}

    @app.api_route("/sparql", methods=["GET", "HEAD", "POST"], response_class=Response)
    async def sparql_route(request: Request) -> Response:
        """Answer a SPARQL 1.1 query, or describe the service if there is none."""
        wanted = await protocol.read(request)
        if wanted is None:
            return _described(description, request.headers.get("accept", ""))
        answered = await run_in_threadpool(sparql.answer, engine, wanted)
        return Response(answered.body, headers=_headers(answered.content_type))

    @app.api_route("/", methods=["GET", "HEAD"], response_class=Response)
    async def home() -> Response:
        """Say what this is and how to ask."""
        text = _HOME.format(version=__version__, url=endpoint, **sizes)
        return Response(text, media_type="text/plain; charset=utf-8")

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> Mapping[str, str | int]:
        """Say that the server is up and how much it holds."""
        return {"status": "ok", "engine": engine.name, **sizes}

    return app


def _described(description: ServiceDescription, accept: str) -> Response:
    request = QueryRequest("", (), (), accept, "")
    format_ = sparql.choose(request, media.GRAPHS)
    body = media.write_triples(description.triples(), format_)
    return Response(body, headers=_headers(format_.content_type))


def _headers(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Vary": "Accept", "X-Content-Type-Options": "nosniff"}
