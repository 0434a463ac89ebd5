"""The catalogue that harvesters read: the shapes of DCAT-AP 3.0.1, which lie beside the project."""

from __future__ import annotations

import importlib.metadata
import time

import pyshacl
import rdflib
from rdflib import SH

from tests.conformance.judging import Item, MissingError, Verdict
from tests.serving import ROOT, Server

_SHAPES = ROOT.parent / "shared" / "dcat-ap"

#: Tries to get the release, which a server writes once it serves, and seconds between them.
_TRIES, _PAUSE = 60, 5


def _run(server: Server) -> Verdict:
    if not _SHAPES.is_dir():
        raise MissingError(f"no shapes of DCAT-AP at {_SHAPES}")
    texts = {place: _text(server, place) for place in ("/.well-known/void", "/data/dataset.ttl")}
    failures, judged = [], 0
    for place, text in texts.items():
        data = rdflib.Graph().parse(data=text, format="turtle")
        for name in ("shapes", "range"):
            judged += 1
            _, report, _ = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(_SHAPES / f"{name}.ttl"))
            assert isinstance(report, rdflib.Graph)
            count = sum(1 for _ in report.objects(None, SH.result))
            failures += [f"{place}, {name}.ttl: {count} violations"] if count else []
    note = {
        "en": "The description of the server and that of the release, by the shapes of form and of ranges.",
        "ja": "サーバーの記述とリリースの記述を、形と値域のシェイプで調べます。",
    }
    version = importlib.metadata.version("pyshacl")
    return Verdict(judged - len(failures), judged, version, failures, note)


def _text(server: Server, place: str) -> str:
    for _ in range(_TRIES):
        answer = server.http.get(place, headers={"Accept": "text/turtle"})
        if answer.status_code == 200:
            return answer.text
        time.sleep(_PAUSE)
    raise MissingError(f"{place}: {answer.status_code}")


ITEMS = (
    Item(
        "dcat-ap", {"en": "Catalogue as DCAT-AP 3.0.1 has it", "ja": "DCAT-AP 3.0.1のカタログ"},
        "pySHACL with the shapes of SEMIC", "https://semiceu.github.io/DCAT-AP/releases/3.0.1/", _run,
    ),
)  # fmt: skip
