"""One publisher at a time: a mark in the engine that says who is at work there.

SPARQL has no compare-and-swap that all engines do right (one inserts in spite of FILTER NOT EXISTS). So each
writes its mark first, and gives way if there is then another one beside it: both may give way, never do both go on.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import socket
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, EngineError
from ccn_graph.rdf.remote.http_client import Client
from ccn_graph.rdf.remote.http_reply import printable
from ccn_graph.rdf.remote.publication_record import LOCK, OURS, text

_HOLDER = OURS + "holder"


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that publishes, and since when (UTC)."""

    token: str
    host: str
    processes: str
    """Which processes its number is one of: those of one machine, since it started, in one container."""
    pid: int
    since: str

    @staticmethod
    def here() -> Holder:
        """Describe this process."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return Holder(uuid.uuid4().hex, socket.gethostname(), _processes(), os.getpid(), now)

    @property
    def gone(self) -> bool:
        """Whether it is sure that the process has ended."""
        if not self.processes or self.processes != _processes():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    def __str__(self) -> str:
        """Say who it is."""
        return f"process {self.pid} on {printable(self.host)} since {printable(self.since)}"


class Lock:
    """The mark of this process."""

    def __init__(self, client: Client, mine: Holder) -> None:
        """See `held`."""
        self._client, self._mine = client, mine

    def check(self) -> None:
        """Raise CcnError if another process has taken over."""
        holders = _holders(self._client)
        if [holder.token for holder in holders] != [self._mine.token]:
            others = ", ".join(str(holder) for holder in holders if holder.token != self._mine.token)
            raise CcnError(f"the engine has been taken over by {others or 'someone'}; nothing was switched")


@contextlib.contextmanager
def held(client: Client, *, take_over: bool) -> Iterator[Lock]:
    """Be the only publisher. Raises CcnError if there is another one that may be alive, unless told to `take_over`."""
    others = _holders(client)
    alive = [holder for holder in others if not holder.gone]
    if alive and not take_over:
        raise _refusal(alive)
    mine = Holder.here()
    if others:
        client.update(_deleting(others), again=True)
    client.update(f"INSERT DATA {_statement([mine])}", again=True)
    try:
        beside = [holder for holder in _holders(client) if holder.token != mine.token]
        if beside:
            raise _refusal(beside)
        yield Lock(client, mine)
    finally:
        # An engine that is away keeps the mark; this process will be known to have ended.
        with contextlib.suppress(EngineError):
            client.update(_deleting([mine]), again=True)


def _refusal(holders: list[Holder]) -> CcnError:
    return CcnError(
        f"the engine is being published to by {', '.join(map(str, holders))}; wait until that is done, or, if that "
        "process has ended, say --take-over"
    )


def _holders(client: Client) -> list[Holder]:
    rows = client.rows(f"SELECT ?o WHERE {{ GRAPH <{LOCK}> {{ ?s <{_HOLDER}> ?o }} }}")
    try:
        return [Holder(**json.loads(text(row["o"]))) for row in rows]
    except (ValueError, TypeError) as error:
        raise CcnError(f"the graph {LOCK} of the engine holds something else than locks; drop it") from error


def _statement(holders: list[Holder]) -> str:
    written = (json.dumps(asdict(holder), ensure_ascii=False, sort_keys=True) for holder in holders)
    objects = ", ".join(str(ox.Literal(entry)) for entry in written)
    return f"{{ GRAPH <{LOCK}> {{ <{LOCK}> <{_HOLDER}> {objects} }} }}"


def _deleting(holders: list[Holder]) -> str:
    return f"DELETE DATA {_statement(holders)}"


def _processes() -> str:
    """Name what a process number is unique in, where Linux tells; else nothing."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        return hashlib.sha256(f"{boot} {Path('/proc/self/ns/pid').readlink()}".encode()).hexdigest()[:16]
    except OSError:
        return ""
