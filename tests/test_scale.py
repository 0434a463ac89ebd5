"""What growth costs is measured, and what is worked out from it is right. How fast anything is, is not judged."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks import capacity, growth, mix, scale, scale_tables
from tests.benchmarks.arrangements import ENGINES
from tests.benchmarks.capacity import Assumptions
from tests.benchmarks.growth import Measurement, Refusal, Results
from tests.benchmarks.load import late
from tests.benchmarks.peers import Data
from tests.benchmarks.report import Cell, Moment
from tests.conftest import some

POINT, SCAN = "label of a city", "search (REGEX)"
MOMENT = Moment("2026-11-21 12:00 UTC", "a machine", 0.5, 60.0)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    directory = tmp_path_factory.mktemp("scale")
    with pytest.MonkeyPatch.context() as patch:
        # Where no other program is, so that an engine is missing wherever this runs.
        patch.setenv("PATH", str(directory))
        tiny = ["--rounds", "1", "--seconds", "0.05", "--mixed", "0.05", "--kinds", POINT]
        places = ["--data", str(directory / "data"), "--output", str(directory / "out"), "--remark", "Beside a test."]
        yield scale.measure(["--sizes", "3k", "--engines", "snapshot", "before-virtuoso", *tiny, *places])


def test_the_command_measures_loads_and_asks(written: list[Path]) -> None:
    (one,) = Results.read(written[1]).measurements
    assert (one.name, one.quads) == ("ccn-graph, snapshot", 3_000)
    assert min(one.loading, one.starting, one.building, one.before, one.after, one.disk) > 0
    assert {(cell.mode, cell.kind) for cell in one.cells} == {
        ("distinct", POINT), ("distinct", "mixed"), ("repeated", "mixed"),
    }  # fmt: skip
    # On a busy machine a moment may pass without an answer; that each is counted is what is judged.
    assert all(cell.rate >= 0 and cell.processor >= 0 for cell in some(one.cells))
    assert any(cell.rate > 0 and cell.processor > 0 and not cell.failures for cell in one.cells)
    assert not one.differences


def test_what_could_not_be_measured_is_said_with_its_reason(written: list[Path]) -> None:
    (refusal,) = Results.read(written[1]).refusals
    assert (refusal.engine, refusal.reason) == ("before-virtuoso", "Missing: virtuoso-t")
    assert "bulk-loaded, 3,000 quads: Missing: virtuoso-t" in written[0].read_text(encoding="utf-8")


def test_a_remark_is_told_with_what_it_is_of(written: list[Path]) -> None:
    assert "**Beside a test.** (snapshot 3,000)" in written[0].read_text(encoding="utf-8")


def test_what_servers_keep_is_removed_and_the_data_are_kept(written: list[Path]) -> None:
    assert [path.suffix for path in (written[0].parents[1] / "data").iterdir()] == [".nq"]


def test_the_plot_is_an_image_with_a_panel_for_each_figure(written: list[Path]) -> None:
    drawn = ElementTree.fromstring(written[2].read_text(encoding="utf-8"))
    panels = drawn.findall("{http://www.w3.org/2000/svg}g")
    assert [panel[0].text for panel in panels][:2] == ["loaded s", "MB after"]


def test_what_would_take_too_long_is_not_begun_and_the_reason_is_a_figure(tmp_path: Path) -> None:
    data, smaller = Data(tmp_path / "none", 10_000_000, 10), [_measured(100_000), _measured(1_000_000)]
    patient, hasty = (argparse.Namespace(limit=limit, data=tmp_path) for limit in (45.0, 1.0))
    assert scale.refused("disk", data, smaller, patient) == ""
    assert scale.refused("disk", data, [], hasty) == ""
    reason = scale.refused("disk", data, smaller, hasty)
    assert reason == "loading would take some 2 minutes, continued from 1,000,000 quads; 1 minutes are there"
    assert scale.refused("memory", data, [], patient).startswith("in memory up to 3,000,000 quads")


def test_two_links_to_a_file_count_once(tmp_path: Path) -> None:
    server = ENGINES["disk"](tmp_path / "server")
    file = tmp_path / "server" / "table"
    file.write_bytes(b"." * 2**20)
    (tmp_path / "server" / "again").hardlink_to(file)
    assert server.megabytes_on_disk() == pytest.approx(1.0, abs=0.1)


def _cell(quads: int, kind: str, milliseconds: float, mode: str = "distinct", **failed: int) -> Cell:
    named = {reason.replace("_", " "): count for reason, count in failed.items()}
    return Cell(quads, mode, kind, 8, "x", 100.0, milliseconds, 0.0, 0.0, milliseconds, 0.0, 10.0, named)


def _measured(quads: int, point: float = 1.0, scan: float = 0.0, engine: str = "x", **more: object) -> Measurement:
    """Make up an engine whose load time, disk and scans grow with the data, and nothing else."""
    cells = [_cell(quads, POINT, point), _cell(quads, SCAN, scan or quads / 1000), _cell(quads, "mixed", point)]
    cells.append(_cell(quads, "mixed", 0.1, "repeated"))
    one = Measurement(
        engine, f"engine {engine}", quads, 10, MOMENT, "1", 60.0, quads / 100_000, 10.0, 1.0, 100.0, 200.0,
        quads / 1024, cells, {},
    )  # fmt: skip
    return dataclasses.replace(one, **more)  # type: ignore[arg-type]


@given(st.floats(-2, 3), st.floats(0.001, 1000))
def test_the_exponent_of_a_power_is_found(exponent: float, factor: float) -> None:
    found = growth.exponent([(x, factor * x**exponent) for x in (20_000.0, 200_000.0, 2_000_000.0)])
    assert found == pytest.approx(exponent, abs=1e-6)


def test_one_size_has_no_exponent_and_is_continued_in_proportion() -> None:
    assert growth.exponent([(1_000.0, 5.0)]) is None
    assert growth.extrapolated([(1_000.0, 5.0)], 10_000.0) == pytest.approx(50.0)
    assert growth.extrapolated([], 10_000.0) is None


def test_figures_are_continued_from_the_largest_size_with_the_last_slope() -> None:
    flat_then_linear = [(1e4, 5.0), (1e5, 5.0), (1e6, 50.0)]
    assert growth.extrapolated(flat_then_linear, 1e8) == pytest.approx(5_000.0)
    assert growth.extrapolated([(1e5, 8.0), (1e6, 4.0)], 1e8) == pytest.approx(4.0)
    assert growth.extrapolated([(1e5, 8.0), (1e6, 4.0)], 1e8, least=1.0) == pytest.approx(400.0)
    assert growth.extrapolated([(1e5, 1.0), (1e6, 1e5)], 1e7) == pytest.approx(1e5 * 10**growth.STEEPEST)


_COSTS = st.floats(0.001, 30_000)


@given(st.floats(0.1, 1e5), st.floats(0, 1), _COSTS, _COSTS)
def test_twice_the_requests_need_at_least_as_many_replicas_and_no_more_than_twice(
    requests: float, repeats: float, cost: float, cached: float
) -> None:
    one, two = (capacity.replicas(many, repeats, cost, cached, Assumptions()) for many in (requests, 2 * requests))
    assert Assumptions().least <= one <= two <= 2 * one


@given(st.floats(0.1, 1e5), st.floats(0, 1), st.floats(0, 1), _COSTS)
def test_more_repeats_never_need_more_replicas(requests: float, some: float, others: float, cost: float) -> None:
    few, many = (capacity.replicas(requests, share, cost, cost / 10, Assumptions()) for share in sorted((some, others)))
    assert many <= few


def test_replicas_are_the_processor_time_of_all_requests_over_that_of_one() -> None:
    known = Assumptions(cores=2, busy=0.6, least=2)
    assert capacity.replicas(1_000, 0.0, 10.0, 0.1, known) == math.ceil(10 / 1.2)
    assert capacity.replicas(1_000, 0.5, 10.0, 0.1, known) == math.ceil((5 + 0.05) / 1.2)
    assert capacity.replicas(1_000, 1.0, 10.0, 0.1, known) == known.least


def test_a_need_follows_from_the_slopes_of_what_was_measured() -> None:
    sizes = [_measured(100_000), _measured(1_000_000)]
    need = capacity.need(sizes, 10_000_000, 0.1, Assumptions())
    assert need.loading == pytest.approx(110.0, rel=0.01)
    assert need.memory == pytest.approx(200.0)
    assert need.disk == pytest.approx(10_000_000 / 1024)
    assert need.at_speed == need.memory + need.disk
    weight = {kind.name: kind.weight for kind in mix.KINDS}
    cost = (weight[POINT] * 1.0 + weight[SCAN] * 10_000.0) / (weight[POINT] + weight[SCAN])
    assert need.cost == pytest.approx(cost)
    assert need.bounded == pytest.approx(1.0)
    assert need.growing == (SCAN,)
    assert need.ended == ()
    assert need.replicas[0] == math.ceil(cost / 1.2)


def test_a_query_costs_no_more_than_the_time_after_which_it_is_ended() -> None:
    sizes = [_measured(100_000), _measured(1_000_000)]
    needs = [capacity.need(sizes, quads, 0.1, Assumptions()) for quads in (1e8, 1e9)]
    assert needs[0].ended == needs[1].ended == (SCAN,)
    assert needs[0].cost == needs[1].cost


def test_what_does_not_come_in_time_counts_as_at_least_that_time_and_what_is_refused_is_left_out_and_named() -> None:
    cells = [
        dataclasses.replace(_cell(1_000, POINT, 2.0), failed={late(60.0): 1}),
        dataclasses.replace(_cell(1_000, SCAN, 0.0), failed={"status 400 too-many-graphs": 1}),
    ]
    one = _measured(1_000, cells=cells)
    assert (one.tardy(), one.refused()) == ([POINT], [SCAN])
    assert one.times() == one.costs() == {POINT: 60_000.0}
    text = scale_tables.markdown(Results([one], []))
    assert f"- engine x, 1,000 quads, distinct {POINT}, 8 clients: no answer in 60 s (1)" in text
    assert "status 400 too-many-graphs (1)" in text
    assert "| ≥ 60,000 |" in text


def test_figures_of_one_size_or_of_small_ones_are_not_continued() -> None:
    known = Assumptions(reach=10)
    far, near = (
        [_measured(100_000), _measured(1_000_000)],
        [_measured(20_000, engine="y"), _measured(99_999, engine="y")],
    )
    assert capacity.continued(far, 10_000_000, known)
    assert not capacity.continued(near, 1_000_000, known)
    assert not capacity.continued(far[:1], 100_000, known)
    text = scale_tables.markdown(Results([*far, *near], []))
    assert "far below the largest: engine y." in text
    assert "| engine y | 99,999 | 0" not in text


def test_an_engine_that_answers_all_is_advised_before_a_cheaper_one_that_does_not() -> None:
    known = Assumptions()
    dear = capacity.need([_measured(1_000_000, 9.0, 9.0, "dear")], 1e6, 0.1, known)
    cheap = dataclasses.replace(
        capacity.need([_measured(1_000_000, 1.0, 1.0, "cheap")], 1e6, 0.1, known), refused=("a",)
    )
    large = dataclasses.replace(dear, memory=dear.memory + 1)
    assert capacity.advised([cheap, large, dear]) is dear
    assert capacity.advised([]) is None


def test_a_later_run_replaces_only_what_it_measured_or_refused(tmp_path: Path) -> None:
    first = Results(
        [_measured(1_000), _measured(2_000), _measured(1_000, engine="y")], [Refusal("y", "Y", 2_000, "old")]
    )
    later = Results([_measured(2_000, engine="y")], [Refusal("x", "X", 2_000, "now too slow")])
    merged = later.after(first)
    assert [one.quads for one in merged.of("x")] == [1_000]
    assert [one.quads for one in merged.of("y")] == [1_000, 2_000]
    assert [one.reason for one in merged.refusals] == ["now too slow"]
    files = scale_tables.write(tmp_path, "both", merged)
    assert Results.read(files[1]) == merged


def test_the_text_tells_every_size_the_growth_and_the_model() -> None:
    text = scale_tables.markdown(Results([_measured(100_000), _measured(1_000_000)], []))
    assert "| engine x | 1,000,000 |" in text
    (growths,) = [line for line in text.splitlines() if line.startswith("| engine x | growth |")]
    assert growths.split(" | ")[2] == "1.00"
    assert "### 1,000,000,000 quads" in text
    assert "By these figures: **engine x**" in text


def test_without_the_cost_of_repeats_there_is_no_model() -> None:
    (plain,) = [dataclasses.replace(one, cells=one.cells[:3]) for one in [_measured(1_000)]]
    assert "No model" in scale_tables.markdown(Results([plain], []))
