"""What has changed from one release to the next: documents, memberships, and IRIs that are gone.

A release keeps apart what each document says, so that two of them can be compared document by document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ccn_graph.errors import ProjectError
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.labels import Labels
from ccn_graph.rdf import namespaces
from ccn_graph.releases import read_release
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.finding import Finding, Severity

_TYPE = ox.NamedNode(namespaces.RDF_TYPE)
_MEMBERSHIP = ox.NamedNode(namespaces.CCN + "Membership")
_END = ox.NamedNode(namespaces.CCN + "end")
#: Releases before that of December 2026 have the second only.
_SOURCES = tuple(ox.NamedNode(namespaces.PREFIXES["prov"] + name) for name in ("wasDerivedFrom", "hadPrimarySource"))
_DERIVED = ox.NamedNode(namespaces.GRAPH_PREFERRED)
_REPLACED = ox.NamedNode(namespaces.REPLACED_BY)
_DEPRECATED = ox.NamedNode(namespaces.DEPRECATED)

_GONE: Bilingual = {
    "ja": "前の公開にあったIRIについて、もう何も述べられていない。IRIは変えない。名前を改めたなら "
    "dcterms:isReplacedBy で新しいIRIを、取り下げたなら owl:deprecated true と理由を data/registers/ に書く",
    "en": "nothing is said any more of this IRI of the release before, and an IRI is for life; in data/registers/, "
    "write dcterms:isReplacedBy and the new IRI if it is renamed, or owl:deprecated true and why if it is withdrawn",
}

_SEGMENTS = {f"{namespaces.BASE}{segment}/" for segment in namespaces.SEGMENTS.values()} - {
    namespaces.PREFIXES["graph"]
}


@dataclass(slots=True)
class ReleaseContents:
    """The quads of a release, by graph, and what comparing needs to know of them."""

    statements: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Graph -> its statements as N-Triples; without the catalogue, which only repeats which graphs there are."""
    documents: dict[str, str] = field(default_factory=dict)
    """Graph -> its document."""
    things: set[str] = field(default_factory=set)
    """The IRIs of ours of which anything is said."""
    memberships: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    """Memberships that have an end."""
    renamed: dict[str, str] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)

    @staticmethod
    def of(quads: Iterable[ox.Quad]) -> ReleaseContents:
        """Sort quads; those of no graph and what is derived do not count, for they repeat the others."""
        contents, ends = ReleaseContents(), set()
        for quad in (quad for quad in quads if quad.graph_name != _DERIVED):
            if not isinstance(quad.graph_name, ox.NamedNode) or not isinstance(quad.subject, ox.NamedNode):
                continue
            subject, graph = quad.subject.value, quad.graph_name.value
            if quad.predicate in _SOURCES:
                contents.documents[subject] = read_release.text_of(quad.object)
            elif quad.predicate == _REPLACED:
                contents.renamed[subject] = read_release.text_of(quad.object)
            elif quad.predicate == _DEPRECATED:
                contents.withdrawn.add(subject)
            elif quad.predicate == _TYPE and quad.object == _MEMBERSHIP:
                contents.memberships.add(subject)
            elif quad.predicate == _END:
                ends.add(subject)
            if graph != namespaces.GRAPH_CATALOGUE:
                contents.statements[graph].add(str(quad.triple))
            if any(subject.startswith(segment) for segment in _SEGMENTS):
                contents.things.add(subject)
        contents.ended = contents.memberships & ends
        return contents

    @staticmethod
    def of_release(release: read_release.Release) -> ReleaseContents:
        """Read those of a release. Raises ProjectError if its quads cannot be read."""
        try:
            written = release.path(read_release.QUADS).read_bytes()
            return ReleaseContents.of(ox.parse(written, format=ox.RdfFormat.N_QUADS))
        except (KeyError, OSError, SyntaxError) as error:
            raise ProjectError(f"{release.directory / read_release.QUADS} cannot be read: {error}") from error


def before(directory: Path) -> read_release.Release:
    """Read the release to compare with. Raises ProjectError for a directory that holds none."""
    release = read_release.read(directory)
    if release is None or not release.version:
        raise ProjectError(f"{directory} holds no release to compare with; `ccn-graph release {directory}` writes one")
    return release


def gone(release: read_release.Release, graph: Graph) -> list[Finding]:
    """Find the IRIs of which nothing is said any more, not even what replaces them, where the release has them."""
    old, new = ReleaseContents.of_release(release), ReleaseContents.of(graph.store)
    lost = old.things - new.things
    lines = _lines(release.path(read_release.QUADS), lost) if lost else {}
    return [
        Finding(
            release.path(read_release.QUADS), lines.get(iri, 1), Severity.VIOLATION, "identifier-gone", _GONE,
            namespaces.curie(iri), namespaces.curie(iri), _nearest(graph.labels, iri),
        )
        for iri in sorted(lost)
    ]  # fmt: skip


def _lines(path: Path, wanted: set[str]) -> dict[str, int]:
    first_lines: dict[str, int] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            subject = line[1 : line.find(">")]
            if subject in wanted:
                first_lines.setdefault(subject, number)
    return first_lines


def _nearest(labels: Labels, iri: str) -> str:
    segment = iri.removeprefix(namespaces.BASE).partition("/")[0]
    return next(map(namespaces.curie, labels.resembling(segment, namespaces.slug(iri))), "")


def between(release: read_release.Release, graph: Graph, modified: str) -> dict[str, Any]:
    """Tell what has changed since `release`, in plain values, in a fixed order; `modified` as Release.modified."""
    return {
        "version": graph.version,
        "modified": modified,
        "since": {"version": release.version, "modified": release.modified},
        **compared(ReleaseContents.of_release(release), ReleaseContents.of(graph.store)),
    }


def compared(old: ReleaseContents, new: ReleaseContents) -> dict[str, Any]:
    """Tell which documents, other graphs, memberships and IRIs differ, in plain values, in a fixed order."""
    documents: dict[str, list[dict[str, Any]]] = {"added": [], "removed": [], "changed": []}
    others = []
    for name, kind, added, removed in _graphs(old.statements, new.statements):
        document = new.documents.get(name) or old.documents.get(name)
        change: dict[str, Any] = {"added": added, "removed": removed}
        if document:
            documents[kind].append({"document": document, **change})
        else:
            others.append({"graph": name, **change})
    return {
        "documents": documents,
        "graphs": others,
        "memberships": {
            "added": sorted(new.memberships - old.memberships),
            "removed": sorted(old.memberships - new.memberships),
            "ended": sorted(new.ended - old.ended),
        },
        "identifiers": {
            "gone": sorted(old.things - new.things),
            "renamed": {iri: new.renamed[iri] for iri in sorted(new.renamed.keys() - old.renamed.keys())},
            "withdrawn": sorted(new.withdrawn - old.withdrawn),
        },
    }


def _graphs(old: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> Iterator[tuple[str, str, int, int]]:
    for graph in sorted(old.keys() | new.keys()):
        added = len(new.get(graph, set()) - old.get(graph, set()))
        removed = len(old.get(graph, set()) - new.get(graph, set()))
        if added or removed:
            yield graph, "added" if graph not in old else "removed" if graph not in new else "changed", added, removed
