"""The verb `sources`: whether sources still say what they said, by local copies that are published nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ccn_graph.cli import console
from ccn_graph.drafting import readers, source_anchors
from ccn_graph.drafting.source_anchors import TOLD, DriftedPlace, LocalCopy
from ccn_graph.errors import CcnError
from ccn_graph.files import atomic
from ccn_graph.text import languages

_NOTHING = {
    "ja": "{directory} に登録のある文書の写しがない。ファイルの名を文書の短い名前にする (例: asahikawa-2026-06-12.txt)",
    "en": "{directory} holds no copy of a document on record; name files by the short names of documents, such as "
    "asahikawa-2026-06-12.txt",
}
_SUMMARY = {
    "ja": "文書{documents}件、箇所{places}件を調べ、合わない箇所{drifted}件。写しのない文書{missing}件",
    "en": "{documents} documents and {places} places compared, {drifted} no longer match; {missing} documents without "
    "a copy",
}


@click.command(epilog="Example: ccn-graph sources verify ~/copies")
@click.argument("what", type=click.Choice(["record", "verify"]))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@console.options
def sources(what: str, directory: Path, lang: str | None, root: Path | None, data_dir: Path | None) -> None:
    """Keep anchors of the places in sources (record), or tell which no longer match (verify).

    DIR has copies of documents, each named by its short name (.txt, .md, .html, .pdf or .docx). Of them hashes only
    are kept, in `anchors.csv` of the data: no word of a source. Blanks and the form of the file do not count. `verify`
    exits with 1 if a copy says something else than it did.
    """
    language = languages.readers_language(lang)
    graph = console.load(root, data_dir)
    console.refuse_errors(graph, language)
    assert graph.project is not None
    path, places = graph.project.data / source_anchors.NAME, source_anchors.locators(graph)
    copies = {file.stem: file for file in sorted(directory.iterdir())
              if file.suffix.lower() in readers.READERS and file.stem in places}  # fmt: skip
    if not copies:
        raise CcnError(_NOTHING[language].format(directory=directory))
    anchors = source_anchors.read(path)
    if what == "record":
        for slug, copy in copies.items():
            anchors[slug] = list(source_anchors.anchors(slug, LocalCopy(readers.read(copy)), places[slug]))
        atomic.replace(
            path, source_anchors.written({slug: anchors[slug] for slug in anchors if slug in places}).encode()
        )
        return
    drifted = 0
    compared = {slug: copy for slug, copy in copies.items() if slug in anchors}
    for slug, copy in compared.items():
        drifted_places = source_anchors.drifted(LocalCopy(readers.read(copy)), anchors[slug])
        drifted += len(drifted_places)
        for place in drifted_places:
            click.echo(_line(copy, place, language))
    counted = sum(len(anchors[slug]) - 1 for slug in compared)
    missing = len(anchors.keys() - compared.keys())
    summary = _SUMMARY[language].format(documents=len(compared), places=counted, drifted=drifted, missing=missing)
    click.echo(summary, err=True)
    sys.exit(1 if drifted else 0)


def _line(copy: Path, place: DriftedPlace, language: str) -> str:
    """Write what has become of a place, as findings are written."""
    at = f"{copy}:{place.line}" if place.line else f"{copy}"
    locator = f"  [{place.anchor.locator}]" if place.anchor.locator else ""
    return f"{at}: {place.drift.value}: {TOLD[place.drift][language]}{locator}"
