"""Reads pages strictly: every element is closed where it should be, ids are unique, nothing breaks the CSP."""

from __future__ import annotations

import html.parser
import itertools
import re
from xml.etree import ElementTree as ET

from ccn_graph.rdf.requests import Page

_VOID = frozenset(["meta", "link", "input", "br", "hr", "img"])


class _Builder(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tree = ET.TreeBuilder()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []
        self.root = self.tree.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute of {tag} is given twice"
        assert "style" not in given
        assert not [name for name in given if name.startswith("on")]
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.tree.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"
        self.tree.end(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tree.data(data)


def read(page: Page) -> ET.Element:
    """Read an HTML page, checking what holds for all of them."""
    text = page.body.decode()
    assert text.startswith("<!DOCTYPE html>")
    assert "\0" not in text
    root = _Builder(text.removeprefix("<!DOCTYPE html>").lstrip()).root
    ids = [element.get("id", "") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    for element in root.iter():
        pointed = " ".join(element.get(name, "") for name in ("for", "aria-labelledby", "aria-describedby", "list"))
        assert set(pointed.split()) <= set(ids), f"{element.tag} points to {pointed}"
    labelled = {element.get("for") for element in root.iter("label")}
    for tag in ("input", "select"):
        for control in root.iter(tag):
            assert control.get("type") == "hidden" or control.get("id") in labelled, f"{control.attrib} has no label"
    for heading in root.iter("th"):
        assert heading.get("scope") in ("col", "row")
    levels = [int(element.tag[1]) for element in root.iter() if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels
    return root


def text(element: ET.Element | None) -> str:
    """Give the text of an element with single blanks."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    """Find the elements of a class."""
    return [element for element in root.iter() if name in element.get("class", "").split()]
