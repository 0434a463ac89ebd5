from __future__ import annotations

import asyncio
import dataclasses
import datetime

import httpx2 as httpx
import pytest
from starlette.datastructures import Headers

from ccn_graph.errors import QueryError
from ccn_graph.rdf.formats import SOLUTIONS
from ccn_graph.rdf.statistics import Statistics
from ccn_graph.server import negotiation, preconditions
from ccn_graph.server.current_dataset import Served
from ccn_graph.server.response_cache import CachedAnswer
from ccn_graph.workers.dataset_version import DatasetVersion
from ccn_graph.workers.limits import Limits
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
    assert asyncio.run(negotiation.choose(entry, Headers(raw=raw), "GET")).coding == "gzip"
    raw.append((b"if-none-match", b'"a"'))
    assert asyncio.run(negotiation.choose(entry, Headers(raw=raw), "GET")) == negotiation.Negotiated(304, b"", "")


def test_an_answer_that_changes_is_always_sent() -> None:
    changing = CachedAnswer("text/plain", "", b"now")
    assert asyncio.run(negotiation.choose(changing, Headers({"if-none-match": "*"}), "GET")).status == 200


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


@pytest.mark.parametrize(("method", "status"), [("GET", 304), ("HEAD", 304), ("QUERY", 304), ("POST", 412)])
def test_what_is_known_already_is_told_by_the_method(method: str, status: int) -> None:
    assert preconditions.status(Headers({"if-none-match": '"a"'}), 'W/"a"', method=method) == status


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 99 Jan 2020"])
def test_a_date_that_is_none_is_no_condition(date: str) -> None:
    modified = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    headers = Headers({"if-modified-since": date, "if-unmodified-since": date})
    assert preconditions.status(headers, '"a"', modified) == 200


def test_data_that_are_dated_later_than_today_are_not_sent_as_such() -> None:
    statistics = Statistics("e", "1", True, False, 0, {}, {}, {}, modified=9_999_999_999)
    described = DatasetVersion(statistics, lambda: pytest.fail("nothing is opened")).to_bytes()
    served = Served(described, Limits(), "http://127.0.0.1")
    modified = served.modified("1")
    assert modified
    assert modified <= datetime.datetime.now(datetime.UTC)
    assert served.modified("2") is None, "of other data it is another one"
    with pytest.raises(ValueError, match="no time"):
        Statistics.from_fields({**dataclasses.asdict(statistics), "modified": 10**15})
