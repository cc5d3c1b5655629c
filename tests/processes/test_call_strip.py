"""Levels, muting and listening in, with real processes, PTYs and voices that are heard on the phones."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from messages.ids import AlertId
from tests.support.center import OPERATOR, SECOND_OPERATOR, USER, Center, center, simulation
from tests.support.signals import RATE_HZ, tone, usual_level_db
from tests.support.tones_heard import all_hear_each_other, hears

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

SUPERVISOR_HZ = 520.0
OPERATOR_HZ, USER_HZ = 620.0, 440.0


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Center, AlertId]]:
    """One conversation, which each test leaves as it has found it; the last one ends it."""
    with center(tmp_path_factory.mktemp("strip"), simulation()) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        made.until("they hear each other", lambda: all_hear_each_other(made, (USER, OPERATOR)))
        yield made, alert


def supervisor(made: Center) -> str:
    """The token of a supervisor who has a phone, off shift."""
    added = made.cli(
        "operator", "add", "Anna Neri", "--phone", SECOND_OPERATOR, "--role", "supervisor", "--token"
    )
    assert added.returncode == 0, added.stderr
    return added.stdout.split()[-1]


def console(made: Center) -> ClientConnection:
    token = (made.state.path / "keys" / "demo-operator.token").read_text().strip()
    url = made.address.replace("http", "ws") + "/v1/console"
    return connect(url, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None)


def test_levels_come_from_the_bridge_to_the_screen_and_signal_from_the_modems(
    talking: tuple[Center, AlertId],
) -> None:
    running, alert = talking
    with console(running) as socket:
        said: dict[str, Any] = json.loads(socket.recv(10))
        while any(line["signal_dbm"] is None for line in said.get("lines") or [{"signal_dbm": None}]):
            said = json.loads(socket.recv(10))
        assert all(line["signal_dbm"] > -89 for line in said["lines"])
        socket.send(json.dumps({"type": "opened", "alert": alert}))
        while said["type"] != "levels" or not {"user", "operator"} <= said.keys():
            said = json.loads(socket.recv(10))
        assert said["user"]["dbfs"] > -30
        assert said["operator"]["dbfs"] > -30
        running.kill("ConferenceBridge", alert)
        said = {"type": ""}
        while said["type"] != "levels":
            said = json.loads(socket.recv(10))


def test_a_busy_tone_on_the_user_s_line_is_told_to_the_screen_and_to_no_journal(
    talking: tuple[Center, AlertId], tmp_path: Path
) -> None:
    running, alert = talking
    half = RATE_HZ // 2
    write_wav(tmp_path / "busy.wav", tone(425, half) + bytes(2 * half))
    says(running, f"loop:{tmp_path / 'busy.wav'}")
    with console(running) as socket:
        socket.send(json.dumps({"type": "opened", "alert": alert}))
        said: dict[str, Any] = {}
        while said.get("user", {}).get("tone") != "busy":
            said = json.loads(socket.recv(10))
        assert "tone" not in said["operator"]
        assert not any("'busy'" in str(one.event) for one in running.recorded(alert))
    says(running, f"tone:{USER_HZ:g}")
    running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))


def says(made: Center, what: str) -> None:
    """From now on the user does."""
    assert made.carrier.patch(f"/phones/{USER}", json={"says": what}).status_code == 200


def write_wav(path: Path, pcm: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(pcm)


def test_who_is_muted_is_not_heard_and_hears_though_the_bridge_dies(
    talking: tuple[Center, AlertId],
) -> None:
    running, alert = talking

    def user_hears_nothing() -> bool:
        return hears(running, USER, set(), forbidden={OPERATOR_HZ}) and hears(
            running, OPERATOR, {USER_HZ}, forbidden={OPERATOR_HZ}
        )

    assert running.order(alert, "mute").status_code == 202
    running.until("the user hears nothing of her", user_hears_nothing)
    before = len(running.heard(USER))
    running.kill("ConferenceBridge", alert)
    running.until("the operator hears the user again", user_hears_nothing)
    assert running.order(alert, "mute").status_code == 409
    tail = running.heard(USER)[before:]
    assert not hears_of(tail, OPERATOR_HZ)
    assert running.order(alert, "unmute").status_code == 202
    running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))


def hears_of(heard: bytes, hz: float) -> bool:
    """Whether this tone is in it anywhere, to the half second."""
    step = RATE_HZ
    parts = [heard[at : at + step] for at in range(0, len(heard) - step + 1, step)]
    return any(usual_level_db(part, hz) > -40 for part in parts)


def test_a_supervisor_hears_both_and_is_heard_by_neither(talking: tuple[Center, AlertId]) -> None:
    running, alert = talking
    token = supervisor(running)
    assert running.order(alert, "listen", token=token).status_code == 202
    running.until("she is joined", lambda: running.joined(alert) == {"operator", "user", "listener"})
    running.until(
        "she hears both",
        lambda: hears(running, SECOND_OPERATOR, {USER_HZ, OPERATOR_HZ}, forbidden={SUPERVISOR_HZ}),
    )
    running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))
    for number in (USER, OPERATOR):
        assert not hears_of(running.heard(number), SUPERVISOR_HZ)
    assert running.order(alert, "declare_false_alarm").status_code == 202
    running.until("it is closed", lambda: running.case(alert).closed_at)
    assert [call["state"] for call in running.calls()] == ["ended"] * len(running.calls())
