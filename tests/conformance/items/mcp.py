"""The Model Context Protocol: the suite of its makers, their inspector, and what every row of an answer rests on."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import re
from collections import Counter
from typing import Any

from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client

from tests.conformance.judging import Item, Verdict, npx
from tests.serving import Server

_SUITE, _INSPECTOR = "0.1.16", "2.12.0"

_SCENARIO = re.compile(r"[✓✗] ([\w-]+): (\d+) passed, (\d+) failed")

_EXAMPLES = {
    "en": "The scenarios that fail ask for tools, resources and prompts that only the SDK's example server has "
    "(such as test_simple_text), or for what is not offered: logging, completion, prompts, sampling, elicitation, "
    "subscriptions.",
    "ja": "通らない場面は、SDKの見本のサーバーだけにあるもの(test_simple_textなど)か、ここで提供していない機能"
    "(ログ、補完、プロンプト、サンプリング、聞き返し、購読)を求めるものです。",
}

_PLACES = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?document ?locator WHERE { ?graph prov:wasDerivedFrom ?document GRAPH ?graph { ?record ccn:locator ?locator } }
"""


def _suite(server: Server) -> Verdict:
    written = npx(
        f"@modelcontextprotocol/conformance@{_SUITE}", "server", "--url", f"{server.url}/mcp", "--suite", "all"
    )
    counted = [(name, int(passed), int(failed)) for name, passed, failed in _SCENARIO.findall(written)]
    # One that checked nothing has neither passed nor failed.
    counted = [one for one in counted if one[1] + one[2]]
    failures = [name for name, _, failed in counted if failed]
    passed = [name for name, _, failed in counted if not failed]
    return Verdict(len(passed), len(counted), _SUITE, failures, _EXAMPLES)


def _inspector(server: Server) -> Verdict:
    asked: tuple[tuple[str, ...], ...] = (
        ("--method", "tools/list"),
        ("--method", "resources/list"),
        ("--method", "tools/call", "--tool-name", "ask_networks_of_city", "--tool-arg", "city=kobe"),
        ("--method", "tools/call", "--tool-name", "find_name", "--tool-arg", "name=金沢"),
    )
    failures = []
    for arguments in asked:
        package = f"@modelcontextprotocol/inspector@{_INSPECTOR}"
        written = npx(package, "--cli", f"{server.url}/mcp", "--transport", "http", *arguments)
        begin = written.find("{")
        try:
            told = json.loads(written[begin : written.rindex("}") + 1]) if begin >= 0 else {}
        except ValueError:
            told = {}
        if not (told.get("tools") or told.get("resources") or told.get("structuredContent")) or told.get("isError"):
            failures.append(" ".join(arguments))
    return Verdict(len(asked) - len(failures), len(asked), _INSPECTOR, failures)


def _evidence(server: Server) -> Verdict:
    answer = server.http.post("/sparql", data={"query": _PLACES}, headers={"Accept": "application/sparql-results+json"})
    known = {(row["document"]["value"], row["locator"]["value"]) for row in answer.json()["results"]["bindings"]}
    rows = asyncio.run(_rows(f"{server.url}/mcp"))
    wrong = [
        question
        for question, row in rows
        if not row["evidence"] or any((one["document"], one["locator"]) not in known for one in row["evidence"])
    ]
    note = _note(Counter(row["evidence_kind"] for _, row in rows), Counter(row["state"] for _, row in rows))
    version = importlib.metadata.version("mcp")
    return Verdict(len(rows) - len(wrong), len(rows), version, sorted(set(wrong)), note)


def _note(kinds: Counter[str], states: Counter[str]) -> dict[str, str]:
    """Say what was counted, how many rows there are of each kind of evidence, and how many the questions judge."""
    return {
        "en": "Rows of the first page of every question, 50 at most, whose documents and places are all in the graph. "
        f"Documents state {kinds['stated']} rows themselves, {kinds['counted']} are counted from records with these "
        f"places, and of {kinds['about']} the documents only speak of their things. Questions judge "
        f"{states['certain']} certain and {states['possible']} possible, and "
        f"{states['no'] + states['unknown']} not so or unknown; {states['not judged']} are not judged.",
        "ja": "すべての質問の最初の頁(50行まで)のうち、文書と箇所がすべてグラフにある行の数。"
        f"文書が行そのものを述べるのは{kinds['stated']}行、その箇所の記録から数えたのは{kinds['counted']}行、"
        f"文書が行の事物について述べるだけなのは{kinds['about']}行。質問の判定は、確実{states['certain']}行、"
        f"可能性{states['possible']}行、否または不明{states['no'] + states['unknown']}行、"
        f"判定なし{states['not judged']}行。",
    }


async def _rows(url: str) -> list[tuple[str, dict[str, Any]]]:
    async with streamable_http_client(url) as streams, ClientSession(*streams[:2]) as session:
        await session.initialize()
        found = []
        for tool in (await session.list_tools()).tools:
            if tool.name.startswith("ask_"):
                told = (await session.call_tool(tool.name, {"limit": 50})).structured_content or {}
                found += [(tool.name, row) for row in told.get("rows", ())]
        return found


ITEMS = (
    Item(
        "mcp-conformance", {"en": "MCP at /mcp", "ja": "/mcpのMCP"}, "@modelcontextprotocol/conformance",
        "https://www.npmjs.com/package/@modelcontextprotocol/conformance", _suite,
    ),
    Item(
        "mcp-inspector", {"en": "MCP at /mcp, from the command line", "ja": "コマンドからの/mcp"},
        "@modelcontextprotocol/inspector", "https://www.npmjs.com/package/@modelcontextprotocol/inspector", _inspector,
    ),
    Item(
        "mcp-evidence", {"en": "Rows for agents, with document and place", "ja": "エージェントが得る行の文書と箇所"},
        "the client of the MCP SDK for Python", "https://pypi.org/project/mcp/", _evidence,
    ),
)  # fmt: skip
