"""From a pattern that fits a sentence to facts: the cells of each, and what is open about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ccn_graph.drafting import context as contexts
from ccn_graph.drafting.context import Context
from ccn_graph.drafting.expressions import Match, values
from ccn_graph.drafting.facts import Fact
from ccn_graph.drafting.mentions import Marked, Mention
from ccn_graph.drafting.patterns import FactForm, FactPattern, Words, doubts
from ccn_graph.drafting.source_text import Sentence
from ccn_graph.rdf import namespaces
from ccn_graph.sheets.kinds import KINDS

_CCN = namespaces.CCN
#: A list of names longer than this is cut: no list of members is longer.
_MAX_LIST = 500


class MissingError(Exception):
    """A cell that a fact needs stays empty."""


def facts(pattern: FactPattern, marked: Marked, sentence: Sentence, context: Context, words: Words) -> Iterator[Fact]:
    """Yield the facts that a pattern finds in a sentence."""
    if pattern.heading and not sentence.is_heading:
        return
    if pattern.under and not any(pattern.under.search(passage.text) for passage in context.headings[-2:]):
        return
    if pattern.within and not any(pattern.within.search(passage.text) for passage in (marked, *context.headings[-2:])):
        return
    for occurrence in pattern.form.finditer(marked.text):
        match = Match(pattern, occurrence, marked, sentence, context, words)
        for form in pattern.facts:
            yield from _facts(form, match)


def _facts(form: FactForm, match: Match) -> Iterator[Fact]:
    items: list[Mention | None] = [None]
    if form.each:
        slot = form.each.removeprefix("$")
        match.item_types = match.types(slot)
        items = [
            mention for mention in match.items(slot)[:_MAX_LIST] if mention.fits(match.item_types, match.context.index)
        ]
    for item in items:
        match.item, match.doubts, match.candidates = item, [form.doubt] if form.doubt else [], {}
        try:
            cells = _cells(form, match)
        except MissingError:
            continue
        reasons = tuple(doubts()[name] for name in dict.fromkeys(match.doubts))
        yield Fact(form.sheet, cells, match.sentence, match.pattern.name, reasons, candidates=dict(match.candidates))


def _cells(form: FactForm, match: Match) -> dict[str, str]:
    """Fill the cells of a record. Raises MissingError if one it needs stays empty."""
    cells: dict[str, str] = {}
    for name, expression in form.cells.items():
        if name == "when":
            cells |= _when(expression, match)
        elif cell_values := values(name, expression.removesuffix("?") if _optional(expression) else expression, match):
            cells[name] = "; ".join(dict.fromkeys(cell_values))
        elif name == "asOf" and match.context.about.retrieved:
            # A list of no date tells who was there by the day on which it was read.
            cells["knownBy"] = match.context.about.retrieved
        elif not _optional(expression):
            raise MissingError(name)
    if form.sheet == "events":
        cells = _edition_cells(cells, match) | cells
    return cells


def _optional(expression: str) -> bool:
    """Tell whether a cell may stay empty: `$slot?`; `?slot` and `value?slot` ask whether a slot is there."""
    return "?" in expression


def _when(expression: str, match: Match) -> dict[str, str]:
    """Say when an event was or is to be: by the day of the document, or by the words of the sentence."""
    slot = expression.removesuffix("?").removeprefix("$")
    mention = next(iter(match.mentions(slot)), None)
    if mention is None or mention.time is None:
        if _optional(expression):
            return {}
        raise MissingError(slot)
    if mention.time.doubt:
        match.doubts.append(mention.time.doubt)
    planned = match.context.future(mention.time.last or mention.time.first, match.marked, match.words.future)
    names = ("plannedStart", "plannedEnd") if planned else ("start", "end")
    return {name: value for name, value in zip(names, (mention.time.first, mention.time.last), strict=True) if value}


def _edition_cells(cells: Mapping[str, str], match: Match) -> dict[str, str]:
    """Say of an edition which series it is of, its number and its kind; name one that has no number."""
    event, more = namespaces.expand(cells.get("id", "")) or "", dict[str, str]()
    series, ordinal = match.context.edition_of(event, match.marked)
    series = namespaces.expand(cells.get("editionOf", "")) or series
    if series:
        more["editionOf"] = namespaces.curie(series)
    if ordinal:
        more["ordinal"] = ordinal
    title = _title(cells, match, series)
    kind = contexts.kind_of_event(match.context.index, series, title, match.words.kinds, match.sentence.text)
    if kind:
        more["kind"] = kind
    date = cells.get("start") or cells.get("plannedStart") or ""
    if series and date and not ordinal and "ordinal" not in cells and not match.context.is_known(event):
        labels = {language: match.context.label(series, language) for language in ("ja", "en")}
        more |= {f"prefLabel@{tag}": f"{label} ({date[:10]})" for tag, label in labels.items() if label}
    return more


def _title(cells: Mapping[str, str], match: Match, series: str) -> str:
    return cells.get("prefLabel@ja", "") or match.context.label(series, "ja") or match.context.label(series, "en")


def with_locator(fact: Fact) -> Mapping[str, str]:
    """Return the cells of a fact with the place it rests on, where its sheet has a column for it."""
    place = {"locator": fact.sentence.locator} if KINDS[fact.sheet].column("locator") else {}
    return {**fact.cells, **place}
