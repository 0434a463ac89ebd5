"""No text that can be built from the pieces of SPARQL opens a connection: a listening socket is the judge.

`CCN_FUZZ=20000` tries that many texts instead of a few; the seeds are the same every time.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import threading
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from ccn_graph.errors import QueryError
from ccn_graph.rdf import query_guard
from ccn_graph.rdf.engine import OxigraphEngine
from ccn_graph.rdf.query_tokens import tokens, written

NUMBER = int(os.environ.get("CCN_FUZZ", "1500"))

#: What a call may be taken apart by, and what may hide it from one reader and not from another.
CALLS = [
    "SERVICE", "service", "Service", "SERVICE SILENT", "SERVICESILENT", "SERVICE#\n", "SERVICE#c\r", "trueSERVICE",
    "1SERVICE", "1.SERVICE", ".SERVICE", ";SERVICE", "?xSERVICE", "a:bSERVICE", ":SERVICE", "@enSERVICE",
    "\\u0053ERVICE", "SERVI\\u0043E", "SERVICE\ufeff", "SERVICE\u00a0", "\u017fERVICE", "SERVICE\x0b",
]  # fmt: skip
HIDING = [
    "FILTER(?s<?t#>'''\n)", 'FILTER(?s<?t#>"""\n)', "FILTER(?s<'a'#>\n)", "FILTER(1<2#>'\n)", "?s<?t#>'''\n",
    "FILTER(?s<?t&&'#>'<?t)", "FILTER(?s<5&&?o>3)", "# '\n", '# """\n', "?s ?p '#'", "?s ?p '''#\n'''", "?s ?p '\\\\'",
    '?s ?p "\\""', "?s ?p <a#b>", "?s ?p <a'b>", "BIND(<?t)#> AS ?x)\n", "VALUES (?x ?y) { (<a#> '') }",
    "FILTER EXISTS { ?s<a>'#' }", "FILTER(?s IN (<a>,<?t#>\n))", "FILTER(<f>(?s<?t#>\n))", "?s <p>?<q>#>\n",
    "{ SELECT (?s<?t#>\n AS ?x) { } }", "{ SELECT ?a { } HAVING(?s<?t#>\n 1) }", "?s (<p>|<q#>)/<r> ?o",
    "<<?s ?p ?o>> ?p 1", "?s ?p '\\u0027", "?s ?p '\\u005c'", "?s ?p a:b\\#c", "?s ?p '''a''''", "?s ?p ''", "''''",
    '"""""', "'", '"', "<", "#", "\\", "(", ")", "{", "}", "[", "]", "\n", "\r", "\t", " ", ".", ";", ",",
    "?s ?p ?o .", "OPTIONAL", "GRAPH", "UNION {}", "FILTER",
]  # fmt: skip
TARGETS = ["<{url}>", " <{url}>", "a:b", " a:b", ":b", "?w", "SILENT<{url}>", "SILENTa:b", " SILENT a:b", "#\n<{url}>"]
GROUPS = ["{ ?s ?p ?o }", "{}", "{?s ?p ?o#}\n}", " {?s ?p ?o}"]


class Listener:
    """Counts the connections to a port of this machine, and ends each at once."""

    def __init__(self) -> None:
        """Listen."""
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.count = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.count += 1
                connection.close()

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def texts(url: str, seed: int) -> Iterator[str]:
    chosen = random.Random(seed)
    for _ in range(NUMBER):
        pieces = chosen.choices(HIDING, k=chosen.randrange(4))
        call = chosen.choice(CALLS) + chosen.choice(TARGETS).format(url=url) + chosen.choice(GROUPS)
        pieces.insert(chosen.randrange(len(pieces) + 1), call)
        body = chosen.choice(["", " ", "\n"]).join(pieces)
        head = f"PREFIX a: <{url}> PREFIX : <{url}> PREFIX SILENTa: <{url}> "
        yield head + chosen.choice(["SELECT * {{{}}}", "ASK {{ {} }}", "CONSTRUCT {{}} {{{}}}"]).format(body)


def evaluate(text: str) -> None:
    with contextlib.suppress(SyntaxError, OSError, RuntimeError, ValueError):
        answer = ox.Store().query(text, base_iri="http://example.org/")
        if isinstance(answer, ox.QuerySolutions | ox.QueryTriples):
            for _ in answer:
                pass


def test_no_text_opens_a_connection(listener: Listener) -> None:
    engine = OxigraphEngine(ox.Store(), base="http://example.org/")
    answered = 0
    for text in texts(listener.url, seed=1):
        with contextlib.suppress(QueryError):
            list(engine.query(text).rows())
            answered += 1
    assert listener.count == 0
    # What may fail silently has no solutions and is answered.
    assert answered > NUMBER // 100


def test_the_same_texts_open_many_connections_where_nothing_guards(listener: Listener) -> None:
    for text in texts(listener.url, seed=1):
        evaluate(text)
    assert listener.count > NUMBER // 100


def test_in_what_is_handed_on_the_engine_itself_finds_no_call(listener: Listener) -> None:
    """The second judge: the engine, without anything of ours around it, for the text that the guard hands on."""
    passed = 0
    for text in texts(listener.url, seed=2):
        with contextlib.suppress(QueryError):
            handed_on = query_guard.check_query(text).text
            passed += 1
            evaluate(handed_on)
    assert listener.count == 0
    assert passed > NUMBER // 100


def test_what_is_written_anew_reads_the_same_again() -> None:
    found = [tokens(text) for text in texts("http://127.0.0.1:1/", seed=3)]
    assert len(found) == NUMBER
    again = [tokens(written(once).text) for once in found]
    assert [[token[:2] for token in one] for one in again] == [[token[:2] for token in one] for one in found]
