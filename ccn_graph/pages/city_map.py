"""Maps of cities: what the template `map.html.j2` draws without a script, and what the map's script reads."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ccn_graph.pages import date, foreign_values, translations
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import query_file
from ccn_graph.text.intervals import Period

#: Every membership of a city with coordinates, with the days that bound it.
_MEMBERSHIPS = query_file.own("pages", "members_on_the_map")

#: Tones that the stylesheet has (--group-1 to --group-9).
_TONES = 9

#: What maps are drawn of, by the names that the script has for it.
_LAND = {"coarse": "land", "fine": "land-fine", "borders": "borders", "fineBorders": "borders-fine"}

#: Degrees of latitude are drawn this much longer than those of longitude: true to scale at 30° north and south.
_STRETCH = 1.155

#: The meridian at the left edge. Maps of the world have the Pacific in the middle in Japan.
_WEST = {"ja": -26, "en": -169}

#: The meridian that a narrow map begins with.
_CENTER = {"ja": 132, "en": 12}

#: What the picture of the world shows of the latitudes.
_NORTH, _SOUTH = 78, -56

#: Degrees shown around a single place, and around the places of a part of the world; wider than that is the world.
_NEAR, _AROUND, _PART = 14, 4, 90


@dataclass(frozen=True, slots=True)
class Belonging:
    """A membership of a place: IRIs of the network and, maybe, the field; the days (YYYY-MM-DD) that bound it.

    It surely holds from `certain` to the day before `ending`, and perhaps from `earliest` to the day before `until`; a
    bound that nothing gives is None. `since` is the beginning as it is told, if any document tells of it.
    """

    group: str
    field: str | None = None
    since: str | None = None
    until: str | None = None
    earliest: str | None = None
    certain: str | None = None
    ending: str | None = None

    @staticmethod
    def of(group: str, field: str | None, period: Period, since: str) -> Belonging:
        """Return that of a membership with its period."""

        def bound(day: datetime.date) -> str | None:
            return day.isoformat() if datetime.date.min < day < datetime.date.max else None

        end = period.end
        return Belonging(
            group, field, since or None, bound(end.latest) if end else None, bound(period.start.earliest),
            bound(period.start.latest), bound(end.earliest) if end else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a map; `text` is a line about it."""

    iri: str
    lat: float
    long: float
    text: str = ""
    groups: tuple[Belonging, ...] = ()


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of the legend: a network, or a field (`parent` is its network); `tone` is the number of its colour."""

    iri: str
    parent: str | None
    tone: int


@dataclass(frozen=True)
class CityMap:
    """A map for one reader. `key` tells it from others on its page; `dated` lets people choose a date."""

    context: RenderContext
    key: str
    points: Sequence[Point]
    dated: bool = False

    @cached_property
    def groups(self) -> tuple[LegendEntry, ...]:
        """The legend: networks, the largest first, then the fields of each."""
        networks = Counter(belonging.group for point in self.points for belonging in point.groups)
        fields = {
            (belonging.group, belonging.field) for point in self.points for belonging in point.groups if belonging.field
        }
        legend = [LegendEntry(iri, None, tone % _TONES + 1) for tone, (iri, _) in enumerate(networks.most_common())]
        for network in networks:
            ours = sorted(field for group, field in fields if group == network)
            legend += [LegendEntry(field, network, tone % _TONES + 1) for tone, field in enumerate(ours)]
        return tuple(legend)

    @property
    def networks(self) -> list[LegendEntry]:
        """The networks of the legend."""
        return [group for group in self.groups if group.parent is None]

    @property
    def legend(self) -> list[LegendEntry]:
        """The groups to choose among: networks, if there are several, and the fields of each."""
        several = len(self.networks) > 1
        return [group for group in self.groups if several or group.parent]

    @property
    def is_mixed(self) -> bool:
        """Whether a place belongs to several of the groups of the legend."""
        several = len(self.networks) > 1
        return any(
            len({belonging.group if several else belonging.field for belonging in point.groups}) > 1
            for point in self.points
        )

    @property
    def extent(self) -> str:
        """`near` for a single place, `part` of the world, or `world`."""
        if len(self.points) == 1:
            return "near"
        return (
            "part" if max(self._corners[2] - self._corners[0], self._corners[3] - self._corners[1]) < _PART else "world"
        )

    @cached_property
    def _corners(self) -> tuple[float, float, float, float]:
        """The edges around all points, in degrees: west, south, east, north."""
        x = [self._x(point) for point in self.points]
        y = [point.lat for point in self.points]
        return min(x) - _AROUND, min(y) - _AROUND, max(x) + _AROUND, max(y) + _AROUND

    def _x(self, point: Point) -> float:
        return point.long + 360 if point.long < self.west else point.long

    @property
    def west(self) -> int:
        """The meridian at the left edge, in degrees."""
        return _WEST[self.context.language]

    @property
    def view_box(self) -> str:
        """What the picture shows, in its own coordinates."""
        if self.extent == "near":
            x, y = self.place(self.points[0])
            return f"{x - 2 * _NEAR:.2f} {y - _NEAR:.2f} {4 * _NEAR} {2 * _NEAR}"
        if self.extent == "part":
            west, south, east, north = self._corners
            return f"{west:.2f} {-north * _STRETCH:.2f} {east - west:.2f} {(north - south) * _STRETCH:.2f}"
        return f"{self.west} {-_NORTH * _STRETCH:.1f} 360 {(_NORTH - _SOUTH) * _STRETCH:.1f}"

    @property
    def stretch(self) -> float:
        """How much longer degrees of latitude are drawn."""
        return _STRETCH

    def place(self, point: Point) -> tuple[float, float]:
        """Return the coordinates of a point in the picture."""
        return round(self._x(point), 2), round(-point.lat * _STRETCH, 2)

    @property
    def radius(self) -> float:
        """Return the radius of a dot in the picture, in its own coordinates."""
        return 0.0031 * float(self.view_box.split()[2])

    def tone(self, point: Point) -> int:
        """Return the number of the colour that a point has before anyone chooses."""
        tones = {group.iri: group.tone for group in self.networks}
        if len(self.networks) == 1:
            # Colours tell fields where there is but one network.
            tones |= {group.iri: group.tone for group in self.groups if group.parent}
            return min((tones[belonging.field or belonging.group] for belonging in point.groups), default=1)
        return min((tones[belonging.group] for belonging in point.groups), default=1)

    @cached_property
    def sorted(self) -> list[Point]:
        """The points as a list has them, in the order of the reader's language."""
        return sorted(self.points, key=lambda point: self.context.order(point.iri))

    @property
    def dots(self) -> list[tuple[int, str]]:
        """The points as one path for each tone: dots are strokes without length."""
        paths: dict[int, list[str]] = {}
        for point in self.points:
            x, y = self.place(point)
            paths.setdefault(self.tone(point), []).append(f"M{x:g} {y:g}h0")
        return [(tone, "".join(paths[tone])) for tone in sorted(paths)]

    def data(self) -> dict[str, object]:
        """Return what the script reads; `frontend/src/map/unpack.js` describes it."""
        context, words = self.context, dict[str, int]()
        places = {entry.iri: number for number, entry in enumerate(self.groups)}
        points = [self._told(point, words, places) for point in self.sorted]
        return {
            "west": self.west,
            "center": _CENTER[self.context.language],
            "corners": [round(edge, 2) for edge in self._corners],
            "land": {name: context.asset(f"{file}.json") for name, file in _LAND.items()},
            "groups": [
                {"id": entry.iri, "label": context.label(entry.iri), "parent": entry.parent, "tone": entry.tone}
                for entry in self.groups
            ],
            "words": list(words),
            "points": points,
            "texts": translations.starting("map-script.", context.language),
        }

    def _told(self, point: Point, words: dict[str, int], places: Mapping[str, int]) -> list[object]:
        def word(text: str | None) -> int:
            return words.setdefault(text, len(words)) if text else -1

        groups = [
            [
                places[group.group], places[group.field] if group.field else -1,
                *map(word, (group.earliest, group.certain, group.ending, group.until, self._dates(group))),
            ]
            for group in point.groups
        ]  # fmt: skip
        packed: list[object] = [round(point.lat, 4), round(point.long, 4), word(point.text), groups]
        # The names and addresses of several stand in the list below the map, in the same order.
        return (
            packed
            if len(self.points) > 1
            else [*packed, self.context.label(point.iri), self.context.address(point.iri)]
        )

    def _dates(self, belonging: Belonging) -> str:
        language, text = self.context.language, self.context.text
        since = text("map.since", date=date.spell(belonging.since, language)) if belonging.since else ""
        if not since and belonging.certain:
            since = text("map.known-by", date=date.spell(belonging.certain, language))
        until = text("map.until", date=date.spell(belonging.until, language)) if belonging.until else ""
        return " ".join(part for part in (since, until) if part)


def of_members(site: Site, context: RenderContext) -> CityMap | None:
    """Draw every member city of every network; None if there is none with coordinates."""
    points = _members(site)
    return CityMap(context, "cities", points, dated=True) if points else None


@cached
def _members(site: Site) -> list[Point]:
    by_city: dict[str, tuple[float, float, list[Belonging]]] = {}
    for row in site.select(_MEMBERSHIPS):
        place = foreign_values.position(row["lat"], row["long"])
        if place is None:
            continue
        _, _, groups = by_city.setdefault(row["city"], (*place, []))
        groups.append(
            Belonging(
                row["network"], row.get("field"), row.get("since"), row.get("until"), row.get("earliest"),
                row.get("certain"), row.get("ending"),
            )
        )  # fmt: skip
    site.labels.know(_named(by_city.items()))
    return [Point(iri, lat, long, "", tuple(groups)) for iri, (lat, long, groups) in by_city.items()]


def _named(places: Iterable[tuple[str, tuple[float, float, list[Belonging]]]]) -> set[str]:
    named = set()
    for iri, (_, _, groups) in places:
        named |= {
            iri,
            *(belonging.group for belonging in groups),
            *(belonging.field for belonging in groups if belonging.field),
        }
    return named
