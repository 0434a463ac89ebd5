"""ccn_graph/README.md says how things are: it is held against the code."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT
from tests.test_extension import LINES, TOYS
from tests.test_structure import MODULES, ours, room

README = (ROOT / "ccn_graph" / "README.md").read_text(encoding="utf-8")

#: What stands for a name of one's own in a recipe.
NAME = r"[\w-]+"


def recipes() -> list[tuple[str, list[str], list[str]]]:
    """What is added -> the files to add, and the files that get a line."""
    rows = [line.strip("| ").split(" | ") for line in README.partition("## I want to")[2].splitlines() if "| " in line]
    return [
        (row[0], re.findall(r"`([\w/.-]+/[\w/.-]*NAME[\w.]*)`", row[1]), re.findall(r"`([\w/.-]+/[\w.]+)`", row[2]))
        for row in rows
        if len(row) == 3 and row[0].startswith("a")
    ]


def test_every_path_named_exists() -> None:
    named = set(re.findall(r"`((?:ccn_graph|tests|queries|ontology)/[\w/.-]*)`", README))
    assert len(named) > 60
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []
    assert [link for link in re.findall(r"\]\(([\w./-]+)\)", README) if not (ROOT / "ccn_graph" / link).exists()] == []


def test_every_room_is_named_and_every_arrow_is_an_import() -> None:
    rooms = {room(module) for module in MODULES} - {"__init__", "__main__"}
    drawn = set(re.findall(r"^    (\w+) --> (\w+)$", README, re.MULTILINE))
    assert {name for pair in drawn for name in pair} == rooms
    assert set(re.findall(r"^\| `ccn_graph/(\w+)/` \|", README, re.MULTILINE)) == rooms - {"errors"}
    imports = {(room(module), room(other)) for module in MODULES for other in ours(module)}
    assert drawn - imports == set()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = {name: height for height, layer in enumerate(contracts[0]["layers"]) for name in layer.split(" | ")}
    assert [pair for pair in drawn if floors[pair[0]] >= floors[pair[1]]] == []


def test_every_recipe_is_what_a_test_does() -> None:
    added = [*TOYS, "ccn_graph/cli/greet_.py"]
    found = recipes()
    assert len(found) == 9
    for what, files, lines in found:
        assert files or lines, what
        for file in files:
            if not file.startswith("tests/"):
                pattern = re.escape(file).replace("NAME", NAME)
                assert [path for path in added if re.fullmatch(pattern, path)], f"{what}: no toy is added as {file}"
        for line in lines:
            if "NAME" not in line and line.startswith("ccn_graph/"):
                assert line in {name for name, _, _ in LINES}, what
    # And nothing has to be edited beside.
    assert {name for name, _, _ in LINES} <= {line for _, _, lines in found for line in lines}


def test_those_who_contribute_are_led_here() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert text.count("(ccn_graph/README.md)") == text.count("(CHANGELOG.md)") == 2
