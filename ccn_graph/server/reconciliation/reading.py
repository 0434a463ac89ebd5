"""Reads batches of queries and of extensions, of both versions, and refuses what is not as the API has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema

from ccn_graph.errors import QueryError
from ccn_graph.rdf import namespaces
from ccn_graph.server.reconciliation.candidates import TYPES, Query
from ccn_graph.server.reconciliation.extension import MOST_THINGS

#: Most queries of a batch, candidates of a query, and letters of a name.
MOST_QUERIES, MOST_CANDIDATES, LONGEST = 200, 50, 255

#: Properties that a query may name, by the names that it may use.
PROPERTIES = {
    "country": "country", "network": "network", "field": "field", "date": "date", "year": "date", "code": "code",
    "municipal_code": "code", "geonames": "code", "wikidata": "code", "place": "place",
}  # fmt: skip

_VALUE = {
    "anyOf": [
        {"type": ["string", "number", "boolean"]},
        {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
    ]
}
_VALUES = {"anyOf": [*_VALUE["anyOf"], {"type": "array", "items": _VALUE, "maxItems": 50}]}
_LIMIT = {"type": "number", "minimum": 1}

_QUERY = {
    "type": "object", "additionalProperties": False,
    "anyOf": [{"required": ["query"]}, {"required": ["properties"], "properties": {"properties": {"minItems": 1}}}],
    "properties": {
        "query": {"type": "string"},
        "type": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "limit": _LIMIT, "type_strict": {"enum": ["any", "should", "all"]},
        "properties": {
            "type": "array",
            "items": {
                "type": "object", "required": ["pid", "v"],
                "properties": {"pid": {"type": "string"}, "v": _VALUES},
            },
        },
    },
}  # fmt: skip
_BATCH = {"type": "object", "additionalProperties": _QUERY, "maxProperties": MOST_QUERIES}

_DRAFT_QUERY = {
    "type": "object", "required": ["conditions"], "additionalProperties": False,
    "properties": {
        "type": {"type": "string"}, "limit": _LIMIT, "lang": {"type": "string"}, "dir": {"type": "string"},
        "conditions": {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "required": ["matchType", "propertyValue"],
                "properties": {
                    "matchType": {"enum": ["name", "id", "property"]}, "propertyId": {"type": "string"},
                    "propertyValue": _VALUES, "required": {"type": "boolean"},
                    "matchQuantifier": {"enum": ["any", "all", "none"]}, "matchQualifier": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip
_DRAFT_BATCH = {
    "type": "object", "required": ["queries"],
    "properties": {"queries": {"type": "array", "maxItems": MOST_QUERIES, "items": _DRAFT_QUERY}},
}  # fmt: skip

_EXTENSION = {
    "type": "object", "required": ["ids", "properties"],
    "properties": {
        "ids": {"type": "array", "maxItems": MOST_THINGS, "items": {"type": "string", "maxLength": 500}},
        "properties": {
            "type": "array", "maxItems": 50,
            "items": {
                "type": "object", "required": ["id"],
                "properties": {"id": {"type": "string"}, "settings": {"type": "object"}},
            },
        },
    },
}  # fmt: skip


def batch(sent: Any) -> dict[str, Query]:
    """Read a batch of version 0.2 (section 5.2). Raises QueryError."""
    _valid(sent, _BATCH)
    return {
        key: Query(
            entry.get("query", "")[:LONGEST], _kinds(entry.get("type")), _limit(entry),
            _properties((pair["pid"], pair["v"]) for pair in entry.get("properties", ())),
        )
        for key, entry in sent.items()
    }  # fmt: skip


def draft_batch(sent: Any) -> list[Query]:
    """Read a batch as the draft of 1.0 has it; an id stands for a name that only its thing has. Raises QueryError."""
    _valid(sent, _DRAFT_BATCH)
    return [_draft(entry) for entry in sent["queries"]]


def extension(sent: Any) -> Mapping[str, Any]:
    """Read what is to be extended. Raises QueryError."""
    _valid(sent, _EXTENSION)
    checked: Mapping[str, Any] = sent
    return checked


def iri(id_: str) -> str:
    """Return the IRI of a thing from its identifier: `city/kobe`, `city:kobe` or the IRI itself."""
    return namespaces.expand(id_) or namespaces.BASE + id_.lstrip("/")


def _draft(entry: Mapping[str, Any]) -> Query:
    names = [_texts(wanted["propertyValue"]) for wanted in entry["conditions"] if wanted["matchType"] in ("name", "id")]
    wanted = [condition for condition in entry["conditions"] if condition["matchType"] == "property"]
    properties = _properties((condition.get("propertyId", ""), condition["propertyValue"]) for condition in wanted)
    needed = {PROPERTIES[condition["propertyId"]] for condition in wanted if condition.get("required")}
    text = names[0][0] if names and names[0] else ""
    return Query(text[:LONGEST], _kinds(entry.get("type")), _limit(entry), properties, frozenset(needed))


def _valid(sent: Any, schema: Mapping[str, Any]) -> None:
    try:
        jsonschema.validate(sent, schema)
    except jsonschema.ValidationError as error:
        place = "/".join(map(str, error.absolute_path)) or "the batch"
        raise QueryError("bad-request", f"{place}: {error.message[:300]}") from error


def _limit(entry: Mapping[str, Any]) -> int:
    return min(int(entry.get("limit", 5)), MOST_CANDIDATES)


def _kinds(type_: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return types by their names here, their prefixed names or IRIs. Raises QueryError for one that is not known."""
    named = [type_] if isinstance(type_, str) else type_ or ()
    kinds = []
    for name in filter(None, named):
        bare = (namespaces.expand(name) or name).removeprefix(namespaces.CCN).lower()
        kind = {"eventseries": "series", "country": "place", "prefecture": "place"}.get(bare, bare)
        if kind not in TYPES:
            raise QueryError("bad-request", f"there is no type '{name[:100]}'; there are {', '.join(TYPES)}")
        kinds.append(kind)
    return tuple(kinds)


def _properties(pairs: Any) -> dict[str, list[str]]:
    properties: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in PROPERTIES:
            raise QueryError("bad-request", f"there is no property '{name[:100]}'; there are {', '.join(PROPERTIES)}")
        properties.setdefault(PROPERTIES[name], []).extend(text for text in _texts(value) if text.strip())
    # A column that is empty in this row says nothing.
    return {name: texts for name, texts in properties.items() if texts}


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item["id"] if isinstance(item, dict) else item)[:LONGEST] for item in values]
