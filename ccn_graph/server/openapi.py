"""The OpenAPI document: every public path of both route tables, with what `openapi.toml` tells of each."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccn_graph import __version__
from ccn_graph.pages import routes as page_routes
from ccn_graph.rdf.formats import Format
from ccn_graph.server.problem import PROBLEMS

_PROBLEM, _HTML = "application/problem+json", "text/html"

_NAMED = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class PublicPath:
    """A path as OpenAPI writes it, with the function whose docstring tells what it does."""

    path: str
    methods: tuple[str, ...]
    what: Callable[..., object]
    formats: tuple[Format, ...] = ()


def of_pages() -> Iterator[PublicPath]:
    """Yield the paths of pages, which workers make."""
    for route in page_routes.ROUTES:
        for path in route.public:
            # Where the ending says what is wanted, nothing is negotiated.
            formats = () if path.endswith("{ending}") else route.formats
            yield PublicPath(path, ("GET",), route.view, formats)


def told() -> dict[str, Any]:
    """Return what is written of parameters, problems and paths."""
    written: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return written


def document(url: str, served: Iterator[PublicPath]) -> dict[str, Any]:
    """Describe a server that is reached at `url` (OpenAPI 3.1): what is `served` by the web process, and the pages."""
    api = told()
    paths: dict[str, dict[str, Any]] = {}
    for public in (*served, *of_pages()):
        operations = paths.setdefault(public.path, {})
        for method in public.methods:
            if method in ("GET", "POST") and method.lower() not in operations:
                operations[method.lower()] = _operation(api, public, api["paths"].get(public.path, {}), method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ccn-graph", "version": __version__, "description": api["promise"],
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": url}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"Problem": _schema()}},
    }  # fmt: skip


def _operation(api: Mapping[str, Any], public: PublicPath, entry: Mapping[str, Any], method: str) -> dict[str, Any]:
    docstring = inspect.getdoc(public.what) or ""
    made: dict[str, Any] = {
        "summary": docstring.partition("\n")[0],
        "operationId": f"{method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', public.path).rstrip('_') or '_home'}",
        "x-stability": entry.get("stability", "stable"),
        "parameters": [*_parameters(api, public, entry)],
        "responses": _responses(api, public, entry),
    }
    if method == "POST" and "body" in entry:
        content = {
            type_: {"schema": {"type": "string"} if isinstance(example, str) else {}, "example": example}
            for type_, example in entry["body"].items()
        }
        made["requestBody"] = {"required": True, "content": content}
    return made


def _parameters(api: Mapping[str, Any], public: PublicPath, entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in _NAMED.findall(public.path):
        parameter = entry.get("path", {}).get(name, {})
        yield _parameter(name, "path", {"description": name, **parameter}, required=True)
    of_query = [*entry.get("query", ()), *(["format"] if len(public.formats) > 1 else [])]
    for name in dict.fromkeys(of_query):
        parameter = dict(api["parameters"][name])
        if name == "format" and public.formats:
            parameter["enum"] = [format_.name for format_ in public.formats]
        yield _parameter(name, "query", parameter)


def _parameter(name: str, place: str, parameter: Mapping[str, Any], *, required: bool = False) -> dict[str, Any]:
    schema = {"type": parameter.get("type", "string"), **({"enum": parameter["enum"]} if "enum" in parameter else {})}
    made = {"name": name, "in": place, "description": parameter["description"], "required": required, "schema": schema}
    return made | ({"example": parameter["example"]} if "example" in parameter else {})


def _responses(api: Mapping[str, Any], public: PublicPath, entry: Mapping[str, Any]) -> dict[str, Any]:
    offered = {type_: None for offer in public.formats for type_ in (offer.media_type, *offer.also[:1])}
    types = entry.get("types", [*offered])
    content = {type_: {"schema": {} if "json" in type_ else {"type": "string"}} for type_ in types}
    good = {"description": entry.get("gives", "The answer."), **({"content": content} if content else {})}
    made = {status: good if status == "200" else {"description": _DONE[status]} for status in entry.get("ok", ["200"])}
    by_status: dict[int, list[str]] = {}
    for code in (*api["problems"]["all"], *api["problems"].get(entry.get("problems", "page"), ())):
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    for status, codes in sorted(by_status.items()):
        problem = {
            "description": "; ".join(f"`{code}`: {PROBLEMS[code][1]}" for code in dict.fromkeys(codes)),
            "content": {
                _PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
                **{type_: {} for type_ in (_HTML, *entry.get("problems-as", ()))},
            },
        }
        made[str(status)] = problem
    return made


#: What other statuses than 200 say.
_DONE = {
    "202": "The message was taken; there is nothing to answer.",
    "301": "The thing has another name now: see Location.",
    "303": "Another address describes this: see Location.",
    "308": "The answer is at another address: see Location.",
}


def _schema() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail", "code")}
    return {
        "type": "object",
        "description": "What is wrong, and what to do (RFC 9457). Codes are stable.",
        "properties": {**texts, "status": {"type": "integer"}},
        "required": ["type", "title", "status", "detail", "code"],
        "examples": [
            {
                "type": "https://example.org/problem/syntax", "title": PROBLEMS["syntax"][1], "status": 400,
                "detail": "unexpected end of the query", "code": "syntax",
            }
        ],
    }  # fmt: skip
