"""How an alert goes, in `alert-ALERT`: what its AlertCase decided."""

from __future__ import annotations

from messages.base import Message
from messages.ids import E164, CrewId, NodeId, OperatorCommand, OperatorId, Outcome, UserId


class CaseOpened(Message, frozen=True, kw_only=True, tag="case.opened"):
    """An AlertCase has taken the alert; whoever opened it before has lost it with this event."""

    node: NodeId
    crew: CrewId
    incarnation: int


class InboxRead(Message, frozen=True, kw_only=True, tag="inbox.read"):
    """The inbox has been acted upon up to and including this version of it."""

    upto: int


class CommandRefused(Message, frozen=True, kw_only=True, tag="command.refused"):
    """A command came to the case when it no longer allowed it."""

    command: OperatorCommand
    by: OperatorId
    reason: str


class UserIdentified(Message, frozen=True, kw_only=True, tag="user.identified"):
    """The person is known (S3)."""

    user: UserId
    phone: E164 | None = None
    """The number to call the user on, where the alert came without one."""
    language: str = ""
    tells: bool = False
    """Whether somebody is to be told when 112 was called."""


class UserUnknown(Message, frozen=True, kw_only=True, tag="user.unknown"):
    """Nobody in the registry fits. Full service all the same."""


class UserRang(Message, frozen=True, kw_only=True, tag="user.rang"):
    """The network has said for the first time that the user's phone rings; that is no proof of a person."""

    meets_deadline: bool = True
    """Whether that meets the deadline (S11), by the policy of the moment."""


class UserReached(Message, frozen=True, kw_only=True, tag="user.reached"):
    """The callback has reached the user: a proved answer, or somebody's word; it meets the deadline (S11)."""

    met_by: str
    """`answered` or `inbound`; `ringing` stands in older journals for what is `user.rang` now."""
    by: str = ""
    """Who says so: `answer` (signalling), `app`, `voice`, `digit` (heard on the line), `operator`; empty in
    older journals."""


class CallAloudRequested(Message, frozen=True, kw_only=True, tag="call_aloud.requested"):
    """The operator wants the user of a silent alert called, which the phone may let be heard."""

    by: OperatorId


class DialWithheld(Message, frozen=True, kw_only=True, tag="dial.withheld"):
    """The center does not call the user's number by itself: an operator has to want it."""

    number: E164 | None = None
    reason: str
    """Of the dial policy."""


class UserPresumedCallingPsap(Message, frozen=True, kw_only=True, tag="user.presumed_calling_112"):
    """The user's line is busy again, or the deadline has passed: the phone has probably dialled 112."""

    reason: str


class FalseAlarmDeclared(Message, frozen=True, kw_only=True, tag="false_alarm.declared"):
    """The operator has heard from the user that it was a mistake (S7)."""

    by: OperatorId
    text: str = ""


class BriefingGiven(Message, frozen=True, kw_only=True, tag="briefing.given"):
    """The operator has told 112 everything known (S10)."""

    by: OperatorId


class LeaveRequested(Message, frozen=True, kw_only=True, tag="leave.requested"):
    """The operator leaves the conference (S9)."""

    by: OperatorId
    handed_over: bool = True
    """User and 112 go on talking; False where 112 alone was briefed and everything ends (S10)."""


class CaseReturned(Message, frozen=True, kw_only=True, tag="case.returned"):
    """The AlertCase that had the alert has it no longer: an alert that is vouched for needs the crew.

    Nothing had begun. The alert waits for a crew again.
    """


class CloseRequested(Message, frozen=True, kw_only=True, tag="close.requested"):
    """The operator closes what is over, or puts away what nothing speaks for."""

    by: OperatorId
    put_away: bool = False


class AlertClosed(Message, frozen=True, kw_only=True, tag="alert.closed"):
    """Nothing more is done for this alert; all its legs are released."""

    outcome: Outcome
