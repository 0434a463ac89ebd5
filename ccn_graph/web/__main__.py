"""The web process: a fresh interpreter without a store, started by `ccn_graph.server`."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from ccn_graph.pool.limits import Limits
from ccn_graph.pool.pool import Pool
from ccn_graph.released import Shelf
from ccn_graph.statistics import Statistics
from ccn_graph.web.app import create_app
from ccn_graph.web.connection import BoundedHttp


def main() -> int:
    """Wait until the data are loaded, then serve until told to stop."""
    told = json.loads(sys.argv[1])
    with os.fdopen(told["statistics"], "rb") as pipe:
        written = pipe.read()
    if not written:
        # The data were refused.
        return 0
    pool = Pool(socket.socket(fileno=told["control"]), Limits(**told["limits"]), on_loss=_stop)
    shelf = Shelf(*map(Path, told["shelf"])) if told["shelf"] else None
    statistics = Statistics.from_json(written)
    app, lane = create_app(pool, statistics, told["url"], shelf, cache=told["cache"], logs=told["logs"])
    config = uvicorn.Config(
        app,
        http=type("Http", (BoundedHttp,), {"lane": lane}),
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    # What the libraries made stays: the collector need not look at it again and again.
    gc.freeze()
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=told["listen"])])
    return 0


def _stop() -> None:
    # Without the supervisor there are no workers any more: end orderly, and let whoever watches start anew.
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
