"""`/correct`: a statement, what it rests on, and a form for what should be said instead; nothing of it is kept.

What is filled in comes back as a file to save and as the text of an issue to copy (see `sheets.correction`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccn_graph.pages.description import read_own
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.rdf import namespaces, terms
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.sheets.correction import MOST_CHARACTERS, Correction

if TYPE_CHECKING:
    from ccn_graph.pages.record import StatedValue
    from ccn_graph.pages.site_data import Site

PATH = "/correct"

_KEPT_NOWHERE = (("cache-control", "no-store"), ("x-robots-tag", "noindex"))

_FIELDS = ("proposed", "document", "place", "note")


def page(site: Site, request: PageRequest) -> Page | None:
    """Make the form, or what comes of it; None if the statement is not stated (any more)."""
    value = _stated(site, request)
    if value is None:
        return None
    evidence = next((item for item in value.evidence if item.graph == request.one("graph")), value.evidence[0])
    filled = {name: request.one(name).strip()[:MOST_CHARACTERS] for name in _FIELDS}
    version, current = site.statistics.version, terms.from_term(value.term)
    correction = Correction(value.subject, value.name, current, evidence.graph, **filled, version=version)
    if request.one("as") == "file":
        return _file(correction)
    made = bool(request.one("made"))
    issue = _issue(RenderContext(site, request), correction, value) if made else ""
    return render(
        site, request, "correct.html.j2", value=value, evidence=evidence, correction=correction, made=made, issue=issue,
        longest=MOST_CHARACTERS,
    ).with_headers(_KEPT_NOWHERE)  # fmt: skip


def _stated(site: Site, request: PageRequest) -> StatedValue | None:
    subject, name = (
        namespaces.expand(text) or text for text in (request.one("of"), request.one("property"))
    )  # fmt: skip
    if not subject.startswith(namespaces.BASE):
        return None
    own_record = next((record for record in read_own(site.engine, [subject]) if record.iri == subject), None)
    values = own_record.values.get(name, ()) if own_record else ()
    return next((value for value in values if value.digest == request.one("value")), None)


def _file(correction: Correction) -> Page:
    name = f"correction-{namespaces.slug(correction.subject)}-{namespaces.slug(correction.property)}.json"
    shown = "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-._"))
    headers = (("content-disposition", f'attachment; filename="{shown}"'), *_KEPT_NOWHERE)
    return Page("application/json", correction.as_json().encode(), headers=headers)


def _issue(context: RenderContext, correction: Correction, value: StatedValue) -> str:
    """Write the text of an issue: what people read, then the file, fenced."""
    current = context.label(value.text) if value.is_thing else value.text
    title = context.text(
        "correct.issue", thing=context.label(correction.subject), property=context.label(correction.property)
    )
    points = [
        (context.text("correct.said"), current),
        (context.text("correct.proposed"), correction.proposed or context.text("correct.goes")),
    ]
    lines = [f"- {heading}: {' '.join(text.split())}" for heading, text in points]
    return "\n".join([title, "", *lines, "", "```json", correction.as_json().rstrip("\n"), "```", ""])
