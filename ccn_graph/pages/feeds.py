"""Changes to follow in a feed reader, as Atom (RFC 4287) and JSON Feed 1.1: all, those of a network, of a city."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from ccn_graph.pages import what_changed
from ccn_graph.pages.rendering import RenderContext, environment
from ccn_graph.pages.site_data import Site
from ccn_graph.pages.what_changed import Change
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.releases import catalogue
from ccn_graph.text import intervals
from ccn_graph.text.today import today as date_of_today

WHOLE = "/changes.atom"
"""Where the feed of everything is."""

#: So many changes are in a feed, the latest.
_MOST = 50

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as a feed has it: in plain words, with an address that stays."""

    iri: str
    address: str
    title: str
    text: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Feed:
    """What is written: its own address, that of the page that shows the same, and the entries, the latest first."""

    address: str
    page: str
    title: str
    language: str
    entries: Sequence[Entry]


def page(site: Site, request: PageRequest, ending: str, segment: str = "", slug: str = "") -> Page | None:
    """Make the feed of everything, or of a network or a city; None for one that is not there."""
    iri = f"{namespaces.BASE}{segment}/{slug}" if segment else ""
    if iri and not site.labels.exists(iri):
        return None
    context = RenderContext(site, request)
    changes = what_changed.every(site, date_of_today())
    about = [
        replace(change, things=(iri,)) if iri in change.things else change
        for change in changes
        if _is_about(change, iri)
    ]
    shown = about[:_MOST]
    what_changed.know(site, shown)
    if iri:
        site.labels.know([iri])
    title = context.text("changes.title")
    feed = Feed(
        request.base + request.path,
        f"{request.base}/{segment}/{slug}.html" if iri else f"{request.base}/changes",
        f"{context.label(iri)} – {title}" if iri else f"{context.text('site.title')} – {title}",
        context.language,
        [_entry(context, change) for change in shown],
    )
    media_type, write = FORMS[ending]
    return Page(media_type, write(feed))


def _is_about(change: Change, iri: str) -> bool:
    return not iri or iri in (*change.things, change.network)


def _entry(context: RenderContext, change: Change) -> Entry:
    words = environment().get_template("change_macros.html.j2").module
    title = " ".join(words.sentence(context, change).striptags().split())  # type: ignore[attr-defined]
    names = context.text("ns.comma").join(map(context.label, change.things[: what_changed.NAMED]))
    read = intervals.read(change.day)
    assert read is not None, change
    base = context.request.base
    is_record = change.kind not in ("joined", "left")
    address = context.address(change.things[0]) if is_record else f"/changes?year={change.year}"
    # Together they are what tells one change from all others; a day that becomes more precise makes another of it.
    parts = (change.kind, namespaces.slug(change.network), namespaces.slug(change.things[0]), change.day)
    name = "-".join(filter(None, parts)).replace("/", "-")
    text = f"{change.day}: {title}" + (f" {names}" if not is_record and len(change.things) > 1 else "")
    return Entry(f"{namespaces.BASE}changes#{name}", base + address, title, text, read.earliest)


def _atom(feed: Feed) -> bytes:
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": feed.language})

    def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        element.text = text or None
        return element

    add(root, "id", feed.address)
    add(root, "title", feed.title)
    add(root, "updated", _time(max((feed_entry.day for feed_entry in feed.entries), default=datetime.date(1970, 1, 1))))
    add(root, "link", rel="self", type=FORMS["atom"][0], href=feed.address)
    add(root, "link", rel="alternate", type="text/html", href=feed.page)
    add(add(root, "author"), "name", catalogue.PUBLISHER)
    for feed_entry in feed.entries:
        entry = add(root, "entry")
        add(entry, "id", feed_entry.iri)
        add(entry, "title", feed_entry.title)
        add(entry, "updated", _time(feed_entry.day))
        add(entry, "link", rel="alternate", type="text/html", href=feed_entry.address)
        add(entry, "summary", feed_entry.text)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _json(feed: Feed) -> bytes:
    written = {
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.page,
        "feed_url": feed.address, "language": feed.language, "authors": [{"name": catalogue.PUBLISHER}],
        "items": [
            {
                "id": entry.iri, "url": entry.address, "title": entry.title, "content_text": entry.text,
                "date_published": _time(entry.day),
            }
            for entry in feed.entries
        ],
    }  # fmt: skip
    return json.dumps(written, ensure_ascii=False, indent=1).encode()


def _time(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


#: Ending of the address -> media type, and what writes it.
FORMS: Mapping[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": ("application/atom+xml", _atom),
    "feed.json": ("application/feed+json", _json),
}
