"""What the Reconciliation Service API asks for, done from the data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccn_graph.errors import QueryError
from ccn_graph.pages.rendering import environment
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import CallRequest, Page
from ccn_graph.server.reconciliation import candidates, city_facts, extension, manifest, reading
from ccn_graph.server.reconciliation.candidates import TYPES, Candidate, Query

#: What CallRequest.service names.
SERVICE = "reconciliation"

#: So many suggestions are given.
_SUGGESTED = 20

#: A preview is shown inside the page of another site.
_FRAMED = (("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'"),)

_HINTS = {
    "country": {"en": "Country", "ja": "国"}, "network": {"en": "Network", "ja": "ネットワーク"},
    "date": {"en": "Day or year of membership", "ja": "会員であった日・年"},
    "field": {"en": "Field", "ja": "分野"}, "code": {"en": "Code or identifier", "ja": "コード・識別子"},
    "place": {"en": "Place it lies in", "ja": "属する地域"},
}  # fmt: skip


@dataclass(frozen=True)
class Calls:
    """Answers calls from the data of a site."""

    site: Site

    def answer(self, request: CallRequest) -> Page:
        """Answer a call: its method is a part of the API. Raises QueryError."""
        asked = json.loads(request.parameters)
        language = asked.get("language", "en")
        match request.method:
            case "manifest":
                return _json(manifest.old(asked["url"], language))
            case "draft-manifest":
                return _json(manifest.draft(asked["url"], language))
            case "match":
                queries = reading.batch(asked["sent"])
                return _json({key: {"result": self._found(query, language)} for key, query in queries.items()})
            case "draft-match":
                results = [self._found(query, language, draft=True) for query in reading.draft_batch(asked["sent"])]
                return _json({"results": [{"candidates": entry} for entry in results]})
            case "suggest":
                return _json({"result": self._suggested(asked["kind"], asked["prefix"], asked["cursor"], language)})
            case "properties":
                named = [{"id": key, "name": entry.name[language]} for key, entry in extension.EXTENSIONS.items()]
                return _json({"type": asked["type"] or "city", "properties": named})
            case "extend" | "draft-extend":
                return _json(self._extended(asked["sent"], language, draft=request.method != "extend"))
            case "preview":
                return self._preview(asked["id"], language)
            case "flyout":
                html = self._preview(asked["id"], language).body.decode()
                return _json({"id": asked["id"], "html": html})
        raise QueryError("not-found", f"there is no method '{request.method}'")

    def _found(self, query: Query, language: str, *, draft: bool = False) -> list[dict[str, Any]]:
        ranked, sure = candidates.find(self.site, query)
        self.site.labels.know([candidate.iri for candidate in ranked])
        return [
            self._candidate(candidate, language, match=sure and number == 0, draft=draft)
            for number, candidate in enumerate(ranked)
        ]  # fmt: skip

    def _candidate(self, proposal: Candidate, language: str, *, match: bool, draft: bool) -> dict[str, Any]:
        return {
            **extension.thing(self.site, proposal.iri, language), "score": proposal.score, "match": match,
            "description": self._about(proposal.iri, language), "features": candidates.features(proposal, named=draft),
            "type": [{"id": proposal.kind, "name": TYPES[proposal.kind][language]}],
        }  # fmt: skip

    def _about(self, iri: str, language: str) -> str:
        """Say in a line what tells a thing from its namesakes: country and networks of a city."""
        city = city_facts.cities(self.site).get(iri)
        if city is None:
            return ""
        around = [*city.own.get("country", ()), *dict.fromkeys(item.network for item in city.memberships)]
        self.site.labels.know(around)
        return " · ".join(self.site.labels.of(item, language) for item in around)

    def _suggested(self, kind: str, prefix: str, cursor: int, language: str) -> list[dict[str, Any]]:
        if kind == "type":
            named = manifest.types(language)
        elif kind == "property":
            named = [{"id": key, "name": name[language]} for key, name in _HINTS.items()]
        else:
            hits = [hit for hit in self.site.search.find(prefix, language, 500) if hit.kind in TYPES]
            wanted = hits[cursor : cursor + _SUGGESTED]
            self.site.labels.know([hit.thing for hit in wanted])
            return [
                {
                    **extension.thing(self.site, hit.thing, language),
                    "description": self._about(hit.thing, language) or TYPES[hit.kind][language],
                    "notable": [{"id": hit.kind, "name": TYPES[hit.kind][language]}],
                }
                for hit in wanted
            ]  # fmt: skip
        sought = prefix.casefold()
        return [entry for entry in named if sought in entry["name"].casefold() or sought in entry["id"]][cursor:]

    def _extended(self, sent: Any, language: str, *, draft: bool) -> dict[str, Any]:
        wanted = reading.extension(sent)
        columns = [(entry["id"], _network(entry.get("settings") or {})) for entry in wanted["properties"]]
        rows = {
            id_: {
                name: extension.values(self.site, reading.iri(id_), name, network, language)
                for name, network in columns
            }
            for id_ in dict.fromkeys(wanted["ids"])
        }
        meta = [_meta(name, language) for name, _ in columns]
        if not draft:
            return {"meta": meta, "rows": {id_: _filled(cells) for id_, cells in rows.items()}}
        return {
            "meta": meta,
            "rows": [
                {"id": id_, "properties": [{"id": name, "values": values} for name, values in cells.items()]}
                for id_, cells in rows.items()
            ],
        }  # fmt: skip

    def _preview(self, id_: str, language: str) -> Page:
        iri = reading.iri(id_)
        if not self.site.labels.exists(iri):
            raise QueryError("not-found", f"there is no thing '{id_[:200]}'")
        city = city_facts.cities(self.site).get(iri)
        memberships = city.memberships if city else []
        self.site.labels.know(
            [iri, *(entry.network for entry in memberships), *(entry.document for entry in memberships)]
        )
        text = environment().get_template("reconcile_preview.html.j2").render(
            label=lambda thing: self.site.labels.of(thing, language), lang=language, iri=iri,
            other={"ja": "en", "en": "ja"}[language], labels=self.site.labels, about=self._about(iri, language),
            memberships=memberships, words=_WORDS[language],
        )  # fmt: skip
        return Page("text/html; charset=utf-8", text.encode(), headers=_FRAMED)


_WORDS = {
    "ja": {"network": "ネットワーク", "since": "加盟", "document": "典拠", "none": "加盟の記録はありません。"},
    "en": {"network": "Network", "since": "Since", "document": "Document", "none": "No membership is on record."},
}


def _json(content: Mapping[str, Any]) -> Page:
    return Page("application/json", json.dumps(content, ensure_ascii=False).encode())


def _network(settings: Mapping[str, Any]) -> str:
    name = str(settings.get("network") or "")
    return (namespaces.expand(name) or f"{namespaces.BASE}network/{name.removeprefix('network/')}") if name else ""


def _meta(name: str, language: str) -> dict[str, Any]:
    entry = extension.EXTENSIONS.get(name)
    if entry is None:
        return {"id": name, "name": name}
    kind = {"type": {"id": entry.kind, "name": TYPES[entry.kind][language]}} if entry.kind else {}
    return {"id": name, "name": entry.name[language], **kind}


def _filled(cells: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Put an empty cell where there is no value, as version 0.2 has it (section 8.2)."""
    return {name: list(values) or [{}] for name, values in cells.items()}
