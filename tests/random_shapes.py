"""Makes up shapes and data that touch each other, for comparing engines: the same seed gives the same text."""

from __future__ import annotations

import random

PREFIXES = """\
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NODES = [f"ex:n{number}" for number in range(5)]
BLANK = ["_:b0", "_:b1"]
PROPERTIES = [f"ex:p{number}" for number in range(4)]
CLASSES = ["ex:C0", "ex:C1", "ex:C2"]
TEXTS = ['"a"@en', '"b"@en', '"b"@ja', '"b"@en-GB', '"x"', '"n1"', '"two\\nlines\\n"', '"神戸"@ja']
NUMBERS = [
    "1", "2", "1.5", '"1.50"^^xsd:decimal', '"01"^^xsd:integer', '"1"^^xsd:int', '"1"^^xsd:nonNegativeInteger', "2e0",
    '"+1"^^xsd:integer', '"1.0"^^xsd:double', '"12345678901234567890123"^^xsd:integer', '"2"^^xsd:float',
]  # fmt: skip
DATES = [
    '"2025"^^xsd:gYear', '"2025-01-31"^^xsd:date', '"2025-02-01"^^xsd:date', '"2025-02"^^xsd:gYearMonth',
    '"2025-01-31T10:00:00"^^xsd:dateTime', '"2025-01-31T10:00:00Z"^^xsd:dateTime',
    '"2025-01-31T10:00:00.50"^^xsd:dateTime', '"10:00:00"^^xsd:time',
]  # fmt: skip
ILL_TYPED = [
    '"one"^^xsd:integer',
    '"2025-02-30"^^xsd:date',
    '"maybe"^^xsd:boolean',
    '"1,5"^^xsd:decimal',
    '"y"^^ex:own',
]
# pySHACL orders booleans among numbers, which XML Schema does not.
LITERALS = [*TEXTS, *NUMBERS, *DATES, *ILL_TYPED, '"P1D"^^xsd:duration']
DATATYPES = [
    "xsd:integer", "xsd:decimal", "xsd:double", "xsd:int", "xsd:boolean", "xsd:string", "rdf:langString", "xsd:date",
    "xsd:dateTime", "xsd:gYear", "xsd:gYearMonth", "xsd:duration", "ex:own", "rdfs:Literal",
]  # fmt: skip
PATTERNS = ["n[012]", "^b$", "lines", r"^\\d+$", "(a|b)", "^.{1,2}$", "[^x]", r"\\w+$", ""]
QUERIES = [
    "SELECT $this WHERE { $this ex:p0 ?v . FILTER(isLiteral(?v)) }",
    "SELECT $this ?value WHERE { $this ex:p1 ?value . FILTER NOT EXISTS { ?value a ex:C0 } }",
    "SELECT DISTINCT $this ?path ?value WHERE { $this ?path ?value . ?value ex:p2 ?more }",
    "SELECT $this WHERE { { $this ex:p2 ?v } UNION { FILTER(isBlank($this)) } }",
    "SELECT $this (COUNT(?v) AS ?value) WHERE { $this ex:p0|ex:p1 ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "SELECT $this WHERE { OPTIONAL { $this ex:p3 ?v } FILTER(!BOUND(?v)) }",
    "SELECT $this ?value WHERE { BIND($this AS ?value) FILTER EXISTS { $this a ex:C1 } }",
]
OF_PATHS = ["SELECT $this ?value WHERE { $this $PATH ?value . FILTER(isIRI(?value)) }"]
COMPONENT = """\
ex:Shy a sh:ConstraintComponent ; sh:parameter [ sh:path ex:shy ], [ sh:path ex:also ; sh:optional true ] ;
  sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ;
    sh:select "SELECT $this WHERE { $this $shy ?v . FILTER(isIRI(?v)) }" ] .
ex:Brave a sh:ConstraintComponent ; sh:parameter [ sh:path ex:brave ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; sh:ask "ASK { FILTER(!sameTerm($value, $brave)) }" ] .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .
"""


class Maker:
    """Makes up one shapes graph, and as many data as wanted."""

    def __init__(self, seed: int, *, odd: bool = True) -> None:
        """Start from a seed; without `odd`, keep to what SHACL Core says of plain literals."""
        self.chance = random.Random(seed)
        self.odd = odd
        self.shapes: list[str] = []

    def targeted(self) -> str:
        """Make a shapes graph of a few shapes with targets, and the shapes they need."""
        for _ in range(self.chance.randint(1, 3)):
            shape = self.shape(2, self.chance.random() < 0.5)
            for _ in range(self.chance.randint(1, 2)):
                self.shapes.append(f"{shape} {self.target()} .")
        return PREFIXES + (COMPONENT if self.odd else "") + "\n".join(self.shapes)

    def target(self) -> str:
        """Make a target declaration."""
        kind, choices = self.chance.choice(
            [
                ("Node", [*NODES, *([*LITERALS, "ex:absent"] if self.odd else [])]),
                ("Class", CLASSES),
                ("SubjectsOf", PROPERTIES),
                ("ObjectsOf", PROPERTIES),
            ]
        )
        return f"sh:target{kind} {self.chance.choice(choices)}"

    def shape(self, depth: int, of_property: bool) -> str:
        """Make a shape, and give its name."""
        said = [f"sh:path {self.path()}"] if of_property else []
        for _ in range(self.chance.randint(1, 3)):
            said += self.constraint(depth, of_property)
        if self.chance.random() < 0.3:
            said.append(f"sh:severity sh:{self.chance.choice(['Info', 'Warning', 'Violation'])}")
        if self.odd and self.chance.random() < 0.05:
            said.append("sh:deactivated true")
        # pySHACL refuses most constraints that stand twice.
        said = list({one if one.startswith("sh:property") else one.split()[0]: one for one in said}.values())
        name = f"ex:s{len(self.shapes)}"
        self.shapes.append(f"{name} a sh:{'Property' if of_property else 'Node'}Shape ; {' ; '.join(said)} .")
        return name

    def path(self) -> str:
        """Make a property path."""
        one, two = self.chance.sample(PROPERTIES, 2)
        return self.chance.choice(
            [
                one, one, one,
                f"[ sh:inversePath {one} ]",
                f"( {one} {two} )",
                f"( {one} [ sh:inversePath {two} ] )",
                f"[ sh:inversePath [ sh:alternativePath ( {one} {two} ) ] ]",
                f"[ sh:alternativePath ( {one} {two} ) ]",
                f"[ sh:alternativePath ( {one} ( {two} {one} ) ) ]",
                f"[ sh:zeroOrOnePath {one} ]",
                f"[ sh:zeroOrMorePath {one} ]",
                f"[ sh:oneOrMorePath {one} ]",
                f"( [ sh:zeroOrMorePath {one} ] [ sh:zeroOrOnePath {two} ] )",
            ]
        )  # fmt: skip

    def constraint(self, depth: int, of_property: bool) -> list[str]:
        """Make a constraint."""
        if depth and self.chance.random() < 0.6:
            return self.of_shapes(depth - 1, of_property)
        others = self.of_properties() if of_property else self.of_nodes()
        return self.chance.choice(self.of_values() + others)

    def of_values(self) -> list[list[str]]:
        """Make one of each constraint that any shape may have."""
        pick = self.chance.choice
        simple = [
            [f"sh:class {pick(CLASSES)}"],
            [f"sh:nodeKind sh:{pick(['IRI', 'Literal', 'IRIOrLiteral', 'BlankNode', 'BlankNodeOrIRI'])}"],
            [f"sh:datatype {pick(DATATYPES if self.odd else ['xsd:integer', 'rdf:langString', 'xsd:string'])}"],
            [f"sh:pattern '{pick(PATTERNS if self.odd else PATTERNS[:3])}'"],
            ["sh:languageIn ( 'en' )"],
            [f"sh:in ( {' '.join(self.chance.sample(NODES + LITERALS, 5))} )"],
            [f"sh:hasValue {pick(NODES + LITERALS)}"],
            [f"sh:{pick(['equals', 'disjoint'])} {pick(PROPERTIES)}"],
            ["sh:closed true", f"sh:ignoredProperties ( rdf:type {pick(PROPERTIES)} )"],
            [f"sh:{pick(['min', 'max'])}Length {pick([0, 1, 3])}"],
        ]
        if not self.odd:
            return simple
        # pySHACL orders days and months among each other, which XML Schema does not.
        limits = [one for one in (*NUMBERS, *TEXTS) if "@" not in one]
        bound = f"sh:{pick(['min', 'max'])}{pick(['Exclusive', 'Inclusive'])} {pick(limits)}"
        return [
            *simple,
            [bound],
            [f'sh:sparql [ sh:prefixes ex: ; sh:select "{pick(QUERIES)}" ]'],
        ]

    def of_nodes(self) -> list[list[str]]:
        """Make one of each constraint that only node shapes are given here."""
        return [[f"ex:brave {self.chance.choice(NODES + LITERALS)}"]] if self.odd else []

    def of_properties(self) -> list[list[str]]:
        """Make one of each constraint that only property shapes may have."""
        pick = self.chance.choice
        simple = [
            [f"sh:minCount {pick([0, 1, 2, 3, 5])}"],
            [f"sh:maxCount {pick([0, 1, 1, 2, 4])}"],
            ["sh:uniqueLang true"],
        ]
        return [*simple, [f'sh:sparql [ sh:prefixes ex: ; sh:select "{pick(OF_PATHS)}" ]']] if self.odd else simple

    def of_shapes(self, depth: int, of_property: bool) -> list[str]:
        """Make a constraint that refers to other shapes."""
        either = self.chance.random() < 0.5
        kinds = ["property", "node", "not", "and", "or", "xone", "qualified"] + ["shy"] * (self.odd and not of_property)
        kind = self.chance.choice(kinds)
        match kind:
            case "property":
                return [f"sh:property {self.shape(depth, True)}"]
            case "node":
                return [f"sh:node {self.shape(depth, False)}"]
            case "not":
                return [f"sh:not {self.shape(depth, either)}"]
            case "shy":
                return [f"ex:shy {self.chance.choice(PROPERTIES)}"]
            case "qualified" if of_property:
                count = self.chance.choice(
                    ["sh:qualifiedMinCount 1", "sh:qualifiedMaxCount 1", "sh:qualifiedMinCount 2"]
                )
                disjoint = ["sh:qualifiedValueShapesDisjoint true"] if either else []
                return [f"sh:qualifiedValueShape {self.shape(depth, False)}", count, *disjoint]
            case "qualified":
                return [f"sh:property {self.shape(depth, True)}", f"sh:property {self.shape(depth, True)}"]
        return [f"sh:{kind} ( {self.shape(depth, either)} {self.shape(depth, False)} )"]

    def data(self) -> list[str]:
        """Make data, a statement each."""
        pick = self.chance.choice
        nodes = NODES + BLANK * self.odd
        values = [*nodes, *nodes, *(LITERALS if self.odd else ['"a"@en', '"b"@en', '"b"@ja', "1", "2", '"x"'])]
        said = [f"{pick(nodes)} {pick(PROPERTIES)} {pick(values)} ." for _ in range(12 + 6 * self.odd)]
        said += [f"{pick(nodes)} a {pick(CLASSES)} ." for _ in range(4)]
        return [*said, "ex:C1 rdfs:subClassOf ex:C0 ."]
