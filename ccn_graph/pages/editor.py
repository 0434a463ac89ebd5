"""The query editor at /sparql: our prefixes, our questions as examples, our vocabulary to complete from."""

from __future__ import annotations

from collections.abc import Iterator

from ccn_graph.files import house
from ccn_graph.pages import translations
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Page, PageRequest

#: What the editor begins with.
_FIRST = query_file.own("pages", "first_query_of_the_editor")
_TERMS = query_file.own("pages", "terms_of_the_editor")


def page(site: Site, request: PageRequest) -> Page:
    """Make the page of the query editor."""
    context = RenderContext(site, request)
    data = {
        "language": context.language,
        "base": namespaces.BASE,
        "suffix": f"?lang={context.language}" if request.chosen else "",
        "prefixes": namespaces.PREFIXES,
        "terms": list(_vocabulary(site, context)),
        "uses": _uses(site),
        "examples": {name: _example(site, name, context.language) for name in site.questions if name not in site.unfit},
        "texts": translations.starting("query-script.", context.language),
    }
    first = request.one("query") or house.at_home(_FIRST)
    return render(site, request, "editor.html.j2", data=data, first=first, themes=_themes(site))


def _vocabulary(site: Site, context: RenderContext) -> Iterator[dict[str, str]]:
    terms = _classes_and_properties(site)
    site.labels.know(iri for iri, _ in terms)
    for iri, kind in terms:
        name = namespaces.curie(iri)
        if not name.startswith("<"):
            yield {"name": name, "label": context.label(iri), "kind": kind, "note": context.text("query.kind-" + kind)}


@cached
def _classes_and_properties(site: Site) -> tuple[tuple[str, str], ...]:
    """Return the terms that are declared, and those that the data use, which may be borrowed."""
    counted = site.statistics
    declared = {row["term"]: row["kind"] for row in site.select(_TERMS)}
    used = dict.fromkeys(counted.properties, "property") | dict.fromkeys(counted.classes, "class")
    return tuple((used | declared).items())


@cached
def _uses(site: Site) -> dict[str, list[str]]:
    """Return the properties that things of each class of ours have, the most used first."""
    by_class: dict[str, list[tuple[int, str]]] = {}
    for class_, property_, target, datatype, count in site.statistics.partitions:
        if class_.startswith(namespaces.CCN) and not target and not datatype:
            by_class.setdefault(namespaces.curie(class_), []).append((-count, namespaces.curie(property_)))
    return {class_: [name for _, name in sorted(own)] for class_, own in by_class.items()}


def _example(site: Site, name: str, language: str) -> str:
    """Return the query of a question under the question itself, without the head that is for our own programs."""
    question = site.questions[name]
    lines = question.query(site.labels).splitlines()
    query = "\n".join(line for line in lines if not line.startswith("#+"))
    return f"# {question.text[language]}\n{query.strip()}\n"


def _themes(site: Site) -> dict[str, list[str]]:
    """Return the names of the questions by theme, in the order of their numbers."""
    by_theme: dict[str, list[str]] = {}
    for name, question in site.questions.items():
        if name not in site.unfit:
            by_theme.setdefault(question.theme, []).append(name)
    return by_theme
