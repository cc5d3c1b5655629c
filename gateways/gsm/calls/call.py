"""One call as the table keeps it, and what is known about its end. Data; the rules stand in `calls`."""

from __future__ import annotations

import msgspec

from gateways.gsm.at.parse import ClccRow, Direction, Stat
from gateways.gsm.driver.events import CallId, Ref
from gateways.gsm.numbers import compatible

SETTING_UP = frozenset({Stat.DIALING, Stat.RINGING})
COMING_IN = frozenset({Stat.INCOMING, Stat.WAITING})
_BEFORE_ANSWER = frozenset({Stat.DIALING, Stat.INCOMING, Stat.WAITING})


class Ending(msgspec.Struct, kw_only=True):
    """Somebody said that the call has ended."""

    since_s: float
    due_s: float
    """When it is taken as ended, if nothing more is heard."""
    certain: bool = False
    """It named this call, or nothing could be asked; otherwise the list of calls has to agree."""
    cause: int | None = None
    certain_cause: bool = False
    text: str = ""
    kinds: set[str] = msgspec.field(default_factory=set)
    """Which lines have said so: of a mixture, each kind comes once for one call."""
    shown: int = 0
    """How many lists of calls have shown it alive since."""
    report_asked: bool = False


class Call(msgspec.Struct, kw_only=True):
    """See the module."""

    id: CallId
    direction: Direction
    state: Stat
    began_s: float
    last_sign_s: float
    ref: Ref | None = None
    number: str = ""
    number_heard: int = 0
    """How often the modem has said this number."""
    alias: str = ""
    """The number under which the modem has it, where that is another than was dialled: 27.007 does not tie
    the two, and the SIM may change it on the way (call control by the SIM, 31.111 clause 7.3)."""
    withheld: bool = False
    index: int | None = None
    announced: bool = False
    """Its first event has been reported."""
    ringing_said: bool = False
    answered: bool = False
    confirmed: bool = True
    """False: answered as far as the modem says, whose word does not prove it."""
    seen: bool = False
    """+CLCC has shown it."""
    appears_by_s: float | None = None
    """Until then it may be missing from +CLCC; none: ATD has no result yet, or it need not be shown first."""
    dialled_s: float | None = None
    """When its ATD was written; none while that is not known."""
    awaiting_dial: bool = False
    """ATD has no result yet."""
    misses: int = 0
    port_gone: bool = False
    """The port was gone since the call was last seen: the modem may have lost its power meanwhile."""
    answer_asked: bool = False
    hang_up_asked: bool = False
    emergency: bool = False
    in_conference: bool = False
    ending: Ending | None = None
    released_s: float = 0.0

    @property
    def ended_for_certain(self) -> bool:
        """Only the cause is still waited for."""
        return self.ending is not None and self.ending.certain

    def fits(self, row: ClccRow) -> bool:
        """Direction and number agree, as far as known."""
        return self.direction is row.direction and self.may_have(row.number)

    def may_have(self, number: str) -> bool:
        """Whether a line or row with this number can be about it."""
        return compatible(self.number, number) or (bool(number) and number == self.alias)

    def contradicted_by(self, row: ClccRow) -> bool:
        """Whether the row, of the same index, must be a later call: an answered call is not set up again."""
        return self.answered and row.stat in _BEFORE_ANSWER


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """A call as others may see it."""

    call: CallId
    ref: Ref | None
    direction: Direction
    state: Stat
    number: str | None
    """E.164."""
    caller: str
    """As the network gave it."""
    number_heard: int
    """How often the modem has said so."""
    withheld: bool
    answered: bool
    confirmed: bool
    in_conference: bool
    emergency: bool
    index: int | None
    """The modem's own number of it, where known."""
    ending: bool
    """Its end has been heard of and is being checked."""


def e164_of(call: Call) -> str | None:
    """The number as events carry it."""
    return call.number if call.number.startswith("+") else None


def view_of(call: Call) -> CallView:
    """The call as others may see it."""
    return CallView(
        call=call.id,
        ref=call.ref,
        direction=call.direction,
        state=call.state,
        number=e164_of(call),
        caller=call.number,
        number_heard=call.number_heard,
        withheld=call.withheld,
        answered=call.answered,
        confirmed=call.confirmed,
        in_conference=call.in_conference,
        emergency=call.emergency,
        index=call.index,
        ending=call.ending is not None,
    )
