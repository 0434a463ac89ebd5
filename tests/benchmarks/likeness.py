"""Whether two servers answer alike: speed is worth nothing if the answer is another one."""

from __future__ import annotations

import collections
import csv
import io
import json
from collections.abc import Hashable

from tests.benchmarks import mix
from tests.benchmarks.peers import Peer

Rows = collections.Counter[Hashable]

#: How the one row of what is no answer begins.
FAILED = "status "


def compare(kind: mix.Kind, documents: int, ours: Peer, peer: Peer, numbers: range = range(3)) -> str:
    """Say how the peer's answers to some queries of a kind differ from ours: an empty text if they do not."""
    for number in numbers:
        query = kind.query(number, documents)
        if difference := differ(kind, *(rows(kind, *server.ask(query, kind.accept)) for server in (ours, peer))):
            return difference
    return ""


def differ(kind: mix.Kind, ours: Rows, theirs: Rows) -> str:
    """Say how their rows differ from ours: an empty text if they do not."""
    if ours == theirs or (kind.weight == 0 and theirs.total() == ours.total()):
        # Any rows will do for a LIMIT without an ORDER.
        return ""
    counts = f"{theirs.total()} rows, ours {ours.total()}"
    return f"duplicates: {counts}" if set(theirs) == set(ours) else f"differs: {counts}"


def rows(kind: mix.Kind, status: int, body: bytes) -> Rows:
    """Read an answer as rows in any order."""
    if status != 200:
        return collections.Counter([f"{FAILED}{status} {_code(body)}".strip()])
    text = body.decode()
    if kind.accept == mix.CSV:
        return collections.Counter(tuple(map(_number, row)) for row in list(csv.reader(io.StringIO(text)))[1:])
    if kind.accept == mix.JSON:
        answer = json.loads(text)
        if "boolean" in answer:
            return collections.Counter([bool(answer["boolean"])])
        if answer["head"]["vars"] == ["__ASK_RETVAL"]:
            # Virtuoso's way to say it: a row or none.
            return collections.Counter([bool(answer["results"]["bindings"])])
        return collections.Counter(
            tuple((name, *_term(row[name])) for name in answer["head"]["vars"] if name in row)
            for row in answer["results"]["bindings"]
        )
    lines = (" ".join(line.split()).rstrip(" .") for line in text.splitlines() if not line.startswith("#"))
    return collections.Counter(line for line in lines if line)


def _code(body: bytes) -> str:
    """Give the code of a problem (RFC 9457), if a body is one that has it."""
    try:
        return str(json.loads(body).get("code", ""))
    except (ValueError, AttributeError):
        return ""


def _term(term: dict[str, str]) -> tuple[Hashable, ...]:
    # The type of a literal has two names in use; its number may be written in several ways.
    kind = "literal" if "literal" in term["type"] else term["type"]
    return kind, _number(term["value"]), term.get("xml:lang", "")


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
