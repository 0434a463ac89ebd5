"""The text of a document as lines, headings and sentences, each with the line of the source where it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ccn_graph.text import normalisation

_MARKDOWN = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.+)")
_SYMBOL = re.compile(r"(?P<mark>[■◆●▶►◎○□◇★【])\s*(?P<text>.+)")
_NUMBERED = re.compile(r"(?P<mark>\(\d{1,2}\)|\d{1,2}(?:\.\d{1,2}){0,2}[.)]?(?=\s))\s*(?P<text>\S.*)")
_BULLET = re.compile(r"^(?:[-*・•·※]\s*|[①-⑳]\s*)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_BREAK = re.compile(r"</?(?:p|br|li|div|tr|td|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
#: Signs that end a sentence; after those of English a capital or a quotation must follow.
_END = re.compile(r"(?<=[。!?])(?![」』)）(])|(?<=[a-z0-9)\"”’][.!?])\s+(?=[A-Z“\"])")
_ABBREVIATED = re.compile(r"\b(?:Mr|Ms|Mrs|Dr|Prof|St|No|vs|etc|Inc|Jr|Sr|[A-Z])\.$")
_CLOSED = re.compile(r"[。.!?:：;」』]$")
#: A line that ends or begins so goes on from one line to the next.
_OPEN_END = re.compile(
    r"(?:[、,・はのをにがとへもや]|から|より|まで|って|して|ネッ|[a-z] |\b(?:and|of|the|in|to|for|by))$"
)
_OPEN_START = re.compile(r"^(?:[、。,)をにがはの]|\((?=[^()]{1,20}\)[でをにがはの])|[a-z])")
_OWN_LINE = re.compile(r"^(?:第\s*\d+\s*回|[-*・•※■◆●▶○◎□◇【#(①-⑳]|\d+[.)]|http|[^\s:。、]{2,8}\s?:)")
#: What a form prints on one line: a word, a gap and what fills it.
_FIELD_LINE = re.compile(r"(?:[^\s!-~]\s[^\s!-~]|[^\s!-~]{2,6})\s+\S.*\d")
_LONG, _MAX_HEADING = 30, 60


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line as it stands in the source, counted from 1; `page` is 0 where there are no pages."""

    number: int
    text: str
    page: int = 0
    heading: int = 0
    """Its level where the format says that it is a heading, else 0."""


@dataclass(frozen=True, slots=True)
class SourceHeading:
    """A heading above a sentence."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or table row, on which patterns are tried, with the lines it spans and the headings above it."""

    text: str
    first: int
    last: int
    headings: tuple[SourceHeading, ...] = ()
    page: int = 0
    is_heading: bool = False

    @property
    def locator(self) -> str:
        """Where it stands, as the house writes it: heading and lines."""
        lines = f"l. {self.first}" if self.first == self.last else f"l. {self.first}-{self.last}"
        at = f"p. {self.page}, {lines}" if self.page else lines
        heading = self.headings[-1].text if self.headings else ""
        return f"{heading}, {at}" if heading else at


@dataclass
class _Stack:
    """The headings that are open; one of a sign that is there already ends those below it."""

    open: list[tuple[str, SourceHeading]] = field(default_factory=list)

    def push(self, mark: str, heading: SourceHeading) -> None:
        marks = [open_mark for open_mark, _ in self.open]
        if mark.startswith("#"):
            del self.open[next((at for at, open_mark in enumerate(marks) if not open_mark < mark), len(marks)) :]
        elif mark in marks:
            del self.open[marks.index(mark) :]
        elif mark == "alone":
            # A heading without any sign stands above all but those of Markdown.
            self.open = [entry for entry in self.open if entry[0].startswith("#")]
        self.open.append((mark, heading))

    def above(self) -> tuple[SourceHeading, ...]:
        return tuple(heading for _, heading in self.open)


def lines_of(text: str) -> list[SourceLine]:
    """Return the lines of a text with their numbers."""
    return [SourceLine(number, line) for number, line in enumerate(text.splitlines(), start=1)]


def sentences(lines: Sequence[SourceLine]) -> list[Sentence]:
    """Return the headings and sentences of a text in their order."""
    bare = [_plain(line.text) for line in lines]
    stack, passages = _Stack(), []
    at = 0
    while at < len(lines):
        if not bare[at].strip():
            at += 1
            continue
        line = lines[at]
        if mark := _heading_mark(lines, bare, at):
            text = _without_mark(bare[at].strip())
            stack.push(mark, SourceHeading(text, line.number))
            passages.append(Sentence(text, line.number, line.number, stack.above(), line.page, is_heading=True))
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _goes_on(lines, bare, end):
            end += 1
        passages += _split(lines[at:end], bare[at:end], stack.above())
        at = end
    return passages


def normal(text: str) -> str:
    """Return a text in one spelling of width, radicals and blanks, as names are looked for.

    >>> normal("⼭形市（⽕）"), normal("神⼾市")
    ('山形市(火)', '神戸市')
    """
    return normalisation.normal(normalisation.kept(text))


def _plain(text: str) -> str:
    """Return a line in one spelling of width and signs, entities resolved, blanks at the start kept."""
    text = html.unescape(text) if "&" in text else text
    return _BREAK.sub("\n", text) if "<" in text else text


def _heading_mark(lines: Sequence[SourceLine], bare: Sequence[str], at: int) -> str:
    """Tell by what sign a line is a heading: `##`, a symbol, `(1)`, `1.`, or its place; empty if it is none."""
    text = normal(bare[at])
    if lines[at].heading:
        return "#" * lines[at].heading
    if match := _MARKDOWN.fullmatch(text):
        return match["marks"]
    if len(text) > _MAX_HEADING or "\n" in bare[at] or re.search(r"[。、,;]$", text) or text.endswith("."):
        return ""
    if (match := _SYMBOL.fullmatch(text)) and not re.search(r"[:：。]", match["text"]):
        return match["mark"]
    if (match := _NUMBERED.fullmatch(text)) and len(match["text"]) < 40 and not re.search("[。、]", match["text"]):
        return re.sub(r"\d+", "1", match["mark"])
    return _placed(lines, bare, at, text)


def _placed(lines: Sequence[SourceLine], bare: Sequence[str], at: int, text: str) -> str:
    """Tell whether a short line without a sign is a heading by what stands around it."""
    before = bare[at - 1].strip() if at else ""
    after = bare[at + 1].strip() if at + 1 < len(bare) else ""
    if _BULLET.match(text) or re.search(r"[:：]|。|\t", text) or _OPEN_END.search(text) or len(text) < 2:
        return ""
    if "、" in text or _FIELD_LINE.match(text) or not re.sub(r"[\dA-Z年月日\s]", "", text):
        return ""
    if not before and not after and lines[at].number < lines[-1].number:
        return "alone"
    prose = (after.endswith("。") and len(after) > len(text)) or (len(after) > 120 and not after.endswith(text))
    if after and prose and (not before or before.endswith("。")):
        return "inline"
    if not before and after and _following_are_rows(bare, at + 1):
        return "alone"
    return ""


def _following_are_rows(bare: Sequence[str], at: int) -> bool:
    return bool(re.match(r"\s*(?:第\s*\d+\s*回|[-・•①●○]|[RH]\d+\s*[（(])", bare[at]))


def _without_mark(text: str) -> str:
    text = normal(text)
    for form in (_MARKDOWN, _SYMBOL):
        if match := form.fullmatch(text):
            return match["text"].rstrip("】").strip()
    return text


def _goes_on(lines: Sequence[SourceLine], bare: Sequence[str], at: int) -> bool:
    """Tell whether a line continues the one before it."""
    before, text = normal(bare[at - 1]), normal(bare[at])
    apart = lines[at].page != lines[at - 1].page or re.search(r"[\t\n]", bare[at] + bare[at - 1])
    if not text or apart:
        return False
    if _OPEN_START.match(text):
        return not _CLOSED.search(before) or text.startswith("(")
    if _OWN_LINE.match(text) or _heading_mark(lines, bare, at):
        return False
    if _OPEN_END.search(before):
        return True
    return len(before) >= _LONG and not _CLOSED.search(before) and not re.search(r"[）)氏]$", before)


def _split(lines: Sequence[SourceLine], bare: Sequence[str], headings: tuple[SourceHeading, ...]) -> Iterator[Sentence]:
    """Split joined lines into sentences, each with the lines it touches."""
    joined, owners = "", list[int]()
    for line, text in zip(lines, bare, strict=True):
        part = _joint(joined, text) + "\n".join(normal(piece) for piece in text.split("\n"))
        joined += part
        owners += [line.number] * len(part)
    start = 0
    for cut in [*_cuts(joined), len(joined)]:
        text = _TAG.sub("", joined[start:cut]).strip()
        text = _BULLET.sub("", text).strip()
        if text:
            lead = start + len(joined[start:cut]) - len(joined[start:cut].lstrip())
            yield Sentence(text, owners[lead], owners[cut - 1], headings, lines[0].page)
        start = cut


def _joint(before: str, after: str) -> str:
    """Return what stands between two lines once they are joined: a blank between Latin words, else nothing."""
    return " " if before and re.search(r"[!-~]$", before) and re.match(r"\s*[!-~]", normal(after)) else ""


def _cuts(text: str) -> Iterable[int]:
    for match in re.finditer(rf"\n|{_END.pattern}", text):
        if not _ABBREVIATED.search(text[: match.start()]):
            yield match.end()
