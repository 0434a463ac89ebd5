from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph import Graph, Rows, ask
from ccn_graph.errors import QuestionError
from ccn_graph.graph import questions
from ccn_graph.graph.rows import plain
from ccn_graph.text.today import today as date_of_today
from tests.conftest import some


def test_a_thing_is_named_by_slug_prefixed_name_iri_or_label(graph: Graph) -> None:
    answers = [
        ask(graph, "networks-of-city", city=name)
        for name in ("kobe", "city:kobe", "https://w3id.org/ccn/city/kobe", "神戸市", "Kobe")
    ]
    assert answers[0]
    assert all(answer == answers[0] for answer in some(answers))


def test_look_alike_characters_are_normalised(graph: Graph) -> None:
    assert ask(graph, "networks-of-city", city="Ｋｏｂｅ") == ask(graph, "networks-of-city", city="kobe")


@pytest.mark.parametrize(
    ("name", "settings", "part"),
    [
        ("networks-of-cty", {}, "did you mean networks-of-city"),
        ("networks-of-city", {"town": "kobe"}, "has no parameter 'town'; it has: city"),
        ("networks-of-city", {"city": "kobbe"}, "did you mean"),
        ("networks-of-city", {"city": "kobe> } SERVICE <http://evil/> {"}, "knows no city"),
        ("members-on-date", {"date": "yesterday"}, "write YYYY-MM-DD"),
        ("members-on-date", {"date": "2025-02-30"}, "write YYYY-MM-DD"),
        ("members-on-date", {"date": "２０２５-１０-３１x"}, "write YYYY-MM-DD"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_hint(graph: Graph, name: str, settings: dict[str, str], part: str) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(graph, name, **settings)
    assert part in str(caught.value)


def test_a_question_is_found_by_its_number(graph: Graph) -> None:
    assert ask(graph, "3", city="kobe") == ask(graph, "networks-of-city", city="kobe")


def test_membership_is_true_at_its_date_only(graph: Graph) -> None:
    def members(date: str) -> set[object]:
        rows = ask(graph, "members-on-date", network="uccn", date=date)
        return {row[rows.columns.index("member")] for row in rows}

    asahikawa = ox.NamedNode("https://w3id.org/ccn/city/asahikawa")
    assert asahikawa not in members("2018-12-31")
    assert asahikawa in members("2019-12-31")
    assert asahikawa in members("2026-11-21")


def test_today_is_the_current_day_unless_set(graph: Graph) -> None:
    assert graph.project
    for asked in some(questions.read_all(graph.project).values()):
        if any(parameter.kind == "today" for parameter in asked.parameters):
            assert f'"{date_of_today().isoformat()}"' in asked.query(graph.labels)
            assert '"2031-01-01"' in asked.query(graph.labels, {"today": "2031-01-01"})


def test_rows_become_a_data_frame(graph: Graph) -> None:
    pytest.importorskip("pandas")
    rows = ask(graph, "networks-of-city", city="kobe")
    frame = rows.to_pandas()
    assert list(frame.columns) == list(rows.columns)
    assert len(frame) == len(rows)
    assert frame[rows.columns[0]].iloc[0].startswith("https://w3id.org/ccn/network/")


def test_things_get_their_names_beside_them(graph: Graph) -> None:
    pytest.importorskip("pandas")
    rows = ask(graph, "networks-of-city", city="kobe")
    frame = rows.to_pandas(labels="ja")
    assert list(frame.columns)[:2] == ["network", "network_label"]
    assert [name for name in frame.columns if not name.endswith("_label")] == list(rows.columns)
    uccn = frame[frame["network"] == "https://w3id.org/ccn/network/uccn"].iloc[0]
    assert uccn["network_label"] == graph.labels.of("https://w3id.org/ccn/network/uccn", "ja")
    assert uccn["document_label"]
    with pytest.raises(ValueError, match="not in 'fr'"):
        rows.to_pandas(labels="fr")


def test_rows_become_a_network_whose_edges_name_their_places(graph: Graph) -> None:
    pytest.importorskip("networkx")
    rows = ask(graph, "members-on-date", network="uccn", date="2010-12-01")
    with pytest.raises(ValueError, match="no column 'city'"):
        rows.to_networkx("city", "document")
    network = rows.to_networkx("member", "document", labels="ja")
    assert network.number_of_edges() == len(rows)
    assert network.nodes["https://w3id.org/ccn/city/kobe"]["label"] == "神戸市"
    assert all(edge["locator"] and edge["state"] for _, _, edge in some(network.edges(data=True)))
    assert Rows(("a", "b"), [(None, ox.Literal(1))], graph.labels).to_networkx("a", "b").number_of_edges() == 0


def test_plain_values_keep_what_they_are() -> None:
    rows = Rows(("a", "b"), [(ox.Literal(408), None)])
    assert [plain(term) for term in rows[0]] == [408, None]


def test_single_files_know_no_questions() -> None:
    with pytest.raises(QuestionError, match="use load"):
        ask(Graph.of_files([]), "networks-of-city")
