"""What cannot be written is one line and exit code 2, for every verb that writes, and nothing half-written stays."""

from __future__ import annotations

import resource
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccn_graph.cli.main import main
from tests.conftest import PREFIXES, ROOT

#: What writes to {out}; {in} is a directory with inputs.
WRITING = {
    "check": "check {in}/data.ttl --shapes {in}/shapes.ttl --format json --output {out}",
    "init": "init {out} --base https://example.org/id/",
    "import a template": "import --as memberships --template --to {out}.csv",
    "import a workbook": "import --as memberships --template --to {out}.xlsx",
    "import a sheet": "import {in}/sheet.csv --as cities --out {out} --data-dir {in}/data",
    "draft": "draft {in}/text.txt --document example-2026-01-01 --to {out}.ttl --data-dir {in}/data",
    "draft a review": "draft {in}/text.txt --document example-2026-01-01 --review {out}.html --data-dir {in}/data",
    "release": "release {out} --data-dir {in}/data",
    "release files": "release {out} --data {in}/data.ttl --archive",
}

#: The verbs that make the directories that they are given.
MAKES = ("init", "import a sheet", "release", "release files")

#: Those that write into the directory of temporary files, too: in a sandbox, or by a library.
FIRST_ELSEWHERE = ("draft", "draft a review", "import a sheet", "import a workbook")

#: Bytes of a file that there is room for on a disk that is as good as full.
ROOM = 40


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("in")
    shutil.copytree(ROOT / "tests" / "faulty" / "base", place / "data")
    shapes = f"@prefix sh: <http://www.w3.org/ns/shacl#> .\n{PREFIXES}[] a sh:NodeShape ; sh:targetClass ccn:City ."
    sheet = "short name,name (Japanese),name (English),country\nnewtown,新市,Newtown,Example Land\n"
    files = {"data.ttl": "<x:a> a <x:b> .\n" * 9, "shapes.ttl": shapes, "sheet.csv": sheet, "text.txt": "In 2008.\n"}
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize("where", ["no directory", "below a file", "full disk"])
@pytest.mark.parametrize("verb", WRITING)
def test_what_cannot_be_written_is_one_line_and_leaves_nothing(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, where: str
) -> None:
    if verb in {"no directory": MAKES, "full disk": FIRST_ELSEWHERE}.get(where, ()):
        pytest.skip("it makes the directory, or would fill that of temporary files first")
    monkeypatch.chdir(ROOT)
    (tmp_path / "file").touch()
    out = tmp_path / {"no directory": "none/out", "below a file": "file/out", "full disk": "out"}[where]
    arguments = [part.format(**{"in": inputs, "out": out}) for part in WRITING[verb].split()]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        if where == "full disk":
            resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
        done = CliRunner().invoke(main, arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert done.exit_code == 2, done.output
    # What a check has counted is no part of it.
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("0 violation"))
    assert line.startswith("ccn-graph: ")
    assert str(out) in line
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["file"]
