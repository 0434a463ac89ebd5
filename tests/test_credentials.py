from __future__ import annotations

from pathlib import Path

import httpx2 as httpx
import pytest

from ccn_graph.errors import CcnError
from ccn_graph.rdf.remote.credentials import Credentials
from tests.conftest import Write


def kept(write: Write, text: str, mode: int = 0o600) -> Path:
    path = write("credentials", text)
    path.chmod(mode)
    return path


def test_the_environment_gives_a_user_a_token_or_nothing() -> None:
    user = Credentials.read({"CCN_ENGINE_USER": "dba", "CCN_ENGINE_PASSWORD": "secret"})
    assert user == Credentials("dba", "secret")
    assert Credentials.read({"CCN_ENGINE_TOKEN": "abc"}) == Credentials(token="abc")
    assert Credentials.read({}) is None


@pytest.mark.parametrize(
    ("environment", "hint"),
    [
        ({"CCN_ENGINE_USER": "dba"}, "belong together"),
        ({"CCN_ENGINE_PASSWORD": "s3cret"}, "belong together"),
        ({"CCN_ENGINE_TOKEN": "s3cret", "CCN_ENGINE_USER": "dba"}, "one of them"),
    ],
)
def test_half_or_double_credentials_are_refused(environment: dict[str, str], hint: str) -> None:
    with pytest.raises(CcnError, match=hint) as caught:
        Credentials.read(environment)
    assert "s3cret" not in str(caught.value)


def test_a_file_goes_before_the_environment(write: Write) -> None:
    environment = {"CCN_ENGINE_TOKEN": "other"}
    assert Credentials.read(environment, kept(write, "me:p:w\n")) == Credentials("me", "p:w")
    assert Credentials.read(environment, kept(write, "Bearer abc\n")) == Credentials(token="abc")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused_with_the_way_to_mend_it(write: Write, mode: int) -> None:
    with pytest.raises(CcnError, match="chmod 600"):
        Credentials.read({}, kept(write, "me:s3cret", mode))


@pytest.mark.parametrize("text", ["", "s3cret", "me:", ":s3cret", "Bearer ", "me:s3cret\nyou:s3cret"])
def test_a_file_that_holds_something_else_is_refused_without_showing_it(write: Write, text: str) -> None:
    with pytest.raises(CcnError, match="user:password") as caught:
        Credentials.read({}, kept(write, text))
    assert "s3cret" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CcnError, match="nowhere"):
        Credentials.read({}, tmp_path / "nowhere")


def test_nothing_is_shown() -> None:
    assert "secret" not in repr(Credentials("secret-user", "secret", "secret"))


def replies(credentials: Credentials, *answers: httpx.Response) -> list[str]:
    """Give what is said to a server that answers so, request by request."""
    said: list[str] = []
    queue = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        said.append(request.headers.get("authorization", ""))
        return queue.pop(0)

    with httpx.Client(auth=credentials.auth(), transport=httpx.MockTransport(answer)) as client:
        while queue:
            client.post("http://engine/sparql", content=b"x")
    return said


def challenge(*offered: str) -> httpx.Response:
    return httpx.Response(401, headers=[("WWW-Authenticate", one) for one in offered])


def test_a_token_is_sent_at_once_and_a_password_only_when_it_is_asked_for() -> None:
    assert replies(Credentials(token="abc"), httpx.Response(200)) == ["Bearer abc"]
    assert replies(Credentials("me", "pw"), httpx.Response(200), httpx.Response(200)) == ["", ""]


def test_basic_is_answered_and_from_then_on_said_at_once() -> None:
    said = replies(Credentials("me", "pw"), challenge('Basic realm="x"'), httpx.Response(200), httpx.Response(200))
    assert said == ["", "Basic bWU6cHc=", "Basic bWU6cHc="]


def test_of_digest_and_basic_digest_is_taken() -> None:
    both = challenge('Basic realm="x"', 'Digest realm="x", nonce="n", qop="auth"')
    digest = challenge('Digest realm="x", nonce="n", qop="auth"')
    said = replies(Credentials("me", "pw"), both, digest, httpx.Response(200))
    assert said[:2] == ["", ""]
    assert said[2].startswith("Digest ")
    assert not [one for one in said if one.startswith("Basic")]
