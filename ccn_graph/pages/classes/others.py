"""The pages of classes with few sections of their own, or none: documents, bodies, concepts, places, people."""

from __future__ import annotations

from collections.abc import Iterator

from ccn_graph.pages import member_table, membership, sections, table_rows
from ccn_graph.pages.sections import PARTS, ClassPage, Section, Subject
from ccn_graph.pages.sheet import DownloadTable


def _document(subject: Subject) -> Iterator[Section | None]:
    # What rests on a document is told record by record, in the order in which it stands there.
    if subject.itself.one("rows"):
        yield table_rows.section(subject)
        return
    records = subject.description.records
    yield Section("records", {"records": records}, frozenset(record.iri for record in records))


def _body(subject: Subject) -> Iterator[Section | None]:
    yield sections.events(subject, *PARTS)
    yield sections.participations(subject)
    yield from sections.of_any(subject)


def _concept(subject: Subject) -> Iterator[Section | None]:
    memberships = [entry for entry in membership.of(subject) if entry.record.all("field")]
    if memberships:
        order = subject.site.labels.order
        memberships.sort(key=lambda entry: order(entry.member, subject.context.language))
        values = {"table": member_table.narrowed(subject, memberships, subject.context.day), "count": len(memberships)}
        yield Section(
            "field_members", values, frozenset(entry.iri for entry in memberships), _sheet(subject, memberships)
        )
    yield from sections.of_any(subject)


def _sheet(subject: Subject, memberships: list[membership.Membership]) -> DownloadTable:
    names = (("member", "iri"), ("network", "iri"), ("field", "iri"), ("since", "date"), ("known", "date"),
             ("until", "date"), ("record", "iri"))  # fmt: skip
    rows = [(entry.member, *entry.cells(), entry.iri) for entry in memberships]
    return subject.sheet("members", "field.members", names, rows, "members-by-field")


def _membership(subject: Subject) -> Iterator[Section | None]:
    yield sections.acts(subject)
    yield sections.editorial(subject)


PAGES = (
    ClassPage(("Document",), _document, (), "CreativeWork", "document", rank=5),
    ClassPage(("Body", "NetworkBody"), _body, PARTS, "Organization", "body", rank=6),
    ClassPage(("skos:Concept",), _concept, rank=7),
    ClassPage(("Membership",), _membership, rank=8),
    ClassPage(("Place", "Prefecture", "Country"), sections.of_any, (), "AdministrativeArea", "place", rank=9),
    ClassPage(("Person",), sections.of_any, (), "Person", rank=10),
    ClassPage(("Programme",), sections.of_any, (), "Thing", "programme", rank=11),
)
