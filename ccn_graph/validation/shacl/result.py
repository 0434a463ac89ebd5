"""What comes of a validation: results as SHACL reports them (SHACL section 3.6), or an error in the shapes."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.errors import CcnError
from ccn_graph.rdf import namespaces, terms
from ccn_graph.rdf.terms import Term


class ShapesError(CcnError):
    """The shapes are not well-formed, or what they say cannot be evaluated."""


class NotCompilableError(Exception):
    """A shape says something that no query of ours says: it is validated by pySHACL."""


class MalformedShapesError(NotCompilableError):
    """The shapes are not well-formed."""


#: What a shape reports as unless it says otherwise (SHACL section 2.1.4).
VIOLATION = namespaces.PREFIXES["sh"] + "Violation"


@dataclass(frozen=True, slots=True)
class Result:
    """One sh:ValidationResult.

    `path` is the property it speaks of, None for none or a longer path, which its shape tells. `constraint` is the
    node of a constraint in SPARQL, `messages` is how that words this result.
    """

    focus: Term
    path: ox.NamedNode | None
    value: Term | None
    shape: Term
    component: str
    severity: str
    """The IRI of the shape's sh:severity."""
    constraint: Term | None = None
    messages: tuple[ox.Literal, ...] = ()

    def to_plain(self) -> list[terms.Plain | list[terms.Plain]]:
        """Write it as plain data. Raises ValueError if it names a blank node."""
        named = (self.focus, self.path, self.value, self.shape, self.constraint)
        messages: list[terms.Plain] = [terms.from_term(message) for message in self.messages]
        return [*map(terms.from_term, named), self.component, self.severity, messages]

    @staticmethod
    def of_plain(row: object) -> Result:
        """Read it back. Raises ValueError for anything that `to_plain` does not write."""
        match row:
            case [focus, path, value, shape, constraint, str(component), str(severity), [*messages]]:
                at, about, on = terms.to_term(focus), terms.to_term(shape), terms.to_term(path)
                texts = tuple(text for text in map(terms.to_term, messages) if isinstance(text, ox.Literal))
                if at and about and (on is None or isinstance(on, ox.NamedNode)):
                    parts = terms.to_term(value), about, component, severity, terms.to_term(constraint)
                    return Result(at, on, *parts, texts)
        raise ValueError(f"{row!r} is no result")
