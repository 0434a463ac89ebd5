"""The page of a city: its networks over time, its events, cities like it, where it lies."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from ccn_graph.pages import chart, membership
from ccn_graph.pages import sections as section
from ccn_graph.pages.sections import PARTS, ClassPage, Section, Subject
from ccn_graph.rdf import namespaces

#: Cities that share with this one a field of a network, its country or its events.
_ALIKE = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT DISTINCT ?other ?reason ?what ?ours ?theirs WHERE {
  VALUES ?city { ccn:City }
  {
    ?ours org:member ?city ; org:organization ?network ; ccn:field ?what .
    ?theirs org:organization ?network ; ccn:field ?what ; org:member ?other .
    BIND("field" AS ?reason)
  } UNION {
    ?ours org:member ?city ; org:organization ?what .
    ?city ccn:within+ ?country . ?country a ccn:Country .
    ?theirs org:organization ?what ; org:member ?other .
    ?other ccn:within+ ?country .
    BIND("country" AS ?reason)
  } UNION {
    ?what a ccn:Event ; ccn:participant|ccn:host ?city ; ccn:participant|ccn:host ?other .
    BIND("event" AS ?reason)
  }
  FILTER(?other != ?city)
  ?other a ccn:City
}
"""

#: Fields that a judgement sets aside.
_SET_ASIDE = """
PREFIX ccn: <https://w3id.org/ccn/ns#>
SELECT ?membership ?field WHERE {
  ?judgement ccn:property ccn:field ; ccn:about ?membership ; ccn:prefers ?preferred .
  ?membership ccn:field ?field
  FILTER NOT EXISTS { GRAPH ?preferred { ?membership ccn:field ?field } }
}
"""

#: How many cities like this one are shown.
_MOST = 8


@dataclass(slots=True)
class Neighbour:
    """A city like another one, and why."""

    iri: str
    fields: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    """Networks in which both belong and are of one country."""
    events: set[str] = field(default_factory=set)

    @property
    def nearness(self) -> float:
        """How much they have in common: a field weighs most, then the country, then events at which both were."""
        return 3 * len(self.fields) + 2 * len(self.networks) + min(len(self.events), 4) / 2


def sections(subject: Subject) -> Iterator[Section | None]:
    """Give the sections of the page."""
    yield _memberships(subject)
    yield section.offices(subject)
    yield section.events(subject, *PARTS)
    yield section.participations(subject)
    yield section.acts(subject)
    yield section.observations(subject)
    yield _neighbours(subject)
    yield section.where(subject)
    yield section.editorial(subject)


def _memberships(subject: Subject) -> Section | None:
    found = [one for one in membership.of(subject) if one.member == subject.iri]
    if not found:
        return None
    day = subject.voice.day
    title = subject.voice.text("city.timeline", city=subject.label(subject.iri))
    caption = chart.Caption("networks", title, subject.voice.text("city.timeline-says"))
    rows = [one.row(_name(subject, one)) for one in found]
    drawn = chart.timeline(caption, rows, datetime.date.fromisoformat(day))
    values = {"memberships": found, "day": day, "chart": drawn}
    state = {one.iri: subject.voice.text(one.state_key(day)) for one in found}
    names = (("network", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"), ("until", "date"),
             ("state", "text"), ("record", "iri"))  # fmt: skip
    cells = [(*one.cells(), state[one.iri], one.iri) for one in found]
    conditions = {"city": namespaces.slug(subject.iri)}
    sheet = subject.sheet("memberships", "city.memberships", names, cells, "networks-of-city", **conditions)
    return Section("memberships", values, frozenset(one.iri for one in found), sheet)


def _name(subject: Subject, one: membership.Membership) -> str:
    fields = [subject.label(value.text) for value in one.fields]
    return subject.label(one.network) + (f" ({', '.join(fields)})" if fields else "")


def _neighbours(subject: Subject) -> Section | None:
    found: dict[str, Neighbour] = {}
    aside = {(row["membership"], row["field"]) for row in subject.site.select(_SET_ASIDE)}
    for row in subject.site.select(_ALIKE, city=[ox.NamedNode(subject.iri)]):
        if {(row.get("ours"), row["what"]), (row.get("theirs"), row["what"])} & aside:
            continue
        one = found.setdefault(row["other"], Neighbour(row["other"]))
        {"field": one.fields, "country": one.networks, "event": one.events}[row["reason"]].add(row["what"])
    order = subject.site.labels.order
    subject.site.labels.know(found)
    nearest = sorted(found.values(), key=lambda one: (-one.nearness, order(one.iri, subject.voice.language)))
    return Section("neighbours", {"neighbours": nearest[:_MOST]}) if nearest else None


PAGES = (ClassPage(("City",), sections, PARTS, "AdministrativeArea", "city", rank=1),)
