"""The files of `ccn_graph/deploy` at work: replicas behind nginx and HAProxy, the systemd unit, the container files."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
import yaml
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ccn_graph import Graph
from ccn_graph.cli.main import main
from ccn_graph.graph.project import Project
from ccn_graph.releases.snapshot_writing import write
from tests.benchmarks.peers import free_port
from tests.conftest import ROOT, some
from tests.proxies import DEPLOY, Proxy, asking, proxying, replaced
from tests.serving import Server, cross, serving

#: Where clients find the replicas, as they are told.
URL = "https://example.org"

#: Rows without end, and a count that takes longer than any limit.
MANY = "SELECT ?a ?c ?d ?f { ?a ?b ?c . ?d ?e ?f }"
ENDLESS = cross(9)


class Replicas:
    """Two servers of one snapshot on ports of their own, which they keep when they are started anew."""

    def __init__(self, snapshot: Path) -> None:
        self.ports = [free_port(), free_port()]
        self._snapshot = snapshot
        self.servers = [self._start(port) for port in self.ports]

    def _start(self, port: int) -> Server:
        options = ("--port", str(port), "--url", URL, "--workers", "2", "--per-client", "8", "--megabytes", "16")
        return Server("--snapshot", self._snapshot, *options)

    def restart(self, number: int) -> None:
        """Start one anew, and wait until it answers."""
        self.servers[number] = self._start(self.ports[number])
        assert self.servers[number].http.get("/health").status_code == 200

    def running(self) -> float:
        """Give the number of queries under way on all of them."""
        texts = [server.http.get("/metrics").text for server in self.servers]
        lines = [line for text in texts for line in text.splitlines() if line.startswith("ccn_queries_running ")]
        return sum(float(line.split()[1]) for line in lines)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    graph = Graph.load(Project(ROOT, ROOT / "tests" / "faulty" / "base"))
    running = Replicas(write(graph, tmp_path_factory.mktemp("srv") / "snapshot").directory)
    yield running
    running.stop()


@pytest.fixture(scope="module", params=["nginx", "haproxy"])
def proxy(
    request: pytest.FixtureRequest, replicas: Replicas, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    directory = tmp_path_factory.mktemp("proxies") / request.param
    with proxying(request.param, replicas.ports, directory) as running:
        yield running


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{proxy.port}", timeout=60) as http:
        yield http


def test_what_comes_through_is_what_a_replica_says(replicas: Replicas, client: httpx.Client) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50"
    direct = replicas.servers[0].http
    # They read the names of the snapshot while they serve.
    wait_until(lambda: all(server.http.get("/no/such/page").json()["near"] for server in replicas.servers))
    for method, target, more in (
        ("GET", "/sparql", {"params": {"query": query}}),
        ("HEAD", "/sparql", {"params": {"query": query}}),
        ("POST", "/sparql", {"data": {"query": query}, "headers": {"Accept": "text/csv"}}),
        ("QUERY", "/sparql", {"content": query, "headers": {"Content-Type": "application/sparql-query"}}),
        ("GET", "/sparql", {"params": {"query": "SELEC"}}),
        ("GET", "/sparql", {"headers": {"Accept": "text/turtle"}}),
        ("GET", "/ns.ttl", {}),
        ("POST", "/check", {"content": b"<x:a> <x:b> <x:c> .", "headers": {"Content-Type": "text/turtle"}}),
        ("OPTIONS", "/sparql", {}),
        ("GET", "/no/such/page", {}),
    ):
        ours, theirs = (http.request(method, target, **more) for http in (client, direct))
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content), (method, target)
        for name in ("etag", "content-type", "vary", "access-control-allow-origin"):
            assert ours.headers.get(name) == theirs.headers.get(name)
    assert f"{URL}/sparql" in client.get("/sparql", headers={"Accept": "text/turtle"}).text
    kept = client.get("/sparql", params={"query": query})
    again = client.get("/sparql", params={"query": query}, headers={"If-None-Match": kept.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_long_query_comes_through(client: httpx.Client) -> None:
    long = "ASK {} #" + "x" * 40_000
    assert client.get("/sparql", params={"query": long}).status_code == 200
    assert client.post("/sparql", data={"query": long * 2}).status_code == 200


def test_both_replicas_get_their_share(replicas: Replicas, proxy: Proxy) -> None:
    def answered() -> list[float]:
        found = []
        for server in replicas.servers:
            lines = server.http.get("/metrics").text.splitlines()
            (line,) = [line for line in lines if line.startswith('ccn_request_seconds_count{outcome="answered"}')]
            found.append(float(line.split()[1]))
        return found

    for server in replicas.servers:
        server.select("ASK {}")
    before = answered()
    with asking(proxy.port) as clients:
        clients.wait_for(100)
    assert clients.failures == []
    assert all(now - then > 20 for then, now in some(zip(before, answered(), strict=True)))


def test_a_large_answer_streams_and_leaves_no_file(proxy: Proxy, client: httpx.Client) -> None:
    query, plain = {"query": f"{MANY} LIMIT 20000"}, {"Accept-Encoding": "identity"}
    with client.stream("GET", "/sparql", params=query, headers=plain) as response:
        assert response.status_code == 200
        blocks = iter(response.iter_raw())
        size = len(next(blocks))
        # The proxy has no more of it than its buffers hold while nobody reads on.
        time.sleep(0.3)
        files = [path for path in (proxy.directory / "proxy").rglob("*") if path.is_file()]
        assert files == []
        size += sum(map(len, blocks))
    assert size > 2_000_000


def test_an_answer_that_is_cut_off_stays_so(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60)
    connection.request("GET", f"/sparql?{urllib.parse.urlencode({'query': MANY})}")
    response = connection.getresponse()
    assert response.status == 200
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()


def test_who_goes_away_frees_the_worker(replicas: Replicas, proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60)
    connection.request("GET", f"/sparql?{urllib.parse.urlencode({'query': ENDLESS})}")
    wait_until(lambda: replicas.running() == 1)
    connection.close()
    wait_until(lambda: replicas.running() == 0)


def wait_until(true: object) -> None:
    assert callable(true)
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError


def test_limits_are_those_of_each_client_whatever_it_says_of_itself(replicas: Replicas, proxy: Proxy) -> None:
    def ask(address: str, query: str, claimed: str, seconds: float = 0) -> http.client.HTTPConnection:
        source = (address, 0)
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60, source_address=source)
        # Without a time of its own, a query may go the short way.
        target = urllib.parse.urlencode({"query": query, **({"timeout": seconds} if seconds else {})})
        connection.request("GET", f"/sparql?{target}", headers={"X-Forwarded-For": claimed})
        return connection

    # As many as one client may have on each of two replicas.
    greedy = [ask("127.0.0.2", f"{ENDLESS} # {number}", f"10.0.0.{number}", 20) for number in range(16)]
    try:
        # Of two workers on each replica, one is left to others.
        wait_until(lambda: replicas.running() == 2)
        for number in range(4):
            refused = ask("127.0.0.2", f"ASK {{}} # {number}", f"10.0.1.{number}", number % 2)
            response = refused.getresponse()
            assert (response.status, b"too-many-requests" in response.read()) == (429, True)
            refused.close()
        # It waits for a worker like anyone else, and is not refused.
        other = ask("127.0.0.3", "ASK {} # other", "127.0.0.2")
    finally:
        for connection in greedy:
            connection.close()
    assert other.getresponse().status == 200
    other.close()
    wait_until(lambda: replicas.running() == 0)


def test_a_rolling_update_fails_no_request(replicas: Replicas, proxy: Proxy) -> None:
    with asking(proxy.port) as clients:
        clients.wait_for(50)
        for number in range(2):
            assert replicas.servers[number].stop(signal.SIGTERM) == 0
            clients.wait_for(30)
            replicas.restart(number)
            settle(proxy)
            clients.wait_for(30)
    assert clients.failures == []


def settle(proxy: Proxy) -> None:
    """Wait as a person does between two replicas: until the proxy has seen that the first one is back."""
    if proxy.name == "haproxy":
        time.sleep(1.2)


@pytest.mark.parametrize("whole", [True, False], ids=["with its workers", "its main process only"])
def test_a_replica_that_is_killed_takes_no_request_along(replicas: Replicas, proxy: Proxy, whole: bool) -> None:
    with asking(proxy.port) as clients:
        clients.wait_for(50)
        killed = replicas.servers[0]
        for pid in [killed.process.pid, *(killed.children() if whole else ())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        clients.wait_for(50)
        killed.stop()
        replicas.restart(0)
        settle(proxy)
        clients.wait_for(30)
    assert clients.failures == []


@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_while_all_are_away_clients_are_told_so(name: str, tmp_path: Path) -> None:
    with proxying(name, [free_port(), free_port()], tmp_path / name) as proxy:
        response = httpx.get(f"http://127.0.0.1:{proxy.port}/sparql", params={"query": "ASK {}"}, timeout=60)
        assert response.status_code in (502, 503)


def test_a_server_that_ends_takes_no_more_connections_but_gives_its_answers() -> None:
    base = ROOT / "tests" / "faulty" / "base"
    statuses: list[int] = []

    def ask(url: str) -> None:
        with httpx.Client(base_url=url, timeout=60) as http:
            statuses.append(http.get("/sparql", params={"query": ENDLESS}).status_code)

    with serving("--data-dir", base, "--no-check", "--workers", "2", "--seconds", "4") as server:
        asking_ = threading.Thread(target=ask, args=(server.url,))
        asking_.start()
        wait_until(lambda: "ccn_queries_running 1.0" in server.http.get("/metrics").text)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses(server.url))
        assert server.process.poll() is None, "it is still busy"
        asking_.join(60)
        assert statuses == [504], "the query came to its own end, past its time"
        # Another signal on its way out may change what it ends with.
        assert server.process.wait(30) == 0, "".join(server.lines)


def refuses(url: str) -> bool:
    try:
        with httpx.Client(base_url=url, timeout=0.5) as http:
            http.get("/health")
    except httpx.ConnectError:
        return True
    except httpx.HTTPError:
        return False
    return False


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert not os.environ.get("CI"), "systemd-analyze is missing"
        pytest.skip("systemd-analyze is not here; on Debian: apt-get install systemd")
    changes = {"/opt/ccn-graph/bin/ccn-graph": f"{Path(sys.executable).parent}/ccn-graph"}
    text = replaced((DEPLOY / "ccn-graph@.service").read_text(), changes)
    (tmp_path / "ccn-graph@.service").write_text(text)
    unit = tmp_path / "ccn-graph@8001.service"
    unit.symlink_to("ccn-graph@.service")
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (verified.returncode, [line for line in verified.stderr.splitlines() if "ccn-graph" in line]) == (0, [])


def test_the_unit_gives_little_away(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert not os.environ.get("CI"), "systemd-analyze is missing"
        pytest.skip("systemd-analyze is not here; on Debian: apt-get install systemd")
    unit = tmp_path / "ccn-graph@.service"
    unit.write_text((DEPLOY / "ccn-graph@.service").read_text())
    # 0 is fully confined, 10 not at all; it is an error to be above the threshold, in tenths.
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=30", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    assert {"MemoryMax", "TasksMax"} <= {line.partition("=")[0] for line in unit.read_text().splitlines()}


def test_a_proxy_keeps_in_what_is_not_for_the_world_and_logs_no_query(proxy: Proxy, client: httpx.Client) -> None:
    assert [client.get(path).status_code for path in ("/metrics", "/health")] == [404, 404]
    assert client.get("/sparql", params={"query": "ASK { ?secret ?p ?o }"}).status_code == 200
    logs = [path for path in proxy.directory.iterdir() if path.name in ("requests", "log", "errors")]
    assert logs
    assert not any("secret" in path.read_text() for path in logs)


def test_containers_are_read_only_and_without_capabilities() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert len(services) == 3
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {"mem_limit", "pids_limit", "tmpfs"} <= set(service)


def test_what_a_replica_runs_is_locked_by_hashes_and_listed() -> None:
    text = (DEPLOY / "requirements.txt").read_text()
    entries = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)[^\n]*\\\n((?:    --hash=\S+.*\n)+)", text, re.MULTILINE)
    locked = {name: version for name, version, hashes in entries if "sha256:" in hashes}
    assert len(locked) == len(re.findall(r"^[a-z0-9]\S*==", text, re.MULTILINE)) > 20
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for line in wanted:
        needed = Requirement(line)
        assert needed.specifier.contains(locked[needed.name.lower()]), f"{line}: run `make lock`"
    listed = json.loads((DEPLOY / "sbom.cdx.json").read_text())["components"]
    assert {(one["name"], one["version"]) for one in listed} == set(locked.items())


def test_the_container_files_name_what_there_is(replicas: Replicas) -> None:
    read = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert read["proxy"]["volumes"] == ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
    for number, name in enumerate(("one", "two")):
        service, port = read[name], str(8001 + number)
        assert f"server 127.0.0.1:{port} " in (DEPLOY / "nginx.conf").read_text()
        build = service["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Containerfile"
        assert service["command"][:3] == ["serve", "--port", port]
        assert service["network_mode"] == "service:proxy"
        accepted(service["command"])
        healthy(service["healthcheck"]["test"][1:], port, replicas.ports[0])
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    instructions = {line.partition(" ")[0]: line.partition(" ")[2] for line in lines if line[:1].isupper()}
    assert json.loads(instructions["ENTRYPOINT"]) == ["ccn-graph"]
    accepted(json.loads(instructions["CMD"]))
    (check,) = [line.strip().removeprefix("CMD ") for line in lines if line.startswith("    CMD ")]
    healthy(json.loads(check), "8000", replicas.ports[0])


def test_what_the_container_file_does_can_be_done() -> None:
    """There is no engine here to build it with: its grammar, its stages, and that all it names is there."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    assert {word for word, _ in steps} <= {
        "FROM",
        "COPY",
        "RUN",
        "USER",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    assert [rest.endswith(" AS build") for word, rest in steps if word == "FROM"] == [True, False]
    for version in re.findall(r"python:(\d+\.\d+)-slim", text):
        wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
        assert SpecifierSet(wanted).contains(version)
    # What is run as another user must be there for it: made before, and not below the home of root.
    words = [word for word, _ in steps]
    assert words.index("USER") > max(at for at, word in enumerate(words) if word in ("COPY", "RUN"))
    installed = text[text.index("RUN") :].partition("FROM")[0]
    left_out = (DEPLOY / "Containerfile.dockerignore").read_text().split()
    for path in re.findall(r"/src/(\S+)", installed):
        assert (ROOT / path).is_file()
        assert not any(path.startswith(name) for name in left_out)
    (copied,) = re.findall(r"^COPY --from=build (\S+) (\S+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert copied[0] == copied[1], "a virtual environment cannot be moved"
    assert f"-m venv {copied[0]}" in installed
    assert f"ENV PATH={copied[0]}/bin:$PATH" in text
    # All that the wheel takes from the checkout is in the context.
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for path in (*build.get("packages", ()), *build.get("force-include", ())):
        assert (ROOT / path).exists(), path
        assert not any(path.split("/")[0] == name for name in left_out), path


def accepted(command: list[str]) -> None:
    """See that `ccn-graph` knows the options of a command; only the snapshot is not here."""
    done = CliRunner().invoke(main, [*command, "--port", "0"])
    assert done.exit_code == 2
    assert "/srv/ccn-graph/snapshot does not exist" in done.stderr


def healthy(command: list[str], port: str, running: int) -> None:
    """See that a check of health is right about a server that is there, and about one that is not."""
    codes = []
    for real in (running, free_port()):
        words = [word.replace(f":{port}/", f":{real}/") for word in command]
        codes.append(subprocess.run([sys.executable, *words[1:]], stderr=subprocess.DEVNULL, check=False).returncode)
    assert codes == [0, 1]


def test_the_address_for_clients_is_one() -> None:
    for wrong in ("example.org", "ftp://example.org", "https://example.org/a?b", "https://"):
        done = CliRunner().invoke(main, ["serve", "--port", "0", "--url", wrong])
        assert (done.exit_code, "such as https://example.org/graph" in done.stderr) == (2, True)
