"""The reviewed links of a table document: which row is which city, and how, or why a row is none of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ccn_graph.errors import CellError, SheetError
from ccn_graph.files import spreadsheets
from ccn_graph.files.tables import TableRow
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.parsing import PlacedFault

#: The name of the file, and its headings.
NAME = "links.csv"
HEADINGS = ("row", "city", "how", "note")

#: How a row was matched with a city.
METHODS = ("geonames", "wikidata", "municipal-code", "name-and-distance", "name", "reviewed")
#: Why a row has no city: several fit, it names several, it is no local government, it is held back; the curator says.
REASONS = ("ambiguous", "group", "region", "inactive", "not-a-city", "refused")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of one row: `city` is the IRI of what it is, empty where `how` says why not."""

    line: int
    row: str
    city: str
    how: str
    note: str = ""


@dataclass(slots=True)
class Links:
    """The links of a table, by row."""

    path: Path
    of: dict[str, Link] = field(default_factory=dict)
    faults: list[PlacedFault] = field(default_factory=list)


def read(path: Path) -> Links:
    """Read the links; without a file there are none. Raises SheetError for what is no table of these headings."""
    links = Links(path)
    if not path.exists():
        return links
    sheet = spreadsheets.read(path)
    if tuple(cell.strip() for cell in sheet.header.cells)[:3] != HEADINGS[:3]:
        raise SheetError(
            path, 1, {"ja": f"見出しは {','.join(HEADINGS)} である", "en": f"the headings are {','.join(HEADINGS)}"}
        )
    for row in sheet.rows:
        link = _link(row)
        links.faults += (PlacedFault(path, row.number, column, error) for column, error in _faults(link, links))
        links.of[link.row] = link
    return links


def _link(row: TableRow) -> Link:
    cells = [cell.strip() for cell in row.cells] + [""] * 4
    key, city, how, note = cells[:4]
    iri = f"{namespaces.PREFIXES['city']}{city}" if _SLUG.fullmatch(city) else namespaces.expand(city) or ""
    return Link(row.number, key, iri if city else "", how, note)


def _faults(link: Link, links: Links) -> Iterator[tuple[int, CellError]]:
    if link.row in links.of:
        line = links.of[link.row].line
        yield 1, CellError("table-link", f"この行は{line}行目にもある", f"this row is on line {line}, too", link.row)
    if link.city and link.how not in METHODS:
        allowed = " ".join(METHODS)
        yield (
            3,
            CellError(
                "table-link",
                f"どう照合したかは {allowed} のどれかで書く",
                f"say how it was matched: {allowed}",
                link.how,
            ),
        )
    if not link.city and link.how not in REASONS:
        allowed = " ".join(REASONS)
        yield 3, CellError(
            "table-link", f"都市を書くか、なぜないかを {allowed} のどれかで書く",
            f"name a city, or say why there is none: {allowed}", link.how,
        )  # fmt: skip
