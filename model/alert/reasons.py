"""Why the case hangs up, and why an operator's part in it ends. Journals hold the values: they are permanent.

Fields of events that hold them are text, since another version may write others: what is read there is
compared with these, and one that is none of them decides nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ReleaseReason(StrEnum):
    """Of `leg.releasing`."""

    NO_ANSWER = "no answer"
    SILENT = "silent"
    """No answer of 112's."""
    NOT_JOINED = "not joined"
    """It was answered and came to nothing: no voice from it, or perhaps nobody at its end."""
    ANOTHER_ANSWERED = "another answered"
    HANDED_OVER = "handed over"
    GIVEN_UP = "given up"
    """The operator's: an alert that is vouched for needs the operator, and nobody was heard in this one."""
    ANOTHER_LINE = "another line"
    """The party is called again at once, on another line: it counts neither as an end nor as a failure."""
    APART = "apart"
    """The operator's, which cannot be joined with the user's: called again as one that was lost."""
    TAKEN_BACK = "taken back"
    """The call to 112 that was made because the one before was on a lost node: that one has come back."""
    REPLACED = "replaced"
    """By the user's own call."""
    PREEMPTED = "preempted"
    """A test's or a listener's, whose line a real alert needs."""
    PSAP_FIRST = "112 first"
    """The user's phone stops ringing where one line carries all: it can call one of them at a time."""
    MACHINE = "machine"
    DURESS = "duress"
    HUSHED = "to be silent"
    """The user's phone stops ringing when the alert is signalled once more, as a silent one."""
    OUTRANKED = "outranked"
    """A proved alert of the same number calls the user now, and the phone is to be free for it."""
    WITHDRAWN = "withdrawn"
    """The operator has taken the call to 112 back."""
    CALLED_ELSEWHERE = "called elsewhere"
    """The operator has called 112 from another phone."""
    STOPPED = "stopped"
    """The listener has."""
    LEFT = "left"
    FALSE_ALARM = "false alarm"
    CLOSED = "closed"
    OVER = "over"
    """Nobody is left to be listened to."""
    NO_OPERATOR = "no operator"
    """A test has waited long enough for one."""
    PSAP_HUNG_UP = "112 has hung up"
    USER_HUNG_UP = "user has hung up"


class LeaveReason(StrEnum):
    """Of `operator.left`."""

    LEFT = "left"
    HANDED_OVER = "handed over"
    ANOTHER_LINE = "another line"
    LOST = "lost"
    GIVEN_UP = "given up"
    """To an alert that is vouched for. The case waits for an operator again."""
    NOT_NEEDED = "not needed"
    LINE_FAILED = "line failed"


WAITED_OUT: Final = frozenset({ReleaseReason.NO_ANSWER, ReleaseReason.SILENT, ReleaseReason.PSAP_FIRST})
"""Reasons to hang up on somebody who does not answer. An operator is another matter: another is called."""
