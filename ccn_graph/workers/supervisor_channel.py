"""Our end of the channel to the supervisor: asks for workers, has them killed, hears of their ends and of new data."""

from __future__ import annotations

import asyncio
import collections
import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ccn_graph.errors import CcnError
from ccn_graph.workers.supervisor import MESSAGE


class StartError(CcnError):
    """A worker cannot start; says why."""


@dataclass(frozen=True, slots=True)
class Birth:
    """What is told of a new worker: its pid, the number and version of its data, how it ends, three sockets."""

    pid: int
    generation: int
    version: str
    exit: asyncio.Future[int]
    descriptors: list[int] = field(repr=False)


class Control:
    """Speaks with a `Supervisor`."""

    def __init__(self, channel: socket.socket, on_loss: Callable[[], None], on_away: Callable[[bool], None]) -> None:
        """Use a SOCK_SEQPACKET channel.

        `on_loss` is called if the supervisor goes away, `on_away` with whether the engine behind the workers is.
        """
        self._channel = channel
        self._on_loss = on_loss
        self._on_away = on_away
        #: Whether what was put in place for the next version of the data cannot be used.
        self.has_unfit_update = False
        #: Called with what is told of new data, and its number.
        self.on_dataset: Callable[[bytes, int], None] | None = None
        self._births: collections.deque[asyncio.Future[Birth]] = collections.deque()
        self._exits: dict[int, asyncio.Future[int]] = {}

    def start(self) -> None:
        """Listen. Call it in the event loop that will serve."""
        self._loop = asyncio.get_running_loop()
        self._channel.setblocking(False)
        self._loop.add_reader(self._channel.fileno(), self._receive)

    def stop(self) -> None:
        """Let the supervisor go, which kills the workers."""
        self._loop.remove_reader(self._channel.fileno())
        self._channel.close()

    async def spawn(self) -> Birth:
        """Have a worker forked. Raises StartError."""
        birth: asyncio.Future[Birth] = self._loop.create_future()
        self._births.append(birth)
        self._send({"spawn": True})
        return await birth

    def kill(self, pid: int) -> None:
        """Have a worker killed."""
        self._send({"kill": pid})

    def _receive(self) -> None:
        """Take a message."""
        try:
            packed, descriptors, _, _ = socket.recv_fds(self._channel, MESSAGE, 3)
        except BlockingIOError:
            return
        except OSError:
            packed, descriptors = b"", []
        if not packed:
            self._loop.remove_reader(self._channel.fileno())
            for exited in self._exits.values():
                exited.set_result(0)
            self._on_loss()
            return
        self._hear(json.loads(packed), descriptors)

    def _hear(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "exit" in message:
            self._exits.pop(message["exit"]).set_result(message["code"])
        elif "failed" in message:
            self._births.popleft().set_exception(StartError(message["failed"]))
        elif "away" in message:
            self._on_away(message["away"])
        elif "unfit" in message:
            self.has_unfit_update = message["unfit"]
        elif "dataset" in message:
            self.has_unfit_update = False
            with os.fdopen(descriptors[0], "rb") as file:
                file.seek(0)
                if self.on_dataset:
                    self.on_dataset(file.read(), message["dataset"])
        else:
            self._exits[message["pid"]] = self._loop.create_future()
            birth = Birth(message["pid"], message["of"], message["version"], self._exits[message["pid"]], descriptors)
            self._births.popleft().set_result(birth)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._channel.send(json.dumps(message).encode())
        except BlockingIOError:
            self._loop.call_later(0.01, self._send, message)
        except OSError:
            # It has gone; `_receive` learns that, too, and acts on it.
            return
