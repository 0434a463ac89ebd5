from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from ccn_graph import Graph
from ccn_graph.errors import CcnError, ProjectError
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.releases import snapshot_reading, write_release
from ccn_graph.releases.dcat import counts
from ccn_graph.releases.read_release import DATASET
from tests.conftest import FROZEN, ROOT, some


@pytest.fixture
def little() -> Graph:
    """Few data, for what does not depend on them."""
    return Graph.load(Project(ROOT, ROOT / "tests" / "faulty" / "base"))


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def quads(path: Path) -> set[ox.Quad]:
    return set(ox.parse(path.read_bytes(), format=ox.RdfFormat.from_extension(path.suffix[1:])))


def test_two_runs_in_two_processes_give_the_same_bytes(released: Path, tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\nfrom ccn_graph import Graph\nfrom ccn_graph.graph.project import Project\n"
        "from ccn_graph.releases import write_release\n"
        f"graph = Graph.load(Project(Path({str(ROOT)!r}), Path({str(FROZEN)!r})))\n"
        f"write_release.write(graph, Path({str(tmp_path / 'again')!r}))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, env=environment, timeout=600)
    assert contents(tmp_path / "again") == contents(released)


def test_the_command_writes_the_same_and_beside_it_a_snapshot_and_its_archive(little: Graph, tmp_path: Path) -> None:
    write_release.write(little, tmp_path / "here")
    assert little.project
    command = [sys.executable, "-m", "ccn_graph", "release", str(tmp_path / "again"), "--archive"]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run(
        [*command, "--data-dir", str(little.project.data)], cwd=ROOT, check=True, env=environment, timeout=600
    )
    again = contents(tmp_path / "again")
    # A store on disk differs from run to run; the command writes it beside what it promises.
    beside = {name: again.pop(name) for name in tuple(again) if name.startswith("snapshot")}
    assert again == contents(tmp_path / "here")
    assert {"snapshot.tar.gz", "snapshot/manifest.json", "snapshot/store/CURRENT"} <= beside.keys()
    snapshot_reading.verify(snapshot_reading.read(tmp_path / "again"))
    assert not [name for name in beside if name.encode() in again["SHA256SUMS"]]


def test_every_format_says_the_same(released: Path, frozen: Graph) -> None:
    union = {ox.Quad(*quad.triple) for quad in frozen.store if quad.graph_name == ox.DefaultGraph()}
    for ending in ("ttl", "jsonld", "rdf", "nt"):
        assert quads(released / f"ccn-graph.{ending}") == union, ending
    named = {quad for quad in frozen.store if quad.graph_name != ox.DefaultGraph()}
    for ending in ("nq", "trig"):
        assert quads(released / f"ccn-graph.{ending}") == named, ending


def test_another_library_reads_the_dumps(released: Path) -> None:
    sizes = {len(rdflib.Graph().parse(released / f"ccn-graph.{ending}")) for ending in ("ttl", "jsonld", "rdf", "nt")}
    assert len(sizes) == 1


def test_checksums_are_true_and_complete(released: Path) -> None:
    lines = (released / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(sums) == set(contents(released)) - {"SHA256SUMS"}
    for name, digest in some(sums.items()):
        assert hashlib.sha256((released / name).read_bytes()).hexdigest() == digest


def test_there_is_an_answer_for_every_question(released: Path, frozen: Graph) -> None:
    assert frozen.project
    names = {path.stem for path in frozen.project.questions}
    assert {path.stem for path in (released / "questions").iterdir()} == {*names, "codebook"}
    for path in some((released / "questions").iterdir()):
        assert path.read_bytes().endswith(b"\r\n"), "RFC 4180"


def test_the_description_counts_what_is_there(released: Path, frozen: Graph) -> None:
    described = rdflib.Graph().parse(released / "dataset.ttl")
    dataset = rdflib.URIRef(DATASET)
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    assert frozen.project
    triples = len(quads(released / "ccn-graph.nt"))
    assert described.value(dataset, void.triples) == rdflib.Literal(triples)
    assert counts(frozen)["documents"] == len(frozen.documents)
    by_property = sum(
        int(str(n))
        for part in described.objects(dataset, void.propertyPartition)
        for n in described.objects(part, void.triples)
    )
    assert by_property == triples
    files = set(contents(released)) - {"SHA256SUMS", "dataset.ttl"}
    titles = {
        str(described.value(file, rdflib.DCTERMS.title)) for file in described.objects(dataset, dcat.distribution)
    }
    assert titles == files
    for file in some(described.objects(dataset, dcat.distribution)):
        path = released / str(described.value(file, rdflib.DCTERMS.title))
        assert int(str(described.value(file, dcat.byteSize))) == path.stat().st_size
    licence = described.value(dataset, rdflib.DCTERMS.license)
    assert licence == rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")


def test_a_release_replaces_a_release_but_nothing_else(little: Graph, tmp_path: Path) -> None:
    for _ in range(2):
        write_release.write(little, tmp_path / "release")
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(ProjectError, match="holds other files"):
        write_release.write(little, foreign)
    with pytest.raises(ProjectError, match="is a file"):
        write_release.write(little, foreign / "thesis.txt")
    assert (foreign / "thesis.txt").read_text(encoding="utf-8") == "precious"


def test_a_release_that_fails_leaves_the_old_one(
    little: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "release"
    write_release.write(little, written)
    before = contents(written)

    def fail(*_: object) -> None:
        raise CcnError("disk full")

    with monkeypatch.context() as patch, pytest.raises(CcnError, match="disk full"):
        patch.setattr("ccn_graph.releases.dcat.describe", fail)
        write_release.write(little, written)
    assert contents(written) == before

    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_release.write(little, written, also=interrupt)
    assert contents(written) == before
    assert [path.name for path in tmp_path.iterdir()] == [written.name]


def test_a_release_of_the_sample_has_the_bytes_that_it_always_had(tmp_path: Path) -> None:
    # Whoever means to change what a release holds writes the new sums there: `ccn-graph release DIR --root
    # tests/sample`, then the lines of DIR/SHA256SUMS but for the packed files, which depend on the zlib at hand.
    sample = Path(__file__).with_name("sample")
    write_release.write(Graph.load(Project(sample, sample / "data")), tmp_path / "out")
    written = (tmp_path / "out" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    kept = (sample / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert [line for line in written if not line.endswith(".gz")] == kept
    assert len(kept) >= 9


def test_a_release_has_the_derived_graph_the_table_of_memberships_and_a_codebook_of_all_columns(
    frozen: Graph, released: Path
) -> None:
    quads = (released / "ccn-graph.nq").read_text(encoding="utf-8")
    assert f"<{namespaces.GRAPH_PREFERRED}> ." in quads
    with (released / "questions" / "codebook.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    explained = {(row["file"], row["column"]) for row in told if row["heading_ja"] and row["heading_en"]}
    columns = set()
    for path in (released / "questions").glob("*.csv"):
        if path.name != "codebook.csv":
            with path.open(encoding="utf-8", newline="") as file:
                columns |= {(f"questions/{path.name}", name) for name in next(csv.reader(file))}
    assert explained == columns
    with (released / "questions" / "table-of-memberships.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    answer = next(
        frozen.query(
            "PREFIX ccn: <https://w3id.org/ccn/ns#> SELECT (COUNT(DISTINCT ?m) AS ?n) { ?m a ccn:Membership }"
        ).rows()
    )
    assert str(len({row["membership"] for row in rows})) == getattr(answer[0], "value", "")
    assert {row["state"] for row in rows} <= {"certain", "possible", "no"}
