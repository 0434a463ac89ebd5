from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccn_graph import Graph
from ccn_graph.errors import CellError
from ccn_graph.graph.graph import Place
from ccn_graph.graph.project import Project
from ccn_graph.rdf import namespaces
from ccn_graph.sheets import iri_minting
from ccn_graph.sheets.iri_minting import Deed
from ccn_graph.sheets.known_things import Facts
from tests.conftest import ROOT

P = namespaces.PREFIXES
HERE = Place(Path("sheet.csv"), 1)


@pytest.fixture
def facts(lists: Path) -> Facts:
    return Facts(Graph.load(Project(ROOT, lists)))


def say(facts: Facts, subject: str, *statements: tuple[str, str]) -> None:
    """Let a thing be of a class (`a`), point to a thing (prefix:name) or have a text."""
    iri = namespaces.expand(subject) or ""
    for predicate, value in statements:
        name = namespaces.RDF_TYPE if predicate == "a" else namespaces.expand(predicate) or ""
        target = namespaces.expand(value) if ":" in value else None
        facts.add(iri, name, ox.NamedNode(target) if target else ox.Literal(value), HERE)


def spell(facts: Facts, number: str = "", **dates: str) -> None:
    stated = [(f"ccn:{name}", value) for name, value in dates.items()]
    say(facts, f"member:example-leon{number}", ("a", "ccn:Membership"), ("org:member", "city:leon"), *stated)


def membership(facts: Facts, start: str = "", end: str = "", as_of: str = "") -> str:
    iri = iri_minting.membership(facts, P["city"] + "leon", P["net"] + "example", start, end, as_of)
    return iri.removeprefix(P["member"])


def test_a_membership_is_named_by_network_and_member(facts: Facts) -> None:
    assert membership(facts, "2015") == "example-leon"


def test_a_return_after_leaving_is_a_second_spell(facts: Facts) -> None:
    spell(facts, start="2010", end="2014-06")
    assert membership(facts, "2010-04-01") == "example-leon", "the same start, more precisely"
    assert membership(facts, as_of="2012") == "example-leon"
    assert membership(facts, end="2014") == "example-leon"
    assert membership(facts, "2016") == "example-leon-2"
    spell(facts, "-2", start="2016")
    assert membership(facts, "2016") == "example-leon-2"
    assert membership(facts, as_of="2020") == "example-leon-2"
    assert membership(facts, "2010") == "example-leon"


def test_another_start_without_an_end_is_a_disagreement_and_no_second_spell(facts: Facts) -> None:
    spell(facts, start="2010")
    assert membership(facts, "2012") == "example-leon"
    assert membership(facts, "2008") == "example-leon"
    assert membership(facts) == "example-leon"


def test_a_spell_found_later_that_was_over_before_takes_the_next_number(facts: Facts) -> None:
    spell(facts, start="2010")
    assert membership(facts, "2001", "2005") == "example-leon-2"


def test_an_edition_is_named_as_those_before_it_are(lists: Path) -> None:
    path = lists / "documents" / "example-2026-02-01.ttl"
    said = "event:annual-3 a ccn:Event ;\n    ccn:editionOf series:example-forum ;\n    ccn:ordinal 3 .\n"
    prefixes = "".join(f"@prefix {name}: <{P[name]}> .\n" for name in ("series", "event"))
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{prefixes}{said}", encoding="utf-8")
    facts = Facts(Graph.load(Project(ROOT, lists)))
    series = P["series"] + "example-meeting"
    assert iri_minting.event(facts, series, "2") == P["event"] + "example-meeting-2"
    assert iri_minting.event(facts, series, "9") == P["event"] + "example-meeting-9"
    assert iri_minting.event(facts, P["series"] + "example-forum", "4") == P["event"] + "annual-4"


def test_an_observation_is_known_by_what_it_counts_and_when(facts: Facts) -> None:
    about, measure = P["net"] + "example", P["measure"] + "member-cities"
    ken = P["place"] + "example-ken"
    assert (
        iri_minting.observation(facts, about, measure, "2025", ken, planned=False) == P["obs"] + "example-cities-2025"
    )
    assert iri_minting.observation(facts, about, measure, "2025", "", planned=False) != P["obs"] + "example-cities-2025"
    assert (
        iri_minting.observation(facts, about, measure, "2001", "", planned=False)
        == P["obs"] + "example-member-cities-2001"
    )
    other = iri_minting.observation(facts, about, measure, "2001", P["place"] + "japan", planned=True)
    assert other == P["obs"] + "example-member-cities-japan-planned-2001"


def test_an_act_is_known_by_class_and_what_it_concerns(facts: Facts) -> None:
    founding, concerns = namespaces.CCN + "Founding", [P["net"] + "example"]
    assert iri_minting.act(facts, Deed(founding, concerns, date="2010")) == P["act"] + "example-founding"
    assert iri_minting.act(facts, Deed(founding, concerns, date="2031")) == P["act"] + "example-founding-2031"
    change = namespaces.CCN + "FieldChange"
    assert iri_minting.act(facts, Deed(change, [P["city"] + "leon"], date="2011")) == P["act"] + "leon-field-change"


def apply(facts: Facts, by: str, field: str = "", date: str = "") -> str:
    """Name an application to the network as a row would, and let it be on record."""
    class_, fields = namespaces.CCN + "Application", [f"field:{field}"] if field else []
    iris = [namespaces.expand(name) or "" for name in (f"city:{by}", *fields)]
    iri = iri_minting.act(facts, Deed(class_, [P["net"] + "example"], iris[:1], iris[1:], date=date))
    stated = [("ccn:concerns", "net:example"), ("ccn:by", f"city:{by}"), *(("ccn:field", name) for name in fields)]
    if iri not in facts.things:
        say(facts, namespaces.curie(iri), ("a", "ccn:Application"), *stated, *([("ccn:date", date)] if date else []))
    return iri.removeprefix(P["act"])


def test_every_applicant_makes_an_application_of_its_own_and_each_field_another(facts: Facts) -> None:
    assert apply(facts, "leon") == "leon-example-application"
    assert apply(facts, "leon-mx") == "leon-mx-example-application"
    assert apply(facts, "leon") == "leon-example-application", "the same row again"
    assert apply(facts, "leon", "design") == "leon-example-application-design"
    assert apply(facts, "leon", "music") == "leon-example-application-music"
    assert apply(facts, "leon", "design", "2015") == "leon-example-application-design", "the same one, with its year"
    assert apply(facts, "leon-mx", "music", "2015") == "leon-mx-example-application-music"
    assert apply(facts, "leon-mx", "music", "2019") == "leon-mx-example-application-2019"


def test_an_act_that_may_be_one_of_two_needs_a_short_name(facts: Facts) -> None:
    for number, who in enumerate(("city:leon", "city:leon-mx")):
        say(facts, f"act:x-{number}", ("a", "ccn:Review"), ("ccn:concerns", "net:example"), ("ccn:by", who))
    with pytest.raises(CellError) as caught:
        iri_minting.act(facts, Deed(namespaces.CCN + "Review", [P["net"] + "example"]))
    assert caught.value.suggestion == "act:x-0, act:x-1"


def test_each_rejection_answers_its_own_application(facts: Facts) -> None:
    class_, concerns = namespaces.CCN + "Rejection", [P["net"] + "example"]
    for city in ("leon", "leon-mx"):
        answered = [P["act"] + f"{city}-example-application"]
        iri = iri_minting.act(facts, Deed(class_, concerns, follows=answered))
        assert iri == P["act"] + f"{city}-example-application-rejection"
        say(facts, namespaces.curie(iri), ("a", "ccn:Rejection"), ("ccn:concerns", "net:example"))
        say(facts, namespaces.curie(iri), ("ccn:follows", namespaces.curie(answered[0])))


def test_a_second_term_of_an_office_takes_its_year(facts: Facts) -> None:
    held = (P["city"] + "leon", P["net"] + "example", P["role"] + "chair")
    assert iri_minting.office(facts, *held, "2015") == P["office"] + "example-leon-chair"
    told = (("ccn:holder", "city:leon"), ("ccn:officeIn", "net:example"), ("ccn:role", "role:chair"))
    say(facts, "office:example-leon-chair", ("a", "ccn:Office"), *told, ("ccn:start", "2015"))
    assert iri_minting.office(facts, *held, "2015-04-01") == P["office"] + "example-leon-chair"
    assert iri_minting.office(facts, *held, "2019-04") == P["office"] + "example-leon-chair-2019"


@pytest.mark.parametrize(
    ("one", "other", "agreeing"),
    [
        ("2013", "2013-01-13", True), ("2013-01", "2013-02", False), ("2015-06", "2015-04/2016-03", True),
        ("2014", "2015-04/2016-03", False), ("2015-04/2016-03", "2016-04-01", False), ("2019/2020", "2020", True),
        ("2020-10-30T10:00:00+09:00", "2020-10-30", True),
    ],
)  # fmt: skip
def test_dates_agree_where_one_lies_within_the_other(one: str, other: str, agreeing: bool) -> None:
    assert iri_minting.agree(one, other) == iri_minting.agree(other, one) == agreeing


def test_an_appearance_needs_somebody() -> None:
    event = P["event"] + "example-meeting-1"
    assert iri_minting.appearance(event, P["person"] + "example-hanako", []) == f"{event}-example-hanako"
    assert iri_minting.appearance(event, "", ["", "Mayor of León"]) == f"{event}-mayor-of-leon"
    with pytest.raises(CellError):
        iri_minting.appearance(event, "", ["市長"])


def test_a_newcomer_takes_the_country_code_only_abroad(facts: Facts) -> None:
    mexico, spain = ([P["place"] + name] for name in ("mexico", "spain"))
    city = namespaces.CCN + "City"
    assert iri_minting.from_names(facts, "city", ["Córdoba"], spain, city) == P["city"] + "cordoba"
    say(facts, "city:cordoba", ("a", "ccn:City"), ("ccn:within", "place:spain"))
    assert iri_minting.from_names(facts, "city", ["Córdoba (Mexico)"], mexico, city) == P["city"] + "cordoba-mx"
    for places in (spain, []):
        with pytest.raises(CellError, match="something else"):
            iri_minting.from_names(facts, "city", ["Cordoba"], places, city)
    prefecture = iri_minting.from_names(facts, "place", ["Gunma Prefecture"], [], namespaces.CCN + "Prefecture")
    assert prefecture == P["place"] + "gunma"


@pytest.mark.parametrize("name", ["", "神戸", "Москва", "a" * 101])
def test_no_short_name_is_made_of_other_letters(facts: Facts, name: str) -> None:
    with pytest.raises(CellError):
        iri_minting.from_names(facts, "city", [name] if name else [], [], namespaces.CCN + "City")


@pytest.mark.parametrize("text", ["../kobe", "Kobe", "kobe_1", "", "a" * 101, "https://example.org/Ü"])
def test_a_short_name_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        iri_minting.checked(text)


@given(st.text(max_size=50))
def test_a_slug_is_a_slug_or_empty(name: str) -> None:
    slug = iri_minting.slugged(name)
    assert not slug or iri_minting.SLUG.fullmatch(slug)
