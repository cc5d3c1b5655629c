"""Who is on duty: over midnight, when clocks change, on holidays, by exception, and where nobody has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from messages.ids import SECOND, DutyWay, Instant, PersonId
from model.callouts.roster import (
    EMPTY,
    Contact,
    Holiday,
    Override,
    Person,
    Roster,
    Shift,
    gaps,
    on_duty,
    spans,
)
from model.callouts.times import instant_of, zone_of

ANNA, CARLA, LUCA = PersonId("p-1"), PersonId("p-2"), PersonId("p-3")
EVERY_DAY = tuple(range(7))
HOUR = 3600 * SECOND
PEOPLE = tuple(
    Person(id=one, name=name, contacts=(Contact(way=DutyWay.CALL, to=f"+3933300000{n}"),))
    for n, (one, name) in enumerate(((ANNA, "Anna"), (CARLA, "Carla"), (LUCA, "Luca")), 10)
)
NIGHT = Shift(name="Night", days=EVERY_DAY, begins="20:00", ends="08:00", people=(ANNA, CARLA))
DAY = Shift(name="Day", days=EVERY_DAY, begins="08:00", ends="20:00", people=(LUCA,))
ROSTER = Roster(people=PEOPLE, shifts=(DAY, NIGHT))


def at(text: str, zone: str = "Europe/Rome") -> Instant:
    day, time = text.split()
    return instant_of(zone, date.fromisoformat(day), time)


def who(roster: Roster, text: str) -> list[PersonId]:
    return [one.id for one in on_duty(roster, at(text))]


def test_a_shift_goes_on_after_midnight_and_its_end_is_the_next_ones_beginning() -> None:
    assert who(ROSTER, "2026-11-28 19:59") == [LUCA]
    assert who(ROSTER, "2026-11-28 20:00") == [ANNA, CARLA]
    assert who(ROSTER, "2026-11-29 00:00") == [ANNA, CARLA]
    assert who(ROSTER, "2026-11-29 07:59") == [ANNA, CARLA]
    assert who(ROSTER, "2026-11-29 08:00") == [LUCA]


def test_a_shift_belongs_to_the_day_on_which_it_begins() -> None:
    fridays = Roster(people=PEOPLE, shifts=(replace(NIGHT, days=(4,), people=(CARLA,)),))
    assert who(fridays, "2026-11-28 07:00") == [CARLA], "Saturday morning is Friday's night"
    assert who(fridays, "2026-11-27 07:00") == [ANNA, CARLA, LUCA], "Friday morning is Thursday's: nobody's"


def test_several_shifts_of_one_hour_are_called_in_the_rosters_order_and_nobody_twice() -> None:
    chief = Shift(name="Chief", days=EVERY_DAY, begins="00:00", ends="00:00", people=(CARLA, LUCA))
    assert who(replace(ROSTER, shifts=(DAY, NIGHT, chief)), "2026-11-28 23:00") == [ANNA, CARLA, LUCA]
    assert who(replace(ROSTER, shifts=(chief, DAY, NIGHT)), "2026-11-28 23:00") == [CARLA, LUCA, ANNA]


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 11), ("2026-10-24", 13), ("2026-11-28", 12)])
def test_the_night_is_as_long_as_the_clocks_make_it(night: str, hours: int) -> None:
    begins, ends = at(f"{night} 20:00"), at(f"{night} 20:00") + hours * HOUR
    assert who(ROSTER, f"{night} 20:00") == [ANNA, CARLA]
    assert [one.id for one in on_duty(ROSTER, Instant(ends - 1))] == [ANNA, CARLA]
    assert [one.id for one in on_duty(ROSTER, Instant(ends))] == [LUCA]
    assert [one.to_at for one in spans(ROSTER, begins, Instant(ends + HOUR))] == [ends, ends + HOUR]


def test_a_holiday_counts_as_the_day_that_is_given() -> None:
    sunday = Shift(name="Sunday", days=(6,), begins="08:00", ends="20:00", people=(CARLA,))
    week = replace(DAY, days=(0, 1, 2, 3, 4, 5))
    roster = Roster(
        people=PEOPLE,
        shifts=(week, sunday, NIGHT),
        holidays=(Holiday(date="2026-12-08", name="Immacolata"),),
    )
    assert who(roster, "2026-12-07 12:00") == [LUCA]
    assert who(roster, "2026-12-08 12:00") == [CARLA], "a Tuesday"
    assert who(roster, "2026-12-09 12:00") == [LUCA]


def test_an_override_is_all_of_the_list_and_of_two_the_later_counts() -> None:
    one = Override(from_at=at("2026-11-28 22:00"), to_at=at("2026-11-29 10:00"), people=(LUCA,), why="flu")
    two = replace(one, from_at=at("2026-11-29 06:00"), people=(CARLA, ANNA))
    roster = replace(ROSTER, overrides=(one, two))
    assert who(roster, "2026-11-28 21:59") == [ANNA, CARLA]
    assert who(roster, "2026-11-28 22:00") == [LUCA]
    assert who(roster, "2026-11-29 06:00") == [CARLA, ANNA]
    assert who(roster, "2026-11-29 10:00") == [LUCA]
    found = spans(roster, one.from_at, Instant(one.to_at + HOUR))
    assert [one.overridden for one in found] == [True, True, True, False], "the shift changes within it"


def test_who_comes_in_for_somebody_has_that_place_wherever_it_is() -> None:
    instead = Override(
        from_at=at("2026-11-28 18:00"), to_at=at("2026-11-29 18:00"), people=(LUCA,), instead_of=ANNA,
    )  # fmt: skip
    roster = replace(ROSTER, overrides=(instead,))
    assert who(roster, "2026-11-28 19:00") == [LUCA], "Anna is not on the list, and nothing changes"
    assert who(roster, "2026-11-28 23:00") == [LUCA, CARLA]
    second = replace(roster, overrides=(replace(instead, people=(ANNA,), instead_of=CARLA),))
    assert who(second, "2026-11-28 23:00") == [ANNA], "and is called once"


def test_where_nobody_has_it_all_are_called_and_it_is_said() -> None:
    roster = replace(ROSTER, shifts=(DAY,))
    assert who(roster, "2026-11-28 23:00") == [ANNA, CARLA, LUCA]
    found = gaps(roster, at("2026-11-28 12:00"), at("2026-11-30 12:00"))
    assert [(one.from_at, one.to_at) for one in found] == [
        (at("2026-11-28 20:00"), at("2026-11-29 08:00")),
        (at("2026-11-29 20:00"), at("2026-11-30 08:00")),
    ]
    assert on_duty(EMPTY, at("2026-11-28 12:00")) == ()


def test_nobody_is_lost_by_a_zone_or_a_person_that_there_is_not() -> None:
    assert zone_of("Europe/Atlantis") is None
    assert zone_of("../../etc/passwd") is None
    assert who(replace(ROSTER, zone="Europe/Atlantis"), "2026-11-28 23:00") == [ANNA, CARLA, LUCA]
    gone = replace(ROSTER, people=PEOPLE[1:])
    assert who(gone, "2026-11-28 23:00") == [CARLA]
    assert who(replace(gone, shifts=(replace(NIGHT, people=(ANNA,)),)), "2026-11-28 23:00") == [CARLA, LUCA]


ZONES = st.sampled_from(("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"))
TIMES = st.builds(lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: Instant(
        int((datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).timestamp()) * SECOND
    )
)


@given(ZONES, st.lists(TIMES, min_size=1, max_size=5, unique=True), MOMENTS)
def test_shifts_that_follow_each_other_leave_no_gap_on_any_night_of_the_year(
    zone: str, times: list[str], moment: Instant
) -> None:
    times.sort()
    follow = [
        Shift(name=begins, days=EVERY_DAY, begins=begins, ends=ends, people=(ANNA,))
        for begins, ends in zip(times, [*times[1:], times[0]], strict=True)
    ]
    roster = Roster(zone=zone, people=PEOPLE, shifts=tuple(follow))
    assert gaps(roster, moment, Instant(moment + 3 * 24 * HOUR)) == ()


SHIFTS = st.builds(
    Shift,
    name=st.sampled_from(("a", "b")),
    days=st.lists(st.integers(0, 6), unique=True).map(tuple),
    begins=TIMES,
    ends=TIMES,
    people=st.lists(st.sampled_from((ANNA, CARLA, LUCA)), max_size=3).map(tuple),
)


@given(ZONES, st.lists(SHIFTS, max_size=4), MOMENTS, st.integers(1, 96), st.data())
def test_spans_are_whole_and_say_at_each_moment_what_the_roster_says(
    zone: str, shifts: list[Shift], moment: Instant, hours: int, data: st.DataObject
) -> None:
    override = Override(
        from_at=Instant(moment + HOUR),
        to_at=Instant(moment + 5 * HOUR),
        people=data.draw(st.lists(st.sampled_from((ANNA, LUCA)), max_size=2).map(tuple)),
        instead_of=data.draw(st.sampled_from((None, ANNA, CARLA))),
    )
    roster = Roster(zone=zone, people=PEOPLE, shifts=tuple(shifts), overrides=(override,))
    end = Instant(moment + hours * HOUR)
    found = spans(roster, moment, end)
    assert [found[0].from_at, *(one.to_at for one in found)] == [*(one.from_at for one in found), end]
    probe = Instant(data.draw(st.integers(moment, end - 1)))
    here = next(one for one in found if one.from_at <= probe < one.to_at)
    people = [one.id for one in on_duty(roster, probe)]
    assert list(here.people) == people
    assert people, "never nobody"
    assert len(set(people)) == len(people)
