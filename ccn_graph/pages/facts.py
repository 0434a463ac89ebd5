"""What is said of a thing itself, by property: what it is and when first, remarks last."""

from __future__ import annotations

from ccn_graph.pages import sections
from ccn_graph.pages.sections import Section, Subject
from ccn_graph.rdf import namespaces

#: Properties told elsewhere than in the list of facts: in the heading, on the map, among the references.
_NO_FACTS = frozenset(
    {
        namespaces.RDF_TYPE,
        namespaces.PREF_LABEL,
        *(namespaces.PREFIXES["skos"] + name for name in ("altLabel", "exactMatch", "topConceptOf")),
        namespaces.PREFIXES["rdfs"] + "label",
        *(namespaces.PREFIXES["wgs"] + name for name in ("lat", "long")),
        *(namespaces.PREFIXES["dcterms"] + name for name in ("source", "title")),
        *(
            namespaces.CCN + name
            for name in ("locator", "reading", "nameInTable", "rows", "linkedRows", "candidateRows")
        ),
    }
)


#: What is told in the unit of a measure.
_MEASURED = (namespaces.CCN + "value", namespaces.CCN + "valueTo")

_TITLE = namespaces.PREFIXES["dcterms"] + "title"

#: In which order properties are told; those not named here come between the two.
_FIRST = """
titleTranslated howRead readThrough
editionOf ordinal kind within network partOf start end date plannedStart plannedEnd held asOf host venue mode heldWith
about concerns by measure value field theme topic purpose remit organizer coOrganizer supporter participant
""".split()  # noqa: SIM905 - a list of lines would hide the order
_LAST = ("advice", "note")
_RANK = {_TITLE: -1} | {namespaces.CCN + name: rank for rank, name in enumerate([*_FIRST, "", *_LAST])}
_OTHERS = len(_FIRST)


def facts(subject: Subject, *, beside: bool = False) -> Section:
    """Tell what is said of the thing itself, by property: what it is and when first, remarks last."""
    names = [name for name in subject.itself.values if name not in _NO_FACTS]
    # The heading of a document may be our translation: then its own title is told too.
    if subject.itself.all("titleTranslated") and subject.itself.all("dcterms:title"):
        names.append(_TITLE)
    names.sort(key=lambda name: _RANK.get(name, _OTHERS))
    # A value is one of what is measured: of an observation, in the unit of its measure.
    measure = subject.itself.text("measure")
    unit = sections.units_of(subject, [measure]).get(measure, "") if measure else ""
    return Section("facts", {"facts": names, "units": dict.fromkeys(_MEASURED, unit)}, aside=beside)
