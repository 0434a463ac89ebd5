"""The ways to serve data that `scale` compares: embedded, from a snapshot, before an engine, and bare engines."""

from __future__ import annotations

from pathlib import Path

from ccn_graph.rdf import stores
from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_client import Client, find
from ccn_graph.releases import snapshot_writing
from ccn_graph.releases.publish import publish
from tests.benchmarks.ours import Ours, OursOnDisk, OursWithoutCache
from tests.benchmarks.peers import PATIENCE, Data, Oxigraph, Peer
from tests.benchmarks.virtuoso import Virtuoso


class InMemory(OursWithoutCache):
    """`ccn-graph serve --cache 0`."""

    name = "ccn-graph, memory"


class FromSnapshot(Ours):
    """`ccn-graph serve --snapshot DIR` with its cache, as each of several replicas would be run."""

    name = "ccn-graph, snapshot"
    most = 0

    def load(self, data: Data) -> None:
        """See Peer."""
        snapshot_writing.write_of([data.path], self._directory / "snapshot", union=True)

    def source(self, data: Data) -> list[str]:  # noqa: ARG002
        """See Ours."""
        return ["--snapshot", str(self._directory / "snapshot")]


class Front(OursWithoutCache):
    """`ccn-graph serve --cache 0 --engine URL` before an engine on the same machine; the figures are of both."""

    most = 0
    behind: type[Peer]

    def __init__(self, directory: Path) -> None:
        """See Peer."""
        super().__init__(directory)
        self.engine = self.behind(directory / "engine")
        self.version = f"{self.version} before {self.engine.version}"

    def start(self, data: Data) -> None:
        """See Peer."""
        self.engine.start(data)
        super().start(data)
        self.loading += self.engine.loading
        self.starting += self.engine.starting

    def restart(self, data: Data) -> None:
        """See Peer."""
        self.engine.restart(data)
        super().restart(data)

    def source(self, data: Data) -> list[str]:  # noqa: ARG002
        """See Ours."""
        return ["--engine", self.url]

    @property
    def url(self) -> str:
        """Where the engine is asked."""
        return f"http://127.0.0.1:{self.engine.port}{self.engine.path}"

    def megabytes(self) -> float:
        """See Peer."""
        return super().megabytes() + self.engine.megabytes()

    def processor_seconds(self) -> float:
        """See Peer."""
        return super().processor_seconds() + self.engine.processor_seconds()

    def stop(self) -> None:
        """See Peer."""
        super().stop()
        self.engine.stop()


class Published(Front):
    """A front before an engine that was empty until `ccn-graph publish` filled it."""

    credentials: Credentials | None = None

    def start(self, data: Data) -> None:
        """See Peer. What is published is built first and kept for others; a release has it, so it does not count."""
        self._stored = stores.on_disk(data.path.with_suffix(".store"), [data.path], union=True)
        super().start(data)

    def load(self, data: Data) -> None:  # noqa: ARG002
        """See Peer."""
        with Client(find(self.url, self.credentials), self.credentials, PATIENCE) as client:
            publish(self._stored, client, lambda *_: None)


class EmptyOxigraph(Oxigraph):
    """`oxigraph serve --location DIR`, which takes updates."""

    def load(self, data: Data) -> None:
        """See Peer: it begins empty."""

    def command(self, data: Data) -> list[str]:  # noqa: ARG002
        """See Peer."""
        return [self._binary, "serve", "--location", str(self._directory / "db"), "--bind", f"127.0.0.1:{self.port}"]


class EmptyVirtuoso(Virtuoso):
    """Virtuoso with nothing in it."""

    def fill(self, data: Data) -> None:
        """See Peer: it begins empty."""


class BeforeOxigraph(Front):
    """Before `oxigraph serve-read-only`, filled by `oxigraph load`."""

    name = "ccn-graph before oxigraph, bulk-loaded"
    behind = Oxigraph


class BeforeVirtuoso(Front):
    """Before Virtuoso, filled by its bulk loader."""

    name = "ccn-graph before virtuoso, bulk-loaded"
    behind = Virtuoso


class PublishedToOxigraph(Published):
    """Before `oxigraph serve`, filled by `ccn-graph publish`."""

    name = "ccn-graph before oxigraph, published"
    behind = EmptyOxigraph


class PublishedToVirtuoso(Published):
    """Before Virtuoso, filled by `ccn-graph publish`."""

    name = "ccn-graph before virtuoso, published"
    behind = EmptyVirtuoso
    credentials = Credentials("dba", "dba")


ENGINES: dict[str, type[Peer]] = {
    "memory": InMemory,
    "disk": OursOnDisk,
    "snapshot": FromSnapshot,
    "oxigraph": Oxigraph,
    "virtuoso": Virtuoso,
    "before-oxigraph": BeforeOxigraph,
    "before-virtuoso": BeforeVirtuoso,
    "published-oxigraph": PublishedToOxigraph,
    "published-virtuoso": PublishedToVirtuoso,
}
