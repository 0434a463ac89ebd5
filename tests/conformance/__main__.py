"""Has items judged: all, or those that are named; keeps the rows of the others."""

from __future__ import annotations

import datetime
import importlib
import json
import pkgutil
import sys
from typing import Any

from tests.conformance import items
from tests.conformance.judging import Item, MissingError
from tests.serving import ROOT, Server, serving

#: What the page shows.
ROWS = ROOT / "ccn_graph" / "pages" / "conformance.json"


def all_items() -> dict[str, Item]:
    """Every item by its name, in the order of the names of their modules."""
    found = {}
    for module in sorted(one.name for one in pkgutil.iter_modules(items.__path__)):
        for item in importlib.import_module(f"tests.conformance.items.{module}").ITEMS:
            found[item.name] = item
    return found


def judged(item: Item, server: Server) -> dict[str, Any]:
    """Have an item judged; give its row."""
    row: dict[str, Any] = {
        "name": item.name, "title": dict(item.title), "judge": item.judge, "judge_url": item.judge_url,
        "command": item.command, "day": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
    }  # fmt: skip
    try:
        said = item.run(server)
    except MissingError as missing:
        return row | {"verdict": "not-run", "passed": 0, "of": 0, "version": "", "failures": [str(missing)], "note": {}}
    return row | {
        "verdict": said.word, "passed": said.passed, "of": said.of, "version": said.version,
        "failures": list(said.failures), "note": dict(said.note),
    }  # fmt: skip


def main(names: list[str]) -> int:
    """Judge, print, write: 0 if nothing failed, 1 if something did, 2 for a name that is none."""
    known = all_items()
    if unknown := [name for name in names if name not in known]:
        sys.stderr.write(f"no item is called {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    kept = json.loads(ROWS.read_text(encoding="utf-8")) if ROWS.is_file() else []
    rows = {row["name"]: row for row in kept if row["name"] in known}
    with serving("--no-check") as server:
        for name in names or known:
            rows[name] = row = judged(known[name], server)
            sys.stdout.write(f"{row['verdict']:8} {row['passed']:4} of {row['of']:4}  {name}  ({row['version']})\n")
            sys.stdout.writelines(f"           {failure}\n" for failure in row["failures"])
    written = [rows[name] for name in known if name in rows]
    ROWS.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(row["verdict"] == "failed" for row in written))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
