"""Short digests of what a result depends on: the same digest means the same files and programs."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ccn_graph.files.result_cache import digest
from ccn_graph.rdf.parsing import SourceFile


def of_source(read: SourceFile) -> str:
    """Stand for all that a file says, wherever it lies, if its IRIs are absolute."""
    return digest(
        read.digest, read.path.suffix.lower(), read.kind.value, str(read.graph), *read.beside.values(), read.ground
    )


def of_place(read: SourceFile) -> str:
    """Stand for all that a file says in its place, which relative IRIs start from."""
    return digest(of_source(read), read.path.absolute().as_uri())


def is_absolute(read: SourceFile) -> bool:
    """Tell whether all IRIs of a file are absolute, so that the file says the same in another place.

    A text that mentions such an IRI may be mistaken for one: then a file is looked at once more than necessary.
    """
    return not any(
        "<file:" in f"{statement.subject} {statement.predicate} {statement.object}" for statement in read.statements
    )


def is_current(read: SourceFile) -> bool:
    """Tell whether the file on disk is still what was read."""
    try:
        return hashlib.sha256(read.path.read_bytes()).hexdigest() == read.digest
    except OSError:
        return False


#: The libraries that results depend on.
LIBRARIES = ("jaconv", "openpyxl", "pyoxigraph", "pyshacl", "rdflib", "werkzeug")

_PACKAGE = Path(__file__).parents[__name__.count(".") - 1]

#: An import, on one line or in brackets. Syntax trees take ten times as long, which every start would pay for; a test
#: compares the two.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^(\n][^\n]*)|import[ \t]+([^\n]+))", re.MULTILINE
)


@cache
def of_programs(*names: str) -> str:
    """Return what stands for the named modules as they are on disk, with all that `programs` finds, and for libraries.

    The queries of a room belong to its modules.
    """
    modules = programs(*names)
    rooms = {path.relative_to(_PACKAGE).parts[0] for path in modules}
    queries = (query for room in rooms for query in (_PACKAGE / room).glob("queries/*.rq"))
    texts = modules | {query: query.read_text(encoding="utf-8") for query in queries}
    parts = [f"{path.relative_to(_PACKAGE)} {text}" for path, text in sorted(texts.items())]
    return digest(sys.version, *map(version, LIBRARIES), *parts)


def programs(*names: str) -> dict[Path, str]:
    """Return the named modules and all of this package that they import, at whatever depth: their files and texts.

    Raises ValueError for a name that is no module of this package.
    """
    waiting = [_file(name) for name in names]
    if None in waiting:
        raise ValueError(f"{names[waiting.index(None)]} is no module of {_PACKAGE.name}")
    texts: dict[Path, str] = {}
    while waiting:
        path = waiting.pop()
        if path and path not in texts:
            texts[path] = path.read_text(encoding="utf-8")
            waiting += map(_file, _imported(texts[path]))
    return texts


def _imported(code: str) -> Iterator[str]:
    """Yield what may be the names of modules: of `from a import b`, a is taken unless a.b is a module."""
    for module, members, modules in _IMPORT.findall(code):
        if modules:
            yield from _names(modules)
        elif module.partition(".")[0] == _PACKAGE.name:
            inner = [f"{module}.{member}" for member in _names(members)]
            yield from (name if _file(name) else module for name in inner)


def _names(listed: str) -> Iterable[str]:
    plain = re.sub(r"#[^\n]*|[()]", "", listed)
    return (name.split()[0] for name in plain.split(",") if name.strip())


@cache
def _file(name: str) -> Path | None:
    """Find the file of a module of this package."""
    first, *rest = name.split(".")
    if first != _PACKAGE.name:
        return None
    place = _PACKAGE.joinpath(*rest)
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)
