"""`/data/`: the files of the release with their checksums, how to cite the data, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ccn_graph.pages import citation, discovery
from ccn_graph.pages.rendering import RenderContext, render
from ccn_graph.pages.site_data import Site
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.requests import Page, PageRequest
from ccn_graph.releases.read_release import CHANGES, CHECKSUMS, DATASET, DESCRIPTION, Distribution, Release
from ccn_graph.text.today import today as date_of_today

PATH = "/data/"

_DUMP = DATASET.removeprefix(namespaces.BASE + "data/") + "."
_ANSWERS = "questions/"

#: Seconds until the files should be there.
_SOON = (("cache-control", "no-store"), ("retry-after", "5"))

_DESCRIBED = discovery.signposts(
    f'<{PATH}{DESCRIPTION}>; rel="describedby"; type="text/turtle"', f'<{DATASET}>; rel="describes"'
)


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump and its compressed form."""

    plain: Distribution
    zipped: Distribution | None

    @property
    def ending(self) -> str:
        """The ending of its name, which tells the format."""
        return self.plain.name.removeprefix(_DUMP)


def page(site: Site, request: PageRequest) -> Page:
    """Make the page, or lead from a name of the dataset to what describes it."""
    query = f"?lang={request.language}" if request.chosen else ""
    if request.path == PATH.rstrip("/"):
        return Page.redirect(308, PATH + query)
    release = site.release_dir.release(site.statistics.version) if site.release_dir else None
    if request.format not in ("", "html") and (release or (site.release_dir and request.path != PATH)):
        return Page.redirect(303, PATH + DESCRIPTION)
    if request.path != PATH:
        return Page.redirect(303, PATH + query)
    state = (
        "none"
        if site.release_dir is None
        else "here"
        if release
        else "failed"
        if site.release_dir.has_failed
        else "coming"
    )
    values: dict[str, Any] = {
        "dataset": DATASET,
        "state": state,
        "release": release,
        "cited": cited(site, RenderContext(site, request)),
        "schema": discovery.schema(site, RenderContext(site, request)),
    }
    if release is None:
        return render(site, request, "data.html.j2", **values).with_headers(_SOON if site.release_dir else ())
    changes = release.changes()
    site.labels.know(_named(changes))
    return render(
        site, request, "data.html.j2", dumps=_dumps(release), answers=_answers(site, release),
        others=[release.files[name] for name in (DESCRIPTION, CHANGES, CHECKSUMS) if name in release.files],
        changes=changes, size=size, **values,
    ).with_headers(_DESCRIBED)  # fmt: skip


def cited(site: Site, context: RenderContext) -> dict[str, str]:
    """Return how to cite all the data: in words, as BibTeX, and as CSL-JSON."""
    day = date_of_today()
    title, version = context.text("site.title"), site.statistics.version
    work = citation.Work("ccn-graph", title, DATASET, version, day, context.language)
    plain = context.text("data.cite-words", title=title, version=version, url=DATASET, day=day.isoformat())
    return {"plain": plain, "bibtex": citation.bibtex(work), "csl": citation.csl(work)}


def size(number: int) -> str:
    """Write a number of bytes in the unit that fits.

    >>> size(950), size(3_957_801)
    ('950 B', '4.0 MB')
    """
    if number < 1_000:
        return f"{number} B"
    return f"{number / 1_000:.0f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"


def _dumps(release: Release) -> list[Dump]:
    plain = [file for name, file in release.files.items() if name.startswith(_DUMP) and not file.compressed]
    return [Dump(file, release.files.get(f"{file.name}.gz")) for file in plain]


def _answers(site: Site, release: Release) -> list[tuple[str, Distribution]]:
    """Return the names of questions with their answers, in the order of the questions."""
    order = {name: number for number, name in enumerate(site.questions)}
    answers = [
        (name.removeprefix(_ANSWERS).removesuffix(".csv"), file)
        for name, file in release.files.items() if name.startswith(_ANSWERS)
    ]  # fmt: skip
    return sorted(answers, key=lambda pair: order.get(pair[0], len(order)))


def _named(changes: dict[str, object]) -> Iterable[str]:
    """Yield all IRIs that the changes speak of."""
    match changes:
        case {"documents": dict(documents), "memberships": dict(memberships)}:
            yield from (entry["document"] for entries in documents.values() for entry in entries)
            yield from (iri for entries in memberships.values() for iri in entries)
