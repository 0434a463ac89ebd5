"""Brings together what a text says of one thing in several places, before records are made of it."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ccn_graph.drafting.facts import About, Fact
from ccn_graph.sheets import iri_minting

_SAME_FIGURE = ("about", "measure", "area", "field", "value")
_TIMES = ("start", "end", "plannedStart", "plannedEnd", "date")
_DAYS = frozenset({"start", "end", "asOf", "knownBy"})
_WHO = {"events": ("id",), "appearances": ("event", "person"), "acts": ("class", "concerns")}


def settled(facts: Sequence[Fact], about: About) -> list[Fact]:
    """Return the facts without those that another one of the same text says more precisely."""
    whole = [_dated(fact, about) for fact in _whole_lists(facts)]
    kept = _figures([*_with_day(facts, about), *whole], about)
    kept = _most_precise(kept)
    return list({(fact.sheet, tuple(sorted(fact.cells.items())), fact.sentence.first): fact for fact in kept}.values())


def _with_day(facts: Sequence[Fact], about: About) -> list[Fact]:
    """Let a membership of which the text tells no day hold on that of the document, or by when it was read."""
    dated = {_spell(fact) for fact in facts if fact.sheet == "memberships" and fact.cells.keys() & _DAYS}
    completed = []
    for fact in facts:
        if fact.sheet == "memberships" and _spell(fact) not in dated:
            day = {"asOf": about.issued} if about.issued else {"knownBy": about.retrieved}
            fact = dataclasses.replace(fact, cells={**fact.cells, **day})
        completed.append(fact)
    return completed


def _spell(fact: Fact) -> tuple[str, ...]:
    return fact.cells.get("member", ""), fact.cells.get("organization", "")


def _dated(fact: Fact, about: About) -> Fact:
    """Let what has no day of its own hold on that of the document."""
    if fact.sheet == "participants" or not about.issued:
        return fact
    return dataclasses.replace(fact, cells={**fact.cells, "asOf": about.issued})


def _figures(facts: Sequence[Fact], about: About) -> list[Fact]:
    """Give a figure without a day of its own the day with which the text prints it elsewhere."""
    days: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for fact in facts:
        if fact.sheet == "observations" and fact.cells.get("asOf", "") not in ("", about.issued):
            days[_figure(fact.cells)].add(fact.cells["asOf"])
    completed = []
    for fact in facts:
        printed_days = days.get(_figure(fact.cells), set()) if fact.sheet == "observations" else set()
        if len(printed_days) == 1 and fact.cells.get("asOf", about.issued) == about.issued:
            fact = dataclasses.replace(fact, cells={**fact.cells, "asOf": min(printed_days)})
        completed.append(fact)
    return completed


def _figure(cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in _SAME_FIGURE)


def _most_precise(facts: Sequence[Fact]) -> list[Fact]:
    """Let the more precise of two times, and the longer of two forms of a text, stand for both."""
    best: dict[tuple[str, ...], str] = {}
    for fact in facts:
        for name, value in fact.cells.items():
            key = _key(fact, name)
            if key and (key not in best or _better(name, best[key], value)):
                best[key] = value
    merged = []
    for fact in facts:
        cells = {
            name: best[key] if (key := _key(fact, name)) and _one(name, value, best[key]) else value
            for name, value in fact.cells.items()
        }
        merged.append(dataclasses.replace(fact, cells=cells))
    return merged


def _key(fact: Fact, name: str) -> tuple[str, ...]:
    single = name in _TIMES or name.startswith("capacity")
    who = _WHO.get(fact.sheet, ())
    if not single or not who or not all(fact.cells.get(column) for column in who):
        return ()
    return (fact.sheet, name, *(fact.cells[column] for column in who))


def _better(name: str, value: str, other: str) -> bool:
    return _one(name, value, other) and len(other) > len(value)


def _one(name: str, value: str, other: str) -> bool:
    """Tell whether two values are one, said more and less precisely."""
    if name in _TIMES:
        shorter = min(len(value), len(other))
        return value[:shorter] == other[:shorter] or ("T" not in value + other and iri_minting.agree(value, other))
    return re.sub(r"\s", "", value) == re.sub(r"\s", "", other)


def _whole_lists(facts: Sequence[Fact]) -> list[Fact]:
    """Name those of whom a text says only how many they are, where it lists just as many members.

    An outline tells of 12 member cities that take part; the list of the 12 members tells which. Where these members
    organise it as a body of their own, they are the members of that body.
    """
    listed = {fact.cells["member"]: fact for fact in facts if fact.origin == "member-with-field"}
    counts = [fact for fact in facts if fact.origin == "event-attending-count" and fact.certain]
    if not any(int(fact.cells["value"]) == len(listed) for fact in counts):
        return []
    count = next(fact for fact in counts if int(fact.cells["value"]) == len(listed))
    event, added = count.cells["about"], list[Fact]()
    bodies = {fact.cells["organizer"]: fact for fact in facts if fact.origin == "members-organize"}
    for member, fact in listed.items():
        row = {"event": event, "participant": member}
        added.append(Fact("participants", row, fact.sentence, "whole-list", fact.doubts))
        for body in bodies:
            row = {"member": member, "organization": body}
            added.append(Fact("memberships", row, fact.sentence, "whole-list", fact.doubts))
    for body in bodies:
        row = {"about": body, "measure": "measure:member-cities", "value": count.cells["value"]}
        added.append(Fact("observations", row, count.sentence, "whole-list"))
    return added
