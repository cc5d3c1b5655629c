"""A call as the table keeps it, and the signs of its end. Data; the rules are in `calls`."""

from __future__ import annotations

import msgspec

from gateways.gsm.at.parse import ClccRow, Direction, Stat
from gateways.gsm.driver.events import CallId, Ref
from gateways.gsm.numbers import damaged_form, may_be_same_number

OUTGOING_SETUP_STATES = frozenset({Stat.DIALING, Stat.RINGING})
INCOMING_STATES = frozenset({Stat.INCOMING, Stat.WAITING})
_STATES_BEFORE_ANSWER = frozenset({Stat.DIALING, Stat.INCOMING, Stat.WAITING})


class Ending(msgspec.Struct, kw_only=True):
    """A reported end of a call."""

    since_s: float
    release_at_s: float
    """Time when the call counts as ended if no other sign comes."""
    certain: bool = False
    """True if the report named this call, or if no list is available; otherwise a list must confirm."""
    cause: int | None = None
    certain_cause: bool = False
    text: str = ""
    kinds: set[str] = msgspec.field(default_factory=set)
    """Kinds of lines that reported the end: of a mixture of lines, each kind comes once for one call."""
    times_listed: int = 0
    """Number of lists that have shown the call alive since the report."""
    report_requested: bool = False


class Call(msgspec.Struct, kw_only=True):
    """A call of the modem."""

    id: CallId
    direction: Direction
    state: Stat
    began_s: float
    last_sign_s: float
    ref: Ref | None = None
    number: str = ""
    number_reports: int = 0
    """Number of times the modem has reported this number."""
    alias: str = ""
    """The number under which the modem lists the call, if another number was dialled: 27.007 does not tie the
    two, and the SIM may change the number (call control by the SIM, 31.111 clause 7.3)."""
    withheld: bool = False
    index: int | None = None
    announced: bool = False
    """True if the first event of the call has been reported."""
    ringing_reported: bool = False
    answered: bool = False
    confirmed: bool = True
    """False if only an unreliable report of the modem shows that the call was answered."""
    listed: bool = False
    """True if +CLCC has shown the call."""
    appears_by_s: float | None = None
    """Time until which +CLCC may lack the call. None: ATD has no result yet, or the call need not appear."""
    dialled_s: float | None = None
    """Time when ATD was written; None while unknown."""
    awaiting_dial: bool = False
    """True if ATD has no result yet."""
    misses: int = 0
    """Number of consecutive lists that lacked the call."""
    conflicting_row: tuple[Direction, str] | None = None
    """Direction and number of the other row that the last list showed in the call's place; None if the list
    showed the call."""
    port_was_lost: bool = False
    """True if the port was gone since the call was last seen: the modem may have lost power meanwhile."""
    answer_requested: bool = False
    hang_up_requested: bool = False
    emergency: bool = False
    in_conference: bool = False
    ending: Ending | None = None
    released_s: float = 0.0

    @property
    def ended_for_certain(self) -> bool:
        """True if the end is certain and only the cause is pending."""
        return self.ending is not None and self.ending.certain

    @property
    def is_listed_alive(self) -> bool:
        """True if a list has shown the call and no end of the call was reported."""
        return self.listed and self.ending is None

    def note_conflicting_row(self, row: ClccRow) -> bool:
        """Note the other row that a list shows in the call's place. Return True if the next list must decide:
        the row may be the call's own row, damaged on the line, until two lists show the row."""
        rival, self.conflicting_row = self.conflicting_row, (row.direction, row.number)
        changed = (
            self.direction is not row.direction,
            not self.may_have_number(row.number),
            self.contradicted_by(row),
        )
        damaged = sum(changed) <= 1 and (not changed[1] or damaged_form(self.number, row.number))
        return self.is_listed_alive and damaged and rival != self.conflicting_row

    def matches(self, row: ClccRow) -> bool:
        """Return True if direction and number agree, as far as known."""
        return self.direction is row.direction and self.may_have_number(row.number)

    def may_have_number(self, number: str) -> bool:
        """Return True if a line or row with this number can concern the call."""
        return may_be_same_number(self.number, number) or (bool(number) and number == self.alias)

    def contradicted_by(self, row: ClccRow) -> bool:
        """Return True if the row, of the same index, shows a later call: no answered call goes back."""
        return self.answered and row.stat in _STATES_BEFORE_ANSWER


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """A call as shown outside the table."""

    call: CallId
    ref: Ref | None
    direction: Direction
    state: Stat
    number: str | None
    """E.164."""
    caller: str
    """The number as the network sent it."""
    number_reports: int
    """Number of times the modem has reported the number."""
    withheld: bool
    answered: bool
    confirmed: bool
    in_conference: bool
    emergency: bool
    index: int | None
    """The modem's own index of the call, if known."""
    ending: bool
    """True if an end was reported and is being checked."""


def e164_of(call: Call) -> str | None:
    """Return the number as events carry it: E.164 or None."""
    return call.number if call.number.startswith("+") else None


def view_of(call: Call) -> CallView:
    """Return the call as shown outside the table."""
    return CallView(
        call=call.id,
        ref=call.ref,
        direction=call.direction,
        state=call.state,
        number=e164_of(call),
        caller=call.number,
        number_reports=call.number_reports,
        withheld=call.withheld,
        answered=call.answered,
        confirmed=call.confirmed,
        in_conference=call.in_conference,
        emergency=call.emergency,
        index=call.index,
        ending=call.ending is not None,
    )
