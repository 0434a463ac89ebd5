"""`ccn-graph serve` as it is compared with its peers."""

from __future__ import annotations

import sys
from importlib import metadata

from ccn_graph.rdf import stores
from tests.benchmarks.peers import Data, Peer

#: Seconds that `ccn-graph serve` lets a query run.
SECONDS = 120


class Ours(Peer):
    """`ccn-graph serve` with its cache of answers."""

    name = "ccn-graph"
    cache = "64"
    # The same store as without a cache, once more in memory.
    most = 3_000_000

    def find(self) -> str:
        """See Peer."""
        return metadata.version("ccn-graph")

    def command(self, data: Data) -> list[str]:
        """See Peer. All clients of a benchmark come from one address, so the limit of a client is raised."""
        options = f"--no-check --port {self.port} --cache {self.cache} --per-client 100 --queue 200 --seconds {SECONDS}"
        return [sys.executable, "-m", "ccn_graph", "serve", *self.source(data), *options.split()]

    def source(self, data: Data) -> list[str]:
        """Give the options that say what is served."""
        return ["--data", str(data.path)]


class OursWithoutCache(Ours):
    """`ccn-graph serve --cache 0`."""

    name = "ccn-graph, no cache"
    cache = "0"


class OursOnDisk(OursWithoutCache):
    """`ccn-graph serve --cache 0 --store DIR`."""

    name = "ccn-graph, disk"
    most = 0

    def load(self, data: Data) -> None:
        """See Peer."""
        stores.on_disk(self._directory / "store", [data.path], union=True)

    def source(self, data: Data) -> list[str]:
        """See Ours."""
        return [*super().source(data), "--store", str(self._directory / "store")]
