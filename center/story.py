"""Events in words, for the terminal. Names, times and numbers as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from gateways.refusals import sentence
from messages import events as ev
from messages.base import Address, HangupCause, Position
from messages.events import Event
from messages.ids import (
    SECOND,
    Advice,
    CalloutKind,
    Carried,
    Channel,
    ClaimKind,
    Nearness,
    Outcome,
    Party,
    Proof,
    Unplayed,
)
from messages.journal import AnyEvent, Unreadable
from messages.trials import PROOF
from model.alert.leg import place

_CAUSES: Final[dict[int, str]] = {
    HangupCause.UNALLOCATED: "no such number",
    HangupCause.NORMAL: "hung up",
    HangupCause.BUSY: "busy",
    HangupCause.NO_USER_RESPONDING: "no response",
    HangupCause.NO_ANSWER: "no answer",
    HangupCause.SUBSCRIBER_ABSENT: "phone off or out of reach",
    HangupCause.REJECTED: "rejected",
    HangupCause.DESTINATION_OUT_OF_ORDER: "destination out of order",
    HangupCause.INVALID_NUMBER: "invalid number",
    HangupCause.NORMAL_UNSPECIFIED: "ended, the network does not say why",
    HangupCause.NO_CIRCUIT: "no free circuit",
    HangupCause.NETWORK_OUT_OF_ORDER: "network out of order",
    HangupCause.TEMPORARY_FAILURE: "temporary failure",
    HangupCause.INTERWORKING: "interworking",
    HangupCause.LINE_LOST: "the line was lost",
    HangupCause.LINE_TAKEN: "the line carried another call",
    HangupCause.GUARDED: "refused by the dial guard",
    HangupCause.NODE_LOST: "its node was lost",
}
_OUTCOMES: Final[dict[Outcome, str]] = {
    Outcome.FALSE_ALARM: "false alarm",
    Outcome.HANDED_OVER: "handed over to 112",
    Outcome.BRIEFED: "112 was briefed",
    Outcome.USER_CALLED_112: "she called 112 herself",
    Outcome.CANCELLED: "cancelled",
    Outcome.TEST_DONE: "test done",
    Outcome.NO_CONTACT: "no contact",
    Outcome.PUT_AWAY: "put away: nobody was heard, and nothing proved it",
}
_PARTIES: Final[dict[Party, str]] = {
    Party.OPERATOR: "the operator",
    Party.USER: "the user",
    Party.PSAP: "112",
    Party.LISTENER: "a listener",
}

_SAYING: Final[dict[Channel, str]] = {
    Channel.DATA: "writes",
    Channel.SMS: "writes by SMS",
    Channel.VOICE: "asks on the line",
}
_CLAIMS: Final[dict[ClaimKind, str]] = {
    ClaimKind.SIGNAL: "an alert",
    ClaimKind.POSITION: "position",
    ClaimKind.WORDS: "writes:",
    ClaimKind.RINGS: "the phone rings",
    ClaimKind.CANCELS: "asks to cancel; no PIN was looked at",
}
_CARRIED: Final[dict[Carried, str]] = {
    Carried.SENT: "the network has taken it",
    Carried.FAILED: "given up",
    Carried.WAITS: "the phone cannot be reached now, the network goes on trying",
    Carried.DELIVERED: "the phone has it",
    Carried.UNDELIVERED: "the network could not deliver it",
}
_ROLES: Final = {"op": "the operator", "user": "the user", "psap": "112"}
_CLIPS: Final = {
    "whisper": "the user's name",
    "hand_over": "who hands over, and whose alert it is",
    "recorded": "that the call is recorded",
    "cannot_speak": "that the user cannot speak",
    "psap_again": "that it is the alert of the call before",
    "question": "a question",
}
_UNPLAYED: Final[dict[Unplayed, str]] = {
    Unplayed.NO_SOUND: "nothing here can speak it",
    Unplayed.CUT_OFF: "it was cut off",
}


def _since(event: ev.AlertReceived | ev.AlertSignalAdded) -> str:
    """By which key it was signed, and since when that is enrolled."""
    if event.key_enrolled_at is None:
        return ""
    return f" {event.key}, enrolled {datetime.fromtimestamp(event.key_enrolled_at / SECOND, UTC):%Y-%m-%d}"


def _more(skipped: int) -> str:
    return f", and {skipped} more signals before it that were not kept" if skipped else ""


def _clip(clip: str) -> str:
    """What was played, by its id: the announcement, and how often it was asked for."""
    return _CLIPS.get(clip.partition(":")[0], f"the announcement {clip}")


def cause_in_words(cause: int) -> str:
    """A cause of Q.850, or one of the center's own, as a few words."""
    return _CAUSES.get(cause, f"cause {cause}")


def in_words(event: AnyEvent) -> str | None:
    """What happened, as one sentence without its end; none for what only the machinery needs to know."""
    match event:
        case ev.InboxRead() | ev.NumberRaised() | ev.SignalNamed() | ev.PageNamed() | ev.TextReferenced():
            return None
        case Unreadable():
            return f"{event.kind} CANNOT BE READ: {event.fault}"
        case _ if (text := _inbox(event)) or (text := _legs(event)) or (text := _operators(event)):
            return text
        case _:
            return _rest(event)


def _inbox(event: Event) -> str:
    match event:
        case ev.AlertReceived():
            who = event.phone or (f"device {event.device}" if event.device else "(erased)")
            if event.check is not None:
                return f"CHECK of the {event.check} received by {event.channel}"
            kind = "TEST alert" if event.test else "silent alert" if event.silent else "alert"
            where = f", {_position(event.position)}" if event.position else ""
            doubt = f", not proved by its signature ({event.doubt})" if event.doubt else ""
            proved = f", proved by its phone{_since(event)}" if event.key else doubt
            return f"{kind} received by {event.channel} from {who}{where}{proved}"
        case ev.AlertSignalAdded():
            who = event.phone or f"device {event.device}"
            if event.alias:
                silent = ", asking for silence" if event.silent else ""
                silent += _more(event.skipped)
                where = f", {_position(event.position)}" if event.position else ""
                proved = f"another phone of the user's{_since(event)}" if event.key else "not proved"
                return (
                    f"ANOTHER SENDER ({proved}) raises an alert by {event.channel} from {who}{silent}{where}"
                )
            return f"signalled again by {event.channel} from {who}{_more(event.skipped)}"
        case ev.ClaimAdded():
            proved = "another phone of the user's" if event.proof is Proof.DEVICE else "not proved"
            said = _position(event.position) if event.position else event.text
            return f"another sender ({proved}): {_CLAIMS[event.kind]} {said}".rstrip() + _more(event.skipped)
        case ev.AlertBeside():
            return f"another alert of the number is open, {event.alert}, proved by: {event.proof}"
        case ev.PositionUpdated():
            return f"position {_position(event.position)}" if event.position else "position (erased)"
        case ev.AddressFound():
            return f"the address of the position: {_address(event.address)}"
        case ev.TextUnreadable():
            sender = event.sender or "a sender that cannot be read"
            return (
                f"a SHORT MESSAGE on {event.line} from {sender} cannot be read ({event.reason}); "
                f"it came as {event.raw or '(erased)'}"
            )
        case ev.PinRefused(none_set=True):
            return "asked to cancel; no PIN is set, so this proves nothing"
        case ev.PinRefused():
            return "a WRONG PIN was typed to cancel the alert"
        case ev.RingingSeen():
            return "the app sees the phone ring"
        case ev.AlertCancelled():
            return "cancelled with the DURESS PIN" if event.duress else "cancelled by the app"
        case ev.CommandGiven():
            to = f" to {event.to}" if event.to else ""
            return f"{event.by} orders {event.command}{to}" + (f": {event.text}" if event.text else "")
        case ev.NoteAdded():
            return f"{event.by} notes: {event.text}"
        case ev.DialogueSaid():
            verb = _SAYING[event.channel]
            if event.spoken is not None:
                verb = "has asked" + (" softly" if event.spoken.softly else "") + ", by the center's voice"
            return f"{event.by or 'the user'} {verb}: {event.text}" + (" (yes or no?)" if event.asks else "")
        case ev.DialogueSeen():
            verb = "read" if event.read else "received"
            return f"{event.by or 'the user'} has {verb} the messages up to {event.upto}"
        case ev.DialogueTextsOrdered():
            return f"{event.by} lets messages go by SMS, though the user's phone sounds"
        case ev.DialogueCarried():
            why = f" ({event.failure})" if event.failure else ""
            return f"message {event.number} by SMS: {_CARRIED[event.became]}{why}"
        case ev.BriefingFilled():
            return f"{event.by or 'the user'} says, {event.field}: {event.text or '(nothing any more)'}"
        case ev.PageOpened():
            return f"{event.by} opens a page for 112"
        case ev.PageViewed():
            return f"112's page is looked at from {event.origin}"
        case ev.DataSent():
            return f"{event.kind} {event.version} of its data is sent to {event.target}"
        case ev.DataReceived():
            return f"{event.target} has received {event.version} of its data ({event.receipt or 'erased'})"
        case ev.DataRefused():
            status = f" with {event.status}" if event.status else ""
            said = f": {event.reason}" if event.reason else ""
            return f"{event.target} REFUSES {event.version} of its data{status}{said}"
        case ev.RecordingDeleted():
            return f"the recording {event.file} is deleted ({event.reason})"
        case ev.AlertHeld():
            return f"{event.by} keeps it from being forgotten: {event.reason}"
        case ev.AlertHoldEnded():
            return f"{event.by} lets it be forgotten when its time is over"
        case ev.AlertErased():
            kinds = ", ".join(event.kinds)
            return f"ERASED: {kinds} ({event.reason})" + (f" by {event.by}" if event.by else "")
        case ev.DeadlineMissed():
            return "DEADLINE MISSED: the user was not reached"
        case ev.AdviceChanged():
            what = "call 112 now" if event.advice is Advice.CALL_112_NOW else "wait"
            return f"the app is told: {what}" + (f" ({event.reason})" if event.reason else "")
        case _:
            return ""


def _legs(event: Event) -> str:
    match event:
        case ev.LegOriginating():
            again = f", attempt {event.attempt}" if event.attempt > 1 else ""
            if event.call is not None:
                return f"{_PARTIES[event.party]} has called line {event.line}: taking the call"
            who = _PARTIES[event.party]
            if event.operator is not None:
                # By this name of her place the story tells when she joins and leaves: who speaks on a track.
                who = f"{who} {event.operator} ({place(event.leg)})"
            at = f" at {event.number}" if event.number else ""  # a voice of an operator's own has none
            return f"calling {who}{at} on line {event.line}{again}"
        case ev.LegRinging():
            return f"{place(event.leg)} is ringing"
        case ev.LegAnswered():
            return f"{place(event.leg)} has answered" + ("" if event.confirmed else ", not confirmed")
        case ev.LegConfirmed():
            return f"{place(event.leg)} is really there ({event.by})"
        case ev.LegVoiceReady():
            return f"the voice of {place(event.leg)} is there"
        case ev.LegReleasing():
            return f"hanging up {place(event.leg)}" + (f" ({event.reason})" if event.reason else "")
        case ev.LegReleased():
            return f"{place(event.leg)} is released: {cause_in_words(event.cause)}"
        case ev.LegAdopted():
            return f"the call of {place(event.leg)} was taken over"
        case ev.LegMuted():
            return f"{place(event.leg)} is muted"
        case ev.VoicesWithheld():
            return f"{event.by} has the user hear nobody"
        case ev.VoicesGiven():
            return f"{event.by} has the user hear the others"
        case ev.LegDigit():
            return f"{event.by} sends {event.digit} to {place(event.leg)}"
        case ev.LegPressed():
            return f"{place(event.leg)} presses {event.digit}"
        case ev.LegUnmuted():
            return f"{place(event.leg)} is heard again"
        case ev.LegUnheard():
            return f"the modem of {place(event.leg)} does not answer: how its call stands is not known"
        case ev.LegHeardAgain():
            return f"the modem of {place(event.leg)} answers again"
        case ev.LegSoundLost():
            return f"NO SOUND from {place(event.leg)} on line {event.line}"
        case ev.LegSoundBack():
            return f"sound again from {place(event.leg)}"
        case ev.AnnouncementPlayed():
            return (
                f"{_ROLES.get(place(event.leg).rstrip('0123456789'), 'somebody')} heard {_clip(event.clip)}"
            )
        case ev.AnnouncementBegun():
            return f"{_clip(event.clip)} begins to be heard"
        case ev.AnnouncementFailed():
            return f"{_clip(event.clip)} was not heard to its end: {_UNPLAYED[event.reason]}"
        case ev.BridgeJoined():
            return f"joined: {', '.join(place(leg) for leg in event.legs)}"
        case ev.CheckHeard():
            return f"a voice was heard from {place(event.leg)}"
        case ev.BridgeLeft():
            return f"left the conference: {', '.join(place(leg) for leg in event.legs)}"
        case _:
            return ""


def _operators(event: Event) -> str:
    match event:
        case ev.OperatorReserved():
            return f"operator {event.operator} is reserved"
        case ev.OperatorNotAnswering():
            return f"operator {event.operator} does not answer"
        case ev.OperatorWanted():
            return f"alert {event.alert} asks alert {event.holder} for operator {event.operator}"
        case ev.AlertVouched():
            return f"{event.by} says that the alert is real"
        case ev.OperatorJoined():
            return f"operator {event.operator} has the case"
        case ev.OperatorLeft():
            return f"operator {event.operator} is free again" + (f" ({event.reason})" if event.reason else "")
        case ev.TakeRequested():
            return f"{event.by} takes the case herself"
        case ev.ListenRequested():
            return f"{event.by} wants to listen in"
        case ev.WhisperBegun():
            return f"{event.by} speaks to the operator alone"
        case ev.WhisperEnded():
            return f"{event.by} is heard by nobody again"
        case ev.ListenerLeft():
            return f"{event.operator} listens no more" + (f" ({event.reason})" if event.reason else "")
        case ev.AnnouncementRequested():
            return f"{event.by} has 112 told: {event.what}"
        case ev.HandOverRequested():
            return f"{event.by} hands the case over" + (f" to {event.to}" if event.to else "")
        case ev.HandOverEnded():
            return f"nobody takes the case over ({event.reason})"
        case ev.MachineMarked():
            return f"{event.by} hears a machine"
        case ev.RedialRequested():
            return f"{event.by} wants the user called again"
        case ev.FalseAlarmDeclared():
            return f"{event.by} declares a false alarm"
        case ev.BriefingGiven():
            return f"{event.by} has briefed 112"
        case ev.LeaveRequested():
            return f"{event.by} leaves"
        case ev.AnotherLineRequested():
            return f"{event.by} wants {_PARTIES[event.party]} called again on another line"
        case ev.CloseRequested():
            return f"{event.by} closes the alert"
        case ev.AlertReopened():
            return f"{event.by} reopens the alert" + (", and 112 is to be called again" if event.psap else "")
        case ev.OutcomeCorrected():
            why = event.reason or "(erased)"
            return f"{event.by} corrects the outcome to {_OUTCOMES[event.outcome]}: {why}"
        case ev.CallReviewed():
            return f"{event.by} has reviewed how {event.operator} handled the call"
        case ev.CallAloudRequested():
            return f"{event.by} wants the user of this silent alert called"
        case ev.PsapCalledElsewhere():
            return f"{event.by} has called 112 from another phone, and briefed it"
        case ev.ContactsTexted(names=names):
            told = f"short messages to {names or '(erased)'}: 112 was called"
            return told if event.texts else "of the contacts nobody is to be told any more"
        case ev.PsapWithdrawn():
            return f"{event.by} takes the call to 112 back"
        case ev.CommandRefused():
            return f"{event.by}'s {event.command} is refused: {sentence(event.reason)}"
        case ev.PsapRequested():
            return f"112 is to be called at {event.number}" + (f", says {event.by}" if event.by else "")
        case ev.WrapUpEnded():
            return f"operator {event.operator} is ready before her wrap-up is over"
        case ev.ShiftChanged():
            return f"operator {event.operator} is {event.state}" + (
                f" ({event.reason})" if event.reason else ""
            )
        case _:
            return ""


def _rest(event: Event) -> str:
    match event:
        case ev.CaseReturned():
            return "waits for a crew again: an alert that is vouched for needs this one"
        case ev.CaseOpened():
            return f"the case is opened by {event.crew} on {event.node}"
        case ev.UserIdentified():
            return f"the user is known: {event.user}"
        case ev.UserUnknown():
            return "nobody in the registry fits"
        case ev.UserRang():
            return "the user's phone rings"
        case ev.UserReached():
            return f"THE USER IS REACHED ({event.by or event.met_by})"
        case ev.DialWithheld():
            return f"{event.number} is not called without an operator's order: {event.reason}"
        case ev.PsapLineLacking():
            return f"NO LINE CAN CARRY THE CALL TO 112: {event.reason}"
        case ev.ConferenceBroken():
            return f"the call of {_PARTIES[event.party]} ended soon after the operator had left"
        case ev.ConferenceSettled():
            return "the user and 112 go on talking, and no operator is looked for any more"
        case ev.UserPresumedCallingPsap():
            return f"the user is probably calling 112 ({event.reason})"
        case ev.RecordingStarted():
            return f"recorded in {event.file}"
        case ev.RecordingStopped():
            return f"NOT RECORDED any more: {event.reason}"
        case ev.PsapJoined():
            return "112 is in the conference"
        case ev.AlertClosed():
            return f"closed: {_OUTCOMES[event.outcome]}"
        case ev.LineSeized(operator=str(operator)):
            return (
                f"line {event.line} is nailed up for {operator}"
                if event.leg
                else f"line {event.line} is free"
            )
        case ev.LineSeized(tester=str(tester)):
            who = "the nightly proof" if tester == PROOF else tester
            return f"{who} tries line {event.line}" if event.leg else f"line {event.line} is free"
        case ev.LineSeized(callout=str()):
            return (
                f"somebody on duty is called on line {event.line}"
                if event.leg
                else f"line {event.line} is free"
            )
        case ev.LineSeized():
            return f"line {event.line} is seized for {place(event.leg)}"
        case ev.LineQuarantined():
            return f"line {event.line} is quarantined: {event.reason}"
        case ev.LineReturned():
            return f"line {event.line} is back"
        case ev.LineTakenOut():
            return f"{event.by} takes line {event.line} out of service: {event.reason}"
        case ev.LinePutBack():
            return f"{event.by} puts line {event.line} back into service"
        case ev.DialogueTexted():
            return f"message {event.number} is to go by SMS"
        case ev.TextAsked():
            return f"a short message ({event.purpose}) is to be sent"
        case ev.TextSending():
            return f"line {event.line} sends the short message"
        case ev.TextSent():
            return "the network has taken the short message"
        case ev.TextReported():
            part = f"part {event.part + 1} of the short message"
            return f"the network reports on {part}: status {event.status:#04x}"
        case ev.TextCame():
            return f"the short message has arrived on line {event.line}"
        case ev.TextFailed():
            return f"the short message is given up: {event.cause}" + (
                f" ({event.text})" if event.text else ""
            )
        case ev.NodeStarted():
            return f"the node has started (process {event.pid})"
        case ev.NodeStopped():
            return "the node has stopped"
        case ev.NodeOrdered():
            return f"{event.by} has ordered the node to {event.order}"
        case ev.NodeOrderEnded():
            return f"{event.by} has taken the node's order back"
        case ev.ActorStarted():
            why = f": {event.cause}" if event.cause else ""
            return f"{' '.join((event.role, event.key)).strip()} was started again{why}"
        case ev.AlarmRaised():
            return f"ALARM {event.alarm} {event.subject}: {event.text}"
        case ev.AlarmCleared():
            return f"alarm over: {event.alarm} {event.subject}"
        case ev.AlarmSeen():
            return f"{event.by} has seen the alarm {event.alarm} {event.subject}"
        case ev.AlarmsSummed(alarms=alarms):
            return f"alarms of the node, summed up: {len(alarms)}"
        case ev.AlarmShelved():
            what = " ".join(filter(None, (event.alarm, event.subject, event.node)))
            return f"{event.by} keeps alarms quiet: {what} ({event.reason})"
        case ev.AlarmUnshelved():
            what = " ".join(filter(None, (event.alarm, event.subject, event.node)))
            return f"{event.by} lets alarms be heard again: {what}"
        case ev.ProofOrdered():
            return f"{event.by} wants the {'proof ended' if event.stop else 'center proved'}"
        case ev.ProofBegun():
            return f"a proof of {len(event.steps)} steps begins" + (f" for {event.by}" if event.by else "")
        case ev.ProofStepBegun():
            return " ".join(filter(None, ("the proof tries", event.step, event.subject)))
        case ev.ProofStepEnded():
            what = " ".join(filter(None, (event.step, event.subject)))
            return f"proof of {what}: {event.result}" + (f" ({event.why})" if event.why else "")
        case ev.ProofEnded():
            return f"the proof is over: {event.why}"
        case ev.CalloutOpened(kind=CalloutKind.TEST):
            return f"{event.by} has {event.person} called for a test"
        case ev.CalloutOpened():
            told = "are to be told in the morning" if event.kind is CalloutKind.MORNING else "are called"
            return f"people on duty {told} because of {_alarms(event.alarms)}"
        case ev.CalloutJoined():
            return f"who is called is told of {_alarms(event.alarms)}, too"
        case ev.CalloutTried():
            return f"{event.person} is told by {event.way}" + (f" on line {event.line}" if event.line else "")
        case ev.CalloutAnswered():
            return f"try {event.attempt} is answered"
        case ev.CalloutTold():
            return f"what was written in try {event.attempt} has left"
        case ev.CalloutFailed():
            return f"try {event.attempt} has come to nothing: {event.why}"
        case ev.CalloutTaken():
            return f"{event.person or event.operator} has taken it"
        case ev.CalloutEnded():
            return f"nobody is called any more: {event.why}"
        case ev.PersonalDataChanged():
            return f"{event.by} changed personal data: {event.what}"
        case ev.PersonalDataRead():
            return f"{event.by} read personal data: {event.why}"
        case _:
            return type(event).__name__


def _alarms(alarms: Sequence[ev.CalloutAlarm]) -> str:
    return ", ".join(f"{one.alarm} {one.subject}".strip() for one in alarms) or "nothing"


def _address(address: Address | None) -> str:
    if address is None:
        return "(erased)"
    match address.nearness:
        case Nearness.NUMBER:
            named = f"{address.street} {address.number}"
        case Nearness.STREET:
            named = f"{address.street}, number not certain"
        case Nearness.NEAR:
            named = f"near {address.street}"
    return f"{named}{address.town and f', {address.town}'} ({address.distance_m} m away)"


def _position(position: Position) -> str:
    accuracy = f" ±{position.accuracy_m:.0f} m" if position.accuracy_m is not None else ""
    return f"{position.lat:.5f} {position.lon:.5f}{accuracy}"
