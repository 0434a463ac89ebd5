"""The description of a table: which columns it has and what a cell of each states."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ccn_graph.errors import SourceError
from ccn_graph.rdf import namespaces
from ccn_graph.rdf.csvw import datatypes, json_values
from ccn_graph.rdf.csvw.datatypes import Datatype
from ccn_graph.rdf.csvw.json_values import JsonValue
from ccn_graph.rdf.csvw.uri_template import Template

_CONTEXT = "http://www.w3.org/ns/csvw"
#: Prefixes that every reader of CSV on the Web knows, by the initial context of RDFa 1.1.
_PREFIXES = ("dcat", "dcterms", "foaf", "org", "owl", "prov", "rdf", "rdfs", "skos", "skosxl", "void", "xsd")
#: What a dialect may say: what is so anyway.
_DIALECT = {"encoding": "utf-8", "header": True, "headerRowCount": 1, "quoteChar": '"', "doubleQuote": True,
            "skipRows": 0, "skipColumns": 0, "delimiter": ",", "@type": "Dialect"}  # fmt: skip
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_RESERVED = {"_row", "_sourceRow", "_name"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, real or virtual, with what it inherits from its table."""

    number: int
    """Its place in the table (1 is the first), 0 for a virtual one."""
    line: int
    """The line of the mapping that describes it."""
    name: str = ""
    titles: tuple[str, ...] = ()
    suppressed: bool = False
    required: bool = False
    about: Template | None = None
    property: str = ""
    """The IRI of the property; empty where nothing is stated."""
    value: Template | None = None
    datatype: Datatype = field(default_factory=Datatype)
    default: str = ""
    language: str = ""
    nulls: tuple[str, ...] = ("",)
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its file, its columns in order, and which of them tell its rows apart."""

    path: Path
    """The file of the metadata."""
    file: Path
    """The table itself."""
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """Names of the columns of the primary key."""

    @property
    def real(self) -> tuple[Column, ...]:
        """The columns that stand in the file."""
        return tuple(column for column in self.columns if column.number)


def read(path: Path, also: frozenset[str] = frozenset()) -> Table:
    """Read the metadata of a table; templates may use the variables `also` beside the columns.

    Raises SourceError, with the line, for what is malformed, and for what is not read here.
    """
    root = json_values.read(path)
    members = dict(root.members())
    _context(root, members.pop("@context", None))
    _known(members, {"@type": _is("Table"), "dialect": _dialect, "url": None, "tableSchema": None, "@id": None})
    file = _file(root, members.get("url"))
    schema = members.get("tableSchema")
    if schema is None:
        raise root.fault("there is no tableSchema with the columns", "列を述べる tableSchema がない")
    inherited = {name: value for name, value in members.items() if name in _INHERITED}
    return _schema(path, file, schema, inherited, also)


def _context(root: JsonValue, context: JsonValue | None) -> None:
    if context is None or context.data != _CONTEXT:
        raise (context or root).fault(
            f'write "@context": "{_CONTEXT}"; languages and bases in a context are not read',
            f'"@context": "{_CONTEXT}" と書く。文脈の言語や基底は読まない',
        )


def _is(wanted: str) -> Callable[[JsonValue], None]:
    def check(value: JsonValue) -> None:
        if value.data != wanted:
            raise value.fault(f"only {wanted} is read here", f"ここで読めるのは {wanted} だけ")

    return check


def _dialect(value: JsonValue) -> None:
    for name, setting in value.members().items():
        if name not in _DIALECT or setting.data != _DIALECT[name]:
            raise setting.fault(
                f"{name} {setting.data!r} is not read: a table has commas, one row of headings and is in UTF-8",
                f"{name} は読まない。表はコンマ区切り、見出し1行、UTF-8にする",
            )


def _known(members: Mapping[str, JsonValue], allowed: Mapping[str, Callable[[JsonValue], None] | None]) -> None:
    """Check members by name. Raises SourceError for one that is neither known, nor inherited, nor an annotation."""
    for name, value in members.items():
        if ":" in name or name == "notes" or name in _INHERITED:
            continue  # a common property is a remark of whoever wrote the mapping
        if name not in allowed:
            raise value.fault(
                f"{name} is not read here; what is read of CSV on the Web is listed in CONTRIBUTING, 'Table documents'",
                f"{name} は読まない。CSV on the Webのうち読むものはCONTRIBUTINGの「表の文書」にある",
            )
        check = allowed[name]
        if check:
            check(value)


def _file(root: JsonValue, url: JsonValue | None) -> Path:
    if url is None:
        raise root.fault("there is no url of the table", "表の url がない")
    name = url.text()
    if not name or name != Path(name).name or name.startswith("."):
        raise url.fault(
            f"{name} is no name of a file beside the mapping; nothing else is read",
            f"{name} は対応付けと同じディレクトリのファイル名でない。ほかのものは読まない",
        )
    return root.path.parent / name


def _schema(
    path: Path, file: Path, schema: JsonValue, inherited: dict[str, JsonValue], also: frozenset[str]
) -> Table:  # fmt: skip
    members = schema.members()
    _known(members, {"@type": _is("Schema"), "columns": None, "primaryKey": None, "@id": None})
    inherited = inherited | {name: value for name, value in members.items() if name in _INHERITED}
    described = members["columns"].items() if "columns" in members else []
    columns: list[Column] = []
    for place, value in enumerate(described, start=1):
        column = _column(value, place, inherited)
        if column.number and any(not before.number for before in columns):
            raise value.fault("virtual columns stand after all others", "仮想の列はほかの列より後に書く")
        columns.append(column)
    key = members["primaryKey"].texts() if "primaryKey" in members else ()
    _variables(schema, columns, key, also)
    return Table(path, file, tuple(columns), key)


def _column(value: JsonValue, place: int, inherited: Mapping[str, JsonValue]) -> Column:
    members = value.members()
    _known(members, {"@type": _is("Column"), "name": None, "titles": None, "virtual": None, "suppressOutput": None,
                     "required": None, "@id": None})  # fmt: skip
    virtual = members["virtual"].flag() if "virtual" in members else False
    titles = members["titles"].texts() if "titles" in members else ()
    name = members["name"].text() if "name" in members else titles[0] if titles else f"_col.{place}"
    if "name" in members and not _NAME.fullmatch(name):
        raise members["name"].fault(
            f"{name} is no name of a column: ASCII letters, digits and _ . -, a letter first",
            f"{name} は列の名前にならない。ASCIIの英数字と _ . - を、英字から始める",
        )
    column = Column(
        0 if virtual else place, value.line, name, titles or (name,),
        suppressed=members["suppressOutput"].flag() if "suppressOutput" in members else False,
        required=members["required"].flag() if "required" in members else False,
    )  # fmt: skip
    settings: dict[str, Any] = {}
    for inner, setting in {
        **inherited,
        **{name: member for name, member in members.items() if name in _INHERITED},
    }.items():
        settings |= _INHERITED[inner](setting)
    column = replace(column, **settings)
    if not column.property and not column.suppressed:
        raise value.fault(
            f'column {name} has neither propertyUrl nor "suppressOutput": true, so that nothing says what it states',
            f'列 {name} に propertyUrl も "suppressOutput": true もなく、何を述べるか分からない',
        )
    return column


def _variables(schema: JsonValue, columns: list[Column], key: tuple[str, ...], also: frozenset[str]) -> None:
    names = [column.name for column in columns if column.number]
    if len(set(names)) < len(names):
        raise schema.fault("two columns have one name", "同じ名前の列が二つある")
    allowed = {*names, *_RESERVED, *also}
    for column in columns:
        for template in filter(None, (column.about, column.value)):
            unknown = sorted(template.variables - allowed)
            if unknown:
                raise SourceError(
                    schema.path, column.line, f"there is no column {unknown[0]} to be put into {template.text}",
                    f"{template.text} に入れる列 {unknown[0]} がない",
                )  # fmt: skip
    for name in key:
        if name not in names:
            raise schema.fault(f"the primaryKey {name} is no column", f"primaryKey の {name} という列がない")


def _template(value: JsonValue) -> Template:
    try:
        return Template.of(value.text())
    except ValueError as error:
        raise value.fault(f"this template is not read: {error}", f"このテンプレートは読まない ({error})") from error


def _property(value: JsonValue) -> dict[str, Any]:
    text = value.text()
    prefix, colon, _ = text.partition(":")
    iri = namespaces.expand(text) if colon and (prefix in _PREFIXES or prefix in ("http", "https", "urn")) else None
    if iri is None or "{" in text:
        raise value.fault(
            f"{text} is no property: write its IRI in full, or a prefix of {' '.join(_PREFIXES)}",
            f"{text} は項目でない。IRIをすべて書くか、接頭辞 {' '.join(_PREFIXES)} を使う",
        )
    return {"property": iri}


def _datatype(value: JsonValue) -> dict[str, Any]:
    members = {"base": value} if isinstance(value.data, str) else dict(value.members())
    _known(members, dict.fromkeys(("base", "format", "@id", "@type")))
    base = members["base"].text() if "base" in members else "string"
    if base not in datatypes.BUILT_IN:
        built_in = " ".join(datatypes.BUILT_IN)
        raise members["base"].fault(
            f"the datatype {base} is not read; use one of {built_in}",
            f"型 {base} は読まない。{built_in} のどれかにする",
        )
    base = datatypes.BUILT_IN[base]
    iri = namespaces.expand(members["@id"].text()) if "@id" in members else namespaces.PREFIXES["xsd"] + base
    if iri is None:
        raise members["@id"].fault("the @id of a datatype is an IRI", "型の @id はIRIである")
    datatype = Datatype(base, iri)
    return {"datatype": _formed(datatype, members["format"]) if "format" in members else datatype}


def _formed(datatype: Datatype, value: JsonValue) -> Datatype:
    try:
        if isinstance(value.data, dict) and datatype.base in datatypes.NUMBERS:
            marks = {name: member.text() for name, member in value.members().items()}
            if set(marks) <= {"decimalChar", "groupChar"} and all(len(mark) == 1 for mark in marks.values()):
                return replace(datatype, decimal=marks.get("decimalChar", "."), group=marks.get("groupChar", ""))
        elif datatype.base in datatypes.DATES:
            return replace(datatype, form=datatypes.date_form(datatype.base, value.text()))
    except ValueError as error:
        raise value.fault(str(error), f"日付の書式として読めない: {value.data}") from error
    raise value.fault(
        f"this format of {datatype.base} is not read: of numbers decimalChar and groupChar, of dates yyyy MM M dd d",
        f"{datatype.base} のこの書式は読まない。数では decimalChar と groupChar、日付では yyyy MM M dd d だけ",
    )


#: Properties that a table and a schema hand down to columns -> what they say.
_INHERITED: dict[str, Callable[[JsonValue], dict[str, Any]]] = {
    "aboutUrl": lambda value: {"about": _template(value)},
    "propertyUrl": _property,
    "valueUrl": lambda value: {"value": _template(value)},
    "datatype": _datatype,
    "default": lambda value: {"default": value.text()},
    "lang": lambda value: {"language": value.text()},
    "null": lambda value: {"nulls": value.texts()},
    "separator": lambda value: {"separator": value.text()},
}
