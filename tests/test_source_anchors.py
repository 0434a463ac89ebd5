"""Sources that drift: altered copies are found, unchanged ones raise no alarm, and no word of a source is kept."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccn_graph.cli.main import main
from ccn_graph.drafting import source_anchors
from ccn_graph.drafting.source_anchors import Drift, LocalCopy
from ccn_graph.drafting.source_text import lines_of
from ccn_graph.graph.graph import Graph
from tests.conftest import ROOT, some
from tests.drafting_score import SHARED, SOURCES
from tests.test_changes import BASE

TEXT = "\n".join(
    f"## Heading {number}\n{number} is the city of Example, which joined in {1990 + number}.\n"
    f"例市{number}は{number}月に会議を開いた。\n" for number in range(1, 13)
)  # fmt: skip
PLACES = [f"Heading {number}, l. {4 * number - 2}" for number in range(1, 13)]
PLACES += ["Heading 3", "Somewhere", "Heading 2, l. 6-7", "Heading 1, l. 2; Heading 9, l. 34"]


def copy_of(text: str) -> LocalCopy:
    return LocalCopy(lines_of(text))


def altered(text: str, chance: random.Random) -> str:
    """Change a copy as sources change: a figure, a word, a line that goes, comes or moves."""
    lines = text.splitlines()
    at = chance.choice([number for number, line in enumerate(lines) if len(line.strip()) > 3])
    match chance.randrange(5):
        case 0:
            place = chance.randrange(len(lines[at].rstrip()))
            lines[at] = f"{lines[at][:place]}8×{lines[at][place:]}"
        case 1:
            lines[at] = lines[at][: len(lines[at]) // 2]
        case 2:
            del lines[at]
        case 3:
            lines.insert(at, "Added afterwards.")
        case _:
            lines.append(lines.pop(at) + ".")
    return "\n".join(lines)


def test_a_hundred_altered_copies_are_all_found() -> None:
    known = list(source_anchors.anchors("example", copy_of(TEXT), PLACES))
    chance = random.Random(20)
    missed = [text for text in (altered(TEXT, chance) for _ in range(100))
              if not source_anchors.drifted(copy_of(text), known)]  # fmt: skip
    assert missed == []


@pytest.mark.parametrize("form", [
    str, lambda text: text.replace("\n", "\r\n"), lambda text: text.replace(" ", "  "),
    lambda text: "\n".join(f"{line}  " for line in text.splitlines()), lambda text: text.replace("12", "１２"),
])  # fmt: skip
def test_a_copy_that_says_the_same_raises_no_alarm(form: object) -> None:
    known = list(source_anchors.anchors("example", copy_of(TEXT), PLACES))
    assert callable(form)
    assert source_anchors.drifted(copy_of(form(TEXT)), known) == []


def test_it_is_told_what_has_become_of_a_place() -> None:
    known = list(source_anchors.anchors("example", copy_of(TEXT), PLACES[:3]))
    moved = source_anchors.drifted(copy_of(TEXT.replace("## Heading 2", "One more line.\n## Heading 2")), known)
    assert [(one.anchor.locator, one.drift, one.line) for one in moved] == [
        ("Heading 2, l. 6", Drift.MOVED, 7), ("Heading 3, l. 10", Drift.MOVED, 11),
    ]  # fmt: skip
    (changed,) = source_anchors.drifted(copy_of(TEXT.replace("in 1992", "in 1993")), known)
    assert (changed.anchor.locator, changed.drift, changed.line) == ("Heading 2, l. 6", Drift.CHANGED, 6)
    (gone,) = source_anchors.drifted(copy_of(TEXT.replace("2 is the city", "Another text is 2")), known)
    assert (gone.drift, gone.line) == (Drift.GONE, 0)
    (elsewhere,) = source_anchors.drifted(copy_of(TEXT.replace("例市9は9月", "例市9は8月")), known)
    assert (elsewhere.anchor.locator, elsewhere.drift) == ("", Drift.ELSEWHERE)


def run(what: str, data: Path, copies: Path, language: str = "en") -> tuple[int, str, str]:
    arguments = ["sources", what, str(copies), "--data-dir", str(data), "--root", str(ROOT), "--lang", language]
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_keeps_hashes_only_and_tells_of_places(tmp_path: Path) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    shutil.copytree(BASE, data)
    copies.mkdir()
    assert run("verify", data, copies)[0] == 2
    copy = copies / "example-2026-01-01.txt"
    copy.write_text("\n".join(f"秘密の行{number}" for number in range(1, 20)), encoding="utf-8")
    (copies / "not-on-record.txt").write_text("x", encoding="utf-8")
    assert run("record", data, copies)[0] == 0
    kept = (data / source_anchors.NAME).read_text(encoding="utf-8")
    assert "秘密" not in kept
    assert 'example-2026-01-01,"会員, l. 4",1,' in kept
    code, told, summary = run("verify", data, copies)
    assert (code, told) == (0, "")
    assert summary.startswith("1 documents and ")
    copy.write_text(copy.read_text(encoding="utf-8").replace("行4", "行よん"), encoding="utf-8")
    code, told, _ = run("verify", data, copies, "ja")
    assert code == 1
    assert told == f"{copy}: gone: もう見つからない  [会員, l. 4]\n"
    (data / source_anchors.NAME).write_text("document,locator,lines,text,beginning\na,b\n", encoding="utf-8")
    code, _, error = run("verify", data, copies)
    assert (code, "anchors.csv:2:" in error) == (2, True)


@pytest.mark.skipif(not (SHARED / "sources").is_dir(), reason="the texts are not part of the project")
def test_the_sources_say_what_they_said_and_altered_ones_are_found(graph: Graph) -> None:
    assert graph.project
    known, chance = source_anchors.read(graph.project.data / source_anchors.NAME), random.Random(5)
    for slug, name in some(SOURCES.items()):
        text = (SHARED / name).read_text(encoding="utf-8")
        assert len(known[slug]) > 5
        assert source_anchors.drifted(copy_of(text), known[slug]) == [], slug
        for _ in range(4):
            assert source_anchors.drifted(copy_of(altered(text, chance)), known[slug]), slug
