"""What JSON-LD drops without a word is named, and a fault is told on its line."""

from __future__ import annotations

import json

import pytest

from ccn_graph.errors import SourceError
from ccn_graph.rdf import jsonld, line_tracking, parsing
from ccn_graph.rdf.jsonld import Loss
from ccn_graph.rdf.parsing import FileKind
from tests.conftest import Write

CONTEXT = {"name": "http://a/name", "knows": {"@id": "http://a/knows", "@context": {"inner": "http://a/inner"}},
           "by": {"@id": "http://a/by", "@container": "@language"}, "raw": {"@id": "http://a/raw", "@type": "@json"},
           "Person": {"@id": "http://a/P", "@context": {"age": "http://a/age"}}, "off": None, "id": "@id",
           "ref": {"@id": "http://a/ref", "@type": "@id"}}  # fmt: skip


@pytest.mark.parametrize(
    ("node", "dropped"),
    [
        ({"name": "x", "nmae": "y"}, ["/nmae"]),
        ({"knows": {"inner": 1, "outer": 2}}, ["/knows/outer"]),
        ({"inner": 1}, ["/inner"]),
        ({"by": {"en": "x"}}, []),
        ({"raw": {"anything": 1}}, []),
        ({"@type": "Person", "age": 1}, []),
        ({"age": 1}, ["/age"]),
        ({"off": {"x": 1}}, []),
        ({"http://a/full": 1, "id": "http://a/x"}, []),
        ({"knows": [{"name": 1}, {"typo": 1}]}, ["/knows/1/typo"]),
        ({"@context": {"@vocab": "http://a/"}, "anything": 1}, []),
        ({"@graph": [{"lost": 1}]}, ["/@graph/0/lost"]),
        ({"@contex": {}, "name": 1}, ["/@contex"]),
        ({"@type": ["Person", "Persn"]}, ["/@type"]),
        ({"id": "http://a/a b"}, ["/id"]),
        ({"ref": "http://a/a b"}, ["/ref"]),
        ({"ref": ["b", "http://a/c"], "name": "a b"}, []),
        ({"name": {"@value": "x", "@language": "e n"}}, ["/name/@language"]),
        ({"name": {"@value": "x", "@language": "en-GB"}}, []),
    ],
)
def test_keys_that_no_context_knows_are_named(node: dict[str, object], dropped: list[str]) -> None:
    contexts = [CONTEXT, node.pop("@context")] if "@context" in node else CONTEXT
    root = line_tracking.json_tree(json.dumps({"@context": contexts, **node}).encode())
    assert [one.at for one in jsonld.dropped_keys(root)] == dropped


def test_a_key_that_stands_twice_is_named() -> None:
    root = line_tracking.json_tree(b'{"http://a/p": 1,\n"http://a/p": 2}')
    assert [(one.line, one.loss) for one in jsonld.dropped_keys(root)] == [(2, Loss.REPEATED_KEY)]


WRONG = [
    '"@id": 5',
    '"@type": 7',
    '"p": {"@value": {}}',
    '"p": {"@value": "x", "@language": 5}',
    '"p": {"@list": [], "x": 1}',
]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("at", [0, 7, 29])
def test_a_fault_is_told_on_its_line(write: Write, wrong: str, at: int) -> None:
    nodes = [f'  {{\n    "@id": "http://a/{number}",\n    "p": 1\n  }}' for number in range(30)]
    nodes[at] = f'  {{\n    "q": 1,\n    {wrong}\n  }}'
    text = '{"@context": {"@vocab": "http://a/"},\n"@graph": [\n' + ",\n".join(nodes) + "\n]}\n"
    with pytest.raises(SourceError) as raised:
        parsing.read(write("x.jsonld", text), FileKind.OTHER)
    assert text.splitlines()[raised.value.line - 1].strip() == wrong
    assert raised.value.at.startswith(f"/@graph/{at}/")


def test_a_context_that_is_not_fetched_is_named(write: Write) -> None:
    with pytest.raises(SourceError, match=r"context https://example.org/c.json is not fetched"):
        parsing.read(write("x.jsonld", '{"@context": "https://example.org/c.json",\n"a": 1}'), FileKind.OTHER)
