"""Readings: from whoever measures to the screens, and what becomes of them when nobody listens."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from litestar.testing.websocket_test_session import WebSocketTestSession

from gateways.console.voice import OLD_US
from gateways.http.parts.context import Web
from messages.events import NoteAdded
from messages.ids import AlertId, Instant, LegId
from messages.readings import Level, LevelReading, Pace, decode_reading, encode_reading
from runtime.published import readings
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]


def level(story: Story, ago_us: int = 0, **legs: Level) -> LevelReading:
    at_us = Instant(CLOCK.now_us() - ago_us)
    return LevelReading(
        alert=story.alert, at_us=at_us, legs={story.leg(place): one for place, one in legs.items()}
    )


def next_of(socket: WebSocketTestSession, wanted: str) -> dict[str, Any]:
    """The next message of this type, or the next events with this in them."""
    while True:
        said: dict[str, Any] = socket.receive_json(timeout=10)
        if said["type"] == wanted or wanted in said:
            return said


# ---------------------------------------------------------------- the way


READING = LevelReading(
    alert=AlertId("a"), at_us=Instant(6), legs={LegId("a:user"): Level(dbfs=-20, voice=True)}
)


def test_a_reading_survives_the_trip() -> None:
    assert decode_reading(encode_reading(READING)) == READING


@given(st.binary(max_size=100))
def test_garbage_is_no_reading(data: bytes) -> None:
    decode_reading(data)


def test_a_reading_of_another_version_is_no_reading() -> None:
    assert decode_reading(encode_reading(READING).replace(b"reading.level", b"reading.lever")) is None


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A `run` folder with a path far longer than a socket's address may be."""
    folder = tmp_path / ("long" * 40) / "run"
    folder.mkdir(parents=True)
    return folder


def test_where_nobody_listens_nothing_is_said_and_nothing_raised(run: Path) -> None:
    assert not readings.send_reading(run, READING)
    assert not readings.send_reading(run / "there-is-none", READING)
    readings.open_readings(run).close()
    assert not readings.send_reading(run, READING)


def test_one_who_does_not_read_costs_the_teller_nothing_but_the_reading(run: Path) -> None:
    before = os.listdir("/proc/self/fd")
    with readings.open_readings(run) as web:
        told = [readings.send_reading(run, READING) for _ in range(2000)]
        assert told[0]
        assert not told[-1]
        # Once it reads again, it is told again.
        while True:
            try:
                web.recv(readings.READING_MAX)
            except BlockingIOError:
                break
        assert readings.send_reading(run, READING)
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_who_listens_anew_has_all_from_then_on_and_only_we_may_speak(run: Path) -> None:
    with readings.open_readings(run), readings.open_readings(run) as second:
        assert readings.send_reading(run, READING)
        assert decode_reading(second.recv(readings.READING_MAX)) == READING
        assert stat.S_IMODE(os.stat(run / readings.SOCKET).st_mode) == 0o600
        assert os.listdir(run) == [readings.SOCKET]


# ---------------------------------------------------------------- the screens


def test_how_well_the_conferences_clocks_are_kept_is_counted(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    for pace in (Pace(ticks=5), Pace(ticks=4, late=1, skipped=1), Pace(ticks=0, late=1)):
        readings.send_reading(place.state / "run", msgspec.structs.replace(level(story), pace=pace))
    counted = 'securwoman_voice_ticks_total{is="%s"} %s'
    wanted = {counted % one for one in (("kept", "8.0"), ("late", "2.0"), ("left_out", "1.0"))}
    wait_until(
        lambda: wanted <= set(client.get("/metrics").text.splitlines()), what=f"{wanted} in the metrics"
    )


def test_levels_go_to_whoever_has_the_alert_on_the_screen_and_to_nobody_else(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    story.operator_joined(place.marta)
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    luca = {"authorization": f"Bearer {place.luca_token}"}
    with (
        client.websocket_connect("/v1/console", headers=place.operator()) as marta_s,
        client.websocket_connect("/v1/console", headers=luca) as luca_s,
    ):
        marta_s.send_json({"type": "opened", "alert": story.alert})
        while story.alert not in next_of(luca_s, "watching")["watching"]:
            pass
        loud, gone = Level(dbfs=-23, voice=True), Level(dbfs=-40)
        readings.send_reading(place.state / "run", level(story, OLD_US + 1, op1=Level(dbfs=-1)))
        readings.send_reading(place.state / "run", level(story, op1=loud, user=gone))
        told = next_of(marta_s, "levels")
        # Who has no call in the conference has no meter, whatever is said of it.
        assert told == {
            "type": "levels",
            "alert": story.alert,
            "operator": {"dbfs": -23, "voice": True},
        }
        # What is said to all comes to him as well; no levels have come before it.
        story.hear(NoteAdded(by=place.marta, text="still there"))
        heard: dict[str, Any] = {"type": ""}
        while "cases" not in heard:
            heard = luca_s.receive_json(timeout=10)
            assert heard["type"] != "levels"


def test_ten_levels_a_second_do_not_take_the_place_of_the_beat(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.console.channel.BEAT_S", 0.2)
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    story.operator_joined(place.marta)
    wait_until(lambda: web.following.read_model.seq == web.journal.last_seq())
    with client.websocket_connect("/v1/console", headers=place.operator()) as socket:
        next_of(socket, "snapshot")
        socket.send_json({"type": "opened", "alert": story.alert})
        next_of(socket, "watching")
        beats = levels = 0
        while beats < 3:
            readings.send_reading(place.state / "run", level(story, op1=Level(dbfs=-30)))
            said = socket.receive_json(timeout=10)
            levels += said["type"] == "levels"
            beats += said["type"] == "events"
        assert levels > 0
