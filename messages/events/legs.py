"""Calls of an alert, in `alert-ALERT`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from messages.base import Joins, Message, VoicePort
from messages.ids import E164, Instant, LegId, LineId, OperatorId, Party, PersonalKind, TrunkId
from messages.rows import ListItem, Sentence, listing


class LegOriginating(Message, frozen=True, kw_only=True, tag="leg.originating"):
    """A party is being called; the event has all data to find the call again after a crash."""

    sentence: ClassVar = Sentence(
        "[{?call}{party} has called line {line}: taking the call"
        "|calling {party}[ {operator} ({leg})][ at {number}] on line {line}[, attempt {attempt:again}]]",
        "[{?call}{party} ha chiamato la linea {line}: si risponde"
        "|chiamata: {party}[ {operator} ({leg})][, {line:own}"
        "|[ al {number}] sulla linea {line}][, {attempt:again}º tentativo]]",
    )
    listed: ClassVar = listing(
        ListItem("phone", "", "Calling {op}, to listen{line}", {"party": "listener"}),
        ListItem(
            "112",
            "wait",
            "{psap} called twice: the first call may still be up{line}{again}",
            {"reason": "beside_lost"},
        ),
        ListItem("phone", "", "{User} calls us{line}", {"reason": "inbound"}),
        ListItem("112", "", "{psap} called{line}{again}", {"party": "psap"}),
        ListItem("phone", "", "Calling {who}{line}{again}"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    party: Party
    number: Annotated[E164 | None, PersonalKind.NUMBER] = None
    line: LineId
    attempt: int
    trunk: TrunkId | None = None
    operator: OperatorId | None = None
    emergency: bool = False
    call: int | None = None
    """The modem's number of an inbound call that becomes this leg when answered."""
    joins: Joins = Joins.HOST
    """Method by which the line joins its calls."""


class LegRinging(Message, frozen=True, kw_only=True, tag="leg.ringing"):
    """The party's phone is ringing."""

    sentence: ClassVar = Sentence("{leg} is ringing", "{leg}: squilla")
    listed: ClassVar = listing(
        ListItem("ring", "", "112 rings{again}", {"party": "psap"}),
        ListItem("ring", "", "{who}: the call is in the headset", {"own": "headset"}),
        ListItem("ring", "", "{who}: on the call of the shift", {"own": "nailed_up"}),
        ListItem("ring", "ok", "{Who}’s phone rings{again}", {"party": "user"}),
        ListItem("ring", "", "{Who}’s phone rings{again}"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int


class LegAnswered(Message, frozen=True, kw_only=True, tag="leg.answered"):
    """The party, or the party's answering machine, has answered."""

    sentence: ClassVar = Sentence(
        "{leg} has answered[{?confirmed}|, not confirmed]",
        "{leg}: risponde[{?confirmed}|, non è certo]",
    )
    listed: ClassVar = listing(
        ListItem("headset", "wait", "{op} is listening", {"party": "listener"}),
        ListItem("ring", "", "{Who} may have answered", {"doubt": True}),
        ListItem("voice", "ok", "The call of {user} is answered", {"reason": "inbound"}),
        ListItem("112", "ok", "{Who} answers", {"party": "psap"}),
        ListItem("voice", "ok", "{Who} answers"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int
    voice: VoicePort | None = None
    confirmed: bool = True
    """False if signalling alone does not prove that a person answered."""
    joins: Joins = Joins.HOST
    """Method by which the line joins its calls, as its modem reports."""


class LegConfirmed(Message, frozen=True, kw_only=True, tag="leg.confirmed"):
    """An answer without proof (`leg.answered`, `confirmed` false) was proved: a person is on the line."""

    sentence: ClassVar = Sentence("{leg} is really there ({by})", "{leg}: è davvero in linea ({by:reached})")
    listed: ClassVar = listing(
        ListItem("112", "ok", "{Who} is on the line", {"party": "psap"}),
        ListItem("voice", "ok", "{Who} is on the line"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int
    by: str
    """Proof: `voice` or `digit`, heard on the line; `word`, an operator's statement or an order that implies
    it; `network`, which joined the call with another, as only answered calls are.
    """


class LegVoiceReady(Message, frozen=True, kw_only=True, tag="leg.voice_ready"):
    """The voice port of an answered leg is known; written if it was unknown at the answer."""

    sentence: ClassVar = Sentence("the voice of {leg} is there", "{leg}: la voce c’è")

    leg: LegId
    attempt: int
    voice: VoicePort


class LegReleasing(Message, frozen=True, kw_only=True, tag="leg.releasing"):
    """The case has ordered the hang-up."""

    sentence: ClassVar = Sentence("hanging up {leg}[ ({reason})]", "{leg}: si riaggancia[ ({reason:reason})]")

    leg: LegId
    attempt: int
    reason: str = ""


class LegReleased(Message, frozen=True, kw_only=True, tag="leg.released"):
    """The leg's call has ended, by either side."""

    sentence: ClassVar = Sentence("{leg} is released: {cause:cause}", "{leg}: chiamata finita, {cause:cause}")
    listed: ClassVar = listing(leg="leg", attempt="attempt", cause="cause")

    leg: LegId
    attempt: int
    cause: int
    """Cause by ITU-T Q.850; above 127 see HangupCause."""


class LegAdopted(Message, frozen=True, kw_only=True, tag="leg.adopted"):
    """A call that a modem held through a restart was taken over without a new dialling."""

    sentence: ClassVar = Sentence("the call of {leg} was taken over", "{leg}: la chiamata è stata ripresa")
    listed: ClassVar = listing(
        ListItem("link", "", "{Who}’s call was taken over"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int


class LegMuted(Message, frozen=True, kw_only=True, tag="leg.muted"):
    """The operator hears and is not heard, until `leg.unmuted` or the end of this attempt."""

    sentence: ClassVar = Sentence("{leg} is muted", "{leg}: microfono spento")
    listed: ClassVar = listing(ListItem("mute", "wait", "{who} is muted"), leg="leg", attempt="attempt")

    leg: LegId
    attempt: int
    by: OperatorId


class LegUnmuted(Message, frozen=True, kw_only=True, tag="leg.unmuted"):
    """The operator is heard again."""

    sentence: ClassVar = Sentence("{leg} is heard again", "{leg}: si sente di nuovo")
    listed: ClassVar = listing(ListItem("voice", "", "{who} is heard again"), leg="leg", attempt="attempt")

    leg: LegId
    attempt: int
    by: OperatorId


class LegDigit(Message, frozen=True, kw_only=True, tag="leg.digit"):
    """The operator has pressed a key for this party's voice menu: one DTMF digit goes into the call."""

    sentence: ClassVar = Sentence("{by} sends {digit} to {leg}", "{by} manda il tasto {digit} a {leg}")
    listed: ClassVar = listing(
        ListItem("phone", "", "Key {text} to {who}"),
        leg="leg",
        attempt="attempt",
        text="digit",
    )

    leg: LegId
    attempt: int
    digit: str
    by: OperatorId


class LegPressed(Message, frozen=True, kw_only=True, tag="leg.pressed"):
    """The party has pressed a key of the phone: a DTMF digit was heard."""

    sentence: ClassVar = Sentence("{leg} presses {digit}", "{leg}: preme {digit}")
    listed: ClassVar = listing(
        ListItem("voice", "ok", "{who} presses {text}"),
        leg="leg",
        attempt="attempt",
        text="digit",
    )

    leg: LegId
    attempt: int
    digit: Annotated[str, PersonalKind.WORDS] = ""
    pressed_at: Instant


class LegUnheard(Message, frozen=True, kw_only=True, tag="leg.unheard"):
    """The modem that joins the party in the network does not answer: the state of the call is unknown.

    Written once, until `leg.heard_again` or the end of this attempt.
    """

    sentence: ClassVar = Sentence(
        "the modem of {leg} does not answer: how its call stands is not known",
        "{leg}: il modem non risponde, lo stato della chiamata non è noto",
    )
    listed: ClassVar = listing(
        ListItem(
            "hush", "wait", "The modem does not answer{line}: whether {who} is still on the line is not known"
        ),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int


class LegHeardAgain(Message, frozen=True, kw_only=True, tag="leg.heard_again"):
    """The modem answers again, and the call is unchanged."""

    sentence: ClassVar = Sentence("the modem of {leg} answers again", "{leg}: il modem risponde di nuovo")
    listed: ClassVar = listing(
        ListItem("voice", "", "The modem answers again{line}"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int


class LegSoundLost(Message, frozen=True, kw_only=True, tag="leg.sound_lost"):
    """The party is on the line, and for 3 s only digital silence has arrived, or no sound was accepted.

    Written once, until `leg.sound_back` or the end of this attempt.
    """

    sentence: ClassVar = Sentence(
        "NO SOUND from {leg} on line {line}",
        "{leg}: NESSUN SUONO sulla linea {line}",
    )
    listed: ClassVar = listing(
        ListItem("hush", "wait", "No sound from {who}{line}"),
        leg="leg",
        attempt="attempt",
    )

    leg: LegId
    attempt: int
    line: LineId


class LegSoundBack(Message, frozen=True, kw_only=True, tag="leg.sound_back"):
    """Sound has returned for a second."""

    sentence: ClassVar = Sentence("sound again from {leg}", "{leg}: di nuovo suono")
    listed: ClassVar = listing(ListItem("voice", "", "Sound again from {who}"), leg="leg", attempt="attempt")

    leg: LegId
    attempt: int


class AnotherLineRequested(Message, frozen=True, kw_only=True, tag="another_line.requested"):
    """The operator has ordered this party hung up and called again at once on another line."""

    sentence: ClassVar = Sentence(
        "{by} wants {party} called again on another line",
        "{by} fa richiamare {party} su un’altra linea",
    )
    listed: ClassVar = listing(
        ListItem("phone", "", "{op}: another line for 112", {"party": "psap"}),
        ListItem("phone", "", "{op}: another line for {who}"),
        operator="by",
        party="party",
    )

    by: OperatorId
    party: Party


class MachineMarked(Message, frozen=True, kw_only=True, tag="machine.marked"):
    """The operator has heard a machine on the user's leg; the call counts as unanswered."""

    sentence: ClassVar = Sentence("{by} hears a machine", "{by} sente una segreteria")
    listed: ClassVar = listing(ListItem("hush", "", "{op}: a machine"), operator="by")

    by: OperatorId


class RedialRequested(Message, frozen=True, kw_only=True, tag="redial.requested"):
    """The operator has ordered a new call to the user."""

    sentence: ClassVar = Sentence("{by} wants the user called again", "{by} fa richiamare l’utente")
    listed: ClassVar = listing(ListItem("phone", "", "{op}: call again"), operator="by")

    by: OperatorId
