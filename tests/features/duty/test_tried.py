"""Who has taken a test or an alarm, and whether that proves a roster."""

from __future__ import annotations

from msgspec.structs import replace

from features.duty.verification import VERIFIED_FOR_US, Verification, Verifications, is_verified
from messages.events import CalloutEnded, CalloutOpened, CalloutTaken, Event
from messages.ids import SECOND, CalloutEnd, CalloutKind, DutyWay, Instant, PersonId
from model.callouts.roster import Contact, Person, Roster, Shift
from tests.support.recorded import recorded

ANNA, CARLA = PersonId("p-1"), PersonId("p-2")
NOW = Instant(1_795_000_000 * SECOND)
ROSTER = Roster(
    people=tuple(
        Person(id=one, name=one, contacts=(Contact(way=DutyWay.CALL, to="+393330000010"),))
        for one in (ANNA, CARLA)
    ),
    shifts=(Shift(name="a", days=tuple(range(7)), begins="08:00", ends="08:00", people=(ANNA,)),),
)


def told(*events: Event) -> dict[PersonId, Verification]:
    found = Verifications()
    for n, event in enumerate(events, 1):
        found.apply(recorded(event, n, n))
    assert found.version == len(events)
    return found.people


def test_a_test_goes_on_until_it_has_ended_and_says_whether_it_was_taken() -> None:
    opened = CalloutOpened(callout="c", kind=CalloutKind.TEST, person=ANNA)
    taken = CalloutTaken(callout="c", person=ANNA)
    ended = CalloutEnded(callout="c", why=CalloutEnd.TAKEN)
    assert told(opened)[ANNA] == Verification(asked_at=Instant(1))
    assert told(opened, taken, ended)[ANNA] == Verification(
        asked_at=Instant(1), taken_at=Instant(2), over_at=Instant(3)
    )
    again = replace(opened, callout="d")
    assert told(opened, taken, ended, again)[ANNA] == Verification(asked_at=Instant(4), taken_at=Instant(2))


def test_an_alarm_that_was_taken_by_a_person_counts_and_one_taken_at_a_console_does_not() -> None:
    alarm = CalloutOpened(callout="c")
    assert told(alarm, CalloutTaken(callout="c", person=CARLA)) == {CARLA: Verification(taken_at=Instant(2))}
    assert told(alarm, CalloutTaken(callout="c")) == {}


def test_a_roster_is_proved_by_those_who_are_on_duty_and_for_ninety_days() -> None:
    lately = {ANNA: Verification(taken_at=Instant(NOW - VERIFIED_FOR_US))}
    assert is_verified(ROSTER, NOW, lately), "Carla is on no shift"
    assert not is_verified(ROSTER, NOW, {CARLA: Verification(taken_at=NOW)})
    assert not is_verified(ROSTER, NOW, {ANNA: Verification(taken_at=Instant(NOW - VERIFIED_FOR_US - 1))})
    assert not is_verified(Roster(), NOW, lately)
    days = replace(ROSTER, shifts=(replace(ROSTER.shifts[0], days=(0, 1, 2, 3, 4)),))
    assert not is_verified(
        days, NOW, {ANNA: Verification(taken_at=NOW), CARLA: Verification(taken_at=NOW)}
    ), "a gap"
