"""The pages of questions: all of them by theme, and each with its form, its answer and how to ask it elsewhere."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from ccn_graph.files import house
from ccn_graph.graph.questions import Question
from ccn_graph.pages import answer_charts, answer_files, answer_table, citation, code_sample, form, parquet
from ccn_graph.pages.answer_table import Body, Head, ShownRows
from ccn_graph.pages.charts.picture import Drawing
from ccn_graph.pages.form import Form
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.text.today import today as date_of_today

#: The order of themes in the list.
THEMES = ("membership", "fields", "events", "people", "history", "evidence")

#: Parameters of the address that are none of the question's.
_RESERVED = ("page", "format", "version")

_ENDINGS = "|".join(re.escape(f".{ending}") for ending in ("html", *answer_files.ENDINGS))
_PATH = re.compile(rf"/questions/(?P<name>[^/]*?)(?P<ending>{_ENDINGS})?")


def every(site: Site, request: PageRequest) -> Page:
    """Make the page of all questions."""
    return _all(site, request.cut(form.LONGEST + 1))


def page(site: Site, request: PageRequest) -> Page:
    """Make the page of one question, or the file of an answer, by the path or else by the format asked for."""
    # One more than a field takes, so that a longer text is still seen to be too long.
    request = request.cut(form.LONGEST + 1)
    match = _PATH.fullmatch(request.path)
    if match is None:
        return _missing(site, request, request.path.removeprefix("/questions/"))
    question = site.questions.get(match["name"])
    if question is None:
        return _moved(site, request, match["name"], match["ending"] or "") or _missing(site, request, match["name"])
    context = RenderContext(site, request)
    filled = form.read(site, context, question, reserved=_RESERVED)
    ending = (match["ending"] or "")[1:] or request.format or "html"
    if ending == "html":
        return _one(site, context, question, filled)
    if not filled.valid:
        return _problem(context, 400, "parameter", _wrong(filled))
    if question.name in site.unfit:
        detail = context.text("question.unfit", engine=site.statistics.engine)
        return _problem(context, 502, "engine-unfit", detail)
    return answer_files.page(site, context, question, filled, ending, _work(site, context, question, filled))


def _all(site: Site, request: PageRequest, status: int = 200, **values: object) -> Page:
    by_theme = {theme: [asked for asked in site.questions.values() if asked.theme == theme] for theme in THEMES}
    others = [asked for asked in site.questions.values() if asked.theme not in THEMES]
    values = {"missing": "", "near": ()} | values
    return render(site, request, "questions.html.j2", status, themes=by_theme, others=others, **values)


def _moved(site: Site, request: PageRequest, name: str, ending: str) -> Page | None:
    """Send whoever asks by number to the name."""
    question = next((asked for asked in site.questions.values() if str(asked.number) == name), None)
    if question is None:
        return None
    chosen = [("lang", request.language)] if request.chosen else []
    query = urllib.parse.urlencode([*request.parameters, *chosen])
    location = f"/questions/{question.name}{ending}" + (f"?{query}" if query else "")
    return Page.redirect(308, location)


def _missing(site: Site, request: PageRequest, name: str) -> Page:
    hits = [*site.search.find(name, request.language), *site.search.near(name, request.language, ("question",))]
    near = list(dict.fromkeys(hit.thing for hit in hits if hit.kind == "question"))[:3]
    if request.format not in ("", "html") or request.path.endswith((".csv", ".json", ".xlsx", ".parquet")):
        context = RenderContext(site, request)
        return _problem(context, 404, "not-found", context.text("question.missing", name=name), near=near)
    return _all(site, request, 404, missing=name, near=[site.questions[near_name] for near_name in near])


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer as its page shows it."""

    heads: list[Head]
    body: Markup
    """The rows on this page."""
    shown: int
    count: int
    whole: bool
    page: int
    pages: int
    drawings: list[Drawing]

    @property
    def first(self) -> int:
        """The number of the first row on this page."""
        return (self.page - 1) * answer_table.PAGE_ROWS + 1


def _one(site: Site, context: RenderContext, question: Question, filled: Form) -> Page:
    values: dict[str, object] = {
        "question": question,
        "form": filled,
        "asked": None,
        "canonical": "",
        "unfit": False,
        "age": "",
    }
    values["parquet"] = parquet.can_write()
    status = 400
    if filled.valid and question.name in site.unfit:
        query = code_sample.bare(question.query(site.labels, filled.settings))
        values |= {"unfit": True, "query": query, "released": _released(site, question)}
        status = 200
    elif filled.valid:
        query = question.query(site.labels, filled.settings)
        values["asked"] = asked = _ask(site, context, question, filled, query)
        status = 200 if asked else 404
        values |= _told(site, context, question, filled, query)
    return render(site, context.request, "question.html.j2", status, **values)


def _released(site: Site, question: Question) -> str:
    """Return the address of the file with the answer in the release of the data, if there is one."""
    release = site.release_dir.release(site.statistics.version) if site.release_dir else None
    name = f"questions/{question.name}.csv"
    return f"/data/{name}" if release and name in release.files else ""


def _ask(site: Site, context: RenderContext, question: Question, filled: Form, query: str) -> Asked | None:
    rows = ShownRows.read(site.engine.query(house.at_home(query)))
    wanted = context.request.one("page") or "1"
    number = int(wanted) if re.fullmatch(r"[1-9]\d{0,6}", wanted) else 0
    if not 1 <= number <= rows.pages:
        return None
    shown = rows.page(number)
    site.labels.know(answer_table.things(rows.rows if question.charts else shown))
    heads = answer_table.heads(question, context.language)
    body = Body(context, site.labels, heads).write(shown)
    drawings = answer_charts.draw(site, context, question, rows.rows, filled.day)
    return Asked(heads, body, len(shown), len(rows.rows), rows.whole, number, rows.pages, drawings)


def _told(site: Site, context: RenderContext, question: Question, filled: Form, query: str) -> Mapping[str, object]:
    """Say how to ask the same elsewhere, and how to cite it."""
    base, text = context.request.base, code_sample.bare(query)
    path = f"/questions/{question.name}"
    address = dict(filled.address)
    work = _work(site, context, question, filled)
    cited = context.request.one("version")
    age = "same" if cited == site.statistics.version else "other" if cited else ""
    samples = (
        ("curl", "curl", code_sample.curl(f"{base}{path}.csv", filled.address)),
        ("python", "Python", code_sample.python(f"{base}/sparql", text)),
        ("r", "R", code_sample.r(f"{base}/sparql", text)),
    )
    return {
        "query": text, "address": address, "canonical": _canonical(context, question, filled), "title": work.title,
        "samples": samples, "bibtex": citation.bibtex(work), "csl": citation.csl(work), "day": work.day.isoformat(),
        "permalink": work.url, "cited_version": cited, "age": age,
    }  # fmt: skip


def _canonical(context: RenderContext, question: Question, filled: Form, **more: str) -> str:
    """Return the address of the answer, by all its conditions."""
    query = urllib.parse.urlencode(dict(filled.address) | more)
    return f"{context.request.base}/questions/{question.name}" + (f"?{query}" if query else "")


def _work(site: Site, context: RenderContext, question: Question, filled: Form) -> citation.Work:
    """Return the answer as a work to be cited; its address names the data, so that a reader sees a change."""
    version = site.statistics.version
    permalink = _canonical(context, question, filled, **({"version": version} if version else {}))
    title = _title(context, question, filled)
    return citation.Work(question.name, title, permalink, version, date_of_today(), context.language)


def _title(context: RenderContext, question: Question, filled: Form) -> str:
    labelled = ("select", "suggest", "text")
    settings = [
        f"{field.heading}: {context.label(field.term) if field.control in labelled else field.term}"
        for field in filled.fields
    ]
    title = question.title[context.language]
    return f"{title} ({'; '.join(settings)})" if settings else title


def _wrong(filled: Form) -> str:
    errors = [*filled.errors, *(f"{field.name}: {field.error}" for field in filled.fields if field.error)]
    near = [choice.value for field in filled.fields for choice in field.near]
    return "; ".join(errors) + (f" ({', '.join(near)})" if near else "")


def _problem(context: RenderContext, status: int, code: str, detail: str, **more: object) -> Page:
    title = context.text("question.problem-" + code)
    return Page.problem(status, code, title, detail, **more)
