"""Checks files that somebody brings, RDF of any syntax or sheets, against the data, shapes and rules of the project.

A file is looked at as if it were to be added to the data: what it refers to is known, what it says is compared. A
sheet takes the way of an import, with nothing written.
"""

from __future__ import annotations

import datetime
import functools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ccn_graph.errors import CcnError, CellError, SheetError
from ccn_graph.files import spreadsheets
from ccn_graph.files.progress import Progress
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project, kind_of
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.sheets import plan
from ccn_graph.sheets.columns import SheetKind
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.template import Template
from ccn_graph.text.today import today as date_of_today
from ccn_graph.validation.check import Part, check
from ccn_graph.validation.finding import Finding, Severity, in_order
from ccn_graph.validation.shacl_findings import ShaclEngine

_STAND_IN = "submitted-sheet"
_HEAD_PREFIXES = ("ccn", "doc", "howread", "dcterms", "xsd")
_HEAD = (
    "".join(f"@prefix {name}: <{namespaces.PREFIXES[name]}> .\n" for name in _HEAD_PREFIXES)
    + """
doc:submitted-sheet a ccn:Document ;
    ccn:titleTranslated "確認のために出された表"@ja, "A sheet submitted to be checked"@en ;
    dcterms:language "ja" ;
    ccn:retrieved "{today}"^^xsd:date ;
    ccn:howRead howread:in-full .
"""
)


@dataclass(frozen=True, slots=True)
class Submission:
    """Files, and how they are to be checked.

    `kind` says what the rows of sheets are (default: guessed from the headings), `document` which document states
    them (default: none yet). With `shapes_only` RDF is checked by itself, without the data and rules of the project;
    without `style` the house format of Turtle does not count.
    """

    paths: tuple[Path, ...]
    kind: str = ""
    document: str = ""
    shapes_only: bool = False
    style: bool = True
    engine: ShaclEngine = ShaclEngine.COMPILED
    """What runs the shapes."""


def findings(
    project: Project,
    submitted: Submission,
    *,
    graph: Graph | None = None,
    today: datetime.date | None = None,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Check the files; return the findings in the order of files and lines.

    `graph` is that of the project, if it is read already.

    Raises CcnError for a sheet whose kind cannot be told, or that is to be checked without the data.
    """
    sheets = [path for path in submitted.paths if path.suffix.lower() in spreadsheets.ENDINGS]
    files = [path for path in submitted.paths if path not in sheets]
    checker = functools.partial(check, today=today, cache=cache, progress=progress, engine=submitted.engine)
    all_findings: list[Finding] = []
    if files:
        all_findings += _of_rdf(project, graph, submitted, files, checker)
    if sheets:
        if submitted.shapes_only:
            raise CcnError("a sheet is read by the names on record; check it without --shapes-only")
        graph = graph or Graph.load(project)
        for path in sheets:
            all_findings += _of_sheet(graph, submitted, path, checker, today or date_of_today())
    return in_order(all_findings)


def _of_rdf(
    project: Project, base: Graph | None, submitted: Submission, files: list[Path],
    checker: Callable[..., list[Finding]],
) -> list[Finding]:  # fmt: skip
    extra = [(path, kind_of(path)) for path in files]
    if submitted.shapes_only:
        ontology = [(path, kind) for path, kind in project.files() if kind is parsing.FileKind.ONTOLOGY]
        graph = Graph.of_files([*ontology, *extra], project=project)
    elif base:
        read = Graph.of_files(extra)
        graph = Graph([*base.sources, *read.sources], [*base.errors, *read.errors], project)
    else:
        graph = Graph.load(project, extra)
    looked_at = parts(style=submitted.style, rules=not submitted.shapes_only)
    if submitted.shapes_only:
        return checker(graph, only=files, parts=looked_at)
    return _with_conflicts(graph, files, functools.partial(checker, parts=looked_at))


def _with_conflicts(graph: Graph, files: list[Path], checker: Callable[..., list[Finding]]) -> list[Finding]:
    """Return the findings in the files, and those elsewhere that would not be there without them."""
    resolved = {path.resolve() for path in files}
    here, elsewhere = list[Finding](), list[Finding]()
    for finding in checker(graph):
        if finding.path.resolve() in resolved:
            here.append(finding)
        elif finding.severity > Severity.INFO or finding.unevaluated:
            elsewhere.append(finding)
    if elsewhere:
        others = Graph([read for read in graph.sources if read.path.resolve() not in resolved], (), graph.project)
        before = {_seen(finding) for finding in checker(others)}
        elsewhere = [finding for finding in elsewhere if _seen(finding) not in before]
    return in_order([*here, *elsewhere])


def _seen(finding: Finding) -> tuple[Path, int, str, str, str]:
    return finding.path, finding.line, finding.rule, finding.subject, finding.value


def parts(*, style: bool = True, rules: bool = True) -> frozenset[Part]:
    """Name what is looked at."""
    return frozenset(Part) - (frozenset() if style else {Part.STYLE}) - (frozenset() if rules else {Part.RULES})


def _of_sheet(
    graph: Graph, submitted: Submission, path: Path, checker: Callable[..., list[Finding]], today: datetime.date
) -> Iterator[Finding]:
    try:
        kind = KINDS[submitted.kind] if submitted.kind else _kind(graph, path)
        with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
            document, stand_in = submitted.document, Path(directory) / "documents" / f"{_STAND_IN}.ttl"
            if kind.column("document") and not document and not _names_documents(graph, kind, path):
                stand_in.parent.mkdir()
                stand_in.write_text(_HEAD.format(today=today.isoformat()), encoding="utf-8")
                read = parsing.read(stand_in, parsing.FileKind.DOCUMENT)
                graph, document = Graph([*graph.sources, read], graph.errors, graph.project), _STAND_IN
            planned = plan.prepare(graph, kind, path, document, checker)
            # What the stand-in itself lacks is nobody's fault.
            yield from (finding for finding in planned.findings if finding.path != stand_in)
    except SheetError as error:
        yield Finding(error.path, error.line, Severity.VIOLATION, "sheet", error.message)


def _names_documents(graph: Graph, kind: SheetKind, path: Path) -> bool:
    matched = _template(graph, kind, _words(graph)).match(spreadsheets.read(path).header.cells)
    return any(not isinstance(column, CellError) and column.name == "document" for _, column in matched)


def _kind(graph: Graph, path: Path) -> SheetKind:
    """Tell what a sheet holds from its headings. Raises CcnError if they fit no kind, or several."""
    cells, fits, counts = spreadsheets.read(path).header.cells, [], {}
    words = _words(graph)
    for kind in KINDS.values():
        columns = [column for _, column in _template(graph, kind, words).match(cells)]
        faults = [column for column in columns if isinstance(column, CellError)]
        names = {column.name for column in columns if not isinstance(column, CellError)}
        coded = names & {"municipalCode", "geonames"}
        complete = all(name in names or (name == kind.who and coded) for name in kind.needed)
        counts[kind.name] = len(names) - len(faults)
        if complete and names and not faults:
            fits.append(kind)
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise CcnError(f"the headings of {path} fit {', '.join(kind.name for kind in fits)}; say which it is (--as)")
    nearest = max(counts, key=lambda name: counts[name])
    raise CcnError(
        f"the headings of {path} fit no kind of sheet, {nearest} best; see ccn-graph import --as {nearest} --template, "
        "or say which it is (--as)"
    )


def _words(graph: Graph) -> Facts:
    """Gather what headings are called by: the vocabulary, not the whole graph."""
    return Facts(Graph(read for read in graph.sources if read.kind is parsing.FileKind.ONTOLOGY))


def _template(graph: Graph, kind: SheetKind, words: Facts) -> Template:
    assert graph.project is not None
    return Template(kind, graph.project, words)
