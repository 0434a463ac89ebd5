from __future__ import annotations

import asyncio

import httpx2 as httpx
import pytest
from starlette.datastructures import Headers

from ccn_graph.errors import QueryError
from ccn_graph.rdf.formats import SOLUTIONS
from ccn_graph.server import negotiation, preconditions
from ccn_graph.server.response_cache import CachedAnswer
from tests.serving import Server


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("gzip;q=0.000, identity", ""),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate, notgzip", ""),
        ("gzip;q=nonsense", ""),
    ],
)
def test_a_coding_is_chosen_by_its_weight(accepted: str, chosen: str) -> None:
    assert negotiation.coding(accepted, ["br", "gzip"]) == chosen


@pytest.mark.parametrize(
    ("if_none_match", "etag", "known"),
    [
        ("", '"a"', False),
        ("*", 'W/"a"', True),
        ('"a"', 'W/"a"', True),
        ('W/"a"', '"a"', True),
        ('"x", W/"a"', 'W/"a"', True),
        ('"a,b"', '"a"', False),
        ('"x,y","a"', '"a"', True),
        ('"aa"', '"a"', False),
        ('"a", *', '"b"', False),
        ("a", '"a"', False),
    ],
)
def test_what_a_client_has_is_compared_weakly_and_as_a_whole(if_none_match: str, etag: str, known: bool) -> None:
    assert preconditions.has(if_none_match, etag) is known


def test_headers_that_come_twice_are_one_list() -> None:
    entry = CachedAnswer("text/plain", 'W/"a"', b"x" * 5_000)
    raw = [(b"accept-encoding", b"br"), (b"accept-encoding", b"gzip"), (b"if-none-match", b'"x"')]
    assert asyncio.run(negotiation.choose(entry, Headers(raw=raw))).coding == "gzip"
    raw.append((b"if-none-match", b'"a"'))
    assert asyncio.run(negotiation.choose(entry, Headers(raw=raw))) == negotiation.Negotiated(304, b"", "")


def test_an_answer_that_changes_is_always_sent() -> None:
    changing = CachedAnswer("text/plain", "", b"now")
    assert asyncio.run(negotiation.choose(changing, Headers({"if-none-match": "*"}))).status == 200


def test_what_is_on_offer_is_told_where_nothing_fits() -> None:
    with pytest.raises(QueryError, match=r"'image/png' is not on offer; there are application/sparql-results\+json"):
        negotiation.format_of("image/png", SOLUTIONS)


@pytest.mark.parametrize("path", ["/sparql?query=SELECT * { ?s ?p ?o } LIMIT 99", "/questions", "/ns.ttl"])
def test_every_part_of_the_server_reads_the_headers_alike(site_server: Server, path: str) -> None:
    def get(**headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return site_server.http.get(path, headers={"accept-encoding": "gzip;q=0", **named})

    plain = get()
    assert plain.status_code == 200
    assert "content-encoding" not in plain.headers
    assert get(accept_encoding="x, gzip;q=0.1").headers["content-encoding"] == "gzip"
    opaque = plain.headers["etag"].removeprefix("W/")
    for known in (f'"x", {opaque}', f"W/{opaque}", "*"):
        assert get(if_none_match=known).status_code == 304
    assert get(if_none_match=opaque.replace('"', '"x', 1)).status_code == 200
