"""Whatever a modem does, and whoever calls on it: each call that it holds is a leg's, rings for us, or is
being ended. The driver and the legs on it against a simulated modem, as its actor turns them.
"""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateways.gsm.at import parse
from gateways.gsm.driver.events import CallEvent, HangUpStuck, VoiceReady
from gateways.gsm.line.leg_register import CLAIM_TIME_S
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.calls import AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import E164, Instant, LegId, LineId, Party
from model.alert.leg import Leg, LegState
from simulator.errors import SimulatorError
from simulator.modem.calls.legs import Stat
from simulator.modem.vices import Vices
from tests.gateways.gsm.carrier.site import LINE, REJECTING, SECOND, SILENT, USER, Site
from tests.support.depth import every, often

CENTER: Final = LineId("one")
RINGS: Final = (Stat.INCOMING, Stat.WAITING)
SETTLED_S: Final = 90.0
"""All verbs, the radio and a reset have been tried by then."""


class Desk:
    """Does each second what the modem's actor does; `journal` holds the legs that stand on the line."""

    def __init__(self, dialect: str, vices: Vices) -> None:
        self.site = Site(dialect)
        self.site.modem.change_vices(vices)
        self.legs = LegsOnLine(CENTER, self.site.driver, first_number=0, voice_path="", number_within_s=1.0)
        self.journal: dict[LegId, Leg] = {}
        self._read = 0
        self._attempts = 0
        self.site.run(2.0)

    def run(self, seconds: float) -> None:
        until_s = self.site.now_s + seconds
        while self.site.now_s < until_s:
            for leg in list(self.journal.values()) if self.site.driver.knows_calls else ():
                self._told(self.legs.execute(self._order(leg), self.site.now_s))
            strays = self.legs.unowned.take_unowned(self.site.now_s)
            self.legs.register.journal_legs = list(self.journal.values())
            self.legs.unowned.end_unowned(strays, self.site.now_s)
            self.site.driver.protected = self.legs.register.live
            self.site.run(min(1.0, until_s - self.site.now_s))
            self._hear()

    def dial(self, number: str) -> None:
        self._attempts += 1
        leg = LegId(f"a1:op{self._attempts}")
        self.journal[leg] = Leg(
            leg=leg, party=Party.OPERATOR, attempt=1, state=LegState.ORIGINATING, line=CENTER,
            since=Instant(0), number=E164(number),
        )  # fmt: skip
        order = DialCall(leg=leg, attempt=1, number=E164(number))
        self._told(self.legs.execute(order, self.site.now_s))

    def release(self) -> None:
        for leg in list(self.journal):
            del self.journal[leg]
            self.legs.execute(HangUpCall(leg=leg, attempt=1, number=E164(USER)), self.site.now_s)

    def restart(self) -> None:
        """Another process takes the port: what it knows of legs is the journal's."""
        self.site.open(self.site.driver.dialect.key)
        self._read = len(self.site.events)
        self.legs = LegsOnLine(CENTER, self.site.driver, first_number=100, voice_path="", number_within_s=1.0)
        self.legs.register.journal_legs = list(self.journal.values())

    def nobodys(self) -> list[object]:
        """The calls that the modem holds: neither a leg's, nor ringing for us, nor being ended."""
        views = {view.index: view for view in self.site.driver.calls()}
        found: list[object] = []
        for leg in self.site.modem.line.legs:
            view = views.get(leg.id)
            theirs = view is not None and view.ref is not None and str(view.ref).split("#")[0] in self.journal
            ends = view is not None and self.site.driver.is_hang_up_requested(view.call)
            if not (theirs or ends or leg.stat in RINGS):
                found.append((leg.id, leg.stat, view))
        return found

    def _order(self, leg: Leg) -> AttachCall:
        return AttachCall(leg=leg.leg, attempt=leg.attempt, number=leg.number)

    def _hear(self) -> None:
        for event in self.site.events[self._read :]:
            if isinstance(event, CallEvent | VoiceReady):
                report = self.legs.on_event(event, self.site.now_s)
                if isinstance(report, CallReport):
                    self._told(report)
            elif isinstance(event, HangUpStuck):
                self.legs.release_stuck(event.call)
        self._read = len(self.site.events)

    def _told(self, report: CallReport) -> None:
        if report.state in (CallState.RELEASED, CallState.UNKNOWN):
            self.journal.pop(report.leg, None)


NAMES: Final = ("+CHUP", "H", "+CHLD=1x", "+CHLD=1")
VICES = st.builds(
    Vices,
    refuses=st.sampled_from([(), ("+CHUP",), ("H", "+CHUP")]),
    ignores=st.lists(st.sampled_from(NAMES), unique=True, max_size=4).map(tuple),
    shows_number=st.sampled_from(["", "+390612345678"]),
    fails_after_s=st.sampled_from([0.0, 0.0, 0.5]),
    reused_ids=st.booleans(),
)
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["dial", "dial", "release", "by hand", "far end", "call in", "restart", "mute"]),
        st.sampled_from([USER, SECOND, SILENT, REJECTING]),
        st.sampled_from([0.2, 1.0, 3.0, 8.0]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("dialect", every(2, ["3gpp", "huawei", "simcom7600", "quectel_ec2x"]))
@settings(
    max_examples=often(25), deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
)
@given(vices=VICES, deeds=DEEDS)
def test_no_call_up_is_nobody_s(dialect: str, vices: Vices, deeds: list[tuple[str, str, float]]) -> None:
    desk = Desk(dialect, vices)
    site = desk.site
    for what, number, then_s in deeds:
        try:
            match what:
                case "dial":
                    desk.dial(number)
                case "release":
                    desk.release()
                case "by hand":
                    site.modem.feed(f"ATD{number};\r".encode(), site.now_s)
                case "far end":
                    site.carrier.phone_hang_up(number, site.now_s)
                case "call in":
                    site.carrier.phone_call(number, LINE, site.now_s)
                case "restart":
                    desk.restart()
                case _:
                    site.modem.mute(site.now_s, 2.0)
        except SimulatorError:
            pass  # it is in no call, or in one already
        desk.run(then_s)
    desk.run(SETTLED_S)
    assert desk.nobodys() == []
    assert all(view.state is not parse.Stat.RELEASED for view in site.driver.calls())
    assert CLAIM_TIME_S < SETTLED_S
