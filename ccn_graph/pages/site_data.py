"""What all pages are made from: data, labels, statistics; and the footnotes that a page collects."""

from __future__ import annotations

import functools
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pyoxigraph as ox

from ccn_graph.files import house
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.questions import Question
from ccn_graph.graph.search import Index
from ccn_graph.pages import assets, foreign_values
from ccn_graph.pages.record import Evidence
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.engine import Answer, Engine
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.validation.shape_catalogue import ShapeCatalogue

_DOCUMENTS = query_file.own("pages", "cited_documents")


_IN_FULL = namespaces.PREFIXES["howread"] + "in-full"


class _NoEngine:
    """Stands for an engine that another process has."""

    name = ""

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        raise RuntimeError(f"there is no engine here to ask {text!r} of {default_graphs}, {named_graphs}")


@dataclass(frozen=True, eq=False)
class Site:
    """The data and what is known of them beforehand; shared by all workers, never changed."""

    nothing: ClassVar[Engine] = _NoEngine()
    """Where each worker is to have an engine of its own; see `with_engine`."""

    engine: Engine
    labels: Labels
    statistics: Statistics
    questions: Mapping[str, Question] = field(default_factory=dict)
    search: Index = field(default_factory=lambda: Index(()))
    """Everything by its names."""
    assets: Mapping[str, str] = field(default_factory=dict)
    """Name of a static file -> its address."""
    vocabulary: ShapeCatalogue = field(default_factory=ShapeCatalogue)
    """What is said of terms beside the graph: shapes, rules, mappings."""
    release_dir: ReleaseDirectory | None = None
    """Where the release of the data is, once it is written; None for data that have none."""
    unfit: Mapping[str, str] = field(default_factory=dict)
    """Questions that the engine is known not to answer rightly -> what comes of asking them; see `remote.unfit`."""

    @staticmethod
    def over(engine: Engine, statistics: Statistics) -> Site:
        """Make pages of anyone's data, of any size, without questions."""
        return Site(engine, Labels(engine, whole=False), statistics, assets=assets.read())

    def without_engine(self) -> Site:
        """Return what can be handed to another process; see `with_engine`."""
        return replace(self, engine=Site.nothing, labels=self.labels.answered_by(Site.nothing))

    def with_engine(self, engine: Engine) -> Site:
        """Make pages of what another engine answers about the same data."""
        return replace(self, engine=engine, labels=self.labels.answered_by(engine))

    def select(self, query: str, **values: Iterable[ox.NamedNode | ox.Literal]) -> list[dict[str, str]]:
        """Ask a query of our own, with terms for its VALUES lines; each row by the names of its columns."""
        query = house.at_home(query)
        answer = self.engine.query(query_file.bind(query, values) if values else query)
        names = answer.variables
        return [
            {name: str(getattr(term, "value", term)) for name, term in zip(names, row, strict=True) if term is not None}
            for row in answer.rows()
        ]


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as a reference to it reads; dates and publisher may be missing."""

    iri: str
    publisher: str = ""
    issued: str = ""
    retrieved: str = ""
    url: str = ""
    license: str = ""
    """The address of its licence."""
    howRead: str = ""  # noqa: N815 - named like its property
    """How much of it was read, and in what way: a concept."""
    readThrough: str = ""  # noqa: N815
    """The document that was read in its stead."""

    @property
    def host(self) -> str:
        """Who publishes it on the web, such as `www.unesco.org`; empty if its address is none that may be followed."""
        try:
            parts = urllib.parse.urlsplit(self.url)
            return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
        except ValueError:
            return ""

    @property
    def in_full(self) -> bool:
        """Whether the text itself was read from beginning to end, or nothing says how it was read."""
        return self.howRead in ("", _IN_FULL)


@dataclass(frozen=True, slots=True)
class Reference:
    """What leads from a value to its evidence: `label` is the number of the document, and of the place in it."""

    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A document that a page refers to, with all places in it that were referred to, by their anchors."""

    number: int
    graph: str
    source: SourceDocument | None
    places: tuple[tuple[Reference, tuple[str, ...]], ...]


class Footnotes:
    """The references of one page, by document: each gets a number when it is first referred to, as does each place."""

    def __init__(self, site: Site) -> None:
        """Begin without any."""
        self._site = site
        self._numbers: dict[str, int] = {}
        self._places: dict[str, dict[tuple[str, ...], Reference]] = {}
        self._graphs: dict[str, str] = {}

    def references(self, evidence: Iterable[Evidence]) -> list[Reference]:
        """Return the references to what a value rests on, each once."""
        return list(dict.fromkeys(map(self._reference, evidence)))

    def _reference(self, rests: Evidence) -> Reference:
        key = rests.document or rests.graph
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        self._graphs.setdefault(key, "" if rests.document else rests.graph)
        places = self._places.setdefault(key, {})
        if not rests.locators:
            return Reference(str(number), f"note-{number}")
        if rests.locators not in places:
            # The first place has no number of its own: most documents are referred to for one place only.
            label = f"{number}.{len(places) + 1}" if places else str(number)
            places[rests.locators] = Reference(label, f"note-{label.replace('.', '-')}")
        return places[rests.locators]

    def listed(self) -> list[Footnote]:
        """Return all documents that were referred to so far, in the order of their numbers."""
        sources = self.sources(key for key in self._numbers if not self._graphs[key])
        return [
            Footnote(
                number, self._graphs[key], sources.get(key),
                tuple((reference, locators) for locators, reference in self._places[key].items()),
            )
            for key, number in self._numbers.items()
        ]  # fmt: skip

    def sources(self, documents: Iterable[str]) -> dict[str, SourceDocument]:
        """Read what references to documents say of them."""
        wanted = list(dict.fromkeys(documents))
        self._site.labels.know(wanted)
        by_document: dict[str, dict[str, str]] = {iri: {} for iri in wanted}
        # A thing may be said to rest on what is no document, nor any thing.
        nodes = foreign_values.nodes(wanted)
        rows = self._site.select(_DOCUMENTS, document=nodes) if nodes else ()
        for row in rows:
            by_document[row["document"]].setdefault(namespaces.slug(row["property"]), row["value"])
        return {iri: SourceDocument(iri, **properties) for iri, properties in by_document.items()}


def cached(function: Callable[[Site], Any]) -> Callable[[Site], Any]:
    """Compute something of a site once in a process."""
    return functools.lru_cache(maxsize=4)(function)
