"""Publishing to the real engines: what arrives, what readers see meanwhile, and what a kill leaves behind."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph import Graph
from ccn_graph.errors import CcnError, EngineError
from ccn_graph.rdf import stores
from ccn_graph.rdf.namespaces import PREFIXES
from ccn_graph.rdf.remote import publication_record
from ccn_graph.rdf.remote.http_client import Client, find
from ccn_graph.rdf.remote.publication_record import LOCK, OURS, RECORD, REGISTER
from ccn_graph.rdf.stores import Stored
from ccn_graph.releases import publish_content, publish_lock, publish_staging
from ccn_graph.releases.publish import Phase, Published, publish
from ccn_graph.server import open_local
from tests.conftest import ROOT, Write, some
from tests.engines import Oxigraph, Running, Virtuoso, started
from tests.gate import Gate, Passing, gate

A, B, C, D = (f"http://e/graph/{name}" for name in "abcd")

FIRST = {A: range(40), B: range(20, 60), C: range(5)}
#: B changes, C goes, D is new.
SECOND = {A: range(40), B: range(30, 60), D: range(3)}

# With DISTINCT, Virtuoso takes many seconds.
ALL_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"

Version = Mapping[str, range]
Make = Callable[[Version], Stored]


@pytest.fixture
def make(write: Write) -> Make:
    """Give a version with these graphs; each triple says the number of its version as well."""

    def stored(version: Version) -> Stored:
        return stores.in_memory([file_of(version, write)], union=True)

    return stored


def file_of(version: Version, write: Write) -> Path:
    lines = [
        f'<http://e/{n}> <http://e/p> "{n} 神戸"@ja <{graph}> .\n'
        for graph, numbers in version.items()
        for n in numbers
    ]
    return write(f"version-{len(lines)}.nq", "".join(lines))


@pytest.fixture(params=["oxigraph", "virtuoso"])
def engine(request: pytest.FixtureRequest) -> Running:
    """Each engine in turn, with nothing of ours in it."""
    running: Running = request.getfixturevalue(request.param)
    empty(running)
    return running


def empty(running: Running) -> None:
    """Drop what tests have published; graphs of the engine itself stay."""
    with running.client() as client:
        rows = client.rows(ALL_GRAPHS)
        names = {publication_record.text(row["g"]) for row in rows}
        ours = [name for name in names if name.startswith((OURS, "http://e/", PREFIXES["graph"]))]
        if ours:
            client.update(" ;\n".join(f"DROP SILENT GRAPH <{name}>" for name in ours))


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Take note of nothing."""


def bring(stored: Stored, running: Running) -> Published:
    with running.client() as client:
        return publish(stored, client, quiet)


def triples(client: Client, graph: str) -> set[ox.Triple]:
    """Read a graph back, in parts that Virtuoso gives whole."""
    found: set[ox.Triple] = set()
    step = 5_000
    while len(found) % step == 0:
        query = (
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ SELECT * WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} "
            f"ORDER BY ?s ?p ?o LIMIT {step} OFFSET {len(found)} }} }}"
        )
        with client.ask(query, accept="application/n-triples") as reply:
            some = {quad.triple for quad in ox.parse(reply.whole(), format=ox.RdfFormat.N_TRIPLES)}
        if not some - found:
            break
        found |= some
    return found


def said(store: ox.Store, graph: str | None) -> set[ox.Triple]:
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, name)}


def names_in(client: Client) -> set[str]:
    rows = client.rows(ALL_GRAPHS)
    names = {publication_record.text(row["g"]) for row in rows}
    return {name for name in names if name.startswith((OURS, "http://e/"))}


def assert_whole(running: Running, stored: Stored, before: str = "") -> None:
    """Check that an engine holds a version, graph by graph, the one before it, and nothing else of ours."""
    store, version = stored.open(), stored.statistics.version
    with running.client() as client:
        read = publication_record.read(client)
        assert read and read.version == version
        # A run that was killed had read the same data at another time.
        assert dataclasses.replace(read.statistics, modified=stored.statistics.modified) == stored.statistics
        assert {name: held.count for name, held in read.graphs.items()} == stored.statistics.graphs
        for graph in read.graphs:
            assert triples(client, graph) == said(store, graph)
        assert triples(client, read.union) == said(store, None)
        kept = [publication_record.union(one) for one in (version, before) if one]
        kept += [publication_record.details(one) for one in (version, before) if one]
        assert names_in(client) == {*read.graphs, *kept, RECORD, REGISTER}


def test_what_is_published_is_what_is_read_back(engine: Running, make: Make) -> None:
    first, second = make(FIRST), make(SECOND)
    done = bring(first, engine)
    assert (done.sent, done.kept, done.removed, done.already) == (3, 0, 0, False)
    assert_whole(engine, first)
    done = bring(second, engine)
    assert (done.sent, done.kept, done.removed, done.already) == (2, 1, 1, False)
    assert_whole(engine, second, first.statistics.version)


def test_publishing_twice_does_nothing_the_second_time(oxigraph: Oxigraph, make: Make) -> None:
    empty(oxigraph)
    first = make(FIRST)
    bring(first, oxigraph)
    with gate(oxigraph.url) as between, Client(find(between.url)) as client:
        assert publish(first, client, quiet).already
        assert not [one for one in between.seen if one.fills]
    assert_whole(oxigraph, first)


def test_one_can_go_back_and_only_the_version_before_is_kept(oxigraph: Oxigraph, make: Make) -> None:
    empty(oxigraph)
    first, second, third = make(FIRST), make(SECOND), make({A: range(7)})
    for stored in (first, second, first, third):
        bring(stored, oxigraph)
    assert_whole(oxigraph, third, first.statistics.version)


def test_a_large_graph_goes_in_blocks(oxigraph: Oxigraph, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    empty(oxigraph)
    small_blocks(monkeypatch)
    first = make(FIRST)
    with gate(oxigraph.url) as between, Client(find(between.url)) as client:
        publish(first, client, quiet)
        sent = [len(one.body.splitlines()) for one in between.seen if one.fills and "%3Aunion%3A" in one.target]
    assert sent == [10] * 6
    assert_whole(oxigraph, first)


def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = publish_content.Content.blocks
    monkeypatch.setattr(publish_content.Content, "blocks", lambda self, graph: blocks(self, graph, 10))


def test_an_engine_without_graph_store_is_filled_by_updates(oxigraph: Oxigraph, write: Write) -> None:
    empty(oxigraph)
    awkward = [r'"a \\u0041 \\\\u0042 \" \n \t \\"', r'"\u0001\u007F"', '"神戸"@ja', "<http://e/神戸>"]
    path = write("awkward.nq", "".join(f"<http://e/s> <http://e/p> {one} <{A}> .\n" for one in awkward))
    stored = stores.in_memory([path], union=True)
    with gate(oxigraph.url) as between:
        base = between.url.removesuffix("/query")
        target = find(between.url, update=f"{base}/update")
        with Client(type(target)(target.query, target.update)) as client:
            publish(stored, client, quiet)
        assert not [one for one in between.seen if one.fills]
    assert_whole(oxigraph, stored)


#: What Virtuoso 7 makes of terms; all others come back as they were.
VIRTUOSO_WRITES = {
    '"1.50"^^xsd:decimal': '"1.5"^^xsd:decimal',
    '"1E6"^^xsd:double': '"1e+06"^^xsd:double',
    '"x"@en-GB': '"x"@en-gb',
    '"P1Y2M"^^xsd:duration': '"14"^^xsd:duration',
    '"x"^^xsd:string': '"x"',
}
AS_THEY_ARE = [
    '"2019"^^xsd:gYear', '"2019-03"^^xsd:gYearMonth', '"2019-03-04"^^xsd:date', '"true"^^xsd:boolean',
    '"2019-03-04T13:30:00+09:00"^^xsd:dateTime', '"42"^^xsd:integer', '"7"^^xsd:decimal', '""', '"神戸"@ja',
    '"a \\\\ \\" \\n b"@ja', '"x"^^<http://e/type>', "<http://e/神戸>", "<http://e/%E7%A5%9E?a=b&c=d#e>",
]  # fmt: skip


def typed(written: str) -> str:
    value, mark, name = written.partition("^^xsd:")
    return f"{value}^^<{PREFIXES['xsd']}{name}>" if mark else written


def test_terms_come_back_from_virtuoso_with_these_differences(virtuoso: Virtuoso, write: Write) -> None:
    empty(virtuoso)
    sent = [*VIRTUOSO_WRITES, *AS_THEY_ARE]
    path = write(
        "terms.nq", "".join(f"<http://e/{n}> <http://e/p> {typed(one)} <{A}> .\n" for n, one in enumerate(sent))
    )
    bring(stores.in_memory([path], union=True), virtuoso)
    with virtuoso.client() as client:
        found = {triple.subject: str(triple.object) for triple in triples(client, A)}
    for number, one in enumerate(some(sent)):
        assert found[ox.NamedNode(f"http://e/{number}")] == typed(VIRTUOSO_WRITES.get(one, one)), one


def test_virtuoso_writes_booleans_as_numbers_in_results_and_cuts_graphs_without_a_word(
    virtuoso: Virtuoso, write: Write
) -> None:
    empty(virtuoso)
    many = "".join(f"<http://e/{n}> <http://e/p> {n} .\n".replace(f" {n} ", f' "{n}" ') for n in range(10_500))
    true = f'<http://e/s> <http://e/b> "true"^^<{PREFIXES["xsd"]}boolean> .\n'
    stored = stores.in_memory([write("many.nt", many + true)], union=True)
    bring(stored, virtuoso)
    union = [publication_record.union(stored.statistics.version)]
    with virtuoso.client() as client:
        (row,) = client.rows("SELECT ?o WHERE { ?s <http://e/b> ?o }", union)
        assert row["o"] == ox.Literal("1", datatype=ox.NamedNode(f"{PREFIXES['xsd']}boolean"))
        with pytest.raises(EngineError, match="10000") as caught:
            client.rows("SELECT * WHERE { ?s ?p ?o }", union)
        assert caught.value.code == "engine-partial"
        with client.ask("CONSTRUCT WHERE { ?s ?p ?o }", union, accept="application/n-triples") as reply:
            assert len(reply.whole().splitlines()) < 10_500


def test_equal_values_that_virtuoso_keeps_once_are_no_loss(virtuoso: Virtuoso, write: Write) -> None:
    empty(virtuoso)
    alike = ['"7"^^xsd:decimal', '"7"^^xsd:integer', '"7"^^xsd:double', '"1"^^xsd:integer', '"true"^^xsd:boolean']
    path = write("alike.nq", "".join(f"<http://e/s> <http://e/p> {typed(one)} <{A}> .\n" for one in alike))
    stored = stores.in_memory([path], union=True)
    bring(stored, virtuoso)
    with virtuoso.client() as client:
        assert publication_record.current(client) == stored.statistics.version
        assert publish_staging.counts(client, [A]) == {A: 2}


def test_the_projects_own_data_arrive_in_virtuoso(virtuoso: Virtuoso, graph: Graph) -> None:
    empty(virtuoso)
    stored = open_local.of_graph(graph)
    done = bring(stored, virtuoso)
    assert done.sent == len(stored.statistics.graphs) > 100
    with virtuoso.client() as client:
        read = publication_record.read(client)
        assert read and read.statistics == stored.statistics
        names = list(read.graphs)
        assert publish_staging.counts(client, names) == stored.statistics.graphs
        store = stored.open()
        # Virtuoso sorts no more than 10,000 rows, as Debian sets it up.
        sizes = stored.statistics.graphs
        readable = sorted((name for name in names if sizes[name] < 10_000), key=sizes.__getitem__)
        for name in some(readable[-3:]):
            assert {values(one) for one in triples(client, name)} == {values(one) for one in said(store, name)}


def values(triple: ox.Triple) -> tuple[object, object, object]:
    """Give a triple as Virtuoso keeps it: values of numbers, not how they are written."""
    return triple.subject, triple.predicate, publish_content.value(triple.object)


def test_blank_nodes_are_named_alike_everywhere_and_every_time(engine: Running, write: Write) -> None:
    text = f"""<{A}> {{ <http://e/s> <http://e/p> [ <http://e/q> [], [] ; <http://e/r> 1 ] . _:x <http://e/q> _:x }}
               <{B}> {{ _:x <http://e/q> <http://e/o> . [] <http://e/q> 2 . [] <http://e/q> 2 }}"""
    path = write("blank.trig", text)
    found: list[set[ox.Triple]] = []
    for _ in range(2):
        empty(engine)
        stored = stores.in_memory([path], union=True)
        bring(stored, engine)
        with engine.client() as client:
            one, other = triples(client, A), triples(client, B)
            assert triples(client, publication_record.union(stored.statistics.version)) == one | other
        assert (len(one), len(other)) == (5, 3)
        found.append(one | other)
    assert found[0] == found[1]
    nodes = {term for triple in found[0] for term in (triple.subject, triple.object)}
    assert not [term for term in nodes if isinstance(term, ox.BlankNode)]


def test_readers_never_see_half_a_version(engine: Running, make: Make) -> None:
    first, second = make(FIRST), make(SECOND)
    by_version = {one.statistics.version: one.open() for one in (first, second)}
    bring(first, engine)
    seen: list[str] = []
    faults: list[str] = []
    ended = threading.Event()

    def read_all_the_time() -> None:
        with engine.client() as client:
            last = False
            while not last:
                last = ended.is_set()
                published = publication_record.read(client)
                if published is None:
                    continue
                store = by_version[published.version]
                if triples(client, published.union) != said(store, None):
                    faults.append(f"the union of {published.version}")
                graphs = {name: triples(client, name) for name in published.graphs}
                # As readers of named graphs do: if the version is another one by now, they ask again.
                if publication_record.current(client) == published.version:
                    faults.extend(name for name, held in graphs.items() if held != said(store, name))
                    seen.append(published.version)

    reader = threading.Thread(target=read_all_the_time)
    reader.start()
    try:
        for stored in (second, first, second):
            bring(stored, engine)
    finally:
        ended.set()
        reader.join()
    assert not faults
    assert seen[-1] == second.statistics.version
    # A reader that still has the version before reads it whole.
    with engine.client() as client:
        assert triples(client, publication_record.union(first.statistics.version)) == said(first.open(), None)


@pytest.fixture
def guarded(oxigraph: Oxigraph) -> Iterator[Gate]:
    """Give a gate before an empty engine."""
    empty(oxigraph)
    with gate(oxigraph.url) as between:
        yield between


def command(url: str, path: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "ccn_graph", "publish", "--to", url, "--data", str(path), *more]


def killed_at(between: Gate, path: Path, place: Callable[[Passing], bool], *, answered: bool) -> None:
    """Publish, and kill -9 the process at a request: before the engine gets it, or when it has answered."""
    process: list[subprocess.Popen[bytes]] = []
    ready = threading.Event()

    def kill(passing: Passing) -> int | None:
        if not place(passing):
            return None
        ready.wait(10)
        os.kill(process[0].pid, signal.SIGKILL)
        process[0].wait(10)
        return -1

    between.before, between.after = (between.after, kill) if answered else (kill, between.after)
    process.append(subprocess.Popen(command(between.url, path), cwd=ROOT, stderr=subprocess.DEVNULL))
    ready.set()
    assert process[0].wait(60) == -signal.SIGKILL
    between.before = between.after = lambda _: None


POINTS: dict[str, tuple[Callable[[Passing], bool], bool]] = {
    "before anything is sent": (lambda one: one.fills, False),
    "when the union is half there": (lambda one: one.fills and "union" in one.target, False),
    "when all of it is there": (lambda one: one.switches, False),
    "when it is switched and not cleared": (lambda one: one.switches, True),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_is_taken_up_where_it_ended(
    point: str, guarded: Gate, oxigraph: Oxigraph, make: Make, write: Write
) -> None:
    first, second = make(FIRST), make(SECOND)
    bring(first, oxigraph)
    place, answered = POINTS[point]
    killed_at(guarded, file_of(SECOND, write), place, answered=answered)
    with oxigraph.client() as client:
        assert publication_record.current(client) == (second if answered else first).statistics.version
    done = bring(second, oxigraph)
    assert done.already == answered
    assert (done.left_out > 0) == (point in ("when the union is half there", "when all of it is there"))
    assert_whole(oxigraph, second, first.statistics.version)


def test_what_a_killed_run_left_is_dropped_when_another_version_comes(
    guarded: Gate, oxigraph: Oxigraph, make: Make, write: Write
) -> None:
    first, third = make(FIRST), make({A: range(7), D: range(1, 4)})
    bring(first, oxigraph)
    killed_at(guarded, file_of(SECOND, write), lambda one: one.switches, answered=False)
    # D of the killed version has as many triples as D of this one, but others.
    bring(third, oxigraph)
    assert_whole(oxigraph, third, first.statistics.version)


def test_blocks_that_have_arrived_are_not_sent_again(
    guarded: Gate, oxigraph: Oxigraph, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_blocks(monkeypatch)
    stored = make({A: range(100)})
    sent: list[Passing] = []

    def broken_at_the_fifth(passing: Passing) -> int | None:
        if not (passing.fills and "graph%2Fa" in passing.target):
            return None
        sent.append(passing)
        return 500 if len(sent) == 5 else None

    guarded.before = broken_at_the_fifth
    with Client(find(guarded.url)) as client:
        with pytest.raises(EngineError, match="said by the gate"):
            publish(stored, client, quiet)
        guarded.before = lambda passing: (
            sent.append(passing) if passing.fills and "graph%2Fa" in passing.target else None
        )
        done = publish(stored, client, quiet)
    assert done.left_out == 40
    assert len(sent) == 5 + 6
    assert_whole(oxigraph, stored)


def test_blocks_that_are_noted_and_were_lost_are_sent_again(
    guarded: Gate, oxigraph: Oxigraph, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_blocks(monkeypatch)
    stored = make({A: range(100)})
    guarded.before = lambda passing: 500 if passing.switches else None
    with Client(find(guarded.url)) as client:
        with pytest.raises(EngineError):
            publish(stored, client, quiet)
        client.update(f"DELETE DATA {{ GRAPH <{A}> {{ <http://e/3> <http://e/p> '3 神戸'@ja }} }}")
        guarded.before = lambda _: None
        publish(stored, client, quiet)
    assert_whole(oxigraph, stored)


def test_an_engine_that_does_not_hold_what_it_was_sent_is_not_switched_to(
    guarded: Gate, oxigraph: Oxigraph, make: Make
) -> None:
    first, second = make(FIRST), make(SECOND)
    bring(first, oxigraph)
    guarded.before = lambda passing: 204 if passing.fills and "staged" in passing.target else None
    with Client(find(guarded.url)) as client:
        with pytest.raises(CcnError, match=r"staged:.*: 0 instead of 30"):
            publish(second, client, quiet)
        assert publication_record.current(client) == first.statistics.version
    bring(second, oxigraph)
    assert_whole(oxigraph, second, first.statistics.version)


def test_a_switch_that_was_broken_off_is_finished_by_the_next_run(
    guarded: Gate, oxigraph: Oxigraph, make: Make
) -> None:
    first, second = make(FIRST), make(SECOND)
    bring(first, oxigraph)

    def half(passing: Passing) -> int | None:
        """Do as an engine without transactions that dies on the way: mark, and move one graph of two."""
        if not passing.switches:
            return None
        done = passing.body.decode().split(" ;\n")[:3]
        assert "MOVE" in done[-1]
        with oxigraph.client() as client:
            client.update(" ;\n".join(done))
        return -1

    guarded.before = half
    with Client(find(guarded.url)) as client, pytest.raises(EngineError, match="run the same command again"):
        publish(second, client, quiet)
    with oxigraph.client() as client:
        # Neither version is whole, and nobody is told that one is.
        assert publication_record.current(client) is None
        assert publication_record.state(client).switching == second.statistics.version
    bring(second, oxigraph)
    assert_whole(oxigraph, second, first.statistics.version)


def test_after_a_broken_switch_any_version_can_be_published(oxigraph: Oxigraph, make: Make) -> None:
    empty(oxigraph)
    first, second, third = make(FIRST), make(SECOND), make({A: range(3), B: range(9)})
    bring(first, oxigraph)
    with oxigraph.client() as client:
        marks = publication_record.marked(second.statistics.version, first.statistics.version, switching=True)
        client.update(" ;\n".join([*marks, f"DROP GRAPH <{B}>"]))
    bring(third, oxigraph)
    assert_whole(oxigraph, third, first.statistics.version)


def test_a_switch_that_succeeded_unheard_counts(guarded: Gate, oxigraph: Oxigraph, make: Make) -> None:
    first = make(FIRST)
    guarded.after = lambda passing: -1 if passing.switches else None
    with Client(find(guarded.url)) as client:
        assert publish(first, client, quiet).version == first.statistics.version
    assert_whole(oxigraph, first)


def test_of_two_publishers_the_second_is_refused(guarded: Gate, oxigraph: Oxigraph, make: Make) -> None:
    first, second = make(FIRST), make(SECOND)
    refused: list[CcnError] = []

    def meanwhile(passing: Passing) -> int | None:
        if passing.fills and not refused:
            with pytest.raises(CcnError, match=f"process {os.getpid()} on ") as caught:
                bring(second, oxigraph)
            refused.append(caught.value)
        return None

    guarded.before = meanwhile
    with Client(find(guarded.url)) as client:
        publish(first, client, quiet)
    assert "--take-over" in str(refused[0])
    assert_whole(oxigraph, first)


def test_of_two_who_begin_at_the_same_moment_never_both_go_on(guarded: Gate, oxigraph: Oxigraph, make: Make) -> None:
    first = make(FIRST)
    other = dataclasses.replace(publish_lock.Holder.here(), token="other", host="other\x1b[31m")

    def both(passing: Passing) -> int | None:
        """Have another one write its mark between our look and our own mark."""
        if b"INSERT DATA" in passing.body and b"urn:ccn-graph:holder" in passing.body:
            mark = ox.Literal(json.dumps(dataclasses.asdict(other)))
            with oxigraph.client() as client:
                client.update(f"INSERT DATA {{ GRAPH <{LOCK}> {{ <{LOCK}> <{OURS}holder> {mark} }} }}")
        return None

    guarded.before = both
    with Client(find(guarded.url)) as client:
        with pytest.raises(CcnError, match=r"on other \[31m since"):
            publish(first, client, quiet)
        assert publish_staging.counts(client, [LOCK, A]) == {LOCK: 1, A: 0}


def test_who_is_taken_over_does_not_switch(guarded: Gate, oxigraph: Oxigraph, make: Make) -> None:
    first, second = make(FIRST), make(SECOND)
    taken: list[Published] = []

    def meanwhile(passing: Passing) -> int | None:
        if passing.fills and not taken:
            with oxigraph.client() as client:
                taken.append(publish(second, client, quiet, take_over=True))
        return None

    guarded.before = meanwhile
    with Client(find(guarded.url)) as client:
        with pytest.raises(CcnError, match="taken over"):
            publish(first, client, quiet)
        assert publication_record.current(client) == second.statistics.version
        assert publish_staging.counts(client, [LOCK]) == {LOCK: 0}


def test_an_engine_that_is_killed_and_restarted_is_filled_to_the_end(tmp_path: Path, make: Make) -> None:
    engine = started(lambda: Oxigraph(tmp_path / "engine", on_disk=True))
    first, second = make(FIRST), make(SECOND)
    try:
        bring(first, engine)
        with gate(engine.url) as between, Client(find(between.url)) as client:

            def kill(passing: Passing) -> None:
                if passing.fills and "union" in passing.target:
                    engine.stop(signal.SIGKILL)

            between.before = kill
            with pytest.raises(EngineError) as caught:
                publish(second, client, quiet)
            assert caught.value.code == "engine-unavailable"
        engine.start()
        with engine.client() as client:
            assert publication_record.current(client) == first.statistics.version
            # This process lives, so that its mark has to be taken away.
            publish(second, client, quiet, take_over=True)
        assert_whole(engine, second, first.statistics.version)
    finally:
        engine.stop()


def test_virtuoso_that_is_killed_while_it_switches_is_switched_by_the_next_run(virtuoso: Virtuoso, make: Make) -> None:
    empty(virtuoso)
    first, second = make(FIRST), make(SECOND)
    bring(first, virtuoso)
    with gate(virtuoso.url) as between:

        def kill(passing: Passing) -> None:
            if passing.switches:
                threading.Timer(0.01, virtuoso.stop).start()

        between.before = kill
        target = find(between.url, virtuoso.credentials)
        # It may be done before it dies, but then nobody hears of it.
        with Client(target, virtuoso.credentials) as client, pytest.raises(EngineError):
            publish(second, client, quiet)
    virtuoso.process.wait(60)
    virtuoso.start()
    with virtuoso.client() as client:
        publish(second, client, quiet, take_over=True)
    assert_whole(virtuoso, second, first.statistics.version)


def run(url: str, path: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CCN_ENGINE_")}
    return subprocess.run(
        command(url, path, "--lang", "en", *more), cwd=ROOT, env={**clean, **environment}, check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_command_says_what_it_does_and_what_it_did(oxigraph: Oxigraph, write: Write) -> None:
    empty(oxigraph)
    path = file_of(FIRST, write)
    done = run(oxigraph.url, path)
    assert done.returncode == 0
    assert done.stderr.splitlines()[:2] == ["comparing: 3", "sending triples: 149"]
    assert "60 triples; graphs: 3 sent, 0 as they were, 0 removed" in done.stderr
    again = run(oxigraph.url, path)
    assert again.returncode == 0
    assert "nothing was done" in again.stderr


def test_a_wrong_password_is_refused_and_never_shown(virtuoso: Virtuoso, write: Write) -> None:
    done = run(virtuoso.url, file_of(FIRST, write), CCN_ENGINE_USER="dba", CCN_ENGINE_PASSWORD="not-this-one")
    assert done.returncode == 2
    assert "answers 401" in done.stderr
    assert "CCN_ENGINE_PASSWORD" in done.stderr
    assert "not-this-one" not in done.stderr + done.stdout


def test_an_engine_that_is_not_there_is_known_before_the_work(write: Write) -> None:
    done = run("http://127.0.0.1:1/query", file_of(FIRST, write))
    assert done.returncode == 2
    assert "cannot be reached" in done.stderr
    assert "comparing" not in done.stderr


def test_an_engine_of_an_unknown_make_has_to_be_told_where_it_takes_updates(
    guarded: Gate, oxigraph: Oxigraph, write: Write
) -> None:
    guarded.hidden = True
    path = file_of(FIRST, write)
    done = run(guarded.url, path)
    assert done.returncode == 2
    assert "say so with --update URL" in done.stderr
    done = run(guarded.url, path, "--update", oxigraph.url.replace("/query", "/update"))
    assert done.returncode == 0
    assert "published version" in done.stderr


def test_data_with_violations_are_not_published(oxigraph: Oxigraph, tmp_path: Path) -> None:
    empty(oxigraph)
    data = tmp_path / "data"
    shutil.copytree(ROOT / "tests" / "faulty" / "base", data)
    document = data / "documents" / "example-2026-01-01.ttl"
    document.write_text(document.read_text(encoding="utf-8").replace("ccn:host city:", "ccn:host city:no-", 1), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ccn_graph", "publish", "--to", oxigraph.url, "--data-dir", str(data), "--lang", "en"],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "violations, so nothing is done" in done.stderr
    with oxigraph.client() as client:
        assert publication_record.current(client) is None
