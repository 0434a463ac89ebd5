"""The graph: sources loaded into one store, each statement with its file, line and document."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import SourceError
from ccn_graph.files.progress import Progress
from ccn_graph.graph import derivation
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.engine import Answer, OxigraphEngine
from ccn_graph.rdf.parsing import FileKind, Object, SourceFile, Subject
from ccn_graph.text.misspelling import Speller

_TYPE = ox.NamedNode(namespaces.RDF_TYPE)
_EXTRACT = ox.NamedNode(namespaces.CCN + "Extract")
_DERIVED = ox.NamedNode(namespaces.PREFIXES["prov"] + "wasDerivedFrom")
_HAD_PRIMARY_SOURCE = ox.NamedNode(namespaces.PREFIXES["prov"] + "hadPrimarySource")
_READ_THROUGH = ox.NamedNode(namespaces.CCN + "readThrough")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file or row of a table (1 is the first), and the path inside a JSON-LD or RDF/XML document."""

    path: Path
    line: int
    at: str = ""
    column: int = 0
    """The column of a table (1 is the first), 0 for none."""

    @staticmethod
    def of(read: SourceFile, statement: parsing.Statement) -> Place:
        """Tell where a statement of a file stands."""
        if read.kind is FileKind.TABLE:
            return Place(read.path, statement.line, column=int(statement.at or 0))
        return Place(read.path, statement.line, statement.at)


class Graph:
    """A read graph: named graphs for the documents, and their deduplicated union as the default graph.

    `errors` holds the files that could not be read: the rest is still there to be looked at.
    """

    def __init__(
        self, sources: Iterable[SourceFile], errors: Iterable[SourceError] = (), project: Project | None = None
    ) -> None:
        """Take what was read; it is loaded, with a catalogue of the documents, when it is first asked for."""
        self.project = project
        self.sources = tuple(sources)
        self.errors = tuple(errors)

    @staticmethod
    def load(project: Project, extra: Iterable[tuple[Path, FileKind]] = (), progress: Progress | None = None) -> Graph:
        """Read every file of a project, and `extra` files on top of it."""
        files = project.files()
        own_paths = {path.resolve() for path, _ in files}
        files += [(path, kind) for path, kind in extra if path.resolve() not in own_paths]
        return Graph.of_files(files, progress, project)

    @staticmethod
    def of_files(
        files: Iterable[tuple[Path, FileKind]], progress: Progress | None = None, project: Project | None = None
    ) -> Graph:
        """Read the named files; those that are not well-formed end up in `errors`."""
        files = list(files)
        sources: list[SourceFile] = []
        errors: list[SourceError] = []
        for done, (path, kind) in enumerate(files, start=1):
            try:
                if kind is FileKind.TABLE:
                    # Only now: who asks a kept graph need not wait until all of it is imported.
                    from ccn_graph.graph import table_documents

                    all_rows = project is not None and project.all_rows
                    sources += table_documents.read(path, sources, all_rows=all_rows)
                elif kind is not FileKind.PART:
                    sources.append(parsing.read(path, kind))
            except SourceError as error:
                errors.append(error)
            if progress:
                progress(done, len(files))
        return Graph(sources, errors, project)

    @cached_property
    def store(self) -> ox.Store:
        """What is stated, and the derived graph with the preferred values (see `graph.preferred`)."""
        store = ox.Store()
        store.bulk_extend(self._quads())
        store.bulk_extend(derivation.derived(self.sources))
        return store

    @cached_property
    def stated(self) -> OxigraphEngine:
        """The native engine over what is stated alone: what is checked is no answer to itself."""
        store = ox.Store()
        store.bulk_extend(self._quads())
        return OxigraphEngine(store)

    def _quads(self) -> Iterator[ox.Quad]:
        # Every triple goes in twice, into its own graph and into the default graph: the engine's own union
        # option yields one row for each graph that holds the same triple, which makes counts wrong.
        for read in self.sources:
            for statement in read.statements:
                yield ox.Quad(statement.subject, statement.predicate, statement.object, statement.graph)
                if not isinstance(statement.graph, ox.DefaultGraph):
                    yield ox.Quad(statement.subject, statement.predicate, statement.object)
        yield from self._catalogue()

    def _catalogue(self) -> Iterator[ox.Quad]:
        for read in self.sources:
            if read.kind is FileKind.DOCUMENT and isinstance(read.graph, ox.NamedNode):
                document = ox.NamedNode(namespaces.PREFIXES["doc"] + read.path.stem)
                pairs = [(_TYPE, _EXTRACT), (_DERIVED, document)]
                # What was read through another document is no primary source of ours.
                if not any(
                    statement.subject == document and statement.predicate == _READ_THROUGH
                    for statement in read.statements
                ):
                    pairs.append((_HAD_PRIMARY_SOURCE, document))
                for predicate, value in pairs:
                    yield ox.Quad(read.graph, predicate, value, ox.NamedNode(namespaces.GRAPH_CATALOGUE))
                    yield ox.Quad(read.graph, predicate, value)

    @property
    def documents(self) -> list[SourceFile]:
        """The sources that are documents."""
        return [read for read in self.sources if read.kind is FileKind.DOCUMENT]

    @cached_property
    def _said(self) -> dict[Subject, list[tuple[SourceFile, parsing.Statement]]]:
        statements: dict[Subject, list[tuple[SourceFile, parsing.Statement]]] = defaultdict(list)
        for read in self.sources:
            for statement in read.statements:
                statements[statement.subject].append((read, statement))
        return statements

    @property
    def things(self) -> list[str]:
        """The IRIs of everything the graph says something about."""
        return [subject.value for subject in self._said if isinstance(subject, ox.NamedNode)]

    def places(
        self,
        subject: Subject,
        predicate: ox.NamedNode | None = None,
        value: Object | None = None,
        graph: parsing.Graph | None = None,
    ) -> list[Place]:
        """Tell where the graph says something: every statement that fits, in the order of the files."""
        return [
            Place.of(read, statement)
            for read, statement in self._said.get(subject, ())
            if (predicate is None or predicate == statement.predicate)
            and (value is None or value == statement.object)
            and (graph is None or graph == statement.graph)
        ]

    def mentions(
        self, value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, graph: parsing.Graph | None
    ) -> list[Place]:
        """Tell where something is spoken of: every statement that has it as its object, in the order of the files."""
        return [
            Place.of(read, statement)
            for read in self.sources
            for statement in read.statements
            if statement.object == value and graph in (None, statement.graph)
        ]

    def locate(
        self,
        subject: Subject,
        predicate: ox.NamedNode | None = None,
        value: Object | None = None,
        graph: parsing.Graph | None = None,
    ) -> list[Place]:
        """Tell which lines a finding speaks of: every statement that fits, else the first line of the record.

        The record in `graph` counts, else the first file that speaks of the thing; of a graph, its file.
        """
        places = self.places(subject, predicate, value, graph) if predicate else []
        places = places or self.places(subject, graph=graph)[:1] or self.places(subject)[:1]
        return places or [Place(read.path, 1) for read in self.sources if read.graph == subject]

    def without(self, sources: Iterable[SourceFile]) -> Graph:
        """Return the graph that the other files make, under the version of them all."""
        left_out = {id(read) for read in sources}
        rest = Graph([read for read in self.sources if id(read) not in left_out], self.errors, self.project)
        rest.__dict__["version"] = self.version
        return rest

    def query(self, text: str) -> Answer:
        """Ask in SPARQL. Raises QueryError for a query that is malformed, not allowed or too large."""
        return self.engine.query(text)

    @cached_property
    def version(self) -> str:
        """A name of these data: it changes whenever a file does."""
        names = sorted(
            " ".join([str(read.graph), read.digest, *read.beside.values(), read.ground]).strip()
            for read in self.sources
        )
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]

    @cached_property
    def modified(self) -> int:
        """When a file of the data last changed, in seconds since 1970; 0 if there is none."""
        sources = {read.path for read in self.sources}
        # A file that was removed changes the directory that it was in.
        return max((int(path.stat().st_mtime) for path in (*sources, *{path.parent for path in sources})), default=0)

    @cached_property
    def engine(self) -> OxigraphEngine:
        """The native engine over this graph."""
        return OxigraphEngine(self.store)

    @cached_property
    def speller(self) -> Speller:
        """The names of all things of ours, by the part of the IRI before them, to tell slips from names."""
        # Rows of tables have numbers, no names.
        ours = (iri.rpartition("/") for iri in self.things if iri.startswith(namespaces.BASE) and "#row=" not in iri)
        return Speller((directory, slug) for directory, _, slug in ours)

    @cached_property
    def labels(self) -> Labels:
        """What the things of this graph are called."""
        # The derived graph adds no name: whichever store is there already will do.
        return Labels(self.stated if "stated" in self.__dict__ else self.engine)


def load(root: Path | str | None = None, data: Path | str | None = None, progress: Progress | None = None) -> Graph:
    """Read the graph of the project at `root` (default: around the current directory), data from `data` if given.

    Raises ProjectError if there is no project; files that are not well-formed end up in `Graph.errors`.
    """
    project = Project.find(Path(root) if root else None, Path(data) if data else None)
    return Graph.load(project, progress=progress)
