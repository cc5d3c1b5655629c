"""One center: its modems asked beside it, then a conversation through real processes, PTYs and voices:
metered, muted, without sound, without a center.

Each test leaves all as it has found it, but for the last one.
"""

from __future__ import annotations

import json
import signal
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from application.state.processes import is_alive, marked, send_signal
from messages import events as ev
from messages.ids import AlertId, Party
from model.alert.leg import Leg
from tests.support.center import OPERATOR, USER, Center, center, line_number, simulation
from tests.support.signals import RATE_HZ, tone, usual_level_db
from tests.support.tones_heard import all_hear_each_other, hears
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

OPERATOR_HZ, USER_HZ = 620.0, 440.0
KILLED = ("Web", "AlertCase", "Supervisor", "Web")
"""While an app waits for messages."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    with center(tmp_path_factory.mktemp("talking"), simulation(public=6)) as running:
        yield running


@pytest.fixture(scope="module")
def talking(made: Center) -> tuple[Center, AlertId]:
    """User and operator, who hear each other."""
    alert = made.send()
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    made.until("they hear each other", lambda: all_hear_each_other(made, (USER, OPERATOR)))
    return made, alert


# ---------------------------------------------------------- `modem`, beside a center that has the modems


SIGNALS_DBM = {-71, -77, -79, -81}
"""As it is asked for, and as a huawei says at times by itself."""


def listed(made: Center) -> dict[str, dict[str, Any]]:
    """By line; the machine's own ports left out."""
    rows = json.loads(made.cli("modem", "list", "--json").stdout)
    return {row["line"]: row for row in rows if row["line"] is not None}


def test_the_list_has_every_line_with_its_port_its_modem_and_how_it_is(made: Center) -> None:
    rows = made.until("all are up", lambda: all_up(listed(made)))
    assert set(rows) == {f"sim{n}" for n in range(1, 9)}
    for name, row in rows.items():
        assert row["port"] == str(made.state.run / f"{name}.at")
        assert row["present"] is True
        assert len(row["imei"]) == 15
        assert row["signal_dbm"] in SIGNALS_DBM
        assert row["text"] == ""
    table = made.cli("modem", "list").stdout
    assert line_number(1) in table
    assert any(f"{dbm} dBm" in table for dbm in SIGNALS_DBM)


def all_up(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]] | None:
    return rows if all(row["state"] == "up" for row in rows.values()) else None


def test_a_port_of_a_line_at_work_is_not_opened_but_told_of(made: Center) -> None:
    made.until("all are up", lambda: all_up(listed(made)))
    trace = made.state.run / "sim1.trace"
    trace.touch()
    try:
        made.until("what is said is written down", trace.read_text)
        for port in (str(made.state.run / "sim1.at"), "sim1"):
            asked = made.cli("modem", "probe", port, "--json")
            assert asked.returncode == 0, asked.stderr
            (found,) = json.loads(asked.stdout)
            assert (found["answers"], found["dialect"], found["network"]) == (True, "huawei", "home")
            assert found["text"] == "line sim1 of the running center uses this modem"
            assert "E1550: dropping one of two calls" in " ".join(found["to_know"])
        assert "ATI" not in trace.read_text(), "nobody has asked it anew"
    finally:
        trace.unlink()


def test_nobody_is_called_through_a_line_at_work(made: Center) -> None:
    refused = made.cli("modem", "call", "sim1", "+393331112223")
    assert refused.returncode != 0
    assert "line sim1 of the running center has sim1" in refused.stderr
    assert made.calls() == []


def test_nothing_is_set_in_the_modem_of_a_line_at_work(made: Center) -> None:
    for port in ("sim1", str(made.state.run / "sim1.at")):
        refused = made.cli("modem", "setup", port, "--yes")
        assert refused.returncode != 0
        assert f"line sim1 of the running center has {port} open: stop the center first" in refused.stderr


def test_a_line_whose_modem_is_pulled_out_is_listed_with_what_is_wrong(made: Center) -> None:
    assert made.carrier.post("/modems/sim2/unplug").status_code < 300
    row = made.until("it is missed", lambda: not_up(listed(made)["sim2"]))
    assert row["state"] == "lost"
    assert row["text"]
    asked = made.cli("modem", "probe", "sim2", "--json")
    assert asked.returncode == 1
    assert json.loads(asked.stdout)[0]["text"].startswith("line sim2 of the running center uses this modem: ")
    assert made.carrier.post("/modems/sim2/plug").status_code < 300
    made.until("it is back", lambda: all_up(listed(made)))


def not_up(row: dict[str, Any]) -> dict[str, Any] | None:
    return None if row["state"] == "up" else row


# ---------------------------------------------------------------- a conversation


def console(made: Center) -> ClientConnection:
    token = (made.state.path / "keys" / "demo-operator.token").read_text().strip()
    url = made.address.replace("http", "ws") + "/v1/console"
    return connect(url, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None)


def test_levels_come_from_the_mixer_to_the_screen_and_signal_from_the_modems(
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
        running.kill("Mixer")
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


def test_who_is_muted_is_not_heard_and_hears_though_the_mixer_dies(
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
    running.kill("Mixer")
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


def user_of(made: Center, alert: AlertId) -> Leg:
    leg = made.case(alert).active(Party.USER)
    assert leg is not None
    return leg


def spoil(made: Center, line: str, **vices: object) -> None:
    answer = made.carrier.post(f"/modems/{line}/vices", json=vices)
    assert answer.status_code == 200, answer.text


def standing(made: Center, check: str) -> list[str]:
    """The doctor's words about this."""
    said: dict[str, Any] = json.loads(made.cli("doctor", "--json").stdout)
    return [one["text"] for one in said["checks"] if one["check"] == check]


def test_sound_that_comes_back_is_taken_back_by_itself(talking: tuple[Center, AlertId]) -> None:
    made, alert = talking
    line = user_of(made, alert).line
    spoil(made, line, no_voice=True)
    made.until("it is noticed", lambda: user_of(made, alert).no_sound_at is not None, within_s=10)
    spoil(made, line, no_voice=False)
    made.until("it is over", lambda: user_of(made, alert).no_sound_at is None, within_s=10)
    kinds = [type(one.event) for one in made.recorded(alert)]
    assert (kinds.count(ev.LegSoundLost), kinds.count(ev.LegSoundBack)) == (1, 1)
    assert standing(made, "alarms") == ["no alarm is active"]


@pytest.mark.parametrize("vice", ["takes_no_voice", "voice_port_gone"])
def test_the_user_is_not_heard_or_does_not_hear_and_is_called_on_another_line(
    talking: tuple[Center, AlertId], vice: str
) -> None:
    made, alert = talking
    first = user_of(made, alert)
    spoil(made, first.line, **{vice: True})
    # A terminal takes some four seconds of voice before it refuses any, and more on a busy machine.
    made.until("it is noticed", lambda: user_of(made, alert).no_sound_at is not None, within_s=30)
    assert any("leg.no_sound" in one for one in standing(made, "alarms"))
    assert "NO SOUND from user" in made.cli("alert", "timeline", alert).stdout
    assert made.order(alert, "another_line").status_code == 202
    made.until("they hear each other again", lambda: all_hear_each_other(made, (USER, OPERATOR)))
    again = user_of(made, alert)
    assert (again.attempt, again.no_sound_at) == (first.attempt + 1, None)
    assert again.line != first.line
    assert standing(made, "alarms") == ["no alarm is active"]
    assert [call["state"] for call in made.calls(USER)] == ["ended"] * first.attempt + ["active"]
    spoil(made, first.line, **{vice: False})


class App(threading.Thread):
    """Asks for messages by long poll, and again at once where that breaks."""

    def __init__(self, made: Center, alert: AlertId) -> None:
        super().__init__(daemon=True)
        self.made, self.alert = made, alert
        self.key = (made.state.path / "keys" / "app.key").read_text().strip()
        self.told: list[tuple[int, str]] = []
        self.broken = 0
        self.ended = False

    def client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=f"{self.made.address}/v1/alerts/{self.alert}", headers=headers)

    def run(self) -> None:
        version = 0
        with self.client() as client:
            while not self.ended:
                try:
                    said = client.get(f"/messages?wait=2&since={version}", timeout=10).json()
                except httpx.TransportError:
                    self.broken += 1
                    continue
                version = said["version"]
                has = {number for number, _ in self.told}
                self.told += [
                    (one["number"], one["text"]) for one in said["messages"] if one["number"] not in has
                ]


def kept(made: Center, client: httpx.Client, path: str, body: dict[str, str]) -> None:
    """Sent until it is answered, as an app and a console do that have lost their center for a moment."""

    def answered() -> bool:
        return client.post(path, json=body, timeout=10).status_code == 202

    made.until(f"{body} is taken", answered, within_s=30)


def test_none_is_lost_none_told_twice_though_the_web_is_killed_in_the_middle_of_a_poll(
    talking: tuple[Center, AlertId],
) -> None:
    made, alert = talking
    token = (made.state.path / "keys" / "demo-operator.token").read_text().strip()
    bearer = {"authorization": f"Bearer {token}"}
    app = App(made, alert)
    app.start()
    said = []
    with (
        app.client() as phone,
        httpx.Client(base_url=f"{made.address}/v1/alerts/{alert}", headers=bearer) as desk,
    ):
        for role in KILLED:
            for by in ("user", "operator"):
                name = f"m{len(said) + 1}"
                said.append((len(said) + 1, f"{by} before {role} dies: {name}"))
                body = {"id": name, "text": said[-1][1]}
                if by == "user":
                    kept(made, phone, "/messages", body)
                    wait_until(lambda: app.told == said, within_s=30, what="the app has it: it asks again")
                    made.kill(role, alert)
                else:
                    kept(made, desk, "/commands", {"command": "write", **body})
        wait_until(lambda: app.told == said, within_s=30, what=f"the app has all: {said}")
    app.ended = True
    app.join(20)
    assert app.told == said
    assert app.broken >= KILLED.count("Web")
    with console(made) as socket:
        (view,) = json.loads(socket.recv())["cases"]
    assert [(one["number"], one["text"]) for one in view["dialogue"]] == said


def test_a_mixer_of_which_nobody_asks_the_voice_ends_by_itself(talking: tuple[Center, AlertId]) -> None:
    """The last test of this file: nobody is left afterwards."""
    made, _ = talking
    (pid,) = made.pids("Mixer")
    there = sorted(marked(made.state.path), key=lambda one: one.started)
    (mixer,) = [one for one in there if one.pid == pid]
    for process in there:
        if process != mixer:
            send_signal(process, signal.SIGKILL)

    def alone() -> bool:
        """Whether the mixer is; who was just being started when the rest were killed goes too."""
        left = list(marked(made.state.path))
        for process in left:
            if process != mixer:
                send_signal(process, signal.SIGKILL)
        return left == [mixer]

    made.until("everybody else is gone", alone)
    made.until("and the mixer, too", lambda: not is_alive(mixer), within_s=20)
