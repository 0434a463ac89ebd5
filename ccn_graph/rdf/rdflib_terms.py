"""Terms of the native engine as rdflib's, and back."""

from __future__ import annotations

import pyoxigraph as ox
import rdflib
from rdflib.term import Node

from ccn_graph.rdf.terms import Term


def to_rdflib(term: Term) -> Node:
    """Turn a term of the native engine into one of rdflib's, keeping the lexical form of literals.

    Raises TypeError for a triple term, which rdflib does not have.
    """
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        # xsd:string is implicit in both; spelling it out would make rdflib tell the two apart.
        plain = term.datatype.value == str(rdflib.XSD.string)
        return rdflib.Literal(term.value, datatype=None if plain else term.datatype.value, normalize=False)
    raise TypeError(f"rdflib has no triple terms: {term}")


def from_rdflib(node: Node) -> Term:
    """Turn a term of rdflib's into one of the native engine."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return ox.BlankNode(str(node))
