"""Every shape, rule and piece of house style is proven by a tiny faulty file that triggers exactly it."""

from __future__ import annotations

import functools
import re
import shutil
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from ccn_graph import Finding, Graph, Severity, check
from ccn_graph.errors import ProjectError
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.validation import rules
from tests.conftest import ROOT, TODAY, some

FAULTY = ROOT / "tests" / "faulty"
FILES = sorted(path for path in FAULTY.rglob("*") if path.is_file() and "base" not in path.parts)
#: Faulty files are checked in so many groups.
GROUPS = 60
EXPECT = re.compile(r"#\s*expect: (?:(\S+):)?(\d+) (\S+)")


KINDS = {"registers": FileKind.REGISTER, "documents": FileKind.DOCUMENT, "editorial": FileKind.EDITORIAL}


def expected(path: Path) -> Counter[tuple[str, int, str]]:
    """Read the `# expect: [FILE:]LINE NAME` lines of a faulty file; FILE is another one below `faulty/`."""
    lines = EXPECT.findall(path.read_bytes().decode("utf-8", "replace"))
    return Counter((file or str(path.relative_to(FAULTY)), int(line), name) for file, line, name in lines)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """The base need not be looked at again for every file; `test_validation` proves that this changes nothing."""
    return Cache(tmp_path_factory.mktemp("cache"))


@functools.cache
def base() -> Graph:
    """Read the clean base once, not again for every faulty file."""
    return Graph.load(Project(ROOT, FAULTY / "base"))


def check_with(cache: Cache, *faulty: Path) -> Counter[tuple[str, int, str]]:
    """Check the clean base with faulty files on top of it."""
    extra = Graph.of_files((path, KINDS[path.parent.name]) for path in faulty)
    loaded = Graph([*base().sources, *extra.sources], extra.errors, base().project)
    findings = check(loaded, today=TODAY, cache=cache)
    return Counter((str(found.path.relative_to(FAULTY)), found.line, found.rule) for found in findings)


def test_the_clean_base_has_no_finding(cache: Cache) -> None:
    assert check_with(cache) == Counter()


@pytest.mark.parametrize("first", range(GROUPS))
def test_a_faulty_file_triggers_exactly_what_it_says(first: int, cache: Cache) -> None:
    """Some are checked at once, as that takes no longer than one; faults that meddle with each other, one by one."""
    together = FILES[first::GROUPS]
    if check_with(cache, *together) == sum(map(expected, together), Counter()):
        return
    for path in some(together):
        assert check_with(cache, path) == expected(path), path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FAULTY)))
def test_a_faulty_file_says_what_it_must_trigger(path: Path) -> None:
    assert expected(path), "# expect: LINE NAME"


def test_every_shape_and_rule_bites() -> None:
    triggered = {name for path in FILES for _, _, name in expected(path)}
    project = Project.find(ROOT)
    shapes = Graph.of_files(
        (path, FileKind.OTHER) for path in (*project.shapes_of_document, *project.shapes_of_dataset)
    )
    rows = shapes.query("PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT DISTINCT ?s { ?s sh:message ?m }").rows()
    names = {namespaces.slug(row[0].value) for row in rows if isinstance(row[0], ox.NamedNode)}
    names |= {one.name for one in rules.read_all(project)} | {"syntax", "style"}
    assert names - triggered == set()
    assert triggered - names == set()


def test_the_data_have_neither_violations_nor_warnings(findings: list[Finding]) -> None:
    assert [found.render("en") for found in findings if found.severity > Severity.INFO] == []


def test_findings_can_be_kept_to_some_files(cache: Cache) -> None:
    two = [FAULTY / "documents" / name for name in ("host-city.ttl", "kind-kind.ttl")]
    loaded = Graph.load(Project(ROOT, FAULTY / "base"), [(path, FileKind.DOCUMENT) for path in two])
    findings = check(loaded, today=TODAY, cache=cache)
    assert {found.path for found in findings} == set(two)
    assert check(loaded, today=TODAY, only=two[:1]) == [found for found in findings if found.path == two[0]]


def test_a_finding_reads_in_both_languages(findings: list[Finding]) -> None:
    for found in some(findings):
        assert re.fullmatch(r"data/\S+:\d+: 参考: .+ \([a-z-]+\)", found.render("ja", ROOT))
        assert re.fullmatch(r"data/\S+:\d+: info: .+ \([a-z-]+\)", found.render("en", ROOT))


def test_a_mistyped_reference_names_the_nearest_thing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(FAULTY / "base", data)
    path = data / "documents" / "example-2026-01-01.ttl"
    text = path.read_text(encoding="utf-8")
    wrong = text.replace("ccn:host city:example-oka ", "ccn:host city:example-oak ", 1)
    assert wrong != text
    path.write_text(wrong, encoding="utf-8")
    found = check(Graph.load(Project(ROOT, data)), today=TODAY, only=[path])
    line = wrong.splitlines().index("    ccn:host city:example-oak ;") + 1
    assert [(one.line, one.value, one.suggestion) for one in found if one.severity is Severity.VIOLATION] == [
        (line, "city:example-oak", "city:example-oka")
    ]


def test_single_files_have_no_shapes_to_be_checked_by() -> None:
    with pytest.raises(ProjectError):
        check(Graph.of_files([]))
