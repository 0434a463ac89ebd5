"""The whole way of a text: read, facts, records, checked; then a file to look through, and what was found."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.drafting import draft_file, reading, records, settling
from ccn_graph.drafting.draft_file import Block
from ccn_graph.drafting.facts import About, Fact
from ccn_graph.drafting.name_index import NameIndex
from ccn_graph.drafting.patterns import doubts
from ccn_graph.drafting.records import Drafted, Records
from ccn_graph.drafting.source_text import SourceLine
from ccn_graph.errors import CcnError
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.sheets import iri_minting
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Finding, Severity

#: Runs shapes and rules on a graph.
Checker = Callable[[Graph], list[Finding]]
#: Asks whoever it may be for more facts of a text.
Proposer = Callable[[Sequence[SourceLine], About], list[Fact]]

_P, _CCN = namespaces.PREFIXES, namespaces.CCN
_HEAD = {"dcterms:title": "title", "dcterms:issued": "issued", "ccn:retrieved": "retrieved"}
#: A record that does not pass is set aside, which may leave another one without what it needs.
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What a text became: the records in the order of its lines, the file, and findings that concern no record."""

    about: About
    lines: tuple[SourceLine, ...]
    certain: tuple[Block, ...]
    unsure: tuple[Block, ...]
    head: str
    """The document without these records."""
    document: str
    """The document with the certain records."""
    findings: tuple[Finding, ...]

    def text(self, *, quote: bool = True) -> str:
        """Return the file; with `quote`, the lines of the source stand above the records."""
        return draft_file.text(self.document, self.certain, self.unsure, quote=quote)


def about_document(graph: Graph, about: About) -> About:
    """Return what the record of a document says of it, and for the rest what is given.

    Raises CcnError for a short name of another form.
    """
    if not iri_minting.SLUG.fullmatch(about.slug):
        raise CcnError(
            f"'{about.slug}' is no short name of a document; write lower-case letters and digits joined by hyphens"
        )
    iri = ox.NamedNode(_P["doc"] + about.slug)
    record: dict[str, list[str]] = {}
    for read in graph.sources:
        for statement in read.statements:
            if statement.subject == iri and isinstance(statement.object, ox.Literal | ox.NamedNode):
                record.setdefault(namespaces.curie(statement.predicate.value), []).append(statement.object.value)
    fields = {field: record[name][0] for name, field in _HEAD.items() if name in record}
    publishers = tuple(record.get("dcterms:publisher", ())) or about.publishers
    return dataclasses.replace(about, publishers=publishers, **fields)


def draft(
    graph: Graph, lines: Sequence[SourceLine], about: About, head: str, checker: Checker = check,
    proposer: Proposer | None = None,
) -> TextDraft:  # fmt: skip
    """Draft the records of a text. `head` is the head of the document, for one that has no file yet.

    Raises CcnError if files of the project cannot be read.
    """
    if graph.project is None or graph.errors:
        raise CcnError("a text is read against the whole graph of a project; mend the files that cannot be read first")
    index = NameIndex(Resolver(Facts(graph)))
    facts = settling.settled(reading.facts_of(lines, about, index), about)
    if proposer:
        facts += [_marked(fact) for fact in proposer(lines, about)]
    path = graph.project.data / "documents" / f"{about.slug}.ttl"
    own = next((read for read in graph.documents if read.path.stem == about.slug), None)
    path = own.path if own else path
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
        (Path(directory) / "documents").mkdir()
        base = graph if own else _with_head(graph, Path(directory) / "documents" / path.name, head)
        before = path.read_text(encoding="utf-8") if own else head
        made, text, findings = _passing(base, own, Path(directory), path, before, about, facts, checker)
        if any(fact.proposed for fact in facts):
            _check_proposals(base, path, own, Path(directory), before, made, checker)
    blocks = [draft_file.block(entry) for entry in made.certain]
    unsure = [draft_file.block(entry) for entry in made.unsure] + [draft_file.unmade(fact) for fact in made.unmade]
    unsure.sort(key=lambda entry: entry.facts[0].sentence.first if entry.facts else 0)
    return TextDraft(about, tuple(lines), tuple(blocks), tuple(unsure), before, text, tuple(findings))


def _marked(fact: Fact) -> Fact:
    return dataclasses.replace(fact, doubts=(*fact.doubts, doubts()["proposed"]), proposed=True)


def _with_head(graph: Graph, stand_in: Path, head: str) -> Graph:
    """Return the graph with the head of the document, so that what rests on it can be written."""
    return Graph([*graph.sources, draft_file.read(head, stand_in)], project=graph.project)


def _passing(
    graph: Graph, own: parsing.SourceFile | None, directory: Path, path: Path, before: str, about: About,
    facts: Sequence[Fact], checker: Checker,
) -> tuple[Records, str, list[Finding]]:  # fmt: skip
    """Make records, check them, and set aside those that do not pass until all that are left do."""
    stand_in = directory / "documents" / path.name
    target = own.path if own else stand_in
    statements = (own or next(read for read in graph.sources if read.path == stand_in)).statements
    made = records.made(graph, about.slug, target, facts)
    sources = [read for read in graph.sources if read.path != target]
    for _ in range(_ROUNDS):
        text = draft_file.written(before, statements, made)
        after = Graph([*sources, draft_file.read(text, stand_in)], project=graph.project)
        findings = [finding for finding in checker(after) if finding.path == stand_in]
        failing = [finding for finding in findings if finding.severity is Severity.VIOLATION]
        if not failing or not _set_aside(made, failing):
            break
    named = [dataclasses.replace(finding, path=Path(path.name)) for finding in findings]
    return made, text, named


def _check_proposals(
    graph: Graph, path: Path, own: parsing.SourceFile | None, directory: Path, before: str, made: Records,
    checker: Checker,
) -> None:  # fmt: skip
    """Run shapes and rules on the proposals, too, beside what is certain; say of each what does not pass."""
    proposed = [item for item in made.unsure if any(fact.proposed for fact in item.facts)]
    stand_in = directory / "documents" / path.name
    target = own.path if own else stand_in
    statements = (own or next(read for read in graph.sources if read.path == stand_in)).statements
    text = draft_file.written(before, statements, Records([*made.certain, *proposed]))
    sources = [read for read in graph.sources if read.path != target]
    findings = checker(Graph([*sources, draft_file.read(text, stand_in)], project=graph.project))
    wrong = {
        namespaces.expand(item.subject) or item.subject: item
        for item in findings if item.path == stand_in and item.severity is Severity.VIOLATION
    }  # fmt: skip
    made.unsure = [
        _failed(item, wrong[item.record.iri]) if item in proposed and item.record.iri in wrong else item
        for item in made.unsure
    ]


def _set_aside(made: Records, failing: Sequence[Finding]) -> bool:
    """Move records that do not pass to the unsure ones; tell whether there was any."""
    wrong = {namespaces.expand(finding.subject) or finding.subject: finding for finding in failing}
    moved = [drafted for drafted in made.certain if drafted.record.iri in wrong]
    made.certain = [drafted for drafted in made.certain if drafted.record.iri not in wrong]
    made.unsure += [_failed(drafted, wrong[drafted.record.iri]) for drafted in moved]
    return bool(moved)


def _failed(drafted: Drafted, finding: Finding) -> Drafted:
    reason = {language: f"{doubts()['check'][language]}: {finding.message[language]}" for language in ("ja", "en")}
    return dataclasses.replace(drafted, doubts=(*drafted.doubts, reason))
