"""The engine of a server without the server: a file is loaded and asked as a worker does, in this process."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from pathlib import Path

from ccn_graph.errors import QueryError
from ccn_graph.rdf import formats, stores
from ccn_graph.server import open_local
from tests.w3c.running import Reply


class Loaded:
    """A file that is served as it is: the default graph holds what the file puts there, no union."""

    def __init__(self, file: Path) -> None:
        """Load it."""
        self._engine = open_local.Native().over(stores.in_memory([file], union=False))()

    def send(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Answer the query of a request in the format that it asks for; 400 for one that is refused."""
        parameters = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query)
        given, accept = (body or b"").decode(), (headers or {})["Accept"]
        if method == "POST" and (headers or {})["Content-Type"].endswith("urlencoded"):
            parameters = urllib.parse.parse_qs(given)
        query = parameters["query"][0] if "query" in parameters else given
        try:
            answer = self._engine.query(query)
            format_ = formats.negotiate(accept, answer.formats)
            assert format_, accept
            return Reply(200, format_.media_type, {}, answer.serialize(format_))
        except QueryError as error:
            return Reply(400, "text/plain", {}, str(error).encode())
