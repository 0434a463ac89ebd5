"""Writes data of any size about persons, organisations and events, and shapes with ten kinds of constraints for them.

About one thing in two hundred breaks something, so that every constraint has results. The same size gives the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_EX = "https://example.org/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

#: Statements about one person and the event that goes with it.
_A_PERSON = 15

SHAPES = """\
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .

ex:PersonShape a sh:NodeShape ;
    sh:targetClass ex:Person ;
    sh:property ex:person-name, ex:person-age, ex:person-mail, ex:person-works, ex:person-label, ex:person-knows ;
    sh:sparql ex:person-boss .

ex:person-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:maxCount 1 .
ex:person-age a sh:PropertyShape ; sh:path ex:age ; sh:datatype xsd:integer ; sh:minInclusive 0 ; sh:maxInclusive 150 .
ex:person-mail a sh:PropertyShape ; sh:path ex:mail ; sh:pattern "^[a-z0-9.]+@[a-z0-9.]+$" .
ex:person-works a sh:PropertyShape ; sh:path ex:worksFor ; sh:class ex:Organisation .
ex:person-label a sh:PropertyShape ; sh:path ex:label ; sh:uniqueLang true ; sh:languageIn ( "ja" "en" ) .
ex:person-knows a sh:PropertyShape ; sh:path ex:knows ; sh:nodeKind sh:IRI ;
    sh:node [ a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ] .
ex:person-boss sh:prefixes ex: ; sh:select \"\"\"
    SELECT $this ?value WHERE { $this ex:boss ?value . ?value ex:boss $this . FILTER(STR($this) < STR(?value)) }\"\"\" .

ex:EventShape a sh:NodeShape ;
    sh:targetClass ex:Event ;
    sh:closed true ;
    sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ;
    sh:property ex:event-start, ex:event-end, ex:event-state, ex:event-guest ;
    sh:or ( [ sh:path ex:end ; sh:minCount 1 ] [ sh:path ex:state ; sh:hasValue "planned" ] ) .

ex:event-start a sh:PropertyShape ; sh:path ex:start ; sh:datatype xsd:date ; sh:lessThan ex:end .
ex:event-end a sh:PropertyShape ; sh:path ex:end ; sh:datatype xsd:date .
ex:event-state a sh:PropertyShape ; sh:path ex:state ; sh:in ( "held" "planned" ) .
ex:event-guest a sh:PropertyShape ; sh:path ex:guest ; sh:qualifiedMinCount 1 ;
    sh:qualifiedValueShape [ sh:class ex:Person ] .
"""


def write(directory: Path, statements: int) -> tuple[Path, Path]:
    """Write about so many statements as N-Triples, and the shapes as Turtle; give both files."""
    directory.mkdir(parents=True, exist_ok=True)
    data, shapes = directory / f"data-{statements}.nt", directory / "shapes.ttl"
    shapes.write_text(SHAPES, encoding="utf-8")
    persons = statements // _A_PERSON
    with data.open("w", encoding="utf-8") as file:
        for number in range(persons):
            file.writelines(f"{line} .\n" for line in _person(number, persons))
            file.writelines(f"{line} .\n" for line in _event(number, persons))
    return data, shapes


def _iri(name: str, number: int) -> str:
    return f"<{_EX}{name}{number}>"


def _text(text: str, language: str = "") -> str:
    return f'"{text}"@{language}' if language else f'"{text}"'


def _typed(text: str | int, datatype: str) -> str:
    return f'"{text}"^^<{_XSD}{datatype}>'


def _person(number: int, persons: int) -> Iterator[str]:
    me, odd = _iri("person", number), number % 2000
    organisation = _iri("organisation", number // 10)
    said = [
        (_TYPE, f"<{_EX}Person>"),
        ("age", _typed("old" if odd == 1 else 200 if odd == 2 else number % 100, "integer")),
        ("mail", _text("nobody" if odd == 3 else f"person.{number}@example.org")),
        ("worksFor", _iri("person", number) if odd == 4 else organisation),
        ("label", _text(f"人{number}", "ja")),
        ("label", _text(f"Person {number}", "de" if odd == 5 else "en")),
        (
            "knows",
            _text("Taro")
            if odd == 17
            else _iri("nobody", number)
            if odd == 6
            else _iri("person", (number * 7 + 1) % persons),
        ),
        ("boss", _iri("person", number ^ 1 if odd in (8, 9) else number - number % 10)),
    ]
    if odd != 7:
        said.append(("name", _text(f"Name {number}")))
    if odd in (9, 10):
        said += [("name", _text("Another name")), ("label", _text("Another label", "en"))]
    if number % 10 == 0:
        yield f"{organisation} {_TYPE} <{_EX}Organisation>"
    for name, value in said:
        yield f"{me} {name if name == _TYPE else f'<{_EX}{name}>'} {value}"


def _event(number: int, persons: int) -> Iterator[str]:
    me, odd = _iri("event", number), number % 2000
    month = number % 12 + 1
    said = [
        (_TYPE, f"<{_EX}Event>"),
        ("start", _typed(f"2025-{month:02}-20" if odd == 11 else f"2025-{month:02}-10", "date")),
        ("state", _text("open" if odd == 12 else "held")),
        ("guest", _iri("event", number) if odd == 13 else _iri("person", number)),
        ("guest", _iri("event", number) if odd == 13 else _iri("person", (number * 3 + 1) % persons)),
    ]
    if odd != 14:
        said.append(("end", _typed("2025-02-30" if odd == 15 else f"2025-{month:02}-12", "date")))
    said += [("colour", _text("red"))] if odd == 16 else []
    for name, value in said:
        yield f"{me} {name if name == _TYPE else f'<{_EX}{name}>'} {value}"
