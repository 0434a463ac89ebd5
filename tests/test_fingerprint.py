from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec, resolve_name
from pathlib import Path

import pytest

from ccn_graph import Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf import parsing
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.validation import fingerprint
from ccn_graph.validation.shacl.shape_model import Shape
from ccn_graph.validation.shacl.validator import Validator
from tests.conftest import ROOT, TODAY, Write

PACKAGE = Path(fingerprint.__file__).parents[fingerprint.__name__.count(".") - 1]
SAID = '<https://example.org/s> <https://example.org/p> "said" .\n'


def test_a_fingerprint_changes_with_the_bytes_the_kind_the_format_and_the_graph_of_a_file(write: Write) -> None:
    path = write("one.ttl", SAID)
    first = fingerprint.of_source(parsing.read(path, FileKind.DOCUMENT))
    assert fingerprint.of_source(parsing.read(path, FileKind.DOCUMENT)) == first
    others = [
        fingerprint.of_source(parsing.read(path, FileKind.REGISTER)),
        fingerprint.of_source(parsing.read(write("two.ttl", SAID), FileKind.DOCUMENT)),
        fingerprint.of_source(parsing.read(write("one.nt", SAID), FileKind.DOCUMENT)),
        fingerprint.of_source(parsing.read(write("one.ttl", f"{SAID}#\n"), FileKind.DOCUMENT)),
    ]
    assert len({first, *others}) == 5


def test_a_file_with_absolute_iris_says_the_same_elsewhere(write: Write) -> None:
    here, there = (parsing.read(write(f"{place}/one.ttl", SAID), FileKind.DOCUMENT) for place in ("here", "there"))
    assert fingerprint.of_source(here) == fingerprint.of_source(there)
    assert fingerprint.of_place(here) != fingerprint.of_place(there)
    assert fingerprint.is_absolute(here)


@pytest.mark.parametrize("said", ["<s> <x:p> 1 .", "<x:s> <p> 1 .", "<x:s> <x:p> <o> .", "<x:s> <x:p> 'a'^^<type> ."])
def test_a_file_with_a_relative_iri_does_not(write: Write, said: str) -> None:
    assert not fingerprint.is_absolute(parsing.read(write("one.ttl", said), FileKind.DOCUMENT))


def test_a_file_is_current_until_it_is_edited_or_gone(write: Write) -> None:
    path = write("one.ttl", SAID)
    read = parsing.read(path, FileKind.DOCUMENT)
    assert fingerprint.is_current(read)
    write("one.ttl", f"{SAID}#\n")
    assert not fingerprint.is_current(read)
    path.unlink()
    assert not fingerprint.is_current(read)


def kept(directory: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Watch a check: give the names of the modules that it takes its results to depend on."""
    asked: set[tuple[str, ...]] = set()
    of_programs = fingerprint.of_programs

    def watched(*names: str) -> str:
        asked.add(names)
        return of_programs(*names)

    monkeypatch.setattr(fingerprint, "of_programs", watched)
    data = Graph.load(Project(ROOT, ROOT / "tests" / "faulty" / "base"))
    check(data, today=TODAY, cache=Cache(directory))
    (names,) = asked
    return names


def imported(path: Path) -> Iterator[str]:
    """Give what a module imports, by its syntax tree."""
    inner = path.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), ".".join(inner[:-1]))
            for alias in node.names:
                is_module = module.split(".")[0] == PACKAGE.name and found(f"{module}.{alias.name}")
                yield f"{module}.{alias.name}" if is_module else module


def found(name: str) -> Path | None:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # what it would lie in is no package
        return None
    return Path(spec.origin) if spec and spec.origin else None


def test_the_programs_are_the_modules_whose_results_are_kept_and_all_that_they_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = kept(tmp_path, monkeypatch)
    waiting, reached, libraries = list(names), set[Path](), set[str]()
    while waiting:
        name = waiting.pop()
        path = found(name) if name.split(".")[0] == PACKAGE.name else None
        if path is None:
            libraries.add(name.split(".")[0])
        elif path not in reached:
            reached.add(path)
            waiting += imported(path)
    assert set(fingerprint.programs(*names)) == reached
    assert libraries - sys.stdlib_module_names == set(fingerprint.LIBRARIES)


def test_the_programs_hold_every_module_that_validates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs the shapes is reached through several modules: none may be lost on the way."""
    programs = set(fingerprint.programs(*kept(tmp_path, monkeypatch)))
    (first,) = {path.parent for path in map(found, (Shape.__module__, Validator.__module__)) if path}
    shacl = {path for path in first.glob("*.py") if path.name != "__init__.py"}
    assert len(shacl) > 10
    assert shacl <= programs
    assert not [
        path for path in programs if {"server", "pages", "workers", "remote"} & set(path.relative_to(PACKAGE).parts)
    ]


def test_a_fingerprint_changes_with_any_program_that_is_imported_and_with_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "made"
    texts = {
        "__init__.py": "", "root.py": "import os\nfrom made import near  # nearby\nimport made.plain\n",
        "near.py": "def late():\n    from made.inner.deep import (\n        one,  # a name\n        two,\n    )\n",
        "plain.py": "import json, made.inner.second as other\n", "inner/__init__.py": "",
        "inner/deep.py": "from made.inner import named\nfrom made import root\n", "inner/named.py": "",
        "inner/second.py": "", "inner/queries/ask.rq": "ASK {}", "other.py": "from made import root\n",
    }  # fmt: skip
    for name, text in texts.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(fingerprint, "_PACKAGE", package)
    fingerprint._file.cache_clear()
    try:
        assert changes(package, list(texts)) == {
            "root.py", "near.py", "plain.py", "inner/deep.py", "inner/named.py", "inner/second.py",
            "inner/queries/ask.rq",
        }  # fmt: skip
        with pytest.raises(ValueError, match=r"made\.gone is no module"):
            fingerprint.programs("made.root", "made.gone")
    finally:
        fingerprint._file.cache_clear()


def changes(package: Path, names: list[str]) -> set[str]:
    """Edit file by file; give those whose edit changes the fingerprint."""
    of_programs = fingerprint.of_programs.__wrapped__
    changed = set()
    for name in names:
        before, text = of_programs("made.root"), (package / name).read_text(encoding="utf-8")
        (package / name).write_text(f"{text}# edited\n", encoding="utf-8")
        changed |= {name} if of_programs("made.root") != before else set()
        assert of_programs("made.root") == of_programs("made.root")
    return changed
