"""The benchmarks run, and what the README shows of them is what was measured. How fast anything is, is not judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks import dataset, endpoint, mix, peers, readme, report, soak
from tests.benchmarks.report import CACHED, PLAIN
from tests.conftest import ROOT

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
             "--peers", "virtuoso", "--output", str(directory), "--name", "tiny"]
        )  # fmt: skip


def test_the_endpoint_is_measured_with_and_without_its_cache(written: list[Path]) -> None:
    told = report.Report.read(written[1])
    (run,) = told.runs
    assert told.on_project > 0
    assert {cell.kind for cell in run.cells} == set(KINDS)
    assert set(run.used) == {CACHED, PLAIN}
    assert all(cell.rate > 0 and cell.bytes > 100 and not cell.failures for cell in run.cells)
    assert run.ratios("repeated", CACHED, PLAIN, None, "rate")


def test_a_peer_that_is_missing_is_said_to_be_missing(written: list[Path]) -> None:
    assert "Not measured: virtuoso" in written[0].read_text(encoding="utf-8")


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
    for kind in mix.KINDS:
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
