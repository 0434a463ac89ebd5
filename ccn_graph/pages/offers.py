"""What an address can be had as, by its ending, by `?format=` or by Accept; the first of a tuple is the default."""

from __future__ import annotations

from ccn_graph.rdf import formats
from ccn_graph.rdf.formats import Format

#: What a page of a thing also comes as: ending -> media type.
DATA = {ending: formats.BY_ENDING[ending].media_type for ending in ("ttl", "jsonld", "nt", "rdf", "trig", "nq")}

_HTML = Format("html", "text/html", ("application/xhtml+xml",))

#: A page that is nothing but a page.
PAGE = (_HTML,)

#: A thing: its page, and what is said of it as RDF. Who takes any JSON gets JSON-LD.
THING = (
    _HTML,
    *(Format(ending, type_, ("application/json",) if ending == "jsonld" else ()) for ending, type_ in DATA.items()),
)

#: What is found.
FINDS = (_HTML, Format("json", "application/json"))

PARQUET = "application/vnd.apache.parquet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: The answer to a question: its page, and its table.
ANSWER = (
    _HTML,
    Format("csv", "text/csv"),
    Format("json", "application/sparql-results+json", ("application/json",)),
    Format("xlsx", XLSX),
    Format("parquet", PARQUET),
    Format("bib", "application/x-bibtex"),
    Format("ris", "application/x-research-info-systems"),
    Format("csl.json", "application/vnd.citationstyles.csl+json"),
)

#: A file, which is what its address says.
FILE: tuple[Format, ...] = ()
