"""What a snapshot is of and which files it has: `manifest.json`, which is written last."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pyoxigraph

from ccn_graph.errors import CcnError
from ccn_graph.rdf.statistics import Statistics

#: What a release calls its snapshot, and the archive of it.
DIRECTORY, ARCHIVE = "snapshot", "snapshot.tar.gz"

NAME = "manifest.json"
STORE = "store"
PROJECT = "project"

FORM = 2
"""Changes when what a snapshot holds does."""

#: What the store on disk is of; another one may write another form.
LIBRARY = "pyoxigraph " + ".".join(pyoxigraph.__version__.split(".")[:2])

#: Largest manifest in bytes: room for some 100,000 files.
MOST_BYTES = 16 << 20

_HEX = frozenset("0123456789abcdef")


class DamagedError(CcnError):
    """What looks like a snapshot is none, is incomplete, or cannot be opened here."""


@dataclass(frozen=True, slots=True)
class File:
    """Size in bytes and SHA-256, in hex, of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds."""

    version: str
    """Names the data, as Graph.version and Statistics.version do."""
    modified: str
    """The day the data stand for (YYYY-MM-DD); empty for files of anyone's."""
    statistics: Statistics
    files: Mapping[str, File]
    """By their paths, with '/', below the directory."""

    @property
    def digest(self) -> str:
        """Names the snapshot: SHA-256, in hex, of all that is told here; another one of the same data has another."""
        return hashlib.sha256(_canonical(self._told())).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files.values())

    def to_json(self) -> bytes:
        """Write it, with its own digest."""
        written = self._told() | {"digest": self.digest}
        return json.dumps(written, ensure_ascii=False, indent=1).encode() + b"\n"

    def _told(self) -> dict[str, Any]:
        return {"form": FORM, "library": LIBRARY} | dataclasses.asdict(self)

    @staticmethod
    def from_json(written: bytes) -> Manifest:
        """Read what `to_json` wrote, wherever it comes from. Raises DamagedError."""
        try:
            fields = json.loads(written)
        except (ValueError, RecursionError) as error:
            raise DamagedError(f"{NAME} is no JSON") from error
        if not isinstance(fields, dict) or not {"form", "digest", "files", "statistics"} <= fields.keys():
            raise DamagedError(f"{NAME} is not that of a snapshot")
        if fields["form"] != FORM or fields.get("library") != LIBRARY:
            theirs = f"form {fields['form']} with {fields.get('library')}"
            raise DamagedError(f"it is of {theirs}, and this ccn-graph reads form {FORM} with {LIBRARY}")
        try:
            files = {str(name): File(_count(file["size"]), _digest(file["sha256"])) for name, file in _items(fields)}
            manifest = Manifest(
                str(fields["version"]), str(fields["modified"]), _statistics(fields["statistics"]), files
            )
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise DamagedError(f"{NAME} is not that of a snapshot: {error}") from error
        if manifest.digest != fields["digest"]:
            raise DamagedError(f"{NAME} was changed since it was written: it does not fit its own digest")
        return manifest


def _canonical(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _items(fields: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    listed = list(fields["files"].items())
    for name, _ in listed:
        path = PurePosixPath(name)
        if path.parts[:1] not in ((STORE,), (PROJECT,)) or ".." in path.parts or str(path) != name or "\0" in name:
            raise ValueError(f"it names a file that is none of a snapshot: {name!r}")
    return listed


def _statistics(fields: Mapping[str, Any]) -> Statistics:
    statistics = Statistics.from_fields(fields)
    for number in (statistics.triples, *statistics.graphs.values()):
        _count(number)
    return statistics


def _count(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{number!r} is no count")
    return number


def _digest(text: object) -> str:
    if not isinstance(text, str) or len(text) != 64 or not set(text) <= _HEX:
        raise ValueError(f"{text!r} is no SHA-256")
    return text
