"""The verb `init`: a project of one's own, from which check, import, serve and release work at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import click

import ccn_graph
from ccn_graph.cli import console
from ccn_graph.errors import CcnError, ProjectError
from ccn_graph.files import atomic, house

_STARTER = Path(__file__).parent / "starter"
#: What a project brings along beside its data: the vocabulary, the shapes, the questions and rules.
_PARTS = ("ontology", "shapes", "queries")


@click.command(epilog="Example: ccn-graph init learning --base https://example.org/learning/ --network learning-cities")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--base", required=True, metavar="IRI", help="What the IRIs of your things begin with; it ends with /.")
@click.option("--network", default="our-network", show_default=True, help="Short name of your network: a-z, 0-9 and -.")
@click.option("--title-en", default="Our network of cities", show_default=True, help="Its name in English.")
@click.option("--title-ja", default="わたしたちの都市ネットワーク", show_default=True, help="Its name in Japanese.")
@console.options
def init(
    directory: Path, base: str, network: str, title_en: str, title_ja: str, lang: str | None, root: Path | None,
    data_dir: Path | None,
) -> None:  # fmt: skip
    """Make a project of your own in DIR: its own base IRI, network and title, with one example to replace.

    DIR gets the vocabulary, shapes, rules and questions, a register of each kind, and `ccn-graph.toml`, which says what
    is yours. Questions that are about particular networks are left out.
    """
    del lang, root, data_dir  # every verb has them
    if not house.is_base(base):
        raise CcnError(
            f"the base '{base}' must be an http or https IRI that ends with /, such as https://example.org/x/"
        )
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", network):
        raise CcnError(f"the short name '{network}' may hold a-z, 0-9 and single hyphens only")
    if directory.exists() and any(directory.iterdir()):
        raise ProjectError(f"{directory} is not empty; name a new directory")
    words = {"network": network, "title_en": _quoted(title_en), "title_ja": _quoted(title_ja)}
    is_new = not directory.exists()
    try:
        _fill(directory, base, words)
    except BaseException:
        # Half a project is none. The directory itself, if it was there, may be where its reader stands.
        for path in directory.glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if is_new and directory.is_dir():
            directory.rmdir()
        raise
    click.echo(f"{directory} holds a project of your own; next: cd {directory}; ccn-graph check; ccn-graph serve")


def _fill(directory: Path, base: str, words: Mapping[str, str]) -> None:
    for path in sorted(_STARTER.rglob("*")):
        if path.is_file():
            filled = re.sub(r"@(network|title_en|title_ja)@", lambda mark: words[mark[1]], path.read_text("utf-8"))
            _write(directory / path.relative_to(_STARTER), house.at_home(filled, base))
    for part in _PARTS:
        for path in sorted((_source() / part).rglob("*")):
            if path.suffix in (".ttl", ".rq") and (text := _adapted(path, words["network"])) is not None:
                _write(directory / part / path.relative_to(_source() / part), house.at_home(text, base))


def _source() -> Path:
    """Return where the parts of a project lie: in the installed package, else in the checkout that it runs from."""
    packed = Path(ccn_graph.__file__).parent / "project"
    return packed if packed.is_dir() else Path(ccn_graph.__file__).resolve().parents[1]


def _adapted(path: Path, network: str) -> str | None:
    """Return a file for any network; None for a question or rule about particular things."""
    text = path.read_text("utf-8")
    if path.suffix != ".rq":
        return text
    head, body = re.findall(r"^#.*\n?", text, re.MULTILINE), re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
    for name, own in (("network", f"net:{network}"), ("city", "city:example"), ("country", "place:example-land")):
        body = re.sub(rf"(VALUES \?{name} \{{ )\w+:[a-z0-9-]+( \}})", rf"\g<1>{own}\g<2>", body)
    particular = re.findall(r"\b(?:net|series|body|city|place|prog|gap|person|member):[a-z0-9][a-z0-9-]*", body)
    if set(particular) - {f"net:{network}", "city:example", "place:example-land"}:
        return None
    return "".join(head) + body


def _quoted(text: str) -> str:
    """Write a text so that it can stand between double quotes in Turtle and in TOML."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CcnError(f"{path} cannot be written: {error.strerror or error}") from error
    atomic.write(path, text.encode("utf-8"))
