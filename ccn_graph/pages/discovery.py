"""What programs look for at fixed places: which pages there are, where to ask, and what the dataset is."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ccn_graph.pages import feeds, thing_page
from ccn_graph.pages.rendering import RenderContext
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import namespaces, query_file
from ccn_graph.rdf.requests import Headers, Page, PageRequest
from ccn_graph.releases import catalogue
from ccn_graph.releases.read_release import CHECKSUMS, DATASET, LICENSE

#: Most addresses of one sitemap (sitemaps.org).
_MOST = 50_000

#: Lists are in it by their own query; people have no list, and are not offered here either.
_LISTED = query_file.own("pages", "things_of_a_namespace")

#: Pages that are no things and no questions.
_PAGES = ("/", "/questions", "/data/", "/ns", "/ns/shapes", "/changes", "/analysis", "/coverage", "/about/conformance")

#: What nobody finds anything by: forms that want something, and what costs much.
_UNWANTED = ("/sparql?", "/graph-store", "/check", "/draft", "/search", "/reconcile", "/mcp", "/metrics", "/compare?")

#: For pages of the dataset: what to cite, its licence, what it is, and how to ask it (signposting.org, RFC 8631).
_SIGNPOSTS = (
    f'<{DATASET}>; rel="cite-as"', f'<{LICENSE}>; rel="license"', '<https://schema.org/Dataset>; rel="type"',
    '<https://schema.org/AboutPage>; rel="type"', '</openapi.json>; rel="service-desc"; type="application/json"',
    '</.well-known/void>; rel="service-meta"; type="text/turtle"',
)  # fmt: skip


def signposts(*more: str) -> Headers:
    """Return the Link header (RFC 8288) of a page about the dataset, with `more` links."""
    return (("link", ", ".join((*_SIGNPOSTS, *more))),)


def robots(_site: Site, request: PageRequest) -> Page:
    """Say what crawlers leave alone, and where the sitemap is (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _UNWANTED), "", f"Sitemap: {request.base}/sitemap.xml"]
    return Page("text/plain; charset=utf-8", ("\n".join(lines) + "\n").encode())


def sitemap(site: Site, request: PageRequest) -> Page:
    """List all pages but those of single records and of people (sitemaps.org)."""
    written = "".join(f"<url><loc>{escape(request.base + path)}</loc></url>\n" for path in _paths(site)[:_MOST])
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{written}</urlset>\n'
    )
    return Page("application/xml; charset=utf-8", body.encode())


@cached
def _paths(site: Site) -> list[str]:
    return [*_PAGES, *(f"/questions/{name}" for name in site.questions), *_things(site)]


def _things(site: Site) -> Iterator[str]:
    for segment in dict.fromkeys(kind.segment for kind in thing_page.kinds() if kind.segment):
        namespace = f"{namespaces.BASE}{segment}/"
        things = sorted(row["thing"] for row in site.select(_LISTED.replace("NAMESPACE", namespace)))
        if things:
            yield f"/{segment}/"
        yield from (f"/{thing.removeprefix(namespaces.BASE)}.html" for thing in things)


def llms(site: Site, request: PageRequest) -> Page:
    """Tell language models what is here and how to ask it (llmstxt.org); the answers themselves bring their sources."""
    context = RenderContext(site, request)
    title, base = catalogue.title()[context.language], request.base
    entries = [
        (f"{base}/mcp", "llms.mcp"), (f"{base}/openapi.json", "llms.openapi"), (f"{base}/sparql", "llms.sparql"),
        (f"{base}/.well-known/sparql-examples", "llms.examples"), (f"{base}/ns.ttl", "llms.ns"),
        (f"{base}/questions", "llms.questions"), (f"{base}/data/", "llms.data"),
        (f"{base}{feeds.WHOLE}", "llms.feed"),
    ]  # fmt: skip
    listed = "".join(f"- [{url.removeprefix(base)}]({url}): {context.text(key)}\n" for url, key in entries)
    asked = "".join(
        f"- [{entry.title[context.language]}]({base}/questions/{entry.name}.csv): {entry.text[context.language]}\n"
        for entry in site.questions.values()
    )
    rule, ways = context.text("llms.rule"), context.text("llms.ways")
    head = f"# {title}\n\n> {catalogue.DESCRIPTION[context.language]}\n\n{rule}\n"
    text = f"{head}\n## {ways}\n\n{listed}\n## {context.text('question.all')}\n\n{asked}"
    return Page("text/markdown; charset=utf-8", text.encode())


def schema(site: Site, context: RenderContext) -> dict[str, object]:
    """Describe the dataset to search engines, in the words of schema.org; empty for data of which nobody knows more."""
    if not site.questions:
        return {}
    release = site.release_dir.release(site.statistics.version) if site.release_dir else None
    base, spoken = context.request.base, context.language
    dataset: dict[str, object] = {
        "@context": "https://schema.org", "@type": "Dataset", "@id": DATASET, "identifier": DATASET,
        "name": catalogue.title()[spoken], "description": catalogue.DESCRIPTION[spoken], "url": f"{base}/data/",
        "license": LICENSE, "isAccessibleForFree": True, "inLanguage": ["ja", "en"],
        "keywords": list(catalogue.KEYWORDS[spoken]), "version": site.statistics.version,
        "creator": {"@type": "Organization", "name": catalogue.PUBLISHER},
    }  # fmt: skip
    if release:
        dataset["dateModified"] = release.modified
        dataset["distribution"] = [
            {
                "@type": "DataDownload", "name": file.name, "encodingFormat": file.media_type,
                "contentUrl": f"{base}/data/{file.name}", "contentSize": f"{file.size} B", "sha256": file.sha256,
                "license": file.licence,
            }
            for file in release.files.values() if file.name != CHECKSUMS and not file.compressed
        ]  # fmt: skip
    return dataset
