"""The web process: a fresh interpreter without a store, started by `ccn_graph.server.start`."""

from __future__ import annotations

import gc
import json
import math
import os
import signal
import socket
import sys

import uvicorn

from ccn_graph.server.app import create_app
from ccn_graph.server.connection import BoundedHttp
from ccn_graph.server.current_dataset import Served
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.pool import Pool


def main() -> int:
    """Wait until the data are loaded, then serve until told to stop."""
    told = json.loads(sys.argv[1])
    with os.fdopen(told["edition"], "rb") as pipe:
        written = pipe.read()
    if not written:
        # The data were refused.
        return 0
    limits = Limits(**told["limits"])
    pool = Pool(socket.socket(fileno=told["control"]), limits, on_loss=_stop)
    served = Served(written, limits, told["url"])
    app, lane = create_app(pool, served, told["url"], cache=told["cache"], logs=told["logs"])
    config = uvicorn.Config(
        app,
        http=type("Http", (BoundedHttp,), {"lane": lane}),
        ws="none",
        log_level="warning",
        # Told to end, it gives the answers that are under way: each comes, or passes its time.
        timeout_graceful_shutdown=math.ceil(limits.seconds) + 1,
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
