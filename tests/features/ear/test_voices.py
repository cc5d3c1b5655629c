"""Which connection of a phone is heard, and when it ends."""

from __future__ import annotations

import pytest

from features.ear import voices
from features.ear.voices import AlertEar, Connection, Ears, TooManyOffers
from messages.ids import AlertId
from tests.features.ear.opus_encoder import encoder

ALERT = AlertId("a1")
TURN_S = 0.02


class Conference:
    """Takes the frames."""

    def __init__(self) -> None:
        self.joined = True
        self.frames: list[bytes] = []
        self.closed = False

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def close(self) -> None:
        self.closed = True


class World:
    """One alert's microphone, on a clock of its own."""

    def __init__(self) -> None:
        self.now_s = 10.0
        self.conference = Conference()
        self.ears = Ears(lambda _: self.conference)
        self.over: dict[str, str] = {}
        self._sound = encoder()

    def offered(self, serial: str) -> Connection:
        ear = self.ears.open(ALERT, self.now_s)
        made = Connection(serial, self.now_s, 0.4, lambda: None)
        made.over.append(lambda why: self.over.__setitem__(serial, why))
        ear.add(made)
        return made

    def goes_on(self, seconds: float, *talking: Connection) -> None:
        for _ in range(round(seconds / TURN_S)):
            self.now_s += TURN_S
            packet = self._sound.encode_tone()
            for one in talking:
                one.put(round((self.now_s - one.began_s) / TURN_S), packet, self.now_s)
            self.ears.tick(self.now_s)

    @property
    def ear(self) -> AlertEar:
        found = self.ears.at(ALERT)
        assert found is not None
        return found


@pytest.fixture
def world() -> World:
    return World()


def test_a_voice_reaches_the_conference_frame_by_frame(world: World) -> None:
    one = world.offered("1")
    world.goes_on(2, one)
    assert len(world.conference.frames) in range(97, 101)
    assert {len(frame) for frame in world.conference.frames} == {voices.FRAME_BYTES}
    (state,) = world.ears.states()
    assert (state.heard, state.joined, state.lost) == (True, True, 0)


def test_a_second_connection_replaces_the_first_once_it_is_heard_and_not_before(world: World) -> None:
    first = world.offered("1")
    world.goes_on(2, first)
    second = world.offered("2")
    world.goes_on(1, first)
    assert world.ear.playing is first, "a false alarm costs no sound"
    world.goes_on(0.2, first, second)
    assert world.ear.playing is second
    assert world.over == {}
    world.goes_on(0.5, second)
    assert world.over == {"1": "replaced"}


def test_a_third_replaces_a_second_that_was_never_heard(world: World) -> None:
    first = world.offered("1")
    world.goes_on(2, first)
    world.offered("2")
    world.goes_on(1.2, first)
    world.offered("3")
    assert world.over == {"2": "replaced"}
    assert world.ear.playing is first


def test_a_silent_connection_ends_and_with_the_last_the_voice_of_the_conference(world: World) -> None:
    world.goes_on(1, world.offered("1"))
    world.goes_on(voices.SILENT_S + 0.1)
    assert world.over == {"1": "silent"}
    assert world.conference.closed
    assert world.ears.at(ALERT) is None


def test_no_connection_lasts_longer_than_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "LONGEST_S", 3.0)
    world.goes_on(3.1, world.offered("1"))
    assert world.over == {"1": "too long"}


def test_offers_are_counted(world: World) -> None:
    world.offered("1")
    with pytest.raises(TooManyOffers, match="too often"):
        world.offered("2")
    for n in range(voices.MAX_OFFERS - 1):
        world.now_s += 1
        world.offered(str(n))
    world.now_s += 1
    with pytest.raises(TooManyOffers, match="too often"):
        world.offered("one more")


def test_a_node_has_so_many_microphones(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "MAX_EARS", 1)
    world.offered("1")
    with pytest.raises(TooManyOffers, match="node"):
        world.ears.open(AlertId("a2"), world.now_s)


def test_packets_beyond_the_limits_are_dropped(world: World) -> None:
    one = world.offered("1")
    kept = [one.put(n, b"x", world.now_s) for n in range(100)]
    assert kept.count(True) == voices.MAX_PACKETS
    world.now_s += 1
    assert [one.put(200 + n, bytes(400), world.now_s) for n in range(30)].count(True) == 25


def test_the_end_of_an_alert_ends_everything(world: World) -> None:
    world.goes_on(1, world.offered("1"))
    world.now_s += 1
    world.offered("2")
    world.ears.close(ALERT, "the alert is closed")
    assert world.over == {"1": "the alert is closed", "2": "the alert is closed"}
    assert world.conference.closed
