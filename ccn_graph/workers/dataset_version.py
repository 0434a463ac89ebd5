"""The data of one version, as workers open them and as the web process is told of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccn_graph.rdf.statistics import Statistics
from ccn_graph.releases.read_release import Shelf
from ccn_graph.workers.worker import Holdings


@dataclass(frozen=True, slots=True)
class Edition:
    """What is served until another edition takes its place."""

    statistics: Statistics
    open: Callable[[], Holdings]
    """Called in each worker, after the fork: a store on disk has threads, and a connection one owner."""
    shelf: Shelf | None = None
    """Where the files of the release are; None for data that have none."""
    connects: bool = False
    """Whether answers need other servers; else no worker can open a connection."""

    def told(self) -> bytes:
        """Write what the web process needs to know; see `heard`."""
        shelf = [str(self.shelf.directory), str(self.shelf.failure)] if self.shelf else None
        return json.dumps({"statistics": dataclasses.asdict(self.statistics), "shelf": shelf}).encode()


def heard(told: bytes) -> tuple[Statistics, Shelf | None]:
    """Read what `Edition.told` wrote."""
    read = json.loads(told)
    return Statistics(**read["statistics"]), Shelf(*map(Path, read["shelf"])) if read["shelf"] else None


@dataclass(frozen=True, slots=True)
class Succession:
    """How a server comes to its next edition while it serves."""

    look: Callable[[str], tuple[str, Any] | None]
    """Called about once a second in a process of its own, with the version that is served: gives the version of the
    next edition and what it is made from (it must be picklable), or None if there is none. Raises CcnError if what it
    found cannot be used, EngineError if the engine cannot be reached."""
    edition: Callable[[Any], Edition]
    """Makes it an edition, in the process that forks the workers. Raises CcnError as well."""
