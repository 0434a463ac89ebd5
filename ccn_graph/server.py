"""Runs the endpoint: an engine over a graph, the routes, and a socket."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import uvicorn

from ccn_graph.engine import Engine
from ccn_graph.errors import CcnError
from ccn_graph.graph import Graph
from ccn_graph.rdflib_engine import RdflibEngine
from ccn_graph.web.app import create_app

ENGINES = ("oxigraph", "rdflib")


def engine_of(graph: Graph, name: str) -> Engine:
    """Make the engine called `name` (one of ENGINES) over a graph."""
    return RdflibEngine(graph.store) if name == "rdflib" else graph.engine


def run(graph: Graph, host: str, port: int, engine: str, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is called with the URL before the first request is taken.

    Raises CcnError if the address cannot be used, or if the rdflib engine is asked to listen beyond this machine.
    """
    if engine == "rdflib" and not _is_loopback(host):
        raise CcnError(f"the rdflib engine serves this machine only, not {host}; use --engine oxigraph or 127.0.0.1")
    with _listen(host, port) as listening:
        port = listening.getsockname()[1]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        app = create_app(engine_of(graph, engine), url=url)
        ready(url)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CcnError(f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
