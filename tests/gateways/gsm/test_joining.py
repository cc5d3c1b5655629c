"""What a modem that joins in the network is asked to do with its calls, from their list alone."""

from __future__ import annotations

from gateways.gsm.at.parse import Direction, Stat
from gateways.gsm.calls.call import CallView
from gateways.gsm.calls.joining import JoinStep, in_conference, joining_method, next_step
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.driver.events import CallId, Ref
from messages.base import Joins
from tests.support.each import each

UP = (Stat.ACTIVE, Stat.HELD)


def call(state: Stat, *, ref: str | None = "a:op1#1", **changes: bool) -> CallView:
    return CallView(
        call=CallId(1),
        ref=None if ref is None else Ref(ref),
        direction=Direction.OUT,
        state=state,
        number="+391",
        caller="+391",
        number_reports=2,
        withheld=False,
        answered=state in UP,
        confirmed=True,
        in_conference=changes.get("mpty", False),
        emergency=changes.get("emergency", False),
        index=1,
        ending=changes.get("ending", False),
    )


ACTIVE, HELD, RINGING, WAITING = (
    call(state) for state in (Stat.ACTIVE, Stat.HELD, Stat.RINGING, Stat.WAITING)
)


@each(
    ("calls", "adding", "move"),
    [
        ([], False, None),
        ([ACTIVE], False, None),
        ([ACTIVE], True, JoinStep.HOLD),
        ([HELD], True, None),
        ([HELD, RINGING], False, None),
        ([HELD, ACTIVE], False, JoinStep.JOIN),
        ([HELD, HELD, ACTIVE], False, JoinStep.JOIN),
        ([HELD, ACTIVE], True, JoinStep.JOIN),
        ([ACTIVE, ACTIVE], False, None),
        ([ACTIVE, ACTIVE], True, JoinStep.HOLD),
        ([HELD], False, JoinStep.RETRIEVE),
        ([HELD, WAITING], False, None),
        ([ACTIVE, WAITING], True, None),
    ],
)
def test_who_is_on_hold_is_joined_or_back(calls: list[CallView], adding: bool, move: JoinStep | None) -> None:
    assert next_step(calls, adding=adding) is move


@each(
    "other", [call(Stat.ACTIVE, ref=None), call(Stat.ACTIVE, ending=True), call(Stat.ACTIVE, emergency=True)]
)
def test_nothing_is_done_to_a_call_that_is_nobody_s_ends_or_is_an_emergency(other: CallView) -> None:
    assert next_step([HELD, other], adding=False) is None


def test_in_the_conference_is_who_is_joined_and_not_on_hold() -> None:
    assert in_conference(call(Stat.ACTIVE, mpty=True))
    assert not in_conference(call(Stat.HELD, mpty=True))
    assert not in_conference(ACTIVE)


def test_a_line_joins_as_its_dialect_and_its_voice_port_allow() -> None:
    dialects = installed_dialects()
    assert joining_method(dialects.get("huawei"), voice=True) is Joins.HOST
    assert joining_method(dialects.get("huawei"), voice=False) is Joins.NETWORK
    for name in ("sim800", "simcom_a76xx", "3gpp", "ublox"):
        assert joining_method(dialects.get(name), voice=True) is Joins.NETWORK
