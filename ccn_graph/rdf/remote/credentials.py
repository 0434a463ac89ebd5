"""Who we are to an engine: from the environment or from a file of one's own, and never shown again.

Nothing here comes from the command line, where every user of a machine can read it.
"""

from __future__ import annotations

import stat
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx

from ccn_graph.errors import CcnError

USER, PASSWORD, TOKEN = "CCN_ENGINE_USER", "CCN_ENGINE_PASSWORD", "CCN_ENGINE_TOKEN"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token; `repr` shows none of them."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @staticmethod
    def read(environment: Mapping[str, str], file: Path | None = None) -> Credentials | None:
        """Take them from `file` if there is one, else from the environment; None if neither has any.

        Raises CcnError for half of them, or both kinds, and for a file that is not as it should be.
        """
        if file:
            return _of_file(file)
        user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
        if token and (user or password):
            raise CcnError(f"the environment has {TOKEN} and {USER}; the engine can be told one of them")
        if bool(user) != bool(password):
            raise CcnError(f"{USER} and {PASSWORD} belong together; set both in the environment, or neither")
        return Credentials(user, password, token) if token or user else None

    def auth(self) -> httpx.Auth:
        """Return what signs requests: a token at once, a password in the way that the server asks for."""
        return _Bearer(self.token) if self.token else _Challenged(self.user, self.password)


def _of_file(path: Path) -> Credentials:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CcnError(f"the credentials in {path} cannot be read: {error}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise CcnError(f"others may read the credentials in {path}; make it yours alone: chmod 600 {path}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kind, _, token = lines[0].partition(" ") if lines else ("", "", "")
    if len(lines) == 1 and kind.lower() == "bearer" and token.strip():
        return Credentials(token=token.strip())
    user, colon, password = lines[0].partition(":") if len(lines) == 1 else ("", "", "")
    if not (user and colon and password):
        raise CcnError(f"{path} does not hold credentials; write one line: user:password, or Bearer TOKEN")
    return Credentials(user, password)


class _Bearer(httpx.Auth):
    """RFC 6750, section 2.1."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _Challenged(httpx.Auth):
    """Says nothing until it is asked, then answers by Digest (RFC 7616) or Basic (RFC 7617), and from then on at once.

    Of the two, Digest is taken where both are offered: it does not tell the password.
    """

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._chosen is None:
            response = yield request
            offered = [
                challenge.partition(" ")[0].lower() for challenge in response.headers.get_list("www-authenticate")
            ]
            if response.status_code != 401 or not {"digest", "basic"} & set(offered):
                return
            kind = httpx.DigestAuth if "digest" in offered else httpx.BasicAuth
            self._chosen = kind(self._user, self._password)
        yield from self._chosen.auth_flow(request)
