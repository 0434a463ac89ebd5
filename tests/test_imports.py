from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def lint_imports(where: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml on the package that lies in a directory."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=where, text=True, capture_output=True, timeout=60, check=False
    )


def test_imports_point_downwards_and_go_in_no_circle() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "3 kept, 0 broken" in linted.stdout


def test_an_import_upwards_breaks_the_contracts(package: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", package)
    with (package / "ccn_graph" / "text" / "dates.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef _late() -> None:\n    from ccn_graph.graph import labels\n")
    linted = lint_imports(package)
    assert linted.returncode == 1
    assert "ccn_graph.text.dates -> ccn_graph.graph.labels" in linted.stdout
