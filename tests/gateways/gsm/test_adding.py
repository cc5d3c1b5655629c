"""A party that is added on a line of others is dialled only while whoever wishes it has the right to it."""

from __future__ import annotations

from gateways.gsm.at.parse import Stat
from gateways.gsm.calls.joining import ADDED_WITHIN_S
from gateways.gsm.driver.events import CallEvent
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.base import HangupCause
from messages.calls import AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, LegId, LineId
from tests.gateways.gsm.carrier.site import SECOND, USER, Site

OPERATOR, ADDED = LegId("a1:op1"), LegId("a1:user")


class Line:
    """A line without voice to the host on which one party of an alert has answered."""

    def __init__(self) -> None:
        self.site = Site("sim800")
        self.site.run(1.0)
        self.legs = LegsOnLine(
            LineId("one"), self.site.driver, first_number=0, voice_path="", number_within_s=1.0
        )
        self.said: list[CallReport] = []
        self.legs.execute(DialCall(leg=OPERATOR, attempt=1, number=E164(SECOND)), self.site.now_s)
        self.run(8.0)
        assert [view.state for view in self.site.driver.calls()] == [Stat.ACTIVE]

    def run(self, seconds: float) -> None:
        """Time passes, and what the modem has said of its calls is heard."""
        until_s = self.site.now_s + seconds
        while self.site.now_s < until_s:
            for event in self.site.events:
                if isinstance(event, CallEvent):
                    self.legs.on_event(event, self.site.now_s)
            self.site.events.clear()
            self.said += self.legs.join_calls(self.site.now_s)
            self.site.run(0.1)

    def add(self, until_s: float) -> CallReport:
        """The wish for the second party, with the right to it until then."""
        order = DialCall(leg=ADDED, attempt=1, number=E164(USER))
        assert self.legs.may_dial(order)
        return self.legs.execute(order, self.site.now_s, until_s)

    def wish_again(self, until_s: float) -> None:
        """The leg repeats itself, as it does every second of a call that it has heard of."""
        order = AttachCall(leg=ADDED, attempt=1, number=E164(USER))
        self.legs.execute(order, self.site.now_s, until_s)

    @property
    def waits(self) -> bool:
        return self.legs.may_dial(DialCall(leg=ADDED, attempt=1, number=E164(USER)))

    @property
    def dialled(self) -> list[str]:
        return [call.to for call in self.site.carrier.calls]


def test_a_right_that_is_over_before_the_others_are_on_hold_dials_nothing() -> None:
    line = Line()
    line.add(line.site.now_s)
    line.run(ADDED_WITHIN_S + 1.0)
    assert line.dialled == [SECOND]
    (told,) = [one for one in line.said if one.leg == ADDED]
    assert (told.state, told.cause) == (CallState.RELEASED, HangupCause.LINE_TAKEN)
    assert not line.waits
    line.run(5.0)
    assert [view.state for view in line.site.driver.calls()] == [Stat.ACTIVE], "the other is taken back"


def test_a_right_that_is_renewed_meanwhile_dials_once() -> None:
    line = Line()
    line.add(line.site.now_s)
    line.run(1.0)
    assert line.dialled == [SECOND]
    line.wish_again(line.site.now_s + 1.2)
    line.run(1.0)
    assert line.dialled == [SECOND, USER]
    assert not line.waits
    line.wish_again(line.site.now_s + 1.2)
    line.run(10.0)
    assert line.dialled == [SECOND, USER]
    assert [view.in_conference for view in line.site.driver.calls()] == [True, True]


def test_the_end_of_a_call_needs_no_right() -> None:
    line = Line()
    line.add(line.site.now_s)
    order = HangUpCall(leg=ADDED, attempt=1, number=E164(USER))
    assert not line.legs.may_dial(order)
    said = line.legs.execute(order, line.site.now_s)
    assert said.state is CallState.RELEASED
    line.wish_again(line.site.now_s + 10.0)
    line.run(5.0)
    assert line.dialled == [SECOND]
