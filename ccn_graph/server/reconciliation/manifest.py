"""Describes the service, in version 0.2 and as the draft of 1.0 has it."""

from __future__ import annotations

from typing import Any

from ccn_graph import __version__
from ccn_graph.pages import translations
from ccn_graph.rdf import namespaces
from ccn_graph.server.reconciliation.candidates import TYPES

#: Where the service is, and the draft of its next version.
PATH = "/reconcile"
DRAFT = f"{PATH}/1.0-draft"

_WIDTH, _HEIGHT = 420, 260


def old(url: str, language: str) -> dict[str, Any]:
    """Return the manifest of version 0.2 (section 4.2), for a server that clients reach at `url`."""
    here = {"service_url": f"{url}{PATH}"}
    return _both(url, language) | {
        "versions": ["0.1", "0.2"],
        "identifierSpace": namespaces.BASE,
        "schemaSpace": namespaces.CCN,
        "view": {"url": f"{url}/{{{{id}}}}"},
        "preview": {"url": f"{url}{PATH}/preview?id={{{{id}}}}", "width": _WIDTH, "height": _HEIGHT},
        "suggest": {
            "entity": {
                **here, "service_path": "/suggest/entity", "flyout_service_path": "/flyout/entity?id=${id}",
            },
            **{kind: {**here, "service_path": f"/suggest/{kind}"} for kind in ("type", "property")},
        },
        "extend": {
            "propose_properties": {**here, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "network", "type": "text", "default": "",
                    "label": {"en": "Only of this network", "ja": "このネットワークだけ"}[language],
                    "help_text": {"en": "Its short name: the end of its IRI", "ja": "短い名前(IRIの終わり)"}[language],
                }
            ],
        },
    }  # fmt: skip


def draft(url: str, language: str) -> dict[str, Any]:
    """Return the manifest as the draft of 1.0 has it."""
    return _both(url, language) | {
        "versions": ["1.0-draft"],
        "lang": language,
        "view": {"url": f"{url}/{{{{id}}}}"},
        "preview": {"width": _WIDTH, "height": _HEIGHT},
        "suggest": {"entity": True, "type": True, "property": True},
        "extend": {"proposeProperties": True, "propertySettings": []},
    }


def _both(url: str, language: str) -> dict[str, Any]:
    return {
        "name": translations.text("site.title", language),
        "documentation": f"{url}/data/",
        "serviceVersion": __version__,
        "defaultTypes": [types(language)[0]],
    }


def types(language: str) -> list[dict[str, str]]:
    """Return all types, cities first."""
    return [{"id": kind, "name": name[language]} for kind, name in TYPES.items()]
