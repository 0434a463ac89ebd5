"""A sentence with its names, times and numbers marked, so that patterns can speak of kinds of things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccn_graph.drafting import time_expressions
from ccn_graph.drafting.name_index import NameIndex, types_of
from ccn_graph.drafting.time_expressions import Clock, Time
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import iri_minting

_CCN = namespaces.CCN
OPEN, CLOSE = "⟦", "⟧"
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_MORE = {"a hundred": 100, "one hundred": 100}
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS = {word: number for number, word in enumerate(_COUNTED.split(" "))} | _TENS | _MORE
_ABOUT = r"(?P<about>約|およそ|おおよそ|ほぼ|about |around |some |approximately |nearly |roughly )"
_LEAST = r"(?P<least>more than |over |at least |upwards of )"
_NUMBER = re.compile(
    rf"(?:{_ABOUT}|{_LEAST})?(?<![\d.,/-])(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}})(?:(?P<man>万)|(?P<oku>億)|"
    rf" (?P<million>million))?(?!\d)|\b(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b)"
    r"(?=(?P<more>超|[^\W\d_⟦]{0,3}(?:を超え|以上|余り|超の)|\+)?)",
    re.IGNORECASE,
)  # fmt: skip
_EDITION = re.compile(r"第\s*(?P<number>\d{1,3}|[一二三四五六七八九十]{1,2})\s*回(?:目の)?\s*(?:「|『)?\s*$")
_ENGLISH_EDITION = re.compile(r"\b(?P<number>\d{1,3})(?:st|nd|rd|th)\s+$")
_KANJI_NUMBER = {char: number for number, char in enumerate("〇一二三四五六七八九")}
_JOIN = re.compile(r"\s*[(,]\s*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """What a mark in a sentence stands for: things, a time or a number."""

    types: tuple[str, ...]
    text: str
    iris: tuple[str, ...] = ()
    time: Time | None = None
    value: str = ""
    approximate: bool = False
    at_least: bool = False
    ordinal: str = ""

    def of(self, kinds: Sequence[str], index: NameIndex) -> list[str]:
        """Return the things it can mean that are of some types."""
        return [iri for iri in self.iris if set(kinds) & set(types_of(index.facts, iri) or self.types)]

    def fits(self, kinds: Sequence[str], index: NameIndex) -> bool:
        """Tell whether it can mean something of these types; what is not on record can be anything."""
        return not self.types or bool(self.of(kinds, index))


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence in which every mention is a mark such as `⟦3;city;place;⟧`."""

    text: str
    mentions: tuple[Mention, ...]

    def plain(self, marked: str) -> str:
        """Return a part of the sentence as it is printed."""
        return re.sub(rf"{OPEN}(\d+);[^{CLOSE}]*{CLOSE}", lambda match: self.mentions[int(match[1])].text, marked)

    def at(self, mark: str) -> list[Mention]:
        """Return what the marks in a part of the sentence stand for."""
        return [self.mentions[int(number)] for number in re.findall(rf"{OPEN}(\d+);", mark)]


def mark(text: str, index: NameIndex, clock: Clock) -> Marked:
    """Find the names, times and numbers of a sentence."""
    spans: list[tuple[int, int, Mention]] = []
    times = time_expressions.find(text, clock)
    for time in times:
        printed = text[time.start : time.end]
        spans.append((time.start, time.end, Mention((time.kind,), printed, time=time)))
    for named in _names(text, index):
        start, end, iris = named
        if any(start < time.end and time.start < end and (end - start) <= (time.end - time.start) for time in times):
            continue
        spans = [span for span in spans if not (start < span[1] and span[0] < end)]
        spans.append(_named(text, start, end, iris, index))
    spans += [span for span in _numbers(text) if not any(span[0] < end and start < span[1] for start, end, _ in spans)]
    return _assemble(text, sorted(spans, key=lambda span: span[0]))


def _names(text: str, index: NameIndex) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return the names of a sentence; one with its other form in brackets is one: 創造都市ネットワーク日本(CCNJ)."""
    names: list[tuple[int, int, tuple[str, ...]]] = []
    for named in index.find(text):
        start, end, iris = named.start, named.end, named.iris
        if names and re.fullmatch(r"\s*\(\s*", text[names[-1][1] : start]) and text[end : end + 1] == ")":
            same = set(names[-1][2]) & set(iris)
            if same:
                names[-1] = (names[-1][0], end + 1, tuple(sorted(same)))
                continue
        if names and names[-1][1] == start and (inside := _within(names[-1][2], iris, index)):
            # 大分県臼杵市 is one city, and says which one.
            names[-1] = (names[-1][0], end, inside)
            continue
        names.append((start, end, iris))
    return names


def _within(places: Sequence[str], iris: Sequence[str], index: NameIndex) -> tuple[str, ...]:
    """Return the cities of some that lie in a prefecture or country that stands right before them."""
    above = {iri for iri in places if {"prefecture", "country"} & set(index.types(iri))}
    return tuple(
        iri for iri in iris if "city" in index.types(iri) and above & set(index.facts.around(iri)[1:])
    )  # fmt: skip


def _named(text: str, start: int, end: int, iris: tuple[str, ...], index: NameIndex) -> tuple[int, int, Mention]:
    """Make the mention of a name; a series with its number is an event."""
    series = [iri for iri in iris if "series" in types_of(index.facts, iri)]
    number = _EDITION.search(text[:start]) or (_ENGLISH_EDITION.search(text[:start]) if series else None)
    if series and number:
        ordinal = _ordinal(number["number"])
        events = tuple(iri_minting.event(index.facts, iri, ordinal) for iri in series)
        mention = Mention(("event", "edition"), text[number.start() : end], events + tuple(series), ordinal=ordinal)
        return number.start(), end, mention
    types = dict.fromkeys(kind for iri in iris for kind in types_of(index.facts, iri))
    return start, end, Mention(tuple(types), text[start:end], iris)


def _ordinal(printed: str) -> str:
    if printed.isdigit():
        return str(int(printed))
    tens, ten, ones = printed.partition("十")
    return str(_KANJI_NUMBER.get(tens, 1 if ten else 0) * (10 if ten else 1) + _KANJI_NUMBER.get(ones, 0))


def _numbers(text: str) -> Iterator[tuple[int, int, Mention]]:
    for match in _NUMBER.finditer(text):
        if match["word"]:
            value = _WORDS[match["word"].lower()]
        else:
            scale = 10_000 if match["man"] else 100_000_000 if match["oku"] else 1_000_000 if match["million"] else 1
            value = int(match["digits"].replace(",", "")) * scale
        mention = Mention(
            ("number",), match[0], value=str(value), approximate=bool(match["about"]),
            at_least=bool(match["least"] or match["more"]),
        )  # fmt: skip
        yield match.start(), match.end(), mention


def _assemble(text: str, spans: Sequence[tuple[int, int, Mention]]) -> Marked:
    parts: list[str] = []
    mentions: list[Mention] = []
    at = 0
    for start, end, mention in spans:
        if start < at:
            continue
        parts += [text[at:start], f"{OPEN}{len(mentions)};{';'.join(mention.types)};{CLOSE}"]
        mentions.append(mention)
        at = end
    return Marked("".join([*parts, text[at:]]), tuple(mentions))


def with_annual_meetings(marked: Marked, index: NameIndex, forms: Sequence[re.Pattern[str]]) -> Marked:
    """Let what a text calls the yearly meeting of a network stand for the series of that network."""
    text = marked.text
    mentions: list[Mention] = list(marked.mentions)
    for form in forms:
        while match := form.search(text):
            network = next(iter(marked.at(match["network"])[0].of(("network",), index)), "")
            series = annual_series(index, network)
            printed = Marked(text, tuple(mentions)).plain(match[0])
            # Without such a series the words stay words, so that no form finds them again.
            mark_ = f"{OPEN}{len(mentions)};series;{CLOSE}" if len(series) == 1 else printed
            mentions.append(Mention(("series",), printed, tuple(series)))
            text = text[: match.start()] + mark_ + text[match.end() :]
    return Marked(text, tuple(mentions))


def annual_series(index: NameIndex, network: str) -> list[str]:
    """Return the series of a network whose name says that it is held every year."""
    return [
        thing.iri for thing in index.facts.pointing(network, _CCN + "EventSeries")
        if any(re.search("(?i)annual|年次", name) for name in thing.texts(namespaces.PREF_LABEL))
    ]  # fmt: skip
