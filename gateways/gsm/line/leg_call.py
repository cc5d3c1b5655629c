"""One attempt of a leg on a line, and how its call stands. Data."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.gsm.at.parse import Stat
from gateways.gsm.driver.events import Ref
from messages.base import Joins, VoicePort
from messages.calls import CallReport, CallState
from messages.ids import LegId, LineId

LEG_STATE: Final = {
    Stat.DIALING: CallState.DIALLING,
    Stat.RINGING: CallState.RINGING,
    Stat.ACTIVE: CallState.ANSWERED,
    Stat.HELD: CallState.ANSWERED,
    Stat.INCOMING: CallState.DIALLING,
    Stat.WAITING: CallState.DIALLING,
    Stat.RELEASED: CallState.RELEASED,
}


class Held(msgspec.Struct, kw_only=True):
    """See the module."""

    leg: LegId
    attempt: int
    state: CallState = CallState.DIALLING
    cause: int | None = None
    voice: VoicePort | None = None
    confirmed: bool = True
    adopted: bool = False
    joined: bool = False
    """As it was said last."""
    pressed: int = 0
    """How many DTMF digits have gone into it."""
    ending: bool = False
    """Whether it was to be hung up."""

    @property
    def live(self) -> bool:
        """Whether it has not been released."""
        return self.state is not CallState.RELEASED

    def release(self, cause: int) -> None:
        """It is over, or has come to nothing. `cause`: of Q.850, or one of ours."""
        self.state, self.cause = CallState.RELEASED, cause

    def report(self, line: LineId, joins: Joins, *, unheard: bool = False) -> CallReport:
        """What its leg is told. `unheard`: the modem does not answer."""
        return CallReport(
            leg=self.leg,
            attempt=self.attempt,
            line=line,
            state=self.state,
            cause=self.cause,
            voice=self.voice,
            confirmed=self.confirmed,
            adopted=self.adopted,
            joins=joins,
            joined=self.joined,
            unheard=unheard and self.live,
        )


def ref_of(leg: LegId, attempt: int) -> Ref:
    """What the driver knows the attempt's call by."""
    return Ref(f"{leg}#{attempt}")
