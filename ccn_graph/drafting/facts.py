"""A candidate fact: a row of a sheet, and the lines of the source that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccn_graph.drafting.source_text import Sentence
from ccn_graph.text.languages import Bilingual


@dataclass(frozen=True, slots=True)
class Fact:
    """What a sentence says, as the cells of a sheet of `sheet`; things are prefixed names.

    `doubts` say why it is not certain; empty for one that is. `origin` is the pattern, or who proposed it.
    """

    sheet: str
    cells: Mapping[str, str]
    sentence: Sentence
    origin: str
    doubts: tuple[Bilingual, ...] = ()
    proposed: bool = False
    """Whether a program of the user's choice proposed it, not a pattern."""
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a cell whose name fits several things, all of them."""

    @property
    def certain(self) -> bool:
        """Whether nothing speaks against writing it."""
        return not self.doubts


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the document before it is read, as its record says."""

    slug: str
    issued: str = ""
    retrieved: str = ""
    publishers: tuple[str, ...] = ()
    title: str = ""
