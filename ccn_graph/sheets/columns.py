"""What a column of a sheet is: its property, how its cells are read, and where what they say is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ccn_graph.rdf import namespaces

_P = namespaces.PREFIXES


class Value(Enum):
    """How a cell is read."""

    THING = auto()
    CLASS = auto()
    TEXT = auto()
    PLAIN = auto()
    DATE = auto()
    UNTIMED = auto()
    DAY = auto()
    WHOLE = auto()
    #: A whole number or a decimal, from 0.
    NUMBER = auto()
    DECIMAL = auto()
    FLAG = auto()
    ADDRESS = auto()
    #: An address as an IRI, not as a text.
    PAGE = auto()
    #: A text that says its own language: Wien@de.
    LOCAL_TEXT = auto()
    CODE = auto()
    COUNTRY_CODE = auto()
    GEONAMES = auto()
    WIKIDATA = auto()


class Home(Enum):
    """Where what a column says is written: with the thing in its register, or with the claims of a document."""

    REGISTER = auto()
    DOCUMENT = auto()
    #: Not written: says which record the row makes, or which of several cities is meant.
    HINT = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` is the local name of its property, with @ja or @en for a text in that language."""

    name: str
    predicate: str
    value: Value
    home: Home
    classes: tuple[str, ...] = ()
    many: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A kind of sheet: the class its rows are of, where they live, and their columns."""

    name: str
    #: Classes a row can be of; the first is taken where the sheet has no column `class`.
    classes: tuple[str, ...]
    #: Prefix of the IRIs it makes.
    prefix: str
    #: Name of the register's file, none for claims.
    register: str
    columns: tuple[Column, ...]
    #: Columns without which a row makes no record.
    needed: tuple[str, ...] = ()
    #: Columns whose city is looked for in the country and prefecture of the row.
    placed: tuple[str, ...] = ()
    #: The column of whom a row is about, if a code may stand for the name.
    who: str = ""

    def column(self, name: str) -> Column | None:
        """Return the column of a name."""
        return next((column for column in self.columns if column.name == name), None)


def expanded(curie: str) -> str:
    """Return the IRI of a prefixed name."""
    iri = namespaces.expand(curie)
    assert iri is not None, curie
    return iri


def predicate(name: str) -> str:
    """Return the IRI of a property, of the vocabulary of the project where it has no prefix."""
    return expanded(name if ":" in name else f"ccn:{name}")


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


#: Classes by a short name; a concept's scheme stands for its class.
THINGS = {
    "member": ("ccn:City", "ccn:Body", "ccn:Network", "ccn:Person"),
    "joined": ("ccn:Network", "ccn:NetworkBody"),
    "organization": ("ccn:City", "ccn:Body", "ccn:Network", "ccn:NetworkBody"),
    "holder": ("ccn:City", "ccn:Body", "ccn:Network", "ccn:NetworkBody", "ccn:Person"),
    "framework": ("ccn:Programme", "ccn:EventSeries", "ccn:Network"),
    "whole": ("ccn:Event", "ccn:Programme"),
    "process": ("ccn:Body", "ccn:Programme", "ccn:Event", "ccn:Network"),
    "initiative": ("ccn:Programme", "ccn:Network"),
    "site": ("ccn:Place", "ccn:City"),
    "city": ("ccn:City",), "place": ("ccn:Place",), "event": ("ccn:Event",), "series": ("ccn:EventSeries",),
    "person": ("ccn:Person",), "network": ("ccn:Network",), "programme": ("ccn:Programme",), "act": ("ccn:Act",),
    "document": ("ccn:Document",), "anything": (),
    **{scheme: (f"{scheme}:",) for scheme in ("field", "role", "measure", "mode", "kind", "howread")},
}  # fmt: skip


def thing(name: str, sort: str, home: Home = Home.DOCUMENT, *, many: bool = False) -> tuple[Column, ...]:
    """Return a column that names things of a sort, as a tuple to be unpacked."""
    classes = tuple(_P[curie[:-1]] if curie.endswith(":") else expanded(curie) for curie in THINGS[sort])
    return (Column(local(name), predicate(name), Value.THING, home, classes, many),)


def text(name: str, home: Home = Home.DOCUMENT, *, many: bool = False) -> tuple[Column, ...]:
    """Return the columns of a text in both languages."""
    return tuple(
        Column(f"{local(name)}@{language}", predicate(name), Value.TEXT, home, (), many, language)
        for language in ("ja", "en")
    )


def plain(name: str, value: Value, home: Home = Home.DOCUMENT, *, many: bool = False) -> tuple[Column, ...]:
    """Return a column of values that are no things."""
    return (Column(local(name), predicate(name), value, home, (), many),)


def hint(*names: str) -> tuple[Column, ...]:
    """Return columns that are not written."""
    return tuple(Column(name, "", Value.PLAIN, Home.HINT) for name in names)


def class_column(*classes: str) -> Column:
    """Return the column that says which class a row is of."""
    return Column("class", namespaces.RDF_TYPE, Value.CLASS, Home.HINT, tuple(expanded(name) for name in classes))


def matches(name: str, value: Value) -> Column:
    """Return a column of identifiers of the same thing elsewhere."""
    return Column(name, expanded("skos:exactMatch"), value, Home.REGISTER, (), True)
