"""Why shapes are handed to pySHACL instead of being compiled."""

from __future__ import annotations

from ccn_graph.errors import CcnError


class ShapesError(CcnError):
    """The shapes are not well-formed, or what they say cannot be evaluated."""


class NotCompilableError(Exception):
    """A shape says something that no query of ours says: it is validated by pySHACL."""


class MalformedShapesError(NotCompilableError):
    """The shapes are not well-formed."""
