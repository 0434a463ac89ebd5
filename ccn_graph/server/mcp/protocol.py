"""Speaks the Model Context Protocol by its official SDK; what is asked for is done elsewhere.

The SDK takes a second to load, so that nothing imports this module before a client has asked.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError

from ccn_graph import __version__
from ccn_graph.errors import QueryError
from ccn_graph.pages import translations
from ccn_graph.rdf.requests import CallRequest
from ccn_graph.server.mcp import calls
from ccn_graph.server.mcp.tool_list import SERVICE
from ccn_graph.text.languages import LANGUAGES

#: Answers a call of a client, whose name stands behind it, with the result that the protocol has for its method.
Answer = Callable[[CallRequest, str], Awaitable[dict[str, Any]]]
Context = ServerRequestContext[Any, Any]

INSTRUCTIONS = (
    "{en}: members of city networks over time, events, people, bodies. Ask a question by its ask_ tool; find_name "
    "leads from a name to a thing. Each row of an answer names the document it rests on and the place in it, the "
    "version of the data, contradictions between documents, how many of the stated members are held, and its state: "
    "certain, possible, no, unknown, or not judged where the question does not judge it: say so when you cite it. "
    "Answers come in pages; `next_offset` leads to the next.\n"
    "{ja}です。都市ネットワークの加盟都市とその移り変わり、行事、人、機関が分かります。質問はask_で始まる道具で、名前からはfind_nameで"
    "さがせます。各行に、よりどころの文書とその箇所、データの版、state(certain、possible、no、unknown、"
    "質問が判定しないときはnot judged)、文書の食い違い、収録の度合いが付きます。"
    "引くときはそれも伝えてください。答えは頁に分かれ、次の頁はnext_offsetで得られます。"
)


def _asking(answer: Answer) -> Callable[[Context, str, dict[str, Any]], Awaitable[dict[str, Any]]]:
    """Return what has `answer` do a request of a client, and tells its errors as the protocol does."""

    async def asked(context: Context, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        peer = getattr(context.request, "client", None)
        try:
            return await answer(CallRequest(SERVICE, method, json.dumps(parameters)), peer.host if peer else "")
        except QueryError as error:
            code = types.INVALID_PARAMS if error.code in ("not-found", "bad-request") else types.INTERNAL_ERROR
            raise MCPError(code, error.message, {"code": error.code}) from error

    return asked


def server(answer: Answer) -> Server[Any]:
    """Return the server of the protocol, whose requests `answer` does."""
    asked = _asking(answer)
    titles = {language: translations.text("site.title", language) for language in LANGUAGES}

    async def list_tools(context: Context, _: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult.model_validate(await asked(context, "tools/list", {}))

    async def call_tool(context: Context, wanted: types.CallToolRequestParams) -> types.CallToolResult:
        parameters = {"name": wanted.name, "arguments": wanted.arguments or {}}
        try:
            result = await asked(context, "tools/call", parameters)
        except MCPError as error:
            if error.code == types.INVALID_PARAMS:
                raise
            # Such as one that took too long: told as a result, which the agent reads and may mend.
            result = calls.wrong(error.data["code"], error.message)
        return types.CallToolResult.model_validate(result)

    async def list_resources(context: Context, _: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        return types.ListResourcesResult.model_validate(await asked(context, "resources/list", {}))

    async def read_resource(context: Context, wanted: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        contents = await asked(context, "resources/read", {"uri": str(wanted.uri)})
        return types.ReadResourceResult.model_validate(contents)

    return Server(
        "ccn-graph",
        version=__version__,
        title=f"{titles['en']} / {titles['ja']}",
        instructions=INSTRUCTIONS.format(**titles),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def manager(answer: Answer, most_bytes: int) -> StreamableHTTPSessionManager:
    """Return what serves the protocol over HTTP: without sessions, so that nothing is kept for a client."""
    return StreamableHTTPSessionManager(
        server(answer), json_response=True, stateless=True, max_request_body_size=most_bytes
    )
