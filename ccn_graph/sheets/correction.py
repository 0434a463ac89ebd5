"""A correction: what is said, where it rests, what should be said, and by which document; a file of anyone's."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.errors import CcnError
from ccn_graph.rdf import terms
from ccn_graph.rdf.terms import Plain

_FORM = "ccn-graph-correction-1"

#: Largest file, in bytes, and longest text in it, in characters.
MOST_BYTES, MOST_CHARACTERS = 65_536, 4_000

_FENCED = re.compile(r"^```json\s*$(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Correction:
    """A statement, and what somebody holds to be right instead.

    `subject`, `property` and `graph` are IRIs, `value` a term as `rdf.terms` writes it.
    """

    subject: str
    property: str
    value: Plain
    graph: str
    proposed: str = ""
    """What should be said, as people write it; empty if the statement should go."""
    document: str = ""
    """The document that says so, by short name, title or address; empty for the one that the statement rests on."""
    place: str = ""
    note: str = ""
    version: str = ""
    """The version of the data in which the statement was read."""

    def term(self) -> ox.NamedNode | ox.Literal:
        """Return the value that is said. Raises ValueError for what is none."""
        term = terms.to_term(self.value)
        if not isinstance(term, ox.NamedNode | ox.Literal):
            raise ValueError("there is no value")
        return term

    def as_json(self) -> str:
        """Write the file; it has no backtick, so that it can stand within a fence of Markdown."""
        text = json.dumps({"form": _FORM, **asdict(self)}, ensure_ascii=False, indent=1)
        return text.replace("`", "\\u0060") + "\n"


def read(path: Path) -> Correction:
    """Read a file, or the text of an issue that holds one. Raises CcnError for anything else, naming it."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES:,} bytes")
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        fenced = _FENCED.search(text)
        return _of(json.loads(fenced[1] if fenced else text))
    except OSError as error:
        raise CcnError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise CcnError(
            f"{path} is no correction: {error}; save one from the page of a statement ('correct this')"
        ) from error


def _of(content: object) -> Correction:
    if not isinstance(content, dict) or content.get("form") != _FORM:
        raise ValueError(f"it has no form {_FORM}")
    names = [part.name for part in fields(Correction)]
    values = {name: content[name] for name in names if name in content}
    if unknown := content.keys() - {"form", *names}:
        raise ValueError(f"it has '{min(unknown)}', which no correction has")
    for name in ("subject", "property", "value", "graph"):
        if not values.get(name):
            raise ValueError(f"it has no {name}")
    texts = [*(value for name, value in values.items() if name != "value"),
             *(values["value"] if isinstance(values["value"], list) else [values["value"]])]  # fmt: skip
    if not all(text is None or (isinstance(text, str) and len(text) <= MOST_CHARACTERS) for text in texts):
        raise ValueError(f"a value of it is no text of at most {MOST_CHARACTERS:,} characters")
    if any(values.get(name, "") is None for name in names if name != "value"):
        raise ValueError("a value of it is null")
    correction = Correction(**values)
    for iri in (correction.subject, correction.property, correction.graph):
        ox.NamedNode(iri)
    # What is no term is refused here, not later.
    correction.term()
    return correction
