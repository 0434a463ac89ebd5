from __future__ import annotations

import pytest

from ccn_graph.errors import CcnError
from ccn_graph.rdf.remote.server_urls import Target, guessed

VIRTUOSO = Target(
    "http://e:8890/sparql", "http://e:8890/sparql-auth", "http://e:8890/sparql-graph-crud-auth"
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "server", "target"),
    [
        ("http://e:8890/sparql", "Virtuoso/07.20.3229 (Linux)", VIRTUOSO),
        ("http://e:8890/sparql-auth", "Virtuoso/07.20.3229 (Linux)", VIRTUOSO),
        ("http://e:8890/", "Virtuoso/07.20.3229 (Linux)", VIRTUOSO),
        ("http://e/query", "Oxigraph/0.5.13", Target("http://e/query", "http://e/update", "http://e/store")),
        ("http://e", "Oxigraph/0.5.13", Target("http://e/query", "http://e/update", "http://e/store")),
        ("http://e/ds", "Apache Jena Fuseki (4.10.0)", Target("http://e/ds/sparql", "http://e/ds/update", "http://e/ds/data")),
        ("http://e/ds/query", "Apache Jena Fuseki", Target("http://e/ds/sparql", "http://e/ds/update", "http://e/ds/data")),
        ("https://e/anything", "nginx", Target("https://e/anything")),
    ],
)  # fmt: skip
def test_the_three_addresses_are_told_from_one(url: str, server: str, target: Target) -> None:
    assert guessed(url, server) == target


@pytest.mark.parametrize(
    "url",
    ["", "engine", "ftp://e/sparql", "file:///etc/passwd", "http://", "http://e/#x", "http://e/a b", "http://e:x/"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(CcnError, match="http://host:port/sparql"):
        Target(url)


@pytest.mark.parametrize("place", range(3))
def test_a_password_in_an_address_is_refused_and_not_repeated(place: int) -> None:
    urls = ["http://e/query", "http://e/update", "http://e/store"]
    urls[place] = "http://me:s3cret@e/sparql"
    with pytest.raises(CcnError, match="CCN_ENGINE_PASSWORD") as caught:
        Target(*urls)
    assert "s3cret" not in str(caught.value)
