"""Puts the data of the suites where a server can take it: one N-Quads file for a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from tests.w3c.manifest import BASE, Case, Dataset, path_of

_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS,
}  # fmt: skip


def write(file: Path, dataset: Dataset) -> Path:
    """Write a dataset as the server's own: the default graph, and each named graph under the IRI of its file."""
    quads = [*_read(dataset.default, named=False), *_read(dataset.named, named=True)]
    ox.serialize(quads, file, format=ox.RdfFormat.N_QUADS)
    return file


def write_all(file: Path, cases: Sequence[Case]) -> Path:
    """Write every file of many tests as a named graph, to be chosen from by the parameters of a request."""
    addresses = {iri for case in cases for iri in (*case.dataset.default, *case.dataset.named)}
    addresses |= {data for case in cases for _, data in case.services}
    ox.serialize(_read(sorted(addresses), named=True), file, format=ox.RdfFormat.N_QUADS)
    return file


def parameters(case: Case) -> list[tuple[str, str]]:
    """Choose the dataset of a test by the SPARQL Protocol, section 2.1.4, unless its query chooses one with FROM."""
    if re.search(r"\bFROM\b", case.query):
        return []
    default = case.dataset.default or ([] if case.dataset.named else ["urn:x-ccn:nothing"])
    inside = {quad.graph_name.value for quad in _read(default, named=True) if isinstance(quad.graph_name, ox.NamedNode)}
    return [
        *(("default-graph-uri", iri) for iri in default),
        *(("named-graph-uri", iri) for iri in (*case.dataset.named, *sorted(inside - set(default)))),
    ]


def _read(addresses: Iterable[str], *, named: bool) -> Iterator[ox.Quad]:
    for address in addresses:
        if not address.startswith(BASE):
            continue
        path = path_of(address)
        graph = ox.NamedNode(address) if named else ox.DefaultGraph()
        # Blank nodes of two files are never the same, whatever they are called there.
        for quad in ox.parse(path=path, format=_FORMATS[path.suffix], base_iri=address, rename_blank_nodes=True):
            home = graph if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
            yield ox.Quad(quad.subject, quad.predicate, quad.object, home)
