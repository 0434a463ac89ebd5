"""Writes a release: the graph in every format, an answer per question, what has changed, a description, checksums.

Everything is computed from the data and the release before alone, in a fixed order: the same data give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import ProjectError
from ccn_graph.files import directories
from ccn_graph.files.progress import Progress
from ccn_graph.graph import licences, questions
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import formats, namespaces
from ccn_graph.rdf.parsing import SourceFile
from ccn_graph.releases import changes, dcat, read_release
from ccn_graph.releases.read_release import CHANGES, CHECKSUMS, DESCRIPTION, Distribution, Release
from ccn_graph.validation.finding import Finding

STEM = "ccn-graph."
"""How the names of the dumps begin."""

ZIPPED = ".gz"

SHARE_ALIKE = "share-alike/"
"""Where the dumps of documents are whose licence binds whoever passes them on: in no other file of a release."""

CODEBOOK = "questions/codebook.csv"
"""What the columns of the answers mean."""


def write(
    graph: Graph, directory: Path, progress: Progress | None = None, since: Path | None = None,
    also: Callable[[Path], None] | None = None,
) -> list[Path]:  # fmt: skip
    """Write the files of a release into `directory`, which is replaced as a whole or not at all.

    What has changed is told since the release in the directory `since`, else since the one that is replaced. `also`
    puts beside them what is no part of the release, as none of its checksums or promises holds for it. Gives all
    paths. Raises ProjectError for a graph without a project and for a directory that holds something other than
    a release.
    """
    refuse_foreign(directory)
    if graph.project is None:
        raise ProjectError("this graph was read from single files; a release is made of a project")
    since_then = _changes(graph, directory, since)
    with directories.replacing(directory) as fresh:
        free, bound = parted(graph)
        _fill(free, fresh, since_then, progress, bound)
        if also:
            also(fresh)
    return sorted(path for path in directory.rglob("*") if path.is_file())


def refuse_foreign(directory: Path) -> None:
    """Raise ProjectError for a directory that holds something other than a release."""
    directories.refuse_foreign(directory, CHECKSUMS, "release", ProjectError)


def gone(graph: Graph, directory: Path, since: Path | None = None) -> list[Finding]:
    """Find the IRIs of the release before (see `write`) of which the graph says nothing any more. Raises ProjectError.

    An IRI is for life: others may have cited it.
    """
    earlier = _before(directory, since)
    return changes.gone(earlier, graph) if earlier else []


def _before(directory: Path, since: Path | None) -> Release | None:
    earlier = changes.before(since) if since else read_release.read(directory)
    # One without a version was written before there were any.
    return earlier if earlier and earlier.version else None


def _changes(graph: Graph, directory: Path, since: Path | None) -> dict[str, object]:
    earlier = _before(directory, since)
    if earlier is None:
        return {"version": graph.version, "modified": dcat.as_of(graph), "since": None}
    if earlier.version == graph.version:
        # Written again from the same data: it came after the same release.
        return earlier.changes()
    return changes.between(earlier, graph, dcat.as_of(graph))


def parted(graph: Graph) -> tuple[Graph, list[SourceFile]]:
    """Return the graph of the dumps of a release, and what is not in it: what has a share-alike licence.

    Nothing is derived from the latter in the former.
    """
    shared = {home for home, licence in licences.of_graphs(graph.sources).items() if licences.is_share_alike(licence)}
    bound = [read for read in graph.sources if getattr(read.graph, "value", "") in shared]
    return (graph.without(bound), bound) if bound else (graph, bound)


def _shared(bound: Sequence[SourceFile]) -> Iterator[tuple[str, str, bytes, str]]:
    """Yield a dump of each document under a share-alike licence, with that licence."""
    licence_of = licences.of_graphs(bound)
    for home in sorted(licence_of):
        quads = {
            ox.Quad(statement.subject, statement.predicate, statement.object, statement.graph)
            for read in bound
            if getattr(read.graph, "value", "") == home
            for statement in read.statements
        }
        body = formats.write_triples(sorted(quads, key=str), formats.BY_ENDING["nq"])
        yield f"{SHARE_ALIKE}{namespaces.slug(home)}.nq", formats.BY_ENDING["nq"].media_type, body, licence_of[home]


def _fill(
    graph: Graph, directory: Path, since_then: dict[str, object], progress: Progress | None, bound: Sequence[SourceFile]
) -> None:  # fmt: skip
    assert graph.project is not None
    by_name = questions.read_all(graph.project)
    files = 2 * len(formats.GRAPHS) + len(by_name) + 4
    written: list[Distribution] = []
    for name, media_type, body in (*_dumps(graph), *_answers(graph), _codebook(by_name)):
        written.append(_write(directory, name, media_type, body))
        if name.startswith(STEM):
            # Without the time, so that the same data give the same bytes.
            zipped = gzip.compress(body, 9, mtime=0)
            written.append(_write(directory, name + ZIPPED, media_type, zipped, compressed=True))
        if progress:
            progress(len(written), files)
    for name, media_type, body, licence in _shared(bound):
        written.append(replace(_write(directory, name, media_type, body), licence=licence))
    text = json.dumps(since_then, ensure_ascii=False, indent=1) + "\n"
    written.append(_write(directory, CHANGES, "application/json", text.encode()))
    body = formats.write_triples(dcat.describe(graph, written), formats.BY_ENDING["ttl"])
    written.append(_write(directory, DESCRIPTION, "text/turtle", body))
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(written, key=lambda file: file.name))
    _write(directory, CHECKSUMS, "text/plain", sums.encode())
    _date(directory, graph)
    if progress:
        progress(files, files)


def _date(directory: Path, graph: Graph) -> None:
    """Let the files have changed when the data did, not when they were written: HTTP tells so in Last-Modified."""
    for path in directory.rglob("*"):
        os.utime(path, (graph.modified, graph.modified))


def _dumps(graph: Graph) -> Iterator[tuple[str, str, bytes]]:
    quads = sorted(
        (quad for quad in graph.store if not isinstance(quad.graph_name, ox.DefaultGraph)),
        key=lambda quad: (str(quad.graph_name), str(quad.triple)),
    )
    triples = sorted(
        (quad.triple for quad in graph.store.quads_for_pattern(None, None, None, ox.DefaultGraph())), key=str
    )
    for format_ in formats.GRAPHS:
        statements: list[ox.Quad] | list[ox.Triple] = quads if format_.keeps_graphs else triples
        yield STEM + format_.endings[0], format_.media_type, formats.write_triples(statements, format_)


def _answers(graph: Graph) -> Iterator[tuple[str, str, bytes]]:
    assert graph.project is not None
    csv = formats.SOLUTIONS[2]
    # "Today" is the day the data stand for: a later day would answer otherwise from the same data.
    today = dcat.as_of(graph)
    for name, asked in questions.read_all(graph.project).items():
        settings = {parameter.name: today for parameter in asked.parameters if parameter.kind == "today"}
        answer = graph.query(asked.query(graph.labels, settings))
        yield f"questions/{name}.csv", csv.media_type, answer.serialize(csv)


def _codebook(by_name: Mapping[str, questions.Question]) -> tuple[str, str, bytes]:
    """Tell of every column of every answer what it is, in both languages; the method of a question says the rest."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(("file", "column", "kind", "heading_ja", "heading_en", "method_ja", "method_en"))
    for name, asked in by_name.items():
        for column in asked.columns:
            texts = (column.heading["ja"], column.heading["en"], asked.method["ja"], asked.method["en"])
            rows.writerow((f"questions/{name}.csv", column.name, column.kind, *texts))
    return CODEBOOK, formats.SOLUTIONS[2].media_type, text.getvalue().encode()


def _write(directory: Path, name: str, media_type: str, body: bytes, *, compressed: bool = False) -> Distribution:
    path = directory / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    return Distribution(name, media_type, len(body), hashlib.sha256(body).hexdigest(), compressed)
