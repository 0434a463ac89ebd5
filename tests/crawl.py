"""Follows every link of the pages over HTTP, and compares what pages and data say."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

import httpx2 as httpx
import pyoxigraph as ox
import rdflib
from selectolax.lexbor import LexborHTMLParser

from ccn_graph.pages import place
from ccn_graph.rdf import namespaces

#: Endings of the addresses of data -> how to read them.
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}

_KINDS = "|".join(sorted(set(namespaces.SEGMENTS.values())))
_ENDINGS = "|".join([*FORMATS, "html"])
_ENDING = re.compile(rf"\.({_ENDINGS})$")
#: The path of a thing: its name, and perhaps an ending.
THING = re.compile(rf"/((?:{_KINDS})/[^/.]+)(?:\.({_ENDINGS}))?")

_LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "use": "href", "form": "action"}
#: Names of things are addresses once the project has its own host.
_HOST, _FOLDER = urlsplit(namespaces.BASE).netloc, urlsplit(namespaces.BASE).path.rstrip("/")

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Document:
    """A page or another file: where it leads and what can be pointed to in it."""

    address: str
    """Path and query."""
    status: int
    media_type: str
    seconds: float
    body: bytes = field(repr=False)
    links: tuple[tuple[str, str], ...] = ()
    """Address and fragment, of what is on the same server."""
    ids: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Name the type of page or file: `city.html`, `city/`, `questions/`, `static`."""
        segment, _, rest = urlsplit(self.address).path.strip("/").partition("/")
        ending = _ENDING.search(rest)
        return segment + (f".{ending[1]}" if ending else "/" if self.address.split("?")[0].count("/") > 1 else "")


class Crawl:
    """Reads everything that `wanted` takes and that can be reached by links, each address once."""

    def __init__(self, http: httpx.Client, wanted: Callable[[str], bool] = lambda _: True) -> None:
        """Begin at nothing."""
        self._http = http
        self._wanted = wanted
        self.documents: dict[str, Document] = {}
        self.faults: list[str] = []
        self.passed: dict[str, str] = {}
        """Addresses that were not wanted -> a page that leads there."""
        self._pointing: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def run(self, *starts: str) -> Iterator[Document]:
        """Give each document as it comes, breadth first."""
        waiting = deque((start, "the start") for start in starts)
        seen = set(starts)
        while waiting:
            address, source = waiting.popleft()
            if not self._wanted(address):
                self.passed[address] = source
                continue
            found = self._read(address)
            if found.status != 200:
                self.faults.append(f"{source} leads to {address}: {found.status}")
            self.faults += [
                f"{address}: several elements have the id '{name}'"
                for name, count in Counter(found.ids).items()
                if count > 1
            ]
            for to, fragment in found.links:
                if fragment:
                    self._pointing[to].setdefault(fragment, address)
                if to not in seen:
                    seen.add(to)
                    waiting.append((to, address))
            self.documents[address] = found
            yield found
        self._follow_fragments()

    def _follow_fragments(self) -> None:
        for address, fragments in self._pointing.items():
            if (found := self.documents.get(address)) and found.media_type == "text/html":
                there = set(found.ids)
                for fragment, source in fragments.items():
                    # The editor's fragments are queries.
                    if fragment not in there and not fragment.startswith("query="):
                        self.faults.append(f"{source} leads to {address}#{fragment}: no such place")

    def _read(self, address: str) -> Document:
        begun = time.perf_counter()
        response = self._http.get(address, follow_redirects=True, headers={"Accept": "text/html, */*;q=0.1"})
        seconds = time.perf_counter() - begun
        media_type = response.headers.get("content-type", "").partition(";")[0]
        links: tuple[tuple[str, str], ...] = ()
        ids: tuple[str, ...] = ()
        if media_type == "text/html":
            tree = LexborHTMLParser(response.content)
            links = tuple(dict.fromkeys(_links(tree, str(response.url))))
            ids = tuple(str(node.attributes["id"]) for node in tree.css("[id]"))
        return Document(address, response.status_code, media_type, seconds, response.content, links, ids)


def _links(tree: LexborHTMLParser, here: str) -> Iterator[tuple[str, str]]:
    host = urlsplit(here).netloc
    for tag, attribute in _LINKS.items():
        for node in tree.css(f"{tag}[{attribute}]"):
            parts = urlsplit(urljoin(here, node.attributes[attribute] or ""))
            ours = parts.netloc == _HOST and parts.path.startswith(f"{_FOLDER}/")
            if ours or parts.netloc == host:
                path = parts.path.removeprefix(_FOLDER) if ours else parts.path
                yield path + (f"?{parts.query}" if parts.query else ""), unquote(parts.fragment)


def differences(documents: Mapping[str, Document]) -> Iterator[str]:
    """Give what is wrong with the data of things: not the same in all formats, or not shown by the page.

    Raises SyntaxError if they can not be read.
    """
    things: defaultdict[str, dict[str, Document]] = defaultdict(dict)
    for document in documents.values():
        if document.status == 200 and (thing := THING.fullmatch(urlsplit(document.address).path)) and thing[2]:
            things[thing[1]][thing[2]] = document
    for number, (name, found) in enumerate(sorted(things.items())):
        read = {ending: statements(found[ending]) for ending in FORMATS if ending in found}
        yield from _between_formats(name, read)
        # The other reader of JSON-LD is slow.
        if "jsonld" in read and number % 10 == 0:
            peer = rdflib.Graph().parse(data=found["jsonld"].body, format="json-ld")
            if len(peer) != len(read["jsonld"]):
                yield f"{name}.jsonld is read otherwise by rdflib"
        for language in LANGUAGES:
            # Pages of shapes say in words what they demand.
            page = documents.get(f"/{name}.html?lang={language}")
            if "ttl" in read and page and not name.startswith("shape/"):
                yield from unsaid(page, language, namespaces.BASE + name, (quad.triple for quad in read["ttl"]))


def _between_formats(name: str, read: Mapping[str, frozenset[ox.Quad]]) -> Iterator[str]:
    for peers in (("ttl", "nt", "rdf", "jsonld"), ("trig", "nq")):
        for ending in peers:
            if ending in read and read[ending] != read.get(peers[0]):
                yield f"{name}.{ending} says something else than {name}.{peers[0]}"


def statements(document: Document) -> frozenset[ox.Quad]:
    """Read RDF, with the same names for the same blank nodes. Raises SyntaxError."""
    ending = _ENDING.search(urlsplit(document.address).path)
    assert ending
    read = ox.Dataset(ox.parse(document.body, FORMATS[ending[1]], base_iri=namespaces.BASE))
    read.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(read)


def unsaid(page: Document, language: str, iri: str, triples: Iterable[ox.Triple]) -> Iterator[str]:
    """Give what data say of a thing in the reader's language that its page does not show."""
    shown = Shown(page.body)
    told: defaultdict[str, list[object]] = defaultdict(list)
    for triple in triples:
        if triple.subject == ox.NamedNode(iri):
            told[triple.predicate.value].append(triple.object)
    for name, values in told.items():
        others = (
            LANGUAGES
            if name == f"{namespaces.CCN}reading" or any(_language(value) == language for value in values)
            else ()
        )
        for value in values:
            written = value
            if name == f"{namespaces.CCN}locator" and isinstance(value, ox.Literal):
                # Pages write lines and pages out.
                written = ox.Literal(place.spell(value.value, language))
            if not shown.shows(written) and not (_language(value) in others and _language(value) != language):
                yield f"{page.address} does not show {namespaces.curie(name)} {value}"


def _language(value: object) -> str:
    return (value.language or "").partition("-")[0] if isinstance(value, ox.Literal) else ""


class Shown:
    """What can be seen on a page."""

    def __init__(self, body: bytes) -> None:
        """Read a page."""
        tree = LexborHTMLParser(body)
        self._text = "".join(tree.body.text(separator=" ").split()) if tree.body else ""
        self._times = {node.attributes["datetime"] for node in tree.css("time[datetime]")}
        self._links = {unquote(str(node.attributes["href"])) for node in tree.css("a[href], link[href]")}
        self._paths = {re.sub(r"(\.html)?(\?[^#]*)?(?=#|$)", "", link, count=1) for link in self._links}

    def shows(self, value: object) -> bool:
        """Say whether a value is there: a link as link, a date as time, all else as text; yes and no say more."""
        if isinstance(value, ox.NamedNode):
            return value.value in self._links or "/" + value.value.removeprefix(namespaces.BASE) in self._paths
        if not isinstance(value, ox.Literal):
            return True  # a blank node has no name to be shown by
        kind = namespaces.curie(value.datatype.value)
        return (
            kind == "xsd:boolean"
            or value.value in self._times | self._links
            or "".join(value.value.split()) in self._text
            or (kind == "xsd:integer" and f"{int(value.value):,}" in self._text)
        )
