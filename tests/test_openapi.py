"""The OpenAPI document has every public path; what it says of each leads to the route that answers it."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest

from ccn_graph.pages import routes as page_routes
from ccn_graph.server import openapi, routes
from tests.conftest import some


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document("http://127.0.0.1:8000", routes.public())


def example(document: dict[str, Any], path: str) -> str:
    """The path with the examples of its parameters in it."""
    operation = next(iter(document["paths"][path].values()))
    examples = {one["name"]: one.get("example") for one in operation["parameters"] if one["in"] == "path"}
    return path.format_map(examples)


def test_no_route_is_missing_and_every_path_is_told_of(document: dict[str, Any]) -> None:
    told = set(openapi.told()["paths"])
    assert set(document["paths"]) == told
    of_web = {public.path for public in routes.public()}
    assert {route.path for route in routes.ROUTES if not route.below} - {"/{path:path}", "/data/{name:path}"} <= of_web
    answered = {route.pattern: 0 for route in page_routes.ROUTES}
    for path in some(told - of_web):
        filled = example(document, path)
        answered[next(route.pattern for route in page_routes.ROUTES if re.fullmatch(route.pattern, filled))] += 1
    # Pages that the web process hands on are described with its routes.
    handed_on = {r"/\.well-known/void", r"/\.well-known/sparql-examples", "/check", "/draft", "/sparql"}
    assert all("get" in document["paths"][pattern.replace("\\", "")] for pattern in handed_on)
    assert {pattern for pattern, count in answered.items() if not count} == handed_on


def test_every_operation_says_what_it_does_takes_and_answers(document: dict[str, Any]) -> None:
    names = set()
    for path, operations in some(document["paths"].items()):
        for operation in some(operations.values()):
            names.add(operation["operationId"])
            assert operation["summary"], path
            assert operation["x-stability"] in ("stable", "may change")
            assert {"404", "406", "429", "500", "503"} <= set(operation["responses"]), path
            assert all(one["description"] for one in operation["parameters"])
            for one in operation["parameters"]:
                if "example" in one:
                    jsonschema.validate(one["example"], one["schema"])
    assert len(names) == sum(map(len, document["paths"].values()))
    questions = document["paths"]["/questions/{name}"]["get"]
    assert "text/csv" in questions["responses"]["200"]["content"]
    assert "csv" in next(one["schema"]["enum"] for one in questions["parameters"] if one["name"] == "format")


def test_version_1_is_promised(document: dict[str, Any]) -> None:
    assert "Stable in version 1" in document["info"]["description"]
    assert document["paths"]["/sparql"]["post"]["x-stability"] == "stable"
