"""A node is proved each night, gives way to who is in danger, and tells what it has found wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from features.selftest import line_trials
from features.selftest.judging import Side
from features.selftest.proving import SelfTestRun, SelfTests
from features.selftest.self_test.actor import SelfTestActor
from features.selftest.self_test.decider import QUIET_US
from features.selftest.settings import SelfTestSettings
from features.selftest.store import proofs_of
from media.trial.way import USELESS
from messages.events import AlertClosed, AlertReceived, ProofOrdered
from messages.ids import E164, SECOND, Channel, Instant, LineId, OperatorId, Outcome, Party, Role
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, Shown, StepResult
from messages.supervision import StopActor
from messages.trials import WayFault, WayShown
from runtime.logs import Outage
from store import streams
from store.alerts.accepting import Accepted
from store.alerts.checks import accept_check
from store.errors import JournalUnavailable
from store.journal.journal import Append, Journal
from store.journal.matters import open_alerts
from tests.features.selftest import self_tests as proofs
from tests.features.selftest.test_line_test import tried
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.world import SETTINGS, World
from tests.support.settings import changed

pytestmark = pytest.mark.scenario
EVA = OperatorId("eva")
RING = {("voice", "sim1>sim2"), ("voice", "sim2>sim3"), ("voice", "sim3>sim1")}


FAULTS: dict[tuple[str, Side], WayFault] = {}
"""Which modem has which fault, on which side of its voice."""


def heard(lines: Sequence[LineId], carried: object) -> tuple[WayShown, ...]:
    """In place of what passes at voice ports, which takes more time than a virtual clock gives."""
    if len(lines) < 2:
        return ()
    return tuple(way(speaker, listener) for speaker, listener in (lines, lines[::-1]))


def way(speaker: LineId, listener: LineId) -> WayShown:
    fault = FAULTS.get((speaker, Side.OUT)) or FAULTS.get((listener, Side.IN))
    return WayShown(
        speaker=speaker,
        listener=listener,
        bursts=20,
        faults=() if fault is None else (fault,),
        proved=fault is None or fault not in USELESS,
    )


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("features.selftest.line_test.actor.ways_of", heard)
    yield
    proofs.forget()
    FAULTS.clear()


def order(world: World, *steps: ProofStep, stop: bool = False) -> None:
    ordered = ProofOrdered(by=EVA, steps=steps, stop=stop)
    world.journal.append(Append(streams.proof(world.env.node), None, (ordered,)))
    world.system.run()


def proving(world: World) -> SelfTests:
    return proofs_of(world.journal, world.env.node, Instant(0))


def last(world: World) -> SelfTestRun:
    found = proving(world).proofs
    assert found, "no proof was begun"
    return found[-1]


def over(world: World) -> bool:
    found = proving(world).proofs
    return bool(found) and found[-1].why is not None


def results(world: World) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (item.step, item.subject): (ended.shown.result, ended.shown.why)
        for item, ended in last(world).done.items()
    }


def standing(world: World) -> dict[tuple[str, str], str]:
    found = {(alarm, subject): how for how, alarm, subject in world.alarms() if alarm.startswith("proof.")}
    return {key: how for key, how in found.items() if how == "raised"}


def test_each_line_calls_and_is_called_once_and_all_is_told(make_world: MakeWorld) -> None:
    world = make_world(public=3, emergency=1)
    order(world, ProofStep.DISK, ProofStep.VOICE, ProofStep.TEXT, ProofStep.EMERGENCY)
    world.until("it is over", lambda: over(world), 120)
    found = results(world)
    assert {key for key in found if key[0] == "voice"} == RING
    assert {result for (step, _), (result, _) in found.items() if step != "emergency"} == {StepResult.OK}
    # The number that is agreed for tests is not set.
    assert found["emergency", "sim4"] == (StepResult.LEFT_OUT, ProofWhy.NOT_SET)
    assert [(call.line, str(call.to)[-1]) for call in world.calls()] == [
        ("sim1", "2"),
        ("sim2", "3"),
        ("sim3", "1"),
    ]
    assert last(world).why is ProofEnd.DONE
    assert standing(world) == {}
    # Their own calls and texts raise no alert.
    assert not any(one.stream.startswith("inbox-") for one in world.journal.read_all())
    assert tried(world) == []


@pytest.mark.parametrize(("number", "is_called"), [("+390200000114", True), ("+390200000112", False)])
def test_the_line_for_112_calls_the_number_that_is_agreed_for_tests_and_no_other(
    make_world: MakeWorld, number: str, is_called: bool
) -> None:
    settings = changed(SETTINGS, {"psap.test_number": E164(number)})
    world = make_world(public=1, emergency=1, settings=settings, behaviours={number: "answer"})
    order(world, ProofStep.EMERGENCY)
    world.until("it is over", lambda: over(world), 120)
    assert [str(call.to) for call in world.calls()] == ([number] if is_called else [])
    expected = (StepResult.OK, "") if is_called else (StepResult.LEFT_OUT, ProofWhy.NOT_SET)
    assert results(world)["emergency", "sim2"] == expected


def test_a_real_alert_has_the_lines_at_once_and_the_proof_goes_on_when_it_is_quiet(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=2, emergency=0)
    proofs.STUCK.add(ProofStep.JOURNAL)
    order(world, ProofStep.VOICE, ProofStep.JOURNAL)
    world.until("two lines talk", lambda: len(world.live_calls()) == 2 or bool(_talks(world)), 30)
    alert_at = world.clock.now_us()
    world.send(phone=E164("+393330000001"))
    world.until("the lines are not the proof's", lambda: not tried(world), 1.1)
    assert (world.clock.now_us() - alert_at) / SECOND <= 1.1
    world.until("the alert has both lines", lambda: len(world.live_calls()) == 2, 20)
    assert results(world) == {("voice", "sim1>sim2"): (StepResult.GAVE_WAY, "")}
    assert last(world).why is None


def test_a_check_s_call_is_no_alert_though_a_real_one_has_taken_the_line_that_stood_by(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It rings there for a moment when nobody stands by for it any more."""
    monkeypatch.setattr("tests.scenarios.world.SETUP_S", 0.3)
    world = make_world(public=2, emergency=0)
    proofs.STUCK.add(ProofStep.CHAIN)
    order(world, ProofStep.CHAIN)

    def stands_by() -> E164 | None:
        return next((one.number for one in line_trials.ordered(world.env.run) if one.answers), None)

    world.until("a line stands by", stands_by, 10)
    raise_check(world, stands_by())
    world.until("the check's call is dialled", world.live_calls, 10)
    alert = world.send(phone=E164("+393330000001"))
    world.until("the operator is called", lambda: world.case.of(Party.OPERATOR), 3).advance(10)
    raised = [one.event for one in world.journal.read_all(0, 10_000)]
    came = [one.channel for one in raised if isinstance(one, AlertReceived)]
    assert came == [Channel.DATA] * 2, world.story()
    assert world.case.alert == alert


def raise_check(world: World, number: E164 | None) -> None:
    """As the center's own phone does."""
    signal = proofs.check_signal(world.journal, number, world.clock.now_us())
    assert isinstance(world.journal.transact(lambda tx: accept_check(tx, signal, 50.0, 40, None)), Accepted)
    world.system.run()


def _talks(world: World) -> list[object]:
    return [call for call in world.live_calls() if call.answered_at_s is not None]


def test_a_look_is_killed_when_somebody_is_in_danger_and_is_begun_again_later(world: World) -> None:
    proofs.STUCK.add(ProofStep.JOURNAL)
    order(world, ProofStep.JOURNAL)
    world.until("it looks", lambda: last(world).begun is not None, 5)
    world.send()
    world.until("it is killed", lambda: ProofStep.JOURNAL in proofs.ENDED, 1)
    assert results(world) == {("journal", ""): (StepResult.GAVE_WAY, "")}
    # A test is nobody in danger.
    assert last(world).why is None


@pytest.mark.parametrize("is_killed", [True, False])
def test_the_next_process_goes_on_with_the_call_that_stands(make_world: MakeWorld, is_killed: bool) -> None:
    world = make_world(public=2, emergency=0)
    order(world, ProofStep.VOICE)
    world.until("two lines talk", lambda: bool(_talks(world)), 30)
    if is_killed:
        world.kill(Role.SELF_TEST)
    else:
        world.system.tell(Role.SELF_TEST, "", StopActor())
        world.system.run()
    assert not any(wanted.stop for wanted in line_trials.ordered(world.env.run)), "it is measured to its end"
    world.until("it is over", lambda: over(world), 90)
    assert [(call.line, str(call.to)[-1]) for call in world.calls()] == [("sim1", "2"), ("sim2", "1")]
    assert {result for result, _ in results(world).values()} == {StepResult.OK}


def test_an_order_to_stop_ends_it_and_its_call(make_world: MakeWorld) -> None:
    world = make_world(public=2, emergency=0)
    order(world, ProofStep.VOICE)
    world.until("two lines talk", lambda: bool(_talks(world)), 30)
    order(world, stop=True)
    world.until("it is over", lambda: over(world), 2)
    assert last(world).why is ProofEnd.ORDERED
    world.until("no call is left", lambda: not world.live_calls() and not tried(world), 5)


def test_what_is_wrong_is_an_alarm_until_the_next_proof_finds_it_well(world: World) -> None:
    proofs.FOUND[ProofStep.CERTIFICATE] = Shown(
        result=StepResult.FAILED, why=ProofWhy.EXPIRES, figures={"days": 5.0}
    )
    order(world, ProofStep.CERTIFICATE)
    world.until("it is over", lambda: over(world), 5)
    assert standing(world) == {("proof.certificate", "certificate"): "raised"}
    proofs.forget()
    order(world, ProofStep.CERTIFICATE)
    world.until("it is over again", lambda: len(proving(world).proofs) == 2 and over(world), 5)
    assert standing(world) == {}


@pytest.mark.parametrize(("days", "alarm"), [(21.0, set()), (20.0, {"proof.certificate_soon"})])
def test_a_certificate_that_was_not_renewed_is_an_alarm_before_it_fails(
    world: World, days: float, alarm: set[str]
) -> None:
    proofs.FOUND[ProofStep.CERTIFICATE] = Shown(result=StepResult.OK, figures={"days": days})
    order(world, ProofStep.CERTIFICATE)
    world.until("it is over", lambda: over(world), 5)
    assert set(standing(world)) == {(one, "certificate") for one in alarm}


def test_a_disk_that_is_full_tomorrow_is_found_by_what_was_free_yesterday(world: World) -> None:
    for free in (60e9, 40e9):
        proofs.FOUND[ProofStep.DISK] = Shown(result=StepResult.OK, figures={"free_bytes": free})
        order(world, ProofStep.DISK)
        world.until("it is over", lambda: last(world).why is not None, 5)
        assert last(world).done[ProofItem(step=ProofStep.DISK)].shown.figures["free_bytes"] == free
        assert standing(world) == ({} if free == 60e9 else {("proof.disk", "disk"): "raised"})
        world.clock.leap(86_400 * SECOND)
        world.advance(1.0)


AT = Instant(1_700_000_000 * SECOND)
"""When these worlds begin."""


def clock_in(seconds: int) -> str:
    local = datetime.fromtimestamp(AT // SECOND + seconds).astimezone()
    return f"{local:%H:%M}"


def test_it_begins_by_itself_once_a_night_and_not_while_an_alert_is_open(make_world: MakeWorld) -> None:
    left = tuple(one for one in ProofStep if one is not ProofStep.CLOCK)
    night = SelfTestSettings(at=clock_in(120), until=clock_in(7200), leave_out=left)
    world = make_world(changes={"proof": night})
    world.send()
    world.advance(130)
    assert proving(world).proofs == []
    close(world)
    world.advance(QUIET_US // SECOND - 1)
    assert proving(world).proofs == []
    world.until("a proof is over", lambda: over(world), 10)
    assert (last(world).by, last(world).whole, last(world).why) == (None, True, ProofEnd.DONE)
    assert results(world)["voice", "sim1>sim2"] == (StepResult.LEFT_OUT, ProofWhy.EXCLUDED)
    world.kill(Role.SELF_TEST).advance(60)
    assert len(proving(world).proofs) == 1


def close(world: World) -> None:
    """All alerts are over."""
    for alert in world.journal.at_one_moment(open_alerts):
        story = streams.case(alert)
        closed = AlertClosed(outcome=Outcome.TEST_DONE)
        world.journal.append(Append(story, None, (closed,)))
    world.system.run()


def test_that_none_has_come_to_its_end_for_two_days_is_told(make_world: MakeWorld) -> None:
    world = make_world(changes={"proof": SelfTestSettings(at=clock_in(5 * 3600), until=clock_in(6 * 3600))})
    order(world, ProofStep.CLOCK)
    world.until("it is over", lambda: over(world), 5)
    world.clock.leap(47 * 3600 * SECOND)
    world.advance(61)
    assert standing(world) == {}
    world.clock.leap(2 * 3600 * SECOND)
    world.advance(61)
    assert standing(world) == {("proof.overdue", "proof"): "raised"}


@pytest.mark.parametrize(
    ("side", "fault", "alarm"),
    [
        (Side.OUT, WayFault.UNHEARD, "proof.line_mute"),
        (Side.IN, WayFault.UNHEARD, "proof.line_deaf"),
        (Side.OUT, WayFault.UNUSABLE_DELAY, "proof.line_poor"),
    ],
)
def test_a_modem_that_is_mute_deaf_or_late_is_named_by_the_next_proof(
    make_world: MakeWorld, side: Side, fault: WayFault, alarm: str
) -> None:
    world = make_world(public=3, emergency=0)
    FAULTS["sim2", side] = fault
    order(world, ProofStep.VOICE)
    world.until("it is over", lambda: over(world), 90)
    assert standing(world) == {(alarm, "sim2"): "raised"}


def test_a_text_that_never_comes_is_found(make_world: MakeWorld) -> None:
    world = make_world(public=2, emergency=0)
    world.network.vices("sim2", loses_messages=True)
    order(world, ProofStep.TEXT)
    world.until("it is over", lambda: over(world), 700)
    assert standing(world) == {("proof.text", "sim1"): "raised"}
    assert results(world)["text", "sim1>sim2"] == (StepResult.FAILED, ProofWhy.NOT_RECEIVED)


def test_a_journal_that_cannot_be_read_is_not_looked_at_over_and_over(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its descriptor stays readable: who hears it would look again at once, thousands of times."""
    world = make_world(public=2)
    proofs.STUCK.add(ProofStep.DISK)
    order(world, ProofStep.DISK)
    looks: list[Instant] = []
    lines: list[str] = []
    real = SelfTestActor._look

    def look(self: SelfTestActor) -> None:
        looks.append(self.now_us())
        real(self)

    def gone(*_: object) -> object:
        raise JournalUnavailable("the server is gone")

    monkeypatch.setattr(SelfTestActor, "_look", look)
    monkeypatch.setattr(Outage, "failed", lambda self, error: lines.append(str(error)))
    with monkeypatch.context() as away:
        away.setattr(Journal, "read_all", gone)
        world.send()
        world.system.advance(2)
        assert lines, "it was away"
        assert 2 <= len(looks) <= 20, "no sooner than a quarter of a second after the one before"
    world.until("it has given way", lambda: proofs.ENDED, 10)
