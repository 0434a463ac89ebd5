"""A server elsewhere, asked with the calls that a graph on this machine has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import httpx2 as httpx
import pyoxigraph as ox

from ccn_graph.errors import EngineError, QueryError, QuestionError
from ccn_graph.graph.labels import Labels
from ccn_graph.graph.rows import Rows
from ccn_graph.rdf import formats
from ccn_graph.rdf.engine import Answer

_ROWS, _TRIPLES = formats.SOLUTIONS[0], formats.BY_ENDING["nt"]
_ACCEPT = f"{_ROWS.media_type}, {_TRIPLES.media_type};q=0.9"


class Connection:
    """A server of this program. Every method raises EngineError if it cannot be reached or does not answer."""

    def __init__(self, url: str, seconds: float = 60.0) -> None:
        """Be ready to ask the server at `url`; each answer may take so many seconds. Raises ValueError."""
        self.url = url.rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"'{url}' is no address of a server; write it as https://example.org")
        self._http = httpx.Client(timeout=seconds, follow_redirects=True, headers={"User-Agent": "ccn-graph"})

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    @property
    def version(self) -> str:
        """The version of the data that the server has now."""
        return str(self._sent("GET", "/health").json()["version"])

    name = "server"

    @cached_property
    def labels(self) -> Labels:
        """What the things of the server are called; asked when they are needed."""
        return Labels(self, whole=False)

    def query(self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Ask in SPARQL, of some graphs if they are named. Raises QueryError for a query that the server refuses."""
        form = {"query": text, "default-graph-uri": list(default_graphs), "named-graph-uri": list(named_graphs)}
        reply = self._sent("POST", "/sparql", data=form, headers={"Accept": _ACCEPT})
        self._refuse(reply, QueryError)
        if reply.headers["content-type"].startswith(_TRIPLES.media_type):
            return Answer(quad.triple for quad in ox.parse(reply.content, format=ox.RdfFormat.N_TRIPLES))
        return Answer(_parsed(reply))

    def ask(self, name: str, **settings: str) -> Rows:
        """Ask the question called `name`, with its parameters as `settings`, and give its rows.

        Raises QuestionError for an unknown name or parameter, saying what is near.
        """
        reply = self._sent("GET", f"/questions/{name}.json", params=settings, headers={"Accept": _ROWS.media_type})
        self._refuse(reply, QuestionError)
        answer = Answer(_parsed(reply))
        return Rows(answer.variables, answer.rows(), self.labels)

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            reply = self._http.request(method, self.url + path, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            code = "engine-timeout" if isinstance(error, httpx.TimeoutException) else "engine-unavailable"
            raise EngineError(code, f"{self.url} cannot be reached: {error}") from error
        if reply.status_code >= 500:
            message = f"{self.url} does not answer: {_problem(reply)['detail']} ({reply.status_code})"
            raise EngineError("engine-failed", message, status=reply.status_code)
        return reply

    def _refuse(self, reply: httpx.Response, kind: type[QueryError | QuestionError]) -> None:
        if reply.status_code == 200:
            return
        problem = _problem(reply)
        if kind is QueryError:
            raise QueryError(problem["code"], problem["detail"])
        near = problem.get("near", "")
        raise QuestionError(problem["detail"] + (f"; did you mean {near}?" if near else ""))


def _problem(reply: httpx.Response) -> Mapping[str, str]:
    try:
        problem = reply.json()
    except ValueError:
        problem = None
    problem = problem if isinstance(problem, dict) else {}
    near = problem.get("near", ())
    return {
        "code": str(problem.get("code", "bad-request")),
        "detail": str(problem.get("detail", reply.reason_phrase)),
        "near": ", ".join(map(str, near)) if isinstance(near, list) else "",
    }


def _parsed(reply: httpx.Response) -> ox.QuerySolutions | ox.QueryBoolean:
    try:
        return ox.parse_query_results(reply.content, format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise EngineError("engine-failed", f"{reply.url} gave what is no answer: {error}") from error


def connect(url: str, seconds: float = 60.0) -> Connection:
    """Return the server at `url` to be asked as a graph that was loaded; see `load`. Nothing is sent yet.

    `ask(connect(url), "networks-of-city", city="kobe").to_pandas()` gives what `ask(load(), …)` gives from that
    server's data. Raises ValueError for what is no address.
    """
    return Connection(url, seconds)
