"""Which alerts the consoles are told of in a storm."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.console.read_model import ReadModel
from gateways.console.screen import Listed
from messages.events import AlertClosed, AlertReceived, Event, OperatorReserved
from messages.ids import SECOND, AlertId, Assurance, Channel, Instant, OperatorId, Outcome
from tests.support.recorded import recorded

NOW = 1_795_000_000 * SECOND


class Storm:
    """A picture that alerts come to."""

    def __init__(self, most: int) -> None:
        self.read_model = ReadModel()
        self.listed = Listed(most)
        self.told: set[AlertId] = set()
        self._seq = 0

    def _say(self, stream: str, version: int, event: Event) -> None:
        self._seq += 1
        self.read_model.apply(recorded(event, self._seq, NOW, stream=stream, version=version))

    def comes(self, number: int) -> AlertId:
        at = Instant(NOW + number * SECOND)
        alert = AlertId(f"a{number:04}")
        event = AlertReceived(
            channel=Channel.DATA,
            proof=Assurance.APP,
            raised_at=at,
            received_at=at,
            deadline_at=Instant(at + 50 * SECOND),
        )
        self._say(f"inbox-{alert}", 1, event)
        self.told.update(self.listed.update(self.read_model, [alert]))
        return alert

    def taken(self, alert: AlertId) -> None:
        event = OperatorReserved(operator=OperatorId("marta"), alert=alert)
        self._say(f"alert-{alert}", 1, event)
        self.told.update(self.listed.update(self.read_model, [alert]))

    def ends(self, alert: AlertId, version: int = 1) -> None:
        self._say(f"alert-{alert}", version, AlertClosed(outcome=Outcome.CANCELLED))
        self.told.update(self.listed.update(self.read_model, [alert]))


@pytest.fixture
def storm() -> Storm:
    return Storm(most=10)


def test_everything_is_told_while_it_is_not_too_much(storm: Storm) -> None:
    came = [storm.comes(number) for number in range(10)]
    assert storm.listed.all(storm.read_model) == came


def test_case_10_beyond_that_the_others_are_counted(storm: Storm) -> None:
    for number in range(100):
        storm.comes(number)
    assert len(storm.listed.all(storm.read_model)) == 10
    assert storm.read_model.open_count == 100


def test_what_has_an_operator_is_always_told(storm: Storm) -> None:
    came = [storm.comes(number) for number in range(30)]
    storm.taken(came[29])
    assert came[29] in storm.told
    assert came[29] in storm.listed


def test_what_ends_stays_until_it_is_let_go_and_others_come_in_by_their_deadline(storm: Storm) -> None:
    came = [storm.comes(number) for number in range(30)]
    for alert in came[:5]:
        storm.ends(alert)
    assert set(storm.listed.all(storm.read_model)) == set(came[:15])
    assert set(came[10:15]) <= storm.told
    storm.listed.update(storm.read_model, gone=came[:5])
    assert came[0] not in storm.listed


def test_who_begins_in_the_middle_of_a_storm_is_told_the_earliest_deadlines(storm: Storm) -> None:
    came = [storm.comes(number) for number in reversed(range(40))]
    assert Listed(10).all(storm.read_model) == sorted(came)[:10]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200)), max_size=120), st.integers(2, 12))
def test_no_open_alert_waits_unseen_while_half_the_places_are_free(
    steps: list[tuple[bool, int]], most: int
) -> None:
    storm = Storm(most)
    open_alerts: list[AlertId] = []
    came: set[int] = set()
    for arrives, number in steps:
        if arrives and number not in came:
            came.add(number)
            open_alerts.append(storm.comes(number))
        elif open_alerts:
            storm.ends(open_alerts.pop(number % len(open_alerts)))
        shown = [alert for alert in storm.listed.all(storm.read_model) if alert in open_alerts]
        assert len(shown) >= min(len(open_alerts), most // 2 + 1)
        assert set(shown) <= storm.told
