"""The file of a draft: ordinary Turtle, the line of the source above each record, unsure ones commented out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.drafting.facts import About, Fact
from ccn_graph.drafting.records import Drafted, Records
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.rdf.parsing import FileKind
from ccn_graph.sheets import turtle_writer
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.record import SheetRecord, Stated
from ccn_graph.text.languages import Bilingual

_P, _CCN = namespaces.PREFIXES, namespaces.CCN
#: A longer line of a source is cut in a comment.
_MAX_QUOTE = 400
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

_UNSURE: Bilingual = {
    "ja": "ここから下は確かでない。理由を見て、正しければ行頭の # を外す",
    "en": "what follows is not certain: look at the reason, and take the # away where it is right",
}
_REGISTERS: Bilingual = {
    "ja": "登録簿に足すもの",
    "en": "to be added to the registers",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A record of a draft as text: `lines` without comment signs, and what stands above it."""

    iri: str
    lines: tuple[str, ...]
    facts: tuple[Fact, ...]
    doubts: tuple[Bilingual, ...] = ()
    register: str = ""
    """The register that it belongs into, empty for the document itself."""

    @property
    def certain(self) -> bool:
        """Whether it is written as it stands."""
        return not self.doubts


def head(about: About, language: str, url: str, today: datetime.date) -> str:
    """Return the head of a document that has no record yet: prefixes, and what is known of it."""
    record = SheetRecord(
        Path(f"{about.slug}.ttl"), _P["doc"] + about.slug, _CCN + "Document", 0, (), frozenset(), head=True
    )
    issued = {4: "gYear", 7: "gYearMonth"}.get(len(about.issued), "date")
    properties: dict[str, list[ox.NamedNode | ox.Literal]] = {
        "dcterms:title": [ox.Literal(about.title, language=language)] if about.title else [],
        "dcterms:publisher": [ox.NamedNode(iri) for iri in about.publishers],
        "dcterms:issued": [ox.Literal(about.issued, datatype=ox.NamedNode(_P["xsd"] + issued))] if about.issued else [],
        "dcterms:language": [ox.Literal(language)] if language else [],
        "schema:url": [ox.Literal(url, datatype=ox.NamedNode(_P["xsd"] + "anyURI"))] if url else [],
        "ccn:retrieved": [ox.Literal(today.isoformat(), datatype=ox.NamedNode(_P["xsd"] + "date"))],
        "ccn:howRead": [ox.NamedNode(_P["howread"] + "in-full")],
    }
    values = {
        namespaces.expand(name) or "": [Stated(value, 0) for value in values]
        for name, values in properties.items()
        if values
    }
    return "".join(f"{line.text}\n" for line in turtle_writer.merged("", (), [(record, values)], in_order=False))


def written(before: str, statements: Sequence[parsing.Statement], records: Records) -> str:
    """Return the text of a document with the certain records: known ones get more lines, new ones stand at the end."""
    additions = [(drafted.record, drafted.values) for drafted in records.certain if not register_of(drafted.record)]
    lines = turtle_writer.merged(before, statements, additions, in_order=False)
    return "".join(f"{line.text}\n" for line in lines)


def register_of(record: SheetRecord) -> str:
    """Return the name of the register that a record belongs into, empty for one of a document."""
    return record.path.stem if record.path.parent.name == "registers" else ""


def block(drafted: Drafted) -> Block:
    """Return a record as text of its own."""
    lines = turtle_writer.merged("", (), [(drafted.record, drafted.values)], in_order=False)
    body = [line.text for line in lines if line.text and not line.text.startswith("@prefix")]
    register = register_of(drafted.record)
    return Block(drafted.record.iri, tuple(body), drafted.facts, drafted.doubts, register)


def unmade(fact: Fact) -> Block:
    """Return a fact that makes no record, as the cells that its sheet would have."""
    cells = tuple(f"{name}: {value}" for name, value in fact.cells.items())
    register = KINDS[fact.sheet].register
    return Block("", (f"[{fact.sheet}]", *cells), (fact,), fact.doubts, register)


def text(document: str, certain: Sequence[Block], unsure: Sequence[Block], *, quote: bool = True) -> str:
    """Return the file: the document with a comment above each record, and the unsure ones below it."""
    above = {block.iri: block for block in certain}
    lines: list[str] = []
    prefixes = _needed(document, unsure)
    for line in document.splitlines():
        subject = _subject(line)
        if subject in above:
            lines += _comments(above.pop(subject), quote)
        lines.append(line)
    if prefixes:
        lines = _with_prefixes(lines, prefixes)
    if unsure:
        lines += ["", f"# ── {_UNSURE['ja']}", f"# ── {_UNSURE['en']}"]
    for entry in unsure:
        lines += ["", *_comments(entry, quote), *(f"# {line}".rstrip() for line in entry.lines)]
    return "\n".join(lines) + "\n"


def _subject(line: str) -> str:
    name = line.split(" ", 1)[0]
    return namespaces.expand(name) or "" if line[:1].strip() and not line.startswith(("#", "@")) else ""


def _comments(entry: Block, quote: bool) -> Iterator[str]:
    """Yield what stands above a record: why it is not certain, and the lines of the source."""
    for doubt in entry.doubts:
        yield _comment(f"? {doubt['ja']} / {doubt['en']}")
    if entry.register:
        yield _comment(f"data/registers/{entry.register}.ttl: {_REGISTERS['ja']} / {_REGISTERS['en']}")
    for fact in entry.facts:
        for name, candidates in fact.candidates.items():
            yield _comment(f"{name}: {', '.join(candidates)}")
    seen: dict[tuple[int, str], None] = {}
    for fact in entry.facts:
        seen[(fact.sentence.first, fact.sentence.text)] = None
    for number, sentence in seen:
        yield _comment(f"l. {number}: {sentence}" if quote else f"l. {number}")


def _comment(comment: str) -> str:
    bare = " ".join(_INVISIBLE.sub(" ", comment).split())
    return f"# {bare[:_MAX_QUOTE]}{'…' if len(bare) > _MAX_QUOTE else ''}"


def _needed(document: str, blocks: Iterable[Block]) -> Mapping[str, str]:
    """Return the prefixes that commented records need and the document lacks: they may be taken in."""
    there = set(re.findall(r"^@prefix\s+([\w-]+):", document, re.MULTILINE))
    used = {
        name for entry in blocks if entry.iri for line in entry.lines for name in re.findall(r"(?<!\S)(\w+):\S", line)
    }
    used |= {name for entry in blocks if entry.iri for line in entry.lines for name in re.findall(r"\^\^(\w+):", line)}
    return {name: _P[name] for name in sorted(used - there) if name in _P}


def _with_prefixes(lines: list[str], prefixes: Mapping[str, str]) -> list[str]:
    last = max((at for at, line in enumerate(lines) if line.startswith("@prefix")), default=-1)
    return [*lines[: last + 1], *(f"@prefix {name}: <{iri}> ." for name, iri in prefixes.items()), *lines[last + 1 :]]


def head_for(head: str, blocks: Sequence[Block]) -> str:
    """Return the head of a document with the prefixes that records need besides."""
    return "\n".join(_with_prefixes(head.splitlines(), _needed(head, blocks))) + "\n"


def read(written_text: str, path: Path) -> parsing.SourceFile:
    """Read the text of a document, to be checked before it is written anywhere."""
    path.write_bytes(written_text.encode("utf-8"))
    return parsing.read(path, FileKind.DOCUMENT)
