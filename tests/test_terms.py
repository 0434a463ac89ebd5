"""Every term of the ontology that code, templates, queries or shapes name is declared there."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

import ccn_graph
from ccn_graph.pages import thing_page
from ccn_graph.pages.record import property_iri
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.namespaces import CCN
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import ROOT

PACKAGE = ROOT / "ccn_graph"

#: The vocabularies from which the ontology borrows terms one by one, and declares each that it borrows.
BORROWED = ("dcterms", "foaf", "org", "prov", "schema", "skos", "skosxl", "wgs")

#: A description of the whole data uses these as DCAT has it; no thing of the graph does.
OF_DESCRIPTIONS = {
    "dcterms:conformsTo", "dcterms:LicenseDocument", "dcterms:LinguisticSystem", "dcterms:MediaType",
    "dcterms:Standard", "foaf:Agent", "foaf:Document", "foaf:name", "schema:keywords",
}  # fmt: skip

#: What a page asks of a record by a name of our vocabulary without its prefix.
ASKED = re.compile(
    r"""(?<!request)\.(?:all|one|text|in_language|linking|is_a|events)\((?:subject, )?"(\w+)"(?:, "(\w+)")*"""
    r"""|m\.property\([^)]*"(\w+)"\)"""
)

NAMED = re.compile(rf"(?<![\w-])({'|'.join(('ccn', *BORROWED))}):([A-Za-z]\w+)|{re.escape(CCN)}(\w+)")


@cache
def declared() -> set[str]:
    """The IRIs of all that the ontology declares."""
    read = (parsing.read(path, FileKind.ONTOLOGY) for path in (ROOT / "ontology").rglob("*.ttl"))
    return {
        said.subject.value for source in read for said in source.statements if isinstance(said.subject, ox.NamedNode)
    }


def named(text: str) -> set[str]:
    """The IRIs of the terms that a text names, by prefix or in full."""
    pairs = NAMED.findall(text)
    return {CCN + full if full else namespaces.PREFIXES[prefix] + local for prefix, local, full in pairs}


def without_texts(text: str) -> str:
    """Leave out of a query or of Turtle what is said to people."""
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|^\s*#.*$', "", text, flags=re.MULTILINE)


FILES = sorted([*(ROOT / "queries").rglob("*.rq"), *(ROOT / "shapes").rglob("*.ttl"), *PACKAGE.rglob("*.rq")])
TEMPLATES = sorted((PACKAGE / "pages" / "templates").rglob("*.j2"))
CODE = sorted(path for path in PACKAGE.rglob("*.py") if "frontend" not in path.parts)


def test_there_is_something_to_hold_against_the_ontology() -> None:
    assert len(FILES) > 60
    assert len(TEMPLATES) > 30
    assert len(CODE) > 120
    assert len(declared()) > 150
    assert sum(len(named(path.read_text(encoding="utf-8"))) for path in CODE) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_queries_and_shapes_name_declared_terms(path: Path) -> None:
    assert sorted(named(without_texts(path.read_text(encoding="utf-8"))) - declared()) == []


@pytest.mark.parametrize("path", [*CODE, *TEMPLATES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_code_and_templates_name_declared_terms(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    described = {namespaces.expand(name) for name in OF_DESCRIPTIONS}
    assert sorted(named(text) - declared() - described) == []
    # Pages of shapes ask for the terms of SHACL in the same way.
    if path.is_relative_to(PACKAGE / "pages") and not path.name.startswith("shape"):
        asked = {CCN + name for found in ASKED.findall(text) for name in found if name}
        assert sorted(asked - declared()) == []


def constants(value: object) -> Iterator[str]:
    """The texts in a constant of a module, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, ox.NamedNode):
        yield value.value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from constants(key)
            yield from constants(inner)
    elif isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from constants(inner)


def test_iris_put_together_from_parts_name_declared_terms() -> None:
    modules = [
        found.name
        for found in pkgutil.walk_packages(ccn_graph.__path__, "ccn_graph.")
        if not found.name.endswith("__main__") and ".frontend" not in found.name
    ]
    texts = [
        (module, text)
        for module in modules
        for name, value in vars(importlib.import_module(module)).items()
        if not name.startswith("__")
        for text in constants(value)
    ]
    wrong = {(module, text) for module, text in texts if re.fullmatch(f"{re.escape(CCN)}\\w+", text)} - {
        (module, text) for module, text in texts if text in declared()
    }
    assert sum(text.startswith(CCN) for _, text in texts) > 100
    assert wrong == set()


def test_pages_of_classes_name_declared_classes_and_links() -> None:
    names = {name for kind in thing_page.kinds() for name in (*kind.classes, *kind.links)}
    ours = {property_iri(name) for name in names} - {namespaces.PREFIXES["skos"] + "Concept"}
    assert len(ours) > 10
    assert ours - declared() == set()
