"""The OpenAPI document: whether the server answers as it says, asked by a program that makes requests from it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance.judging import Item, MissingError, Verdict
from tests.serving import Server

_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"

#: Requests made up for each operation: a bound for a busy machine, not a measure of care.
_EXAMPLES = "10"

#: It writes plain texts; ours are texts of other types.
_HOOKS = (
    "import schemathesis\nfor name in ('application/sparql-query', 'text/turtle'):\n"
    "    schemathesis.serializer.alias(name, 'text/plain')\n"
)

_TESTED = re.compile(r"Tested:\s+(\d+)")
_OPERATION = re.compile(r"^_+ ((?:GET|POST) \S+) _+$", re.MULTILINE)


def _run(server: Server) -> Verdict:
    try:
        version = importlib.metadata.version("schemathesis")
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingError("pip install schemathesis") from error
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json", "--checks", _CHECKS,
        "--max-examples", _EXAMPLES, "--seed", "1", "--phases", "examples,fuzzing", "--no-color",
        "--request-timeout", "60", "--generation-database", "none",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        Path(place, "ccn_hooks.py").write_text(_HOOKS, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": place, "SCHEMATHESIS_HOOKS": "ccn_hooks"}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=1_500, check=False, env=environment, cwd=place
        )
    written = done.stdout + done.stderr
    tested = _TESTED.search(written)
    if tested is None:
        raise MissingError(f"schemathesis {version}: {written[-300:]}")
    failures = sorted(set(_OPERATION.findall(written)))
    note = {
        "en": f"Operations answered as described, {_EXAMPLES} requests made up for each: no 5xx, no status or media "
        "type that the document does not name.",
        "ja": f"記述どおりに応答した操作の数。操作ごとに{_EXAMPLES}件の要求を作り、5xxや、記述にない状態コードと"
        "メディアタイプがないことを確かめます。",
    }
    return Verdict(int(tested[1]) - len(failures), int(tested[1]), version, failures, note)


ITEMS = (
    Item(
        "openapi", {"en": "Every path as /openapi.json describes it", "ja": "/openapi.jsonの記述どおりの応答"},
        "schemathesis", "https://pypi.org/project/schemathesis/", _run,
    ),
)  # fmt: skip
