"""The terms of RDF as pyoxigraph has them."""

from __future__ import annotations

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = tuple[Term | None, ...]
"""A solution of a query: its values in the order of the columns, None where one has none."""
