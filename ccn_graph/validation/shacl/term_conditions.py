"""Conditions on one term by itself as SPARQL expressions (SHACL sections 4.1 to 4.4 and 4.8).

Every expression is true or false for every term, never an error: what cannot be decided is false, as it must be for a
value that is not what the constraint is about. Where the native engine may see a literal otherwise than XML Schema does
(rare spellings, other precisions), the expression asks a function of `functions` instead; for the rest it never leaves
the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from ccn_graph.rdf import namespaces
from ccn_graph.rdf.terms import Term
from ccn_graph.validation.shacl import functions, lexical, regex, shape_model
from ccn_graph.validation.shacl.result import MalformedShapesError, NotCompilableError
from ccn_graph.validation.shacl.shape_model import Constraint

_XSD = namespaces.PREFIXES["xsd"]
_STRING = f"<{_XSD}string>"

_DAY = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?"

# Spellings that everybody takes for well-formed, with any others left to the table of XML Schema.
_WELL_FORMED = {
    "integer": "-?[0-9]{1,15}",
    "decimal": "-?[0-9]{1,15}([.][0-9]{1,15})?",
    "double": "-?[0-9]{1,9}([.][0-9]{1,9})?([eE]-?[0-9]{1,2})?",
    "float": "-?[0-9]{1,9}([.][0-9]{1,9})?([eE]-?[0-9]{1,2})?",
    "boolean": "true|false",
    "date": _DAY,
    "dateTime": f"{_DAY}T{_TIME}Z?",
    "time": _TIME,
    "gYear": "[1-9][0-9]{3}",
    "gYearMonth": "[1-9][0-9]{3}-(0[1-9]|1[0-2])",
}
# Spellings without a time zone, whose order is the same for everybody.
_LOCAL = {"date": _DAY, "dateTime": f"{_DAY}T{_TIME}"}
_NUMERIC = {_XSD + name for name in ("integer", "decimal", "double", "float")}

_KINDS = {"IRI": "isIRI", "BlankNode": "isBlank", "Literal": "isLiteral"}


def constant(term: Term) -> str:
    """Write a term as the store has it. Raises BeyondQueriesError for a blank node, which no query can name."""
    if isinstance(term, ox.BlankNode | ox.Triple):
        raise NotCompilableError(f"{term} is a node that a query cannot name")
    return str(lexical.stored(term))


def text(value: str) -> str:
    """Write a string for SPARQL."""
    return str(ox.Literal(value))


def all_of(conditions: Iterable[str]) -> str:
    """Join conditions by `and`."""
    wanted = [condition for condition in conditions if condition != "true"]
    return "false" if "false" in wanted else f"({' && '.join(wanted)})" if wanted else "true"


def any_of(conditions: Iterable[str]) -> str:
    """Join conditions by `or`."""
    wanted = [condition for condition in conditions if condition != "false"]
    return "true" if "true" in wanted else f"({' || '.join(wanted)})" if wanted else "false"


def negated(condition: str) -> str:
    """Turn a condition round."""
    return {"true": "false", "false": "true"}.get(condition) or f"(!{condition})"


def of_term(constraint: Constraint, value: str) -> str:
    """Say that a term by itself meets a constraint."""
    match constraint:
        case shape_model.NodeKind(kind):
            return any_of(f"{_KINDS[part]}({value})" for part in kind.split("Or"))
        case shape_model.Datatype(datatype):
            return _of_datatype(datatype, value)
        case shape_model.Bound(operator=operator, limit=limit):
            return _within(value, operator, limit)
        case shape_model.Length(operator, length):
            if operator == ">=" and length == 0:
                return "true"
            return f"COALESCE(STRLEN(STR({value})) {operator} {length}, false)"
        case shape_model.Pattern(pattern, flags):
            try:
                written, kept = regex.translated(pattern, flags)
            except regex.PatternError as error:
                raise MalformedShapesError(f"{pattern}: {error}") from error
            return f"COALESCE(REGEX(STR({value}), {text(written)}, {text(kept)}), false)"
        case shape_model.LanguageIn(ranges):
            matches = " || ".join(f"LANGMATCHES(LANG({value}), {text(part)})" for part in ranges) or "false"
            return f"COALESCE({matches}, false)"
        case shape_model.In(values):
            return _among(value, values)
    raise NotCompilableError(f"{constraint} is not a condition on one value")


def _among(value: str, listed: Iterable[Term]) -> str:
    written = [(term, constant(term)) for term in listed]
    iris = ", ".join(name for term, name in written if isinstance(term, ox.NamedNode))
    # The operator IN compares by value, which is the same for IRIs only.
    same = [f"sameTerm({value}, {name})" for term, name in written if not isinstance(term, ox.NamedNode)]
    return any_of([*([f"({value} IN ({iris}))"] if iris else []), *same])


def _of_datatype(datatype: ox.NamedNode, value: str) -> str:
    name = datatype.value
    if name == namespaces.PREFIXES["rdfs"] + "Literal":
        return f"isLiteral({value})"
    if name == namespaces.PREFIXES["rdf"] + "langString":
        return f"COALESCE(LANG({value}) != '', false)"
    if name == namespaces.PREFIXES["rdfs"] + "Datatype":
        raise NotCompilableError("rdfs:Datatype as a datatype")
    spelled = {str(datatype)} | (
        {str(lexical.stored_datatype(datatype))} if lexical.is_stored_by_value(datatype) else set()
    )
    typed = f"DATATYPE({value}) IN ({', '.join(sorted(spelled))})"
    if name == _XSD + "string" or not name.startswith((_XSD, namespaces.PREFIXES["rdf"])):
        return f"COALESCE({typed}, false)"
    asked = functions.call(functions.WELL_FORMED, value, str(datatype))
    form = _WELL_FORMED.get(name.removeprefix(_XSD))
    sure = f"REGEX(STR({value}), {text(f'^({form})$')}) || {asked}" if form else asked
    return f"COALESCE({typed} && ({sure}), false)"


def _within(value: str, operator: str, limit: ox.Literal) -> str:
    asked = functions.call(functions.WITHIN, value, text(operator), constant(limit))
    datatype = limit.datatype.value
    local = _LOCAL.get(datatype.removeprefix(_XSD))
    if datatype in _NUMERIC and _is(limit, _WELL_FORMED[datatype.removeprefix(_XSD)]):
        sure = f"isNumeric({value})"
    elif datatype == _XSD + "string":
        sure = f"DATATYPE({value}) = {_STRING}"
    elif local and _is(limit, local):
        sure = f"DATATYPE({value}) = {limit.datatype} && REGEX(STR({value}), {text(f'^{local}$')})"
    else:
        return f"COALESCE({asked}, false)"
    return f"COALESCE(IF({sure}, {value} {operator} {limit}, {asked}), false)"


def _is(literal: ox.Literal, form: str) -> bool:
    return re.fullmatch(form, literal.value) is not None


def in_order(first: str, second: str, operator: str) -> str:
    """Say that one value comes before another (SHACL section 4.5.3)."""
    asked = functions.call(functions.IN_ORDER, first, text(operator), second)
    local = " || ".join(
        f"(DATATYPE({first}) = <{_XSD}{name}> && REGEX(STR({first}), {text(f'^{form}$')})"
        f" && REGEX(STR({second}), {text(f'^{form}$')}))"
        for name, form in _LOCAL.items()
    )
    same = f"DATATYPE({first}) = DATATYPE({second}) && (DATATYPE({first}) = {_STRING} || {local})"
    sure = f"IF(isNumeric({first}) && isNumeric({second}), true, {same})"
    return f"COALESCE(IF({sure}, {first} {operator} {second}, {asked}), {asked}, false)"
