"""Rows of a table document that are to become cities: a sheet that a curator completes and imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccn_graph.errors import CcnError
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.table_documents import TableDocument
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import export, linking
from ccn_graph.sheets.export import ExportSheet
from ccn_graph.sheets.iri_minting import slugged
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.sheets.linking import Described

_KIND = KINDS["cities"]


def sheet(graph: Graph, document: TableDocument, rows: Sequence[str], language: str) -> ExportSheet:
    """Return a sheet of cities with what the table says of some rows, by their keys.

    What it does not say, such as the name in Japanese, is left empty for the curator. Raises CcnError for a row that
    is not there.
    """
    by_key = {row.key: row for row in linking.described(document)}
    missing = [key for key in rows if key not in by_key]
    if missing:
        raise CcnError(f"the table has no row {missing[0]}; a row is called by its primary key")
    (form,) = export.forms(graph, [_KIND], language)
    cells = [_cells(by_key[key], document.name) for key in rows]
    filled = tuple(tuple(row.get(column.name, "") for column in _KIND.columns) for row in cells)
    return ExportSheet(form.title, form.headings, form.guide, form.permitted, filled)


def _cells(row: Described, document: str) -> Mapping[str, str]:
    name = row.names[0] if row.names else ""
    matched = {
        sort: namespaces.slug(identifier.rstrip("/"))
        for identifier in row.identifiers
        for sort in ("geonames", "wikidata")
        if sort in identifier
    }
    code = next((identifier for identifier in row.identifiers if identifier.isdigit()), "")
    place = {"lat": str(row.place[0]), "long": str(row.place[1])} if row.place else {}
    language = "prefLabel@en" if name.isascii() or slugged(name) else "prefLabel@ja"
    return {
        "id": slugged(name), language: name, "municipalCode": code, "country": row.country, "prefecture": row.region,
        "source": document, **place, **matched,
    }  # fmt: skip
