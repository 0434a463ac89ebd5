"""The parameters of a question as a form: what may be chosen, what was given, and what is wrong with it."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import CellError, QuestionError
from ccn_graph.graph.questions import Question, term
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.query_file import Parameter
from ccn_graph.text import dates
from ccn_graph.text.today import today as date_of_today

_THINGS = query_file.own("pages", "things_of_a_class")

#: Kinds of parameter -> the class whose things may be chosen; `thing` may be anything.
_CLASSES = {
    "body": "Body", "city": "City", "country": "Country", "event": "Event", "network": "Network", "place": "Place",
    "prefecture": "Prefecture", "programme": "Programme", "series": "EventSeries",
}  # fmt: skip

#: Up to so many things are a list to choose from; more are suggested while one types.
_LISTED = 60

#: No name is longer, nor any other value.
LONGEST = 200

#: What the pages of cities and networks call the day they are made for: a question about a day takes it as well.
AS_OF = "asOf"

#: What other sites add to the addresses they link to; it says nothing to us.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id")


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing that may be chosen: `value` stands for it in the address."""

    iri: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form, for one parameter."""

    name: str
    heading: str
    control: str
    """`select`, `suggest` (a text with suggestions), `text`, `date`, `year` or `number`."""
    value: str
    """What stands in it, as the reader sees it."""
    given: str = ""
    """The same for the address; empty if it is wrong."""
    term: str = ""
    """The same for the query: an IRI or the text of a literal; empty if it is wrong."""
    choices: tuple[Choice, ...] = ()
    error: str = ""
    near: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a question as a reader filled it in."""

    fields: tuple[Field, ...]
    errors: tuple[str, ...] = ()
    """What is wrong apart from the fields."""

    @property
    def valid(self) -> bool:
        """Whether the question can be asked so."""
        return not self.errors and not any(field.error for field in self.fields)

    @property
    def settings(self) -> Mapping[str, str]:
        """Each parameter as `Question.query` takes it."""
        return {field.name: field.term for field in self.fields}

    @property
    def day(self) -> datetime.date:
        """The day the answer is for: the one that is asked for, if there is one only, else the current one."""
        days = [field.term for field in self.fields if field.control == "date" and field.term]
        return datetime.date.fromisoformat(days[0]) if len(days) == 1 else date_of_today()

    @property
    def address(self) -> tuple[tuple[str, str], ...]:
        """Each parameter as the address has it, defaults and the current day written out."""
        return tuple((field.name, field.given) for field in self.fields)


def read(site: Site, context: RenderContext, question: Question, *, reserved: Sequence[str] = ()) -> Form:
    """Read the parameters of the address as those of a question, but for the `reserved` ones."""
    values: dict[str, list[str]] = {}
    for name, value in context.request.parameters:
        values.setdefault(name, []).append(value)
    dated = [parameter.name for parameter in question.parameters if parameter.kind in ("date", "today")]
    if len(dated) == 1 and AS_OF in values:
        values.setdefault(dated[0], []).extend(values.pop(AS_OF))
    fields = tuple(
        _field(site, context, parameter, values.pop(parameter.name, [])) for parameter in question.parameters
    )
    odd = [name for name in values if name not in reserved and not _TRACKING.fullmatch(name)]
    names = ", ".join(field.name for field in fields) or context.text("question.no-parameters")
    errors = [context.text("question.error-parameter", name=name[:LONGEST], known=names) for name in odd]
    return Form(fields, tuple(errors))


def _field(site: Site, context: RenderContext, parameter: Parameter, values: Sequence[str]) -> Field:
    heading = parameter.heading[context.language]
    # An empty field is one that was not filled in.
    written = [value.strip() for value in values if value.strip()]
    if parameter.kind in ("date", "today", "year", "number", "text"):
        return _literal(site, context, parameter, heading, written)
    choices = listed_things(site, context.language, parameter.kind)
    control = "text" if not choices else "select" if len(choices) <= _LISTED else "suggest"
    wanted = written[-1] if written else parameter.default
    error = _formal(context, written)
    chosen = None if error else _thing(site, parameter, wanted, choices)
    if chosen is None:
        error = error or context.text("question.error-thing", heading=heading, value=wanted)
        near = _near(site, context, wanted, choices)
        return Field(parameter.name, heading, control, wanted[:LONGEST], choices=choices, error=error, near=near)
    short = namespaces.slug(chosen) if choices else namespaces.curie(chosen).strip("<>")
    label = context.label(chosen)
    # A name that two things share would come back as the other one.
    shown = label if control == "suggest" and _thing(site, parameter, label, choices) == chosen else short
    return Field(parameter.name, heading, control, shown, short, chosen, choices)


def _literal(site: Site, context: RenderContext, parameter: Parameter, heading: str, written: Sequence[str]) -> Field:
    control = "date" if parameter.kind == "today" else parameter.kind
    today = date_of_today().isoformat()
    default = today if parameter.kind == "today" else parameter.default.partition("^^")[0].strip('"')
    value = written[-1] if written else default
    if error := _formal(context, written):
        return Field(parameter.name, heading, control, value[:LONGEST], error=error)
    if control in ("date", "year"):
        value = _western(value, control)
    try:
        lexical = term(parameter, value, site.labels).value
    except QuestionError:
        return Field(
            parameter.name, heading, control, value, error=context.text("question.error-" + control, value=value)
        )
    return Field(parameter.name, heading, control, lexical, lexical, lexical)


def _western(written: str, control: str) -> str:
    """Write a day or year that is written in another way, such as by Japanese eras, as the query has it."""
    try:
        read = dates.parse(written)
    except CellError:
        return written
    return read.lexical if read.datatype == (dates.DAY if control == "date" else dates.YEAR) else written


def _formal(context: RenderContext, written: Sequence[str]) -> str:
    if len(set(written)) > 1:
        return context.text("question.error-twice")
    if written and len(written[-1]) > LONGEST:
        return context.text("question.error-long", longest=LONGEST)
    return ""


@functools.lru_cache(maxsize=64)
def listed_things(site: Site, language: str, kind: str) -> tuple[Choice, ...]:
    """Return the things that a parameter of a kind may be, in the order of `language`; none for other kinds."""
    # A site never changes, and the list of cities is long.
    if kind not in _CLASSES:
        return ()
    iris = [row["thing"] for row in site.select(_THINGS, **{"class": [ox.NamedNode(namespaces.CCN + _CLASSES[kind])]})]
    site.labels.know(iris)
    order = {iri: site.labels.order(iri, language) for iri in iris}
    return tuple(
        Choice(iri, namespaces.slug(iri), site.labels.of(iri, language))
        for iri in sorted(iris, key=lambda iri: order[iri])
    )


def _thing(site: Site, parameter: Parameter, written: str, choices: Sequence[Choice]) -> str | None:
    """Find the thing that is meant: by slug, IRI, label, or any name that only one of the choices has."""
    allowed = {choice.iri for choice in choices}
    thing = site.labels.find(parameter.kind, written)
    if thing is not None and (not choices or thing in allowed):
        return thing
    named = {hit.thing for hit in site.search.named(written)} & allowed
    return named.pop() if len(named) == 1 else None


def _near(site: Site, context: RenderContext, written: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    by_iri = {choice.iri: choice for choice in choices}
    hits = [*site.search.find(written, context.language, 30), *site.search.near(written, context.language, limit=30)]
    if not choices:
        hits = [hit for hit in hits if hit.kind not in ("person", "question")]
        return tuple(Choice(hit.thing, namespaces.curie(hit.thing), context.label(hit.thing)) for hit in hits[:3])
    near = dict.fromkeys(by_iri[hit.thing] for hit in hits if hit.thing in by_iri)
    return tuple(near)[:3]
