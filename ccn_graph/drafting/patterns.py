"""The patterns of each language: data, read once, that say how a sentence states a fact.

A form is a regular expression in which `{name:type}` stands for a mention of a type (`city`, `body|network`, `date`,
`number` ...), `{name:type+}` for a list of them, `{name:type*}` for one with
names that are not on record, and `<word>` for words of the table `words` of the same file.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from ccn_graph.drafting.mentions import CLOSE, OPEN
from ccn_graph.errors import CcnError
from ccn_graph.sheets.kinds import KINDS
from ccn_graph.text.languages import LANGUAGES, Bilingual

_SLOT = re.compile(r"\{(?P<name>[a-z]\w*)(?::(?P<types>[a-z|]+))?(?P<many>[+*])?\}")
_WORD = re.compile(r"<(?P<name>[a-z][a-z-]*)>")
#: What stands between the items of a list.
BETWEEN = (
    r"(?:\s*\([^()⟦⟧]{0,20}\))?"
    r"(?:[」』]?\s*(?:、|,|・|;|/|／|および|及び|並びに|ならびに|と|and|as well as)\s*[「『]?"
    r"|[」』][「『]){1,2}(?:the\s+)?"
)
_TYPES = frozenset(
    {"city", "network", "body", "series", "event", "edition", "country", "prefecture", "place", "person", "programme"}
    | {"field", "date", "fiscal", "number"}
)
#: Cells of a fact that are no columns of its sheet.
_EXTRA = frozenset({"sheet", "each", "when", "doubt"})


@dataclass(frozen=True, slots=True)
class FactForm:
    """A record that a pattern makes: the kind of sheet, and where each of its cells comes from."""

    sheet: str
    cells: Mapping[str, str]
    each: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class FactPattern:
    """A form of sentence and the facts it states."""

    name: str
    language: str
    form: re.Pattern[str]
    facts: tuple[FactForm, ...]
    under: re.Pattern[str] | None = None
    """What one of the headings above must hold."""
    within: re.Pattern[str] | None = None
    """What the sentence or one of its headings must hold besides."""
    heading: bool = False
    """Whether it is for headings only."""
    examples: tuple[str, ...] = ()
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a language that no pattern holds: what tells the future, and what kinds of events are called."""

    future: re.Pattern[str]
    kinds: Mapping[str, str]
    roles: tuple[tuple[re.Pattern[str], str], ...]
    modes: tuple[tuple[re.Pattern[str], str], ...]
    annual: tuple[re.Pattern[str], ...]
    """How the yearly meeting of a network is called after it."""


@functools.cache
def words() -> Words:
    """Return the words of all languages together."""
    tables = [tomllib.loads(_text(language)) for language in LANGUAGES]
    future = "|".join(form for table in tables for form in table["future"])
    kinds = {word: kind for table in tables for word, kind in table["kinds"].items()}
    roles, modes = (
        tuple((re.compile(form), thing) for table in tables for form, thing in table[name].items())
        for name in ("roles", "modes")
    )
    annual = tuple(compiled(form, {}, {}) for table in tables for form in table["phrases"]["annual"])
    return Words(re.compile(future), kinds, roles, modes, annual)


@functools.cache
def patterns() -> tuple[FactPattern, ...]:
    """Return the patterns of all languages. Raises CcnError for one that cannot be read."""
    return tuple(pattern for language in LANGUAGES for pattern in read(_text(language), language))


def _text(language: str) -> str:
    return resources.files("ccn_graph.drafting").joinpath(f"patterns/{language}.toml").read_text("utf-8")


def read(text: str, language: str) -> list[FactPattern]:
    """Read the patterns of a file. Raises CcnError that names the pattern and what is wrong with it."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CcnError(f"patterns/{language}.toml is no TOML: {error}") from error
    words = {name: "|".join(forms) for name, forms in table.get("words", {}).items()}
    return [_pattern(entry, words, language) for entry in table.get("pattern", ())]


@functools.cache
def doubts() -> Mapping[str, Bilingual]:
    """Return why a record may be unsure, by the name of the reason."""
    wordings = {language: tomllib.loads(_text(language)).get("doubts", {}) for language in LANGUAGES}
    return {name: {"ja": wordings["ja"][name], "en": wordings["en"][name]} for name in wordings["ja"]}


def _pattern(entry: Mapping[str, Any], words: Mapping[str, str], language: str) -> FactPattern:
    name = str(entry.get("name", "?"))
    try:
        types: dict[str, tuple[str, ...]] = {}
        form = compiled(entry["form"], words, types)
        under = compiled(entry["under"], words, types) if "under" in entry else None
        within = compiled(entry["within"], words, types) if "within" in entry else None
        facts = tuple(_fact(fact, types) for fact in entry["fact"])
    except (re.error, KeyError, ValueError) as error:
        raise CcnError(f"patterns/{language}.toml: the pattern '{name}' cannot be read: {error}") from error
    examples = tuple(entry.get("examples", ()))
    return FactPattern(name, language, form, facts, under, within, bool(entry.get("heading")), examples, types)


def compiled(form: str, words: Mapping[str, str], types: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Turn a form into a regular expression over marked sentences; note the types of its slots."""

    def slot(match: re.Match[str]) -> str:
        name = match["name"]
        kinds = tuple((match["types"] or name).split("|"))
        if unknown := set(kinds) - _TYPES:
            raise ValueError(f"there is no type {', '.join(sorted(unknown))}; there are {', '.join(sorted(_TYPES))}")
        # The star stays with the types: only such a list may hold names that are not on record.
        types[name] = (*kinds, "*") if match["many"] == "*" else kinds
        mention = rf"{OPEN}\d+;(?:\w+;)*?(?:{'|'.join(kinds)});(?:\w+;)*?{CLOSE}"
        if match["many"] == "*":
            # Names that are not on record may stand among them, but not alone.
            item = rf"(?:{mention}|[^{OPEN}{CLOSE}、,;・。()\n]{{1,30}})"
            return rf"(?P<{name}>(?=[^。\n]*{OPEN}\d+;(?:\w+;)*?(?:{'|'.join(kinds)});){item}(?:{BETWEEN}{item})*)"
        return f"(?P<{name}>{mention}(?:{BETWEEN}{mention})*)" if match["many"] else f"(?P<{name}>{mention})"

    def word(match: re.Match[str]) -> str:
        if match["name"] not in words:
            raise ValueError(f"there are no words <{match['name']}>")
        return f"(?:{words[match['name']]})"

    # Names of groups look like <words>; they follow (?P.
    spelled = re.sub(r"(?<!\?P)" + _WORD.pattern, word, form)
    return re.compile(_SLOT.sub(slot, spelled))


def _fact(entry: Mapping[str, str], types: Mapping[str, Sequence[str]]) -> FactForm:
    sheet = entry["sheet"]
    cells = {name: value for name, value in entry.items() if name not in _EXTRA}
    cells |= {"when": entry["when"]} if "when" in entry else {}
    for name in cells:
        if name != "when" and KINDS[sheet].column(name) is None:
            raise ValueError(f"{sheet} have no column {name}")
    for value in [*cells.values(), entry.get("each", "")]:
        for variable in re.findall(r"\$(\w+)", value):
            if variable not in types and variable not in ("each", "text") and not variable.startswith("x"):
                raise ValueError(f"${variable} is no slot of the form")
    return FactForm(sheet, cells, entry.get("each", ""), entry.get("doubt", ""))
