"""Reasons for which the case hangs up, and for which an operator's part ends. The journal holds the values:
they are permanent.

Fields of events hold the values as text, since other versions may write other values. Readers compare the
text with these values; an unknown value decides nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ReleaseReason(StrEnum):
    """Reason in `leg.releasing`."""

    NO_ANSWER = "no answer"
    SILENT = "silent"
    """112 does not answer."""
    NOT_JOINED = "not joined"
    """Answered without result: no voice arrived, or possibly no party on the line."""
    ANOTHER_ANSWERED = "another answered"
    HANDED_OVER = "handed over"
    GIVEN_UP = "given up"
    """The operator's leg ends: a vouched alert needs the operator, and no party was heard in this alert."""
    ANOTHER_LINE = "another line"
    """The party is called again at once on another line: counts neither as an end nor as a failure."""
    APART = "apart"
    """The operator's leg cannot be joined with the user's: called again like a lost leg."""
    TAKEN_BACK = "taken back"
    """The second call to 112 ends: the first call, on a lost node, has come back."""
    REPLACED = "replaced"
    """Replaced by the user's own call."""
    PREEMPTED = "preempted"
    """The leg of a test or a listener ends: a real alert needs the line."""
    PSAP_FIRST = "112 first"
    """The user's phone stops ringing where one line carries all calls: one party is called at a time."""
    MACHINE = "machine"
    DURESS = "duress"
    HUSHED = "to be silent"
    """The user's phone stops ringing because the alert was signalled again as silent."""
    OUTRANKED = "outranked"
    """A proved alert of this number calls the user now, and needs the phone free."""
    WITHDRAWN = "withdrawn"
    """The operator has withdrawn the call to 112."""
    CALLED_ELSEWHERE = "called elsewhere"
    """The operator has called 112 from another phone."""
    STOPPED = "stopped"
    """The listener has stopped."""
    LEFT = "left"
    FALSE_ALARM = "false alarm"
    CLOSED = "closed"
    OVER = "over"
    """No party is left to listen to."""
    NO_OPERATOR = "no operator"
    """A test has waited long enough for an operator."""
    PSAP_HUNG_UP = "112 has hung up"
    USER_HUNG_UP = "user has hung up"


class LeaveReason(StrEnum):
    """Reason in `operator.left`."""

    LEFT = "left"
    HANDED_OVER = "handed over"
    ANOTHER_LINE = "another line"
    LOST = "lost"
    GIVEN_UP = "given up"
    """Left for an alert that is vouched for. The case waits for an operator again."""
    NOT_NEEDED = "not needed"
    LINE_FAILED = "line failed"


WAITED_OUT: Final = frozenset({ReleaseReason.NO_ANSWER, ReleaseReason.SILENT, ReleaseReason.PSAP_FIRST})
"""Reasons to hang up an unanswered call. Operators are excluded: another operator is called."""
