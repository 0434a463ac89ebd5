"""What a sentence leaves unsaid, taken from its headings and from what stands before it: network, event, year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from ccn_graph.drafting import mentions
from ccn_graph.drafting.facts import About
from ccn_graph.drafting.mentions import Marked, Mention
from ccn_graph.drafting.name_index import NameIndex
from ccn_graph.drafting.patterns import Words
from ccn_graph.drafting.source_text import Sentence, SourceHeading
from ccn_graph.drafting.time_expressions import Clock
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import iri_minting

_CCN = namespaces.CCN
_DATES = ("start", "plannedStart")
#: A line of a form begins with what its value is, and no role of a line before it goes on.
_FIELD = re.compile(r"^[■▶・-]?\s*(?:[^\s⟦⟧:]\s?){2,8}\s*[::\s]")
#: So many editions of one kind tell what kind the next one is.
_USUAL = 3


class Context:
    """Keeps what has been spoken of, sentence by sentence."""

    def __init__(self, about: About, index: NameIndex, words: Words, sentences: Sequence[Sentence]) -> None:
        """Look at the whole text once: what it is about is named most, or first."""
        self.about, self.index, self._words = about, index, words
        self.clock = Clock(about.issued)
        self.headings: tuple[Marked, ...] = ()
        self.last_event, self.last_date, self.role, self.last_series = "", "", "", ""
        self._section_event = ""
        self._marked_headings: dict[SourceHeading, Marked] = {}
        self._network, self._section = "", tuple[SourceHeading, ...]()
        self._days: dict[str, str] = {}
        self._editions: dict[str, tuple[str, str]] = {}
        #: Of each series, the number of the edition that the text named last.
        self._numbers: dict[str, int] = {}
        marked = [self._mark(sentence.text, Clock(about.issued)) for sentence in sentences]
        title = [self._mark(about.title, Clock(about.issued))] if about.title else []
        named = [
            iri for each in [*title, *marked] for mention in each.mentions for iri in mention.of(("network",), index)
        ]
        #: The network that the whole text is about: the one named most.
        self.main_network = Counter(named).most_common(1)[0][0] if named else ""
        first = [iri for each in title + marked[:40] for iri in _events(each.mentions)]
        self.main_event = first[0] if first else ""
        for each in [*title, *marked]:
            self._note_editions(each)

    def _mark(self, text: str, clock: Clock) -> Marked:
        return mentions.with_annual_meetings(mentions.mark(text, self.index, clock), self.index, self._words.annual)

    def _note_editions(self, marked: Marked) -> None:
        for mention in marked.mentions:
            if mention.ordinal and len(mention.iris) == 2:
                self._editions[mention.iris[0]] = (mention.iris[1], mention.ordinal)

    def near_series(self, number: str) -> str:
        """Return the series of a row that says only the number: the one whose numbers it goes on with."""
        going_on = [series for series, last in self._numbers.items() if last + 1 == int(number)]
        if going_on:
            return going_on[0] if len(going_on) == 1 else ""
        named = [iri for heading in self.headings for mention in heading.mentions
                 for iri in mention.of(("series",), self.index)]  # fmt: skip
        return named[-1] if named else self.last_series

    def enter(self, sentence: Sentence) -> Marked:
        """Take a sentence: mark it, and note what its headings say."""
        if sentence.headings != self._section:
            self._section = sentence.headings
            self._network, self.role = "", ""
        above = sentence.headings[:-1] if sentence.is_heading else sentence.headings
        self.headings = tuple(self._heading(heading) for heading in above)
        self._set_year()
        marked = self._mark(sentence.text, self.clock)
        self._set_role(sentence.text)
        return marked

    def leave(self, marked: Marked, *, is_heading: bool) -> None:
        """Remember what a sentence named, for those after it."""
        networks = [iri for mention in marked.mentions for iri in mention.of(("network",), self.index)]
        self._network = networks[0] if networks else self._network
        times = [mention.time.first[:10] for mention in marked.mentions if mention.time]
        self.last_date = times[0] if times else self.last_date
        series = [iri for mention in marked.mentions for iri in (
            mention.iris[1:] if mention.ordinal else mention.of(("series",), self.index))]  # fmt: skip
        self.last_series = series[0] if series else self.last_series
        for mention in marked.mentions:
            if mention.ordinal and len(mention.iris) == 2:
                self._numbers[mention.iris[1]] = int(mention.ordinal)
        events = _events(marked.mentions)
        self.last_event = events[0] if events else self.last_event
        if events and (is_heading or re.fullmatch(r"⟦[^⟧]*⟧", marked.text)):
            self._section_event = events[0]

    def made(self, event: str, cells: Mapping[str, str]) -> None:
        """Remember an event that a pattern has found, and its day."""
        self.last_event = event
        if day := next((cells[name] for name in _DATES if name in cells), ""):
            self._days[event] = day
        if cells.get("ordinal", "").isdigit() and (series := namespaces.expand(cells.get("editionOf", ""))):
            self._numbers[series] = int(cells["ordinal"])

    def day_of(self, event: str) -> str:
        """Return the day of an event that the text has told, empty if it has not."""
        return self._days.get(event, "")

    def _heading(self, heading: SourceHeading) -> Marked:
        if heading not in self._marked_headings:
            self._marked_headings[heading] = self._mark(heading.text, Clock(self.about.issued))
        return self._marked_headings[heading]

    def _set_year(self) -> None:
        self.clock.set_year(0)
        for heading in reversed(self.headings):
            times = [mention.time for mention in heading.mentions if mention.time]
            if times:
                self.clock.set_year(int(times[0].first[:4]), fiscal=times[0].kind == "fiscal")
                return

    def _set_role(self, text: str) -> None:
        roles = [role for form, role in self._words.roles if form.search(text[:12])]
        above = [
            role for form, role in self._words.roles for heading in self.headings[-1:] if form.search(heading.text)
        ]
        if roles or above:
            self.role = (roles or above)[0]
        elif _FIELD.match(text) and not re.search("氏|様", text):
            self.role = ""

    def network(self, marked: Marked) -> str:
        """Return the network that a sentence speaks of: its own, that of its headings, or the text's."""
        for passage in (marked, *reversed(self.headings)):
            for mention in passage.mentions:
                if networks := mention.of(("network",), self.index):
                    return networks[0]
        series = self.index.facts.things.get(self.series_of(self.last_event))
        own = series.iris(_CCN + "network") if series else []
        return self._network or (own[0] if len(own) == 1 else self.main_network)

    def outline_event(self) -> str:
        """Return the event that a form describes: that of its headings, else the text's."""
        for heading in reversed(self.headings):
            if events := _events(heading.mentions):
                return events[0]
        return self._section_event or self.main_event

    def field_network(self) -> str:
        """Return the one network whose members have fields, empty if several have."""
        things = self.index.facts.things.values()
        schemed = [thing.iri for thing in things if thing.iris(_CCN + "fieldScheme")]
        return schemed[0] if len(schemed) == 1 else ""

    def edition(self, series: str, date: str) -> str:
        """Return the edition of a series at a time: one on record, else a new one named by the time."""
        facts, lexical = self.index.facts, "/" if "/" in date else date[:10]
        editions = [
            thing.iri for thing in facts.pointing(series, _CCN + "Event")
            if series in thing.iris(_CCN + "editionOf") and lexical != "/"
            and any(iri_minting.agree(lexical, day[:10]) for name in _DATES for day in thing.texts(_CCN + name))
        ]  # fmt: skip
        if len(editions) == 1:
            return editions[0]
        stem = namespaces.PREFIXES["event"] + namespaces.slug(series)
        return f"{stem}-{date[:10]}" if editions else f"{stem}-{date[:4]}"

    def edition_in(self, series: str, city: str) -> str:
        """Return the one edition of a series on record that was in a city, about the time of the document."""
        facts = self.index.facts
        there = [
            thing for thing in facts.pointing(series, _CCN + "Event")
            if city in [*thing.iris(_CCN + "host"), *thing.iris(_CCN + "venue")]
        ]  # fmt: skip
        days = {day[:4] for thing in there for name in _DATES for day in thing.texts(_CCN + name)}
        return there[0].iri if len(there) == 1 and self.about.issued[:4] in days else ""

    def annual_series(self, network: str) -> str:
        """Return the series of the yearly meetings of a network, empty if there is none on record."""
        series = mentions.annual_series(self.index, network)
        return series[0] if len(series) == 1 else ""

    def edition_of(self, event: str, marked: Marked) -> tuple[str, str]:
        """Return the series and the number of an event, as the text or the data tell them."""
        self._note_editions(marked)
        if event in self._editions:
            return self._editions[event]
        thing = self.index.facts.things.get(event)
        return (next(iter(thing.iris(_CCN + "editionOf")), ""), "") if thing else ("", "")

    def series_of(self, event: str) -> str:
        """Return the series of an event, empty if it is of none."""
        return self.edition_of(event, Marked("", ()))[0]

    def is_known(self, iri: str) -> bool:
        """Tell whether a thing is on record."""
        return iri in self.index.facts.things

    def label(self, iri: str, language: str) -> str:
        """Return the label of a thing in a language, empty if it has none."""
        thing = self.index.facts.things.get(iri)
        labels = [label.value for label in (thing.said.get(namespaces.PREF_LABEL, ()) if thing else ())]
        return next(
            (label.value for label in labels if isinstance(label, ox.Literal) and label.language == language), ""
        )

    def future(self, date: str, marked: Marked, words: re.Pattern[str]) -> bool:
        """Tell whether a time lies after the document: by its day, else by the words of sentence and headings."""
        issued = self.about.issued
        size = min(len(issued), len(date), 10)
        if size and date[:size] != issued[:size]:
            return date[:size] > issued[:size]
        return any(words.search(passage.text) for passage in (marked, *self.headings))


def _events(named: Sequence[Mention]) -> list[str]:
    return [mention.iris[0] for mention in named if "event" in mention.types and mention.iris]


def kind_of_event(index: NameIndex, series: str, title: str, words: Mapping[str, str], sentence: str) -> str:
    """Return what kind of event an edition is, as a prefixed name; empty if nothing tells.

    Where editions of its series are on record as of several kinds, the one that the sentence names; else what its
    series is called ("... Conference"), what all editions are, or the word of its title.
    """
    facts = index.facts
    kinds = Counter(
        kind for thing in (facts.pointing(series, _CCN + "Event") if series else ())
        if series in thing.iris(_CCN + "editionOf") for kind in thing.iris(_CCN + "kind")
    )  # fmt: skip
    names = {_english_name(index, iri): iri for iri in facts.things if iri.startswith(namespaces.PREFIXES["kind"])}
    named = [
        kind for name, kind in names.items() if kind in kinds and re.search(rf"(?i)\b{re.escape(name)}\b", sentence)
    ]
    if len(kinds) > 1 and len(named) == 1:
        return namespaces.curie(named[0])
    if called := names.get(_english_name(index, series).rpartition(" ")[2]):
        return namespaces.curie(called)
    if len(kinds) == 1 and kinds.total() >= _USUAL:
        return namespaces.curie(next(iter(kinds)))
    return next((kind for word, kind in words.items() if title.rstrip().casefold().endswith(word.casefold())), "")


def _english_name(index: NameIndex, iri: str) -> str:
    """Return the English name of a thing, without what stands in brackets behind it, in small letters."""
    thing = index.facts.things.get(iri)
    labels = thing.said.get(namespaces.PREF_LABEL, ()) if thing else ()
    names = (
        label.value.value for label in labels if isinstance(label.value, ox.Literal) and label.value.language == "en"
    )
    return re.sub(r"\s*\([^()]*\)$", "", next(names, "")).casefold()
