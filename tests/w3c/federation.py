"""Runs the suites of SERVICE against a server that may call itself: it plays the other endpoints of a test, too.

The endpoints of the suite do not exist. Each is replaced by the server under test, its data chosen by a parameter in
the address; those that must not answer are replaced by a closed port.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.w3c.manifest import Case
from tests.w3c.running import Endpoint, running, serving

SUITES = ("service", "syntax-fed")

_CLOSED = "http://127.0.0.1:9/sparql"

#: A query that asks others who ask others in turn holds a worker at every step.
_OPTIONS = ("--service", "http://127.0.0.1:", "--workers", "4")


@contextmanager
def calling_itself(data: Path) -> Iterator[Endpoint]:
    """Run a server over `data` that lets SERVICE call this machine."""
    with running(*serving(data), *_OPTIONS) as endpoint:
        yield endpoint


def rewritten(case: Case, endpoint: Endpoint) -> Case:
    """Let the query of a test call `endpoint` instead of the endpoints it names."""
    addresses = {
        service: f"{endpoint.url}/sparql?{urllib.parse.urlencode({'default-graph-uri': data})}"
        for service, data in case.services
    }

    def call(found: re.Match[str]) -> str:
        return f"{found[1]}<{addresses.get(found[2], _CLOSED)}>"

    return replace(case, query=re.sub(r"(SERVICE\s+(?:SILENT\s+)?)<([^>]*)>", call, case.query))
