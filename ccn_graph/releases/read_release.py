"""Reads a release that was written: of which data it is, and its files."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ccn_graph.rdf import namespaces

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
DATASET = namespaces.DATASET

CHANGES = "changes.json"
CHECKSUMS = "SHA256SUMS"
DESCRIPTION = "dataset.ttl"
QUADS = "ccn-graph.nq"
"""The dump that keeps apart what each document says, one statement a line."""

GZIP = "application/gzip"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"

_VERSION = ox.NamedNode(namespaces.PREFIXES["dcat"] + "version")
_MODIFIED = ox.NamedNode(namespaces.PREFIXES["dcterms"] + "modified")
_MEDIA_TYPE = ox.NamedNode(namespaces.PREFIXES["dcat"] + "mediaType")
_COMPRESSED = ox.NamedNode(namespaces.PREFIXES["dcat"] + "compressFormat")
_TITLE = ox.NamedNode(namespaces.PREFIXES["dcterms"] + "title")

#: The file of checksums cannot hold its own, and a description not its own size.
_UNDESCRIBED = {CHECKSUMS: "text/plain", DESCRIPTION: "text/turtle"}

#: Largest list of checksums and largest description, in bytes.
_MOST_BYTES = 16 << 20

_DIGEST = re.compile(r"[0-9a-f]{64}")
#: Names of files in the release and in directories of it: none is hidden, none leads out.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


_COUNTED = {"added": int, "removed": int}
_FIRST: dict[str, Any] = {"version": str, "modified": str}
#: What changes are, as `releases.changes` writes them: a type, a list of one form, or what stands at each key.
_CHANGED: dict[str, Any] = {
    **_FIRST,
    "since": {"version": str, "modified": str},
    "documents": {kind: [{"document": str, **_COUNTED}] for kind in ("added", "removed", "changed")},
    "graphs": [{"graph": str, **_COUNTED}],
    "memberships": {kind: [str] for kind in ("added", "removed", "ended")},
    "identifiers": {"gone": [str], "renamed": dict, "withdrawn": [str]},
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """One file of a release: its name, media type, size in bytes and SHA-256 in hex."""

    name: str
    media_type: str
    size: int
    sha256: str
    compressed: bool = False
    """Whether it is another file of the release, `name` without its ending, compressed by gzip."""
    licence: str = LICENSE
    """The address of the licence that it is under."""


@dataclass(frozen=True, slots=True)
class Release:
    """A complete release in a directory."""

    directory: Path
    version: str
    """Names the data, as Graph.version does."""
    modified: str
    """The day the data stand for (YYYY-MM-DD)."""
    files: Mapping[str, Distribution]

    def path(self, name: str) -> Path:
        """Return the path of one of `files`. Raises KeyError for any other name, and for what is no file there now."""
        path = self.directory / self.files[name].name
        if not _is_own(self.directory, path):
            raise KeyError(name)
        return path

    def changes(self) -> dict[str, Any]:
        """Return what has changed since the release before; see `releases.changes`. Empty for a first release."""
        try:
            changed = json.loads(self.path(CHANGES).read_text(encoding="utf-8"))
        except (KeyError, OSError, ValueError, RecursionError):
            return {}
        return (
            changed
            if _fits(changed, _CHANGED if changed and isinstance(changed, dict) and changed.get("since") else _FIRST)
            else {}
        )


@dataclass(frozen=True, slots=True)
class ReleaseDirectory:
    """Where a server finds the release of its data, once it is written."""

    directory: Path
    failure: Path
    """A file that is made if the release cannot be written."""

    def release(self, version: str) -> Release | None:
        """Return the release of the data of `version`; None while it is not there."""
        release = read(self.directory)
        return release if release and release.version == version else None

    @property
    def has_failed(self) -> bool:
        """Whether there will be none."""
        return self.failure.exists()


def read(directory: Path) -> Release | None:
    """Read the release in a directory; None if there is none that is complete: its checksums are written last."""
    try:
        sums = _text(directory, CHECKSUMS).splitlines()
        described = ox.Store()
        described.bulk_load(_text(directory, DESCRIPTION).encode(), format=ox.RdfFormat.TURTLE)
        files = dict(_files(directory, sums, described))
    except (OSError, SyntaxError, ValueError):
        return None
    dataset = ox.NamedNode(DATASET)
    return Release(directory, _one(described, dataset, _VERSION), _one(described, dataset, _MODIFIED), files)


def _fits(value: object, form: Any) -> bool:
    """Tell whether a value from a file has the form that is expected."""
    if form is dict:
        return isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)
    if isinstance(form, type):
        return isinstance(value, form) and not isinstance(value, bool)
    if isinstance(form, list):
        return isinstance(value, list) and all(_fits(item, form[0]) for item in value)
    return isinstance(value, dict) and all(_fits(value.get(key), part) for key, part in form.items())


def _text(directory: Path, name: str) -> str:
    """Read a file that a release has; it may come from anyone. Raises OSError or ValueError."""
    path = directory / name
    if not _is_own(directory, path) or path.stat().st_size > _MOST_BYTES:
        raise ValueError(name)
    return path.read_text(encoding="utf-8")


def _is_own(directory: Path, path: Path) -> bool:
    """Tell whether a path is of a regular file in a directory, and no link on the way there leads out of it."""
    try:
        return stat.S_ISREG(path.lstat().st_mode) and path.resolve().is_relative_to(directory.resolve())
    except (OSError, ValueError):
        return False


def _files(directory: Path, sums: list[str], described: ox.Store) -> list[tuple[str, Distribution]]:
    subjects = {
        quad.object.value: quad.subject
        for quad in described.quads_for_pattern(None, _TITLE, None)
        if isinstance(quad.object, ox.Literal) and quad.object.language is None
    }
    files = []
    for digest, name in (line.split("  ", 1) for line in sums):
        if not _DIGEST.fullmatch(digest) or not _NAME.fullmatch(name) or not _is_own(directory, directory / name):
            raise ValueError(f"{CHECKSUMS} names what is no file of the release")
        subject = subjects.get(name)
        media_type, compressed = _UNDESCRIBED.get(name, ""), False
        if subject is not None:
            media_type = _one(described, subject, _MEDIA_TYPE).removeprefix(MEDIA_TYPES)
            media_type = media_type if _TYPE.fullmatch(media_type) else "application/octet-stream"
            compressed = bool(_one(described, subject, _COMPRESSED))
        files.append((name, Distribution(name, media_type, (directory / name).stat().st_size, digest, compressed)))
    written = Distribution(CHECKSUMS, _UNDESCRIBED[CHECKSUMS], (directory / CHECKSUMS).stat().st_size, "")
    return [*files, (CHECKSUMS, written)]


def _one(described: ox.Store, subject: Any, name: ox.NamedNode) -> str:
    return next((text_of(quad.object) for quad in described.quads_for_pattern(subject, name, None)), "")


def text_of(term: object) -> str:
    """Return the IRI or text of a term."""
    return str(getattr(term, "value", term))
