"""What the cell of a table says as a literal: the datatypes of CSV on the Web, sections 5.11 and 6.4 of its model."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import CellError
from ccn_graph.rdf import namespaces
from ccn_graph.text import xsd

_XSD = namespaces.PREFIXES["xsd"]

#: The built-in datatypes that are read -> the name in XML Schema.
BUILT_IN = {
    name: name
    for name in (
        "string", "boolean", "integer", "nonNegativeInteger", "positiveInteger", "int", "long", "decimal", "double",
        "float", "date", "dateTime", "gYear", "gYearMonth", "anyURI",
    )
} | {"number": "double", "datetime": "dateTime"}  # fmt: skip
NUMBERS = {"integer", "nonNegativeInteger", "positiveInteger", "int", "long", "decimal", "double", "float"}
DATES = {"date", "gYear", "gYearMonth"}

_FIELDS = {
    "yyyy": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{2})", "M": r"(?P<month>\d{1,2})", "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
}  # fmt: skip
_FIELD = re.compile("yyyy|MM?|dd?|[-/. ]|.")


@dataclass(frozen=True, slots=True)
class Datatype:
    """What the values of a column are; `iri` is the datatype of the literals, `form` how a date is written."""

    base: str = "string"
    iri: str = _XSD + "string"
    form: re.Pattern[str] | None = None
    decimal: str = "."
    group: str = ""

    def literal(self, text: str) -> ox.Literal:
        """Read a cell. Raises CellError for what is no value of the datatype."""
        try:
            lexical = self._lexical(text)
        except ValueError:
            lexical = ""
        if lexical == "" and text:
            raise CellError(
                "table-cell", f"{self.base} として読めない。表を直すか、対応付けの datatype を改める",
                f"this is no {self.base}; correct the table, or the datatype in the mapping", text,
            )  # fmt: skip
        return ox.Literal(lexical, datatype=ox.NamedNode(self.iri))

    def _lexical(self, text: str) -> str:
        if self.base == "string":
            return text if self.form is None or self.form.fullmatch(text) else ""
        text = text.strip()
        if self.base in DATES and self.form:
            return self._date(text)
        if self.base in NUMBERS:
            text = text.replace(self.group, "") if self.group else text
            text = text.replace(self.decimal, ".") if self.decimal != "." else text
        return text if xsd.is_valid(text, _XSD + self.base) else ""

    def _date(self, text: str) -> str:
        assert self.form
        match = self.form.fullmatch(text)
        if not match:
            return ""
        parts = {name: int(value) for name, value in match.groupdict().items()}
        day = datetime.date(parts["year"], parts.get("month", 1), parts.get("day", 1)).isoformat()
        return {"date": day, "gYearMonth": day[:7], "gYear": day[:4]}[self.base]


def date_form(base: str, text: str) -> re.Pattern[str]:
    """Compile the form of a date, such as d.M.yyyy. Raises ValueError for a field that is not read, or a missing one.

    >>> bool(date_form("date", "d.M.yyyy").fullmatch("3.12.2021"))
    True
    """
    parts = _FIELD.findall(text)
    pattern = "".join(_FIELDS.get(part, re.escape(part)) for part in parts)
    needed = {"date": {"y", "M", "d"}, "gYearMonth": {"y", "M"}, "gYear": {"y"}}[base]
    fields = [part[0] for part in parts if part in _FIELDS]
    if sorted(fields) != sorted(needed) or any(part.isalpha() and part not in _FIELDS for part in parts):
        raise ValueError(f"{text} is no form of {base}; write one of yyyy, MM, M, dd, d with - / . between")
    return re.compile(pattern)
