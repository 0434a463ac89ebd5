"""Why shapes are handed to pySHACL instead of being compiled."""

from __future__ import annotations


class BeyondQueriesError(Exception):
    """A shape says something that no query of ours says: it is validated by pySHACL."""


class MalformedShapesError(BeyondQueriesError):
    """The shapes are not well-formed: pySHACL is given them all, so that it says what is wrong with them."""
