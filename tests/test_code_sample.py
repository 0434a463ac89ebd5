from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccn_graph.pages import code_sample
from ccn_graph.pages.site_data import Site
from tests.conftest import some
from tests.serving import Server

NASTY = 'SELECT ("""a"b\\\\c"""@en AS ?x) ("$HOME `id` \'q\' )-" AS ?y) ("都市" AS ?z) WHERE {}\n'


@pytest.fixture(scope="module")
def server(site_server: Server) -> Server:
    return site_server


def needs(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        assert not os.environ.get("CI"), f"{name} is missing"
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str, directory: Path) -> str:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asking(query: str) -> str:
    """Give the beginning of the program for Python, which sets `query`."""
    program = code_sample.python("http://localhost/sparql", query).partition("answer =")[0]
    return program.replace("import requests\n", "").replace("import pandas\n", "")


def query_of(site: Site) -> str:
    return code_sample.bare(site.questions["networks-of-city"].query(site.labels, {"city": "kobe"}))


def test_the_command_for_curl_downloads_the_answer(server: Server, tmp_path: Path) -> None:
    needs("curl")
    parameters = [("city", "kobe"), ("today", "2026-11-21")]
    command = code_sample.curl(f"{server.url}/questions/networks-of-city.csv", parameters)
    answer = run(needs("sh"), "-c", f"{command} --silent --noproxy '*'", directory=tmp_path)
    assert answer.startswith("network,since,asOf,suspended,document,locator")
    assert "/network/uccn" in answer


def test_curl_is_given_parameters_as_they_are(tmp_path: Path) -> None:
    odd = "a b&c=d'$(touch made)`touch made`\"é"
    printed = code_sample.curl("http://localhost/x", [("city", odd)]).replace("curl ", "printf '%s|' ", 1)
    assert odd in run(needs("sh"), "-c", printed, directory=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_program_for_python_gives_a_table(server: Server, site: Site, tmp_path: Path) -> None:
    program = code_sample.python(f"{server.url}/sparql", query_of(site))
    wide = "import pandas\npandas.options.display.max_colwidth = None\n"
    assert "/network/uccn" in run(sys.executable, "-W", "error", "-c", wide + program, directory=tmp_path)


def test_the_program_for_r_gives_a_table(server: Server, site: Site, tmp_path: Path) -> None:
    rscript = needs("Rscript")
    path = tmp_path / "sample.R"
    path.write_text(code_sample.r(f"{server.url}/sparql", query_of(site)), encoding="utf-8")
    run(rscript, "-e", 'invisible(parse("sample.R", encoding = "UTF-8"))', directory=tmp_path)
    wanted = "stopifnot(requireNamespace('httr2'), requireNamespace('readr'))"
    asked = subprocess.run([rscript, "-e", wanted], check=False, capture_output=True)
    if asked.returncode:
        pytest.skip("the R packages httr2 and readr are not installed; the program was parsed only")
    assert "network" in run(rscript, "sample.R", directory=tmp_path)


def test_texts_come_through_quoting_in_python_and_r(tmp_path: Path) -> None:
    program = asking(NASTY) + "import sys; sys.stdout.buffer.write(query.encode())"
    assert run(sys.executable, "-c", program, directory=tmp_path) == NASTY
    path = tmp_path / "sample.R"
    text = code_sample.r("http://localhost/sparql", NASTY).partition("answer <-")[0]
    path.write_text(text.replace("library(httr2)\nlibrary(readr)", "") + "cat(query)", encoding="utf-8")
    assert run(needs("Rscript"), "--encoding=UTF-8", "sample.R", directory=tmp_path).strip() == NASTY.strip()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
@settings(max_examples=50)
def test_any_query_at_all_stays_a_text_in_python(query: str) -> None:
    values: dict[str, str] = {}
    exec(asking(query), values)
    assert values["query"] == query + "\n"


def test_the_head_of_a_query_is_left_out_and_the_rest_runs(site: Site) -> None:
    for question in some(site.questions.values()):
        text = code_sample.bare(question.query(site.labels))
        assert "#+" not in text
        assert isinstance(ox.Store().query(text), ox.QuerySolutions)
