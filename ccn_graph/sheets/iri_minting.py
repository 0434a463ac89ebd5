"""The IRI of a record, made by rule, so that the same row always speaks of the same thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccn_graph.errors import CellError
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.known_things import Facts, Thing
from ccn_graph.text import variants
from ccn_graph.text.normalisation import normal

_P = namespaces.PREFIXES
_CCN = namespaces.CCN
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_SLUG = 100
#: Acts of an applicant: those of two applicants are two.
_APPLYING = {_CCN + name for name in ("Aspiration", "Application", "Recommendation", "Withdrawal")}
#: Acts that answer an application.
_ANSWERING = {_CCN + name for name in ("Rejection", "Deferral")}


def slugged(name: str) -> str:
    """Spell a name in lower-case ASCII with hyphens; empty if its letters are not Latin.

    >>> slugged("Tamba-Sasayama"), slugged("São Paulo"), slugged("Ōsaka (Japan)"), slugged("神戸")
    ('tamba-sasayama', 'sao-paulo', 'osaka', '')
    """
    bare = re.sub(r"\s*\([^()]*\)$", "", normal(name)).casefold().translate(variants.LETTERS)
    bare = "".join(char for char in unicodedata.normalize("NFD", bare) if not unicodedata.combining(char))
    bare = re.sub(r"['’‘ʻ`.]", "", bare)
    return "" if re.search(r"[^\W_]", re.sub(r"[a-z0-9]", "", bare)) else re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def checked(text: str) -> str:
    """Return back a slug that a person wrote, bare, prefixed or as an IRI. Raises CellError for one of another form.

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
    if start and (same := [spell for spell in spells if any(agree(start, stated) for stated in _starts(spell))]):
        return same[0].iri
    begin = start or as_of or end
    earlier = [spell for spell in spells if not begin or _begin(spell, begin) <= begin]
    spell = max(earlier, key=lambda period: _begin(period, ""), default=None)
    if spell is None:
        # It was over before any spell known so far began.
        another = bool(end) and all(end <= _begin(period, "9999") for period in spells)
    else:
        ends = spell.texts(_CCN + "end")
        another = bool(start and ends) and max(ends) <= start
    return f"{base}-{len(spells) + 1}" if another else (spell or spells[0]).iri


def _spells(facts: Facts, base: str) -> list[Thing]:
    """Return the memberships of one member in one network, which their names number without a gap."""
    spells = [facts.things[base]] if base in facts.things else []
    while (following := f"{base}-{len(spells) + 1}") in facts.things:
        spells.append(facts.things[following])
    return spells


def _begin(spell: Thing, otherwise: str) -> str:
    return min(_starts(spell) or spell.texts(_CCN + "asOf") or [otherwise])


def agree(date: str, other: str) -> bool:
    """Tell whether one of two dates lies within the other: 2013-01-13 in 2013-01, and 2015-06 in 2015-04/2016-03."""
    (first, last), (begin, end) = _span(date), _span(other)
    return (begin <= first and last <= end) or (first <= begin and end <= last)


def _span(date: str) -> tuple[str, str]:
    """Return the first and the last day of a date, as texts that can be compared."""
    first, _, last = date.partition("/")
    return first[:10] + "-01-01"[max(len(first) - 4, 0) :], (last or first)[:10] + "-12-31"[
        max(len(last or first) - 4, 0) :
    ]


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


def observation(
    facts: Facts, about: str, measure: str, as_of: str, area: str, planned: bool, field: str = ""
) -> str:  # fmt: skip
    """Find the observation of one measure of one thing on one day, or name it by these."""
    limits = [namespaces.slug(limit) for limit in (area, field) if limit]
    words = [namespaces.slug(about), namespaces.slug(measure), *limits, "planned" if planned else ""]
    named = _P["obs"] + "-".join(word for word in (*words, as_of.replace("/", "-")) if word)
    for thing in facts.pointing(about, _CCN + "Observation") if named not in facts.things else ():
        stated = [thing.iris(_CCN + name) for name in ("about", "measure", "area", "field")]
        days = set(thing.texts(_CCN + "asOf"))
        wanted = [[about], [measure], [area] if area else [], [field] if field else []]
        planned_too = bool(thing.texts(_CCN + "planned")) == planned
        if stated == wanted and planned_too and days == ({as_of} if as_of else set()):
            return thing.iri
    return named


@dataclass(frozen=True, slots=True)
class Deed:
    """What makes an act the one it is: its class, what it concerns, who does it, for which fields, when."""

    class_: str
    concerns: Sequence[str]
    by: Sequence[str] = ()
    fields: Sequence[str] = ()
    follows: Sequence[str] = ()
    date: str = ""


def act(facts: Facts, deed: Deed) -> str:
    """Find an act on record, or name it. Raises CellError where several acts on record may be meant.

    Another applicant makes another application. Of other acts, one that does not say who did it may be that of a row
    that does.
    """
    same = [thing for thing in facts.pointing(deed.concerns[0], deed.class_) if _is(thing, deed)]
    if len(same) > 1:
        raise CellError(
            "id", "この行の行為に当たる記録が二つ以上ある。短い名前の列にどれかを書く",
            "several acts on record may be the one of this row; write which in the column of short names",
            suggestion=", ".join(namespaces.curie(thing.iri) for thing in same[:3]),
        )  # fmt: skip
    if same:
        return same[0].iri
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", namespaces.slug(deed.class_)).lower()
    answers = deed.follows and deed.class_ in _ANSWERING
    base = f"{namespaces.slug((deed.follows if answers else deed.concerns)[0])}-{word}"
    doer = "-".join(namespaces.slug(iri) for iri in deed.by[:2])
    field = "-".join(namespaces.slug(iri) for iri in deed.fields[:2])
    names = [base] if not doer or deed.class_ not in _APPLYING else []
    names += [f"{doer}-{base}"] if doer and doer not in base else []
    names = names or [base]
    names += [
        f"{names[-1]}-{end}" for end in (field, deed.date.replace("/", "-"), f"{field}-{deed.date}") if end.strip("-")
    ]
    free = (f"{_P['act']}{name}" for name in names if f"{_P['act']}{name}" not in facts.things)
    return next(free, f"{_P['act']}{names[-1]}")


def _is(thing: Thing, deed: Deed) -> bool:
    """Tell whether an act on record can be that of a row."""
    concerns, by, fields, follows = (set(thing.iris(_CCN + name)) for name in ("concerns", "by", "field", "follows"))
    days = thing.texts(_CCN + "date")
    if deed.concerns[0] not in concerns or (days and deed.date and not any(agree(deed.date, day) for day in days)):
        return False
    if deed.class_ in _APPLYING:
        return by == set(deed.by) and fields == set(deed.fields)
    if deed.class_ in _ANSWERING and follows != set(deed.follows):
        return False
    apart = (by and deed.by and not by & set(deed.by)) or (fields and deed.fields and fields != set(deed.fields))
    return not apart and (len(deed.concerns) == 1 or not concerns or _nested(concerns, set(deed.concerns)))


def _nested(values: set[str], other: set[str]) -> bool:
    return values <= other or other <= values


def office(facts: Facts, holder: str, organization: str, role: str, start: str) -> str:
    """Find the office that somebody holds in an organization, or name it; a second term takes the year it began."""
    base = f"{_P['office']}{'-'.join(map(namespaces.slug, (organization, holder, role)))}"
    terms = [
        thing for thing in facts.pointing(holder, _CCN + "Office")
        if (thing.iris(_CCN + "officeIn"), thing.iris(_CCN + "role")) == ([organization], [role])
    ]  # fmt: skip
    for thing in terms:
        if not start or not _starts(thing) or any(agree(start, stated) for stated in _starts(thing)):
            return thing.iri
    return f"{base}-{start[:4]}" if terms else base


def non_membership(facts: Facts, member: str, network: str, as_of: str) -> str:
    """Find the statement that somebody was no member on a day, or name it."""
    base = f"{_P['member']}{namespaces.slug(network)}-{namespaces.slug(member)}-not"
    if base not in facts.things or facts.things[base].texts(_CCN + "asOf") in ([], [as_of]):
        return base
    return f"{base}-{as_of.replace('/', '-')}"


def participation(facts: Facts, event_: str, party: str) -> str:
    """Find the participation of somebody in an event, or name it."""
    for thing in facts.pointing(party, _CCN + "Participation"):
        if event_ in thing.iris(_CCN + "event"):
            return thing.iri
    return f"{event_}-{namespaces.slug(party)}"


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
