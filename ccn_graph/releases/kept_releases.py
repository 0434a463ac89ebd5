"""Releases that this user's servers have written, kept so that the next start has its files at once.

They are found by what they are made from: the data, the questions, the project's own texts and the programs. So what is
kept can be old but never wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from ccn_graph.errors import CcnError
from ccn_graph.files import directories, house, result_cache
from ccn_graph.graph.graph import Graph
from ccn_graph.releases import read_release
from ccn_graph.validation import fingerprint

#: Releases kept: that of the data as they are, and the one before an edit.
_MOST = 2


def place(graph: Graph) -> Path | None:
    """Return the directory that a release of this graph is kept in; None where nothing may be kept."""
    cache = None if os.environ.get(result_cache.SWITCH) else result_cache.of_user()
    if cache is None or graph.project is None:
        return None
    programs = fingerprint.of_programs("ccn_graph.releases.write_release")
    texts = (f"{path.name} {path.read_text(encoding='utf-8')}" for path in graph.project.questions)
    return cache / "releases" / result_cache.digest(graph.version, programs, str(house.settings()), *texts)


def recall(kept: Path, directory: Path, version: str) -> bool:
    """Put a release of the data of `version` into a directory that has none, if there is one; tell whether there was.

    Its files are compared with their checksums. Raises CcnError if the directory cannot be written.
    """
    release = read_release.read(kept)
    if release is None or release.version != version or not _is_whole(release):
        return False
    with directories.replacing(directory) as fresh:
        _copy(kept, fresh)
    return True


def keep(directory: Path, kept: Path) -> None:
    """Keep a release that was written into a directory, and few others; a full disk only means that it is not kept."""
    with contextlib.suppress(OSError, CcnError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with directories.replacing(kept) as fresh:
            _copy(directory, fresh)
        others = [path for path in kept.parent.iterdir() if path.is_dir() and path.name[0] != "." and path != kept]
        for path in sorted(others, key=lambda path: path.stat().st_ctime, reverse=True)[_MOST - 1 :]:
            shutil.rmtree(path, ignore_errors=True)


def _is_whole(release: read_release.Release) -> bool:
    """Tell whether every file has the checksum that the release states."""
    try:
        return all(
            hashlib.sha256(release.path(name).read_bytes()).hexdigest() == file.sha256
            for name, file in release.files.items()
            if file.sha256
        )
    except (KeyError, OSError):
        return False


def _copy(source: Path, target: Path) -> None:
    """Copy a release with the times of its files; on one file system they share their bytes. Raises OSError."""
    shutil.copytree(source, target, copy_function=_linked, dirs_exist_ok=True)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
