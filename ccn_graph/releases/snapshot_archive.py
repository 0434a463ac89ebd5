"""Carries a snapshot in one file, a tar archive that may be compressed by gzip, as for copying it to replicas."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from ccn_graph.errors import CcnError
from ccn_graph.files import sandbox
from ccn_graph.files.directories import replacing
from ccn_graph.files.progress import Progress
from ccn_graph.files.sandbox import Bounds, OverrunError
from ccn_graph.releases import snapshot_manifest
from ccn_graph.releases.snapshot_manifest import NAME, DamagedError, File, Manifest
from ccn_graph.releases.snapshot_reading import Snapshot, read

#: Unpacked snapshots that are kept: the last ones that were asked for.
KEPT = 2


_BLOCK = 1 << 20

#: What unpacking may use; how much it may write, the manifest says.
_BOUNDS = Bounds(seconds=3_600.0, memory=512)


def pack(snapshot: Snapshot, file: Path, progress: Progress | None = None) -> None:
    """Write the archive, compressed if its name ends in .gz; it replaces what was there at the end only.

    Raises CcnError if it cannot be written.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    done, total = 0, snapshot.manifest.size
    try:
        with _written(part, zipped=file.suffix == ".gz") as body, tarfile.open(fileobj=body, mode="w|") as archive:
            # What tells of the others comes first, so that they are known when they come.
            for name in (NAME, *snapshot.manifest.files):
                archive.add(snapshot.directory / name, name, filter=_anonymous)
                done += snapshot.manifest.files[name].size if name != NAME else 0
                if progress:
                    progress(done, total)
        part.replace(file)
    except OSError as error:
        raise CcnError(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _written(part: Path, *, zipped: bool) -> Iterator[IO[bytes]]:
    with part.open("wb") as plain:
        if not zipped:
            yield plain
            return
        # The files of the store are compressed already: more effort gains little.
        with gzip.GzipFile("", "wb", 1, plain, mtime=0) as packer:
            yield cast(IO[bytes], packer)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who wrote it and when: that is of no use to anyone else."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member


def unpack(file: Path, cache: Path) -> Snapshot:
    """Unpack an archive into a directory of `cache` named by its snapshot, unless it is there; drop older ones there.

    Nothing is written but the files that its manifest names, with the sizes and checksums told there. It is done in a
    process of its own, so that no file fills our memory. Raises DamagedError for anything else.
    """
    try:
        directory = sandbox.run(lambda _: _unpack(file, cache.resolve()), _BOUNDS)
    except OverrunError as error:
        raise DamagedError(f"{file} holds no whole snapshot: unpacking it takes too much ({error.code})") from error
    except CcnError as error:
        raise DamagedError(str(error)) from error
    _drop_old(cache)
    return read(directory)


def _unpack(file: Path, cache: Path) -> Path:
    try:
        with tarfile.open(file, "r|*") as archive:
            members = iter(archive)
            manifest = _manifest(archive, next(members, None))
            directory = cache / manifest.digest[:16]
            if not _is_there(directory, manifest):
                _refuse_large(cache, manifest)
                with replacing(directory) as fresh:
                    _extract(archive, members, manifest, fresh)
    except (tarfile.TarError, zlib.error, EOFError, OSError, DamagedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DamagedError(f"{file} holds no whole snapshot: {reason}; copy it again, or pack it anew") from error
    os.utime(directory)
    return directory


def _manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> Manifest:
    if member is None or member.name != NAME or not member.isreg():
        raise DamagedError(f"{NAME} does not come first")
    if member.size > snapshot_manifest.MOST_BYTES:
        raise DamagedError(f"{NAME} is too large")
    return Manifest.from_json(b"".join(_blocks(archive, member)))


def _is_there(directory: Path, manifest: Manifest) -> bool:
    try:
        return read(directory).manifest.digest == manifest.digest
    except DamagedError:
        # Also one that was damaged since: it is replaced.
        return False


def _refuse_large(cache: Path, manifest: Manifest) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache).free
    if manifest.size > free:
        raise CcnError(f"unpacked, the snapshot has {manifest.size:,} bytes, and {cache} has room for {free:,}")


def _extract(archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo], manifest: Manifest, fresh: Path) -> None:
    missing = dict(manifest.files)
    (fresh / NAME).write_bytes(manifest.to_json())
    for member in members:
        expected = missing.pop(member.name, None)
        if expected is None:
            raise DamagedError(f"{member.name} is not told of in {NAME}, or comes twice")
        # No link, no device, no way out; the names were looked at already, when the manifest was read.
        safe = tarfile.data_filter(member, str(fresh))
        if not safe.isreg() or safe.size != expected.size:
            raise DamagedError(f"{member.name} is no file of {expected.size} bytes")
        path = fresh / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as written:
            _copy(archive, member, expected, written)
    if missing:
        raise DamagedError(f"{next(iter(missing))} is missing")


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, expected: File, written: IO[bytes]) -> None:
    digest = hashlib.sha256()
    for block in _blocks(archive, member):
        digest.update(block)
        written.write(block)
    if digest.hexdigest() != expected.sha256:
        raise DamagedError(f"{member.name} does not fit its checksum")


def _blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member) or io.BytesIO()
    while block := content.read(_BLOCK):
        yield block


def _drop_old(cache: Path) -> None:
    """Keep the last few; a server that uses another one holds its files by links of its own."""
    unpacked = [path for path in cache.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for path in sorted(unpacked, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        if (path / NAME).is_file():
            shutil.rmtree(path, ignore_errors=True)
