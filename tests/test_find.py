from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from ccn_graph.cli.main import main
from tests.conftest import ROOT


def find(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["find", "--root", str(ROOT), "--lang", "en", *arguments])


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("髙松", "city:takamatsu  Takamatsu  (高松市)"),
        ("kobe", "city:kobe  Kobe"),
        ("神⼾市", "city:kobe  Kobe  (神戸市)"),
        ("UCCN", "net:uccn  UNESCO Creative Cities Network  (UCCN)"),
        ("Yuriko Koike", "person:koike-yuriko  Koike Yuriko"),
    ],
)
def test_a_name_in_any_spelling_gives_the_short_name(name: str, line: str) -> None:
    result = find(name)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, line)


def test_only_things_of_a_kind_are_given_and_only_so_many() -> None:
    lines = find("design", "--kind", "field").stdout.splitlines()
    assert lines and all(line.startswith("field:") for line in lines)
    assert len(find("a", "--limit", "3").stdout.splitlines()) == 3


def test_what_is_not_there_shows_what_is_like_it() -> None:
    result = find("Asahikwa", "--kind", "city")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "city:asahikawa  Asahikawa" in result.stderr


def test_in_japanese_things_are_named_in_japanese() -> None:
    assert "city:kobe  神戸市" in find("Kobe", "--lang", "ja").stdout
