"""Where the parts of a project lie: ontology, data, shapes and queries in one directory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.errors import ProjectError
from ccn_graph.rdf.parsing import ALSO, FORMATS, FileKind, is_rdf

#: The files of what the editors themselves say: judgements, and gaps they know of.
_EDITORIAL = ("editorial", "gaps")

#: The directory of table documents, each a directory of its own, and the name of a mapping there.
TABLES = "tables"
MAPPING = "csv-metadata.json"

#: Set to anything, it makes a thing of every row of a table that no curator has linked: for research.
ALL_ROWS = "CCN_GRAPH_ALL_ROWS"


@dataclass(frozen=True, slots=True)
class Project:
    """A directory with `ontology/`, `data/`, `shapes/` and `queries/`; `data` may lie elsewhere."""

    root: Path
    data: Path
    all_rows: bool = False
    """Whether cities are made of the rows of tables that nobody has linked."""

    @staticmethod
    def find(start: Path | None = None, data: Path | None = None) -> Project:
        """Find the project that `start` (default: the current directory) lies in.

        Falls back to the checkout this package runs from, then to the data that came with an installed package.
        Raises ProjectError if there is none.
        """
        here = (start or Path.cwd()).resolve()
        package = Path(__file__).resolve().parents[1]
        for root in (here, *here.parents, package.parent, package / "project"):
            if (root / "ontology" / "ccn.ttl").is_file() and (root / "shapes").is_dir():
                return Project(root, data.resolve() if data else root / "data", bool(os.environ.get(ALL_ROWS)))
        raise ProjectError(
            f"{here} is not inside a ccn-graph project (a directory with ontology/, data/, shapes/ and queries/); "
            "change to a checkout or name it with --root DIR"
        )

    def files(self) -> list[tuple[Path, FileKind]]:
        """List the files of the graph with what each is for: ontology, registers, documents, what the editors say."""
        if not self.data.is_dir():
            raise ProjectError(f"{self.data} is not a directory; name the data directory with --data-dir DIR")
        ontology = [path for path in sorted((self.root / "ontology").rglob("*.ttl")) if path != self.mappings]
        return [
            *((path, FileKind.ONTOLOGY) for path in ontology),
            *((path, FileKind.REGISTER) for path in sorted((self.data / "registers").glob("*.ttl"))),
            *((path, FileKind.DOCUMENT) for path in sorted((self.data / "documents").glob("*.ttl"))),
            *self._tables(),
            *((path, FileKind.EDITORIAL) for name in _EDITORIAL for path in self.data.glob(f"{name}.ttl")),
        ]

    def _tables(self) -> Iterator[tuple[Path, FileKind]]:
        """Yield the files of table documents: of each the head, the mapping, and what is read with it."""
        for mapping in sorted((self.data / TABLES).glob(f"*/{MAPPING}")):
            directory = mapping.parent
            yield directory / f"{directory.name}.ttl", FileKind.DOCUMENT
            yield mapping, FileKind.TABLE
            others = (path for path in sorted(directory.iterdir()) if path.suffix.lower() in (".csv", ".xlsx"))
            yield from ((path, FileKind.PART) for path in others if path.is_file())

    @property
    def mappings(self) -> Path:
        """The file that maps our terms to those of others; no part of the graph."""
        return self.root / "ontology" / "mappings.ttl"

    @property
    def shapes_of_document(self) -> list[Path]:
        """The shape files that look at each document by itself."""
        return sorted((self.root / "shapes" / "document").glob("*.ttl"))

    @property
    def shapes_of_dataset(self) -> list[Path]:
        """The shape files that look at all graphs together."""
        return sorted((self.root / "shapes" / "dataset").glob("*.ttl"))

    @property
    def questions(self) -> list[Path]:
        """The query files that people ask."""
        return sorted((self.root / "queries" / "questions").glob("*.rq"))

    @property
    def rules(self) -> list[Path]:
        """The query files whose every row is a finding."""
        return sorted((self.root / "queries" / "rules").glob("*.rq"))


def kind_of(path: Path) -> FileKind:
    """Tell what a single file is for from where it lies: in `registers/`, in `editorial`, else a document."""
    if path.parent.name == "registers":
        return FileKind.REGISTER
    if path.parent.parent.name == TABLES and path.suffix != ".ttl":
        return FileKind.TABLE if path.name == MAPPING else FileKind.PART
    return FileKind.EDITORIAL if path.stem in _EDITORIAL or path.parent.name == "editorial" else FileKind.DOCUMENT


def data_files(paths: list[Path], also: Sequence[str] = ()) -> list[Path]:
    """Spread directories into the RDF files below them; a single file may have an ending of `also`.

    Raises ProjectError for a path that does not exist or a directory that holds no RDF file.
    """
    files: list[Path] = []
    for path in paths:
        files_below = sorted(file for file in path.rglob("*") if file.suffix in FORMATS) if path.is_dir() else [path]
        if not path.exists():
            raise ProjectError(f"{path} does not exist")
        if path.is_file() and not is_rdf(path) and path.suffix.lower() not in also:
            raise ProjectError(f"{path} has another ending than {' '.join(dict.fromkeys((*FORMATS, *ALSO, *also)))}")
        if not files_below:
            raise ProjectError(f"{path} holds no RDF file ({' '.join(FORMATS)})")
        files.extend(files_below)
    return files
