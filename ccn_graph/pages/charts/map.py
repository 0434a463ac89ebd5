"""Draws on a map: the places that an answer names."""

from __future__ import annotations

from collections.abc import Sequence

from ccn_graph.pages import foreign_values
from ccn_graph.pages.charts.picture import ChartKind, Drawing, Picture, Record
from ccn_graph.pages.city_map import CityMap, Point
from ccn_graph.rdf import query_file

_PLACES = query_file.own("pages", "where_things_lie")


def draw(picture: Picture, records: Sequence[Record]) -> Drawing | None:
    """Draw the places that have coordinates."""
    column = picture.columns["place"]
    wanted = list(dict.fromkeys(record[column] for record in records if record[column]))
    nodes = foreign_values.nodes(wanted)
    rows = picture.site.select(_PLACES, thing=nodes) if nodes else []
    placed = {row["thing"]: foreign_values.position(row["lat"], row["long"]) for row in rows}
    points = [Point(iri, *place) for iri in wanted if (place := placed.get(iri)) is not None]
    if not points:
        return None
    note = picture.context.text("question.map-without", count=len(wanted) - len(points))
    title = picture.context.text("question.map", place=picture.headings[column])
    drawn = CityMap(picture.context, picture.key, points)
    return Drawing("map", title, map=drawn, note=note if len(points) < len(wanted) else "")


CHART = ChartKind("map", {"place": "iri"}, draw)
