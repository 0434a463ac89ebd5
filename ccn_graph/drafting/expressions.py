"""What the cells of a pattern hold: `$slot` of its form, `@word` of what stands around it, or a word with arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ccn_graph.drafting.context import Context
from ccn_graph.drafting.mentions import CLOSE, OPEN, Marked, Mention
from ccn_graph.drafting.patterns import FactPattern, Words
from ccn_graph.drafting.source_text import Sentence
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import iri_minting
from ccn_graph.sheets.iri_minting import Deed

_P, _CCN = namespaces.PREFIXES, namespaces.CCN
#: What stands between the items of a list.
_SEPARATOR = r"\s*(?:、|,|・|;|および|及び|並びに|ならびに|\band\b)\s*"


@dataclass
class Match:
    """A pattern that fits a sentence, and what its slots stand for."""

    pattern: FactPattern
    found: re.Match[str]
    marked: Marked
    sentence: Sentence
    context: Context
    words: Words
    doubts: list[str] = field(default_factory=list)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    item: Mention | None = None
    item_types: Sequence[str] = ()

    def mentions(self, name: str) -> list[Mention]:
        """Return what a slot stands for; `each` is the item of a list."""
        if name == "each":
            return [self.item] if self.item else []
        part = self.found.groupdict().get(name)
        return self.marked.at(part) if part else []

    def items(self, name: str) -> list[Mention]:
        """Return what a list holds: mentions, and names that are not on record."""
        part = self.found.groupdict().get(name) or ""
        if "*" not in self.types(name):
            return self.marked.at(part)
        pieces = [piece.strip() for piece in re.split(rf"({OPEN}[^{CLOSE}]*{CLOSE})|{_SEPARATOR}", part) if piece]
        return [
            self.marked.at(piece)[0] if piece.startswith(OPEN) else Mention((), piece)
            for piece in pieces if piece and not piece.startswith("(")
        ]  # fmt: skip

    def types(self, name: str) -> Sequence[str]:
        """Return the types of a slot."""
        return self.item_types if name == "each" else self.pattern.types.get(name, ())

    def text(self, name: str) -> str:
        """Return a part of the sentence as it is printed."""
        return self.marked.plain(self.found.groupdict().get(name) or "").strip()


def values(column: str, expression: str, match: Match) -> list[str]:
    """Return what the first alternative of an expression that holds anything holds."""
    for alternative in expression.split(" | "):
        parts = [_value(column, part, match) for part in alternative.split("; ")]
        if all(parts):
            return [value for part in parts for value in part]
        if len(parts) == 1:
            continue
        if results := [value for part in parts for value in part]:
            return results
    return []


def _value(column: str, expression: str, match: Match) -> list[str]:
    word, *arguments = expression.split(" ")
    if arguments and word in _FUNCTIONS:
        evaluated = [values("", argument, match) for argument in arguments]
        if not all(evaluated):
            return []
        return _short(_FUNCTIONS[word](match, [results[0] for results in evaluated]))
    if "?" in expression:
        value, _, slot = expression.partition("?")
        return [value or "true"] if match.found.groupdict().get(slot) else []
    if expression.startswith("@"):
        return _short(_AROUND[expression[1:]](match))
    if not expression.startswith("$"):
        return [expression]
    slot, _, part = expression[1:].partition(".")
    if slot.startswith("x"):
        return [text] if (text := match.text(slot)) else []
    return _of_slot(column, slot, part, match)


def _short(iri: str) -> list[str]:
    return [namespaces.curie(iri) if iri.startswith("http") else iri] if iri else []


def _of_slot(column: str, slot: str, part: str, match: Match) -> list[str]:
    """Return what the mentions of a slot stand for: times, numbers, or things by their prefixed names."""
    results = []
    for mention in match.mentions(slot):
        if mention.time:
            results.append(_time(mention, part, match))
        elif not mention.types:
            match.doubts.append("unnamed")
            results.append(mention.text)
        elif mention.value:
            flags = {"about": mention.approximate, "least": mention.at_least}
            results.append(("true" if flags[part] else "") if part else mention.value)
        else:
            iris = mention.of(match.types(slot), match.context.index) or list(mention.iris)
            iris = list(mention.iris[:1]) if mention.ordinal else iris
            if len(iris) > 1:
                match.doubts.append("ambiguous")
                match.candidates[column] = tuple(map(namespaces.curie, iris))
            results += [namespaces.curie(iri) for iri in iris[:1]]
    return [value for value in results if value]


def _time(mention: Mention, part: str, match: Match) -> str:
    assert mention.time is not None
    if mention.time.doubt:
        match.doubts.append(mention.time.doubt)
    lexical = mention.time.last if part == "last" else mention.time.first
    return lexical[:10] if part == "day" and "/" not in lexical else lexical


# ── what stands around a sentence: @word


def _of_headings(match: Match, *types: str) -> str:
    for heading in reversed(match.context.headings):
        for mention in heading.mentions:
            if iris := mention.of(types, match.context.index):
                return iris[0]
    return ""


def _only(match: Match, *types: str) -> str:
    """Return what a sentence names of some types, if it names one thing of them and no other."""
    iris = {iri for mention in match.marked.mentions for iri in mention.of(types, match.context.index)[:1]}
    several = any(len(mention.of(types, match.context.index)) > 1 for mention in match.marked.mentions)
    return iris.pop() if len(iris) == 1 and not several else ""


def _only_date(match: Match) -> str:
    """Return the one time that a sentence tells, empty if it tells none or several."""
    days = {mention.time.first[:10] for mention in match.marked.mentions if mention.time and not mention.time.doubt}
    return days.pop() if len(days) == 1 and "/" not in str(days) else ""


def _as_of(match: Match) -> str:
    """Return the day of which a list or figure holds: one printed with 現在 or 'as of', else that of the document."""
    for passage in (match.marked, *reversed(match.context.headings)):
        for number, mention in enumerate(passage.mentions):
            mark = rf"⟦{number};[^⟧]*⟧\s*(?:現在|時点)|[Aa]s (?:of|at) ⟦{number};"
            if mention.time and re.search(mark, passage.text):
                return mention.time.first[:10]
    return match.context.about.issued


def _sentence_date(match: Match) -> str:
    return next((mention.time.first[:10] for mention in match.marked.mentions if mention.time), "")


def _own_city(match: Match) -> str:
    publishers, index = match.context.about.publishers, match.context.index
    return next((iri for iri in publishers if "city" in index.types(iri)), "")


def _mode(match: Match) -> str:
    """Return how those of a list took part, as its nearest heading says."""
    above = match.context.headings[-1].text if match.context.headings else ""
    return next((mode for form, mode in match.words.modes if form.search(above)), "")


def _planned(match: Match) -> str:
    dates = match.context.day_of(match.context.outline_event())
    return "true" if dates and match.context.future(dates, match.marked, match.words.future) else ""


_AROUND: Mapping[str, Callable[[Match], str]] = {
    "network": lambda match: match.context.network(match.marked),
    "main-event": lambda match: match.context.main_event,
    "outline-event": lambda match: match.context.outline_event(),
    "last-event": lambda match: match.context.last_event,
    "last-date": lambda match: match.context.last_date,
    "main-series": lambda match: match.context.series_of(match.context.main_event),
    "annual-series": lambda match: match.context.annual_series(match.context.network(match.marked)),
    "field-network": lambda match: match.context.field_network(),
    "publisher": lambda match: next(iter(match.context.about.publishers), ""),
    "issued": lambda match: match.context.about.issued,
    "as-of": _as_of,
    "only-city": lambda match: _only(match, "city"),
    "only-field": lambda match: _only(match, "field"),
    "only-network": lambda match: _only(match, "network"),
    "only-date": _only_date,
    "sentence-date": _sentence_date,
    "announced": lambda match: match.context.last_date,
    "own-city": _own_city,
    "mode": _mode,
    "planned": _planned,
    "role": lambda match: match.context.role,
    "heading-network": lambda match: _of_headings(match, "network"),
    "heading-body": lambda match: _of_headings(match, "body"),
    "heading-series": lambda match: _of_headings(match, "series"),
    "near-series": lambda match: match.context.near_series(match.mentions("number")[0].value),
    "heading-programme": lambda match: _of_headings(match, "programme"),
}


# ── words with arguments


def _iri(curie: str) -> str:
    return namespaces.expand(curie) or ""


def _edition(match: Match, arguments: Sequence[str]) -> str:
    return match.context.edition(_iri(arguments[0]), arguments[1])


def _edition_in(match: Match, arguments: Sequence[str]) -> str:
    return match.context.edition_in(_iri(arguments[0]), _iri(arguments[1]))


def _numbered(match: Match, arguments: Sequence[str]) -> str:
    return iri_minting.event(match.context.index.facts, _iri(arguments[0]), arguments[1])


def _named(_match: Match, arguments: Sequence[str]) -> str:
    slug = iri_minting.slugged(arguments[0])
    return _P["event"] + slug if slug else ""


def _founding_event(_match: Match, arguments: Sequence[str]) -> str:
    return f"{_P['event']}{namespaces.slug(_iri(arguments[0]))}-founding-assembly"


def _whole(match: Match, _given: Sequence[str]) -> str:
    """Return the words of an office as they are printed, with the name of the body before them."""
    start = match.found.start("affiliation")
    title = match.found.end("x_title")
    return " ".join(match.marked.plain(match.marked.text[start:title]).split())


def _act_of(match: Match, arguments: Sequence[str]) -> str:
    name, network, by, field_ = arguments
    facts, deed = match.context.index.facts, Deed(_CCN + name, [_iri(network)], [_iri(by)], [_iri(field_)])
    return iri_minting.act(facts, deed)


def _mayor(match: Match, arguments: Sequence[str]) -> str:
    name = match.context.label(_iri(arguments[0]), "ja")
    return f"{name}長" if name else ""


_FUNCTIONS: Mapping[str, Callable[[Match, Sequence[str]], str]] = {
    "edition": _edition,
    "edition-in": _edition_in,
    "numbered": _numbered,
    "named": _named,
    "founding-event": _founding_event,
    "whole": _whole,
    "act-of": _act_of,
    "mayor": _mayor,
}
