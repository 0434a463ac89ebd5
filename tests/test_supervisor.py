"""The process that forks workers ends as it should, whatever the web process does meanwhile."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from ccn_graph.rdf.statistics import Statistics
from ccn_graph.workers.dataset_version import DatasetVersion
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.supervisor import Supervisor
from ccn_graph.workers.worker import WorkerContext
from tests.conftest import ROOT
from tests.serving import descendants

NOTHING = Statistics("none", "1", union=False, federated=False, triples=0, graphs={}, classes={}, properties={})


def unopened() -> WorkerContext:
    raise SystemExit


@pytest.mark.parametrize("status", [0, 3])
@pytest.mark.parametrize("wanted", [0, 1, 3])
def test_a_web_process_that_ends_before_it_is_answered(wanted: int, status: int) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    supervisor = Supervisor(ours, DatasetVersion(NOTHING, unopened), Limits())
    for _ in range(wanted):
        theirs.send(json.dumps({"spawn": True}).encode())
    theirs.close()
    before = descendants(os.getpid())
    with ours, subprocess.Popen([sys.executable, "-c", f"raise SystemExit({status})"]) as front:
        assert supervisor.run(front.pid) == status
    assert descendants(os.getpid()) == before, "no worker is left"


_WORKER = """
import sys, urllib.parse
from pathlib import Path
from ccn_graph.cli import serve
from ccn_graph.rdf import stores
from ccn_graph.rdf.requests import PageRequest
from ccn_graph.server import open_local, start
from ccn_graph.workers import worker
from ccn_graph.workers.limits import Limits
from ccn_graph.workers.messages import MessageKind
offered = open_local.files(serve.foreign((Path(sys.argv[1]),), None, union=True), open_local.Native())
start.prepare()
before = set(sys.modules)
holdings = offered.open()
for accept in (b"*/*", b"text/csv", b"text/turtle;q=0.1, */*;q=0.01"):
    frame = MessageKind.LINE, accept + b"\\nquery=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D+LIMIT+1"
    assert b"http" in worker._answer(None, holdings.engine, frame, Limits())
assert holdings.make(PageRequest("/sparql")).status == 200
print(sorted(set(sys.modules) - before))
"""


def test_a_new_worker_has_all_that_it_needs_from_the_process_that_forks_it() -> None:
    data = str(ROOT / "data" / "registers" / "network.ttl")
    told = subprocess.run([sys.executable, "-c", _WORKER, data], capture_output=True, text=True, check=False)
    assert told.stdout == "[]\n", told.stderr
