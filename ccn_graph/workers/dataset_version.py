"""The data of one version, as workers open them and as the web process is told of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases.read_release import ReleaseDirectory
from ccn_graph.workers.worker import WorkerContext


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """What is served until another version takes its place."""

    statistics: Statistics
    open: Callable[[], WorkerContext]
    """Called in each worker, after the fork: a store on disk has threads, and a connection one owner."""
    release_dir: ReleaseDirectory | None = None
    """Where the files of the release are; None for data that have none."""
    connects: bool = False
    """Whether answers need other servers; else no worker can open a connection."""
    examples: Sequence[ox.Triple] = ()
    """What the service says of its questions; see `ccn_graph.graph.self_description`."""

    def to_bytes(self) -> bytes:
        """Write what the web process needs to know; see `from_bytes`."""
        release_dir = [str(self.release_dir.directory), str(self.release_dir.failure)] if self.release_dir else None
        examples = (ox.serialize(self.examples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
        described = {"statistics": dataclasses.asdict(self.statistics), "release": release_dir, "examples": examples}
        return json.dumps(described).encode()


@dataclass(frozen=True, slots=True)
class Described:
    """What the web process knows of a version of the data."""

    statistics: Statistics
    release_dir: ReleaseDirectory | None
    examples: list[ox.Triple]


def from_bytes(written: bytes) -> Described:
    """Read what `DatasetVersion.to_bytes` wrote."""
    read = json.loads(written)
    examples = [quad.triple for quad in ox.parse(read["examples"], format=ox.RdfFormat.N_TRIPLES)]
    release_dir = ReleaseDirectory(*map(Path, read["release"])) if read["release"] else None
    return Described(Statistics.from_fields(read["statistics"]), release_dir, examples)


@dataclass(frozen=True, slots=True)
class Updates:
    """How a server comes to the next version of its data while it serves."""

    look: Callable[[str], tuple[str, Any] | None]
    """Called about once a second in a process of its own, with the version that is served: gives the version of the
    next one and what it is made from (it must be picklable), or None if there is none. Raises CcnError if what it
    found cannot be used, EngineError if the engine cannot be reached."""
    dataset: Callable[[Any], DatasetVersion]
    """Makes a dataset of it, in the process that forks the workers. Raises CcnError as well."""
