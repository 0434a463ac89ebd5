"""One validator, once, in a process of its own: `python peer.py NAME DATA SHAPES` prints what it took, as JSON.

This file stands alone, so that any Python with the validator installed can run it. Reading both files counts, importing
the validator does not. `results` is the number of validation results, `memory` the most that was used, in 2^20 bytes.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _ours() -> Callable[[Path, Path], int]:
    import pyoxigraph as ox

    from ccn_graph.validation.shacl.validator import Reread, Validator

    def validate(data: Path, shapes: Path) -> int:
        validator = Validator(list(Reread(shapes, ox.RdfFormat.TURTLE)))
        return len(validator.validate(Reread(data, ox.RdfFormat.N_TRIPLES)))

    return validate


def _counted(report: Any) -> int:
    import rdflib

    return sum(1 for _ in report.objects(None, rdflib.SH.result))


def _pyshacl(name: str) -> Callable[[Path, Path], int]:
    import importlib

    import rdflib

    module = importlib.import_module(name)

    def validate(data: Path, shapes: Path) -> int:
        graph, shacl_graph = rdflib.Graph().parse(data, format="nt"), rdflib.Graph().parse(shapes)
        return _counted(module.validate(graph, shacl_graph=shacl_graph)[1])

    return validate


def _turbo() -> Callable[[Path, Path], int]:
    import pyshacl_turbo  # type: ignore[import-not-found]

    return lambda data, shapes: _counted(pyshacl_turbo.validate(str(data), shacl_graph=str(shapes))[1])


def _shifty() -> Callable[[Path, Path], int]:
    import shifty  # type: ignore[import-not-found]

    return lambda data, shapes: _counted(shifty.validate(data, shapes)[1])


def _shacl() -> Callable[[Path, Path], int]:
    import shacl  # type: ignore[import-not-found]

    return lambda data, shapes: len(shacl.Shapes.from_file(str(shapes)).validate_file(str(data)))


def _shacl_rust() -> Callable[[Path, Path], int]:
    import shacl_rust  # type: ignore[import-not-found]

    return lambda data, shapes: len(shacl_rust.validate_file(str(data), str(shapes))["results"])


def _pyrudof() -> Callable[[Path, Path], int]:
    import pyrudof  # type: ignore[import-not-found]

    def validate(data: Path, shapes: Path) -> int:
        session = pyrudof.Rudof(pyrudof.RudofConfig())
        session.read_data(str(data), pyrudof.RDFFormat.NTriples)
        session.read_shacl(str(shapes), pyrudof.ShaclFormat.Turtle)
        return len(session.validate_shacl())

    return validate


#: Name of the package -> prepares it.
VALIDATORS: dict[str, Callable[[], Callable[[Path, Path], int]]] = {
    "ccn-graph": _ours,
    "pyshacl": lambda: _pyshacl("pyshacl"),
    "pyrudof": _pyrudof,
    "pyshacl-turbo": _turbo,
    "pyshifty": _shifty,
    "shacl": _shacl,
    "shacl-rust": _shacl_rust,
}


def main(name: str, data: Path, shapes: Path) -> None:
    """Validate, and print what it took."""
    logging.disable(logging.CRITICAL)
    validate = VALIDATORS[name]()
    before, started = time.process_time(), time.perf_counter()
    results = validate(data, shapes)
    took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - before, "results": results}
    print(json.dumps({**took, "memory": _memory()}))


def _memory() -> float:
    # What `getrusage` tells may be of the process that started this one.
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
