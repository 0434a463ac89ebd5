"""JSON whose every value knows its line, so that what is wrong in a mapping can be shown where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccn_graph.errors import SourceError
from ccn_graph.rdf import line_tracking
from ccn_graph.rdf.line_tracking import JsonNode, MalformedError

#: A mapping is a page or two.
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value of JSON and where it stands; `data` is a text, number or flag, a list, or a dictionary of these."""

    path: Path
    line: int
    data: Any

    def fault(self, en: str, ja: str) -> SourceError:
        """Word what is wrong with it."""
        return SourceError(self.path, self.line, en, ja)

    def text(self) -> str:
        """Return the text that it is. Raises SourceError for anything else."""
        if not isinstance(self.data, str):
            raise self.fault("a text in quotes is wanted here", "ここには引用符で囲んだ文字列を書く")
        return self.data

    def flag(self) -> bool:
        """Return whether it is true. Raises SourceError for anything but true and false."""
        if not isinstance(self.data, bool):
            raise self.fault("write true or false here", "ここには true か false を書く")
        return self.data

    def texts(self) -> tuple[str, ...]:
        """Return the texts of a list, of an object of languages, or the single text. Raises SourceError."""
        if isinstance(self.data, list):
            return tuple(text for item in self.data for text in item.texts())
        if isinstance(self.data, dict):
            return tuple(text for item in self.data.values() for text in item.texts())
        return (self.text(),)

    def members(self) -> dict[str, JsonValue]:
        """Return the members of an object. Raises SourceError for anything else."""
        if not isinstance(self.data, dict):
            raise self.fault("an object in braces is wanted here", "ここには波括弧のオブジェクトを書く")
        return self.data

    def items(self) -> list[JsonValue]:
        """Return the items of a list. Raises SourceError for anything else."""
        if not isinstance(self.data, list):
            raise self.fault("a list in brackets is wanted here", "ここには角括弧の一覧を書く")
        return self.data


def read(path: Path) -> JsonValue:
    """Read a file. Raises SourceError, with the line, for what is missing, too large or no JSON."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, 1, f"cannot be read: {error.strerror}", f"読めない: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise SourceError(path, 1, "a mapping is smaller than 1 MB", "対応付けは1MBより小さい")
    try:
        return _value(path, line_tracking.json_tree(data.removeprefix(b"\xef\xbb\xbf")))
    except MalformedError as error:
        raise SourceError(path, error.line, error.message, "JSONとして読めない") from error


def _value(path: Path, node: JsonNode) -> JsonValue:
    line = node.first.line
    if node.first.data == b"{":
        return JsonValue(path, line, dict(_members(path, node)))
    if node.first.data == b"[":
        return JsonValue(path, line, [_value(path, item) for _, item in node.members])
    return JsonValue(path, line, _scalar(path, line, node.first.data))


def _members(path: Path, node: JsonNode) -> Iterator[tuple[str, JsonValue]]:
    seen = set()
    for key, item in node.members:
        name = _scalar(path, key.line, key.data) if key else None
        if not isinstance(name, str):
            raise SourceError(path, item.first.line, "this member has no name", "名前のない項目である")
        if name in seen:
            raise SourceError(path, item.first.line, f"{name} is written twice", f"{name} が二度書かれている")
        seen.add(name)
        yield name, _value(path, item)


def _scalar(path: Path, line: int, token: bytes) -> Any:
    try:
        return json.loads(token)
    except (ValueError, RecursionError) as error:
        raise SourceError(path, line, "this is no JSON", "JSONとして読めない") from error
