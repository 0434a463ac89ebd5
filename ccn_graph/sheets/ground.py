"""What the tables of a file are read against, and the files in which what they say is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ccn_graph.errors import CellError, ColumnError
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import iri_minting
from ccn_graph.sheets.columns import Home
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.sheets.record import SheetRecord
from ccn_graph.sheets.row import SheetRow
from ccn_graph.sheets.twins import Twins

_P = namespaces.PREFIXES
_CCN = namespaces.CCN


@dataclass
class Ground:
    """What the tables of a file are read against, and the records that they make together."""

    facts: Facts
    data: Path
    #: The document that states it all, where no column says another.
    document: str
    #: The files there are, by the short name of their document.
    documents: dict[str, Path]
    #: Short names of things that new ones are known not to be.
    different: tuple[str, ...] = ()
    resolver: Resolver = field(init=False)
    records: dict[tuple[Path, str], SheetRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index what is on record by its names."""
        self.resolver = Resolver(self.facts)
        self._twins: Twins | None = None

    def twins(self) -> Twins:
        """Return what looks for twins of new things, made when the first of them comes."""
        self._twins = self._twins or Twins(self.resolver)
        return self._twins

    def files(self, entry: SheetRow, iri: str, claims: bool) -> list[tuple[Path, Home]]:
        """Tell where a row is written. Raises ColumnError for a document that has no file yet."""
        if entry.kind.name == "documents":
            path = self.data / "documents" / f"{namespaces.slug(iri)}.ttl"
            return [(self.documents.setdefault(path.stem, path), Home.DOCUMENT)]
        files = []
        if entry.kind.register:
            files.append((self.data / "registers" / f"{entry.kind.register}.ttl", Home.REGISTER))
        if claims or not entry.kind.register:
            files += [(self._document(name), Home.DOCUMENT) for name in self._documents(entry)]
        return files

    def _documents(self, entry: SheetRow) -> list[str]:
        text = entry.cells.get("document") or self.document
        if not text:
            raise ColumnError("document", CellError(
                "document", "どの文書によるかがない。--document か文書の列に書く",
                "nothing says which document states this; give --document or fill the column",
            ))  # fmt: skip
        return _split(text)

    def missing(self, names: str) -> CellError | None:
        """Return what is wrong with the documents of some names, None if each has a file."""
        try:
            for name in _split(names):
                self._document(name)
        except ColumnError as error:
            return error.fault
        return None

    def _document(self, name: str) -> Path:
        try:
            path = self.documents.get(namespaces.slug(self._document_iri(name)))
        except CellError as fault:
            raise ColumnError("document", fault) from fault
        if path is None:
            raise ColumnError("document", CellError(
                "document", "この文書のファイルがない。先に --as documents で文書を取り込む",
                "this document has no file yet; import it first with --as documents", name,
            ))  # fmt: skip
        return path

    def _document_iri(self, name: str) -> str:
        if iri_minting.SLUG.fullmatch(name):
            return _P["doc"] + name
        return self.resolver.find(name, (_CCN + "Document",))


def _split(names: str) -> list[str]:
    return [name for name in (part.strip() for part in names.replace("、", ";").split(";")) if name]
