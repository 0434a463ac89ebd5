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
