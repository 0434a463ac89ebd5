"""What an agent asks for, done from the data: lists of tools and resources, calls of tools, resources."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema

from ccn_graph.errors import QueryError
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import formats, namespaces
from ccn_graph.rdf.requests import CallRequest, CheckRequest, Page
from ccn_graph.server.mcp import question_tool, thing_tools, tool_list
from ccn_graph.server.mcp.question_tool import Window

_ONTOLOGY = """
PREFIX graph: <https://w3id.org/ccn/graph/>
CONSTRUCT { ?s ?p ?o } WHERE { GRAPH graph:ontology { ?s ?p ?o } }
"""


@dataclass(frozen=True)
class Calls:
    """Answers calls from the data of a site; `check` checks files of others."""

    site: Site
    check: Callable[[CheckRequest], Page]

    def answer(self, request: CallRequest) -> Page:
        """Answer a call; its method is one of the protocol. Raises QueryError."""
        parameters = json.loads(request.parameters)
        result = self._result(request.method, parameters)
        return Page("application/json", json.dumps(result, ensure_ascii=False).encode())

    def _result(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        match method:
            case "tools/list":
                return {"tools": tool_list.tools(self.site)}
            case "tools/call":
                return self._call(str(parameters["name"]), parameters.get("arguments") or {})
            case "resources/list":
                return {"resources": self._resources()}
            case "resources/read":
                return self._resource(str(parameters["uri"]))
        raise QueryError("not-found", f"there is no method '{method}'")

    def _call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call a tool. What is wrong with its arguments is told as a result that the agent can read and mend."""
        tool = next((entry for entry in tool_list.tools(self.site) if entry["name"] == name), None)
        if tool is None:
            raise QueryError("not-found", f"there is no tool '{name}'")
        try:
            jsonschema.validate(arguments, tool["inputSchema"])
            return self._done(name, arguments)
        except jsonschema.ValidationError as error:
            place = ".".join(map(str, error.absolute_path)) or "arguments"
            return wrong("bad-request", f"{place}: {error.message[:500]}")
        except QueryError as error:
            return wrong(error.code, error.message)

    def _done(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        question = tool_list.question_of(self.site.questions, name)
        if question is not None:
            return _result(question_tool.ask(self.site, question, arguments))
        match name:
            case "find_name":
                return _result(thing_tools.find_name(self.site, arguments))
            case "describe_thing":
                return _result(thing_tools.describe_thing(self.site, arguments))
            case "vocabulary":
                return _result(thing_tools.vocabulary(self.site, arguments))
            case "sparql":
                return _result(question_tool.rows_of(self.site, arguments["query"], Window.of(arguments)))
        return _result(self._checked(arguments))

    def _checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        window = Window.of(arguments)
        name = f"submitted.{arguments.get('syntax', 'ttl')}"
        page = self.check(CheckRequest(name, arguments["text"].encode(), window.language, "json"))
        report = json.loads(page.body)
        findings = report.pop("findings", [])
        return {
            "data_version": self.site.statistics.version, "report": report, **window.page(findings),
            "findings": list(window.cut(findings)),
        }  # fmt: skip

    def _resources(self) -> list[dict[str, Any]]:
        ontology = {
            "uri": namespaces.CCN.rstrip("#"), "name": "ontology", "title": "Ontology / オントロジー",
            "mimeType": "text/turtle",
        }  # fmt: skip
        shapes = {
            "uri": f"{namespaces.BASE}shape/", "name": "shapes", "title": "Shapes / シェイプ",
            "mimeType": "text/turtle",
        }  # fmt: skip
        questions = [
            {
                "uri": f"{namespaces.BASE}questions/{question.name}", "name": question.name,
                "title": f"{question.title['en']} / {question.title['ja']}",
                "description": f"{question.text['en']} / {question.text['ja']}", "mimeType": "application/sparql-query",
            }
            for question in self.site.questions.values()
        ]  # fmt: skip
        return [ontology, *([shapes] if self.site.vocabulary.shapes else []), *questions]

    def _resource(self, uri: str) -> dict[str, Any]:
        resource = next((entry for entry in self._resources() if entry["uri"] == uri), None)
        if resource is None:
            raise QueryError("not-found", f"there is no resource {uri[:300]}")
        if resource["name"] == "ontology":
            turtle = formats.BY_ENDING["ttl"]
            text = self.site.engine.query(_ONTOLOGY).serialize(turtle).decode()
        elif resource["name"] == "shapes":
            text = "\n\n".join(shape.text_in_file for shape in self.site.vocabulary.shapes.values())
        else:
            text = self.site.questions[resource["name"]].plain
        return {"contents": [{"uri": uri, "mimeType": resource["mimeType"], "text": text}]}


def _result(content: dict[str, Any]) -> dict[str, Any]:
    """Write a result as the protocol has it: for programs, and the same as text for those that read only that."""
    text = json.dumps(content, ensure_ascii=False)
    return {"content": [{"type": "text", "text": text}], "structuredContent": content, "isError": False}


def wrong(code: str, message: str) -> dict[str, Any]:
    """Write what went wrong as a result that the agent can read."""
    problem = {"code": code, "message": message}
    return {
        "content": [{"type": "text", "text": f"{code}: {message}"}], "structuredContent": problem, "isError": True,
    }  # fmt: skip
