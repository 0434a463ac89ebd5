"""The table of what is evaluated says of every term of SHACL 1.2 what becomes of it."""

from __future__ import annotations

import re

from ccn_graph.validation.shacl import vocabulary
from tests.conftest import ROOT

TABLE = (ROOT / "ccn_graph" / "validation" / "shacl" / "SUPPORT.md").read_text(encoding="utf-8")

#: Of the notes of 2017, told as a whole.
NOTES = {"js", "jsFunctionName", "jsLibrary", "jsLibraryURL", "filterShape", "nodes", "intersection", "union", "this"}


def test_the_table_names_every_term_that_is_not_evaluated() -> None:
    named = {name for row in TABLE.splitlines() if "exit 2" in row for name in re.findall(r"`sh:(\w+)`", row)}
    assert named >= vocabulary.UNSUPPORTED - NOTES
    assert named - vocabulary.UNSUPPORTED - {"entailment", "class", "datatype", "nodeKind"} == set()
