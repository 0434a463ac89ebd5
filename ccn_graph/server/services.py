"""The services that programs call, by name: what each does in a worker."""

from __future__ import annotations

from collections.abc import Callable

from ccn_graph.errors import QueryError
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import CallRequest, CheckRequest, Page
from ccn_graph.server.mcp.calls import Calls
from ccn_graph.server.mcp.tool_list import SERVICE as MCP
from ccn_graph.server.reconciliation import calls as reconciliation


def caller(site: Site, check: Callable[[CheckRequest], Page]) -> Callable[[CallRequest], Page]:
    """Return what answers the calls of all services from the data of `site`."""
    answers = {MCP: Calls(site, check).answer, reconciliation.SERVICE: reconciliation.Calls(site).answer}

    def call(request: CallRequest) -> Page:
        if request.service not in answers:
            raise QueryError("not-found", f"there is no service '{request.service}'")
        return answers[request.service](request)

    return call
