"""What JSON-LD passes over in silence, and where in a document a parser's complaint belongs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from ccn_graph.rdf.line_tracking import JsonNode, JsonToken

#: What may be parsed again to find a fault, in bytes.
_MOST = 60_000_000

_KEYWORDS = {
    "@base", "@container", "@context", "@direction", "@graph", "@id", "@import", "@included", "@index", "@json",
    "@language", "@list", "@nest", "@none", "@prefix", "@propagate", "@protected", "@reverse", "@set", "@type",
    "@value", "@version", "@vocab",
}  # fmt: skip
_MAPS = {"@language", "@index", "@id", "@type", "@graph"}
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_LANGUAGE = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


class Loss(Enum):
    """Why something in JSON-LD is not read, or not as it is meant."""

    UNKNOWN_KEY = auto()
    REPEATED_KEY = auto()
    UNKNOWN_TYPE = auto()
    NO_IRI = auto()
    NO_LANGUAGE = auto()


@dataclass(frozen=True, slots=True)
class DroppedKey:
    """A key or value that JSON-LD drops, or takes otherwise, without a word: its line, its JSON Pointer and why."""

    key: str
    line: int
    at: str
    loss: Loss = Loss.UNKNOWN_KEY


@dataclass(frozen=True, slots=True)
class _Term:
    means: str | None
    maps: bool = False
    json: bool = False
    refers: bool = False
    scoped: JsonNode | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    terms: Mapping[str, _Term] = field(default_factory=dict)
    vocabulary: bool = False
    #: Whether a context is not at hand, so that nothing can be said.
    unknown: bool = False

    def then(self, node: JsonNode) -> _Context:
        """Return what holds after one more context (JSON-LD 1.1, section 3.1)."""
        value = _value(node)
        if value is None:
            return _Context()
        if node.first.data == b"[":
            context = self
            for _, item in node.members:
                context = context.then(item)
            return context
        if node.first.data != b"{":
            return replace(self, unknown=True)
        terms, vocabulary, unknown = dict(self.terms), self.vocabulary, self.unknown
        for key, meaning in node.members:
            name = _text(key)
            if name == "@vocab":
                vocabulary = _value(meaning) is not None
            elif name == "@import":
                unknown = True
            elif not name.startswith("@"):
                terms[name] = _term(meaning)
        return _Context(terms, vocabulary, unknown)

    def term(self, name: str) -> _Term | None:
        """Return what a key means, None if nothing."""
        if name in self.terms:
            return self.terms[name]
        if name.startswith("@"):
            return _Term(name) if name in _KEYWORDS else None
        return _Term(name) if ":" in name or self.vocabulary else None


def _text(token: JsonToken | None) -> str:
    if token is None:
        return ""
    try:
        return str(json.loads(token.data))
    except ValueError:
        return token.data.decode("utf-8", "replace")


def _value(node: JsonNode) -> object:
    if node.first.data in (b"{", b"["):
        return ...
    try:
        return json.loads(node.first.data)
    except ValueError:
        return ...


def _term(meaning: JsonNode) -> _Term:
    if meaning.first.data != b"{":
        value = _value(meaning)
        return _Term(None if value is None else str(value))
    members = {_text(key): value for key, value in meaning.members}
    container = members.get("@container")
    named = [container, *(item for _, item in container.members)] if container else []
    kind = _value(members["@type"]) if "@type" in members else None
    name = _value(members["@id"]) if "@id" in members else ""
    means = None if name is None else str(name)
    refers = kind in ("@id", "@vocab")
    return _Term(means, any(_value(word) in _MAPS for word in named), kind == "@json", refers, members.get("@context"))


def dropped_keys(root: JsonNode) -> Iterator[DroppedKey]:
    """Yield all that JSON-LD drops without a word (JSON-LD 1.1 API, sections 5.1.2 and 8.1)."""
    yield from _dropped(root, _Context(), "")


def _dropped(node: JsonNode, context: _Context, at: str) -> Iterator[DroppedKey]:
    if node.first.data == b"[":
        for number, (_, item) in enumerate(node.members):
            yield from _dropped(item, context, f"{at}/{number}")
    if node.first.data != b"{":
        return
    context = _here(node, context)
    if context.unknown:
        return
    names: set[str] = set()
    of_value = any(_means(context, key) == "@value" for key, _ in node.members)
    for key, value in node.members:
        assert key is not None
        name = _text(key)
        below = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        if name in names:
            yield DroppedKey(name, key.line, below, Loss.REPEATED_KEY)
        names.add(name)
        if of_value:
            means = _means(context, key)
            yield from _wrong(value, means if means == "@language" else "", context, below)
        else:
            yield from _of_key(key, value, context, below)


def _of_key(key: JsonToken, value: JsonNode, context: _Context, at: str) -> Iterator[DroppedKey]:
    name = _text(key)
    term = context.term(name)
    if term is None:
        yield DroppedKey(name, key.line, at)
    elif name != "@context" and term.means is not None and not term.json:
        yield from _wrong(value, "@id" if term.refers else term.means, context, at)
        if term.means != "@type":
            yield from _of_value(value, term, context.then(term.scoped) if term.scoped else context, at)


def _wrong(value: JsonNode, means: str, context: _Context, at: str) -> Iterator[DroppedKey]:
    """Yield the texts among the values of a key that cannot be what the key says they are."""
    for entry in [value, *(item for _, item in value.members)] if value.first.data != b"{" else ():
        text = _value(entry)
        if not isinstance(text, str):
            continue
        if means in ("@id", "@type") and _NO_IRI.search(text):
            yield DroppedKey(text, entry.first.line, at, Loss.NO_IRI)
        elif means == "@type" and context.term(text) is None:
            yield DroppedKey(text, entry.first.line, at, Loss.UNKNOWN_TYPE)
        elif means == "@language" and not _LANGUAGE.fullmatch(text):
            yield DroppedKey(text, entry.first.line, at, Loss.NO_LANGUAGE)


def _of_value(value: JsonNode, term: _Term, context: _Context, at: str) -> Iterator[DroppedKey]:
    if term.maps and value.first.data == b"{":
        for index, item in value.members:
            yield from _dropped(item, context, f"{at}/{_text(index)}")
    else:
        yield from _dropped(value, context, at)


def _here(node: JsonNode, context: _Context) -> _Context:
    """Return the context inside an object: its own, and those of its types."""
    for key, value in node.members:
        if _text(key) == "@context":
            context = context.then(value)
    for key, value in node.members:
        if _means(context, key) == "@type":
            for entry in [value, *(item for _, item in value.members)]:
                term = context.terms.get(_text(entry.first))
                context = context.then(term.scoped) if term and term.scoped else context
    return context


def _means(context: _Context, key: JsonToken | None) -> str:
    term = context.term(_text(key))
    return (term.means or "") if term else ""


def remote_contexts(node: JsonNode) -> Iterator[str]:
    """Yield the contexts that a document names instead of holding them."""
    for key, value in node.members:
        if _text(key) == "@context":
            for entry in [value, *(item for _, item in value.members)] if value.first.data != b"{" else ():
                if isinstance(_value(entry), str):
                    yield _text(entry.first)
        else:
            yield from remote_contexts(value)


def line_of_fault(root: JsonNode, complaint: Callable[[bytes], str], message: str) -> tuple[int, str]:
    """Find the innermost value with which alone a parser still complains the same; give its line and JSON Pointer."""
    return _Search(complaint, message).line(root)


class _Search:
    def __init__(self, complaint: Callable[[bytes], str], message: str) -> None:
        self._complaint, self._message = complaint, message
        self._left = _MOST

    def line(self, root: JsonNode) -> tuple[int, str]:
        trail: list[tuple[JsonNode, JsonToken | None]] = []
        node, line, at = root, root.first.line, ""
        while node.members:
            contexts = [member for member in node.members if _text(member[0]) == "@context"]
            others = [member for member in node.members if member not in contexts]
            for candidates, kept in ((contexts, []), (others, contexts)):
                narrowed = self._narrowed(trail, node, candidates, kept)
                if narrowed is not None:
                    break
            else:
                return line, at
            key, value = narrowed
            name = _text(key) if key else str(node.members.index(narrowed))
            at = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            line = key.line if key else value.first.line
            node.members[:] = [*([member for member in contexts if member is not narrowed]), narrowed]
            trail.append((node, key))
            node = value
        return line, at

    def _narrowed(
        self, trail: Sequence[tuple[JsonNode, JsonToken | None]], node: JsonNode,
        candidates: Sequence[tuple[JsonToken | None, JsonNode]], kept: Sequence[tuple[JsonToken | None, JsonNode]],
    ) -> tuple[JsonToken | None, JsonNode] | None:  # fmt: skip
        root = trail[0][0] if trail else node
        all_ = list(node.members)
        try:
            if not candidates or not self._fails(root, node, [*kept, *candidates]):
                return None
            while len(candidates) > 1:
                half = len(candidates) // 2
                first, second = candidates[:half], candidates[half:]
                if self._fails(root, node, [*kept, *first]):
                    candidates = first
                elif self._fails(root, node, [*kept, *second]):
                    candidates = second
                else:
                    return None
            return candidates[0]
        finally:
            node.members[:] = all_

    def _fails(self, root: JsonNode, node: JsonNode, members: list[tuple[JsonToken | None, JsonNode]]) -> bool:
        node.members[:] = members
        text = b"".join(_written(root))
        self._left -= len(text)
        return self._left > 0 and self._complaint(text) == self._message


def _written(node: JsonNode) -> Iterator[bytes]:
    yield node.first.data
    for number, (key, value) in enumerate(node.members):
        yield (b"," if number else b"") + (key.data + b":" if key else b"")
        yield from _written(value)
    if node.last:
        yield node.last.data
