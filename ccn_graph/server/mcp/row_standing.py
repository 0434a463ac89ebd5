"""How a row of an answer stands: certain, possible or not judged, contradicted, and how much its network holds."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from ccn_graph.files import house
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.text.today import today as date_of_today

_LINKED = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?record ?thing WHERE {
  VALUES ?record { ccn:City }
  ?record org:member|org:organization|ccn:concerns|ccn:editionOf|ccn:about ?thing
}
"""

#: What the state of a row may be, and what it means.
STATES: Mapping[str, Mapping[str, str]] = {
    "certain": {
        "ja": "質問が判定した結果、文書から確実にいえる行です。",
        "en": "The question judges it: the documents leave no doubt that the row holds.",
    },
    "possible": {
        "ja": "質問が判定した結果、文書からは可能性があるとまでしかいえない行です。",
        "en": "The question judges it: by the documents the row may hold or not.",
    },
    "no": {
        "ja": "質問が判定した結果、そうではないという行です。",
        "en": "The question judges it: it is not so.",
    },
    "unknown": {
        "ja": "質問が判定した結果、文書からは分からないという行です。",
        "en": "The question judges it: the documents do not tell.",
    },
    "not judged": {
        "ja": "確実かどうかは判定されていません。質問が判定しないか、文書が事物について述べるだけ(about)です。",
        "en": "Not judged whether it is certain: no question does, or documents only speak of its things (about).",
    },
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A property of a record of which documents give different values."""

    record: str
    property: str
    preferred: str
    """The document that is preferred; empty if none is."""
    things: frozenset[str]
    """What the record is about."""

    def concerns(self, things: set[str]) -> bool:
        """Tell whether the record is one of some things, or is about two of them, as a membership is."""
        return self.record in things or len(self.things & things) > 1


def contradictions(site: Site, things: Iterable[str]) -> list[Mapping[str, str]]:
    """Return the contradictions that concern things of a row."""
    named = set(things)
    return [
        {
            "record": entry.record,
            "property": namespaces.shortened(entry.property),
            "preferred_document": entry.preferred,
        }
        for entry in _contradictions(site)
        if entry.concerns(named)
    ]


def coverage(site: Site, things: Iterable[str]) -> Mapping[str, Any]:
    """Return how many members are held of how many stated, of the networks among some things, else of all."""
    held = _coverage(site, date_of_today().isoformat())
    networks = {iri: held[iri] for iri in dict.fromkeys(things) if iri in held}
    if networks:
        return {"scope": "network", "networks": [{"network": iri, **holding} for iri, holding in networks.items()]}
    sized = [entry for entry in held.values() if entry["stated"] is not None]
    stated, certain = sum(entry["stated"] for entry in sized), sum(entry["held"] for entry in sized)
    return {"scope": "all", "networks_with_a_stated_size": len(sized), "stated": stated, "held": certain}


def prepare(site: Site) -> None:
    """Find all contradictions and coverages, so that processes that are forked from this one need not."""
    _contradictions(site)
    _coverage(site, date_of_today().isoformat())


def state(values: Mapping[str, Any], evidence_kind: str) -> str:
    """Return the state, one of `STATES`, of a row with evidence of a kind (`RowEvidence.how`).

    A row is judged only by a column `state` of its own. None is certain whose documents merely speak of its things.

    >>> state({"state": "certain"}, "stated"), state({"state": "certain"}, "about"), state({}, "counted")
    ('certain', 'not judged', 'not judged')
    """
    judged = values.get("state")
    doubtful = judged == "certain" and evidence_kind == "about"
    return judged if isinstance(judged, str) and judged in STATES and not doubtful else "not judged"


@cached
def _contradictions(site: Site) -> tuple[Contradiction, ...]:
    question = site.questions.get("disagreements")
    if question is None or question.name in site.unfit:
        return ()
    rows = site.select(question.query(site.labels))
    preferences = {(row["thing"], row["property"]): row.get("preferred", "") for row in rows}
    records = [ox.NamedNode(record) for record in dict.fromkeys(record for record, _ in preferences)]
    linked: dict[str, set[str]] = {}
    for row in (
        site.engine.query(query_file.bind(house.at_home(_LINKED), {"record": records})).rows() if records else ()
    ):
        record, thing = (str(getattr(term, "value", "")) for term in row)
        linked.setdefault(record, set()).add(thing)
    return tuple(
        Contradiction(record, property_, preferred, frozenset(linked.get(record, ())))
        for (record, property_), preferred in preferences.items()
    )


@functools.lru_cache(maxsize=4)
def _coverage(site: Site, today: str) -> Mapping[str, dict[str, Any]]:
    question = site.questions.get("network-coverage")
    if question is None or question.name in site.unfit:
        return {}
    rows = site.select(question.query(site.labels, {"today": today}))
    return {
        row["network"]: {
            "stated": int(row["stated"]) if "stated" in row else None,
            "held": int(row.get("held", "0")), "possible": int(row.get("possible", "0")), "as_of": row.get("asOf", ""),
        }
        for row in rows
    }  # fmt: skip
