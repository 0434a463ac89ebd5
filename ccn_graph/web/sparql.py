"""Answers a query request: choice of format, evaluation, serialisation.

`answer` takes and gives plain values and blocks; whoever serves it decides in which thread or process it runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccn_graph import media
from ccn_graph.engine import Engine
from ccn_graph.errors import QueryError
from ccn_graph.media import Format
from ccn_graph.web.problem import Problem
from ccn_graph.web.protocol import QueryRequest


@dataclass(frozen=True, slots=True)
class QueryResponse:
    """A whole answer, serialised: an evaluation that fails on the way gives none."""

    content_type: str
    body: bytes


def answer(engine: Engine, request: QueryRequest) -> QueryResponse:
    """Evaluate a query and serialise its answer in the format asked for.

    Raises Problem if it is refused, cannot be evaluated, or no format on offer is acceptable.
    """
    answered = _answer(engine, request)
    if isinstance(answered, Problem):
        raise answered
    return answered


def _answer(engine: Engine, request: QueryRequest) -> QueryResponse | Problem:
    # Problems are given, not raised: the traceback of a raised one would keep the native result alive, which must
    # not outlive the thread it was made in.
    try:
        result = engine.query(request.query, default_graphs=request.default_graphs, named_graphs=request.named_graphs)
        format_ = choose(request, result.formats)
        return QueryResponse(format_.content_type, result.serialize(format_))
    except QueryError as error:
        return Problem.of(error)
    except Problem as problem:
        return problem.with_traceback(None)
    except (RuntimeError, OSError, ValueError) as error:
        return Problem("evaluation-failed", f"evaluation stopped: {error}")


def choose(request: QueryRequest, formats: tuple[Format, ...]) -> Format:
    """Choose the format of an answer. Raises Problem if none fits."""
    format_ = media.named(request.format, formats) if request.format else media.negotiate(request.accept, formats)
    if format_ is None:
        wanted = request.format or request.accept
        offered = ", ".join(f"{known.name} ({known.media_type})" for known in formats)
        raise Problem("not-acceptable", f"'{wanted}' is not on offer for this query; there are {offered}")
    return format_
