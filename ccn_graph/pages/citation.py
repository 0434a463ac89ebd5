"""How to cite an answer: as BibTeX, as CSL-JSON for reference managers, and in words."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from typing import Any

#: What the dataset is called, and who answers for it.
NAME = "ccn-graph"

# LaTeX's own signs; a text must come through them as it is written.
_SIGNS = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\n": " ",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """What is cited: an answer to a question, as the data of `version` gave it on a day."""

    key: str
    """A name for it, of letters, digits and hyphens."""
    title: str
    url: str
    version: str
    day: datetime.date
    language: str


def bibtex(work: Work) -> str:
    """Write an entry of BibTeX; `url`, `urldate`, `version` and `langid` are those of biblatex."""
    fields = {
        "title": f"{{{tex(work.title)}}}",
        "author": f"{{{tex(NAME)}}}",
        "year": str(work.day.year),
        "howpublished": rf"Dataset \url{{{address(work.url)}}}",
        "note": f"Data version {tex(work.version)}, retrieved {work.day.isoformat()}",
        "url": address(work.url),
        "urldate": work.day.isoformat(),
        "version": tex(work.version),
        "langid": "japanese" if work.language == "ja" else "english",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{work.key}-{work.day.isoformat()},", *lines, "}"])


def csl(work: Work) -> str:
    """Write an item of CSL-JSON (schema csl-data.json of CSL 1.0.2), in the list that reference managers read."""
    return json.dumps([item(work)], ensure_ascii=False, indent=2)


def item(work: Work) -> dict[str, Any]:
    """Return an item of CSL-JSON."""
    day = {"date-parts": [[work.day.year, work.day.month, work.day.day]]}
    return {
        "id": f"{work.key}-{work.day.isoformat()}",
        "type": "dataset",
        "title": work.title,
        "author": [{"literal": NAME}],
        "issued": day,
        "accessed": day,
        "version": work.version,
        "URL": work.url,
        "language": work.language,
    }


def tex(text: str) -> str:
    """Return a text as LaTeX has it."""
    return re.sub(r"[\x00-\x1f]+", " ", text).translate(_SIGNS)


def address(url: str) -> str:
    """Return an address that cannot close the braces around it."""
    # An address has no braces and no backslash of its own once they are percent-encoded.
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C").replace(" ", "%20")
