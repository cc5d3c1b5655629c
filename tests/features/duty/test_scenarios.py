"""An alarm reaches a person: written to, called, called again, the next one; taken by a key of the phone."""

from __future__ import annotations

import pytest

from features.duty.store import open_test, take_callout
from messages import events as ev
from messages.ids import (
    E164,
    SECOND,
    CalloutEnd,
    CalloutFailure,
    CalloutKind,
    DutyWay,
    Instant,
    LineId,
    OperatorId,
    Role,
)
from model.callouts.callout import Callout
from model.callouts.roster import Contact, Person, Roster, Shift
from model.callouts.times import local
from runtime.clock import VirtualClock
from store import streams
from store.callouts import callouts_of
from store.journal.following import FollowedFolds
from store.journal.journal import Append
from store.journal.projections import Lines
from store.roster import store_roster
from tests.features.duty.world import PRESSED, SPOKEN, WRITTEN
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.world import World

pytestmark = pytest.mark.scenario
ANNA, BEA = E164("+393401111111"), E164("+393402222222")
PHONES = {str(ANNA): "answer", str(BEA): "answer"}
LOST = ("line.failing", "sim4")


def person(name: str, number: E164, *more: Contact) -> Person:
    ways = (Contact(way=DutyWay.SMS, to=number), Contact(way=DutyWay.CALL, to=number), *more)
    return Person(id=name, name=name.title(), contacts=ways)


def on_duty(world: World, *people: Person) -> None:
    shift = Shift(
        name="always", days=(0, 1, 2, 3, 4, 5, 6), begins="00:00", ends="00:00", people=_ids(people)
    )
    roster = Roster(people=people, shifts=(shift,))
    world.journal.transact(lambda tx: store_roster(tx, roster, was_version=None, by="test"))


def _ids(people: tuple[Person, ...]) -> tuple[str, ...]:
    return tuple(one.id for one in people)


def manned(make_world: MakeWorld, behaviours: dict[str, str] | None = None, **options: object) -> World:
    world = make_world(behaviours=PHONES | (behaviours or {}), **{"public": 4, **options})
    on_duty(world, person("anna", ANNA), person("bea", BEA))
    return world


def wrong(world: World, *alarms: tuple[str, str]) -> None:
    kinds = alarms or (LOST,)
    world.note(*(ev.AlarmRaised(alarm=name, subject=subject, text="x") for name, subject in kinds))


def callouts(world: World) -> list[Callout]:
    found = callouts_of(world.journal)
    return sorted((*found.open, *found.ended), key=lambda one: one.opened_at)


def the_callout(world: World) -> Callout:
    (one,) = callouts(world)
    return one


def ended(world: World) -> bool:
    found = callouts(world)
    return bool(found) and all(one.ended_at is not None for one in found)


def called(world: World) -> list[Callout]:
    return [call for call in world.calls() if call.to in (ANNA, BEA)]


def lines_held(world: World) -> list[LineId]:
    lines = Lines()
    FollowedFolds(world.journal, lines).close()
    return [hold.line for hold in lines.lines.values() if hold.callout is not None]


def test_at_night_the_first_does_not_answer_and_the_second_takes_it_by_a_key(make_world: MakeWorld) -> None:
    world = manned(make_world, {str(ANNA): "no_answer"})
    PRESSED["bea"] = "1"
    wrong(world)
    raised_at = world.clock.now_us()
    world.until("the first phone rings", lambda: any(call.ringing_at_s for call in called(world)), 60)
    assert world.clock.now_us() - raised_at < 25 * SECOND
    world.until("it is taken", lambda: ended(world), 300)
    one = the_callout(world)
    assert (one.end, one.taken_by, one.taken_way) == (CalloutEnd.TAKEN, "bea", DutyWay.CALL)
    assert [call.to for call in called(world)] == [ANNA, ANNA, BEA]
    bea_first = next(each for each in one.attempts if each.person == "bea")
    assert bea_first.at - one.opened_at < 120 * SECOND
    assert LOST[1] not in [call.line for call in called(world)]
    world.until("the line is free", lambda: not lines_held(world) and not world.live_calls(), 10)
    assert "duty_taken" in SPOKEN
    assert "Linea sim4" in SPOKEN[0] or "La linea sim4" in SPOKEN[0]
    assert texted(world) == [ANNA, BEA]


def test_what_is_over_within_seconds_and_what_a_console_has_seen_wakes_nobody(make_world: MakeWorld) -> None:
    world = manned(make_world)
    wrong(world)
    world.advance(3)
    cleared = ev.AlarmCleared(alarm=LOST[0], subject=LOST[1])
    world.note(cleared)
    wrong(world, ("line.failing", "sim3"))
    (raised,) = [
        one.at_us for one in world.journal.read(streams.node(world.env.node)) if _is_of(one.event, "sim3")
    ]
    seen = ev.AlarmSeen(alarm="line.failing", subject="sim3", raised_at=raised, by=OperatorId("eva"))
    world.note(seen).advance(30)
    assert callouts(world) == []
    assert called(world) == []


def _is_of(event: ev.Event, subject: str) -> bool:
    return isinstance(event, ev.AlarmRaised) and event.subject == subject


def test_seen_at_a_console_while_a_phone_rings_the_call_ends(make_world: MakeWorld) -> None:
    world = manned(make_world, {str(ANNA): "no_answer"})
    wrong(world)
    world.until("it rings", lambda: any(call.ringing_at_s for call in called(world)), 60)
    (one,) = the_callout(world).alarms
    seen = ev.AlarmSeen(alarm=one.alarm, subject=one.subject, raised_at=one.raised_at, by=OperatorId("eva"))
    world.note(seen).until("nobody is called", lambda: ended(world) and not world.live_calls(), 10)
    assert the_callout(world).end is CalloutEnd.SEEN
    world.advance(60)
    assert len(called(world)) == 1


def test_200_alarms_in_a_minute_are_one_call_that_says_the_gravest_and_how_many(
    make_world: MakeWorld,
) -> None:
    world = manned(make_world)
    wrong(world, LOST, ("node.lost", "test-2"))
    for batch in range(20):
        wrong(world, *(("actor.failing", f"part-{batch}-{n}") for n in range(10)))
        world.advance(3)
        if batch == 10:
            PRESSED["anna"] = "1"
    assert ended(world)
    assert not lines_held(world)
    assert "Il nodo test-2 non risponde" in SPOKEN[0]
    assert "e altri 20." in SPOKEN[0] or "e altri 21." in SPOKEN[0]
    world.advance(60)
    assert len(called(world)) == 1
    assert len(the_callout(world).alarms) == 202
    assert len(texted(world)) <= 3


def test_all_are_called_again_until_somebody_takes_it_and_meanwhile_it_is_said(make_world: MakeWorld) -> None:
    world = manned(make_world, {str(ANNA): "no_answer", str(BEA): "busy"})
    wrong(world)
    world.until("nobody has taken it", lambda: ("raised", "duty.nobody", "") in world.alarms(), 300)
    first_round = len(called(world))
    assert first_round == 4
    world.until("they are called again", lambda: len(called(world)) > first_round, 200)
    taken = world.journal.transact(lambda tx: take_callout(tx, the_callout(world).id, OperatorId("eva")))
    assert taken
    world.until("nobody is called", lambda: not world.live_calls() and not lines_held(world), 15)
    assert the_callout(world).operator == "eva"
    assert world.alarms()[-1] == ("cleared", "duty.nobody", "")


def test_a_machine_presses_no_key_and_the_next_person_is_called(make_world: MakeWorld) -> None:
    world = manned(make_world)
    PRESSED["bea"] = "1"
    wrong(world)
    world.until("the other one has it", lambda: ended(world), 300)
    one = the_callout(world)
    calls = [each for each in one.attempts if each.way is DutyWay.CALL]
    assert [(each.person, each.failure) for each in calls] == [
        ("anna", CalloutFailure.NO_KEY),
        ("anna", CalloutFailure.NO_KEY),
        ("bea", None),
    ]
    assert one.taken_at is not None
    assert one.taken_at - one.opened_at < 300 * SECOND


def test_9_has_the_next_person_called_at_once(make_world: MakeWorld) -> None:
    world = manned(make_world)
    PRESSED.update(anna="9", bea="1")
    wrong(world)
    world.until("the other one has it", lambda: ended(world), 90)
    assert [call.to for call in called(world)] == [ANNA, BEA]


def test_the_last_free_line_is_left_and_what_is_written_tells_it(make_world: MakeWorld) -> None:
    world = make_world(public=1, behaviours=PHONES)
    mail = Contact(way=DutyWay.EMAIL, to="bea@example.org")
    on_duty(world, person("anna", ANNA), person("bea", BEA, mail))
    wrong(world, ("node.lost", "test-2"))
    world.until("it is said", lambda: ("raised", "duty.no_way", "") in world.alarms(), 60)
    world.until("both were written to", lambda: texted(world) == [ANNA, BEA], 200)
    assert [(contact.to, notice.subject) for contact, notice in WRITTEN] == [
        ("bea@example.org", "securWoman: Nodo test-2 perso")
    ]
    assert called(world) == []


def test_of_two_lines_one_is_broken_and_nobody_is_phoned_on_the_other_or_on_112s(
    make_world: MakeWorld,
) -> None:
    world = manned(make_world, public=2)
    world.network.unplug("sim2")
    world.until("it is said", lambda: ("raised", "duty.no_way", "") in world.alarms(), 120)
    world.until("both were written to", lambda: texted(world) == [ANNA, BEA], 200)
    assert [one.alarm for one in the_callout(world).alarms] == ["line.out_of_service"]
    assert called(world) == []
    assert lines_held(world) == []
    PRESSED["anna"] = "1"
    world.network.plug("sim2")
    world.until("there is nothing to call for", lambda: ended(world), 60)
    assert the_callout(world).end is CalloutEnd.OVER
    assert world.alarms()[-1] == ("cleared", "duty.no_way", "")


def test_case_09_an_alert_has_the_line_within_a_second_and_the_person_is_called_again(
    make_world: MakeWorld,
) -> None:
    world = manned(make_world, public=3, operators=1)
    wrong(world, ("node.lost", "test-2"))
    world.until("somebody listens", lambda: bool(SPOKEN), 60)
    world.send()
    began_us = world.clock.now_us()
    world.until("user and operator are called", lambda: len(alerts_calls(world)) == 2, 20)
    before = [one.failure for one in the_callout(world).attempts if one.way is DutyWay.CALL]
    assert before in ([None], [CalloutFailure.GAVE_WAY])
    if before == [CalloutFailure.GAVE_WAY]:
        over_at = next(one.over_at for one in the_callout(world).attempts if one.failure is not None)
        assert over_at is not None
        assert over_at - began_us < SECOND


def alerts_calls(world: World) -> list[object]:
    return [call for call in world.live_calls() if call.to not in (ANNA, BEA)]


def test_case_09_the_line_of_a_call_is_an_alerts_at_once_where_it_has_no_other(make_world: MakeWorld) -> None:
    world = manned(make_world, public=2, operators=1)
    wrong(world, ("node.lost", "test-2"))
    world.until("somebody listens", lambda: bool(SPOKEN), 60)
    world.send()
    began_us = world.clock.now_us()
    world.until("it has given way", lambda: not lines_held(world), 10)
    assert world.clock.now_us() - began_us <= 1.2 * SECOND
    world.until("the alert has both lines", lambda: len(alerts_calls(world)) == 2, 20)
    (gave,) = [one for one in the_callout(world).attempts if one.way is DutyWay.CALL]
    assert gave.failure is CalloutFailure.GAVE_WAY


@pytest.mark.parametrize(
    ("role", "when"),
    [
        *((Role.DUTY_CALLER, when) for when in ("asked", "rings", "speaks")),
        (Role.GSM_MODEM, "speaks"),
        (Role.TRUNK_POOL, "asked"),
        (Role.DEADLINE_WATCHDOG, "rings"),
        (Role.ALERT_INTAKE, "rings"),
        (Role.OPERATOR_LINES, "rings"),
    ],
)
def test_s13_a_death_while_somebody_is_called_calls_nobody_twice_and_forgets_nobody(
    make_world: MakeWorld, role: Role, when: str
) -> None:
    world = manned(make_world)
    wrong(world)
    begun = {
        "asked": lambda: bool(callouts(world)),
        "rings": lambda: any(call.ringing_at_s for call in called(world)),
        "speaks": lambda: bool(SPOKEN),
    }
    world.until(when, begun[when], 60).kill(role).advance(3)
    PRESSED["anna"] = "1"
    world.until("it is taken", lambda: ended(world), 60)
    assert the_callout(world).taken_by == "anna"
    world.until("its line is free", lambda: not lines_held(world) and not world.live_calls(), 15)
    assert len(called(world)) == 1
    assert texted(world) == [ANNA]


def test_what_waits_for_the_morning_is_written_then_and_calls_nobody(make_world: MakeWorld) -> None:
    soon = local("Europe/Rome", Instant(VirtualClock().now_us() + 120 * SECOND))
    world = manned(make_world, changes={"duty.morning": f"{soon:%H:%M}"})
    wrong(world, ("backup.old", ""), ("line.weak_signal", "sim2"))
    world.advance(60)
    assert callouts(world) == []
    world.until("it is morning", lambda: ended(world), 120)
    assert (the_callout(world).kind, the_callout(world).end) == (CalloutKind.MORNING, CalloutEnd.TOLD)
    assert texted(world) == [ANNA]
    assert called(world) == []


def test_one_line_of_many_waits_for_the_morning_and_wakes_once_more_are_lost(make_world: MakeWorld) -> None:
    world = manned(make_world, public=5)
    PRESSED["anna"] = "1"
    wrong(world)
    world.advance(30)
    other = ("line.no_sim", "sim5")
    wrong(world, other)
    world.advance(3)
    over = ev.AlarmCleared(alarm=other[0], subject=other[1])
    world.note(over).advance(60)
    assert callouts(world) == [], "a line that is away for a moment is not lost"
    wrong(world, other)
    world.until("it is taken", lambda: ended(world), 60)
    assert {one.subject for one in the_callout(world).alarms} == {"sim4", "sim5"}


def test_a_line_that_a_person_has_taken_out_of_service_is_not_left(make_world: MakeWorld) -> None:
    world = manned(make_world, public=5)
    wrong(world)
    world.advance(30)
    assert callouts(world) == []
    out = ev.LineTakenOut(line=LineId("sim5"), by=OperatorId("eva"), reason="new SIM")
    world.journal.append(Append(streams.service(LineId("sim5")), None, (out,)))
    world.until("somebody is told", lambda: len(callouts(world)) == 1, 10)


def test_a_test_tries_one_persons_ways_once(make_world: MakeWorld) -> None:
    world = manned(make_world)
    PRESSED["bea"] = "1"
    world.journal.transact(lambda tx: open_test(tx, "bea", OperatorId("eva")))
    world.until("it is taken", lambda: ended(world), 60)
    assert [call.to for call in called(world)] == [BEA]
    assert texted(world) == [BEA]
    assert (the_callout(world).taken_by, SPOKEN[0]) == ("bea", "Prova di securWoman.")


def test_what_comes_after_it_was_taken_is_written_and_what_is_graver_calls(make_world: MakeWorld) -> None:
    world = manned(make_world)
    PRESSED["anna"] = "1"
    wrong(world)
    world.until("it is taken", lambda: ended(world), 60).advance(10)
    wrong(world, ("line.no_sim", "sim3"))
    world.until("it is written", lambda: texted(world) == [ANNA, ANNA], 90).advance(60)
    assert len(called(world)) == 1
    wrong(world, ("psap.no_line", ""))
    world.until("the other is taken", lambda: len(callouts(world)) == 2 and ended(world), 90)
    assert len(called(world)) == 2


def test_what_comes_after_it_was_taken_by_somebody_who_is_not_written_to_calls_again(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=4, behaviours=PHONES)
    on_duty(world, Person(id="anna", name="Anna", contacts=(Contact(way=DutyWay.CALL, to=ANNA),)))
    PRESSED["anna"] = "1"
    wrong(world)
    world.until("it is taken", lambda: ended(world), 60)
    wrong(world, ("line.no_sim", "sim3"))
    world.until("so is the other", lambda: len(callouts(world)) == 2 and ended(world), 90)


def test_an_emergency_number_is_not_dialled_whatever_the_roster_says(make_world: MakeWorld) -> None:
    world = make_world(public=4, behaviours=PHONES)
    on_duty(world, person("anna", world.settings.psap.number), person("bea", BEA))
    PRESSED["bea"] = "1"
    wrong(world)
    world.until("the other one has it", lambda: ended(world), 200)
    assert {call.to for call in world.calls()} == {BEA}
    assert texted(world) == [BEA]


def test_without_a_roster_nobody_is_called_and_nothing_is_written(world: World) -> None:
    wrong(world)
    world.advance(20)
    assert callouts(world) == []


def texted(world: World) -> list[str]:
    theirs = (ANNA, BEA, world.settings.psap.number)
    return [sms.to for sms in world.network.carrier.messages if sms.to in theirs]


def test_nobody_is_called_while_the_machine_is_about_to_set_its_clock(make_world: MakeWorld) -> None:
    world = manned(make_world)
    settling = True
    world.env.clock_settles = lambda: settling
    wrong(world)
    world.advance(40)
    assert callouts(world) == []
    settling = False
    world.until("the first phone rings", lambda: any(call.ringing_at_s for call in called(world)), 60)
