from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ccn_graph.errors import CcnError
from ccn_graph.files import directories
from ccn_graph.files.directories import LockedDirectory, replacing


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def put(directory: Path, text: str) -> None:
    with replacing(directory) as fresh:
        (fresh / "file").write_text(text)


def test_a_directory_is_replaced_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "place"
    put(place, "one")
    (place / "more").touch()
    put(place, "two")
    assert (names(place), (place / "file").read_text(), names(place.parent)) == (["file"], "two", ["place"])


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "place"
    put(place, "one")
    with contextlib.suppress(KeyError), replacing(place) as fresh:
        (fresh / "file").write_text("two")
        raise KeyError
    assert ((place / "file").read_text(), names(tmp_path)) == ("one", ["place"])


def test_who_follows_a_link_gets_the_new_one(tmp_path: Path) -> None:
    put(tmp_path / "place", "one")
    (tmp_path / "link").symlink_to("place")
    put(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "place" / "file").read_text() == "two"


def test_without_an_exchange_of_names_two_renames_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "_exchange", lambda *_: False)
    put(tmp_path / "place", "one")
    put(tmp_path / "place", "two")
    assert ((tmp_path / "place" / "file").read_text(), names(tmp_path)) == ("two", ["place"])


KILLED = """
import os, signal, sys
from pathlib import Path
from ccn_graph.files import directories
place = Path(sys.argv[1])
{before}
with directories.replacing(place) as fresh:
    (fresh / "file").write_text("two")
    {within}
"""
DIE = "os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize(
    ("before", "within"),
    [
        ("", DIE),
        # Between two renames: the worst moment, on a system that cannot exchange names.
        (f"directories._exchange = lambda *_: place.rename(fresh.parent / 'old') and {DIE}", ""),
    ],
    ids=["while it is filled", "between two renames"],
)
def test_a_kill_leaves_the_old_one_and_is_cleaned_up_next_time(tmp_path: Path, before: str, within: str) -> None:
    place = tmp_path / "place"
    put(place, "one")
    script = KILLED.format(before=before, within=within or "pass")
    killed = subprocess.run([sys.executable, "-c", script, place], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert any(name.startswith(".place-part-") for name in names(tmp_path))
    with contextlib.suppress(KeyError), replacing(place):
        raise KeyError
    assert ((place / "file").read_text(), names(tmp_path)) == ("one", ["place"])


def test_what_another_process_uses_is_left_alone_until_that_is_gone(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from ccn_graph.files.directories import Private
print(Private(Path(sys.argv[1]), "held").path, flush=True)
sys.stdin.read()
"""
    user = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path / "place"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout
    path = Path(user.stdout.readline().strip())
    LockedDirectory(tmp_path / "place", "held").close()
    assert path.is_dir()
    user.kill()
    user.communicate()
    assert path.is_dir()
    LockedDirectory(tmp_path / "place", "held").close()
    assert names(tmp_path) == []


def test_a_fork_keeps_it_in_use_and_does_not_remove_it(tmp_path: Path) -> None:
    private = LockedDirectory(tmp_path / "place", "held")
    pid = os.fork()
    if pid == 0:
        private.close()
        os._exit(0)
    os.waitpid(pid, 0)
    assert private.path.is_dir()
    private.close()
    private.close()
    assert names(tmp_path) == []


def test_of_two_purposes_neither_touches_the_other(tmp_path: Path) -> None:
    left = tmp_path / ".place-part-x"
    left.mkdir()
    (left / "lock").touch()
    LockedDirectory(tmp_path / "place", "held").close()
    LockedDirectory(tmp_path / "other", "part").close()
    assert left.is_dir()
    LockedDirectory(tmp_path / "place", "part").close()
    assert not left.exists()


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CcnError, match="nothing can be written beside"), replacing(tmp_path / "file" / "place"):
        pass
