"""An answer as it comes from a worker."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from ccn_graph.rdf.requests import Page
from ccn_graph.workers.messages import MessageKind

Frames = AsyncGenerator[tuple[MessageKind, bytes], None]


@dataclass(slots=True)
class WorkerReply:
    """What a worker says of an answer, and the answer."""

    content_type: str
    key: str
    """What it depends on; see QueryRequest.key."""
    body: bytes
    version: str
    """Of the data that the worker has; the web process may have been told of another version meanwhile."""
    rest: Frames | None = None
    """What follows the body if it was too large to be held back."""

    @staticmethod
    def of(head: bytes, body: bytes, version: str, rest: Frames | None = None) -> WorkerReply:
        """Put together what a worker with the data of `version` sent."""
        content_type, _, key = head.decode().partition("\n")
        return WorkerReply(content_type, key, body, version, rest)

    async def page(self) -> Page:
        """Read the page that a worker made, to its end. Raises QueryError if it breaks off."""
        blocks = [self.body]
        if self.rest is not None:
            blocks += [block async for _, block in self.rest]
        status, content_type, headers = json.loads(self.content_type)
        return Page(content_type, b"".join(blocks), status, tuple((name, value) for name, value in headers))
