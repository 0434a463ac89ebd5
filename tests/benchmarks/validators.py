"""Validation side by side with plain pySHACL and the other validators that install from PyPI, in one run.

Each validates the same generated files by the same shapes (`constrained`), in a process of its own (`peer`), several
times; the median counts. Ratios are of CPU time, which says the same on a busy machine.
The other validators live in a virtual environment of their own, `.venv/peers`, which is made
when it is missing. pySHACL's number of results is what others are compared with; where it is not asked, ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import constrained, peer
from tests.benchmarks.timing import progress
from tests.conftest import ROOT

_PEERS = ROOT / ".venv" / "peers"
_RECORD = "pyshacl"
#: Beyond this, plain pySHACL takes hours.
_MOST_FOR_RECORD = 200_000


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    cpu: float
    results: int
    memory: float


def measure(sizes: list[int], repeats: int, limit: int) -> None:
    """Measure data of so many statements, no run longer than `limit` seconds."""
    interpreters = {name: Path(sys.executable) for name in ("ccn-graph", _RECORD)} | _installed()
    with tempfile.TemporaryDirectory() as directory:
        for size in sizes:
            data, shapes = constrained.write(Path(directory), size)
            with data.open(encoding="utf-8") as lines:
                print(f"\n{sum(1 for _ in lines)} statements, ten kinds of constraints")
            print(f"{'':16} {'wall':>10} {'CPU':>10} {'memory':>10} {'results':>8} {'CPU/ours':>10}")
            _measure(interpreters, data, shapes, repeats, limit, ask_record=size <= _MOST_FOR_RECORD)
            data.unlink()


def _measure(
    interpreters: dict[str, Path], data: Path, shapes: Path, repeats: int, limit: int, *, ask_record: bool
) -> None:
    ours: _Run | None = None
    wanted: int | None = None
    for name, python in interpreters.items():
        if name == _RECORD and not ask_record:
            continue
        progress(f"{name}: {data.name}")
        times = 1 if name == _RECORD else repeats
        run, problem = _median(name, python, data, shapes, times, limit)
        if run is None:
            print(f"{name:16} {problem}")
            continue
        ours = ours or run
        wanted = run.results if wanted is None or name == _RECORD else wanted
        wrong = "" if run.results == wanted else f"  (not {wanted})"
        print(
            f"{name:16} {run.seconds:8.2f} s {run.cpu:8.2f} s {run.memory:7.0f} MB {run.results:8}"
            f" {run.cpu / ours.cpu:8.1f} x{wrong}"
        )


def _median(name: str, python: Path, data: Path, shapes: Path, repeats: int, limit: int) -> tuple[_Run | None, str]:
    runs = []
    for _ in range(repeats):
        command: list[str] = [str(python), peer.__file__, name, str(data), str(shapes)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return None, f"did not end within {limit} s"
        if done.returncode:
            return None, f"failed: {(done.stderr.strip().splitlines() or ['no message'])[-1][:80]}"
        runs.append(_Run(**json.loads(done.stdout.strip().splitlines()[-1])))
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2], ""


def _installed() -> dict[str, Path]:
    """Find the other validators, installing what is missing; one that cannot be installed is left out."""
    python = _PEERS / "bin" / "python"
    if not python.is_file():
        progress("making an environment for the other validators")
        venv.create(_PEERS, with_pip=True)
    found = {}
    for name in peer.VALIDATORS.keys() - {"ccn-graph", _RECORD}:
        shown = subprocess.run([str(python), "-m", "pip", "show", "--quiet", name], capture_output=True, check=False)
        if shown.returncode:
            progress(f"installing {name}")
            command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name, _RECORD]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                print(f"{name} cannot be installed here")
                continue
        found[name] = python
    return dict(sorted(found.items()))
