"""What is published in an engine elsewhere, or else all that it holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from ccn_graph.errors import EngineError, QueryError
from ccn_graph.graph.project import Project
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.remote import known_wrong_answers, publication_record
from ccn_graph.rdf.remote.credentials import Credentials
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.remote.remote_dataset import Dataset, find
from ccn_graph.rdf.remote.remote_engine import RemoteEngine
from ccn_graph.rdf.remote.server_urls import Target
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.server import open_project
from ccn_graph.workers.dataset_version import DatasetVersion


@dataclass(frozen=True, slots=True)
class RemoteData:
    """What an engine holds, as it can be handed to another process."""

    dataset: Dataset
    site: Site


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An engine elsewhere."""

    target: Target
    credentials: Credentials | None
    seconds: float
    """Longest time of a query."""
    project: Project | None
    """Whose questions, shapes and terms go with the data."""
    services: Sequence[str] = ()
    base: str | None = None

    def first(self) -> DatasetVersion:
        """Offer what is there now. Raises EngineError."""
        with self._client() as client:
            return self.dataset(self._found(client))

    def look(self, version: str) -> tuple[str, RemoteData] | None:
        """See Updates."""
        with self._client() as client:
            state = publication_record.state(client)
            # While named graphs are being replaced, the version before can still be read.
            if state.switching or state.version == version:
                return None
            data = self._found(client)
            return data.dataset.version, data

    def dataset(self, data: RemoteData) -> DatasetVersion:
        """Offer what was found."""
        checker = open_project.checking(self.project)
        return open_project.dataset(
            lambda: self._engine(self._client(), data.dataset), data.site, checker, connects=True
        )

    def _found(self, client: Client) -> RemoteData:
        dataset, statistics = find(client)
        engine = self._engine(client, dataset)
        try:
            statistics = statistics or Statistics.of(engine, "", union=False, apart=False)
            counts = dataclasses.replace(statistics, engine=engine.name, federated=bool(self.services))
            pages = open_project.of_project(self.project, engine, counts) if self.project else Site.over(engine, counts)
        except QueryError as error:
            raise EngineError(error.code, error.message) from error
        except (ValueError, AssertionError) as error:
            message = f"{self.target.query} cannot count what it holds; is it a SPARQL 1.1 endpoint?"
            raise EngineError("engine-failed", message) from error
        pages = dataclasses.replace(pages, unfit=known_wrong_answers.of(dataset.server))
        return RemoteData(dataset, pages.without_engine())

    def _client(self) -> Client:
        return Client(self.target, self.credentials, self.seconds)

    def _engine(self, client: Client, dataset: Dataset) -> RemoteEngine:
        return RemoteEngine(client, dataset, self.seconds, self.services, self.base)
