"""The base actor, in one process."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import pytest
from thespian.actors import ActorAddress

from messages import cases, lines, supervision
from messages.envelope import Envelope, encode
from messages.ids import SECOND, AlertId, Instant, NodeId, Role
from runtime import addresses
from runtime.actor import BUSY_SAID_WITHIN_US, CenterActor
from runtime.environment import Environment
from runtime.errors import WrongEnvironment
from runtime.system import system
from runtime.system.one_process import OneProcess
from tests.support.actors import environment
from tests.support.there import is_a, there


class Recorder(CenterActor):
    role: ClassVar[Role] = Role.IDENTIFIER

    def started(self) -> None:
        self.heard: list[Envelope] = []
        self.timers: list[tuple[Hashable, Instant]] = []
        self.ticks: list[Instant] = []
        self.stopped = 0

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        self.heard.append(envelope)
        match envelope.body:
            case cases.AskCase():
                self.answer(sender, lines.AskLine())
            case cases.OpenCase():
                raise RuntimeError("as it was told to")

    def timer(self, timer: Hashable, now_us: Instant) -> None:
        self.timers.append((timer, now_us))

    def tick(self, now_us: Instant) -> None:
        self.ticks.append(now_us)

    def stopping(self) -> None:
        self.stopped += 1

    @property
    def bodies(self) -> list[object]:
        return [envelope.body for envelope in self.heard]


class Peer(Recorder):
    role = Role.OPERATOR_POOL


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return environment(tmp_path, virtual=True)


@pytest.fixture
def world(env: Environment) -> Iterator[OneProcess]:
    started = is_a(OneProcess, system.start("in_process", env))
    yield started
    started.stop()


def recorder(world: OneProcess, role: Role = Role.IDENTIFIER, key: str = "") -> Recorder:
    return there(world.actor(role, key, Recorder))


@pytest.fixture
def actor(world: OneProcess) -> Recorder:
    world.create(Recorder)
    return recorder(world)


@pytest.fixture
def peer(world: OneProcess) -> Recorder:
    world.create(Peer)
    return recorder(world, Role.OPERATOR_POOL)


def said(
    body: object, *, incarnation: int = 1, role: Role = Role.TRUNK_POOL, key: str = "", to: str = ""
) -> bytes:
    return encode(
        Envelope(
            id=f"{role}/{key}/{incarnation}",
            role=role,
            key=key,
            incarnation=incarnation,
            at_us=Instant(0),
            body=body,  # type: ignore[arg-type]
            to=to,
        )
    )


# ---------------------------------------------------------------- messages


def test_what_is_told_arrives_with_who_said_it(world: OneProcess, actor: Recorder, peer: Recorder) -> None:
    actor.tell(Role.OPERATOR_POOL, "", lines.AskLine(), AlertId("a1"))
    world.run()
    (envelope,) = peer.heard
    assert (envelope.role, envelope.key, envelope.incarnation) == (Role.IDENTIFIER, "", 1)
    assert envelope.alert == "a1"
    assert envelope.body == lines.AskLine()
    assert envelope.at_us == world.clock.now_us()


def test_an_answer_goes_to_whoever_has_asked(world: OneProcess, actor: Recorder, peer: Recorder) -> None:
    actor.tell(Role.OPERATOR_POOL, "", cases.AskCase())
    world.run()
    assert actor.bodies == [lines.AskLine()]


def test_no_two_messages_have_the_same_id(world: OneProcess, actor: Recorder, peer: Recorder) -> None:
    for _ in range(5):
        actor.tell(Role.OPERATOR_POOL, "", lines.AskLine())
    world.run()
    ids = [envelope.id for envelope in peer.heard]
    assert len(set(ids)) == 5


def test_telling_somebody_who_is_not_there_says_so(world: OneProcess, actor: Recorder) -> None:
    assert actor.tell(Role.TRUNK_POOL, "", lines.AskLine()) is False


@pytest.mark.parametrize("junk", [b"", b"\xc1", b"\x81\xa1x\x01", "text", 7, object(), ("tuple",)])
def test_what_is_no_message_is_dropped_and_the_actor_goes_on(world: OneProcess, junk: object) -> None:
    address = world.create(Recorder)
    world.deliver(address, junk)
    world.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.run()
    assert recorder(world).bodies == [lines.AskLine()]


def test_what_was_meant_for_another_who_had_this_address_is_dropped(world: OneProcess) -> None:
    address = world.create(Recorder)
    for whom in ("CallLeg/c00/user", "Identifier/", "", "TrunkPool/"):
        world.deliver(address, said(lines.AskLine(), to=whom))
    world.run()
    assert [envelope.to for envelope in recorder(world).heard] == ["Identifier/", ""]


def test_what_a_dead_incarnation_said_is_dropped(world: OneProcess) -> None:
    address = world.create(Recorder)
    for incarnation in (1, 3, 2, 3, 4):
        world.deliver(address, said(lines.AskLine(), incarnation=incarnation))
    world.deliver(address, said(cases.WorkerWanted(busy=1, waiting=0), incarnation=1, key="another"))
    world.run()
    assert [envelope.incarnation for envelope in recorder(world).heard] == [1, 3, 3, 4, 1]


def test_what_comes_before_the_actor_knows_who_it_is_waits(world: OneProcess, env: Environment) -> None:
    address = world.add(Recorder)
    world.deliver(address, said(cases.WorkerWanted(busy=1, waiting=0)))
    world.deliver(address, said(cases.WorkerWanted(busy=2, waiting=0)))
    order = supervision.StartActor(role=Role.IDENTIFIER, key="k", incarnation=7, node=NodeId("n"))
    world.deliver(address, said(order, role=Role.SUPERVISOR))
    world.run()
    actor = is_a(Recorder, world._system.base.actor_at(address))
    assert (actor.key, actor.incarnation) == ("k", 7)
    assert actor.bodies == [cases.WorkerWanted(busy=1, waiting=0), cases.WorkerWanted(busy=2, waiting=0)]


def test_an_actor_is_told_who_it_is_once_only(world: OneProcess) -> None:
    address = world.create(Recorder, "k")
    order = supervision.StartActor(role=Role.IDENTIFIER, key="other", incarnation=9, node=NodeId("n"))
    world.deliver(address, said(order, role=Role.SUPERVISOR))
    world.run()
    assert recorder(world, key="k").key == "k"


# ---------------------------------------------------------------- exceptions


def test_an_exception_ends_the_actor_and_its_handler_is_not_run_again(
    world: OneProcess, actor: Recorder
) -> None:
    heard = actor.heard
    world.tell(Role.IDENTIFIER, "", cases.OpenCase(alert=AlertId("a")))
    world.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.advance(3)
    assert [envelope.body for envelope in heard] == [cases.OpenCase(alert=AlertId("a"))]
    assert world.actor(Role.IDENTIFIER, "", Recorder) is None


def test_the_watcher_of_processes_is_told_that_it_crashed(
    world: OneProcess, actor: Recorder, env: Environment
) -> None:
    entry = there(world.entry(Role.IDENTIFIER))
    deaths = env.processes.watch()
    deaths.add(entry.pid, entry.born)
    world.tell(Role.IDENTIFIER, "", cases.OpenCase(alert=AlertId("a")))
    world.run()
    assert deaths.dead() == [entry.pid]
    assert env.processes.cause_of_death(actor, entry.pid) == "crashed"
    deaths.close()


def test_starting_as_what_it_is_not_is_a_crash(world: OneProcess) -> None:
    address = world.add(Recorder)
    order = supervision.StartActor(role=Role.GSM_MODEM, key="", incarnation=1, node=NodeId("n"))
    world.deliver(address, said(order, role=Role.SUPERVISOR))
    world.run()
    assert world._system.base.actor_at(address) is None


# ---------------------------------------------------------------- time


def test_a_tick_comes_every_second(world: OneProcess, actor: Recorder) -> None:
    start = world.clock.now_us()
    world.advance(3.5)
    assert actor.ticks == [start + n * SECOND for n in (1, 2, 3)]


def test_an_actor_with_nothing_to_do_ticks_at_its_pace_and_within_a_second_once_it_has(
    world: OneProcess, actor: Recorder, peer: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "pace_us", lambda self: SECOND if self.heard else 3 * SECOND)
    start = world.clock.now_us()
    world.advance(5)
    assert actor.ticks == [start + n * SECOND for n in (1, 4)]
    peer.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.advance(0.5)
    peer.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.advance(1.5)
    assert actor.ticks == [start + n * SECOND for n in (1, 4, 6, 7)], "a second message delays no tick"


def test_a_message_delays_no_tick_that_was_due_earlier(
    world: OneProcess, actor: Recorder, peer: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "pace_us", lambda self: SECOND if self.heard else 3 * SECOND)
    start = world.clock.now_us()
    world.advance(3.8)
    peer.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.advance(0.7)
    assert actor.ticks == [start + n * SECOND for n in (1, 4)]


def test_timers_come_at_their_time_and_in_the_order_in_which_they_were_set(
    world: OneProcess, actor: Recorder
) -> None:
    now = world.clock.now_us()
    for name, after in (("late", 700_000), ("b", 300_000), ("a", 300_000), ("gone", 400_000), ("moved", 1)):
        actor.at(Instant(now + after), name)
    actor.at(Instant(now + 500_000), "moved")
    actor.cancel("gone")
    world.advance(0.9)
    assert [(name, when - now) for name, when in actor.timers] == [
        ("b", 300_000),
        ("a", 300_000),
        ("moved", 500_000),
        ("late", 700_000),
    ]


def test_a_timer_in_the_past_comes_at_once(world: OneProcess, actor: Recorder) -> None:
    actor.at(Instant(0), "x")
    world.advance(0)
    assert [name for name, _ in actor.timers] == ["x"]


def test_a_timer_ahead_of_others_leaves_no_wakeup_behind_for_ever(
    world: OneProcess, actor: Recorder, peer: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[timedelta] = []
    really = actor.wakeupAfter
    monkeypatch.setattr(actor, "wakeupAfter", lambda after: (asked.append(after), really(after)))
    for _ in range(5):
        actor.at(Instant(world.clock.now_us() + SECOND // 10), "early")
        world.advance(1)
    asked.clear()
    world.advance(10)
    assert len(asked) == 10, "one for each tick"


# ---------------------------------------------------------------- watches


def test_a_watched_descriptor_is_told_of_until_it_is_unwatched(world: OneProcess, actor: Recorder) -> None:
    reader, writer = os.pipe()
    heard: list[bytes] = []
    try:
        actor.watch(reader, lambda: heard.append(os.read(reader, 1)))
        os.write(writer, b"xyz")
        world.tell(Role.IDENTIFIER, "", lines.AskLine())
        world.run()
        assert heard == [b"x", b"y", b"z"]
        actor.unwatch(reader)
        os.write(writer, b"more")
        world.tell(Role.IDENTIFIER, "", lines.AskLine())
        world.advance(2)
        assert heard == [b"x", b"y", b"z"]
    finally:
        os.close(reader)
        os.close(writer)


def test_who_would_look_too_soon_is_woken_once_when_it_is_due(world: OneProcess, actor: Recorder) -> None:
    due = Instant(actor.now_us() + SECOND)
    reader, writer = os.pipe()
    try:
        actor.watch(reader, lambda: actor.run_no_sooner(due, reader, lambda: pytest.fail("too soon")))
        os.write(writer, b"x")
        world.tell(Role.IDENTIFIER, "", lines.AskLine())
        world.advance(2)
        assert [(timer, at - due < SECOND // 10) for timer, at in actor.timers] == [(reader, True)]
        looked: list[bool] = []
        actor.run_no_sooner(due, reader, lambda: looked.append(True))
        assert looked
    finally:
        os.close(reader)
        os.close(writer)


# ---------------------------------------------------------------- the Supervisor


class Listener(Recorder):
    role = Role.SUPERVISOR


def supervised(world: OneProcess) -> Recorder:
    address = world.create(Listener)
    child = world.add(Recorder)
    order = supervision.StartActor(
        role=Role.IDENTIFIER, key="", incarnation=1, node=NodeId("n"),
        supervisor=addresses.to_bytes(address),
    )  # fmt: skip
    # As the Supervisor says it: the answer goes to whoever has sent it.
    recorder(world, Role.SUPERVISOR)._say(child, order)
    world.run()
    return is_a(Recorder, world._system.base.actor_at(child))


def test_an_actor_says_that_it_has_started_and_then_that_it_lives(world: OneProcess) -> None:
    actor = supervised(world)
    world.advance(2.5)
    bodies = recorder(world, Role.SUPERVISOR).bodies
    pid, _ = world.env.processes.identity(actor)
    beat = supervision.Heartbeat(pid=pid)
    assert bodies == [supervision.ActorReady(pid=pid), beat, beat]


def test_what_an_actor_is_busy_with_is_told_once_and_soon(world: OneProcess) -> None:
    actor = supervised(world)
    actor.set_alert(AlertId("a0"))
    actor.set_alert(AlertId("a1"))
    actor.set_alert(AlertId("a1"))
    world.advance(BUSY_SAID_WITHIN_US / SECOND)
    beats = [b for b in recorder(world, Role.SUPERVISOR).bodies if isinstance(b, supervision.Heartbeat)]
    assert [beat.alert for beat in beats] == ["a1"]


def test_an_adopted_actor_sends_its_heartbeats_to_whoever_has_adopted_it(world: OneProcess) -> None:
    actor = supervised(world)
    world.kill(Role.SUPERVISOR)
    successor = world.create(Listener)
    adopt = supervision.AdoptActor(supervisor=addresses.to_bytes(successor), incarnation=2)
    recorder(world, Role.SUPERVISOR)._say(actor.myAddress, adopt)
    world.run()
    assert [type(body) for body in recorder(world, Role.SUPERVISOR).bodies] == [supervision.Heartbeat]


def test_an_order_to_end_is_obeyed_once_what_was_said_before_is_handled(
    world: OneProcess, actor: Recorder
) -> None:
    kept = actor.close_at_end(BytesIO())
    world.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.tell(Role.IDENTIFIER, "", supervision.StopActor())
    world.tell(Role.IDENTIFIER, "", cases.WorkerWanted(busy=1, waiting=0))
    heard = actor.heard
    world.run()
    assert actor.stopped == 1
    assert kept.closed
    assert [envelope.body for envelope in heard] == [lines.AskLine()]
    entry = there(world.entry(Role.IDENTIFIER))
    assert not world.env.processes.alive(entry.pid, entry.born)


# ---------------------------------------------------------------- what tests do to it


def test_a_killed_actor_is_gone_with_all_it_knew(world: OneProcess, actor: Recorder, peer: Recorder) -> None:
    assert world.kill(Role.IDENTIFIER)
    assert not hasattr(actor, "heard")
    assert peer.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.advance(5)
    assert world.actor(Role.IDENTIFIER, "", Recorder) is None
    assert not world.kill(Role.IDENTIFIER)


def test_messages_can_be_lost_repeated_and_delayed(
    world: OneProcess, actor: Recorder, env: Environment
) -> None:
    fate = {1: (), 2: (0.0, 0.0), 3: (1.5,), 4: (0.0,)}

    def faults(envelope: Envelope, role: Role | None, key: str) -> tuple[float, ...]:
        assert (role, key) == (Role.IDENTIFIER, "")
        body = envelope.body
        return fate[body.busy] if isinstance(body, cases.WorkerWanted) else (0.0,)

    env.faults = faults
    for seq in fate:
        world.tell(Role.IDENTIFIER, "", cases.WorkerWanted(busy=seq, waiting=0))
    world.advance(1)
    assert actor.bodies == [cases.WorkerWanted(busy=seq, waiting=0) for seq in (2, 2, 4)]
    world.advance(1)
    assert actor.bodies[-1] == cases.WorkerWanted(busy=3, waiting=0)
    env.faults = None


def test_two_systems_stand_side_by_side(tmp_path: Path) -> None:
    worlds = []
    for name in ("one", "two"):
        started = is_a(OneProcess, system.start("in_process", environment(tmp_path / name, virtual=True)))
        started.create(Recorder)
        worlds.append(started)
    worlds[0].tell(Role.IDENTIFIER, "", lines.AskLine())
    for world in worlds:
        world.advance(1)
    assert [len(recorder(world).heard) for world in worlds] == [1, 0]
    for world in worlds:
        world.stop()


def test_one_process_refuses_the_real_clock(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with pytest.raises(WrongEnvironment):
        system.start("in_process", env)


def test_the_environment_gives_only_what_it_has(env: Environment) -> None:
    env.settings = 7
    assert env.settings_as(int) == 7
    with pytest.raises(WrongEnvironment):
        env.settings_as(str)
    env.open_journal = lambda: "a journal"
    with pytest.raises(WrongEnvironment):
        env.open_journal_as(int)


def test_a_frozen_actor_does_nothing_and_goes_on_when_it_is_thawed(
    world: OneProcess, actor: Recorder
) -> None:
    entry = there(world.env.directory.find(Role.IDENTIFIER))
    heard = actor
    assert world.freeze(Role.IDENTIFIER)
    world.tell(Role.IDENTIFIER, "", lines.AskLine())
    world.advance(3)
    assert (heard.heard, heard.ticks) == ([], [])
    world.thaw(entry)
    world.advance(1)
    assert heard.bodies == [lines.AskLine()]
    assert heard.ticks
    assert not world.freeze(Role.OPERATOR_POOL)


def test_an_actor_can_be_killed_in_the_middle_of_what_it_does(
    world: OneProcess, actor: Recorder, peer: Recorder
) -> None:
    buried: list[CenterActor] = []
    world.base.buried = buried.append
    world.base.after_send = lambda actor: isinstance(actor, Recorder) and not isinstance(actor, Peer)
    entry = there(world.env.directory.find(Role.IDENTIFIER))
    peer.tell(Role.IDENTIFIER, "", cases.AskCase())
    world.run()
    assert not world.env.processes.alive(entry.pid, entry.born)
    assert [type(actor) for actor in buried] == [Recorder]
    assert peer.bodies == [lines.AskLine()], "what it had said is on its way"
