"""Short digests of what a result depends on: the same digest means the same files and programs."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ccn_graph.source import Source


def digest(*parts: str) -> str:
    """Give 32 hexadecimal digits that stand for the parts in their order.

    >>> digest("a", "b") == digest("ab")
    False
    """
    text = "".join(f"{len(part)} {part}" for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def of_source(read: Source) -> str:
    """Stand for all that a file says, wherever it lies, if its IRIs are absolute."""
    return digest(read.digest, read.path.suffix.lower(), read.kind.value, str(read.graph))


def of_place(read: Source) -> str:
    """Stand for all that a file says in its place, which relative IRIs start from."""
    return digest(of_source(read), read.path.absolute().as_uri())


def is_absolute(read: Source) -> bool:
    """Tell whether all IRIs of a file are absolute, so that the file says the same in another place.

    A text that mentions such an IRI may be mistaken for one: then a file is looked at once more than necessary.
    """
    return not any("<file:" in f"{said.subject} {said.predicate} {said.object}" for said in read.statements)


def is_current(read: Source) -> bool:
    """Tell whether the file on disk is still what was read."""
    try:
        return hashlib.sha256(read.path.read_bytes()).hexdigest() == read.digest
    except OSError:
        return False


@cache
def of_programs() -> str:
    """Stand for this package as it is on disk, and for the programs that results depend on."""
    here = Path(__file__).parent
    code = [path.read_text(encoding="utf-8") for path in sorted([*here.glob("*.py"), *here.glob("shapes/*.py")])]
    return digest(sys.version, *(version(name) for name in ("pyoxigraph", "pyshacl", "rdflib")), *code)
