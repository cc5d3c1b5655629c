"""The cases that a mature center handles, through the whole of it."""

from __future__ import annotations

import pytest

from actors.supervisor.decider import INTENSITY
from messages import events as ev
from messages.base import Position
from messages.envelope import Body
from messages.ids import (
    E164,
    Advice,
    AlertId,
    Assurance,
    Instant,
    LineId,
    OperatorCommand,
    OperatorId,
    Party,
    Role,
    ShiftState,
)
from model.areas import outline
from model.settings.psap import PsapRoute
from model.setup import Setup
from store.journal.rebuild import is_quarantined
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.mixer import MixedVoice
from tests.scenarios.test_flow import ends, joined, to_attended, to_conference, to_talking
from tests.scenarios.world import OPERATORS, PSAP, SETTINGS, USER, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario


def test_case_01_the_same_alert_twice_and_by_voice_is_one_case(world: World) -> None:
    first = world.send(id=AlertId("app-1"))
    assert world.send(id=AlertId("app-1")) == first
    assert world.send() == first
    world.advance(2)
    world.network.call_in(USER)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.alerts() == [first]
    assert world.sheet.signals >= 3


def test_case_08_nobody_on_shift_means_on_call_numbers_and_advice_at_once(make_world: MakeWorld) -> None:
    world = make_world(operators=0, settings=changed(SETTINGS, {"operator.on_call": (OPERATORS[2],)}))
    world.send()
    world.advance(1.5)
    assert world.case.advice is Advice.CALL_112_NOW
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.case.operator == OperatorId(f"on-call:{OPERATORS[2]}")


def test_case_10_alerts_beyond_the_workers_wait_in_order_and_their_apps_are_told(
    make_world: MakeWorld,
) -> None:
    world = make_world(settings=changed(SETTINGS, {"limits.live_cases": 2}))
    first = [world.send(E164(f"+39333000000{n}")) for n in range(5)]
    world.advance(1.0)
    advised = []
    for alert in first:
        world.alert = alert
        advised.append(world.case.advice is Advice.CALL_112_NOW)
    assert sum(advised) >= 3
    assert all(world.journal.version(f"inbox-{alert}") for alert in first)


def test_case_10_what_the_clock_says_of_many_alerts_is_written_at_once(make_world: MakeWorld) -> None:
    world = make_world(public=0, emergency=1, settings=changed(SETTINGS, {"limits.live_cases": 40}))
    for n in range(40):
        world.send(E164(f"+3933300000{n:02d}"), proof=Assurance.DEVICE, key=f"k{n}")
        world.advance(0.01)
    world.advance(2)
    advised = [one for one in world.journal.read_all() if isinstance(one.event, ev.AdviceChanged)]
    by_forecast = [
        one for one in advised if isinstance(one.event, ev.AdviceChanged) and one.event.reason == "forecast"
    ]
    assert len(advised) == 40
    assert len(by_forecast) > 10
    assert len({one.at_us for one in by_forecast}) <= 2, "one transaction for all that are due at a look"


def test_case_10_what_no_worker_can_take_is_advised_at_once_and_in_few_transactions(
    make_world: MakeWorld,
) -> None:
    world = make_world(operators=0, public=0, emergency=1)
    for n in range(40):
        world.send(E164(f"+3933300000{n:02d}"))
        world.advance(0.01)
    world.advance(1.2)
    advised = [one for one in world.journal.read_all() if isinstance(one.event, ev.AdviceChanged)]
    assert len({one.stream for one in advised}) == 40
    assert len({one.at_us for one in advised}) <= 8, "not a transaction for each"


def test_case_10_no_operator_waits_on_a_line_for_a_user_whom_no_line_is_left_to_call(
    make_world: MakeWorld,
) -> None:
    world = make_world(operators=3, public=4, emergency=1)
    for phone in (USER, "+393330000101", "+393330000102"):
        world.send(E164(phone))
    world.advance(15)
    called = [call.to for call in world.live_calls()]
    assert USER in called
    assert len(called) == 2, "her operator, and none with nobody to talk to"


def test_case_10_with_few_lines_one_alert_after_the_other_is_served_the_earliest_deadline_first(
    make_world: MakeWorld,
) -> None:
    phones = [E164(f"+3933300009{n:02d}") for n in range(8)]
    world = make_world(
        operators=3,
        behaviours=dict.fromkeys(phones, "answer"),
        settings=changed(SETTINGS, {"limits.live_cases": 8}),
    )
    alerts = []
    for phone in phones:
        alerts.append(world.send(phone))
        world.advance(0.05)
    served = []
    for _ in range(100):
        if len(served) == len(alerts):
            break
        world.advance(1.0)
        for alert in alerts:
            world.alert = alert
            if alert not in served and world.case.operator is not None and world.case.answered(Party.USER):
                served.append(alert)
                world.order(OperatorCommand.DECLARE_FALSE_ALARM, world.case.operator)
    # The first ones whose turn comes in time, then whoever has missed it.
    assert sorted(served) == sorted(alerts), "everybody"
    assert served[:4] == alerts[:4]


LOMBARDY = PsapRoute(
    area="IT-25",
    number=E164("+390200000114"),
    outline=outline((((9.0, 45.0), (10.0, 45.0), (10.0, 46.0), (9.0, 46.0), (9.0, 45.0)),)),
)


def test_case_15_a_psap_of_the_area_that_does_not_answer_leads_to_the_alternate_and_not_to_the_national(
    make_world: MakeWorld,
) -> None:
    regional, other = LOMBARDY.number, E164("+390200000113")
    settings = changed(SETTINGS, {"psap.alternate": other, "psap.route": (LOMBARDY,)})
    world = make_world(settings=settings, behaviours={regional: "busy", other: "answer"})
    to_talking(world, position=Position(lat=45.46, lon=9.19, at=Instant(1), accuracy_m=20.0, source="gps"))
    world.order(OperatorCommand.CALL_PSAP).until("112 is joined", lambda: len(joined(world)) == 3, 120)
    called = [call.to for call in world.calls() if call.to in (PSAP, regional, other)]
    assert called == [regional, regional, other]
    asked = world.events(ev.PsapRequested)[0]
    assert isinstance(asked, ev.PsapRequested)
    assert asked.number == regional


def test_a_line_without_a_modem_is_an_alarm_after_10_s_until_it_is_back(world: World) -> None:
    world.network.unplug("sim3")
    world.advance(9)
    assert line_alarms(world) == []
    world.advance(3)
    assert line_alarms(world) == [("raised", "sim3")]
    assert world.system.kill(Role.GSM_MODEM, "sim3")
    world.network.plug("sim3")
    world.until("the alarm is over", lambda: line_alarms(world)[-1] == ("cleared", "sim3")).advance(30)
    assert line_alarms(world) == [("raised", "sim3"), ("cleared", "sim3")]


def test_a_line_that_was_taken_out_of_service_is_in_it_again_once_its_modem_answers_another_process(
    world: World,
) -> None:
    modem = world.network.carrier.modem("sim3")
    modem.mute(world.network.now_s)
    world.until("it is out of service", lambda: is_quarantined(world.journal, LineId("sim3")), 300)
    assert world.system.kill(Role.GSM_MODEM, "sim3")
    world.advance(5)
    modem.unmute()
    world.until("it is back", lambda: not is_quarantined(world.journal, LineId("sim3")), 120).advance(30)
    said = [said for said, alarm, _ in world.alarms() if alarm == "line.quarantined"]
    assert said == ["raised", "cleared"]


def line_alarms(world: World) -> list[tuple[str, str]]:
    """What was said of lines out of service."""
    return [(said, line) for said, alarm, line in world.alarms() if alarm == "line.out_of_service"]


def test_a_key_for_112s_voice_menu_is_pressed_once_whoever_dies(world: World) -> None:
    to_conference(world)

    def press(digit: str) -> None:
        world.fact(ev.CommandGiven(command=OperatorCommand.SEND_DIGIT, by=world.operators[0], digit=digit))
        world.advance(2)

    press("1")
    (call,) = world.calls(PSAP)
    assert call.digits == "1"
    for role in Role.ALERT_CASE, Role.CALL_LEG, Role.GSM_MODEM:
        world.kill(role).advance(5)
    press("1")
    press("#")
    assert call.digits == "11#"
    assert len(joined(world)) == 3


def test_case_20_112_itself_is_never_dialled_while_the_switches_are_off(make_world: MakeWorld) -> None:
    world = make_world(settings=changed(SETTINGS, {"psap.number": E164("112")}), behaviours={"112": "answer"})
    to_talking(world)
    world.order(OperatorCommand.CALL_PSAP)
    world.until("the guard has refused", lambda: any(leg.cause == 202 for leg in world.case.legs.values()))
    world.advance(20)
    assert world.calls("112") == []
    assert not any(b"112;" in port.written for port in world.network.ports.values())


def test_case_18_the_worker_that_keeps_dying_lets_go_of_what_another_has_taken_over(world: World) -> None:
    world.send()
    to_talking(world)
    first = world.case.owner
    assert first is not None
    for _ in range(INTENSITY):
        world.kill(Role.ALERT_CASE).advance(0.1)
    world.until(
        "another worker has it",
        lambda: world.case.owner is not None and world.case.owner.worker != first.worker,
    )
    world.advance(3)
    held = [
        entry.key
        for role in (Role.CALL_LEG, Role.CONFERENCE_BRIDGE)
        for entry in world.env.directory.all_of(role)
        if entry.key.partition("/")[0] == first.worker and entry.alert is not None
    ]
    assert held == []
    assert joined(world) == {Party.OPERATOR, Party.USER}
    assert len(world.calls()) == 2, "nobody is called again"


def test_case_18_a_modem_that_is_started_again_has_its_call_before_the_case_tells_the_leg_again(
    world: World,
) -> None:
    world.send()
    to_talking(world)
    user = world.leg(Party.USER)
    world.advance(0.45)
    world.system.kill(Role.GSM_MODEM, user.line)
    world.system.run()
    world.advance(0.25)
    assert world.case.legs[user.leg].adopted
    assert len(world.calls()) == 2


@pytest.mark.parametrize("again", [False, True])
def test_whoever_did_not_hear_the_end_is_told_it_again(world: World, again: bool) -> None:
    to_talking(world)
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    ends = ("leg.rest", "bridge.set_members")
    world.env.faults = lambda envelope, role, key: () if tag(envelope.body) in ends else (0.0,)
    world.until("the alert is closed", lambda: world.case.closed_at is not None)
    assert {entry.role for entry in world.env.directory.read() if entry.alert} >= {
        Role.CALL_LEG,
        Role.CONFERENCE_BRIDGE,
    }
    world.env.faults = None
    if again:
        world.kill(Role.ALERT_CASE)
    world.advance(6)
    assert [entry.role for entry in world.env.directory.read() if entry.alert] == []
    bridge = MixedVoice(world.system, "c00")
    assert bridge.members == ()


def tag(body: Body) -> object:
    return body.__struct_config__.tag


def test_case_09_a_test_that_gave_way_does_not_take_the_line_again_first(make_world: MakeWorld) -> None:
    world = make_world(operators=2, public=3, behaviours={"+393339999999": "no_answer"})
    world.send(E164("+393339999999"), test=True)
    world.until("the test has both lines", lambda: len(world.live_calls()) == 2)
    test = world.alert
    world.send()
    world.until("the real one has its operator", lambda: world.case.operator is not None, 20)
    world.until("she is reached", lambda: world.case.rang_at is not None, 20)
    world.alert = test
    assert "preempted" in [event.reason for event in world.events(ev.LegReleasing)]
    assert len(world.events(ev.LegOriginating)) < 8, "and it does not try again and again"


def test_case_18_a_call_that_was_given_up_unheard_is_not_left_up_for_ever(make_world: MakeWorld) -> None:
    world = make_world(public=4, emergency=2)
    to_talking(world)
    user = world.leg(Party.USER)
    world.env.faults = lambda envelope, role, key: (
        () if (role, key) == (Role.GSM_MODEM, user.line) or envelope.key == user.line else (0.0,)
    )
    world.until("the leg is given up", lambda: world.case.legs[user.leg].attempt == 2, 60)
    world.env.faults = None
    world.until("her phone is on hook", lambda: world.calls(USER)[0].ended, 10).advance(10)
    assert [call.to for call in world.live_calls()].count(OPERATORS[0]) == 1, "the operator's call stays"


def test_case_09_a_test_call_to_the_user_gives_way_to_the_real_alert(make_world: MakeWorld) -> None:
    world = make_world(operators=2, public=6, behaviours={USER: "no_answer"})
    world.send(test=True)
    world.until("her phone rings", lambda: world.case.rang_at is not None)
    test = world.alert
    world.send()
    assert world.alert != test, "a real alert never disappears in a test"
    world.until("her phone rings again", lambda: world.case.rang_at is not None, 15)
    rings = [call for call in world.live_calls() if call.to == USER]
    assert len(rings) == 1


def test_case_18_an_alert_does_not_wait_for_a_worker_whose_first_word_was_lost(world: World) -> None:
    to_talking(world)
    world.env.faults = lambda envelope, role, key: () if tag(envelope.body) == "case.status" else (0.0,)
    world.kill(Role.ALERT_CASE).advance(0.5)
    world.env.faults = None
    world.until("it has its case again", lambda: world.case.owner and world.sheet.restarts == 1, 4)


def test_case_18_of_two_calls_on_one_line_the_living_one_is_not_forgotten(make_world: MakeWorld) -> None:
    other = "+393339999999"
    world = make_world(public=4, emergency=2, behaviours={other: "answer"})
    for caller in (USER, other):
        world.network.call_in(caller)
        world.advance(3)
    user_call, second = world.calls("+390200000001")
    assert second.answered_at_s is None, "answered, it would have put the first on hold"
    assert second.ended
    world.advance(5)
    assert [call.answered_at_s is not None for call in world.calls(other)] == [True], "called back"
    world.network.hang_up(other)
    world.advance(2)
    world.env.faults = lambda envelope, role, key: (
        () if (role, key) == (Role.GSM_MODEM, "sim1") and tag(envelope.body) != "actor.start" else (0.0,)
    )
    world.advance(10)
    assert user_call.answered_at_s is not None
    assert not user_call.ended


def test_a_wish_that_comes_after_the_end_calls_nobody(world: World) -> None:
    world.env.faults = lambda envelope, role, key: (0.0, 60.0) if role is Role.CALL_LEG else (0.0,)
    to_talking(world)
    ends(world)
    world.env.faults = None
    for spec in world.env.settings_as(Setup).settings.lines:
        assert world.system.kill(Role.GSM_MODEM, spec.line), "and with it what it knew of the calls"
    world.advance(70)
    assert len(world.calls()) == 2


def test_members_that_come_after_the_end_open_no_port_again(world: World) -> None:
    to_talking(world)
    world.env.faults = lambda envelope, role, key: (0.0, 4.0) if role is Role.CONFERENCE_BRIDGE else (0.0,)
    world.advance(1)
    ends(world)
    bridge = MixedVoice(world.system, "c00")
    for _ in range(60):
        world.advance(0.1)
        assert bridge.members == ()


def test_case_08_an_alert_that_nobody_has_is_taken_by_an_operator_who_pauses(world: World) -> None:
    world.shift(world.operators[0], ShiftState.PAUSED).advance(2)
    world.send()
    world.advance(5)
    assert world.calls(OPERATORS[0]) == [], "who pauses is not called"
    world.order(OperatorCommand.TAKE, by=world.operators[0])
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    assert world.case.operator == world.operators[0]
    assert world.after_s(ev.OperatorJoined) < 15


def test_case_21_the_phone_is_still_until_an_operator_orders_the_call(make_world: MakeWorld) -> None:
    world = make_world(public=6)
    to_attended(world, silent=True)
    world.advance(70)
    assert world.calls(USER) == []
    assert (world.case.missed_at, world.case.advice) == (None, Advice.WAIT)
    world.order(OperatorCommand.CALL_ALOUD)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    ends(world)
