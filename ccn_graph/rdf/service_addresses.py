"""Compares the address that a query calls with those that it may call, both as an HTTP client would go to them."""

from __future__ import annotations

import re
import urllib.parse

from ccn_graph.rdf.query_tokens import unescaped


def normalised(iri: str) -> str:
    """Return the address that an HTTP client would go to for `<iri>`; nothing for one that it could read otherwise.

    >>> normalised("<HTTP://Example.org:80/a/%2e%2e/b/../c?d#e>")
    'http://example.org/c?d'
    """
    try:
        parts = urllib.parse.urlsplit(unescaped(iri[1:-1]))
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not re.fullmatch(r"[a-z0-9._:-]+", host):
        return ""
    if port == {"http": 80, "https": 443}[parts.scheme]:
        port = None
    host = f"[{host}]" if ":" in host else host
    netloc = host if port is None else f"{host}:{port}"
    path: list[str] = []
    segments = re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).split("/")[1:] or [""]
    for number, segment in enumerate(segments):
        if segment == "..":
            path[-1:] = []
        elif segment != ".":
            path.append(segment)
        if segment in ("..", ".") and number == len(segments) - 1:
            path.append("")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{netloc}/{'/'.join(path)}{query}"


def begins(address: str, allowed: str) -> bool:
    """Compare scheme, host and port as wholes: http://example.org does not allow http://example.org.evil.net.

    A colon without a port, as in http://127.0.0.1:, allows every port.
    """
    called = urllib.parse.urlsplit(address)
    any_port = re.fullmatch(r"(https?)://([^/:@]+|\[[^/@\]]+\]):(/.*)?", allowed)
    if any_port:
        scheme, host, path = any_port[1], any_port[2].strip("[]").lower(), any_port[3] or "/"
        return (called.scheme, called.hostname) == (scheme, host) and called.path.startswith(path)
    wanted = urllib.parse.urlsplit(normalised(f"<{allowed}>"))
    return (
        bool(wanted.netloc)
        and (called.scheme, called.netloc) == (wanted.scheme, wanted.netloc)
        and called.path.startswith(wanted.path)
    )
