"""A query as it is asked over the protocol, and the choice of the format of its answer."""

from __future__ import annotations

from dataclasses import dataclass

from ccn_graph import media
from ccn_graph.errors import QueryError
from ccn_graph.media import Format


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query and how it wants to be answered; plain values, so that it can be handed to another process."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str = ""
    format: str = ""
    """Name or media type of a format, from the parameter `format`; wins over `accept`."""
    seconds: float = 0.0
    """Time the client grants, from the parameter `timeout`; 0 is all that the server allows."""

    def choose(self, formats: tuple[Format, ...]) -> Format:
        """Choose among `formats`. Raises QueryError `not-acceptable` if none fits."""
        format_ = media.named(self.format, formats) if self.format else media.negotiate(self.accept, formats)
        if format_ is None:
            offered = ", ".join(f"{known.name} ({known.media_type})" for known in formats)
            message = f"'{self.format or self.accept}' is not on offer for this query; there are {offered}"
            raise QueryError("not-acceptable", message)
        return format_
