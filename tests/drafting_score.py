"""How many facts of a text a draft finds, and how many of what it says are facts: `python -m tests.drafting_score`.

A fact is a statement of things, times or numbers; texts that people write (labels, purposes, notes) do not count, and
neither do places in the source. A time agrees with one that lies within it or around it, a host with a venue. Records
that the draft names otherwise are held against the one that speaks of the same.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ccn_graph.drafting import draft_file, reading, records, settling
from ccn_graph.drafting.draft import Checker, about_document, draft
from ccn_graph.drafting.facts import About
from ccn_graph.drafting.name_index import NameIndex
from ccn_graph.drafting.source_text import lines_of
from ccn_graph.graph.graph import Graph
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces, parsing
from ccn_graph.sheets import iri_minting
from ccn_graph.sheets.known_things import Facts
from ccn_graph.sheets.name_resolution import Resolver
from ccn_graph.validation.check import check
from tests.conftest import ROOT

#: Beside the project, as the suites of the W3C are.
SHARED = ROOT.parent / "shared"
SOURCES = {
    "ccnj-about": "sources/000_95b864eff161b8e3.txt", "jlgc-2015": "sources/001_8d355cd1e2acd60a.txt",
    "asahikawa-2026-06-12": "sources/002_9128be73f6cf4a1d.txt",
    "nagoya-2025-report": "sources/003_3dbd72f49dfd349b.txt",
    "tokyo-multilateral-2023": "sources/004_ed5e12431a4e2dcc.txt",
}  # fmt: skip
#: Read while the patterns were written.
SEEN = {
    "g-nets-2023-10-ja": "sources/more/gnets.txt", "mongolia-mfa-2023-11": "sources/more/mongolia.txt",
    "tamba-sasayama-2014-12-04": "sources/more/sasayama.txt",
}  # fmt: skip
#: Their words were not read while the patterns were written, but their scores were, and the kinds of what stands in
#: each sentence.
UNSEEN = {"echizen-2025-11": "sources/more/echizen.txt", "jcci-usuki-2021": "sources/more/usuki.txt"}
GOLD = SHARED / "reference" / "found-2026-11" / "entries-turtle"

_LEFT_OUT = {
    "rdf:type", "skos:prefLabel", "skos:altLabel", "dcterms:title", "ccn:titleTranslated", "ccn:locator", "ccn:note",
    "ccn:purpose", "ccn:topic", "ccn:advice", "ccn:remit", "ccn:theme", "ccn:datePrinted", "ccn:capacity",
    "ccn:follows", "ccn:knownBy",
}  # fmt: skip
_TIMES = {"ccn:start", "ccn:end", "ccn:asOf", "ccn:date", "ccn:plannedStart", "ccn:plannedEnd"}
#: What tells that two records of a class speak of the same.
_SAME = {
    "ccn:Observation": ("ccn:about", "ccn:measure", "ccn:area"), "ccn:Participation": ("ccn:event", "ccn:party"),
    "ccn:Membership": ("org:member", "org:organization"), "ccn:Appearance": ("ccn:event", "ccn:affiliation"),
}  # fmt: skip

#: Subject -> property -> values.
Said = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


@dataclass
class Score:
    """What was drafted of a text, by the class of the record: right, drafted, found and to be found."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def total(self, place: int) -> int:
        return sum(count[place] for count in self.counts.values())

    def add(self, other: Score) -> None:
        self.wrong += other.wrong
        for kind, counts in other.counts.items():
            self.counts[kind] = [one + two for one, two in zip(self.counts[kind], counts, strict=True)]

    @property
    def precision(self) -> float:
        return self.total(0) / self.total(1) if self.total(1) else 1.0

    @property
    def recall(self) -> float:
        return self.total(2) / self.total(3) if self.total(3) else 1.0


def score(graph: Graph, slug: str, text: Path, gold: Path | None = None, checker: Checker | None = None) -> Score:
    """Draft a text as if nothing but the head of its document were on record, and hold it against what is.

    With `checker`, only what passes shapes and rules counts, as in the draft that a person gets.
    """
    held_out, own = _held_out(graph, slug)
    about = about_document(held_out, About(slug))
    drafted = _passing(held_out, own, text, about, checker) if checker else _unchecked(held_out, own, text, about)
    read = parsing.read(gold, parsing.FileKind.DOCUMENT) if gold else own
    elsewhere = _said(statement for source in graph.sources for statement in source.statements) if gold else {}
    head = namespaces.PREFIXES["doc"] + slug
    wanted = _said(one for one in read.statements if _value(one.subject) != head)
    return _compared(drafted, wanted, elsewhere)


def _passing(held_out: Graph, own: parsing.SourceFile, text: Path, about: About, checker: Checker) -> Said:
    """Return what the certain records of the whole draft say."""
    others = Graph([one for one in held_out.sources if one.path != own.path], (), held_out.project)
    first, second, *_ = own.path.read_text(encoding="utf-8").split("\n\n")
    lines = lines_of(text.read_text(encoding="utf-8"))
    made = draft(others, lines, about, f"{first}\n\n{second}\n", checker)
    with tempfile.TemporaryDirectory() as directory:
        read = draft_file.read(made.document, Path(directory) / own.path.name)
    return _said(one for one in read.statements if _value(one.subject) != namespaces.PREFIXES["doc"] + about.slug)


def _unchecked(held_out: Graph, own: parsing.SourceFile, text: Path, about: About) -> Said:
    """Return what the certain records say before shapes and rules have run."""
    index = NameIndex(Resolver(Facts(held_out)))
    facts = settling.settled(reading.facts_of(lines_of(text.read_text(encoding="utf-8")), about, index), about)
    made = records.made(held_out, about.slug, own.path, facts)
    drafted: Said = defaultdict(lambda: defaultdict(list))
    for one in made.certain:
        if one.record.path == own.path:
            drafted[one.record.iri]["rdf:type"] = [ox.NamedNode(one.record.class_)]
            for predicate, stated in one.values.items():
                drafted[one.record.iri][namespaces.curie(predicate)] += [_node(each.value) for each in stated]
    return drafted


def _held_out(graph: Graph, slug: str) -> tuple[Graph, parsing.SourceFile]:
    head, own = namespaces.PREFIXES["doc"] + slug, next(one for one in graph.documents if one.path.stem == slug)
    bare = dataclasses.replace(own, statements=tuple(one for one in own.statements if _value(one.subject) == head))
    return Graph([bare if one is own else one for one in graph.sources], (), graph.project), own


def _compared(drafted: Said, wanted: Said, elsewhere: Mapping[str, Mapping[str, object]]) -> Score:
    same, result = _aligned(drafted, wanted), Score()
    hits: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for subject, properties in drafted.items():
        kind, gold = _kind(properties), wanted.get(same.get(subject, ""), {})
        for name, values in _facts(properties):
            for value in values:
                meant = ox.NamedNode(same[value.value]) if value.value in same else value
                found = next((one for one in _gold(gold, name) if _agree(name, meant, one)), None)
                right = found is not None or value in elsewhere.get(subject, {}).get(name, ())  # type: ignore[operator]
                result.counts[kind][0] += right
                result.counts[kind][1] += 1
                if found is not None:
                    hits[same[subject]].add((_place(name), str(found)))
                elif not right:
                    result.wrong.append((subject, name, value.value))
    for subject, properties in wanted.items():
        for name, values in _facts(properties):
            for value in values:
                result.counts[_kind(properties)][2] += (_place(name), str(value)) in hits[subject]
                result.counts[_kind(properties)][3] += 1
    return result


def _aligned(drafted: Said, wanted: Said) -> dict[str, str]:
    same = {subject: subject for subject in drafted if subject in wanted}
    for _ in range(2):
        for subject, properties in drafted.items():
            free = [other for other in wanted if other not in same.values()]
            if subject not in same and (
                other := next((one for one in free if _speaks(properties, wanted[one], same)), "")
            ):
                same[subject] = other
    return same


def _speaks(one: dict[str, list[ox.NamedNode | ox.Literal]], other: dict[str, list[ox.NamedNode | ox.Literal]],
            same: Mapping[str, str]) -> bool:  # fmt: skip
    """Tell whether two records speak of the same thing."""

    def values(record: Mapping[str, list[ox.NamedNode | ox.Literal]], name: str) -> set[str]:
        return {same.get(value.value, value.value) for value in record.get(name, ())}

    kind = _kind(one)
    if kind != _kind(other):
        return False
    if kind in _SAME:
        return all(values(one, name) == values(other, name) for name in _SAME[kind])
    if kind != "ccn:Event":
        return bool(values(one, "ccn:concerns") & values(other, "ccn:concerns"))
    if values(one, "skos:prefLabel") & values(other, "skos:prefLabel"):
        return True
    days = [
        [day[:10] for name in ("ccn:start", "ccn:plannedStart") for day in values(each, name)] for each in (one, other)
    ]
    near = any(iri_minting.agree(first, second) for first in days[0] for second in days[1])
    number = values(one, "ccn:ordinal") & values(other, "ccn:ordinal")
    return bool(values(one, "ccn:editionOf") & values(other, "ccn:editionOf") and (number or near))


def _said(statements: Iterable[parsing.Statement]) -> Said:
    said: Said = defaultdict(lambda: defaultdict(list))
    for one in statements:
        if isinstance(one.object, ox.NamedNode | ox.Literal):
            said[_value(one.subject)][namespaces.curie(one.predicate.value)].append(one.object)
    return said


def _facts(
    properties: Mapping[str, list[ox.NamedNode | ox.Literal]],
) -> list[tuple[str, list[ox.NamedNode | ox.Literal]]]:
    return [(name, values) for name, values in properties.items() if name not in _LEFT_OUT]


def _gold(gold: Mapping[str, list[ox.NamedNode | ox.Literal]], name: str) -> list[ox.NamedNode | ox.Literal]:
    names = ("ccn:host", "ccn:venue") if _place(name) == "place" else (name,)
    return [value for each in names for value in gold.get(each, ())]


def _place(name: str) -> str:
    return "place" if name in ("ccn:host", "ccn:venue") else name


def _agree(name: str, one: ox.NamedNode | ox.Literal, other: ox.NamedNode | ox.Literal) -> bool:
    return iri_minting.agree(one.value[:21], other.value[:21]) if name in _TIMES else one == other


def _kind(properties: Mapping[str, list[ox.NamedNode | ox.Literal]]) -> str:
    return namespaces.curie(properties["rdf:type"][0].value) if "rdf:type" in properties else "?"


def _node(value: object) -> ox.NamedNode | ox.Literal:
    assert isinstance(value, ox.NamedNode | ox.Literal)
    return value


def _value(node: object) -> str:
    return str(getattr(node, "value", ""))


def group(graph: Graph, texts: Mapping[str, str], *, entries: bool, checker: Checker | None = None) -> dict[str, Score]:
    """Score the texts of a group, the last one their sum."""
    whole, found = Score(), {}
    for slug, name in texts.items():
        found[slug] = score(graph, slug, SHARED / name, GOLD / f"{slug}.ttl" if entries else None, checker)
        whole.add(found[slug])
    return {**found, "all": whole}


def main() -> None:
    """Print a table for each group of texts: precision and recall by document and by class of record."""
    graph = Graph.load(Project.find(ROOT, None))
    for title, texts, entries in (("sources", SOURCES, False), ("seen", SEEN, True), ("unseen", UNSEEN, True)):
        scores = group(graph, texts, entries=entries, checker=check)
        lines = [f"## {title}"]
        for slug, one in scores.items():
            right, drafted, hit, wanted = (one.total(place) for place in range(4))
            lines.append(
                f"{slug}: precision {right}/{drafted} = {one.precision:.3f}, recall {hit}/{wanted} = {one.recall:.3f}"
            )
        for kind, (right, drafted, hit, wanted) in sorted(scores["all"].counts.items()):
            lines.append(f"  {kind}: precision {right}/{drafted}, recall {hit}/{wanted}")
        print("\n".join(lines))  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
