"""What an engine may have that the standards do not say: where it is reached, how it is bounded, what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def _nothing(_head: Mapping[str, str]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One product, as a module of this package declares it as `DIALECT`; as it stands, one that keeps to the standards.

    Only SPARQL that is standard is sent to any of them, but for what is named here.
    """

    title: str = ""
    """Its name; a server is known by it in the `Server` header, in letters of any size."""
    path: str = r"$"
    """What its addresses end in, as a regular expression, to find what is above them."""
    addresses: tuple[str, str, str] | None = None
    """The ends of the paths where it takes queries, updates and graphs."""
    timeout: tuple[str, int] | None = None
    """The parameter that bounds the time of a query, and how many of its units make a second."""
    describing: str = ""
    """What stands before a DESCRIBE, so that it describes a thing by its own statements, as the native engine does."""
    most_names: int = 0
    """Characters that the names of the graphs of a query may have together; 0 for any number."""
    limit_header: str = ""
    """The field of an answer's head that tells the most rows it ever gives; empty if it cuts no answer off."""
    incomplete: Callable[[Mapping[str, str]], str] = _nothing
    """Tells from the head of an answer why it is not complete; empty if it may be."""
    functions: tuple[str, ...] = ()
    """Beginnings of IRIs of functions that reach past the data."""
    boolean: str = ""
    """The variable of the row by which it answers ASK, if it does not answer as the standard has it."""
    native: bool = False
    """Whether it reads queries as the engine of this package does."""
