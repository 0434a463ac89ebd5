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
    try:
        result = engine.query(request.query, default_graphs=request.default_graphs, named_graphs=request.named_graphs)
        format_ = choose(request, result.formats)
        return QueryResponse(format_.content_type, result.serialize(format_))
    except QueryError as error:
        problem = Problem.of(error)
    except (RuntimeError, OSError, ValueError) as error:
        problem = Problem("evaluation-failed", f"evaluation stopped: {error}")
    except Problem as error:
        problem = error.with_traceback(None)
    # Raised without cause and traceback: their frames hold an answer that must not outlive this thread.
    raise problem


def choose(request: QueryRequest, formats: tuple[Format, ...]) -> Format:
    """Choose the format of an answer. Raises Problem if none fits."""
    format_ = media.named(request.format, formats) if request.format else media.negotiate(request.accept, formats)
    if format_ is None:
        wanted = request.format or request.accept
        offered = ", ".join(f"{known.name} ({known.media_type})" for known in formats)
        raise Problem("not-acceptable", f"'{wanted}' is not on offer for this query; there are {offered}")
    return format_
