"""What validation finds: results as SHACL reports them (SHACL section 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from ccn_graph.rdf import json_terms, namespaces
from ccn_graph.rdf.terms import Term

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

    def to_plain(self) -> list[json_terms.Plain | list[json_terms.Plain]]:
        """Write it as plain data. Raises ValueError if it names a blank node."""
        named = (self.focus, self.path, self.value, self.shape, self.constraint)
        messages: list[json_terms.Plain] = [json_terms.from_term(one) for one in self.messages]
        return [*map(json_terms.from_term, named), self.component, self.severity, messages]

    @staticmethod
    def of_plain(row: object) -> Result:
        """Read it back. Raises ValueError for anything that `to_plain` does not write."""
        match row:
            case [focus, path, value, shape, constraint, str(component), str(severity), [*messages]]:
                at, about, on = json_terms.to_term(focus), json_terms.to_term(shape), json_terms.to_term(path)
                texts = tuple(one for one in map(json_terms.to_term, messages) if isinstance(one, ox.Literal))
                if at and about and (on is None or isinstance(on, ox.NamedNode)):
                    said = json_terms.to_term(value), about, component, severity, json_terms.to_term(constraint)
                    return Result(at, on, *said, texts)
        raise ValueError(f"{row!r} is no result")
