"""Which tools there are: one for each question, and a few for names, things, terms, queries and checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccn_graph.graph.questions import Question
from ccn_graph.graph.search import THINGS
from ccn_graph.pages.form import listed_things
from ccn_graph.pages.site_data import Site, cached
from ccn_graph.rdf import query_guard
from ccn_graph.rdf.query_file import Parameter

#: What CallRequest.service names.
SERVICE = "mcp"

#: Rows of a page of an answer, if nothing is asked, and at most.
ROWS, MOST_ROWS = 25, 200

#: Rows beyond which an answer is cut.
MOST_IN_ALL = 20_000

#: Longest text to be checked, in characters.
LONGEST_CHECKED = 200_000

#: Up to so many things of a kind are listed as choices.
_LISTED = 60

#: What all tools do: they read, and the same call gives the same answer from the same data.
_ANNOTATIONS = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}

_FORMATS = {"date": r"^\d{4}-\d{2}-\d{2}$", "today": r"^\d{4}-\d{2}-\d{2}$", "year": r"^\d{4}$"}

_LANGUAGE = {
    "type": "string", "enum": ["ja", "en"], "default": "en", "description": "Language of labels / 言語",
}  # fmt: skip
_OFFSET = {
    "type": "integer", "minimum": 0, "default": 0,
    "description": "`next_offset` of the page before / 前の頁のnext_offset",
}  # fmt: skip
_LIMIT = {
    "type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS,
    "description": "Rows of a page / 行数",
}  # fmt: skip
_PAGED = {"limit": _LIMIT, "offset": _OFFSET, "language": _LANGUAGE}


@cached
def tools(site: Site) -> list[dict[str, Any]]:
    """Return the tools as the protocol lists them (Model Context Protocol, Tools)."""
    return [
        *(_tool(*parts) for parts in _GENERAL),
        *(_of_question(site, question) for question in site.questions.values()),
    ]


def question_of(questions: Mapping[str, Question], tool: str) -> Question | None:
    """Return the question that a tool asks; None if it asks none."""
    return questions.get(tool.removeprefix("ask_").replace("_", "-")) if tool.startswith("ask_") else None


def _tool(
    name: str, title: str, description: str, properties: Mapping[str, Any], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    schema = {
        "type": "object", "properties": dict(properties), "required": list(required), "additionalProperties": False,
    }  # fmt: skip
    return {
        "name": name, "title": title, "description": description, "inputSchema": schema, "annotations": _ANNOTATIONS,
    }  # fmt: skip


def _of_question(site: Site, question: Question) -> dict[str, Any]:
    words = f"{question.text['en']} / {question.text['ja']}"
    properties = {parameter.name: _parameter(site, parameter) for parameter in question.parameters}
    name = f"ask_{question.name.replace('-', '_')}"
    title = f"{question.title['en']} / {question.title['ja']}"
    return _tool(name, title, words, properties | _PAGED)


def _parameter(site: Site, parameter: Parameter) -> dict[str, Any]:
    heading = f"{parameter.heading['en']} / {parameter.heading['ja']}"
    if parameter.kind == "number":
        return {"type": "integer", "default": int(parameter.default.split("^")[0].strip('"')), "description": heading}
    if parameter.kind in _FORMATS:
        default = {} if parameter.kind == "today" else {"default": parameter.default.partition("^^")[0].strip('"')}
        hint = " (default: today / 既定は今日)" if parameter.kind == "today" else ""
        return {"type": "string", "pattern": _FORMATS[parameter.kind], **default, "description": heading + hint}
    if parameter.kind == "text":
        return {"type": "string", "maxLength": 200, "description": heading}
    name = parameter.default.partition(":")[2]
    listed = listed_things(site, "en", parameter.kind)
    if 0 < len(listed) <= _LISTED:
        named = "; ".join(f"{choice.value}: {choice.label}" for choice in listed)
        return {
            "type": "string", "enum": [choice.value for choice in listed], "default": name,
            "description": f"{heading}. {named}",
        }  # fmt: skip
    short = name if listed else parameter.default
    hint = "short name, IRI or name in any language; find_name helps / 短い名前、IRI、名前(find_nameで探せます)"
    return {"type": "string", "maxLength": 200, "default": short, "description": f"{heading}: {hint}"}


_NAME = {"type": "string", "minLength": 1, "maxLength": 100, "description": "A name in any language / 名前"}
_THING = {
    "type": "string", "minLength": 1, "maxLength": 300,
    "description": "IRI or prefixed name, such as city:kanazawa / IRIまたは接頭辞付きの名前",
}  # fmt: skip
_KIND = {
    "type": "string", "enum": [kind for kind in THINGS if kind != "question"], "description": "Only this kind / 種類",
}  # fmt: skip

_GENERAL: tuple[tuple[Any, ...], ...] = (
    (
        "find_name", "Find a thing by its name / 名前からさがす",
        "Find cities, networks, events, bodies, documents by a name in any language or spelling; gives IRIs and short "
        "names for the other tools. / 都市・ネットワーク・行事などを、どの言語・表記の名前からでもさがします。",
        {"name": _NAME, "kind": _KIND, **_PAGED}, ("name",),
    ),
    (
        "describe_thing", "Describe a thing with its evidence / ものの記述と典拠",
        "All that documents say of a thing: each statement with its documents, the places in them, and how it stands "
        "beside others. / あるものについて文書が伝えるすべてを、典拠の文書と箇所、食い違いの有無とともに返します。",
        {"thing": _THING, **_PAGED}, ("thing",),
    ),
    (
        "vocabulary", "Classes, properties and shapes / 語彙とシェイプ",
        "The classes and properties of the data; of one term also the shapes that look at it. Read this before you "
        "write SPARQL. / データのクラスとプロパティ。一つの語を指定すると、それを調べるシェイプも返します。",
        {"term": {**_THING, "description": "Class or property, such as ccn:Membership / クラスかプロパティ"}, **_PAGED},
    ),
    (
        "sparql", "Ask in SPARQL / SPARQLで問う",
        "SPARQL 1.1, for reading only. Rows as the query gives them, each with documents that speak of its things. The "
        "graph graph:preferred holds preferred values with bounds of dates; prefer the ask_ tools where one fits. / "
        "読み取り専用のSPARQL 1.1。各行に、その事物について述べる文書が付きます。",
        {"query": {"type": "string", "minLength": 1, "maxLength": query_guard.MAX_LENGTH}, **_PAGED}, ("query",),
    ),
    (
        "check", "Check Turtle before it is entered / 登録前の検査",
        "Check a snippet against the shapes and rules of the graph; nothing is kept. / "
        "断片をグラフのシェイプと規則で検査します。何も保存しません。",
        {
            "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_CHECKED},
            "syntax": {"type": "string", "enum": ["ttl", "jsonld", "nt", "nq", "trig", "rdf"], "default": "ttl"},
            **_PAGED,
        },
        ("text",),
    ),
)  # fmt: skip
