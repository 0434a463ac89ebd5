"""Validates documents by themselves and all data together, and recalls the results for what did not change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ccn_graph.files.result_cache import CacheFile, digest
from ccn_graph.rdf.parsing import SourceFile
from ccn_graph.validation import fingerprint
from ccn_graph.validation.shacl.result import Result
from ccn_graph.validation.shacl_findings import Shapes


def of_documents(shapes: Shapes, documents: Sequence[SourceFile], cache_file: CacheFile | None) -> list[list[Result]]:
    """Validate what each document says by itself; of those that changed, all at once."""
    keys = [fingerprint.of_source(read) for read in documents]
    recalled = [_recall(cache_file, key) for key in keys]
    changed = [number for number, results in enumerate(recalled) if results is None]
    fresh = dict(zip(changed, shapes.validate_each([documents[index].statements for index in changed]), strict=True))
    for number, results in fresh.items():
        if fingerprint.is_absolute(documents[number]):
            _keep(cache_file, keys[number], results)
    return [fresh[number] if results is None else results for number, results in enumerate(recalled)]


def of_all(shapes: Shapes, sources: Iterable[SourceFile], cache_file: CacheFile | None) -> list[Result]:
    """Validate what all sources say together."""
    sources = list(sources)
    key = digest(*map(fingerprint.of_place, sources))
    results = _recall(cache_file, key)
    if results is None:
        results = shapes.validate(statement for read in sources for statement in read.statements)
        _keep(cache_file, key, results)
    return results


def _recall(cache_file: CacheFile | None, key: str) -> list[Result] | None:
    plain = cache_file.recall(key) if cache_file else None
    try:
        return [Result.of_plain(row) for row in plain] if isinstance(plain, list) else None
    except ValueError:
        return None


def _keep(cache_file: CacheFile | None, key: str, results: Iterable[Result]) -> None:
    if cache_file:
        try:
            cache_file.keep(key, [result.to_plain() for result in results])
        except ValueError:
            return  # one speaks of a blank node, whose label will be another next time
