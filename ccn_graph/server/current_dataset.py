"""What is served now: one object that all routes look at, so that they go over to another version at once."""

from __future__ import annotations

import asyncio
import datetime
import time

import pyoxigraph as ox

from ccn_graph.graph import self_description
from ccn_graph.rdf import formats, namespaces
from ccn_graph.releases import catalogue
from ccn_graph.server.response_cache import AnswerCache
from ccn_graph.server.service_description import ServiceDescription
from ccn_graph.workers import dataset_version
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.pool import Pool

#: Where each description is, beside /sparql for the whole one.
SERVICE, EXAMPLES = "/.well-known/void", "/.well-known/sparql-examples"


class Served:
    """The version of the data that is served, as the web process knows it."""

    def __init__(self, described: bytes, limits: Limits, url: str) -> None:
        """Read what DatasetVersion.to_bytes wrote; `limits` and `url` go into the service description."""
        dataset = dataset_version.from_bytes(described)
        self.statistics, self.release_dir = dataset.statistics, dataset.release_dir
        whole = _described(dataset, limits, url)
        self.descriptions = {SERVICE: _written(whole), EXAMPLES: _written(dataset.examples)}

    @property
    def version(self) -> str:
        """The version of the data; empty for an engine whose data may change unseen."""
        return self.statistics.version

    def modified(self, version: str) -> datetime.datetime | None:
        """Return when the data of a version last changed; None if it is not the one that is served, or nobody knows."""
        if version != self.version or not self.statistics.modified:
            return None
        # A file may be dated later than today; what is sent may not (RFC 9110, section 8.8.2.1).
        return datetime.datetime.fromtimestamp(min(self.statistics.modified, int(time.time())), datetime.UTC)

    def become(self, other: Served) -> None:
        """Go over to another version."""
        self.statistics, self.release_dir, self.descriptions = (
            other.statistics,
            other.release_dir,
            other.descriptions,
        )


def _described(described: dataset_version.Described, limits: Limits, url: str) -> list[ox.Triple]:
    """Return what describes the service: the service itself, what the data are made of, and its examples.

    Clients that find no examples, prefixes or partitions by a query look for them here.
    """
    service = ServiceDescription(described.statistics, limits, f"{url}/sparql").triples()
    dataset = namespaces.DATASET if described.examples else f"{url}/.well-known/void"
    parts = self_description.of_partitions(described.statistics, dataset)
    # Of data that are not this project's, nobody knows licence and publisher.
    listed = [*catalogue.of_server(url), *catalogue.of_dataset(dataset, f"{url}/data/")] if described.examples else []
    return list(dict.fromkeys([*service, *listed, *parts, *described.examples]))


def _written(triples: list[ox.Triple]) -> dict[str, bytes]:
    return {format_.name: formats.write_triples(triples, format_) for format_ in formats.GRAPHS}


class Reload:
    """Has everything go over to each version that the supervisor tells of; no request is dropped for it."""

    def __init__(self, served: Served, pool: Pool, answers: AnswerCache, url: str) -> None:
        """Change what is `served`, the workers of `pool` and the kept `answers`."""
        self._served = served
        self._pool = pool
        self._answers = answers
        self._url = url
        self._one_by_one = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, described: bytes, generation: int) -> None:
        """Begin; see Pool."""
        task = asyncio.get_running_loop().create_task(self._go_over(described, generation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_over(self, described: bytes, generation: int) -> None:
        async with self._one_by_one:
            # In a thread: to describe the data takes long enough for others to notice.
            other = await asyncio.to_thread(Served, described, self._pool.limits, self._url)
            self._served.become(other)
            self._answers.clear()
            self._pool.dispatcher.renew(generation)
