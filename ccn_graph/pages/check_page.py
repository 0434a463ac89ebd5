"""`/check`: the page on which anybody can have a file checked, and the check itself. Nothing of a file is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ccn_graph.errors import CcnError, QueryError
from ccn_graph.files.result_cache import Cache
from ccn_graph.graph.graph import Graph
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import formats
from ccn_graph.rdf.parsing import is_rdf
from ccn_graph.rdf.requests import CheckRequest, Page, PageRequest
from ccn_graph.reports import html_report
from ccn_graph.reports.formats import FORMATS
from ccn_graph.reports.model import Report
from ccn_graph.sheets import submission
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.submission import Submission
from ccn_graph.validation.by_shapes import check_by_shapes
from ccn_graph.validation.finding import Finding

#: Largest file, in bytes.
MAX_BYTES = 10_000_000

#: Ending -> media type of what can be checked.
SYNTAXES = {
    **{f".{ending}": formats.BY_ENDING[ending].media_type for ending in ("ttl", "jsonld", "rdf", "nt", "nq", "trig")},
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def form(site: Site, request: PageRequest) -> Page:
    """Make the page with the form."""
    context = RenderContext(site, request)
    pasted = [(ending, context.text(f"check.syntax-{ending[1:]}")) for ending in SYNTAXES if ending != ".xlsx"]
    kinds = [("", context.text("check.kind-guessed")), *((name, context.text(f"check.kind-{name}")) for name in KINDS)]
    return render(
        site, request, "check.html.j2", megabytes=MAX_BYTES // 1_000_000, syntaxes=pasted, endings=list(SYNTAXES),
        kinds=kinds, formats=[(name, report_format.title[context.language]) for name, report_format in FORMATS.items()],
    )  # fmt: skip


def answer(graph: Graph, cache: Cache | None, request: CheckRequest) -> Page:
    """Check a file against a graph and give the report. Raises QueryError for a sheet whose kind cannot be told."""
    assert graph.project is not None
    with tempfile.TemporaryDirectory(prefix="check-") as directory:
        path = Path(directory) / request.name
        data = len(request.body) - request.shapes_bytes
        path.write_bytes(request.body[:data])
        submitted = Submission((path,), request.kind, style=False)
        try:
            if request.shapes:
                findings = _by_shapes(path, Path(directory) / "shapes" / request.shapes, request.body[data:])
            else:
                findings = submission.findings(graph.project, submitted, graph=graph, cache=cache)
        except CcnError as error:
            raise QueryError("bad-request", str(error).replace(f"{directory}/", "")) from error
        report = Report(tuple(findings), (path,), request.language, base=path.parent)
        if request.format == "html":
            body = html_report.write(report, back=f"/check?lang={request.language}")
            policy = (
                f"default-src 'none'; style-src '{html_report.digest()}'; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'"
            )
            return Page(FORMATS["html"].content_type, body.encode(), headers=(("content-security-policy", policy),))
        format_ = FORMATS[request.format]
        return Page(format_.content_type, format_.write(report).encode())


def _by_shapes(data: Path, shapes: Path, text: bytes) -> list[Finding]:
    """Check by the shapes that were sent, and nothing else. Raises CcnError for shapes that cannot be read."""
    if not is_rdf(data):
        raise CcnError("a sheet is checked by the shapes of this graph; leave out other shapes, or send RDF")
    shapes.parent.mkdir()
    shapes.write_bytes(text)
    return check_by_shapes([data], [shapes])


def no_check(_request: CheckRequest) -> Page:
    """Refuse, where other data than the project's are served, which have no shapes."""
    raise QueryError("not-found", "the data served here have no shapes to check by")
