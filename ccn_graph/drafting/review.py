"""The page for review: the source left, the records right; one file that needs nothing else and writes nothing."""

from __future__ import annotations

from markupsafe import Markup

from ccn_graph.drafting import draft_file
from ccn_graph.drafting.draft import TextDraft
from ccn_graph.drafting.draft_file import Block
from ccn_graph.drafting.review_words import WORDS
from ccn_graph.files import templating
from ccn_graph.text.languages import LANGUAGES


def page(draft: TextDraft, language: str, back: str = "") -> str:
    """Write the page, which opens in `language` and has both. `back` is where another text is drafted."""
    blocks = [*draft.certain, *draft.unsure]
    records = [_record(number, block) for number, block in enumerate(blocks)]
    records.sort(key=lambda record: (record["line"], record["number"]))
    head = draft_file.head_for(draft.head, blocks)
    lines = [line for line in draft.lines if line.text.strip()]
    return (
        templating.environment("drafting")
        .get_template("review.html.j2")
        .render(
            draft=draft,
            records=records,
            lines=[(line.number, line.page, " ".join(line.text.split())) for line in lines],
            data=templating.json_in_script({"head": head, "name": f"{draft.about.slug}.ttl"}, ensure_ascii=False),
            words=WORDS,
            languages=LANGUAGES,
            language=language,
            back=back,
            style=Markup(templating.resource("drafting", "review.css")),  # noqa: S704 - our own file
            script=Markup(templating.resource("drafting", "review.js")),  # noqa: S704 - our own file
            policy=policy(),
        )
    )


def policy() -> str:
    """Return the Content-Security-Policy that lets the page run, and nothing else (CSP Level 3, section 2.3.1)."""
    style, script = (f"'{templating.source('drafting', name)}'" for name in ("review.css", "review.js"))
    return f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"


def _record(number: int, block: Block) -> dict[str, object]:
    sentences = [fact.sentence for fact in block.facts]
    covered = sorted({line for sentence in sentences for line in range(sentence.first, sentence.last + 1)})
    candidates = {name: choices for fact in block.facts for name, choices in fact.candidates.items()}
    return {
        "number": number, "line": covered[0] if covered else 0, "lines": covered,
        "shown": _ranges(covered), "certain": block.certain, "text": "\n".join(block.lines),
        "doubts": block.doubts, "candidates": candidates, "register": block.register,
        "proposed": any(fact.proposed for fact in block.facts), "whole": bool(block.iri),
    }  # fmt: skip


def _ranges(lines: list[int]) -> str:
    """Write lines as people do: 29-31, 34."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
