"""One page of every type."""

from __future__ import annotations

#: Type of page -> where one is.
PAGES = {
    "home": "/",
    "city": "/city/kobe.html",
    "city-on-a-day": "/city/kobe.html?asOf=2010-01-01",
    "city-renamed": "/city/tamba-sasayama.html",
    "network": "/network/uccn.html",
    "network-small": "/network/ccnj.html",
    "series": "/series/uccn-japan-meeting.html",
    "event": "/event/uccn-japan-9.html",
    "document": "/document/ccnj-2014-11-17.html",
    "field": "/field/media-arts.html",
    "body": "/body/unesco.html",
    "programme": "/programme/ccnj-research.html",
    "person": "/person/adrian-schrinner.html",
    "place": "/place/hyogo.html",
    "membership": "/membership/uccn-kobe.html",
    "act": "/act/anmc21-founding.html",
    "observation": "/observation/ccnj-cities-2014-10-03.html",
    "gap": "/gap/ccnj-joining-dates.html",
    "concept": "/role/chair.html",
    "list-of-cities": "/city/",
    "list-of-events": "/event/",
    "list-of-networks": "/network/",
    "list-of-fields": "/field/",
    "list-of-nothing": "/city/?q=nowhere&network=uccn",
    "list-of-documents": "/document/",
    "analysis": "/analysis",
    "changes": "/changes?year=2025",
    "coverage": "/coverage?network=uccn",
    "compare": "/compare?city=kanazawa&city=lyon&city=tokyo",
    "questions": "/questions",
    "question-map": "/questions/cities-in-several-networks",
    "question-bars": "/questions/fields-on-date",
    "question-growth": "/questions/membership-growth",
    "question-timeline": "/questions/field-introductions",
    "question-table": "/questions/people-over-years",
    "question-refused": "/questions/fields-on-date?date=tomorrow",
    "search": "/search?q=kobe",
    "search-nothing": "/search?q=kobbeh",
    "editor": "/sparql",
    "vocabulary": "/ns",
    "shapes": "/ns/shapes",
    "shape": "/shape/a-city.html",
    "data": "/data/",
    "check": "/check",
    "correct": "/correct?of=member:uccn-kobe&property=org:member&value=11962964841a&made=1&proposed=city:himeji",
    "not-found": "/city/kobbe.html",
}

#: Pages that say that something is wrong -> their status.
STATUS = {"not-found": 404, "question-refused": 400}

#: Pages of the same make as others, seen only when everything is.
LIKE_OTHERS = {"network", "city-on-a-day", "city-renamed", "list-of-documents", "concept", "shapes"}

LANGUAGES = ("ja", "en")


def address(path: str, language: str) -> str:
    """Give the address of a page in a language."""
    return f"{path}{'&' if '?' in path else '?'}lang={language}"
