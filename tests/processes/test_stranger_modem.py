"""A modem of which nobody here knows anything, behind a TCP socket, is the one line of a whole center."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from messages import events as ev
from messages.base import Joins
from messages.ids import AlertId, Channel, LineId, Outcome
from messages.journal import Recorded
from messages.lines import LineState
from runtime.published import line_files
from tests.support.center import OPERATOR, Center, center
from tests.support.stranger_modem import IMEI, StrangerModem

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

SETTINGS = """
[operator]
wrap_up_s = 0
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


USERS = itertools.count(1)
"""Each test has one of its own: the same number again so soon would be the same alert."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[StrangerModem]:
    made = StrangerModem()
    yield made
    made.close()


@pytest.fixture
def modem(stranger: StrangerModem) -> StrangerModem:
    """The module's, which has called nobody yet."""
    assert stranger.numbers() == []
    stranger.dialled.clear()
    return stranger


@pytest.fixture
def user() -> str:
    return f"+39333111{next(USERS):04d}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, stranger: StrangerModem) -> Iterator[Center]:
    folder = tmp_path_factory.mktemp("stranger")
    settings = folder / "center.toml"
    settings.write_text(SETTINGS.format(address=stranger.address))
    with center(folder, "", "--config", str(settings)) as running:
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


def received(made: Center, user: str) -> Recorded | None:
    with made.journal() as journal:
        found = (one for one in journal.read_all() if isinstance(one.event, ev.AlertReceived))
        return next((one for one in found if one.event.phone == user), None)


def test_it_places_sees_and_ends_the_calls_of_an_alert_which_it_joins_itself(
    made: Center, modem: StrangerModem, user: str
) -> None:
    report = line_files.read_all(made.state.run)[LINE]
    assert (report.dialect, report.imei, report.joins) == ("3gpp", IMEI, Joins.NETWORK)
    alert = made.send(user)
    talking(made, alert)
    assert modem.dialled == [OPERATOR, user]
    assert modem.talking() == {OPERATOR, user}
    modem.hung_up_by(user)
    made.until("her end is seen, and she is called again", lambda: modem.dialled == [OPERATOR, user, user])
    talking(made, alert)
    over(made, alert, modem)


def test_s02_a_user_who_calls_it_raises_an_alert_and_is_answered(
    made: Center, modem: StrangerModem, user: str
) -> None:
    modem.called_by(user)
    alert = AlertId(made.until("an alert", lambda: received(made, user)).stream.removeprefix("inbox-"))
    talking(made, alert)
    assert made.case(alert).channel is Channel.VOICE
    assert made.case(alert).phone == user
    assert modem.dialled == [OPERATOR], "she is on the line already"
    assert modem.talking() == {OPERATOR, user}
    over(made, alert, modem)


def test_a_connection_that_is_cut_in_mid_call_and_comes_back_costs_no_call(
    made: Center, modem: StrangerModem, user: str
) -> None:
    alert = made.send(user)
    talking(made, alert)
    modem.cut()
    made.until("it is missed", lambda: state(made) is LineState.LOST)
    modem.mend()
    made.until("it is back", lambda: state(made) is LineState.READY)
    assert made.joined(alert) == {"operator", "user"}
    assert modem.dialled == [OPERATOR, user], "nobody is called twice"
    assert modem.talking() == {OPERATOR, user}
    over(made, alert, modem)


def test_cut_for_longer_it_is_an_alarm_and_takes_calls_again_once_it_is_back(
    made: Center, modem: StrangerModem, user: str
) -> None:
    modem.cut()
    made.until("so much is said", lambda: raised(made) == ["raised line.out_of_service"])
    modem.mend()
    made.until("it is over", lambda: raised(made)[-1] == "cleared line.out_of_service")
    modem.called_by(user)
    made.until("an alert", lambda: received(made, user))
    made.until("she is answered", lambda: user in modem.talking())


def raised(made: Center) -> list[str]:
    """What was said of the line."""
    said = []
    with made.journal() as journal:
        for one in journal.read_all():
            if isinstance(one.event, ev.AlarmRaised | ev.AlarmCleared) and one.event.subject == LINE:
                kind = "raised" if isinstance(one.event, ev.AlarmRaised) else "cleared"
                said.append(f"{kind} {one.event.alarm}")
    return said
