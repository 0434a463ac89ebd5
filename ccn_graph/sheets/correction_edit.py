"""A correction becomes an edit of one file, proven and checked; nothing is written here."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError, CellError
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.graph import Graph, Place
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import FileKind, Object, SourceFile
from ccn_graph.sheets.correction import Correction
from ccn_graph.sheets.turtle_writer import Writer
from ccn_graph.text import dates, xsd
from ccn_graph.validation import edits
from ccn_graph.validation.check import check
from ccn_graph.validation.finding import Finding, shown

_KINDS = (FileKind.DOCUMENT, FileKind.REGISTER, FileKind.EDITORIAL)
_PREFIX = re.compile(r"^@prefix\s+([\w-]*):\s+<([^>]*)>", re.MULTILINE)
_XSD = namespaces.PREFIXES["xsd"]
_DATES = {_XSD + name for name in ("gYear", "gYearMonth", "date", "dateTime")} | {namespaces.PREFIXES["edtf"] + "EDTF"}

#: What a record has to say in each document that speaks of it, so that it is the same record.
_IDENTIFYING = frozenset(
    namespaces.expand(name) or ""
    for name in ("rdf:type", "org:member", "org:organization", "ccn:editionOf", "ccn:ordinal", "ccn:about",
                 "ccn:measure", "ccn:event", "ccn:person", "ccn:concerns")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposedEdit:
    """A file of the data, the line that is edited (1 is the first), and its text before and after."""

    source: SourceFile
    line: int
    before: str
    after: str

    def difference(self) -> str:
        """Write it as a unified diff, as `git apply` reads it from the current directory."""
        name = shown(self.source.path).as_posix()
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"))


def propose(graph: Graph, correction: Correction) -> ProposedEdit:
    """Find the file and line, and edit them. Raises CcnError for what no longer matches, and for what no edit is safe.

    A statement that the document itself gainsays is changed where it stands. What another document says goes into the
    file of that document: both stay, and the editors judge.
    """
    subject, property_ = ox.NamedNode(correction.subject), ox.NamedNode(correction.property)
    places = graph.places(subject, property_, correction.term(), ox.NamedNode(correction.graph))
    fact = f"{namespaces.curie(correction.subject)} {namespaces.curie(correction.property)} {correction.term()}"
    if not places:
        raise CcnError(
            f"this is not stated any more in {namespaces.curie(correction.graph)}: {fact}; the data have changed since "
            f"{correction.version or 'the correction was written'}, so look at the page again"
        )
    source = next(read for read in graph.sources if read.path == places[0].path)
    if source.kind not in _KINDS or source.path.suffix != ".ttl":
        raise CcnError(f"{_at(places[0])}: a statement of this file is not corrected by an edit; look at it by hand")
    wanted = _wanted(graph, correction) if correction.proposed.strip() else None
    if wanted == correction.term():
        raise CcnError(f"what should be said is what is said: {fact}")
    other = _other_document(graph, correction, source)
    if other is not None:
        return _added(graph, correction, wanted, source, other)
    return _replaced(source, places[0], correction, wanted)


def _at(place: Place) -> str:
    return f"{shown(place.path).as_posix()}:{place.line}"


def _wanted(graph: Graph, correction: Correction) -> ox.NamedNode | ox.Literal:
    """Read what should be said as a value of the kind that is said. Raises CcnError."""
    text, term = correction.proposed.strip(), correction.term()
    if isinstance(term, ox.NamedNode):
        iri = graph.labels.find("thing", text)
        if iri is None or not iri.startswith(namespaces.BASE):
            near = ", ".join(graph.labels.near("thing", text))
            raise CcnError(f"'{text}' is nothing on record{f'; perhaps {near}' if near else ''}; enter it first")
        return ox.NamedNode(iri)
    if term.language:
        return ox.Literal(text, language=term.language)
    datatype = term.datatype.value
    if datatype in _DATES:
        try:
            read = dates.parse(text)
        except CellError as error:
            raise CcnError(f"'{text}' is no date: {error}") from error
        return ox.Literal(read.lexical, datatype=ox.NamedNode(read.datatype))
    if xsd.is_valid(text, datatype) is False:
        raise CcnError(f"'{text}' is no {namespaces.curie(datatype)}, as what is said is")
    return ox.Literal(text, datatype=ox.NamedNode(datatype))


def _other_document(graph: Graph, correction: Correction, source: SourceFile) -> SourceFile | None:
    """Return the file of another document that says so; None if the statement changes where it stands."""
    if source.kind is not FileKind.DOCUMENT or not correction.document.strip():
        return None
    named = graph.labels.find("document", correction.document)
    home = namespaces.PREFIXES["graph"] + namespaces.slug(named) if named else ""
    if home == correction.graph:
        return None
    other = next((read for read in graph.documents if getattr(read.graph, "value", "") == home), None)
    if other is None or other.path.suffix != ".ttl":
        raise CcnError(
            f"the document '{correction.document}' is not on record; enter it first (`ccn-graph import --as documents`)"
        )
    return other


def _replaced(source: SourceFile, place: Place, correction: Correction, wanted: Object | None) -> ProposedEdit:
    before = source.path.read_bytes().decode("utf-8")
    writer = Writer(dict(_PREFIX.findall(before)))
    old, new = writer.object(correction.term()), writer.object(wanted) if wanted is not None else None
    gone = _key(correction, correction.term())
    come = {} if wanted is None else {_key(correction, wanted): 1}
    stated = edits.stated(source.path.name, before)
    for after in _variants(before, place.line, old, new):
        then = edits.stated(source.path.name, after)
        if stated is None or then is None:
            continue
        if (_counts(stated - then), _counts(then - stated)) == ({gone: 1}, come):
            return ProposedEdit(source, place.line, before, after)
    raise CcnError(f"{_at(place)}: no edit changes this statement and nothing else; edit it by hand")


def _key(correction: Correction, value: Object) -> tuple[str, str, str]:
    return str(ox.NamedNode(correction.subject)), str(ox.NamedNode(correction.property)), str(value)


def _counts(statements: Counter[tuple[str, str, str, str]]) -> dict[tuple[str, str, str], int]:
    """Leave out the graph, which a file by itself has none of."""
    return {key[:3]: count for key, count in statements.items()}


def _variants(text: str, line: int, old: str, new: str | None) -> Iterator[str]:
    """Yield the text with `old` of a line, counted from 1, replaced or taken away; none is known to be safe."""
    lines = re.split(r"(?<=\n)", text)
    value = rf"(?<![\w:\"#/-]){re.escape(old)}(?![\w@^:-])"
    if line > len(lines) or not re.search(value, lines[line - 1]):
        return
    if new is not None:
        yield "".join([*lines[: line - 1], re.sub(value, lambda _: new, lines[line - 1], count=1), *lines[line:]])
        return
    for pattern in (rf"{value}\s*,\s*", rf"\s*,\s*{value}"):
        shorter = re.sub(pattern, "", lines[line - 1], count=1)
        if shorter != lines[line - 1]:
            yield "".join([*lines[: line - 1], shorter, *lines[line:]])
    rest = [*lines[: line - 1], *lines[line:]]
    yield "".join(rest)
    # The record ended there: now the line before ends it.
    ended = re.sub(r"\s*;(\s*)$", r" .\1", "".join(lines[: line - 1]))
    yield ended + "".join(lines[line:])


def _added(
    graph: Graph, correction: Correction, wanted: Object | None, source: SourceFile, other: SourceFile
) -> ProposedEdit:
    """Say in the file of another document what it says."""
    if wanted is None:
        raise CcnError("another document cannot take a statement away; say what it says instead, or name none")
    subject, property_ = ox.NamedNode(correction.subject), ox.NamedNode(correction.property)
    before = other.path.read_bytes().decode("utf-8")
    there = graph.places(subject, property_, graph=other.graph)
    if there:
        raise CcnError(f"{_at(there[0])}: this document states it already; correct the statement there")
    writer = Writer(dict(_PREFIX.findall(before)))
    line = f"    {writer.iri(property_.value)} {writer.object(wanted)} ;\n"
    record = graph.places(subject, graph=other.graph)
    lines = re.split(r"(?<=\n)", before)
    if record:
        number = record[0].line
        after = "".join([*lines[:number], line, *lines[number:]])
    else:
        if not correction.place.strip():
            raise CcnError("say at which place the document says so (`place`), such as a heading and a line")
        number = before.count("\n") + 2
        after = before.rstrip("\n") + "\n\n" + _record(writer, source, correction, line)
    after = _declaring(after, sorted(writer.added))
    stated, then = edits.stated(other.path.name, before), edits.stated(other.path.name, after)
    if stated is None or then is None or stated - then or _key(correction, wanted) not in _counts(then - stated):
        raise CcnError(
            f"{shown(other.path).as_posix()}:{number}: the statement cannot be added safely; edit it by hand"
        )
    return ProposedEdit(other, number, before, after)


def _declaring(text: str, prefixes: Iterable[str]) -> str:
    """Declare prefixes of the house below those that a file declares."""
    lines = "".join(f"@prefix {prefix}: <{namespaces.PREFIXES[prefix]}> .\n" for prefix in prefixes)
    ends = [match.end() for match in re.finditer(r"^@prefix\b.*\n", text, re.MULTILINE)]
    at = ends[-1] if ends else 0
    return text[:at] + lines + text[at:]


def _record(writer: Writer, source: SourceFile, correction: Correction, line: str) -> str:
    """Write the record anew: what it is and is about as in the other document, the statement, and its place."""
    facts = [fact for fact in source.statements if str(fact.subject) == str(ox.NamedNode(correction.subject))
            and fact.predicate.value in _IDENTIFYING and fact.predicate.value != correction.property]  # fmt: skip
    kinds = [writer.object(fact.object) for fact in facts if fact.predicate.value == namespaces.RDF_TYPE]
    others = [f"    {writer.iri(fact.predicate.value)} {writer.object(fact.object)} ;\n" for fact in facts
              if fact.predicate.value != namespaces.RDF_TYPE]  # fmt: skip
    place = writer.object(ox.Literal(correction.place.strip()))
    head = f"{writer.iri(correction.subject)} a {', '.join(kinds)} ;\n"
    return "".join([head, *others, line, f"    {writer.iri(namespaces.CCN + 'locator')} {place} .\n"])


def findings(graph: Graph, edit: ProposedEdit, cache: Cache | None = None) -> list[Finding]:
    """Check the data as the edit leaves them; return what is found in that file and was not found before."""
    before = {
        (finding.rule, finding.subject, finding.value) for finding in check(graph, only=[edit.source.path], cache=cache)
    }
    with tempfile.TemporaryDirectory(prefix="ccn-graph-") as directory:
        path = Path(directory) / edit.source.path.name
        path.write_text(edit.after, encoding="utf-8", newline="")
        edited = parsing.read(path, edit.source.kind)
        sources = [edited if read is edit.source else read for read in graph.sources]
        after = check(Graph(sources, graph.errors, graph.project), only=[path], cache=cache)
    return [dataclasses.replace(finding, path=edit.source.path) for finding in after
            if (finding.rule, finding.subject, finding.value) not in before]  # fmt: skip
