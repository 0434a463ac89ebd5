from __future__ import annotations

import pytest

from ccn_graph import fingerprint, source
from ccn_graph.source import Kind
from tests.conftest import Write

SAID = '<https://example.org/s> <https://example.org/p> "said" .\n'


def test_a_fingerprint_changes_with_the_bytes_the_kind_the_format_and_the_graph_of_a_file(write: Write) -> None:
    path = write("one.ttl", SAID)
    first = fingerprint.of_source(source.read(path, Kind.DOCUMENT))
    assert fingerprint.of_source(source.read(path, Kind.DOCUMENT)) == first
    others = [
        fingerprint.of_source(source.read(path, Kind.REGISTER)),
        fingerprint.of_source(source.read(write("two.ttl", SAID), Kind.DOCUMENT)),
        fingerprint.of_source(source.read(write("one.nt", SAID), Kind.DOCUMENT)),
        fingerprint.of_source(source.read(write("one.ttl", f"{SAID}#\n"), Kind.DOCUMENT)),
    ]
    assert len({first, *others}) == 5


def test_a_file_with_absolute_iris_says_the_same_elsewhere(write: Write) -> None:
    here, there = (source.read(write(f"{place}/one.ttl", SAID), Kind.DOCUMENT) for place in ("here", "there"))
    assert fingerprint.of_source(here) == fingerprint.of_source(there)
    assert fingerprint.of_place(here) != fingerprint.of_place(there)
    assert fingerprint.is_absolute(here)


@pytest.mark.parametrize("said", ["<s> <x:p> 1 .", "<x:s> <p> 1 .", "<x:s> <x:p> <o> .", "<x:s> <x:p> 'a'^^<type> ."])
def test_a_file_with_a_relative_iri_does_not(write: Write, said: str) -> None:
    assert not fingerprint.is_absolute(source.read(write("one.ttl", said), Kind.DOCUMENT))


def test_a_file_is_current_until_it_is_edited_or_gone(write: Write) -> None:
    path = write("one.ttl", SAID)
    read = source.read(path, Kind.DOCUMENT)
    assert fingerprint.is_current(read)
    write("one.ttl", f"{SAID}#\n")
    assert not fingerprint.is_current(read)
    path.unlink()
    assert not fingerprint.is_current(read)


def test_the_programs_have_one_fingerprint_in_one_process() -> None:
    assert fingerprint.of_programs() == fingerprint.of_programs()
    assert len(fingerprint.of_programs()) == 32
