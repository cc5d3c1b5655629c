"""Course of an alert: decisions of its AlertCase, in `alert-ALERT`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Message
from messages.ids import E164, NodeId, OperatorCommand, OperatorId, Outcome, PersonalKind, UserId, WorkerId
from messages.rows import UNSAID, ListItem, Sentence, listing


class CaseOpened(Message, frozen=True, kw_only=True, tag="case.opened"):
    """An AlertCase has taken the alert; a previous owner loses the alert with this event."""

    sentence: ClassVar = Sentence(
        "the case is opened by {worker} on {node}",
        "il caso è aperto da {worker} su {node}",
    )
    listed: ClassVar = listing(ListItem("link", "", "The centre has taken the case up again"))

    node: NodeId
    worker: WorkerId
    incarnation: int


class InboxRead(Message, frozen=True, kw_only=True, tag="inbox.read"):
    """The inbox was acted upon, up to and including this version of the inbox."""

    sentence: ClassVar = UNSAID

    upto: int


class CommandRefused(Message, frozen=True, kw_only=True, tag="command.refused"):
    """A command reached the case after it had become invalid."""

    sentence: ClassVar = Sentence(
        "{by}'s {command} is refused: {reason:refusal}",
        "{by}, ordine respinto: {command} ({reason:refusal})",
    )
    listed: ClassVar = listing(
        ListItem("warn", "wait", "{op}: {refusal}"),
        operator="by",
        reason="reason",
        text="command",
    )

    command: OperatorCommand
    by: OperatorId
    reason: str


class UserIdentified(Message, frozen=True, kw_only=True, tag="user.identified"):
    """The user was identified."""

    sentence: ClassVar = Sentence("the user is known: {user}", "l’utente è noto: {user}")
    listed: ClassVar = listing(ListItem("user", "", "Identified: {name}"))

    user: UserId
    phone: Annotated[E164 | None, PersonalKind.NUMBER] = None
    """Number on which to call the user, if the alert came without one."""
    language: str = ""
    tells: bool = False
    """True if contacts are to be notified when 112 was called."""


class UserUnknown(Message, frozen=True, kw_only=True, tag="user.unknown"):
    """The registry knows no such user. The user gets full service."""

    sentence: ClassVar = Sentence("nobody in the registry fits", "nessuno nel registro ha questo numero")
    listed: ClassVar = listing(ListItem("user", "", "This number is not registered"))


class UserRang(Message, frozen=True, kw_only=True, tag="user.rang"):
    """The network has reported for the first time that the user's phone rings, which proves no person."""

    sentence: ClassVar = Sentence("the user's phone rings", "il telefono dell’utente squilla")
    listed: ClassVar = listing()

    meets_deadline: bool = True
    """True if ringing meets the deadline, by the settings of that moment."""


class UserReached(Message, frozen=True, kw_only=True, tag="user.reached"):
    """The callback has reached the user, by a confirmed answer or a declaration; the deadline is met."""

    sentence: ClassVar = Sentence(
        "THE USER IS REACHED ({by})",
        "L’UTENTE È RAGGIUNTO ({by:reached})",
    )
    listed: ClassVar = listing(
        ListItem("", "", "", {"reason": "answer"}),
        ListItem("done", "ok", "Reached: {reached}"),
        reason="by",
    )

    met_by: str
    """Value `answered`, `inbound` or `app`."""
    by: str
    """Source: `answer` (signalling), `app`, `voice`, `digit` (heard on the line), `operator`."""


class CallAloudRequested(Message, frozen=True, kw_only=True, tag="call_aloud.requested"):
    """The operator has ordered a call to the user of a silent alert, which the phone may make audible."""

    sentence: ClassVar = Sentence(
        "{by} wants the user of this silent alert called",
        "{by} fa chiamare l’utente di questo allarme silenzioso",
    )
    listed: ClassVar = listing(ListItem("phone", "wait", "{op}: call her all the same"), operator="by")

    by: OperatorId


class DialWithheld(Message, frozen=True, kw_only=True, tag="dial.withheld"):
    """The center does not dial the user's number automatically: an operator must order the call."""

    sentence: ClassVar = Sentence(
        "[{number}|(erased)] is not called without an operator's order: {reason}",
        "[{number}|(cancellato)] non si chiama senza l’ordine di un operatore: {reason}",
    )
    listed: ClassVar = listing(ListItem("warn", "wait", "Not called: {withheld}"), reason="reason")

    number: Annotated[E164 | None, PersonalKind.NUMBER] = None
    reason: str
    """Reason from the dial policy."""


class UserPresumedCallingPsap(Message, frozen=True, kw_only=True, tag="user.presumed_calling_112"):
    """The user's line is busy again, or the deadline has passed: the phone has probably dialled 112."""

    sentence: ClassVar = Sentence(
        "the user is probably calling 112 ({reason})",
        "l’utente sta probabilmente chiamando il 112 ({reason:reason})",
    )
    listed: ClassVar = listing(
        ListItem("warn", "wait", "Presumed to be calling 112"),
        reason="reason",
    )

    reason: str


class FalseAlarmDeclared(Message, frozen=True, kw_only=True, tag="false_alarm.declared"):
    """The operator has declared a false alarm, by the user's own statement."""

    sentence: ClassVar = Sentence("{by} declares a false alarm", "{by} dichiara un falso allarme")
    listed: ClassVar = listing(ListItem("check", "", "{op}: false alarm"), operator="by")

    by: OperatorId
    text: Annotated[str, PersonalKind.WORDS] = ""


class BriefingGiven(Message, frozen=True, kw_only=True, tag="briefing.given"):
    """The operator has briefed 112 completely."""

    sentence: ClassVar = Sentence("{by} has briefed 112", "{by} ha informato il 112")
    listed: ClassVar = listing(ListItem("check", "ok", "{op} has briefed 112"), operator="by")

    by: OperatorId


class LeaveRequested(Message, frozen=True, kw_only=True, tag="leave.requested"):
    """The operator leaves the conference."""

    sentence: ClassVar = Sentence("{by} leaves", "{by} lascia la conferenza")
    listed: ClassVar = listing(ListItem("headset", "", "{op} leaves"), operator="by")

    by: OperatorId
    handed_over: bool = True
    """True if user and 112 continue to talk; False if only 112 was briefed and all calls end."""


class CaseReturned(Message, frozen=True, kw_only=True, tag="case.returned"):
    """The AlertCase has returned the alert: a vouched alert needs the worker.

    No work had begun. The alert waits for a worker again.
    """

    sentence: ClassVar = Sentence(
        "waits for a worker again: an alert that is vouched for needs this one",
        "aspetta di nuovo: un allarme provato ha bisogno di chi lo serviva",
    )


class CloseRequested(Message, frozen=True, kw_only=True, tag="close.requested"):
    """The operator has closed a finished alert, or put away an alert that nothing vouches for."""

    sentence: ClassVar = Sentence("{by} closes the alert", "{by} chiude l’allarme")

    by: OperatorId
    put_away: bool = False


class AlertClosed(Message, frozen=True, kw_only=True, tag="alert.closed"):
    """The alert was closed; all its legs are released."""

    sentence: ClassVar = Sentence("closed: {outcome}", "chiuso: {outcome}")
    listed: ClassVar = listing(ListItem("check", "", "Closed: {outcome}"), outcome="outcome")

    outcome: Outcome
