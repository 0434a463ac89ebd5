"""The benchmarks run, and what the README shows of them is what was measured. How fast anything is, is not judged."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop

from ccn_graph.validation.shacl import pyshacl_engine
from ccn_graph.validation.shacl.validator import Validator
from tests.benchmarks import dataset, endpoint, likeness, mix, peers, public_shapes, readme, report, soak, tables
from tests.benchmarks.load import Load, Order, late
from tests.benchmarks.report import CACHED, PLAIN
from tests.conftest import ROOT, some

KINDS = ("label of a city", "scan")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    directory = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        # Where no other program is, so that the peer is missing wherever this runs.
        patch.setenv("PATH", str(directory))
        patch.setattr(endpoint, "STARTS", 1)
        yield endpoint.measure(
            ["--quads", "3k", "--clients", "2", "--rounds", "1", "--seconds", "0.05", "--kinds", ",".join(KINDS),
             "--peers", "virtuoso", "--mixed", "0.3", "--output", str(directory), "--name", "tiny"]
        )  # fmt: skip


def test_the_endpoint_is_measured_with_and_without_its_cache(written: list[Path]) -> None:
    told = report.Report.read(written[1])
    (run,) = told.runs
    assert told.on_project > 0
    assert {cell.kind for cell in run.cells} == set(KINDS)
    assert set(run.used) == {CACHED, PLAIN}
    assert all(cell.rate > 0 and cell.bytes > 100 and not cell.failures for cell in some(run.cells))
    assert run.ratios("repeated", CACHED, PLAIN, None, "rate")


def test_a_peer_that_is_missing_is_said_to_be_missing(written: list[Path]) -> None:
    assert "Not measured: virtuoso" in written[0].read_text(encoding="utf-8")


def test_a_later_run_of_one_size_replaces_only_its_part(written: list[Path], tmp_path: Path) -> None:
    (small,) = report.Report.read(written[1]).runs
    large = dataclasses.replace(small, quads=10_000_000, missing=["as it was"])
    again = dataclasses.replace(small, missing=["measured again"])
    for runs in ([large], [small], [again]):
        files = tables.write(tmp_path, "merged", report.Report(1.0, runs))
    assert report.Report.read(files[1]).runs == [again, large]
    text = files[0].read_text(encoding="utf-8")
    assert text.index("## 3,000 quads") < text.index("measured again") < text.index("## 10,000,000 quads")
    assert "as it was" in text


def test_the_readme_shows_each_peer_at_the_size_nearest_to_that_of_all(written: list[Path]) -> None:
    (run,) = report.Report.read(written[1]).runs
    use = run.used[PLAIN]
    small = dataclasses.replace(run, quads=20_000, used={**run.used, "quick": use, "slow": use})
    large = dataclasses.replace(run, quads=report.SHOWN, used={**run.used, "quick": use})
    shown = report.Report(1.0, [small, large]).shown()
    assert {peer: told.quads for peer, told in shown.items()} == {"quick": report.SHOWN, "slow": 20_000}


def test_what_is_not_answered_in_time_is_counted_and_named() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    with silent:
        order = Order(silent.getsockname()[1], "/", KINDS[0], 10, 3, 0.01, prepared=10_000, patience=0.05)
        done = uvloop.run(Load(order).run())
    assert (done.answers, done.failed, done.failures) == (0, {late(0.05): 3}, 3)


def test_a_row_or_none_is_yes_or_no_as_well() -> None:
    (kind,) = (kind for kind in mix.KINDS if "ASK" in kind.name)
    said = [b'{"head":{},"boolean":true}', b'{"head":{},"boolean":false}']
    rows = [
        b'{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":[%s]}}' % row for row in (b'{"__ASK_RETVAL":{}}', b"")
    ]
    for ours, theirs in zip(said, rows, strict=True):
        assert likeness.rows(kind, 200, ours) == likeness.rows(kind, 200, theirs)
    assert likeness.rows(kind, 200, said[0]) != likeness.rows(kind, 200, rows[1])


def test_a_failure_is_named_by_status_and_code() -> None:
    problem = b'{"code":"too-many-graphs"}'
    assert list(likeness.rows(mix.KINDS[0], 400, problem)) == ["status 400 too-many-graphs"]
    assert list(likeness.rows(mix.KINDS[0], 502, b"<html>")) == ["status 502"]


def test_generated_data_are_kept_for_the_next_run(tmp_path: Path) -> None:
    path, documents = dataset.kept(tmp_path, 3_000)
    path.write_bytes(b"as it was")
    assert dataset.kept(tmp_path, 3_000) == (path, documents)
    assert path.read_bytes() == b"as it was"
    assert [other.suffix for other in tmp_path.iterdir()] == [".nq"]


def test_the_plot_is_an_image(written: list[Path]) -> None:
    assert written[2].read_text(encoding="utf-8").startswith("<svg ")


def test_all_peers_are_told_that_do_not_take_so_much_data(tmp_path: Path) -> None:
    told = [class_ for class_ in endpoint.PEERS.values() if class_.most]
    assert peers.RdflibEndpoint in told
    data = peers.Data(tmp_path / "none", 1_000_000_000, 1)
    assert peers.RdflibEndpoint.refusal(data) == "rdflib-endpoint (asked for 30,000 quads at most)"
    assert peers.Oxigraph.refusal(data) == ""


def test_the_same_size_gives_the_same_data_and_queries(tmp_path: Path) -> None:
    documents = [dataset.write(tmp_path / name, 3_000) for name in ("one", "two")]
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert documents[0] == documents[1]
    for kind in some(mix.KINDS):
        assert kind.query(7, documents[0]) == kind.query(7, documents[0]) != kind.query(8, documents[0])


def test_good_and_hostile_clients_together_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    # Neither the time that health takes nor much growth can be judged in so short a time.
    assert soak.main(["--minutes", "0.04", "--variety", "3", "--health", "60000"]) == 0
    assert "nothing lost" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_readme_shows_what_was_measured_last(name: str) -> None:
    told = report.Report.read(readme.RESULTS / "endpoint.json")
    assert readme.table(name, told) in (ROOT / name).read_text(encoding="utf-8")
    assert len(list(report.short(told))) > 3


def test_public_shapes_give_the_results_of_pyshacl() -> None:
    found = 0
    for name, shapes in public_shapes.shape_sets():
        if name == "schema":
            continue  # as large as it is, these data hardly touch it
        data = public_shapes.made(shapes, 40, seed=7)
        ours, theirs = Validator(shapes).validate(data), pyshacl_engine.validate(data, shapes)
        assert not public_shapes.differences(name, ours, theirs), name
        assert public_shapes.differences(name, ours[1:], theirs), name
        found += 1
    assert found >= 1
