"""The terms of RDF as pyoxigraph has them, and as plain data that JSON can hold: an IRI as text, a literal as a list.

A blank node has no such form: its label means nothing outside the reading that gave it.
"""

from __future__ import annotations

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = tuple[Term | None, ...]
"""A solution of a query: its values in the order of the columns, None where one has none."""


#: An IRI, a literal ([text, language, datatype], one of the last two is None), or nothing.
Plain = str | list[str | None] | None


def from_term(term: Term | None) -> Plain:
    """Write a term as plain data. Raises ValueError for what has no such form.

    >>> from_term(ox.NamedNode("https://example.org/x"))
    'https://example.org/x'
    >>> from_term(ox.Literal("神戸市", language="ja"))
    ['神戸市', 'ja', None]
    """
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal) and not term.direction:
        return [term.value, term.language, None if term.language else term.datatype.value]
    if term is None:
        return None
    raise ValueError(f"{term} has no plain form")


def to_term(plain: object) -> Term | None:
    """Read a term back. Raises ValueError for anything that `from_term` does not write.

    >>> to_term(["1", None, "http://www.w3.org/2001/XMLSchema#integer"])
    <Literal value=1 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>
    >>> to_term(None) is None
    True
    """
    match plain:
        case None:
            return None
        case str(iri):
            return ox.NamedNode(iri)
        case [str(text), str(language), None]:
            return ox.Literal(text, language=language)
        case [str(text), None, str(datatype)]:
            return ox.Literal(text, datatype=ox.NamedNode(datatype))
    raise ValueError(f"{plain!r} is no term")
