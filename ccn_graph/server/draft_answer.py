"""What a worker answers at POST /draft: a page for review, or the Turtle."""

from __future__ import annotations

import functools
import re

from ccn_graph.drafting import draft_file, readers, review
from ccn_graph.drafting.draft import about_document, draft
from ccn_graph.drafting.facts import About
from ccn_graph.errors import CcnError, QueryError
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.graph import Graph
from ccn_graph.rdf.requests import CheckRequest, Page
from ccn_graph.text.today import today
from ccn_graph.validation.check import check


def answer(graph: Graph, cache: Cache | None, request: CheckRequest) -> Page:
    """Draft the records of a text: a page for review, or the Turtle. Raises QueryError for what is no text."""
    try:
        lines = readers.of_bytes(request.body, ".txt", "the text")
        about = about_document(graph, About(request.document, request.issued, today().isoformat()))
        printed = "ja" if re.search("[ぁ-ん]", "".join(line.text for line in lines)) else "en"
        head = draft_file.head(about, printed, "", today())
        made = draft(graph, lines, about, head, functools.partial(check, cache=cache))
    except CcnError as error:
        raise QueryError("bad-request", str(error)) from error
    if request.format == "turtle":
        return Page("text/turtle; charset=utf-8", made.text().encode())
    body = review.page(made, request.language, back=f"/draft?lang={request.language}")
    policy = f"{review.policy()}; frame-ancestors 'none'"
    return Page("text/html; charset=utf-8", body.encode(), headers=(("content-security-policy", policy),))
