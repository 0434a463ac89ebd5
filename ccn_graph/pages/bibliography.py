"""The bibliography of an answer: the answer itself, and the documents behind it, for reference managers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ccn_graph.pages import citation
from ccn_graph.pages.citation import Work
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Footnotes, Site, SourceDocument
from ccn_graph.rdf import namespaces

_DOCUMENT = namespaces.BASE + "document/"

_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")

#: An item of CSL-JSON (schema csl-data.json of CSL 1.0.2), which the other forms are written from.
Item = Mapping[str, Any]


def of_answer(site: Site, context: RenderContext, work: Work, values: Iterable[str]) -> list[Item]:
    """Return the items: an answer first, then the documents among its `values`, in the order in which they come."""
    documents = dict.fromkeys(value for value in values if value.startswith(_DOCUMENT))
    sources = Footnotes(site).sources(documents)
    return [citation.item(work), *(_document(context, sources[iri]) for iri in documents)]


def _document(context: RenderContext, source: SourceDocument) -> Item:
    item: dict[str, Any] = {
        "id": namespaces.slug(source.iri),
        "type": "document",
        "title": context.label(source.iri),
        "URL": source.url if source.host else source.iri,
    }
    if source.publisher:
        is_thing = source.publisher.startswith(("http://", "https://"))
        item["publisher"] = context.label(source.publisher) if is_thing else source.publisher
    for name, date in (("issued", source.issued), ("accessed", source.retrieved)):
        if parts := _DATE.fullmatch(date):
            item[name] = {"date-parts": [[int(part) for part in parts.groups() if part]]}
    return item


def _csl(items: Sequence[Item]) -> str:
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _ris(items: Sequence[Item]) -> str:
    lines: list[str] = []
    for item in items:
        # The first tag is the type, the last one the end (RIS format specification).
        tags = [
            ("TY", "DATA" if item["type"] == "dataset" else "ELEC"), ("ID", item["id"]), ("TI", item["title"]),
            *(("AU", author["literal"]) for author in item.get("author", ())), ("PB", item.get("publisher", "")),
            ("PY", _date(item, "issued")[:4]), ("DA", _date(item, "issued")), ("Y2", _date(item, "accessed")),
            ("ET", item.get("version", "")), ("UR", item["URL"]),
        ]  # fmt: skip
        lines += [f"{tag}  - {' '.join(str(text).split())}" for tag, text in tags if text]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


def _date(item: Item, name: str) -> str:
    parts = item.get(name, {"date-parts": [[]]})["date-parts"][0]
    return "/".join(f"{part:02}" for part in parts)


def _bibtex(items: Sequence[Item]) -> str:
    entries = []
    for item in items:
        who = item.get("author", [{"literal": item.get("publisher", "")}])[0]["literal"]
        version = item.get("version", "")
        fields = {
            "title": f"{{{citation.tex(item['title'])}}}",
            "author": f"{{{citation.tex(who)}}}" if who else "",
            "year": _date(item, "issued")[:4],
            "date": _date(item, "issued").replace("/", "-"),
            "url": citation.address(item["URL"]),
            "urldate": _date(item, "accessed").replace("/", "-"),
            "version": citation.tex(version),
            "note": f"Data version {citation.tex(version)}" if version else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        entries.append("\n".join([f"@misc{{{item['id']},", *lines, "}"]))
    return "\n\n".join(entries) + "\n"


#: Ending of the file -> media type, and what writes it.
FORMS: Mapping[str, tuple[str, Callable[[Sequence[Item]], str]]] = {
    "bib": ("application/x-bibtex", _bibtex),
    "ris": ("application/x-research-info-systems", _ris),
    "csl.json": ("application/vnd.citationstyles.csl+json", _csl),
}
