"""Brings a version into an engine, whole or not at all, and switches readers to it.

What is new is sent beside what is there, counted, and switched to in one request. A run that was killed is taken up
where it ended; a version that is there is left alone.
"""

from __future__ import annotations

import enum
import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import CcnError, EngineError
from ccn_graph.rdf.remote import publication_record
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.remote.publication_record import GraphContents, PublicationState, details, staged, staged_of, union
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.rdf.stores import Stored
from ccn_graph.releases import publish_lock, publish_staging
from ccn_graph.releases.publish_content import Content
from ccn_graph.releases.publish_staging import Load, Staging

_DROPPED = 50
"""Graphs dropped by one request."""

_LONG = 3_600.0
"""Seconds that an engine may take to switch: it moves all graphs that have changed."""


class Phase(enum.Enum):
    """What is being done; the value is what its numbers count."""

    COMPARING = "graphs"
    SENDING = "triples"
    COUNTING = "graphs in the engine"
    SWITCHING = "operations"
    CLEARING = "graphs no longer needed"


#: Called with a phase, how much of it is done, and how much there is.
PhaseProgress = Callable[[Phase, int, int], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What was done."""

    version: str
    triples: int
    """Triples of the union."""
    sent: int
    """Named graphs that were new or had changed."""
    kept: int
    """Named graphs that were as they are."""
    removed: int
    left_out: int
    """Triples that an earlier run had sent."""
    already: bool = False
    """Whether the version was there, so that nothing was done."""


@dataclass(frozen=True, slots=True)
class _Plan:
    wanted: dict[str, GraphContents]
    moves: dict[str, str]
    """Staged graph -> its public name."""
    drops: list[str]
    loads: list[Load]
    expected: dict[str, int]
    """Place -> triples that must be there before the switch."""
    of: dict[str, str | None]
    """Place -> the graph of the content that goes there (None: the union of all)."""

    def add(self, load: Load, count: int) -> None:
        """Have a graph sent that is to hold `count` triples."""
        self.loads.append(load)
        self.expected[load.place] = count


def publish(stored: Stored, client: Client, progress: PhaseProgress, *, take_over: bool = False) -> Published:
    """Make `stored` what an engine publishes.

    Raises EngineError if the engine fails, CcnError if another publisher is at work or if the engine does not hold
    what it was sent: readers then have the version they had.
    """
    version = stored.statistics.version
    with publish_lock.held(client, take_over=take_over) as mine:
        state, register = publication_record.state(client), Staging(client)
        if state.version == version:
            there = publication_record.contents(client, version)
            _clear(client, state, there.keys(), progress)
            return Published(version, stored.statistics.triples, 0, len(there), 0, 0, already=True)
        content = Content(stored.open())
        known_graphs = _known(client, state)
        plan = _planned(content, stored.statistics, known_graphs, progress)
        _drop_leftovers(register, plan, state, known_graphs, progress)
        left_out = _send(client, register, content, plan, progress)
        mine.check()
        _switch(client, plan, version, state, progress)
        _clear(client, publication_record.state(client), plan.wanted.keys(), progress)
        sent = len(plan.loads) - 2
        kept = len(plan.wanted) - sent
        return Published(version, stored.statistics.triples, sent, kept, len(plan.drops), left_out)


def _known(client: Client, state: PublicationState) -> dict[str, GraphContents | None]:
    """Return the named graphs that may be in the engine, and what they hold where that is sure."""
    before = publication_record.contents(client, state.version or state.previous)
    if not state.switching:
        return dict(before)
    # A switch was broken off: what it was about to change may be one or the other.
    after = publication_record.contents(client, state.switching)
    return {
        graph: before.get(graph) if before.get(graph) == after.get(graph) else None for graph in {**before, **after}
    }


def _planned(
    content: Content, statistics: Statistics, known_graphs: Mapping[str, GraphContents | None], progress: PhaseProgress
) -> _Plan:
    version, graphs = statistics.version, content.graphs()
    plan = _Plan({}, {}, sorted(known_graphs.keys() - set(graphs)), [], {}, {})
    for done, graph in enumerate(graphs, start=1):
        held = plan.wanted[graph] = content.contents(graph)
        progress(Phase.COMPARING, done, len(graphs))
        if known_graphs.get(graph) == held:
            continue
        # A graph that is new needs no other place: no version that readers have names it.
        place = staged(version, graph, held) if graph in known_graphs else graph
        if place != graph:
            plan.moves[place] = graph
        plan.add(Load(place, held.digest, functools.partial(content.blocks, graph)), held.count)
        plan.of[place] = graph
    plan.add(Load(union(version), version, functools.partial(content.blocks, None)), statistics.triples)
    plan.of[union(version)] = None
    triples = publication_record.described(version, statistics, plan.wanted)
    block = len(triples), ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    plan.add(Load(details(version), version, lambda: iter([block]), by_update=True), len(triples))
    return plan


def _drop_leftovers(
    register: Staging, plan: _Plan, state: PublicationState, known_graphs: Collection[str], progress: PhaseProgress
) -> None:
    """Drop what runs for other versions have left behind."""
    kept = _described(state) | set(known_graphs)
    wanted = {load.place: load.digest for load in plan.loads}
    leftovers = [
        place for place, digest in register.registered.items() if place not in kept and wanted.get(place) != digest
    ]
    _drop(register, leftovers, progress)


def _send(client: Client, register: Staging, content: Content, plan: _Plan, progress: PhaseProgress) -> int:
    """Send what is not there yet, until all of it is there; return the number of triples that were there."""
    before = publish_staging.counts(client, [load.place for load in plan.loads if load.place in register.registered])
    register.expect(plan.loads)
    left_out, done, all_of_it = 0, 0, sum(plan.expected.values())

    def arrived(count: int) -> None:
        nonlocal done
        done += count
        progress(Phase.SENDING, done, all_of_it)

    for load in plan.loads:
        expected = plan.expected[load.place]
        if before.get(load.place) == expected:
            left_out += expected
            arrived(expected)
        else:
            # What is noted as arrived may since have been moved away, by a switch that was broken off.
            left_out += register.send(load, arrived, anew=before.get(load.place) == 0)
    progress(Phase.COUNTING, 0, len(plan.loads))
    wrong = _miscounted(client, content, plan, plan.expected)
    for load in plan.loads:
        if load.place in wrong and load.place in before:
            register.send(load, lambda _: None, anew=True)
    wrong = _miscounted(client, content, plan, wrong) if wrong else wrong
    progress(Phase.COUNTING, len(plan.loads), len(plan.loads))
    if wrong:
        differences = "; ".join(
            f"{place}: {actual:,} instead of {plan.expected[place]:,}" for place, actual in wrong.items()
        )
        raise CcnError(
            "the engine does not hold as many triples as it was sent, so readers keep the version they have "
            f"({differences}); look for values that it refuses in its log"
        )
    return left_out


def _miscounted(client: Client, content: Content, plan: _Plan, places: Iterable[str]) -> dict[str, int]:
    """Return the places that have another number of triples than was sent, and the number."""
    return {
        place: count
        for place, count in publish_staging.counts(client, places).items()
        if count != plan.expected[place]
        and (place not in plan.of or count != content.distinct_by_value(plan.of[place]))
    }


def _switch(client: Client, plan: _Plan, version: str, state: PublicationState, progress: PhaseProgress) -> None:
    """Switch readers: one request, so that engines with transactions do it at once; the record guards the others."""
    before = state.version or state.previous
    operations = [f"MOVE GRAPH <{place}> TO GRAPH {ox.NamedNode(graph)}" for place, graph in plan.moves.items()]
    operations += [f"DROP SILENT GRAPH {ox.NamedNode(graph)}" for graph in plan.drops]
    if operations:
        operations = publication_record.marked(version, before, switching=True) + operations
    operations += publication_record.marked(version, before, switching=False)
    progress(Phase.SWITCHING, 0, len(operations))
    try:
        client.update(" ;\n".join(operations), seconds=_LONG)
    except EngineError as error:
        # It may be done all the same: somebody between us and the engine may have been less patient.
        if publication_record.state(client).version != version:
            hint = "the switch was broken off; run the same command again to finish it"
            raise EngineError(error.code, f"{error.message}; {hint}", status=error.status) from error
    progress(Phase.SWITCHING, len(operations), len(operations))


def _clear(client: Client, state: PublicationState, graphs: Collection[str], progress: PhaseProgress) -> None:
    """Drop unions older than the one before, on which queries may still be running, and whatever else is left."""
    register, kept = Staging(client), _described(state)
    # What was staged for this version has been moved.
    moved = {place for place in register.registered if place.startswith(staged_of(state.version))}
    _drop(register, sorted(register.registered.keys() - kept - moved - set(graphs)), progress)
    register.forget(sorted(kept))


def _drop(register: Staging, places: Collection[str], progress: PhaseProgress) -> None:
    # Many at a time: a request may cost more than what it does. And few enough to show that something is done.
    remaining = iter(places)
    done = 0
    while some := list(itertools.islice(remaining, _DROPPED)):
        register.drop(some)
        done += len(some)
        progress(Phase.CLEARING, done, len(places))


def _described(state: PublicationState) -> set[str]:
    versions = {state.version, state.switching, state.previous} - {""}
    return {name for version in versions for name in (union(version), details(version))}
