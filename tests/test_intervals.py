"""Dates are compared as sets of days: every answer is held against one that goes through all days."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator, Sequence

import pytest

from ccn_graph.text import intervals
from ccn_graph.text.intervals import Certainty, Interval, Period

FIRST, LAST = datetime.date(2019, 12, 1), datetime.date(2020, 1, 31)
DAYS = [FIRST + datetime.timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
#: Days that are asked for and stated: far enough from the edges that what lies beyond is like what lies before them.
INNER = DAYS[7:-7]

World = tuple[datetime.date, datetime.date | None]


def fits(day: datetime.date, lexical: str) -> bool:
    """Tell by the letters alone whether a day is one of those that a date may mean."""
    written = day.isoformat()
    if "/" in lexical:
        begin, end = lexical.split("/")
        return begin <= written[: len(begin)] and written[: len(end)] <= end
    return written.startswith(lexical[:10])


def some_date(chance: random.Random) -> str:
    day, other = sorted(chance.sample(INNER, 2))
    return chance.choice(
        [str(day.year), day.isoformat()[:7], day.isoformat(), f"{day}T09:00:00+09:00", f"{day}/{other}",
         f"{day}/{other.isoformat()[:7]}", f"{day.isoformat()[:7]}/{other.isoformat()[:7]}", f"{day.year}/{other.year}"]
    )  # fmt: skip


def worlds(starts: Sequence[str], ends: Sequence[str], held: Sequence[str], known: Sequence[str]) -> Iterator[World]:
    """Go through all pairs of a first day and a day after the last one that what is stated allows."""
    for start in DAYS:
        if not all(fits(start, one) for one in starts) or any(start.isoformat() > one for one in known):
            continue
        for end in DAYS if ends else [None]:
            if end is not None and (end <= start or not all(fits(end, one) for one in ends)):
                continue
            times = [[day for day in DAYS if fits(day, one) and start <= day and (not end or day < end)]
                     for one in held]  # fmt: skip
            if all(times):
                yield start, end


def read(lexicals: Sequence[str]) -> list[Interval]:
    found = [intervals.read(one) for one in lexicals]
    return [one for one in found if one]


def test_a_period_is_certain_possible_or_none_just_as_all_days_gone_through_say() -> None:
    chance, compared, states = random.Random(14), 0, set()
    for _ in range(700):
        starts, acts, ends, held = (
            [some_date(chance) for _ in range(chance.choice(counts))]
            for counts in ([0, 1, 1, 2], [0, 0, 1], [0, 1], [0, 1])
        )  # fmt: skip
        known = [chance.choice(INNER).isoformat() for _ in range(chance.choice([0, 0, 1]))]
        allowed = list(worlds([*starts, *acts], ends, held, known))
        if not allowed:
            continue
        found = intervals.period(read(starts), read(acts), read(ends), read(held), read(known))
        for day in INNER:
            holds = {start <= day and (end is None or day < end) for start, end in allowed}
            state = Certainty.POSSIBLE if len(holds) == 2 else Certainty.CERTAIN if True in holds else Certainty.NO
            assert found.on(day) == state, (starts, acts, ends, held, known, day)
            states.add(state)
        compared += 1
    assert compared > 300
    assert states == set(Certainty)


def test_on_an_unknown_day_it_held_as_all_pairs_of_days_gone_through_say() -> None:
    chance, states = random.Random(16), set()
    for _ in range(200):
        starts, ends = [some_date(chance)], [some_date(chance)] * chance.choice([0, 1])
        allowed = list(worlds(starts, ends, [], []))
        when = intervals.read(some_date(chance))
        assert when
        days = [day for day in DAYS if when.earliest <= day <= when.latest]
        if not allowed or not days:
            continue
        holds = {start <= day and (end is None or day < end) for start, end in allowed for day in days}
        expected = Certainty.POSSIBLE if len(holds) == 2 else Certainty.CERTAIN if True in holds else Certainty.NO
        found = intervals.period(read(starts), [], read(ends)).within(when)
        assert found == expected, (starts, ends, when)
        states.add(found)
    assert states == set(Certainty)


def test_each_written_form_means_the_days_that_its_letters_allow() -> None:
    chance = random.Random(15)
    for _ in range(300):
        lexical = some_date(chance)
        found = intervals.read(lexical)
        assert found
        assert [day for day in DAYS if found.earliest <= day <= found.latest] == [
            day for day in DAYS if fits(day, lexical)
        ]


@pytest.mark.parametrize("lexical", ["2019-13", "2019-02-30", "2020/2019", "about 1990", "", "2019/", "/2019", "0000"])
def test_what_names_no_day_is_no_interval(lexical: str) -> None:
    assert intervals.read(lexical) is None


@pytest.mark.parametrize(
    ("lexical", "short", "datatype"),
    [
        ("2019-01-01/2019-12-31", "2019", "gYear"),
        ("2019-10-01/2019-10", "2019-10", "gYearMonth"),
        ("2019-10-30/2019-10-30", "2019-10-30", "date"),
        ("2015-04-01/2016-03-31", "2015-04/2016-03", "EDTF"),
        ("2014/2015-12-31", "2014/2015", "EDTF"),
        ("2013-10-21/2014-02-26", "2013-10-21/2014-02-26", "EDTF"),
        ("../2026-11-21", "../2026-11-21", "EDTF"),
        ("2016/..", "2016/..", "EDTF"),
    ],
)
def test_an_interval_is_written_as_shortly_as_it_can_be_said(lexical: str, short: str, datatype: str) -> None:
    found = intervals.read(lexical)
    assert found
    written, kind = found.literal()
    assert (written, kind.rsplit("/", 1)[-1].rsplit("#", 1)[-1]) == (short, datatype)
    assert intervals.read(written) == found


def test_documents_that_differ_leave_open_all_that_any_of_them_says() -> None:
    assert intervals.agreed(read(["2018", "2020"])) == intervals.read("2018/2020")
    assert intervals.agreed(read(["2013", "2013-10-21"])) == intervals.read("2013-10-21")
    assert intervals.agreed([]) is None


def test_a_designation_in_another_year_than_the_start_does_not_move_it() -> None:
    found = intervals.period(read(["2017"]), read(["2019-10-30"]), [])
    assert found == Period(Interval(datetime.date(2017, 1, 1), datetime.date(2017, 12, 31)))


def test_a_membership_known_from_an_undated_list_is_possible_before_the_day_of_reading() -> None:
    founded = intervals.read("2013-01-13")
    found = intervals.period([], [], [], known_by=read(["2026-11-21"]), not_before=founded)
    days = ["2013-01-12", "2013-01-13", "2026-11-20", "2026-11-21", "2027-01-01"]
    states = [found.on(datetime.date.fromisoformat(day)) for day in days]
    assert states == [Certainty.NO, Certainty.POSSIBLE, Certainty.POSSIBLE, Certainty.CERTAIN, Certainty.CERTAIN]


def test_two_things_at_once_are_as_sure_as_the_less_sure_of_them() -> None:
    sure = (Certainty.NO, Certainty.POSSIBLE, Certainty.CERTAIN)
    for (i, one), (j, other) in itertools.product(enumerate(sure), repeat=2):
        assert one.both(other) is sure[min(i, j)]
