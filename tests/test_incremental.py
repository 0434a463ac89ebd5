"""What our queries find, recalled or asked anew, must be what plain pySHACL finds."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import random
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import FileKind, Object, SourceFile, Statement, Subject
from ccn_graph.validation.shacl.result import Result
from ccn_graph.validation.shacl_findings import ShaclEngine, Shapes
from tests import oracle
from tests.conftest import ROOT, TODAY, Write
from tests.test_check import FAULTY, FILES, KINDS

BASE = Project(ROOT, FAULTY / "base")

#: So many edited versions of the data are validated, each twice; CCN_RANDOM_EDITS sets another number.
EDITIONS = int(os.environ.get("CCN_RANDOM_EDITS", "8"))

#: So many faulty files are laid on the base at once: plain pySHACL takes its time.
TOGETHER = 24


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """One cache for all tests here: what one of them leaves in it must not mislead another."""
    return Cache(tmp_path_factory.mktemp("cache"))


@functools.cache
def base() -> tuple[SourceFile, ...]:
    return Graph.load(BASE).sources


def test_data_as_they_are_have_the_results_of_plain_pyshacl(
    frozen: Graph, graph: Graph, project: Project, cache: Cache
) -> None:
    """Of the frozen data; with CCN_PYSHACL=full of all that there are, which takes pySHACL half a minute."""
    sources = (graph if os.environ.get("CCN_PYSHACL") == "full" else frozen).sources
    wanted = oracle.plain(sources, project)
    assert oracle.ours(sources, project, cache) == wanted
    assert oracle.ours(sources, project, cache) == wanted


def test_the_engine_of_record_finds_what_plain_pyshacl_finds(cache: Cache) -> None:
    faulty = [(path, KINDS[path.parent.name]) for path in FILES[:TOGETHER]]
    sources = Graph.load(BASE, faulty).sources
    assert oracle.ours(sources, BASE, cache, ShaclEngine.PYSHACL) == oracle.plain(sources, BASE)


@pytest.mark.parametrize("first", range(0, len(FILES), TOGETHER))
def test_faulty_files_have_the_results_of_plain_pyshacl(first: int, cache: Cache) -> None:
    faulty = [(path, KINDS[path.parent.name]) for path in FILES[first : first + TOGETHER]]
    sources = Graph.load(BASE, faulty).sources
    assert oracle.ours(sources, BASE, cache) == oracle.plain(sources, BASE)


def test_a_check_finds_the_same_with_and_without_a_cache(cache: Cache) -> None:
    graph = Graph.load(BASE, [(path, KINDS[path.parent.name]) for path in FILES])
    findings = check(graph, today=TODAY)
    assert len(findings) > len(FILES) / 2
    assert check(graph, today=TODAY, cache=cache) == findings
    assert check(graph, today=TODAY, cache=cache) == findings


def test_nothing_is_asked_again_of_what_did_not_change(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle.ours(base(), BASE, cache)
    asked = watched(monkeypatch)
    oracle.ours(base(), BASE, cache)
    assert asked == [0]


def test_of_documents_only_those_that_changed_are_asked_again(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    oracle.ours(base(), BASE, cache)
    asked = watched(monkeypatch)
    host = next(said for said in said_of(base()) if said.predicate.value == namespaces.CCN + "host")
    wrong = dataclasses.replace(host, object=ox.NamedNode(namespaces.BASE + "city/nowhere"))
    results = oracle.ours(replaced(base(), {host: [wrong]}), BASE, cache)
    # The document of the event, and all data.
    assert asked == [1, 1]
    assert sum(results[-1].values()) == 1


def test_a_thing_that_is_gone_is_missed_where_it_is_named(cache: Cache) -> None:
    oracle.ours(base(), BASE, cache)
    city = next(said.object for said in said_of(base()) if said.predicate.value == namespaces.CCN + "host")
    gone: dict[Statement, list[Statement]] = {said: [] for said in said_of(base()) if said.subject == city}
    sources = replaced(base(), gone)
    results = oracle.ours(sources, BASE, cache)
    assert results == oracle.plain(sources, BASE)
    assert any("host-city" in shape for _, _, _, shape, _, _ in results[-1])


def test_data_in_another_place_are_not_asked_about_again(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle.ours(base(), BASE, cache)
    shutil.copytree(BASE.data, tmp_path / "data")
    project = Project(ROOT, tmp_path / "data")
    asked = watched(monkeypatch)
    oracle.ours(Graph.load(project).sources, project, cache)
    # The documents say the same; all data together may hold relative IRIs.
    assert asked == [0, 1]


def test_a_relative_iri_is_another_in_another_place(cache: Cache, write: Write) -> None:
    for place in ("here", "there"):
        text = "@prefix ccn: <https://w3id.org/ccn/ns#> .\n<city> a ccn:City ;\n    ccn:locator 1 .\n"
        sources = [*base(), parsing.read(write(f"{place}/relative.ttl", text), FileKind.DOCUMENT)]
        results = oracle.ours(sources, BASE, cache)
        assert results == oracle.plain(sources, BASE)
        assert {focus.split("/")[-2] for found in results for focus, *_ in found} == {place}


def test_a_blank_node_is_asked_about_every_time(cache: Cache) -> None:
    for label in ("one", "two"):
        node: Subject = ox.BlankNode(label)
        said = said_of(base())[-1]
        extra = [dataclasses.replace(said, subject=node, object=node), dataclasses.replace(said, object=node)]
        extra.append(typed(said, node, "Membership"))
        sources = replaced(base(), {said: [said, *extra]})
        results = oracle.ours(sources, BASE, cache)
        assert results == oracle.plain(sources, BASE)
        assert any(not focus for focus, *_ in results[-1])


@settings(max_examples=EDITIONS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=0), edits=st.integers(1, 12))
def test_edited_data_have_the_results_of_plain_pyshacl(seed: int, edits: int, cache: Cache) -> None:
    sources = edited(base(), random.Random(seed), edits)
    assert oracle.ours(sources, BASE, cache) == oracle.plain(sources, BASE)


def edited(sources: Sequence[SourceFile], chance: random.Random, edits: int) -> list[SourceFile]:
    """Delete, replace and add statements, in documents, registers and the class hierarchy alike."""
    pool = [
        said for said in said_of(sources) if said.predicate.value != namespaces.SUB_CLASS_OF or chance.random() < 0.2
    ]
    strange: list[Object] = [
        ox.NamedNode(namespaces.BASE + "city/nowhere"),
        ox.Literal("x", language="de"),
        ox.Literal("2025-13"),
    ]
    changes: dict[Statement, list[Statement]] = {}
    for said in chance.sample(pool, edits):
        other = chance.choice(pool)
        values: list[Object] = [other.object, other.subject, *strange]
        value = chance.choice(values)
        changes[said] = chance.choice(
            [
                [],
                [dataclasses.replace(said, object=value)],
                [said, dataclasses.replace(said, object=value)],
                [said, dataclasses.replace(other, graph=said.graph)],
                [said, dataclasses.replace(said, predicate=other.predicate, object=value)],
            ]
        )
    return replaced(sources, changes)


def said_of(sources: Iterable[SourceFile]) -> list[Statement]:
    """What the data say, and of the ontology which class lies below which."""
    return [
        said
        for read in sources
        for said in read.statements
        if read.kind is not FileKind.ONTOLOGY or said.predicate.value == namespaces.SUB_CLASS_OF
    ]


def replaced(sources: Iterable[SourceFile], changes: Mapping[Statement, list[Statement]]) -> list[SourceFile]:
    """Put other statements in the place of some, as if the files had been edited."""
    result = []
    for read in sources:
        if changes.keys() & set(read.statements):
            said = tuple(new for old in read.statements for new in changes.get(old, [old]))
            digest = hashlib.sha256(repr(said).encode()).hexdigest()
            result.append(dataclasses.replace(read, statements=said, digest=digest))
        else:
            result.append(read)
    return result


def typed(said: Statement, subject: Subject, class_: str) -> Statement:
    rdf_type, ours = ox.NamedNode(namespaces.RDF_TYPE), ox.NamedNode(namespaces.CCN + class_)
    return dataclasses.replace(said, subject=subject, predicate=rdf_type, object=ours)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many graphs are validated each time."""
    asked: list[int] = []
    validate = Shapes.validate_each

    def watch(shapes: Shapes, graphs: Sequence[Sequence[Statement]]) -> list[list[Result]]:
        asked.append(len(graphs))
        return validate(shapes, graphs)

    monkeypatch.setattr(Shapes, "validate_each", watch)
    return asked
