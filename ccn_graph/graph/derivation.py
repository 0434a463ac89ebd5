"""What the derived graph says of memberships, of the fields that they have had, and of events."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from ccn_graph.graph import preferred
from ccn_graph.graph.preferred import BEST_SOURCE, STATED_IN, TYPE, Statements, dated, term
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import Object, SourceFile, Subject
from ccn_graph.text import intervals
from ccn_graph.text.intervals import Certainty, Interval, Period

_MEMBERSHIP, _EVENT, _CITY = {term("Membership")}, {term("Event")}, {term("City")}
_MEMBER_CITIES = term("measure:member-cities")
_START, _END, _AS_OF, _FIELD = term("start"), term("end"), term("asOf"), term("field")
_PLANNED = (term("plannedStart"), term("plannedEnd"))
#: What an announcement may change: of an event to come the latest one holds.
_OF_PLANS = (*_PLANNED, term("host"), term("venue"), term("mode"))

Said = Iterator[tuple[ox.NamedNode, Object]]
#: Network -> its member cities, each with when it was a member (None), and when in which field.
_Members = dict[Object, list[tuple[Object, dict[Object | None, Period]]]]


def derived(sources: Iterable[SourceFile]) -> Iterator[ox.Quad]:
    """Compute the derived graph from all files of a project."""
    statements = Statements.read(sources)
    periods: list[tuple[Subject, Period]] = []
    for subject in preferred.things(statements):
        if statements.are_of(subject, _MEMBERSHIP):
            periods.append((subject, period_of(statements, subject)))
            yield from _membership(statements, *periods[-1])
        elif statements.are_of(subject, _EVENT):
            yield from preferred.quads(subject, _event(statements, subject))
        else:
            pairs = list(preferred.plainly(statements, subject))
            country = statements.country(subject) if term("within") in statements.of[subject] else None
            if country is not None:
                pairs.append((term("country"), country))
            pairs += _inactive(statements, subject)
            yield from preferred.quads(subject, pairs)
    members = _members(statements, periods)
    for observation in preferred.things(statements):
        if statements.one(observation, term("measure")) == _MEMBER_CITIES:
            yield from preferred.quads(observation, _on_record(statements, observation, members))


def _members(statements: Statements, periods: list[tuple[Subject, Period]]) -> _Members:
    """Return the member cities of each network: when each membership began and ended, in all and in each field."""
    members: _Members = defaultdict(list)
    for membership, period in periods:
        for network in statements.values(membership, term("org:organization")):
            for member in statements.values(membership, term("org:member")):
                if statements.are_of(member, _CITY):
                    spells: dict[Object | None, Period] = {None: period}
                    spells.update(_spells(statements, membership, period).items())
                    members[network].append((member, spells))
    return members


def _on_record(statements: Statements, observation: Subject, members: _Members) -> Said:
    """Count the members on record that a stated number surely counted, and those that it may have counted besides."""
    day = intervals.agreed(statements.days(observation, _AS_OF))
    area = statements.one(observation, term("area"))
    network, field = statements.one(observation, term("about")), statements.one(observation, _FIELD)
    if day is None or network is None:
        return
    states: dict[Object, set[Certainty]] = defaultdict(set)
    for member, spells in members.get(network, ()):
        if field in spells and (area is None or area in statements.within(member)):
            states[member].add(spells[field].within(day))
    certain = sum(Certainty.CERTAIN in state for state in states.values())
    possible = sum(Certainty.POSSIBLE in state and Certainty.CERTAIN not in state for state in states.values())
    yield term("membersOnRecord"), ox.Literal(certain)
    yield term("possibleMembersOnRecord"), ox.Literal(possible)


def _inactive(statements: Statements, network: Subject) -> Said:
    """Say since when a network is suspended or dissolved, unless it was resumed or founded again since."""
    acts = sorted(
        (day.earliest, day.latest, class_ in ("Suspension", "Dissolution"), class_, preferred.text(act), act)
        for class_, act in statements.concerning.get(network, ())
        if class_ in ("Founding", "Suspension", "Resumption", "Dissolution")
        and (day := intervals.agreed(statements.days(act, term("date"))))
    )
    if acts and acts[-1][2]:
        yield from ((term("inactiveSince"), value) for value in statements.values(acts[-1][-1], term("date")))
        yield term("state"), ox.Literal("suspended" if acts[-1][3] == "Suspension" else "dissolved")


def period_of(statements: Statements, membership: Subject) -> Period:
    """Return when a membership began and ended, from all that documents say of it."""
    networks = statements.values(membership, term("org:organization"))
    foundings = [day for network in networks for day in statements.dates_of_acts(network, "Founding")]
    ends = statements.days(membership, _END)
    return intervals.period(
        statements.days(membership, _START),
        statements.dates_of_acts(membership, "Designation"),
        [*ends, *statements.dates_of_acts(membership, "Withdrawal")],
        held=statements.days(membership, _AS_OF),
        known_by=statements.days(membership, term("knownBy")),
        not_before=intervals.agreed(foundings),
    )


def _membership(statements: Statements, membership: Subject, period: Period) -> Iterator[ox.Quad]:
    spells = _spells(statements, membership, period)
    current = [field for field, spell in spells.items() if spell.end == period.end]
    pairs = [
        *preferred.plainly(statements, membership, without={_START, _END, _AS_OF, _FIELD}),
        *((_FIELD, field) for field in current),
        *_bounds(period),
        *_evidence(statements, membership, period),
    ]
    yield from preferred.quads(membership, pairs)
    for field, spell in spells.items():
        name = ox.NamedNode(f"{preferred.text(membership)}#{namespaces.slug(preferred.text(field))}")
        spell_pairs = [(TYPE, term("FieldSpell")), (term("ofMembership"), membership), (_FIELD, field), *_bounds(spell)]
        yield from preferred.quads(name, spell_pairs)


def _bounds(period: Period) -> Said:
    yield from dated(period.start, _START)
    if period.end is not None:
        yield from dated(period.end, _END)


def _evidence(statements: Statements, membership: Subject, period: Period) -> Said:
    """Say what is cited for a membership: its start as stated, the last day it is stated for, country, best source."""
    starts, ends = statements.values(membership, _START), statements.values(membership, _END)
    held, known_by = statements.values(membership, _AS_OF), statements.values(membership, term("knownBy"))
    source = next(
        (best for values in (starts, held, known_by, ends, statements.values(membership, term("org:organization")))
         if (best := preferred.best_source(statements, values))), None,
    )  # fmt: skip
    if source is not None:
        yield BEST_SOURCE, source
        stated = [value for value, graphs in starts.items() if source in graphs]
        yield from ((term("statedStart"), value) for value in sorted(stated, key=str)[:1])
    for act in statements.acts(membership, "Designation"):
        days = statements.values(act, term("date"))
        yield term("beganWith"), act
        yield from ((STATED_IN, graph) for graph in [preferred.best_source(statements, days)] if graph)
    yield from ((term("statedEnd"), value) for value in sorted(ends, key=str)[:1])
    latest = max(((day.latest, day.earliest, preferred.text(value), value) for value in held
                  if (day := preferred.days_of(value))), default=None, key=lambda entry: entry[:3])  # fmt: skip
    if latest is not None:
        yield _AS_OF, latest[3]
        yield from dated(Interval(latest[1], latest[0]), _AS_OF, itself=False)
    ended = ends or statements.acts(membership, "Withdrawal")
    yield term("state"), ox.Literal("ended" if ended else "ongoing")
    if starts or statements.dates_of_acts(membership, "Designation"):
        yield from ((term("since"), value) for name, value in _bounds(period) if name == _START)
    for member in statements.values(membership, term("org:member")):
        country = statements.country(member)
        if country is not None:
            yield term("country"), country


def _spells(statements: Statements, membership: Subject, period: Period) -> dict[Object, Period]:
    """Return when a membership had each field: a change of field ends those before it."""
    changes = sorted(
        ((day, field) for act in statements.acts(membership, "FieldChange")
         if (day := intervals.agreed(statements.days(act, term("date"))))
         for field in statements.values(act, _FIELD)),
        key=lambda change: (change[0].earliest, change[0].latest, str(change[1])),
    )  # fmt: skip
    brought = {field for _, field in changes}
    fields = [field for field in statements.values(membership, _FIELD) if field not in brought]
    spells = {field: Period(period.start, changes[0][0] if changes else period.end) for field in fields}
    for number, (day, field) in enumerate(changes):
        following = next((later for later, _ in changes[number + 1 :] if later != day), None)
        spells[field] = Period(day, following or period.end)
    return spells


def _event(statements: Statements, event: Subject) -> Said:
    held = bool(statements.values(event, _START)) or ox.Literal(True) in statements.values(event, term("held"))
    plan = _latest_plan(statements, event)
    of_plan = () if held or plan is None else _OF_PLANS
    yield from preferred.plainly(statements, event, without={*of_plan, *_PLANNED})
    if plan is not None:
        for property_ in _PLANNED if held else _OF_PLANS:
            values = statements.values(event, property_)
            stated = [value for value, graphs in values.items() if plan in graphs] or list(values)
            yield from ((property_, value) for value in stated)
            if property_ in _PLANNED and (day := intervals.agreed(filter(None, map(preferred.days_of, stated)))):
                yield from dated(day, property_, itself=False)
    state = "held" if held else _state_of_plan(statements, event, plan)
    if state:
        yield term("state"), ox.Literal(state)
    source = preferred.best_source(statements, statements.values(event, _START)) or plan
    if source is None:
        graphs = statements.graphs(event)
        source = min(graphs, key=lambda graph: (statements.directness(graph), graph.value), default=None)
    if source is not None:
        yield BEST_SOURCE, source


def _latest_plan(statements: Statements, event: Subject) -> ox.NamedNode | None:
    graphs = {graph for graphs in statements.values(event, _PLANNED[0]).values() for graph in graphs}
    return max(graphs, key=lambda graph: (statements.issued(graph), graph.value), default=None)


def _state_of_plan(statements: Statements, event: Subject, plan: ox.NamedNode | None) -> str:
    """Return whether an event that is not known to be held is cancelled, postponed or planned; nothing if unknown."""
    if statements.acts(event, "Cancellation"):
        return "cancelled"
    for act in statements.acts(event, "Postponement"):
        announced = max((statements.issued(graph) for graph in statements.graphs(act)), default="")
        if plan is None or statements.issued(plan) < announced or not _is_later(statements, event, plan, act):
            return "postponed"
    return "planned" if plan is not None else ""


def _is_later(statements: Statements, event: Subject, plan: ox.NamedNode, act: Subject) -> bool:
    """Tell whether the planned day lies after the day of the postponement, as far as both are stated."""
    values = statements.values(event, _PLANNED[0])
    days = [day for value, graphs in values.items() if plan in graphs and (day := preferred.days_of(value))]
    postponed = intervals.agreed(statements.days(act, term("date")))
    return postponed is None or max((day.latest for day in days), default=datetime.date.min) > postponed.latest
