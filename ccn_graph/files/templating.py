"""Templates of HTML, and what a page of a single file carries inside: its style, its script, its data."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.utils import htmlsafe_json_dumps

__all__ = ["Environment", "Template", "environment", "json_in_script", "resource", "source"]

#: Writes data as JSON that can stand inside a script of a page.
json_in_script = htmlsafe_json_dumps


def environment(room: str) -> Environment:
    """Return a new environment for the templates of a room of the package: all is escaped, nothing may be undefined."""
    return Environment(
        loader=FileSystemLoader(_templates(room)), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip


@cache
def resource(room: str, name: str) -> str:
    """Return the text of a file among the templates of a room."""
    return (_templates(room) / name).read_text(encoding="utf-8")


def source(room: str, name: str) -> str:
    """Return such a file as a source that a Content-Security-Policy can allow (CSP Level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(resource(room, name).encode()).digest()).decode()


def _templates(room: str) -> Path:
    return Path(__file__).parents[1] / room / "templates"
