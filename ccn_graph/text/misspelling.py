"""How alike two names are; and whether one is the other misspelt, for a repair must almost surely be right."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

#: What each of the first letters that two names share adds to their likeness (Winkler): people rarely err there.
_START, _STARTS = 0.1, 4


def likeness(word: str, other: str) -> float:
    """Return how alike two folded names are, from 0 to 1; those that begin alike are liker.

    >>> likeness("munchen", "munich") > likeness("munchen", "suncheon")
    True
    """
    ratio = difflib.SequenceMatcher(None, word, other, autojunk=False).ratio()
    shared = 0
    for left, right in zip(word[:_STARTS], other[:_STARTS], strict=False):
        if left != right:
            break
        shared += 1
    return ratio + shared * _START * (1 - ratio)


def nearest(word: str, names: Iterable[str], most: int = 3, enough: float = 0.68) -> list[str]:
    """Return up to `most` of the `names` that resemble `word`, the nearest first.

    >>> nearest("membrs", ["members", "meetings"])
    ['members']
    """
    scored = ((likeness(word, name), name) for name in names)
    ranked = sorted((pair for pair in scored if pair[0] >= enough), key=lambda pair: (-pair[0], pair[1]))
    return [name for _, name in ranked[:most]]


# Many names of few letters are right with one letter more, less or other: soka and koka, duran and durban.
_SUBSTITUTED, _OTHERWISE, _HYPHENATED = 7, 4, 5
#: So many groups of three letters that no name has tell a slip from a name: in a short word, and in a part of a name.
_ODD, _ODD_IN_PART = 2, 1
#: What is longer is no name; comparing it would take as much time and memory as it has letters, squared.
_LONGEST = 200
#: Fewer words than this do not tell how names are spelt.
_ENOUGH = 300


class Speller:
    """Knows the names on record, in groups, and which letters follow each other in them."""

    def __init__(self, groups: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a group (such as a class of things) and a name in it; words of a name are joined by hyphens."""
        self._known: dict[str, list[str]] = defaultdict(list)
        for group, name in groups:
            self._known[group].append(name)
        self._shortened: dict[str, dict[str, list[str]]] = {}
        self._words = {word for names in self._known.values() for name in names for word in name.split("-")}
        self._triples = Counter(triple for word in self._words for triple in _triples(word))

    def meant(self, written: str, group: str = "", about: str = "") -> str | None:
        """Return the one name of a group that what is written is a slip of; None if there is none, or more than one.

        A slip is one letter too many, too few, wrong, or two changed about. Numbers are never slips of others.
        `about` is the name of the record in which it stands: that of a membership often holds the name of its member.
        """
        if _holds(about, written):
            return None
        near = [name for name in self._resembling(written, group) if _is_one_letter_apart(written, name)]
        of_record = [name for name in near if _holds(about, name)]
        if len(of_record) == 1:
            return of_record[0]
        return near[0] if len(near) == 1 and self._is_slip(written, near[0]) else None

    def _resembling(self, written: str, group: str) -> list[str]:
        """Return the names that may be one slip apart: with a letter less on one side or both, they are the same."""
        if len(written) > _LONGEST:
            return []
        index = self._shortened.get(group)
        if index is None:
            index = self._shortened[group] = defaultdict(list)
            for name in (candidate for candidate in self._known.get(group, ()) if len(candidate) <= _LONGEST):
                for short in _with_one_letter_less(name):
                    index[short].append(name)
        near = {name for short in _with_one_letter_less(written) for name in index.get(short, ())}
        return sorted(near - {written})

    def _is_slip(self, written: str, name: str) -> bool:
        start, ours, theirs = _change(written, name)
        if "-" in ours + theirs:
            return len(name) >= _HYPHENATED
        if written[start - 1 : start].isdigit() and name[start : start + 1].isdigit():
            return True  # a letter where only digits belong
        word, place = _word(name, min(start, len(name) - 1))
        own = _word(written, min(start, len(written) - 1))[0]
        if len(own) < _OTHERWISE and own == written:
            return False
        odd = self._odd(own)
        if odd >= (_ODD if word == name else _ODD_IN_PART) or len(ours) == 2:
            return True
        if len(ours) == len(theirs):
            return len(word) >= _SUBSTITUTED and (place > 0 or odd > 0)
        return len(word) >= _OTHERWISE

    def _odd(self, word: str) -> int:
        """Count the groups of three letters of a word that no other word has; 0 where too few words are known."""
        if len(self._words) < _ENOUGH:
            return 0
        own = word in self._words
        return sum(self._triples[triple] - own <= 0 for triple in _triples(word))


def meant(written: str, names: Iterable[str]) -> str | None:
    """Return the one known name that what is written is a slip of; None if there is none, or more than one.

    >>> meant("asahikawwa", ["asahikawa", "yokohama"])
    'asahikawa'
    >>> meant("act-2019", ["act-2018"]) is None
    True
    """
    return Speller(("", name) for name in names).meant(written)


def _is_one_letter_apart(written: str, name: str) -> bool:
    if abs(len(written) - len(name)) > 1:
        return False
    start, ours, theirs = _change(written, name)
    if max(len(ours), len(theirs)) > 1 and ours != theirs[::-1]:
        return False
    if re.findall(r"\d+", written) == re.findall(r"\d+", name):
        return True
    # A letter among digits is a slip; a digit more, less or other makes another number.
    among = written[start - 1 : start].isdigit() and written[start + 1 : start + 2].isdigit()
    return among and ours.isalpha() and len(ours) == 1


def _holds(about: str, name: str) -> bool:
    """Tell whether the name of a record holds another name, as uccn-kobe does kobe."""
    return bool(name) and f"-{name}-" in f"-{about}-"


def _with_one_letter_less(name: str) -> set[str]:
    """Return a name and what is left of it without one of its letters."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def _triples(word: str) -> set[str]:
    """Return the groups of three letters of a word, with its beginning and end."""
    marked = f"^{word}$"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


def _change(text: str, other: str) -> tuple[int, str, str]:
    """Return where two texts differ, and what each has there."""
    shortest = min(len(text), len(other))
    start = next((at for at in range(shortest) if text[at] != other[at]), shortest)
    rest = shortest - start
    end = next((at for at in range(rest) if text[-1 - at] != other[-1 - at]), rest)
    return start, text[start : len(text) - end], other[start : len(other) - end]


def _word(name: str, at: int) -> tuple[str, int]:
    """Return the word around a place in a name, and the place within it."""
    start = name.rfind("-", 0, at) + 1
    end = name.find("-", at)
    return name[start : end if end >= 0 else len(name)], at - start
