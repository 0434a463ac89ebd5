"""Facts that a program of the user's choice proposes, such as one that asks a language model; none is taken as it is.

The program gets one JSON object on its standard input and gives a JSON array on its standard output:

    {"document": "…", "issued": "…", "lines": [{"line": 1, "text": "…"}], "sheets": {"memberships": ["member", …]}}
    [{"sheet": "memberships", "line": 1, "cells": {"member": "Kobe", "organization": "UCCN"}}]
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from ccn_graph.drafting.facts import About, Fact
from ccn_graph.drafting.source_text import Sentence, SourceLine, normal
from ccn_graph.errors import CcnError
from ccn_graph.sheets.kinds import KINDS

#: Longest time that the program may take, in seconds; most of what it says that is read, and most facts.
SECONDS, MAX_BYTES, MAX_FACTS = 300, 10_000_000, 5_000
#: What may be proposed: claims, and things for the registers. Documents are the curator's.
_SHEETS = {name: kind for name, kind in KINDS.items() if name != "documents"}


def ask(command: str, lines: Sequence[SourceLine], about: About) -> list[Fact]:
    """Run the program and return the facts that it proposes. Raises CcnError if it fails or says something else."""
    request = {
        "document": about.slug,
        "issued": about.issued,
        "lines": [{"line": line.number, "text": line.text} for line in lines],
        "sheets": {name: [column.name for column in kind.columns] for name, kind in _SHEETS.items()},
    }
    try:
        done = subprocess.run(  # noqa: S603 - the user's own program, without a shell
            shlex.split(command), input=json.dumps(request, ensure_ascii=False).encode(), capture_output=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise CcnError(f"the program for proposals cannot be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise CcnError(f"the program for proposals took longer than {SECONDS} s") from error
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise CcnError(f"the program for proposals ended with {done.returncode}: {' '.join(words)}")
    return list(_facts(done.stdout, lines))


def _facts(output: bytes, lines: Sequence[SourceLine]) -> Iterator[Fact]:
    try:
        entries = json.loads(output) if len(output) <= MAX_BYTES else None
    except ValueError as error:
        raise CcnError(f"what the program for proposals gives is no JSON: {error}") from error
    if not isinstance(entries, list):
        raise CcnError(f"the program for proposals gives no JSON array of up to {MAX_BYTES} bytes")
    by_number = {line.number: line for line in lines}
    for number, entry in enumerate(entries[:MAX_FACTS], start=1):
        yield _fact(number, entry, by_number)


def _fact(number: int, entry: Any, lines: dict[int, SourceLine]) -> Fact:
    """Read one proposal. Raises CcnError that says which one is wrong, and how."""
    fault = f"proposal {number}"
    if not isinstance(entry, dict) or entry.get("sheet") not in _SHEETS:
        raise CcnError(f"{fault}: 'sheet' is one of {', '.join(_SHEETS)}")
    line, cells = lines.get(entry.get("line", 0)), entry.get("cells")
    if line is None:
        raise CcnError(f"{fault}: 'line' is the number of a line of the text")
    if not isinstance(cells, dict) or not all(isinstance(value, str) for value in cells.values()):
        raise CcnError(f"{fault}: 'cells' is an object of texts")
    unknown = [name for name in cells if KINDS[entry["sheet"]].column(name) is None]
    if unknown:
        raise CcnError(f"{fault}: {entry['sheet']} have no column {', '.join(unknown)}")
    sentence = Sentence(normal(line.text), line.number, line.number, (), line.page)
    return Fact(entry["sheet"], dict(cells), sentence, "proposal", proposed=True)
