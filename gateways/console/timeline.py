"""What happened in one alert, as the screen lists it: which events appear, and what of them.

Facts only; the words in the operator's language are the page's.
"""

from __future__ import annotations

from typing import Final

import msgspec

from messages import events as ev
from messages.ids import (
    Advice,
    Carried,
    Channel,
    ClaimKind,
    DataKind,
    Instant,
    LegId,
    LineId,
    OperatorId,
    Outcome,
    Party,
    PersonalKind,
    Proof,
)
from messages.journal import Recorded, Unreadable, event_type
from model.alert.case import Case

_POSITION: Final = "position.updated"
_ADDRESS: Final = "address.found"
_CLAIM: Final = "claim.added"
_WORDS: Final = (
    "note.added",
    "hand_over.requested",
    "dialogue.said",
    "claim.added",
    "briefing.filled",
    "leg.pressed",
    "data.refused",
    "contacts.texted",
    "outcome.corrected",
)
_PERSONAL: Final = {**dict.fromkeys(_WORDS, PersonalKind.WORDS), _ADDRESS: PersonalKind.POSITION}
"""Whose text is personal, and of which kind."""
LENGTH_MAX: Final = 300
"""Entries kept of one alert. The whole story stays in the journal."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the list. `what` is the event's type; the rest is there where it applies."""

    at_us: Instant
    what: str
    party: Party | None = None
    operator: OperatorId | None = None
    to: OperatorId | None = None
    """Of a hand over: to whom, where somebody was named."""
    line: LineId | None = None
    attempt: int = 1
    cause: int | None = None
    talked: bool = False
    """Of a leg that is gone: whether it had been answered."""
    reason: str = ""
    text: str = ""
    channel: Channel | None = None
    advice: Advice | None = None
    outcome: Outcome | None = None
    doubt: bool = False
    """Of an answer: the line's word alone does not prove it. Of a claim: no phone of the user's signed it."""
    duress: bool = False
    accuracy_m: float | None = None
    times: int = 1
    """How many of these in a row; positions of one source, which is their `text`, are counted, not listed. Of
    a signal and a claim: with those before it that were not kept."""


def add(
    entries: tuple[Entry, ...], recorded: Recorded, case: Case, most: int = LENGTH_MAX
) -> tuple[Entry, ...]:
    """The list with this event, `case` being after it; what tells an operator nothing adds nothing."""
    if isinstance(recorded.event, ev.AlertErased):
        gone = recorded.event.kinds
        entries = tuple(
            msgspec.structs.replace(one, text="") if _PERSONAL.get(one.what) in gone else one
            for one in entries
        )
    entry = _entry(recorded, case)
    if entry is None:
        return entries
    if entry.what == _ADDRESS:
        told = next((one for one in reversed(entries) if one.what == _ADDRESS), None)
        if told is not None and (told.text, told.reason) == (entry.text, entry.reason):
            return entries
    last = entries[-1] if entries else None
    if last is not None and entry.what == _POSITION == last.what and entry.text == last.text:
        return (*entries[:-1], msgspec.structs.replace(entry, times=last.times + 1))
    if len(entries) >= most:
        entries = (entries[0], *entries[2:])
    return (*entries, entry)


def _of_leg(case: Case, leg: LegId, entry: Entry) -> Entry | None:
    """The entry with what is known of the leg; none for a leg or an attempt that there is not."""
    found = case.legs.get(leg)
    if found is None or found.attempt != entry.attempt:
        return None
    return msgspec.structs.replace(entry, party=found.party, operator=found.operator, line=found.line)


def _inbound(case: Case, leg: LegId) -> str:
    """A reason of its own for a call that the user has made to the center."""
    found = case.legs.get(leg)
    return "inbound" if found is not None and found.call is not None else ""


def _entry(recorded: Recorded, case: Case) -> Entry | None:
    event, at = recorded.event, recorded.at_us
    what = event_type(event)
    match event:
        case Unreadable(kind=kind):
            return Entry(at_us=at, what=what, text=kind)
        case ev.AlertReceived(channel=channel, received_at=received_at):
            return Entry(at_us=received_at, what=what, channel=channel)
        case ev.AlertSignalAdded(alias=alias, silent=silent, proof=proof) if alias:
            kind = "silent" if silent else ClaimKind.SIGNAL
            doubt, times = proof is not Proof.DEVICE, 1 + event.skipped
            return Entry(at_us=at, what=_CLAIM, reason=kind, channel=event.channel, doubt=doubt, times=times)
        case ev.ClaimAdded(kind=kind, text=text, proof=proof):
            doubt, times = proof is not Proof.DEVICE, 1 + event.skipped
            return Entry(at_us=at, what=_CLAIM, reason=kind, text=text, doubt=doubt, times=times)
        case ev.AlertSignalAdded(channel=channel):
            return Entry(at_us=at, what=what, channel=channel, times=1 + event.skipped)
        case ev.AlertBeside(proof=proof):
            return Entry(at_us=at, what=what, text=proof)
        case ev.PositionUpdated(position=position):
            if position is None:
                return None
            return Entry(at_us=at, what=_POSITION, accuracy_m=position.accuracy_m, text=position.source)
        case ev.AddressFound(address=address):
            if address is None:
                return None
            text = f"{address.street} {address.number}".strip()
            return Entry(at_us=at, what=_ADDRESS, text=text, reason=address.nearness)
        case ev.AlertCancelled(duress=duress):
            return Entry(at_us=at, what=what, duress=duress)
        case ev.TextUnreadable(line=line):
            return Entry(at_us=at, what=what, line=line)
        case ev.PinRefused(none_set=none_set):
            return Entry(at_us=at, what=what, reason="none_set" if none_set else "")
        case ev.NoteAdded(by=by, text=text):
            return Entry(at_us=at, what=what, operator=by, text=text)
        case ev.DialogueSaid(by=by, text=text, channel=channel):
            return Entry(at_us=at, what=what, operator=by, text=text, channel=channel)
        case ev.DialogueTextsOrdered(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.DialogueCarried(became=became, failure=failure) if became is not Carried.SENT:
            return Entry(at_us=at, what=what, text=became, reason=failure or "")
        case ev.BriefingFilled(by=by, field=field, text=text):
            return Entry(at_us=at, what=what, operator=by, reason=field, text=text)
        case ev.AdviceChanged(advice=advice, reason=reason):
            return Entry(at_us=at, what=what, advice=advice, reason=reason)
        case ev.CommandRefused(by=by, reason=reason, command=command):
            return Entry(at_us=at, what=what, operator=by, reason=reason, text=command)
        case ev.CaseOpened():
            # The first tells an operator nothing; a later one, that the case was taken up again.
            return Entry(at_us=at, what=what) if case.restarts else None
        case ev.OperatorReserved(operator=operator) | ev.OperatorNotAnswering(operator=operator):
            return Entry(at_us=at, what=what, operator=operator)
        case ev.OperatorWanted(operator=operator, holder=holder):
            return Entry(
                at_us=at, what=what, operator=operator, reason="" if holder == case.alert else "asks"
            )
        case ev.AlertVouched(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.WhisperBegun(by=by) | ev.WhisperEnded(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.ListenerLeft(operator=operator, reason=reason):
            return Entry(at_us=at, what=what, operator=operator, reason=reason)
        case ev.OperatorJoined(operator=operator):
            return Entry(at_us=at, what=what, operator=operator)
        case ev.OperatorLeft(operator=operator, reason=reason):
            return Entry(at_us=at, what=what, operator=operator, reason=reason)
        case ev.LegOriginating(leg=leg, attempt=attempt):
            reason = "beside_lost" if case.legs[leg].beside_lost else _inbound(case, leg)
            return _of_leg(case, leg, Entry(at_us=at, what=what, attempt=attempt, reason=reason))
        case (
            ev.LegRinging(leg=leg, attempt=attempt)
            | ev.LegConfirmed(leg=leg, attempt=attempt)
            | ev.LegAdopted(leg=leg, attempt=attempt)
        ):
            return _of_leg(case, leg, Entry(at_us=at, what=what, attempt=attempt))
        case ev.LegAnswered(leg=leg, attempt=attempt, confirmed=confirmed):
            answered = Entry(
                at_us=at, what=what, attempt=attempt, doubt=not confirmed, reason=_inbound(case, leg)
            )
            return _of_leg(case, leg, answered)
        case ev.LegMuted(leg=leg, attempt=attempt) | ev.LegUnmuted(leg=leg, attempt=attempt):
            return _of_leg(case, leg, Entry(at_us=at, what=what, attempt=attempt))
        case ev.PageOpened(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.PageViewed(origin=origin):
            return Entry(at_us=at, what=what, text=origin)
        case ev.DataSent(target=target, version=version, kind=kind):
            # A first one, or the end: updates are what the screen shows by itself.
            news = kind is not DataKind.UPDATE or version == 1
            return Entry(at_us=at, what=what, reason=target, text=kind) if news else None
        case ev.DataReceived(target=target, version=version):
            given = case.data.get(target)
            news = given is not None and given.version == version and given.kind is not DataKind.UPDATE
            return Entry(at_us=at, what=what, reason=target) if news else None
        case ev.DataRefused(target=target, status=status, reason=reason):
            return Entry(at_us=at, what=what, reason=target, text=f"{status} {reason}".strip())
        case ev.VoicesWithheld(by=by) | ev.VoicesGiven(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.LegPressed(leg=leg, attempt=attempt, digit=digit):
            return _of_leg(case, leg, Entry(at_us=at, what=what, attempt=attempt, text=digit))
        case ev.LegDigit(leg=leg, attempt=attempt, digit=digit):
            return _of_leg(case, leg, Entry(at_us=at, what=what, attempt=attempt, text=digit))
        case (
            ev.LegSoundLost(leg=leg, attempt=attempt)
            | ev.LegSoundBack(leg=leg, attempt=attempt)
            | ev.LegUnheard(leg=leg, attempt=attempt)
            | ev.LegHeardAgain(leg=leg, attempt=attempt)
        ):
            return _of_leg(case, leg, Entry(at_us=at, what=what, attempt=attempt))
        case ev.AnotherLineRequested(by=by, party=party):
            return Entry(at_us=at, what=what, operator=by, party=party)
        case ev.LegReleased(leg=leg, attempt=attempt, cause=cause):
            ended = case.legs.get(leg)
            talked = ended is not None and ended.was_answered
            reason = "" if ended is None else ended.reason
            entry = Entry(at_us=at, what=what, attempt=attempt, cause=cause, talked=talked, reason=reason)
            return _of_leg(case, leg, entry)
        case ev.UserReached(by=by):
            return Entry(at_us=at, what=what, reason=by)
        case ev.DialWithheld(reason=reason) | ev.PsapLineLacking(reason=reason):
            return Entry(at_us=at, what=what, reason=reason)
        case ev.ConferenceBroken(party=party):
            return Entry(at_us=at, what=what, party=party)
        case ev.UserPresumedCallingPsap(reason=reason):
            return Entry(at_us=at, what=what, reason=reason)
        case ev.AnnouncementFailed(reason=unplayed):
            return Entry(at_us=at, what=what, reason=unplayed)
        case ev.AnnouncementRequested(by=by, what=told):
            return Entry(at_us=at, what=what, operator=by, reason=told)
        case ev.PsapRequested(by=by) | ev.PsapWithdrawn(by=by) | ev.PsapCalledElsewhere(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.ContactsTexted(texts=texts, names=names):
            return Entry(at_us=at, what=what, text=names) if texts else None
        case ev.MachineMarked(by=by) | ev.RedialRequested(by=by) | ev.CallAloudRequested(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.AlertReopened(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.FalseAlarmDeclared(by=by) | ev.BriefingGiven(by=by) | ev.LeaveRequested(by=by):
            return Entry(at_us=at, what=what, operator=by)
        case ev.HandOverRequested(by=by, to=to, text=text):
            return Entry(at_us=at, what=what, operator=by, to=to, text=text)
        case ev.HandOverEnded(reason=reason):
            return Entry(at_us=at, what=what, reason=reason)
        case ev.RecordingStarted(file=file):
            return Entry(at_us=at, what=what, text=file)
        case ev.RecordingStopped(reason=reason):
            return Entry(at_us=at, what=what, reason=reason)
        case ev.RecordingDeleted(file=file, reason=reason):
            return Entry(at_us=at, what=what, text=file, reason=reason)
        case ev.AlertHeld() | ev.AlertHoldEnded():
            return Entry(at_us=at, what=what)
        case ev.AlertErased(kinds=kinds, reason=reason):
            return Entry(at_us=at, what=what, reason=reason, text=" ".join(kinds))
        case ev.OutcomeCorrected(by=by, outcome=outcome, reason=why):
            return Entry(at_us=at, what=what, operator=by, outcome=outcome, text=why)
        case ev.AlertClosed(outcome=outcome):
            return Entry(at_us=at, what=what, outcome=outcome)
        case (
            ev.UserIdentified()
            | ev.UserUnknown()
            | ev.UserRang()
            | ev.RingingSeen()
            | ev.DeadlineMissed()
            | ev.PsapJoined()
        ):
            return Entry(at_us=at, what=what)
        case _:
            return None
