"""Latency of pages by type: made for the first time, sent again from the kept ones, and found to be unchanged."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict

import httpx2 as httpx

from ccn_graph.rdf import namespaces
from tests.benchmarks.timing import progress
from tests.browser.catalogue import LANGUAGES, PAGES, address
from tests.serving import serving

_THINGS = """
SELECT DISTINCT ?thing WHERE { ?thing a ?class FILTER(STRSTARTS(STR(?thing), "https://w3id.org/ccn/")) } ORDER BY ?thing
"""


def measure(most: int = 100) -> None:
    """Ask for at most `most` things of a kind and every other type of page, in both languages, over one connection."""
    with serving("--no-check") as server:
        things: defaultdict[str, list[str]] = defaultdict(list)
        for iri in server.select(_THINGS).split():
            path = "/" + iri.removeprefix(namespaces.BASE)
            if path.count("/") == 2 and not path.endswith("/"):
                things[path.split("/")[1]].append(f"{path}.html")
        kinds = {kind: paths[:: len(paths) // most + 1] for kind, paths in things.items()}
        kinds |= {name: [path] for name, path in PAGES.items() if not path.endswith(".html")}
        print(f"\n{'page':24} {'number':>7} {'made: median':>14} {'95 of 100':>12} {'kept':>9} {'unchanged':>11}")
        begun, count = time.perf_counter(), 0
        for kind, paths in sorted(kinds.items()):
            progress(kind)
            addresses = [address(path, language) for path in paths for language in LANGUAGES]
            made = [_ask(server.http, one) for one in addresses]
            kept = [_ask(server.http, one)[0] for one in addresses]
            same = [_ask(server.http, one, tag)[0] for one, (_, tag) in zip(addresses, made, strict=True)]
            times = sorted(seconds for seconds, _ in made)
            count += 3 * len(addresses)
            print(
                f"{kind:24} {len(times):7} {statistics.median(times) * 1000:11.1f} ms {_late(times) * 1000:9.1f} ms "
                f"{statistics.median(kept) * 1000:6.1f} ms {statistics.median(same) * 1000:8.1f} ms"
            )
        print(f"{count / (time.perf_counter() - begun):.0f} answers a second over one connection")


def _ask(http: httpx.Client, one: str, tag: str = "") -> tuple[float, str]:
    begun = time.perf_counter()
    response = http.get(one, headers={"If-None-Match": tag} if tag else {})
    return time.perf_counter() - begun, response.headers.get("etag", "")


def _late(times: list[float]) -> float:
    return times[min(len(times) - 1, int(len(times) * 0.95))]
