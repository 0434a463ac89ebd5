"""Which record a row of claims speaks of: the columns that make it the one it is, for each kind of sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ccn_graph.rdf import namespaces
from ccn_graph.sheets import iri_minting
from ccn_graph.sheets.iri_minting import Deed
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.row import SheetRow


def _membership(facts: Facts, entry: SheetRow, _class: str) -> str:
    dates = (entry.text("start"), entry.text("end"), entry.text("asOf"))
    return iri_minting.membership(facts, entry.thing("member"), entry.thing("organization"), *dates)


def _non_membership(facts: Facts, entry: SheetRow, _class: str) -> str:
    return iri_minting.non_membership(facts, entry.thing("nonMember"), entry.thing("about"), entry.text("asOf"))


def _office(facts: Facts, entry: SheetRow, _class: str) -> str:
    post = (entry.thing("holder"), entry.thing("officeIn"), entry.thing("role"))
    return iri_minting.office(facts, *post, entry.text("start"))


def _participants(_facts: Facts, entry: SheetRow, _class: str) -> str:
    return entry.thing("event")


def _participation(facts: Facts, entry: SheetRow, _class: str) -> str:
    return iri_minting.participation(facts, entry.thing("event"), entry.thing("party"))


def _appearance(_facts: Facts, entry: SheetRow, _class: str) -> str:
    others = (entry.text("capacity@en"), *map(namespaces.slug, entry.things("affiliation")))
    return iri_minting.appearance(entry.thing("event"), entry.thing("person"), others)


def _act(facts: Facts, entry: SheetRow, class_: str) -> str:
    concerns, by, fields, follows = (entry.things(name) for name in ("concerns", "by", "field", "follows"))
    return iri_minting.act(facts, Deed(class_, concerns, by, fields, follows, entry.text("date")))


def _observation(facts: Facts, entry: SheetRow, _class: str) -> str:
    about = (entry.thing("about"), entry.thing("measure"), entry.text("asOf"), entry.thing("area"))
    return iri_minting.observation(facts, *about, bool(entry.text("planned")), entry.thing("field"))


#: By the name of the kind. Raises ColumnError for a cell, CellError for a row that leaves it open.
NAMED: Mapping[str, Callable[[Facts, SheetRow, str], str]] = {
    "memberships": _membership,
    "non-memberships": _non_membership,
    "offices": _office,
    "participants": _participants,
    "participations": _participation,
    "appearances": _appearance,
    "acts": _act,
    "observations": _observation,
}
