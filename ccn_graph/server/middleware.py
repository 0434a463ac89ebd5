"""The outermost layer: request ids, headers that every answer has, figures and logs."""

from __future__ import annotations

import bisect
import itertools
import json
import re
import sys
import time
import uuid
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccn_graph.server.response_cache import AnswerCache
from ccn_graph.workers.pool import Pool

_RUN = uuid.uuid4().hex[:24].encode()
_COUNTER = itertools.count()
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

#: What every answer has.
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]

#: What an answer has of a server for everyone: pages of any origin may read it.
_SHARED = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, X-Request-Id, Retry-After"),
]
_ALLOW = (b"allow", b"GET, HEAD, POST, QUERY, OPTIONS")
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, QUERY"),
    (b"access-control-max-age", b"86400"),
    (b"vary", b"Access-Control-Request-Headers"),
]

#: Headers that any page may send, and as many more as it asks for: nothing here depends on any that is not known.
_ALLOWED = "Accept, Content-Type, If-Match, If-Modified-Since, If-None-Match, X-Request-Id"
_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MOST_NAMES = 50


#: Upper bounds of the classes of times, in seconds; the last class has none.
_BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class _Times:
    """How many requests took how long."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(_BOUNDS) + 1)
        self.total = 0.0

    def cumulated(self) -> list[tuple[str, float]]:
        names = [*map(str, _BOUNDS), "+Inf"]
        return list(zip(names, itertools.accumulate(self.counts), strict=True))


class Metrics(Collector):
    """What is measured, for Prometheus.

    Times and bytes are counted here and handed over when they are asked for: a histogram of the library takes a tenth
    of what the web process has to do for a small query.
    """

    def __init__(self, pool: Pool, cache: AnswerCache) -> None:
        """Count in a registry of its own, so that two servers in one process do not share figures."""
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._times: dict[str, _Times] = {}
        self._sent = 0
        figures = pool.figures
        for name, text, value in (
            ("ccn_queries_running", "Queries that run", lambda: figures.running),
            ("ccn_queries_waiting", "Queries that wait for a worker", lambda: figures.waiting),
            ("ccn_workers_living", "Workers that can be asked", lambda: figures.living),
            ("ccn_workers_wanted", "Workers that there should be", lambda: pool.limits.worker_count),
            ("ccn_workers_spawned", "Workers forked so far", lambda: figures.spawned),
            ("ccn_workers_killed", "Workers killed so far", lambda: figures.kills),
            ("ccn_cache_hits", "Answers from the cache so far", lambda: cache.hits),
            ("ccn_cache_misses", "Answers not in the cache so far", lambda: cache.misses),
        ):
            Gauge(name, text, registry=self.registry).set_function(value)

    def observe(self, outcome: str, seconds: float, sent: int) -> None:
        """Count a request."""
        times = self._times.get(outcome)
        if times is None:
            times = self._times[outcome] = _Times()
        times.counts[bisect.bisect_left(_BOUNDS, seconds)] += 1
        times.total += seconds
        self._sent += sent

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        seconds = HistogramMetricFamily("ccn_request_seconds", "Time from request to last byte", labels=["outcome"])
        for outcome, times in self._times.items():
            seconds.add_metric([outcome], times.cumulated(), times.total)
        yield seconds
        yield CounterMetricFamily("ccn_sent_bytes", "Bytes of answers", self._sent)


class Gateway:
    """Wraps the routes."""

    def __init__(
        self, app: ASGIApp, direct: Mapping[str, ASGIApp], metrics: Metrics, *, logs: bool, shared: bool
    ) -> None:
        """Send the paths of `direct` the short way, all else to `app`; `logs` writes a line for each request.

        `shared` says that the server is for everyone, and not for its own machine only.
        """
        self._app = app
        self._direct = direct
        self.metrics = metrics
        self.logs = logs
        self.headers = _SHARED + _HEADERS if shared else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = scope.get("begun") or time.perf_counter()
        request_id = _request_id(scope)
        seen = {"status": 0, "bytes": 0}

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                present = {name for name, _ in message["headers"]}
                ours = (header for header in self.headers if header[0] not in present)
                message["headers"] = [*message["headers"], *ours, (b"x-request-id", request_id)]
            else:
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            if scope["method"] == "OPTIONS":
                await observed({"type": "http.response.start", "status": 204, "headers": self._preflight(scope)})
                await observed({"type": "http.response.body", "body": b""})
            else:
                await self._direct.get(scope["path"], self._app)(scope, receive, observed)
        finally:
            self.observe(scope, request_id, seen, time.perf_counter() - begun)

    @staticmethod
    def _preflight(scope: Scope) -> list[tuple[bytes, bytes]]:
        # Harmless to tell also where no origin is allowed: a browser then sends nothing.
        asked = [value for name, value in scope["headers"] if name == b"access-control-request-headers"]
        names = [name.strip() for name in b",".join(asked).decode("latin-1").split(",")][:_MOST_NAMES]
        allowed = _ALLOWED.lower().split(", ")
        more = [name for name in names if _NAMES.fullmatch(name) and name.lower() not in allowed]
        return [_ALLOW, *_PREFLIGHT, (b"access-control-allow-headers", ", ".join([_ALLOWED, *more]).encode())]

    def observe(self, scope: Scope, request_id: bytes, seen: dict[str, int], seconds: float) -> None:
        """Count a request that is done, and log it."""
        outcome = scope.get("outcome", "answered" if seen["status"] < 400 else "refused")
        self.metrics.observe(outcome, seconds, seen["bytes"])
        if self.logs:
            line = {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "id": request_id.decode(),
                "method": scope["method"], "path": scope["path"], "query": scope.get("query_hash", ""),
                "outcome": outcome, "ms": round(seconds * 1000, 2), **seen,
            }  # fmt: skip
            sys.stderr.write(json.dumps(line) + "\n")


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return new_request_id()


def new_request_id() -> bytes:
    """Name a request: unlike any other, of this process or another."""
    return b"%s%08x" % (_RUN, next(_COUNTER))
