"""The server begins anew with more memory at hand, once, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ccn_graph.workers import allocator

_PROGRAM = "import os, sys; from ccn_graph.workers import allocator; allocator.tune('serve'); "
_PROGRAM += f"print(os.environ.get('{allocator.NAME}'), sys.argv[1:])"


@pytest.mark.skipif(not allocator._is_glibc(), reason="the C library is not glibc")
@pytest.mark.parametrize(
    ("command", "before", "after"),
    [
        ("serve", {}, allocator.VALUE),
        ("serve", {allocator.NAME: "glibc.malloc.check=0"}, "glibc.malloc.check=0"),
        ("check", {}, "None"),
    ],
)
def test_only_the_server_begins_anew_and_keeps_what_was_asked(command: str, before: dict[str, str], after: str) -> None:
    given = {name: value for name, value in os.environ.items() if name != allocator.NAME} | before
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM, command, "--port", "0"], capture_output=True, text=True, check=True, env=given
    )
    assert told.stdout == f"{after} ['{command}', '--port', '0']\n"
