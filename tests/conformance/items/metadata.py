"""The metadata that tools of SIB ask an endpoint for."""

from __future__ import annotations

from tests.conformance.judging import Item, Verdict
from tests.conformance.sib import QUERIES
from tests.serving import Server


def _run(server: Server) -> Verdict:
    counts = {}
    for name, query in QUERIES.items():
        answer = server.http.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
        counts[name] = len(answer.text.splitlines()) - 1 if answer.status_code == 200 else 0
    failures = [name for name, count in counts.items() if not count]
    told = ", ".join(f"{name}: {count}" for name, count in counts.items())
    note = {"en": f"Rows found by each query: {told}.", "ja": f"各クエリで得られた行: {told}。"}
    return Verdict(len(counts) - len(failures), len(counts), "2026-04-22", failures, note)


ITEMS = (
    Item(
        "sib-metadata",
        {"en": "Examples, prefixes and VoID in the endpoint", "ja": "エンドポイントの例・接頭辞・VoID"},
        "the queries of sparql-editor and sparql-llm (SIB)", "https://github.com/sib-swiss/sparql-editor", _run,
    ),
)  # fmt: skip
