"""How what was found can be mended, worked out where that is possible without guessing at facts.

A repair is in words for the curator; where one edit on the offending line does it, that edit comes along.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CellError
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Term
from ccn_graph.text import dates, municipal_codes, normalisation, xsd
from ccn_graph.text.languages import LANGUAGES
from ccn_graph.text.misspelling import meant
from ccn_graph.validation import edits
from ccn_graph.validation.finding import Finding, Nodes, Repair, Replacement, brief

_SH, _XSD = namespaces.PREFIXES["sh"], namespaces.PREFIXES["xsd"]
_TEXTUAL = {".ttl", ".trig", ".nt", ".nq"}
_JAPANESE, _KANA = re.compile(r"[\u3041-\u30fa\u4e00-\u9fff]"), re.compile(r"[\u3041-\u30fa]")
_WITHOUT_LANGUAGE = {_SH + "DatatypeConstraintComponent", _SH + "LanguageInConstraintComponent"}
#: A kind of things is usual where at least so many of the values are of it.
_USUAL = 0.05
_BARE = re.compile("0|-?[1-9][0-9]*")
#: IRIs, texts and comments of Turtle, in which nothing is a prefixed name.
_OPAQUE = re.compile(r'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|#.*')
_OF_THINGS = {_SH + name + "ConstraintComponent" for name in ("NodeKind", "Class", "Pattern", "Node", "Or")}
_PREF_LABEL = ox.NamedNode(namespaces.PREF_LABEL)
_OTHER = {"ja": "en", "en": "ja"}
_NAMES = {"ja": {"ja": "日本語", "en": "英語"}, "en": {"ja": "Japanese", "en": "English"}}
_MISSING = {"label-japanese": "ja", "label-english": "en"}


def suggested(graph: Graph, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with the repairs that can be worked out for them."""
    context = _Context(graph)
    return edits.proven(replace(finding, repairs=tuple(_repairs(graph, finding, context))) for finding in findings)


class _Context:
    """What findings stand among: the text of their files, and what else stands at their properties; each read once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._read: dict[Path, list[str]] = {}
        self._kinds: dict[ox.NamedNode, Counter[str]] = {}
        self._languages: dict[ox.NamedNode | None, set[str]] = {}

    def of(self, path: Path) -> list[str]:
        if path not in self._read:
            try:
                text = path.read_text(encoding="utf-8") if path.suffix.lower() in _TEXTUAL else ""
            except (OSError, UnicodeDecodeError):
                text = ""
            self._read[path] = re.split("\r\n|\r|\n", text)
        return self._read[path]

    def at(self, finding: Finding) -> str:
        lines = self.of(finding.path)
        return lines[finding.line - 1] if finding.line <= len(lines) else ""

    def kinds(self, path: ox.NamedNode) -> Counter[str]:
        """Count the things that stand at a property by their IRIs up to the last slash."""
        if path not in self._kinds:
            things = (value.value for value in self._values(path) if isinstance(value, ox.NamedNode))
            self._kinds[path] = Counter(iri.rpartition("/")[0] for iri in things)
        return self._kinds[path]

    def languages(self, path: ox.NamedNode | None) -> set[str]:
        """Return the languages of the texts at a property, or at any."""
        if path not in self._languages:
            texts = (value for value in self._values(path) if isinstance(value, ox.Literal))
            self._languages[path] = {text.language for text in texts if text.language}
        return self._languages[path]

    def _values(self, path: ox.NamedNode | None) -> Iterator[Term]:
        return (quad.object for quad in self._graph.store.quads_for_pattern(None, path, None, None))


def _repairs(graph: Graph, finding: Finding, context: _Context) -> Iterator[Repair]:
    if finding.rule == "style":
        yield from _of_style(finding, context.at(finding))
    if finding.rule == "syntax" and "has not been declared" in finding.said("en"):
        yield from _of_undeclared_prefixes(context.of(finding.path))
    nodes = finding.nodes
    if nodes is None:
        return
    if finding.suggestion and nodes.value is not None:
        iri = namespaces.expand(finding.suggestion)
        yield _edit(finding, context, nodes.value, ox.NamedNode(iri) if iri else None, finding.suggestion)
    elif by_rule := _BY_RULE.get(finding.rule):
        yield from by_rule(graph, finding, nodes, context)
    elif finding.rule.endswith("-date"):
        yield from _of_date(graph, finding, nodes, context)
    elif finding.rule.endswith("-slug"):
        yield from _of_slug(finding, nodes)
    elif repairs := [*_of_name(graph, finding, nodes, context), *_of_number(finding, nodes, context)][:1]:
        yield from repairs
    elif nodes.component in _WITHOUT_LANGUAGE:
        yield from _of_language(finding, nodes, context)


def _edit(finding: Finding, context: _Context, old: Term, new: Term | None, shown: str) -> Repair:
    """Say what to write instead, and where that is one token on the line, give the edit."""
    text = {"ja": f"{brief(shown)} と書く", "en": f"write {brief(shown)}"}
    written = context.at(finding)
    for before, after in _spellings(old, new, "\n".join(context.of(finding.path)[:200])) if new is not None else ():
        if written.count(before) == 1 and not re.search(re.escape(before) + r"[\w^@-]", written):
            return Repair(text, Replacement(finding.path, finding.line, before, after))
    return Repair(text)


def _spellings(old: Term, new: Term, head: str) -> Iterator[tuple[str, str]]:
    """Yield how a term may be written in Turtle, with how the other one is written then."""
    declared = dict(re.findall(r"@?prefix\s+([\w-]*):\s*<([^>]*)>", head, re.IGNORECASE))

    def short(term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            curie = namespaces.curie(term.value)
            prefix = curie.partition(":")[0]
            return curie if declared.get(prefix) == namespaces.PREFIXES.get(prefix, "") != "" else str(term)
        if isinstance(term, ox.Literal) and not term.language and term.datatype.value != _XSD + "string":
            return f"{ox.Literal(term.value)}^^{short(term.datatype)}"
        return str(term)

    after = short(new)
    if isinstance(new, ox.Literal) and new.datatype.value == _XSD + "integer" and _BARE.fullmatch(new.value):
        after = new.value  # as Turtle writes whole numbers
    if isinstance(old, ox.Literal) and not old.language and old.datatype.value == _XSD + "string":
        yield f"{old}^^{short(old.datatype)}", after
    yield short(old), after
    yield str(old), after if isinstance(new, ox.Literal) and declared else str(new)


def _of_undeclared_prefixes(lines: Iterable[str]) -> Iterator[Repair]:
    """Tell all lines that the head of a file lacks, not only the first that the parser asks for."""
    text = _OPAQUE.sub(" ", "\n".join(lines))
    declared = set(re.findall(r"@?prefix\s+([\w-]*):", text, re.IGNORECASE))
    used = set(re.findall(r"(?<![\w:.-])([a-z]+):[\w-]", text)) - declared
    lacking = " ".join(f"@prefix {name}: <{iri}> ." for name, iri in namespaces.PREFIXES.items() if name in used)
    if lacking:
        yield Repair({"ja": f"ファイルの冒頭に書き足す: {lacking}", "en": f"write at the head of the file: {lacking}"})


def _of_style(finding: Finding, line: str) -> Iterator[Repair]:
    mended = line.expandtabs(4).rstrip()
    if line and mended != line:
        text = {"ja": "空白を直す", "en": "mend the blanks"}
        # As little as can be told from the rest of the line, so that other edits of it find theirs.
        ends = (line[at:] for at in range(len(line.rstrip()) - 1, -1, -1))
        old = next((end for end in ends if line.count(end) == 1), line) if "\t" not in line.rstrip() else line
        yield Repair(text, Replacement(finding.path, finding.line, old, old.expandtabs(4).rstrip()))


def _of_date(_graph: Graph, finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    if isinstance(nodes.value, ox.Literal):
        try:
            date = dates.parse(nodes.value.value)
        except CellError as fault:
            yield Repair(fault.message)
            return
        new = ox.Literal(date.lexical, datatype=ox.NamedNode(date.datatype))
        if new != nodes.value:
            yield _edit(finding, context, nodes.value, new, f'"{date.lexical}"^^{namespaces.curie(date.datatype)}')


def _of_slug(finding: Finding, nodes: Nodes) -> Iterator[Repair]:
    if isinstance(nodes.focus, ox.NamedNode):
        slug = namespaces.slug(nodes.focus.value)
        better = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")
        if better and better != slug and finding.subject.endswith(slug):
            name = finding.subject[: -len(slug)] + better
            yield Repair({"ja": f"{name} と名付ける", "en": f"name it {name}"})


def _of_number(finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    """Type a text that is a valid number, date or the like of the datatype that is asked for."""
    value = nodes.value
    if isinstance(value, ox.Literal) and not value.language and value.datatype.value not in nodes.datatypes:
        fits = [
            datatype
            for datatype in nodes.datatypes
            if datatype != _XSD + "string" and xsd.is_valid(value.value, datatype)
        ]
        if fits:
            new = ox.Literal(value.value, datatype=ox.NamedNode(fits[0]))
            bare = fits[0] == _XSD + "integer" and _BARE.fullmatch(value.value)
            shown = value.value if bare else f"{ox.Literal(value.value)}^^{namespaces.curie(fits[0])}"
            yield _edit(finding, context, value, new, shown)


def _of_name(graph: Graph, finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    """Put a thing where only its name stands: if only one is called so, and others of its kind stand there."""
    value = nodes.value
    if not isinstance(value, ox.Literal) or nodes.path is None or nodes.component not in _OF_THINGS:
        return
    names = [value] if value.language else [ox.Literal(value.value, language=language) for language in LANGUAGES]
    called = {
        quad.subject.value
        for name in names
        for quad in graph.store.quads_for_pattern(None, _PREF_LABEL, name, None)
        if isinstance(quad.subject, ox.NamedNode)
    }
    stand_there = context.kinds(nodes.path)
    enough = _USUAL * stand_there.total()  # what stands there by another mistake is no measure
    fits = [iri for iri in called if stand_there[iri.rpartition("/")[0]] > enough]
    if len(fits) == 1:
        yield _edit(finding, context, value, ox.NamedNode(fits[0]), namespaces.curie(fits[0]))


def _of_language(finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    value = nodes.value
    if not isinstance(value, ox.Literal) or value.language or value.datatype.value != _XSD + "string":
        return
    others = context.languages(nodes.path)
    language = "ja" if _JAPANESE.search(value.value) else "en"
    # Texts as printed are in many languages: then only kana tell one.
    if language in others and (others <= set(LANGUAGES) or _KANA.search(value.value)):
        tagged = ox.Literal(value.value, language=language)
        yield _edit(finding, context, value, tagged, str(tagged))


def _of_normal_text(_graph: Graph, finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    if isinstance(nodes.value, ox.Literal):
        text = normalisation.kept(nodes.value.value)
        if text and text != nodes.value.value:
            language, datatype = nodes.value.language, nodes.value.datatype
            new = ox.Literal(text, language=language) if language else ox.Literal(text, datatype=datatype)
            yield _edit(finding, context, nodes.value, new, str(new))


def _of_wrong_language(_graph: Graph, finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    if isinstance(nodes.value, ox.Literal) and nodes.value.language in _OTHER:
        new = ox.Literal(nodes.value.value, language=_OTHER[nodes.value.language])
        yield _edit(finding, context, nodes.value, new, str(new))


def _of_one_language(_graph: Graph, finding: Finding, nodes: Nodes, _context: _Context) -> Iterator[Repair]:
    present = nodes.value.language if isinstance(nodes.value, ox.Literal) else None
    missing = _MISSING.get(finding.rule) or _OTHER.get(present or "")
    if missing and nodes.path:
        name = namespaces.curie(nodes.path.value)
        yield Repair({
            "ja": f'{name} に{_NAMES["ja"][missing]} "…"@{missing} を加える',
            "en": f'add {name} in {_NAMES["en"][missing]}: "…"@{missing}',
        })  # fmt: skip


def _of_unknown_term(graph: Graph, finding: Finding, nodes: Nodes, context: _Context) -> Iterator[Repair]:
    of_class = nodes.path == ox.NamedNode(namespaces.RDF_TYPE)
    unknown = nodes.value if of_class else nodes.path
    if isinstance(unknown, ox.NamedNode):
        terms = (
            iri
            for iri in graph.things
            if iri.startswith(namespaces.CCN) and iri[len(namespaces.CCN) :][:1].isupper() == of_class
        )
        near = meant(namespaces.slug(unknown.value), map(namespaces.slug, terms))
        if near and unknown.value.startswith(namespaces.CCN):
            new = ox.NamedNode(namespaces.CCN + near)
            yield _edit(finding, context, unknown, new, namespaces.curie(new.value))


def _of_check_digit(_graph: Graph, _finding: Finding, nodes: Nodes, _context: _Context) -> Iterator[Repair]:
    """Tell the digit that would be right; any other one may be the wrong one, so there is no edit."""
    value = nodes.value
    if isinstance(value, ox.Literal) and re.fullmatch("[0-9]{6}", value.value):
        right = value.value[:5] + municipal_codes.check_digit(value.value)
        yield Repair({"ja": f'先の5桁が正しければ "{right}"', "en": f'if the first five digits are right, "{right}"'})


_BY_RULE: dict[str, Callable[[Graph, Finding, Nodes, _Context], Iterator[Repair]]] = {
    "text-not-normal": _of_normal_text,
    "label-in-wrong-language": _of_wrong_language,
    "text-in-one-language": _of_one_language,
    "label-japanese": _of_one_language,
    "label-english": _of_one_language,
    "unknown-term": _of_unknown_term,
    "municipal-code-check-digit": _of_check_digit,
}
