"""A modem of which nobody here knows anything, behind a TCP socket, is the one line of a whole center."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import events as ev
from messages.base import Joins
from messages.ids import AlertId, Channel, LineId, Outcome
from messages.journal import Recorded
from messages.lines import LineState
from runtime.published import line_files
from tests.support.center import OPERATOR, USER, Center, center
from tests.support.stranger_modem import IMEI, StrangerModem

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

SETTINGS = """
[psap]
number = "+390200000112"
[[trunk]]
name = "public"
[[modem]]
name = "abroad"
trunk = "public"
port = "{address}"
number = "+390200000001"
"""
LINE = LineId("abroad")


@pytest.fixture
def modem() -> Iterator[StrangerModem]:
    made = StrangerModem()
    yield made
    made.close()


@pytest.fixture
def made(tmp_path: Path, modem: StrangerModem) -> Iterator[Center]:
    settings = tmp_path / "center.toml"
    settings.write_text(SETTINGS.format(address=modem.address))
    with center(tmp_path, "", "--config", str(settings)) as running:
        added = running.cli("operator", "add", "Anna Neri", "--phone", OPERATOR, "--token")
        assert added.returncode == 0, added.stderr
        running.token = added.stdout.splitlines()[-1]
        ready = running.http.post(
            "/v1/operators/me/shift",
            json={"state": "ready"},
            headers={"Authorization": f"Bearer {running.token}"},
        )
        assert ready.status_code == 200, ready.text
        running.until("its line is up", lambda: state(running) is LineState.READY)
        yield running


def state(made: Center) -> LineState | None:
    report = line_files.read_all(made.state.run).get(LINE)
    return None if report is None else report.state


def talking(made: Center, alert: AlertId) -> None:
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})


def over(made: Center, alert: AlertId, modem: StrangerModem) -> None:
    assert made.order(alert, "declare_false_alarm", token=made.token).status_code == 202
    made.until("it is closed", lambda: made.case(alert).closed_at)
    assert made.case(alert).outcome is Outcome.FALSE_ALARM
    assert modem.numbers() == [], "nobody is left on the line"


def received(made: Center) -> Recorded | None:
    with made.journal() as journal:
        found = [one for one in journal.read_all() if isinstance(one.event, ev.AlertReceived)]
    return found[-1] if found else None


def test_it_places_sees_and_ends_the_calls_of_an_alert_which_it_joins_itself(
    made: Center, modem: StrangerModem
) -> None:
    report = line_files.read_all(made.state.run)[LINE]
    assert (report.dialect, report.imei, report.joins) == ("3gpp", IMEI, Joins.NETWORK)
    alert = made.send()
    talking(made, alert)
    assert modem.dialled == [OPERATOR, USER]
    assert modem.talking() == {OPERATOR, USER}
    modem.hung_up_by(USER)
    made.until("her end is seen, and she is called again", lambda: modem.dialled == [OPERATOR, USER, USER])
    talking(made, alert)
    over(made, alert, modem)


def test_s02_a_user_who_calls_it_raises_an_alert_and_is_answered(made: Center, modem: StrangerModem) -> None:
    modem.called_by(USER)
    alert = AlertId(made.until("an alert", lambda: received(made)).stream.removeprefix("inbox-"))
    talking(made, alert)
    assert made.case(alert).channel is Channel.VOICE
    assert made.case(alert).phone == USER
    assert modem.dialled == [OPERATOR], "she is on the line already"
    assert modem.talking() == {OPERATOR, USER}
    over(made, alert, modem)


def test_a_connection_that_is_cut_in_mid_call_and_comes_back_costs_nobody_her_call(
    made: Center, modem: StrangerModem
) -> None:
    alert = made.send()
    talking(made, alert)
    modem.cut()
    made.until("it is missed", lambda: state(made) is LineState.LOST)
    modem.mend()
    made.until("it is back", lambda: state(made) is LineState.READY)
    assert made.joined(alert) == {"operator", "user"}
    assert modem.dialled == [OPERATOR, USER], "nobody is called twice"
    assert modem.talking() == {OPERATOR, USER}
    over(made, alert, modem)


def test_cut_for_longer_it_is_an_alarm_and_takes_calls_again_once_it_is_back(
    made: Center, modem: StrangerModem
) -> None:
    modem.cut()
    made.until("so much is said", lambda: raised(made) == ["raised line.out_of_service"])
    modem.mend()
    made.until("it is over", lambda: raised(made)[-1] == "cleared line.out_of_service")
    modem.called_by(USER)
    made.until("an alert", lambda: received(made))
    made.until("she is answered", lambda: USER in modem.talking())


def raised(made: Center) -> list[str]:
    """What was said of the line."""
    said = []
    with made.journal() as journal:
        for one in journal.read_all():
            if isinstance(one.event, ev.AlarmRaised | ev.AlarmCleared) and one.event.subject == LINE:
                kind = "raised" if isinstance(one.event, ev.AlarmRaised) else "cleared"
                said.append(f"{kind} {one.event.alarm}")
    return said
