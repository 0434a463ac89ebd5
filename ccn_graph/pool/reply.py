"""An answer as it comes from a worker."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from ccn_graph.pool.frame import Kind

Frames = AsyncGenerator[tuple[Kind, bytes], None]


@dataclass(slots=True)
class Reply:
    """What a worker says of an answer, and the answer."""

    content_type: str
    key: str
    """What it depends on; see QueryRequest.key."""
    body: bytes
    rest: Frames | None = None
    """What follows the body if it was too large to be held back."""

    @staticmethod
    def of(head: bytes, body: bytes, rest: Frames | None = None) -> Reply:
        """Put together what a worker sent."""
        content_type, _, key = head.decode().partition("\n")
        return Reply(content_type, key, body, rest)
