"""The IRI of a record, made by rule, so that the same row always speaks of the same thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ccn_graph.errors import CellError
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts, Thing
from ccn_graph.text.normalisation import normal

_P = namespaces.PREFIXES
_CCN = namespaces.CCN
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_SLUG = 100
# Letters that lose nothing but a stroke when written in ASCII.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss", "ħ": "h", "ə": "e"}
)


def slugged(name: str) -> str:
    """Spell a name in lower-case ASCII with hyphens; empty if its letters are not Latin.

    >>> slugged("Tamba-Sasayama"), slugged("São Paulo"), slugged("Ōsaka (Japan)"), slugged("神戸")
    ('tamba-sasayama', 'sao-paulo', 'osaka', '')
    """
    bare = re.sub(r"\s*\([^()]*\)$", "", normal(name)).casefold().translate(_LETTERS)
    bare = "".join(char for char in unicodedata.normalize("NFD", bare) if not unicodedata.combining(char))
    bare = re.sub(r"['’‘ʻ`.]", "", bare)
    return "" if re.search(r"[^\W_]", re.sub(r"[a-z0-9]", "", bare)) else re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def checked(text: str) -> str:
    """Give back a slug that a person wrote, bare, prefixed or as an IRI. Raises CellError for one of another form.

    >>> checked("city:kobe"), checked("kobe")
    ('kobe', 'kobe')
    """
    iri = namespaces.expand(text)
    slug = namespaces.slug(iri) if iri else text
    if not SLUG.fullmatch(slug) or len(slug) > _MAX_SLUG:
        raise CellError(
            "id", "短い名前は、小文字の英数字をハイフンでつないで書く",
            "a short name is lower-case letters and digits joined by hyphens", text, slugged(text)[:_MAX_SLUG],
        )  # fmt: skip
    return slug


def from_names(facts: Facts, prefix: str, english: Sequence[str], places: Iterable[str], class_: str) -> str:
    """Make the IRI of a new thing from its English name; where that is taken, the country code is added."""
    slug = slugged(english[0]) if english else ""
    if class_ == _CCN + "Prefecture":
        slug = slug.removesuffix("-prefecture")
    if not slug or len(slug) > _MAX_SLUG:
        raise CellError(
            "id", "短い名前を作れない。英語の名前をローマ字で書くか、短い名前の列に書く",
            "no short name can be made; give an English name in Latin letters, or a short name", "".join(english[:1]),
        )  # fmt: skip
    code, taken = facts.country_code(places), _P[prefix] + slug
    if taken not in facts.things:
        return taken
    abroad = code and code != facts.country_code(facts.around(taken))
    if abroad and (iri := f"{taken}-{code.lower()}") not in facts.things:
        return iri
    raise CellError(
        "id", "この短い名前は別のものが使っている。短い名前の列に別の名前を書く",
        "this short name belongs to something else; give another one in the column of short names",
        slug, namespaces.curie(taken),
    )  # fmt: skip


def membership(facts: Facts, member: str, network: str, start: str, end: str, as_of: str) -> str:
    """Find the spell of a membership that a row speaks of, or name a new one: -2 for a return after leaving."""
    base = f"{_P['member']}{namespaces.slug(network)}-{namespaces.slug(member)}"
    spells = _spells(facts, base)
    if not spells:
        return base
    if start and (same := [spell for spell in spells if any(agree(start, known) for known in _starts(spell))]):
        return same[0].iri
    begin = start or as_of or end
    earlier = [spell for spell in spells if not begin or _begin(spell, begin) <= begin]
    spell = max(earlier, key=lambda one: _begin(one, ""), default=None)
    if spell is None:
        # It was over before any spell known so far began.
        another = bool(end) and all(end <= _begin(one, "9999") for one in spells)
    else:
        ends = spell.texts(_CCN + "end")
        another = bool(start and ends) and max(ends) <= start
    return f"{base}-{len(spells) + 1}" if another else (spell or spells[0]).iri


def _spells(facts: Facts, base: str) -> list[Thing]:
    """Give the memberships of one member in one network, which their names number without a gap."""
    spells = [facts.things[base]] if base in facts.things else []
    while (following := f"{base}-{len(spells) + 1}") in facts.things:
        spells.append(facts.things[following])
    return spells


def _begin(spell: Thing, otherwise: str) -> str:
    return min(_starts(spell) or spell.texts(_CCN + "asOf") or [otherwise])


def agree(one: str, other: str) -> bool:
    """Tell whether two dates are one at the precision they share: 2013-01 and 2013-01-13 are."""
    return one.startswith(other) or other.startswith(one)


def event(facts: Facts, series: str, ordinal: str) -> str:
    """Find the edition of a series, or name it as the editions before it are named."""
    stems = set()
    for thing in facts.pointing(series, _CCN + "Event"):
        for number in thing.texts(_CCN + "ordinal") if series in thing.iris(_CCN + "editionOf") else ():
            if number == ordinal:
                return thing.iri
            if thing.iri.endswith(f"-{number}"):
                stems.add(thing.iri.removesuffix(f"-{number}"))
    stem = stems.pop() if len(stems) == 1 else _P["event"] + namespaces.slug(series)
    return f"{stem}-{ordinal}"


def observation(facts: Facts, about: str, measure: str, as_of: str, area: str, planned: bool) -> str:
    """Find the observation of one measure of one thing on one day, or name it by these."""
    words = [
        namespaces.slug(about),
        namespaces.slug(measure),
        namespaces.slug(area) if area else "",
        "planned" if planned else "",
    ]
    named = _P["obs"] + "-".join(word for word in (*words, as_of) if word)
    for thing in facts.pointing(about, _CCN + "Observation") if named not in facts.things else ():
        said = [thing.iris(_CCN + "about"), thing.iris(_CCN + "measure"), thing.iris(_CCN + "area")]
        days = set(thing.texts(_CCN + "asOf"))
        same = said == [[about], [measure], [area] if area else []] and days == ({as_of} if as_of else set())
        if same and bool(thing.texts(_CCN + "planned")) == planned:
            return thing.iri
    return named


def act(facts: Facts, class_: str, concerns: Sequence[str], date: str) -> str:
    """Find the act of a class that concerns the same things at the same time, or name it by these."""
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", namespaces.slug(class_)).lower()
    base = f"{_P['act']}{namespaces.slug(concerns[0])}-{word}"
    earlier = [facts.things[iri] for iri in (base, f"{base}-{date}") if iri in facts.things]
    for thing in (*earlier, *facts.pointing(concerns[0], class_)):
        days = thing.texts(_CCN + "date")
        fits = not date or not days or any(agree(date, day) for day in days)
        if fits and concerns[0] in thing.iris(_CCN + "concerns"):
            return thing.iri
    return f"{base}-{date}" if earlier and date else base


def appearance(event_: str, person: str, others: Iterable[str]) -> str:
    """Name an appearance by event and person, or by what is printed instead of a name."""
    who = namespaces.slug(person) if person else next((slug for other in others if (slug := slugged(other))), "")
    if not who:
        raise CellError(
            "id", "誰の記録か決まらない。人物か英語の肩書を書くか、短い名前の列に書く",
            "nothing says whose record this is; give the person, the capacity in English, or a short name",
        )  # fmt: skip
    return f"{event_}-{who}"


def _starts(thing: Thing) -> list[str]:
    return thing.texts(_CCN + "start")
