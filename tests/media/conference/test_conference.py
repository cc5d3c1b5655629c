"""Who is in a conference and what becomes of ports, tick by tick: no thread, no device, no clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pytest

from media.conference.beat import Tick
from media.conference.clips import ClipSpec
from media.conference.conference import Conference
from media.conference.roster import RETRY_MS, SOCKET_RETRY_MS, Roster
from media.ports.voice_port import PortCounters, VoicePort, VoicePortLost, VoicePortMissing, VoicePortSpec
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, SILENCE, Samples
from tests.support.signals import is_comfort, level_db, tone

RETRY_TICKS = RETRY_MS // 20
TICKS_PER_S = 50
CLIP_HZ = 1234


class FakePort:
    """Says a tone, one frame per tick, and keeps what it hears."""

    rate_hz = 8000
    wide = False

    def __init__(self, hz: float) -> None:
        self.hz = hz
        self.said = 0
        self.heard: list[bytes] = []
        self.closed = False
        self.takes = True
        self.fault: Exception | None = None

    def read(self) -> bytes:
        assert not self.closed
        if self.fault is not None:
            raise self.fault
        self.said += 1
        if not self.hz:
            return SILENCE
        return tone(self.hz, FRAME_SAMPLES, at=self.said * FRAME_SAMPLES)

    def write(self, frame: bytes) -> None:
        assert not self.closed
        assert len(frame) == FRAME_BYTES
        if self.takes:
            self.heard.append(frame)

    def close(self) -> None:
        self.closed = True

    def fileno(self) -> int:
        return -1

    def counters(self) -> PortCounters:
        return PortCounters(written_frames=len(self.heard))


class Desk:
    """The devices there are, and a conference that opens them; openings are done at once, or held back."""

    def __init__(self) -> None:
        self.plugged: dict[str, float] = {"v1": 440, "v2": 620, "v3": 880}
        self.opened: dict[str, list[FakePort]] = {}
        self.attempts: list[str] = []
        self.held: list[Callable[[], None]] | None = None
        self.changes = 0
        self.next_tick = 0
        self.conference = Conference(
            open_port=self.open, load_sound=self.load, spawn=self.spawn, on_change=self.changed
        )

    def open(self, spec: VoicePortSpec) -> VoicePort:
        self.attempts.append(spec.path)
        if spec.path not in self.plugged:
            raise VoicePortMissing(f"{spec.path}: not plugged")
        port = FakePort(self.plugged[spec.path])
        self.opened.setdefault(spec.path, []).append(port)
        return port

    def load(self, name: str, language: str, text: str) -> Samples:
        return np.frombuffer(tone(CLIP_HZ, 10 * FRAME_SAMPLES), dtype="<i2")

    def spawn(self, work: Callable[[], None]) -> None:
        if self.held is None:
            work()
        else:
            self.held.append(work)

    def changed(self) -> None:
        self.changes += 1

    def members(
        self, heard_by: Mapping[str, Collection[str]] | None = None, turns: int = 0, **legs: str
    ) -> None:
        """These are told, and so many ticks pass."""
        self.conference.set_members({leg: VoicePortSpec(path=path) for leg, path in legs.items()}, heard_by)
        self.turns(turns)

    def turns(self, count: int = 1, *, skipped: int = 0) -> None:
        for _ in range(count):
            self.next_tick += skipped
            self.conference.turn(Tick(self.next_tick, skipped))
            self.next_tick += 1

    def port(self, path: str) -> FakePort:
        return self.opened[path][-1]

    def heard_at(self, path: str) -> set[str]:
        sound = b"".join(self.port(path).heard[-25:])
        return {other for other, hz in self.plugged.items() if level_db(sound, hz) > -40}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_members_hear_each_other_within_two_ticks(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=2)
    assert is_comfort(desk.port("v1").heard[0])
    assert not is_comfort(desk.port("v1").heard[1])
    assert desk.conference.status().joined == ("operator", "user")


def test_three_hear_the_other_two_each(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", psap="v3", turns=40)
    assert {path: desk.heard_at(path) for path in desk.plugged} == {
        path: set(desk.plugged) - {path} for path in desk.plugged
    }


def test_telling_the_members_again_changes_nothing(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=30)
    changes = desk.changes
    for _ in range(20):
        desk.members(operator="v1", user="v2")
        desk.turns()
    assert desk.attempts == ["v1", "v2"]
    assert desk.changes == changes
    assert not any(map(is_comfort, desk.port("v1").heard[2:]))


def test_who_is_no_longer_told_is_closed_and_who_stays_has_no_gap(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", psap="v3", turns=30)
    desk.members(user="v2", psap="v3", turns=30)
    assert desk.port("v1").closed
    assert len(desk.port("v1").heard) == 30
    assert desk.heard_at("v2") == {"v3"}
    assert len(desk.port("v2").heard) == 60
    assert not any(map(is_comfort, desk.port("v2").heard[2:]))
    assert desk.conference.status().joined == ("user", "psap")


def test_a_leg_that_moves_to_another_line_is_heard_there(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=5)
    desk.members(operator="v1", user="v3", turns=40)
    assert desk.port("v2").closed
    assert desk.heard_at("v1") == {"v3"}


def test_a_line_that_passes_from_one_leg_to_another_is_opened_for_it(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=5)
    first = desk.port("v2")
    desk.members(operator="v1", psap="v2", turns=5)
    assert first.closed
    assert not desk.port("v2").closed
    assert desk.conference.status().joined == ("operator", "psap")


def test_a_lost_port_stops_nobody_and_is_opened_again(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", psap="v3", turns=10)
    lost = desk.port("v3")
    lost.fault = VoicePortLost("v3: Input/output error")
    del desk.plugged["v3"]
    desk.turns()
    assert desk.conference.status().lost == {"psap": "v3: Input/output error"}
    desk.turns(RETRY_TICKS * 5)
    assert lost.closed
    assert desk.conference.status().lost == {"psap": "v3: not plugged"}
    assert len(desk.port("v1").heard) == 11 + RETRY_TICKS * 5
    assert not any(map(is_comfort, desk.port("v1").heard[2:]))
    assert desk.heard_at("v1") == {"v2"}
    assert 5 <= desk.attempts.count("v3") - 1 <= 6

    desk.plugged["v3"] = 880
    desk.turns(RETRY_TICKS + 40)
    assert desk.conference.status().lost == {}
    assert desk.heard_at("v1") == {"v2", "v3"}
    assert desk.heard_at("v3") == {"v1", "v2"}


def test_a_headset_s_socket_is_looked_at_more_often_than_a_modem_s_port(desk: Desk) -> None:
    desk.members(operator="v1")
    del desk.plugged["v2"]
    headset = VoicePortSpec(kind="unix", path="v2", rate_hz=16000, frame_bytes=640)
    desk.conference.set_members({"user": VoicePortSpec(path="v1"), "operator": headset})
    desk.turns(TICKS_PER_S)
    tries = desk.attempts.count("v2")
    assert 1000 // SOCKET_RETRY_MS // 2 < tries <= 1000 // SOCKET_RETRY_MS
    assert SOCKET_RETRY_MS * 4 < RETRY_MS


def test_a_port_that_fails_in_an_unheard_of_way_is_only_lost(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=3)
    desk.port("v2").fault = ZeroDivisionError("driver")
    desk.turns()
    assert desk.conference.status().lost == {"user": "ZeroDivisionError('driver')"}
    assert len(desk.port("v1").heard) == 4


def test_an_opening_that_takes_long_holds_up_nobody_and_is_tried_once(desk: Desk) -> None:
    desk.members(operator="v1")
    desk.held = []
    desk.members(operator="v1", user="v2", turns=50)
    assert len(desk.held) == 1
    assert len(desk.port("v1").heard) == 50
    desk.held.pop()()
    desk.turns(2)
    assert desk.conference.status().joined == ("operator", "user")


def test_a_port_that_opens_after_its_leg_has_left_is_closed(desk: Desk) -> None:
    desk.held = []
    desk.members(user="v2")
    desk.members()
    desk.held.pop()()
    desk.turns()
    assert desk.port("v2").closed
    assert desk.conference.status().joined == ()


def test_a_port_is_closed_only_when_no_tick_uses_it(desk: Desk) -> None:
    roster = Roster(desk.open, desk.spawn)
    port = FakePort(440)
    roster.offer("user", port)
    assert roster.turn(0).present[0].port is port
    roster.drop("user")
    assert not port.closed  # the tick may be about to write to it
    roster.close_departed()
    assert port.closed


def test_where_no_thread_can_be_had_ports_are_opened_and_closed_once_one_can(desk: Desk) -> None:
    full = True

    def spawn(work: Callable[[], None]) -> None:
        if full:
            raise RuntimeError("can't start new thread")
        work()

    roster = Roster(desk.open, spawn)
    given, spec = FakePort(440), VoicePortSpec(path="v2")
    roster.offer("user", given)
    roster.reconcile({"psap": spec}, {})
    roster.turn(0)
    roster.close_departed()
    assert "thread" in roster.lost()["psap"]
    assert not given.closed
    full = False
    for tick in range(1, RETRY_TICKS + 3):
        view = roster.turn(tick)
    roster.close_departed()
    assert [one.leg for one in view.present] == ["psap"]
    assert given.closed
    assert roster.lost() == {}


def test_who_comes_with_an_open_port_takes_part_until_told_to_leave(desk: Desk) -> None:
    one, other = FakePort(440), FakePort(620)
    desk.conference.join("a", one)
    desk.conference.join("b", other)
    desk.conference.join("a", one)
    desk.turns(40)
    assert level_db(b"".join(one.heard[10:]), 620) > -20
    desk.conference.leave("a")
    desk.conference.leave("a")
    desk.turns(3)
    assert one.closed
    assert len(one.heard) == 40
    assert is_comfort(other.heard[-1])


def test_a_given_port_that_is_lost_is_reported_and_not_opened_again(desk: Desk) -> None:
    port = FakePort(440)
    desk.conference.join("a", port)
    port.fault = VoicePortLost("gone")
    desk.turns(3 * RETRY_TICKS)
    assert desk.conference.status().lost == {"a": "gone"}
    assert desk.attempts == []
    assert port.closed


def test_mute_holds_through_a_loss_and_ends_with_the_leg(desk: Desk) -> None:
    desk.members({"user": ()}, operator="v1", user="v2", turns=30)
    assert desk.heard_at("v1") == set()
    assert desk.heard_at("v2") == {"v1"}
    assert desk.conference.levels()["user"].peak_dbfs > -20
    desk.port("v2").fault = VoicePortLost("v2: gone")
    desk.turns(40)
    assert desk.conference.status().joined == ("operator", "user")
    assert desk.heard_at("v1") == set()
    desk.members(operator="v1")
    desk.members(operator="v1", user="v2", turns=40)
    assert desk.heard_at("v1") == {"v2"}


def test_every_change_is_told_within_a_tick_and_nothing_else_is(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=1)
    assert desk.changes == 1
    desk.turns(20)
    assert desk.conference.status().heard == {"operator", "user"}
    assert desk.changes == 2
    desk.turns(20)
    assert desk.changes == 2
    desk.port("v2").fault = VoicePortLost("v2: gone")
    del desk.plugged["v2"]
    desk.turns()
    assert desk.changes == 3
    desk.members(operator="v1", turns=30)
    assert desk.changes <= 5


def test_after_skipped_ticks_the_sound_goes_on_without_delay(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=20)
    before = desk.conference.jitter()["user"].depth_ms
    desk.turns(skipped=4)
    desk.turns(20)
    assert desk.conference.jitter()["user"].depth_ms <= before


def test_a_stopped_conference_has_closed_its_ports_and_can_start_again(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", turns=3)
    desk.conference.stop()
    assert desk.port("v1").closed
    assert desk.port("v2").closed
    desk.members(operator="v1", user="v2", turns=3)
    assert desk.conference.status().joined == ("operator", "user")


def test_a_whisper_reaches_whom_it_is_for_and_nobody_else(desk: Desk) -> None:
    desk.members({"psap": {"operator"}}, operator="v1", user="v2", psap="v3", turns=40)
    assert {path: desk.heard_at(path) for path in desk.plugged} == {
        "v1": {"v2", "v3"}, "v2": {"v1"}, "v3": {"v1", "v2"},
    }  # fmt: skip
    desk.members(operator="v1", user="v2", psap="v3", turns=40)
    assert desk.heard_at("v2") == {"v1", "v3"}


def test_a_clip_waits_for_its_listener_is_heard_and_is_said_to_be_over(desk: Desk) -> None:
    desk.members(operator="v1")
    desk.conference.set_playing({"c": ClipSpec(to=frozenset({"user"}), names=("wait",))})
    desk.turns(20)
    assert desk.conference.status().played == frozenset()
    desk.members(operator="v1", user="v2", turns=40)
    before = desk.changes
    for leg, level_least, level_most in (("v2", -30.0, 0.0), ("v1", -200.0, -60.0)):
        assert level_least < level_db(b"".join(desk.port(leg).heard[-40:-28]), CLIP_HZ) < level_most
    assert desk.conference.status().played == {"c"}
    desk.conference.set_playing({"c": ClipSpec(to=frozenset({"user"}), names=("wait",))})
    desk.turns(20)
    assert level_db(b"".join(desk.port("v2").heard[-20:]), CLIP_HZ) < -60
    assert desk.changes == before


def test_a_port_that_says_nothing_or_takes_nothing_for_three_seconds_has_no_sound(desk: Desk) -> None:
    desk.plugged["v3"] = 0
    desk.members(operator="v1", user="v2", psap="v3")
    desk.turns(2 * TICKS_PER_S)
    desk.port("v2").takes = False
    desk.turns(TICKS_PER_S - 1)
    assert desk.conference.status().no_sound == frozenset()
    told = desk.changes
    desk.turns(1)
    assert desk.conference.status().no_sound == {"psap"}
    assert desk.changes == told + 1
    desk.turns(3 * TICKS_PER_S)
    assert desk.conference.status().no_sound == {"psap", "user"}
    desk.port("v2").takes = True
    desk.port("v3").hz = 880
    desk.turns(TICKS_PER_S)
    assert desk.conference.status().no_sound == frozenset()


def test_that_a_port_takes_nothing_is_not_held_against_the_next_one(desk: Desk) -> None:
    desk.members(operator="v1", user="v2")
    desk.turns(TICKS_PER_S)
    desk.port("v2").takes = False
    desk.turns(5 * TICKS_PER_S)
    assert desk.conference.status().no_sound == {"user"}
    desk.turns(5)
    desk.members(operator="v1", turns=10)
    desk.members(operator="v1", user="v3", turns=10)
    assert "user" in desk.conference.status().joined
    assert desk.conference.status().no_sound == frozenset()


def test_a_look_at_who_takes_is_not_missed_with_a_tick(desk: Desk) -> None:
    desk.members(operator="v1", user="v2")
    desk.turns(TICKS_PER_S - 1)
    desk.port("v2").takes = False
    for _ in range(5):
        desk.turns(1, skipped=2)
        desk.turns(TICKS_PER_S - 3)
    assert desk.conference.status().no_sound == {"user"}


def test_whoever_listens_in_gets_every_tick_what_each_has_said(desk: Desk) -> None:
    taken: list[tuple[int, dict[str, bytes]]] = []
    desk.members({"user": ()}, operator="v1", user="v2")
    desk.conference.set_tap(lambda tick, said: taken.append((tick.number, dict(said))))
    desk.turns(40)
    desk.conference.set_tap(None)
    desk.turns(5)
    assert [number for number, _ in taken] == list(range(40))
    for leg, hz in (("operator", 440), ("user", 620)):
        assert level_db(b"".join(said[leg] for _, said in taken[10:]), hz) > -20


def test_a_call_on_another_line_is_another_call_of_which_nothing_is_known(desk: Desk) -> None:
    desk.plugged["v3"] = 0
    desk.members(operator="v1", user="v2", turns=40)
    assert desk.conference.status().heard == {"operator", "user"}
    desk.members(operator="v1", user="v3", turns=20)
    assert desk.conference.status().heard == {"operator"}


def test_without_sounds_a_clip_is_over_at_once_and_named(desk: Desk) -> None:
    conference = Conference(open_port=desk.open, spawn=desk.spawn)
    conference.set_members({"user": VoicePortSpec(path="v1")})
    conference.set_playing({"c": ClipSpec(to=frozenset({"user"}), names=("wait",), language="it")})
    for number in range(2):
        conference.turn(Tick(number))
    assert conference.status().played == {"c"}
    assert conference.status().clip_troubles == {"c": "FileNotFoundError('wait.it')"}


def test_a_fault_of_ours_in_listening_costs_no_frame(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.members(operator="v1", user="v2", turns=10)

    def fail(*_: object) -> int:
        raise ArithmeticError("ours")

    monkeypatch.setattr("media.conference.core.analyse_legs", fail)
    for _ in range(10):
        with pytest.raises(ArithmeticError):
            desk.turns()
        desk.next_tick += 1
    assert len(desk.port("v1").heard) == 20
    assert not any(map(is_comfort, desk.port("v1").heard[2:]))


def test_who_hands_over_reads_no_more_plays_what_it_has_and_lets_go(desk: Desk) -> None:
    desk.members(operator="v1", user="v2", psap="v3", turns=20)
    ports = [desk.port(path) for path in ("v1", "v2", "v3")]
    said, heard = [port.said for port in ports], [len(port.heard) for port in ports]
    changes = desk.changes
    waiting = min(stats.depth_ms for stats in desk.conference.jitter().values()) // 20
    desk.conference.hand_over()
    desk.turns(10)
    assert [port.said for port in ports] == said
    assert waiting >= 1
    assert [len(port.heard) - before for port, before in zip(ports, heard, strict=True)] == [waiting] * 3
    assert not any(is_comfort(frame) for port in ports for frame in port.heard[5:])
    assert all(port.closed for port in ports)
    assert desk.conference.status().handed_over
    assert desk.conference.status().joined == ()
    assert desk.changes > changes


def test_who_hands_over_while_nobody_is_heard_lets_go_at_once(desk: Desk) -> None:
    desk.members(operator="v1", turns=1)
    desk.conference.hand_over()
    desk.turns(1)
    assert desk.port("v1").closed
    assert desk.conference.status().handed_over
