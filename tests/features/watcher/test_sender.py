"""The sender by itself: what it says while all is well, and when it is not; and whom it misses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from center import features
from center.node.composition import plan
from features.watcher.actor import HeartbeatSenderActor
from features.watcher.beat import Answer, Heartbeat, Unable, UnwellReason
from features.watcher.decider import CENTER_SILENT, WATCHER_MUTE, WATCHER_SILENT
from features.watcher.ears import publish_state
from features.watcher.evidence import CHECKS, Measurement, Readiness
from features.watcher.heartbeat_state import (
    CenterState,
    apply_heartbeat,
    center_state,
    challenge_of,
    initial_state,
)
from features.watcher.outlets import Away, HeartbeatReceived, Outcome
from features.watcher.settings import HeartbeatTarget, Patience, TargetKind, WatchedCenter
from messages import events as ev
from messages.ids import SECOND, CalloutEnd, Instant, NodeId, OperatorId, Role
from model.alarms.active import NO_WAY
from model.availability import MINUTE_US, ProbeResult, availability
from model.settings import Settings
from model.setup import Setup
from runtime.clock import VirtualClock
from runtime.environment import AGAIN, Environment
from runtime.system import system
from runtime.system.one_process import OneProcess
from runtime.threads import Courier
from store import streams
from store.alarms import read_active_alarms
from store.journal.journal import Append, Journal
from store.probe_results import results_by_day
from tests.support.actors import environment
from tests.support.settings import changed

WATCHER = HeartbeatTarget(name="watch", kind=TargetKind.WATCHER, url="http://w.test/", every_s=10.0)
PLAIN = HeartbeatTarget(name="plain", kind=TargetKind.URL, url="http://p.test/", every_s=60.0)


class Outside:
    """Those outside, in memory, and what the web says of itself."""

    def __init__(self) -> None:
        self.came: dict[str, list[Heartbeat]] = {"watch": [], "plain": []}
        self.there = True
        self.unable: tuple[Unable, ...] = ()
        self.probes: tuple[ProbeResult, ...] = ()
        self.looked = Measurement(readiness=Readiness(ready=True, lines=3))
        self.hearing = initial_state(Instant(0), probes=False)

    def hear(self, target: str, beat: Heartbeat) -> Outcome:
        if not self.there:
            return Away(why="ConnectError")
        self.came[target].append(beat)
        if target == "plain":
            return HeartbeatReceived()
        self.hearing, taken = apply_heartbeat(
            self.hearing, beat, beat.at, f"{len(self.came[target])}".encode()
        )
        challenge = challenge_of(self.hearing, beat.node)
        self.probes = tuple(one for one in self.probes if one.minute > beat.probes_taken)
        answer = Answer(watcher="w", taken=taken, challenge=challenge, unable=self.unable, probes=self.probes)
        return HeartbeatReceived(answer=answer)


OUTSIDE: list[Outside] = []


class _AtOnce(Courier[Heartbeat, Outcome]):
    def __init__(self, target: str) -> None:
        self._target = target
        self._outcome: Outcome | None = None

    def deliver(self, load: Heartbeat, /) -> None:
        self._outcome = OUTSIDE[-1].hear(self._target, load)

    def take_result(self) -> Outcome | None:
        outcome, self._outcome = self._outcome, None
        return outcome


class _LooksAtOnce(Courier[None, Measurement]):
    def __init__(self) -> None:
        self._looked: Measurement | None = None

    def deliver(self, load: None, /) -> None:
        self._looked = OUTSIDE[-1].looked

    def take_result(self) -> Measurement | None:
        looked, self._looked = self._looked, None
        return looked


class SenderInMemoryActor(HeartbeatSenderActor):
    """The center's own, but for the network."""

    def courier(self, target: HeartbeatTarget) -> Courier[Heartbeat, Outcome]:
        return _AtOnce(target.name)

    def looker(self) -> Courier[None, Measurement]:
        return _LooksAtOnce()

    def tick(self, now_us: Instant) -> None:
        """No thread wakes it."""
        self.env.directory.beat(now_us)
        self._waker.wake()
        super().tick(now_us)


class Alone:
    """The sender and those outside."""

    def __init__(
        self, state: Path, outside: Outside, *watched: WatchedCenter, simulated: bool = False
    ) -> None:
        self.env: Environment = environment(state, virtual=True)
        settings = changed(Settings(), {"heartbeat": (WATCHER, PLAIN), "watched": watched})
        self.env.settings = Setup(settings=settings, version="1", simulated=simulated)
        started = system.start("in_process", self.env)
        assert isinstance(started, OneProcess)
        self.system, self.outside = started, outside
        self.journal: Journal = self.env.open_journal_as(Journal)
        self.env.directory.beat(self.env.clock.now_us())
        self.journal.append(Append(streams.node(self.env.node), None, (ev.NodeStarted(version="1", pid=1),)))
        self.system.create(SenderInMemoryActor)

    def alarms(self) -> set[tuple[str, str]]:
        return set(read_active_alarms(self.journal, self.env.node))

    @property
    def taken(self) -> list[Heartbeat]:
        return [one for one in self.outside.came["watch"] if one.challenge]


@pytest.fixture
def outside() -> Iterator[Outside]:
    OUTSIDE.append(Outside())
    yield OUTSIDE[-1]
    OUTSIDE.clear()


@pytest.fixture
def alone(tmp_path: Path, outside: Outside) -> Iterator[Alone]:
    made = Alone(tmp_path, outside, WatchedCenter(name="milano", key_file="k"))
    yield made
    made.system.stop()
    made.journal.close()


def senders(left_out: Sequence[str] = (), **settings: object) -> int:
    """How many of the actor a node has by these settings."""
    features.install(left_out)
    try:
        made = plan(Setup(settings=changed(Settings(), settings)))
    finally:
        features.install()
    return sum(spec.role is Role.HEARTBEAT_SENDER for spec in made.actors)


def test_a_node_has_one_where_somebody_is_told_or_heard_and_the_feature_is_there() -> None:
    assert senders() == 0
    assert senders(heartbeat=(WATCHER,)) == 1
    assert senders(watched=(WatchedCenter(name="milano", key_file="k"),)) == 1
    assert senders(["watcher"], heartbeat=(WATCHER,)) == 0


def test_it_says_that_all_is_well_every_ten_seconds_and_nobody_is_missed(alone: Alone) -> None:
    alone.system.advance(35)
    assert len(alone.taken) in (4, 5)
    assert all(one.well and one.lines == 3 for one in alone.taken)
    assert len(alone.outside.came["plain"]) == 1
    assert alone.alarms() == set()


@pytest.mark.parametrize(
    ("looked", "wrong"),
    [
        (Measurement(readiness=None), UnwellReason.WEB),
        (Measurement(readiness=Readiness(ready=False)), UnwellReason.NOT_READY),
    ],
)
def test_who_is_not_well_says_so_to_a_watcher_and_nothing_to_who_understands_silence_alone(
    alone: Alone, looked: Measurement, wrong: UnwellReason
) -> None:
    alone.system.advance(61)
    plain = len(alone.outside.came["plain"])
    alone.outside.looked = looked
    alone.system.advance(130)
    assert alone.taken[-1].wrong == (wrong,)
    assert len(alone.outside.came["plain"]) == plain
    assert (WATCHER_SILENT, "plain") not in alone.alarms()


def test_who_has_to_phone_people_and_cannot_is_not_well_until_somebody_has_it(alone: Alone) -> None:
    alone.system.advance(61)
    plain = len(alone.outside.came["plain"])
    raised = tuple(ev.AlarmRaised(alarm=one, subject="", text="x") for one in ("psap.no_line", NO_WAY))
    alone.journal.append(Append(streams.node(alone.env.node), None, raised))
    alone.system.advance(130)
    said = alone.taken[-1]
    assert (said.well, said.wrong, said.taken) == (False, (), False)
    assert len(alone.outside.came["plain"]) == plain
    heard = alone.outside.hearing.heard
    assert center_state(heard, Patience(), said.at) is CenterState.UNWELL


def test_a_watcher_that_does_not_answer_is_an_alarm_until_it_does(alone: Alone) -> None:
    alone.system.advance(20)
    alone.outside.there = False
    alone.system.advance(50)
    assert (WATCHER_SILENT, "watch") not in alone.alarms()
    alone.system.advance(30)
    assert (WATCHER_SILENT, "watch") in alone.alarms()
    alone.outside.there = True
    alone.system.advance(25)
    assert (WATCHER_SILENT, "watch") not in alone.alarms()


def test_so_is_one_that_could_phone_nobody(alone: Alone) -> None:
    alone.outside.unable = (Unable.MODEM,)
    alone.system.advance(90)
    assert (WATCHER_MUTE, "watch") in alone.alarms()
    alone.outside.unable = ()
    alone.system.advance(15)
    assert (WATCHER_MUTE, "watch") not in alone.alarms()


def test_it_says_what_is_wrong_by_kind_and_whether_somebody_on_duty_has_it(alone: Alone) -> None:
    here = alone.env.node
    raised = ev.AlarmRaised(alarm="psap.no_line", subject="emergency", text="none")
    alone.journal.append(Append(streams.node(here), None, (raised,)))
    alone.system.advance(12)
    said = alone.taken[-1]
    assert [(one.alarm, one.count) for one in said.alarms] == [("psap.no_line", 1)]
    assert not said.taken
    about = ev.CalloutAlarm(
        alarm="psap.no_line", subject="emergency", node=here, raised_at=alone.env.clock.now_us()
    )
    callout = (ev.CalloutOpened(callout="c1", alarms=(about,)), ev.CalloutTaken(callout="c1", person="anna"))
    alone.journal.append(Append(streams.DUTY, None, callout))
    alone.system.advance(12)
    assert alone.taken[-1].taken
    over = ev.AlarmCleared(alarm="psap.no_line", subject="emergency")
    alone.journal.append(Append(streams.node(here), None, (over,)))
    alone.system.advance(12)
    assert alone.taken[-1].alarms == ()


def test_who_has_had_it_before_has_not_taken_it_again(alone: Alone) -> None:
    here, at = alone.env.node, alone.env.clock.now_us()
    about = ev.CalloutAlarm(alarm="psap.no_line", subject="emergency", node=here, raised_at=at)
    told = (
        ev.CalloutOpened(callout="c1", alarms=(about,)),
        ev.CalloutTaken(callout="c1", person="anna"),
        ev.CalloutEnded(callout="c1", why=CalloutEnd.TAKEN),
        ev.CalloutOpened(callout="c2", alarms=(about,)),
    )
    raised = ev.AlarmRaised(alarm="psap.no_line", subject="emergency", text="none")
    alone.journal.append(Append(streams.node(here), None, (raised,)), Append(streams.DUTY, None, told))
    alone.system.advance(12)
    assert [one.alarm for one in alone.taken[-1].alarms] == ["psap.no_line"]
    assert not alone.taken[-1].taken


def test_two_that_answer_in_turn_are_not_asked_without_end(alone: Alone) -> None:
    one, other = Outside(), Outside()
    turns = cycle((one, other))
    alone.outside.hear = lambda target, beat: next(turns).hear(target, beat)  # type: ignore[method-assign]
    alone.system.advance(100)
    assert len(one.came["watch"]) + len(other.came["watch"]) <= 22


def test_planned_work_is_said_at_once(alone: Alone) -> None:
    alone.system.advance(22)
    before = len(alone.taken)
    now = alone.env.clock.now_us()
    ends = Instant(now + 3600 * SECOND)
    shelved = ev.AlarmShelved(
        node=alone.env.node, ends_at=ends, by=OperatorId("marta-bianchi"), reason="a new disk"
    )
    alone.journal.append(Append(streams.SHELF, None, (shelved,)))
    alone.system.advance(3)
    assert len(alone.taken) == before + 1
    assert alone.taken[-1].planned_until == ends


def test_so_is_an_ordered_restart(alone: Alone) -> None:
    alone.system.advance(22)
    (alone.env.run / AGAIN).touch()
    alone.system.advance(3)
    assert alone.taken[-1].planned_until is not None


def test_each_name_of_what_is_wrong_is_looked_at_once() -> None:
    assert Counter(check.name for check in CHECKS) == Counter(UnwellReason)


def test_who_follows_one_that_was_killed_goes_on_and_misses_nobody(alone: Alone) -> None:
    for _ in range(4):
        alone.system.advance(21)
        assert alone.system.kill(Role.HEARTBEAT_SENDER)
        alone.system.run()
        alone.system.create(SenderInMemoryActor)
    alone.system.advance(21)
    assert alone.alarms() == {(CENTER_SILENT, "milano")}  # of which nothing was ever heard
    last = [one.at for one in alone.taken]
    assert max(later - one for one, later in pairwise(last)) <= 12 * SECOND


def milano_says_that_it_is_well(alone: Alone, seconds: int) -> None:
    """To the web, every ten seconds."""
    hearing, now = initial_state(alone.env.clock.now_us(), probes=False), alone.env.clock.now_us()
    beat = Heartbeat(node=NodeId("m"), at=now, every_s=10.0, version="1")
    for _ in range(seconds // 10):
        now = alone.env.clock.now_us()
        challenge = hearing.nodes[beat.node].challenge if hearing.nodes else b""
        hearing, _ = apply_heartbeat(hearing, replace(beat, challenge=challenge), now, str(now).encode())
        publish_state(alone.env.run, "milano", hearing)
        alone.system.advance(10)


def test_another_center_that_falls_silent_is_an_alarm(alone: Alone) -> None:
    milano_says_that_it_is_well(alone, 60)
    assert alone.alarms() == set()
    alone.system.advance(35)
    assert alone.alarms() == {(CENTER_SILENT, "milano")}


def test_what_nobody_here_could_hear_is_no_silence_of_the_others(alone: Alone) -> None:
    milano_says_that_it_is_well(alone, 60)
    assert isinstance(alone.env.clock, VirtualClock)
    alone.env.clock.leap(300 * SECOND)
    alone.system.advance(28)
    assert (CENTER_SILENT, "milano") not in alone.alarms()
    alone.system.advance(10)
    assert (CENTER_SILENT, "milano") in alone.alarms()


def test_a_simulated_run_says_so_and_speaks_to_watchers_alone(tmp_path: Path, outside: Outside) -> None:
    made = Alone(tmp_path, outside, simulated=True)
    made.system.advance(70)
    assert made.taken[-1].simulated
    assert outside.came["plain"] == []
    made.system.stop()
    made.journal.close()


def test_what_a_watcher_has_found_at_the_intake_is_kept_under_its_own_name_and_then_not_told_again(
    alone: Alone,
) -> None:
    this = alone.env.clock.now_us() // MINUTE_US
    alone.outside.probes = tuple(
        ProbeResult(watcher="another's", minute=this - ago, tried=6, failed=failed, worst_ms=50)
        for ago, failed in ((2, 6), (1, 0))
    )
    alone.system.advance(35)
    assert alone.taken[-1].probes_taken == this - 1
    assert alone.outside.probes == ()
    begins, ends = Instant((this - 2) * MINUTE_US), Instant(this * MINUTE_US)
    found = availability(results_by_day(alone.journal, begins, ends), (), begins, ends)
    assert (found.watched, found.lost, found.worst_ms) == (2, 1, 50)
