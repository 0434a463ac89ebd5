"""Work on files of others ends within its limits, and whatever happens to it this process lives on."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

import pytest

from ccn_graph.errors import CcnError
from ccn_graph.files import sandbox
from ccn_graph.files.progress import Progress
from ccn_graph.files.sandbox import Bounds, OverrunError


def test_it_gives_what_the_work_gives_and_tells_how_far_it_is() -> None:
    steps: list[tuple[int, int]] = []

    def work(progress: Progress) -> list[str]:
        progress(1, 2)
        return ["done", str(os.getppid() == here)]

    here = os.getpid()
    assert sandbox.run(work, Bounds(), lambda done, total: steps.append((done, total))) == ["done", "True"]
    assert steps == [(1, 2)]


def test_an_error_of_ours_comes_through_with_its_words() -> None:
    def work(_progress: Progress) -> None:
        raise CcnError("say what is wrong")

    with pytest.raises(CcnError, match="say what is wrong"):
        sandbox.run(work, Bounds())


def overrun(work: object, bounds: Bounds) -> str:
    with pytest.raises(OverrunError) as ended:
        sandbox.run(work, bounds)  # type: ignore[arg-type]
    return ended.value.code


def test_a_crash_of_native_code_is_told_of() -> None:
    assert overrun(lambda _: ctypes.string_at(0), Bounds()) == "crashed"


def test_memory_is_bounded() -> None:
    assert overrun(lambda _: len(bytearray(3 << 30)), Bounds(memory=512)) == "memory-exceeded"


def test_time_is_bounded() -> None:
    assert overrun(lambda _: time.sleep(600), Bounds(seconds=0.2)) == "timeout"


def test_recursion_without_end_is_told_of() -> None:
    def work(_progress: Progress) -> int:
        return work(_progress) + 1

    assert overrun(work, Bounds()) == "crashed"


def test_no_process_is_left_behind() -> None:
    def children() -> set[str]:
        # A server that other tests share is one of them.
        return {pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}

    before = children()
    overrun(lambda _: time.sleep(600), Bounds(seconds=0.1))
    assert children() == before


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.ttl"
    with path.open("wb") as file:
        file.truncate(2_000_001)
    sandbox.refuse_large(path, Bounds(megabytes=3))
    with pytest.raises(OverrunError, match="larger than 2 MB"):
        sandbox.refuse_large(path, Bounds(megabytes=2))
