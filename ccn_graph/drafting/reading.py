"""Reads a text sentence by sentence, and gathers the facts that the patterns find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccn_graph.drafting import evaluation
from ccn_graph.drafting.context import Context
from ccn_graph.drafting.facts import About, Fact
from ccn_graph.drafting.name_index import NameIndex
from ccn_graph.drafting.patterns import FactPattern, patterns, words
from ccn_graph.drafting.source_text import Sentence, SourceLine, sentences
from ccn_graph.rdf import namespaces

#: More facts than this of one text are no draft that a person can look through.
MAX_FACTS = 20_000


def facts_of(lines: Sequence[SourceLine], about: About, index: NameIndex) -> list[Fact]:
    """Return the facts that a text states, in the order of its lines, each with the sentence it rests on."""
    split = sentences(lines)
    context = Context(about, index, words(), split)
    facts: list[Fact] = []
    for sentence in split:
        facts += _of_sentence(sentence, context, patterns())
        if len(facts) > MAX_FACTS:
            return facts[:MAX_FACTS]
    return facts


def _of_sentence(sentence: Sentence, context: Context, fact_patterns: Sequence[FactPattern]) -> Iterator[Fact]:
    marked = context.enter(sentence)
    made = []
    for pattern in fact_patterns:
        for fact in evaluation.facts(pattern, marked, sentence, context, words()):
            made.append(fact)
            yield fact
    context.leave(marked, is_heading=sentence.is_heading)
    for fact in made:
        if fact.sheet == "events" and (event := namespaces.expand(fact.cells.get("id", ""))):
            context.made(event, fact.cells)
