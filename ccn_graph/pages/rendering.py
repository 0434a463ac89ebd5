"""Templates: the environment they are written in, and the functions they may call."""

from __future__ import annotations

import datetime
import functools
import re
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ccn_graph import __version__
from ccn_graph.errors import CellError
from ccn_graph.files import templating
from ccn_graph.graph import licences
from ccn_graph.pages import date, place, translations
from ccn_graph.pages.offers import DATA
from ccn_graph.pages.record import Standing, StatedValue
from ccn_graph.pages.site_data import Footnotes, Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.releases.read_release import LICENSE
from ccn_graph.text import dates, today
from ccn_graph.text.languages import LANGUAGES

HTML = "text/html; charset=utf-8"

#: Lists in the navigation: path, name, and the class without which there is no list.
_LISTS = (
    ("/city/", "cities", namespaces.CCN + "City"),
    ("/network/", "networks", namespaces.CCN + "Network"),
    ("/field/", "fields", namespaces.CCN + "Membership"),
    ("/event/", "events", namespaces.CCN + "Event"),
)

#: Paths of pages beside those of questions that belong to exploring.
_EXPLORED = ("/sparql", "/ns", "/shape", "/search", "/changes", "/analysis", "/compare", "/coverage")

#: Pages of exploring, as its own navigation names them, and whether they need questions.
_EXPLORING = (
    ("/questions", "questions"), ("/changes", "changes"), ("/analysis", "analysis"), ("/compare", "compare"),
    ("/coverage", "coverage"), ("/sparql", "sparql"), ("/ns", "ontology"),
)  # fmt: skip


@functools.cache
def environment() -> templating.Environment:
    """Return the environment of all templates."""
    made = templating.environment("pages")
    made.filters["slug"] = namespaces.slug
    made.filters["curie"] = namespaces.curie
    made.filters["shortened"] = namespaces.shortened
    made.filters["isolated"] = isolated
    return made


def prepare() -> None:
    """Compile all templates and read all texts, so that processes that are forked from this one need not."""
    for name in environment().list_templates():
        environment().get_template(name)
    translations.texts()


#: Writes JSON that stands inside a script element.
_structured = functools.partial(templating.json_in_script, ensure_ascii=False)


class RenderContext:
    """What a template knows of its reader: their language, and how things and addresses are written for them."""

    def __init__(self, site: Site, request: PageRequest) -> None:
        """Speak to the reader of `request`."""
        self._site = site
        self.request = request
        self.language = request.language
        self.other = "en" if request.language == "ja" else "ja"
        wanted = request.one("asOf").strip()
        self.refused = bool(wanted) and _day(wanted) is None
        """Whether the day asked for is none."""
        self.zone = today.zone_name()
        self.day = (_day(wanted) or today.today()).isoformat()
        """The day for which the page is wanted."""
        # A long page names the same documents, countries and fields hundreds of times.
        self.thing = functools.cache(self._thing)
        self.date = functools.cache(self._date)

    def text(self, key: str, **values: object) -> str:
        """Return a text of the interface."""
        return translations.text(key, self.language, **values)

    def told(self, key: str, **values: object) -> Markup:
        """Return a text of the interface, which may have markup, with links and the like in its places."""
        return Markup(translations.text(key, self.language)).format(**values)  # noqa: S704 - the texts are ours

    def label(self, iri: str) -> str:
        """Return the label of a thing as plain text."""
        return _BIDI.sub("", self._site.labels.of(iri, self.language))

    def order(self, iri: str) -> tuple[str, str]:
        """Return what to sort a thing by in a list for this reader."""
        return self._site.labels.order(iri, self.language)

    def knows(self, iri: str) -> bool:
        """Tell whether there is a page of a thing."""
        return self._site.labels.exists(iri)

    def named(self, iri: str) -> Markup:
        """Return the label of a thing, marked with its language if that is not the reader's."""
        spoken = self._site.labels.spoken(iri, self.language)
        if spoken is None:
            # What is not ours and has no label, such as a home page, is told by its address.
            return isolated(self.label(iri).removeprefix("<").removesuffix(">"))
        if spoken.language in (None, self.language):
            return isolated(spoken.value)
        name = isolated(spoken.value)
        return Markup('<span lang="{}" class="other-language">{}</span>').format(spoken.language, name)

    def _thing(self, iri: str) -> Markup:
        """Return a link to the page of a thing; an IRI that is not ours links to where it leads."""
        return Markup('<a href="{}">{}</a>').format(self.address(iri), self.named(iri))

    def address(self, iri: str) -> str:
        """Return the address of a thing's page on this server; of a row of a table, that of its document, there."""
        if iri.startswith(namespaces.CCN):
            return self.url("/ns") + "#" + iri.removeprefix(namespaces.CCN)
        if not iri.startswith(namespaces.BASE):
            # Only what a browser may safely follow.
            return iri if iri.startswith(("http://", "https://")) else "#"
        path = iri.removeprefix(namespaces.BASE.rstrip("/"))
        path, _, fragment = path.partition("#")
        page = self.url(path if path.endswith("/") else path + ".html", **_row(fragment))
        return page + (f"#{urllib.parse.quote(fragment, safe='=')}" if fragment else "")

    def ordered(self, values: Sequence[StatedValue]) -> Sequence[StatedValue]:
        """Sort things as the reader looks for them; texts and disputed values keep their order."""
        if not all(value.is_thing and value.standing is Standing.UNDISPUTED for value in values):
            return values
        return sorted(values, key=lambda value: self._site.labels.order(value.text, self.language))

    def url(self, path: str, **parameters: str) -> str:
        """Return an address on this server; it names the language if the reader chose it."""
        if self.request.chosen:
            parameters = {**parameters, "lang": parameters.get("lang", self.language)}
        return address(path, parameters)

    def correction(self, value: StatedValue) -> str:
        """Return the address of the form in which a statement is corrected."""
        of, name = (text if (text := namespaces.curie(iri))[0] != "<" else iri for iri in (value.subject, value.name))
        return self.url("/correct", of=of, property=name, value=value.digest)

    def here(self, **changes: str) -> str:
        """Return the address of this page with some parameters set anew."""
        parameters = dict(self.request.parameters) | changes
        chosen = {"lang": changes.get("lang") or self.language} if self.request.chosen or "lang" in changes else {}
        return address(self.request.path, {**parameters, **chosen})

    def _date(self, value: str) -> Markup:
        """Write a date out, for machines as well."""
        return Markup('<time datetime="{}">{}</time>').format(value, date.spell(value, self.language))

    def locator(self, text: str) -> str:
        """Write the place in a document as this reader names it: `l. 13` is 13行目, or line 13."""
        return place.spell(text, self.language)

    def licence(self, iri: str) -> str:
        """Return what a licence is called in short."""
        return licences.name(iri)

    def number(self, value: float) -> str:
        """Write a number with its thousands apart."""
        return f"{value:,}"

    def navigation(self) -> list[tuple[str, str]]:
        """Return the parts of the site, by path and name: lists of what the data hold, then what can be done."""
        classes = self._site.statistics.classes
        lists = [(path, name) for path, name, kind in _LISTS if classes.get(kind)]
        return [*lists, ("/questions", "explore"), ("/data/", "data"), ("/check", "check")]

    def explored(self) -> Sequence[tuple[str, str]]:
        """Return the pages of exploring, by path and name; those of members only where there are any."""
        of_members = ("changes", "analysis", "compare", "coverage")
        has = self._site.statistics.classes.get(namespaces.CCN + "Membership")
        hidden = () if has and "network-coverage" in self._site.questions else ("coverage",) if has else of_members
        return [(path, name) for path, name in _EXPLORING if name not in hidden]

    def current(self, path: str) -> str:
        """Tell whether this page is the one at a path of the navigation (`page`) or belongs to it (`true`)."""
        here = self.request.path
        if here == path:
            return "page"
        return "true" if here.startswith((path, *_EXPLORED) if path == "/questions" else path) else ""

    def asset(self, name: str) -> str:
        """Return the address of a static file."""
        return self._site.assets.get(name, f"/static/{name}")


#: Marks that turn the direction of what follows: in a name they only deceive.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

#: Letters that are written from the right, and marks that turn the direction of what follows.
_TURNING = re.compile(r"[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")


def isolated(text: str) -> Markup:
    """Write a text of anyone's so that it turns nothing but itself (HTML, the bdi element).

    >>> isolated("Kobe"), isolated("\u202egnp.exe")
    (Markup('Kobe'), Markup('<bdi>\u202egnp.exe</bdi>'))
    """
    return (Markup("<bdi>{}</bdi>") if _TURNING.search(text) else Markup("{}")).format(text)


def address(path: str, parameters: Mapping[str, str]) -> str:
    """Build an address on this server; parameters without a value are left out.

    A path that begins with two slashes would be one of another host.

    >>> address("//evil.example/x", {"q": "神戸", "lang": ""})
    '/evil.example/x?q=%E7%A5%9E%E6%88%B8'
    """
    query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value})
    return urllib.parse.quote("/" + path.lstrip("/\\")) + (f"?{query}" if query else "")


def _row(fragment: str) -> dict[str, str]:
    """Return the parameter by which the page of a table shows a row (RFC 7111: `row=7`); none for other fragments."""
    name, _, number = fragment.partition("=")
    return {name: number} if name == "row" and number else {}


def links(path: str, ending: str, iri: str) -> tuple[tuple[str, str], ...]:
    """Return the Link header (RFC 8288) of a page or a document about a thing: its other forms, and what it describes.

    The answer at the address of the thing itself, without `ending`, names what it is described by.
    """
    relation = "alternate" if ending else "describedby"
    forms = [
        f'<{path}.{other}>; rel="{relation}"; type="{media_type}"'
        for other, media_type in (("html", "text/html"), *DATA.items()) if other != ending
    ]  # fmt: skip
    about = [f'<{iri}>; rel="describes"'] if ending else []
    if ending == "html":
        # What FAIR clients follow: what to cite, the data behind the page, what kind of page it is (signposting.org).
        about += [f'<{iri}>; rel="cite-as"', f'<{path}.ttl>; rel="describedby"; type="text/turtle"']
        about += ['<https://schema.org/AboutPage>; rel="type"', f'<{LICENSE}>; rel="license"']
    return (("link", ", ".join([*forms, *about])),)


def render(site: Site, request: PageRequest, template: str, status: int = 200, **values: Any) -> Page:
    """Make a page of a template; `values` are what it is about."""
    context = RenderContext(site, request)
    text = environment().get_template(template).render(
        context=context, t=context.text, lang=context.language, url=context.url, site=site, footnotes=Footnotes(site),
        version=__version__, languages=LANGUAGES, structured=_structured, **values,
    )  # fmt: skip
    return Page(HTML, text.encode(), status)


def _day(text: str) -> datetime.date | None:
    """Read a day as people write it, also by Japanese eras; None for what is none."""
    try:
        read = dates.parse(text[:60])
        return datetime.date.fromisoformat(read.lexical) if read.datatype == dates.DAY else None
    except (CellError, ValueError):
        return None
