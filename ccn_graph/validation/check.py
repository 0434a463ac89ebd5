"""Checks a graph: syntax, house format, shapes for one record, rules across records."""

from __future__ import annotations

import contextlib
import datetime
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import ProjectError
from ccn_graph.files.progress import Progress
from ccn_graph.files.result_cache import Cache, CacheFile, digest
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import TABLES, Project
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.jsonld import Loss
from ccn_graph.rdf.parsing import FileKind, SourceFile
from ccn_graph.rdf.parsing import Graph as GraphName
from ccn_graph.text.languages import Bilingual
from ccn_graph.text.today import today as date_of_today
from ccn_graph.validation import fingerprint, incremental, repair, rules, shacl_findings, style
from ccn_graph.validation.finding import Finding, Related, Severity, in_order
from ccn_graph.validation.rules import Row, Rule
from ccn_graph.validation.shacl.result import Result
from ccn_graph.validation.shacl_findings import ShaclEngine, Shapes, shapes_of


class Part(Enum):
    """What a check is made of, beside the syntax."""

    STYLE = auto()
    SHAPES = auto()
    RULES = auto()


_CHECKED = (FileKind.REGISTER, FileKind.DOCUMENT, FileKind.EDITORIAL, FileKind.OTHER)
_BY_ITSELF = (FileKind.DOCUMENT, FileKind.TABLE, FileKind.EDITORIAL, FileKind.OTHER)

#: Tells results apart for as long as the program runs.
_NUMBERS = itertools.count(1)


def check(
    graph: Graph,
    *,
    today: datetime.date | None = None,
    only: Iterable[Path] | None = None,
    progress: Progress | None = None,
    cache: Cache | None = None,
    parts: Collection[Part] = frozenset(Part),
    engine: ShaclEngine = ShaclEngine.COMPILED,
) -> list[Finding]:
    """Check a graph by the shapes and rules of its project; return the findings in the order of files and lines.

    `today` (default: the current day) decides which announced meetings are past. `only` keeps the findings
    of the named files, `parts` names what is looked at, `engine` runs the shapes.
    `cache` holds results of earlier checks, so that only what changed is looked at again; the findings are the same
    with and without. Raises ProjectError for a graph without a project, SourceError or
    QuestionError if a shape or rule file itself is malformed.
    """
    if graph.project is None:
        raise ProjectError("this graph was read from single files and has no shapes to be checked by; use load()")
    with contextlib.ExitStack() as open_:
        keeper = _Keeper(cache)
        # What was found before somebody lost patience is good the next time.
        open_.callback(keeper.save)
        pool = ThreadPoolExecutor(thread_name_prefix="rule")
        open_.callback(pool.shutdown, cancel_futures=True)
        steps = list(_steps(graph, graph.project, today or date_of_today(), keeper, pool, parts, engine))
        findings: list[Finding] = []
        for done, step in enumerate(steps, start=1):
            findings.extend(step())
            if progress:
                progress(done, len(steps))
    if graph.project.all_rows:
        findings = [finding for finding in findings if not _of_a_row(finding)]
    if only is not None:
        wanted = {path.resolve() for path in only}
        findings = [finding for finding in findings if finding.path.resolve() in wanted]
    return repair.suggested(graph, in_order(findings))


#: What is not asked of a city that was made of a row of a table: it has the name of the table and no other.
_NOT_OF_ROWS = {"label-japanese", "label-english"}


def _of_a_row(finding: Finding) -> bool:
    return finding.rule in _NOT_OF_ROWS and finding.path.parent.parent.name == TABLES


class _Keeper:
    """Opens shelves of a cache, if there is one, and saves them together."""

    def __init__(self, cache: Cache | None) -> None:
        self._cache = cache
        self._open: list[CacheFile] = []

    def cache_file(self, *purpose: str) -> CacheFile | None:
        if self._cache is None:
            return None
        self._open.append(self._cache.cache_file(*purpose, fingerprint.of_programs(__name__)))
        return self._open[-1]

    def save(self) -> None:
        for cache_file in self._open:
            cache_file.save()


def _steps(
    graph: Graph, project: Project, today: datetime.date, keeper: _Keeper, pool: Executor, parts: Collection[Part],
    engine: ShaclEngine,
) -> Iterator[Callable[[], Iterable[Finding]]]:  # fmt: skip
    yield lambda: [*syntax(graph), *dropped(graph), *tables(graph)]
    if Part.STYLE in parts:
        kept_of_style = keeper.cache_file("style")
        checked = [read for read in graph.sources if read.kind in _CHECKED]
        yield lambda: (finding for read in checked for finding in _style(read, kept_of_style))
    by_rule = []
    if Part.RULES in parts:
        # The rules run in threads of the native engine meanwhile.
        kept_of_rules, whole = keeper.cache_file("rule"), digest(*map(fingerprint.of_place, graph.sources))
        by_rule = [(rule, _rows(rule, graph, today, whole, kept_of_rules, pool)) for rule in rules.read_all(project)]
    if Part.SHAPES in parts:
        yield from _shapes(graph, project, keeper, engine)
    for rule, rows in by_rule:
        yield lambda rule=rule, rows=rows: opposed(rule.placed(graph, rows()))  # type: ignore[misc]


def opposed(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of one rule, each with the other sides: what it says of a property of the same thing."""
    findings = list(findings)
    sides: dict[tuple[object, object], list[Finding]] = {}
    for finding in findings:
        if finding.nodes and finding.nodes.path:
            sides.setdefault((finding.nodes.focus, finding.nodes.path), []).append(finding)
    return [
        replace(finding, related=tuple(
            Related(other.path, other.line, other.value)
            for other in (sides.get((finding.nodes.focus, finding.nodes.path), ()) if finding.nodes else ())
            if other.value != finding.value
        ))
        for finding in findings
    ]  # fmt: skip


def _shapes(
    graph: Graph, project: Project, keeper: _Keeper, engine: ShaclEngine
) -> Iterator[Callable[[], Iterable[Finding]]]:
    ontology = [statement for read in graph.sources if read.kind is FileKind.ONTOLOGY for statement in read.statements]
    of_document = shapes_of(project.shapes_of_document, ontology, engine)
    of_all = shapes_of(project.shapes_of_dataset, ontology, engine)
    yield lambda: [*of_document.findings(), *of_all.findings()]
    kept_of_documents = keeper.cache_file("document", engine.value, of_document.fingerprint)
    documents = [read for read in graph.sources if read.kind in _BY_ITSELF]
    # pySHACL takes them one by one, which should be seen.
    if of_document.well_formed:
        for some in [documents] if engine is ShaclEngine.COMPILED else [[read] for read in documents]:
            yield lambda some=some: _of_documents(graph, of_document, some, kept_of_documents)  # type: ignore[misc]
    kept_of_all = keeper.cache_file("all", engine.value, of_all.fingerprint)
    if of_all.well_formed:
        yield lambda: findings_of(graph, None, of_all, incremental.of_all(of_all, graph.sources, kept_of_all))


def _own(graph: Graph, read: SourceFile) -> tuple[Graph, GraphName | None]:
    """Return where to look for what a file says by itself: in its graph, or in the file if it has graphs of its own."""
    if all(statement.graph == read.graph for statement in read.statements):
        return graph, read.graph
    return Graph([read], project=graph.project), None


def syntax(graph: Graph) -> Iterator[Finding]:
    """Yield a finding for every file that is not well-formed."""
    for error in graph.errors:
        message = {"ja": f"RDFとして読めない: {error.message_ja}", "en": f"cannot be read as RDF: {error.message}"}
        yield Finding(error.path, error.line, Severity.VIOLATION, "syntax", message, at=error.at)


_LOSSES: Mapping[Loss, Bilingual] = {
    Loss.UNKNOWN_KEY: {
        "ja": "キー {} は文脈(@context)にないので、その値は読まれない",
        "en": "no context knows the key {}, so that its value is not read",
    },
    Loss.REPEATED_KEY: {
        "ja": "キー {} が二度あり、後の値しか読まないソフトが多い。値を配列にまとめる",
        "en": "the key {} stands twice, of which many programs read the last only; put its values into one array",
    },
    Loss.UNKNOWN_TYPE: {
        "ja": "型 {} は文脈(@context)にないので、このファイルのアドレスから数えたIRIとして読まれる",
        "en": "no context knows the type {}, so that it is read as an IRI relative to this file",
    },
    Loss.NO_IRI: {
        "ja": "{} はIRIではないので、それを述べる文は読まれない",
        "en": "{} is no IRI, so that no statement with it is read",
    },
    Loss.NO_LANGUAGE: {
        "ja": "{} は言語タグではないので、その値は読まれない",
        "en": "{} is no language tag, so that its value is not read",
    },
}


def dropped(graph: Graph) -> Iterator[Finding]:
    """Yield a finding for all that JSON-LD drops, or takes otherwise than it is meant, without a word."""
    for read in graph.sources:
        for entry in read.dropped:
            message = {language: text.format(entry.key) for language, text in _LOSSES[entry.loss].items()}
            yield Finding(read.path, entry.line, Severity.WARNING, "dropped-key", message, value=entry.key, at=entry.at)


def tables(graph: Graph) -> Iterator[Finding]:
    """Yield a finding for every cell of a table, or of its links, that cannot be taken."""
    for read in graph.sources:
        for fault in read.faults:
            error = fault.error
            yield Finding(
                fault.path, fault.line, Severity.VIOLATION, error.rule, dict(error.message), value=error.value,
                suggestion=error.suggestion, column=fault.column,
            )  # fmt: skip


def _style(read: SourceFile, cache_file: CacheFile | None) -> list[Finding]:
    """Look at the house format of a file, unless it is known to be without fault."""
    key = fingerprint.of_source(read)
    if cache_file and cache_file.recall(key) is True:
        return []
    findings = list(style.check(read))
    # The file is read again for this: what is kept must not speak of an edit made since.
    if cache_file and not findings and fingerprint.is_absolute(read) and fingerprint.is_current(read):
        cache_file.keep(key, True)
    return findings


def _rows(
    rule: Rule, graph: Graph, today: datetime.date, whole: str, cache_file: CacheFile | None, pool: Executor
) -> Callable[[], list[Row]]:
    """Recall the rows of a rule for these data and this day, or have them worked out while other things are done."""
    key = digest(rule.file.text, today.isoformat(), whole)
    kept = rules.of_plain(cache_file.recall(key)) if cache_file and rule.repeatable else None
    if kept is not None:
        return lambda: kept
    _ = graph.stated  # loaded here once, not by each thread
    asked = pool.submit(rule.rows, graph, today)

    def answer() -> list[Row]:
        rows = asked.result()
        if cache_file and rule.repeatable:
            with contextlib.suppress(ValueError):  # a blank node, whose label will be another next time
                cache_file.keep(key, rules.to_plain(rows))
        return rows

    return answer


def _of_documents(
    graph: Graph, shapes: Shapes, documents: Sequence[SourceFile], cache_file: CacheFile | None
) -> Iterator[Finding]:
    validated = incremental.of_documents(shapes, documents, cache_file)
    for read, results in zip(documents, validated, strict=True):
        yield from findings_of(*_own(graph, read), shapes, results)


def findings_of(graph: Graph, home: GraphName | None, shapes: Shapes, results: Iterable[Result]) -> Iterator[Finding]:
    """Place results on the lines of the data, or of the shapes where the data do not have what these ask for."""
    for result in results:
        number = next(_NUMBERS)
        placed = shacl_findings.places(graph, result, home)
        for place in placed:
            yield shapes.finding(result, place, number, _suggestion(graph, result))
        # What the data do not have: the shapes ask for it.
        for place in [] if placed else shapes.targets(result):
            yield replace(shapes.finding(result, place, number), value=shapes.shown(result.focus))


def _suggestion(graph: Graph, result: Result) -> str:
    """For a reference to a thing of ours that does not exist: the one of its class that it is a slip of."""
    value, focus = result.value, result.focus
    if not isinstance(value, ox.NamedNode) or not value.value.startswith(namespaces.BASE) or graph.places(value):
        return ""
    directory, _, slug = value.value.rpartition("/")
    about = namespaces.slug(focus.value) if isinstance(focus, ox.NamedNode) else ""
    near = graph.speller.meant(slug, directory, about)
    return namespaces.curie(f"{directory}/{near}") if near else ""
