"""What a repair proposes mends the finding: the edit is made, and the finding is gone."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ccn_graph import Finding, Graph, check
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.project import Project, kind_of
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.text.misspelling import Speller, meant
from ccn_graph.validation import edits
from ccn_graph.validation.finding import Repair, Replacement, Severity
from tests.conftest import ROOT, TODAY, some

FAULTY = ROOT / "tests" / "faulty"

TEXT = """\
@prefix ccn: <https://w3id.org/ccn/ns#> .
@prefix city: <https://w3id.org/ccn/city/> .
@prefix doc: <https://w3id.org/ccn/document/> .
@prefix event: <https://w3id.org/ccn/event/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

doc:mend a ccn:Document ;
    dcterms:title "例"@ja, "Example"@en ;
    dcterms:publisher city:example-minato ;
    dcterms:issued "2026-01-01" ;
    dcterms:language "ja" ;
    ccn:retrieved "2026-01-02"^^xsd:date .

event:mend a ccn:Event ;
    skos:prefLabel "集い"@en, "ＡＢＣの集い"@ja ;  \n\
    ccn:host city:example-minatoo ;
    ccn:start "令和7年11月" ;
    ccn:hots city:example-minato ;
    ccn:note "注記" ;
    ccn:locator "本文" .
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


def found_in(path: Path, cache: Cache) -> list[Finding]:
    return check(Graph.load(Project(ROOT, path.parents[1])), today=TODAY, only=[path], cache=cache)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(FAULTY / "base", tmp_path / "data")
    return tmp_path / "data"


def test_every_edit_that_is_proposed_mends_what_was_found(data: Path, cache: Cache) -> None:
    path = data / "documents" / "mend.ttl"
    path.write_text(TEXT, encoding="utf-8")
    edits = {
        (found.rule, repair.replacement)
        for found in found_in(path, cache)
        for repair in found.repairs
        if repair.replacement
    }
    assert {rule for rule, _ in edits} == {
        "issued-date", "label-in-wrong-language", "text-not-normal", "style", "host-city", "start-date", "unknown-term",
        "note",
    }  # fmt: skip
    lines = TEXT.split("\n")
    # The whole line last: it holds what the others look for.
    for _, edit in some(sorted(edits, key=lambda edit: len(edit[1].old))):
        assert lines[edit.line - 1].count(edit.old) == 1 or edit.old.endswith("  ")
        lines[edit.line - 1] = lines[edit.line - 1].replace(edit.old, edit.new).rstrip()
    path.write_text("\n".join(lines), encoding="utf-8")
    mended = path.read_text(encoding="utf-8")
    for part in (
        'dcterms:issued "2026-01-01"^^xsd:date ;', '"集い"@ja', '"ABCの集い"@ja ;\n', "city:example-minato ;",
        'ccn:start "2025-11"^^xsd:gYearMonth ;', "ccn:host city:example-minato ;", 'ccn:note "注記"@ja ;',
    ):  # fmt: skip
        assert part in mended
    left = {found.rule for found in found_in(path, cache)}
    assert left.isdisjoint({rule for rule, _ in edits})


def test_an_edit_fits_the_syntax_and_the_prefixes_of_the_file(data: Path, cache: Cache) -> None:
    path = data / "documents" / "mend.nt"
    subject, ns = "<https://w3id.org/ccn/event/mend>", "https://w3id.org/ccn/"
    path.write_text(f'{subject} <{ns}ns#host> <{ns}city/example-minatoo> .\n{subject} <{ns}ns#start> "2025/11" .\n')
    project = Project(ROOT, data)
    findings = check(Graph.load(project, [(path, FileKind.DOCUMENT)]), today=TODAY, only=[path], cache=cache)
    edits = {found.rule: repair.replacement for found in findings for repair in found.repairs}
    host, start = edits["host-city"], edits["start-date"]
    assert host and (host.old, host.new) == (f"<{ns}city/example-minatoo>", f"<{ns}city/example-minato>")
    assert start and start.new == '"2025-11"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'


@pytest.mark.parametrize(
    ("file", "rule", "english"),
    [
        (
            "registers/municipal-code-check-digit.ttl",
            "municipal-code-check-digit",
            "if the first five digits are right",
        ),
        ("registers/label-japanese.ttl", "label-japanese", 'in Japanese: "…"@ja'),
        ("documents/text-in-one-language.ttl", "text-in-one-language", 'in English: "…"@en'),
    ],
)
def test_what_needs_a_person_is_said_in_words(file: str, rule: str, english: str, cache: Cache) -> None:
    path = FAULTY / file
    findings = check(Graph.load(Project(ROOT, FAULTY / "base"), [(path, kind_of(path))]), today=TODAY, cache=cache)
    texts = [repair.text for found in findings if found.rule == rule for repair in found.repairs]
    assert texts and all(english in text["en"] and text["ja"] for text in texts)


def test_obvious_slips_of_values_are_mended(data: Path, cache: Cache) -> None:
    path, said = data / "documents" / "mend.ttl", TEXT
    for right, wrong in (
        ('ccn:start "令和7年11月" ;', 'ccn:ordinal "9" ;'),
        ("ccn:host city:example-minatoo ;", 'ccn:host "例港市"@ja ;'),
        # A city is no document, and a title may be in any language.
        ("ccn:retrieved", 'ccn:readThrough "例港市"@ja ; ccn:retrieved'),
        ('dcterms:title "例"@ja, "Example"@en ;', 'dcterms:title "例"@ja, "Exemple"@fr, "Beispiel" ;'),
    ):
        assert right in said
        said = said.replace(right, wrong)
    said += '\nevent:mend-2 a ccn:Event ;\n    ccn:ordinal "408"^^xsd:string .\n'
    path.write_text(said, encoding="utf-8")
    edits = {(e.old, e.new) for found in found_in(path, cache) for repair in found.repairs if (e := repair.replacement)}
    assert edits >= {('"9"', "9"), ('"408"^^xsd:string', "408"), ('"例港市"@ja', "city:example-minato")}
    assert '"Beispiel"' not in {old for old, _ in edits}
    assert len([old for old, _ in edits if "例港市" in old]) == 1


@pytest.fixture(scope="module")
def named(graph: Graph) -> list[tuple[str, str]]:
    """The directories and slugs of all things of ours."""
    ours = {one for one in graph.things if one.startswith(namespaces.BASE) and not one.startswith(namespaces.CCN)}
    parts = sorted(one.rpartition("/") for one in ours if "#" not in one)
    return [(directory, slug) for directory, _, slug in parts if re.search("[a-z]", slug)]


def test_a_name_that_is_new_is_hardly_ever_taken_for_another_one(graph: Graph, named: list[tuple[str, str]]) -> None:
    """Leaving out each registered thing in turn: at most one in a hundred is taken for one that is left."""
    assert len(named) > 1000
    taken = {one: near for one in named if (near := graph.speller.meant(one[1], one[0]))}
    of_kind, taken_of_kind = (Counter(directory for directory, _ in names) for names in (named, taken))
    assert [kind for kind, count in of_kind.items() if taken_of_kind[kind] > count / 100] == [], taken


def test_nearly_every_slip_of_one_letter_is_mended_and_hardly_any_by_another_name(
    graph: Graph, named: list[tuple[str, str]]
) -> None:
    chosen = random.Random(20261130)
    known = set(named)
    right = wrong = 0
    slips = [(*one, _slip(one[1], chosen)) for one in chosen.sample(named, 600)]
    slips = [one for one in slips if (one[0], one[2]) not in known]
    for directory, slug, written in slips:
        near = graph.speller.meant(written, directory)
        right += near == slug
        wrong += near not in (slug, None)
    assert right >= 0.92 * len(slips), right / len(slips)
    assert wrong <= len(slips) / 100


def _slip(slug: str, chosen: random.Random) -> str:
    """Put one letter more, less or other into a slug, or two about; its numbers stay as they are."""
    while True:
        at, letter = chosen.randrange(len(slug)), chosen.choice("abcdefghijklmnopqrstuvwxyz")
        before, here, next_, after = slug[:at], slug[at], slug[at + 1 : at + 2], slug[at + 2 :]
        written = chosen.choice([
            f"{before}{letter}{here}{next_}{after}", f"{before}{next_}{after}", f"{before}{letter}{next_}{after}",
            f"{before}{next_}{here}{after}",
        ])  # fmt: skip
        if here.isalpha() and written not in ("", slug):
            return written


@pytest.mark.parametrize(
    ("written", "known", "about", "found"),
    [
        ("soke", ["soka", "koka"], "", None),
        ("soke", ["soka", "koka"], "ccnj-soka", "soka"),
        ("toka", ["soka", "koka"], "ccnj-koka", "koka"),
        ("noka", ["soka", "koka"], "ccnj-noka", None),
        ("duran", ["durban"], "uccn-duran", None),
        ("newyork", ["new-york"], "", "new-york"),
        ("act-20l9", ["act-2019", "act-2018"], "", "act-2019"),
        ("act-2018", ["act-2019"], "", None),
        ("act-201", ["act-2019"], "", None),
        ("kanazwaa", ["kanazawa", "yokohama"], "", "kanazawa"),
        ("fnn", ["unn"], "", None),
        ("gyoto", ["kyoto", "tokyo", "kyushu"], "", None),
    ],
)
def test_a_slip_is_told_from_another_name(written: str, known: list[str], about: str, found: str | None) -> None:
    assert Speller(("city", name) for name in known).meant(written, "city", about) == found


def test_what_is_too_long_for_a_name_is_not_compared() -> None:
    long = "a" * 100_000
    assert Speller([("city", long), ("city", "asahikawa")]).meant(long[:-1], "city") is None
    assert Speller([("city", long), ("city", "asahikawa")]).meant("asahikwa", "city") == "asahikawa"


@pytest.mark.parametrize("written", ["asahikwa", "asahikawwa", "asahikaaw", "asahigawa"])
def test_a_slip_of_one_letter_is_mended(written: str) -> None:
    assert meant(written, ["asahikawa", "asahi", "kanazawa", "asaka"]) == "asahikawa"


def test_an_edit_that_would_change_what_a_statement_is_about_is_not_offered(data: Path) -> None:
    path = data / "documents" / "x.ttl"
    path.write_text("<https://a.example/x> <https://a.example/p> <https://a.example/y> .\n", encoding="utf-8")
    repair = Repair({"ja": "", "en": ""}, Replacement(path, 1, "https://a.example/x", "https://a.example/z"))
    finding = Finding(path, 1, Severity.WARNING, "r", {"ja": "", "en": ""}, repairs=(repair,))
    other = replace(finding, repairs=(replace(repair, replacement=Replacement(path, 1, "example/y", "example/z")),))
    first, second = edits.proven([finding, other])
    assert first.repairs[0].replacement is None
    assert second.repairs[0].replacement is not None


def test_all_prefixes_that_a_file_lacks_are_told_at_once(tmp_path: Path) -> None:
    data = Path(shutil.copytree(FAULTY / "base", tmp_path / "data"))
    path = data / "documents" / "example-2026-01-01.ttl"
    bare = re.sub(r"(?m)^@prefix.*\n", "", path.read_text(encoding="utf-8")).replace('"例"@ja', '"例 gap:none"@ja')
    path.write_text(f"{bare}\n# act:none <https://example.org/shape:none>\n", encoding="utf-8")
    (finding,) = (one for one in check(Graph.load(Project(ROOT, data)), today=TODAY) if one.rule == "syntax")
    (repair,) = finding.repairs
    assert repair.replacement is None
    lines = repair.text["en"].partition(": ")[2].replace(" . @", " .\n@")
    assert "gap:" not in lines
    assert "shape:" not in lines
    path.write_text(f"{lines}\n\n{bare}", encoding="utf-8")
    assert Graph.load(Project(ROOT, data)).errors == ()
