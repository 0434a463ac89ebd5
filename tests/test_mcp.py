"""Agents ask by the official SDK's client; every row of every question leads to a document and a place in it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from ccn_graph.errors import QueryError
from ccn_graph.files.sandbox import Bounds
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import CallRequest, CheckRequest, Page
from ccn_graph.server.mcp import row_standing, stdio, tool_list
from ccn_graph.server.mcp.calls import Calls
from tests.conftest import ROOT, some
from tests.serving import Server, cross, serving

PLACES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?document ?locator WHERE { ?graph prov:wasDerivedFrom ?document GRAPH ?graph { ?record ccn:locator ?locator } }
"""


def unchecked(_request: CheckRequest) -> Page:
    return Page("application/json", json.dumps({"findings": [{"rule": str(n)} for n in range(40)]}).encode())


@pytest.fixture(scope="module")
def calls(site: Site) -> Calls:
    return Calls(site, unchecked)


def called(calls: Calls, tool: str, **arguments: Any) -> dict[str, Any]:
    request = CallRequest("mcp", "tools/call", json.dumps({"name": tool, "arguments": arguments}))
    result: dict[str, Any] = json.loads(calls.answer(request).body)
    return result


def over_http(server: Server, work: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with streamable_http_client(f"{server.url}/mcp") as streams, ClientSession(*streams[:2]) as session:
            await session.initialize()
            return await work(session)

    return asyncio.run(run())


def test_every_row_of_every_question_leads_to_a_document_and_a_place(site_server: Server, site: Site) -> None:
    known = {
        (document.value, locator.value)  # type: ignore[union-attr]
        for document, locator in site.engine.query(PLACES).rows()
    }

    async def work(session: ClientSession) -> list[dict[str, Any]]:
        tools = [tool.name for tool in (await session.list_tools()).tools if tool.name.startswith("ask_")]
        results = [await session.call_tool(name, {"limit": 10}) for name in tools]
        assert not [result for result in results if result.is_error]
        return [result.structured_content for result in results if result.structured_content]

    answers = over_http(site_server, work)
    assert [answer["question"] for answer in answers] == list(site.questions)
    rows = [row for answer in answers for row in answer["rows"]]
    assert len(rows) > 400
    resolved = [
        row for row in rows
        if row["evidence"] and all((one["document"], one["locator"]) in known for one in row["evidence"])
    ]  # fmt: skip
    assert len(resolved) / len(rows) == 1.0
    for row in some(rows):
        assert (row["document"], row["locator"]) in known
        assert row["data_version"] == site.statistics.version
        assert row["state"] == row["values"].get("state", "not judged")
        assert (row["state"], row["evidence_kind"]) != ("certain", "about")
        assert row["evidence_kind"] in ("stated", "counted", "about")
        assert row["coverage"]["scope"] in ("network", "all")
        assert isinstance(row["contradictions"], list)
    assert any(row["contradictions"] for row in rows)
    assert {row["state"] for row in rows} >= {"certain", "not judged"}
    assert all(answer["states"].keys() == {row["state"] for row in answer["rows"]} for answer in answers)


def test_a_row_that_only_may_hold_is_possible(calls: Calls) -> None:
    told = called(calls, "ask_members_on_date", network="ccnj", date="2015-01-01", limit=200)["structuredContent"]
    states = {row["state"] for row in told["rows"]}
    assert states == {row["values"]["state"] for row in told["rows"]} == {"certain", "possible"}


def test_tools_are_typed_and_named_in_both_languages(site: Site) -> None:
    tools = {tool["name"]: tool for tool in tool_list.tools(site)}
    assert {"find_name", "describe_thing", "vocabulary", "sparql", "check"} < tools.keys()
    for name, question in some(site.questions.items()):
        tool = tools[f"ask_{name.replace('-', '_')}"]
        assert question.text["ja"] in tool["description"]
        assert question.text["en"] in tool["description"]
        assert {one.name for one in question.parameters} <= tool["inputSchema"]["properties"].keys()
    network = tools["ask_members_of_network"]["inputSchema"]["properties"]["network"]
    assert {"uccn", "ccnj"} < set(network["enum"])
    assert "enum" not in tools["ask_networks_of_city"]["inputSchema"]["properties"]["city"]


def test_pages_join_to_the_whole_and_say_so(calls: Calls) -> None:
    seen: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        told = called(calls, "ask_members_of_network", limit=150, offset=offset)["structuredContent"]
        assert (told["offset"], told["returned"]) == (offset, len(told["rows"]))
        seen += [row["values"]["member"]["iri"] for row in told["rows"]]
        offset = told["next_offset"]
    assert len(seen) == told["total"] > 300
    assert told["capped"] is False


def test_an_answer_that_is_too_long_is_capped_and_says_so(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccn_graph.server.mcp.question_tool.MOST_IN_ALL", 7)
    told = called(calls, "ask_members_of_network", limit=5)["structuredContent"]
    assert (told["total"], told["total_is_exact"], told["capped"], told["next_offset"]) == (7, False, True, 5)


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("ask_networks_of_city", {"city": "nowhere at all"}, "bad-request"),
        ("ask_members_on_date", {"date": "soon"}, "bad-request"),
        ("ask_members_on_date", {"day": "2020-01-01"}, "bad-request"),
        ("ask_members_on_date", {"limit": 1_000}, "bad-request"),
        ("ask_members_on_date", {"network": "atlantis"}, "bad-request"),
        ("find_name", {}, "bad-request"),
        ("describe_thing", {"thing": "city:atlantis"}, "not-found"),
        ("vocabulary", {"term": "ccn:Unicorn"}, "not-found"),
        ("sparql", {"query": "SELEC"}, "syntax"),
        ("sparql", {"query": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"}, "service-refused"),
        ("sparql", {"query": "INSERT DATA { <x:a> <x:b> <x:c> }"}, "update-refused"),
    ],
)
def test_what_is_wrong_is_told_to_the_agent(calls: Calls, tool: str, arguments: dict[str, Any], code: str) -> None:
    result = called(calls, tool, **arguments)
    assert result["isError"]
    assert result["structuredContent"]["code"] == code
    assert result["structuredContent"]["message"]


def test_a_thing_may_be_named_in_any_language(calls: Calls) -> None:
    for name in ("kobe", "city:kobe", "神戸市", "Kobe"):
        told = called(calls, "ask_networks_of_city", city=name)["structuredContent"]
        assert told["parameters"]["city"] == "https://w3id.org/ccn/city/kobe"


def test_names_things_and_terms(calls: Calls) -> None:
    found = called(calls, "find_name", name="髙松", kind="city")["structuredContent"]
    assert [one["short_name"] for one in found["things"]] == ["city:takamatsu"]
    near = called(calls, "find_name", name="Kanazzawa")["structuredContent"]
    assert near["match"] == "resembling"
    said = called(calls, "describe_thing", thing="金沢市", limit=200)["structuredContent"]
    assert {"stated", "undisputed"} & {one["standing"] for one in some(said["statements"])}
    assert all(one["evidence"] for one in said["statements"])
    term = called(calls, "vocabulary", term="ccn:Membership")["structuredContent"]
    assert term["instances"] > 300
    assert called(calls, "vocabulary", limit=200)["structuredContent"]["total"] > 100


def test_a_query_of_ones_own_is_paged_and_its_rows_have_evidence(calls: Calls) -> None:
    query = "SELECT ?network { ?network a <https://w3id.org/ccn/ns#Network> } ORDER BY ?network"
    told = called(calls, "sparql", query=query, limit=2, offset=1)["structuredContent"]
    assert (told["offset"], told["returned"], told["next_offset"]) == (1, 2, 3)
    assert all(row["evidence_kind"] == "about" and row["evidence"] for row in told["rows"])
    assert {row["state"] for row in told["rows"]} == {"not judged"}
    claimed = query.replace("?network {", '?network ("certain" AS ?state) {')
    told = called(calls, "sparql", query=claimed, limit=2, language="ja")["structuredContent"]
    assert {row["state"] for row in told["rows"]} == {"not judged"}
    assert told["states"] == {"not judged": row_standing.STATES["not judged"]["ja"]}
    assert called(calls, "sparql", query="ASK {}")["structuredContent"]["rows"][0]["values"] == {"answer": True}


def test_findings_of_a_check_are_paged(calls: Calls) -> None:
    told = called(calls, "check", text="<x:a> <x:b> <x:c> .", limit=30)["structuredContent"]
    assert (told["total"], told["returned"], told["next_offset"]) == (40, 30, 30)


def test_a_snippet_is_checked_by_the_server_and_resources_are_read(site_server: Server) -> None:
    async def work(session: ClientSession) -> None:
        checked = await session.call_tool("check", {"text": "<x:a> a <https://w3id.org/ccn/ns#City> ."})
        assert checked.structured_content
        assert checked.structured_content["report"]["passed"] is False
        listed = (await session.list_resources()).resources
        assert {one.mime_type for one in listed} == {"text/turtle", "application/sparql-query"}
        for uri, begins in (("https://w3id.org/ccn/ns", "@prefix"), (str(listed[-1].uri), "PREFIX")):
            (text,) = (await session.read_resource(uri)).contents
            assert text.text.startswith(begins)  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="no tool"):
            await session.call_tool("ask_nothing", {})
        with pytest.raises(MCPError, match="no resource"):
            await session.read_resource("file:///etc/passwd")

    over_http(site_server, work)


def test_a_call_may_not_take_longer_than_a_query() -> None:
    with serving("--no-check", "--seconds", "1") as server:

        async def work(session: ClientSession) -> Any:
            return await session.call_tool("sparql", {"query": cross(5)})

        result = over_http(server, work)
    assert result.is_error
    assert result.structured_content["code"] == "timed-out"


def test_pages_of_other_origins_and_other_methods_are_refused(site_server: Server) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accept = {"Accept": "application/json, text/event-stream"}
    post = site_server.http.post
    assert post("/mcp", json=message, headers=accept).json()["result"] == {}
    foreign = post("/mcp", json=message, headers={**accept, "Origin": "https://evil.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign-origin")
    ours = post("/mcp", json=message, headers={**accept, "Origin": site_server.url})
    assert ours.status_code == 200
    got = site_server.http.get("/mcp")
    assert (got.status_code, got.headers["allow"]) == (405, "POST, OPTIONS")
    assert post("/mcp", content=b"x" * 1_000_001, headers=accept).status_code == 413
    assert 400 <= post("/mcp", content=b"{", headers={**accept, "Content-Type": "application/json"}).status_code < 500


def test_the_same_tools_are_on_standard_input_and_output() -> None:
    async def run() -> None:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "ccn_graph", "mcp", "--root", str(ROOT), "--seconds", "2"]
        )
        async with stdio_client(command) as streams, ClientSession(*streams) as session:
            await session.initialize()
            assert len((await session.list_tools()).tools) > 60
            told = await session.call_tool("ask_networks_of_city", {"city": "kobe"})
            assert told.structured_content
            assert told.structured_content["rows"]
            slow = await session.call_tool("sparql", {"query": cross(5)})
            assert slow.is_error
            assert slow.structured_content
            assert slow.structured_content["code"] == "timed-out"

    asyncio.run(run())


def test_a_call_on_stdio_that_crashes_or_is_refused_ends_alone() -> None:
    def crash(_request: CallRequest) -> Page:
        import os

        os._exit(3)

    def refuse(_request: CallRequest) -> Page:
        raise QueryError("not-found", "nothing")

    request = CallRequest("mcp", "tools/list")
    assert stdio.done(request, crash, Bounds(seconds=10))[0] == "engine-crashed"
    assert stdio.done(request, refuse, Bounds(seconds=10)) == ("not-found", "nothing", b"")
