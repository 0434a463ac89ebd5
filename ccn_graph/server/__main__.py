"""The web process: a fresh interpreter without a store, started by `ccn_graph.server.start`."""

from __future__ import annotations

import gc
import json
import math
import os
import signal
import socket
import sys

import uvloop

from ccn_graph.server.app import create_app
from ccn_graph.server.client_address import Proxies
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.http_server import HttpServer
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.pool import Pool


def main() -> int:
    """Wait until the data are loaded, then serve until told to stop."""
    message = json.loads(sys.argv[1])
    with os.fdopen(message["dataset"], "rb") as pipe:
        written = pipe.read()
    if not written:
        # The data were refused.
        return 0
    limits = Limits(**message["limits"])
    pool = Pool(socket.socket(fileno=message["control"]), limits, on_loss=_stop)
    served = Served(written, limits, message["url"])
    app, lane = create_app(
        pool, served, message["url"], cache=message["cache"], logs=message["logs"], shared=message["shared"]
    )
    hosts = None if message["shared"] else frozenset(message["hosts"])
    server = HttpServer(app, lane, Proxies(message["proxies"]), hosts)
    # What the libraries made stays: the collector need not look at it again and again.
    gc.freeze()
    uvloop.run(_serve(server, pool, socket.socket(fileno=message["listen"]), limits))
    return 0


async def _serve(server: HttpServer, pool: Pool, listening: socket.socket, limits: Limits) -> None:
    await pool.start()
    try:
        # Told to end, it gives the answers that are under way: each comes, or passes its time.
        await server.serve(listening, math.ceil(limits.seconds) + 1)
    finally:
        await pool.stop()


def _stop() -> None:
    # Without the supervisor there are no workers any more: end orderly, and let whoever watches start anew.
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
