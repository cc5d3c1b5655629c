"""A call to somebody on duty: what its modem is told, what is said, which key was pressed, when it is over.

The conference of an alert's bridge, with one leg. Killed, it leaves the call up; the next process tells the
modem the same again, which dials nothing twice, and says its words from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

from media.conference.clips import ClipSpec
from media.conference.conference import ConferenceStatus
from media.ports.voice_port import VoicePortSpec, spec_of
from messages.base import HangupCause, VoicePort
from messages.calls import CallReport, OwnCallEnd
from messages.ids import E164, SECOND, CalloutFailure, Instant, LegId, LineId
from model.rules.calls import own_call
from model.rules.calls.own_call import Limits, Order, begun

RINGS_S: Final = 40.0
"""From the order to dial; what has not answered by then is hung up, before most machines answer."""
SAYS_US: Final = Instant(45 * SECOND)
"""From the answer: the words three times."""
VOICE_US: Final = Instant(8 * SECOND)
"""A line that gives no voice by then gives none."""
THANKS_US: Final = Instant(6 * SECOND)
"""For what is said to a key."""
PAUSE_S: Final = 2.0
ALONE_US: Final = Instant(SECOND * 7 // 10)
"""So long nothing may follow a key, for it to be a person's."""
HURRIED: Final = 3
"""The same key so often in a row needs no pause behind it: somebody wants to be heard."""
TAKES: Final = "1"
NEXT: Final = "9"
_OF_THE_LINE: Final = frozenset(
    (
        HangupCause.NO_CIRCUIT,
        HangupCause.NETWORK_OUT_OF_ORDER,
        HangupCause.TEMPORARY_FAILURE,
        HangupCause.LINE_LOST,
        HangupCause.LINE_TAKEN,
        HangupCause.NODE_LOST,
    )
)
"""Whoever was called has nothing to do with it."""


class Reply(StrEnum):
    """What is said last."""

    TAKEN = "duty_taken"
    NEXT = "duty_next"
    OTHER = "duty_other"
    """Somebody else has it, or it is over."""


class Pressed:
    """The keys of one call: which one the person has meant.

    Who answers may be a mailbox whose announcement has tones in it, or a voice that sounds like some: several
    tones in a row, and different ones. A person presses one key, perhaps again and again.
    """

    def __init__(self) -> None:
        self._known = 0
        self._row = ""
        self._at = Instant(0)

    def key(self, keys: str, now_us: Instant, *, over: bool) -> str:
        """The key that was meant, once; empty: none. `keys`: all that were heard since the call began;
        `over`: no more can follow.
        """
        if len(keys) > self._known:
            self._row += keys[self._known :]
            self._known, self._at = len(keys), now_us
        hurried = len(self._row) >= HURRIED and len(set(self._row)) == 1
        if not self._row or (now_us - self._at < ALONE_US and not over and not hurried):
            return ""
        row, self._row = self._row, ""
        return row[0] if len(set(row)) == 1 else ""


class Voice(Protocol):
    """What holds the port: `media.conference.conference.Conference`, or a test's."""

    def set_members(self, members: Mapping[str, VoicePortSpec]) -> None:
        """Have exactly these ports open."""

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Play exactly these."""

    def status(self) -> ConferenceStatus:
        """Who is there, and what was pressed."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Close everything."""


class DutyCall:
    """One of them. Turned several times a second."""

    def __init__(
        self,
        *,
        line: LineId,
        leg: LegId,
        number: E164,
        language: str,
        words: str,
        voice: Voice,
        began_at: Instant,
        now_us: Instant,
        rings_s: float = RINGS_S,
    ) -> None:
        self.line = line
        self.leg = leg
        self._call = begun(line, leg, number, Limits(rings_s=rings_s), now_us, began_at)
        self._language = language
        self._words = words
        self._voice = voice
        self._joined = False
        self._spoken = False
        self._pressed = Pressed()
        self._reply: tuple[Reply, str, Instant] | None = None
        self._why: CalloutFailure | None = None
        """Why it was hung up from here."""

    @property
    def answered(self) -> bool:
        """Whether somebody or something has answered."""
        return self._call.answered_at is not None

    @property
    def cause(self) -> int | None:
        """Why it ended, ITU-T Q.850."""
        return None if self._call.report is None else self._call.report.cause

    @property
    def hanging_up(self) -> bool:
        """Whether it is being ended, or was."""
        return self._call.why is not None

    @property
    def failure(self) -> CalloutFailure | None:
        """Why that is; None as long as it goes on, and where it was taken."""
        match self._call.why:
            case None:
                return None
            case OwnCallEnd.RELEASED:
                return self._why_gone()
            case OwnCallEnd.LOST:
                return CalloutFailure.AWAY
            case OwnCallEnd.TIME:
                return CalloutFailure.NOT_ANSWERED
            case _:
                return self._why

    def heard(self, report: CallReport, now_us: Instant) -> None:
        """A modem has said how a call stands."""
        self._call = own_call.heard(self._call, report, now_us)

    def hang_up(self, why: CalloutFailure | None) -> None:
        """End it; the first reason stays."""
        if not self.hanging_up:
            self._call, self._why = own_call.end(self._call, OwnCallEnd.ORDERED), why

    def key(self, now_us: Instant) -> str:
        """A key that counts; empty: none yet."""
        if not self._joined or self._reply:
            return ""
        keys = self._voice.status().digits.get(self.leg, "")
        key = self._pressed.key(keys, now_us, over=self._call.gone)
        return key if key in (TAKES, NEXT) else ""

    def reply(self, what: Reply, words: str, now_us: Instant) -> None:
        """Say it, and then hang up."""
        if self._reply is None:
            self._reply = (what, words, now_us)

    @property
    def replied(self) -> bool:
        """Whether a key was answered."""
        return self._reply is not None

    def turn(self, now_us: Instant, port: VoicePort | None) -> tuple[Order | None, bool]:
        """What the modem is to be told now, and whether all is over. `port`: where the voice is, if it is."""
        self._call = own_call.look(self._call, now_us)
        if self._call.answered_at is not None and not self.hanging_up:
            self._speak(self._call.answered_at, now_us, port)
        due = own_call.turn(self._call, now_us)
        self._call = due.call
        if due.over:
            self._voice.stop()
        return due.order, due.over

    @property
    def port(self) -> VoicePort | None:
        """Where its modem says that the voice is."""
        return None if self._call.report is None else self._call.report.voice

    def leave(self) -> None:
        """This process ends: the call stays."""
        self._voice.stop()

    def _why_gone(self) -> CalloutFailure | None:
        if self._reply is not None:
            return CalloutFailure.NEXT if self._reply[0] is Reply.NEXT else None
        if self.answered:
            return CalloutFailure.NO_KEY
        return CalloutFailure.AWAY if self.cause in _OF_THE_LINE else CalloutFailure.NOT_ANSWERED

    def _speak(self, answered_at: Instant, now_us: Instant, port: VoicePort | None) -> None:
        if port is not None and not self._joined:
            self._voice.start()
            self._voice.set_members({self.leg: spec_of(port)})
            self._joined = True
        status = self._voice.status() if self._joined else None
        if self._reply is not None:
            self._say_reply(status, now_us)
            return
        if status is None or self.leg not in status.joined:
            if not self._spoken and now_us - answered_at >= VOICE_US:
                self.hang_up(CalloutFailure.NO_VOICE)
            return
        self._spoken = True
        # Where nothing speaks words, a recording says that something is wrong.
        spoken = not status.clip_troubles.get("words")
        names = ("ask:", "duty_keys") if spoken else ("duty_call", "duty_keys")
        self._play("words" if spoken else "recorded", names, self._words, PAUSE_S)
        if now_us - answered_at >= SAYS_US:
            self.hang_up(CalloutFailure.NO_KEY)

    def _say_reply(self, status: ConferenceStatus | None, now_us: Instant) -> None:
        assert self._reply is not None
        what, words, since = self._reply
        self._play(what, ("ask:",) if words else (what,), words, 0.0)
        said = status is not None and what in status.played
        if said or now_us - since >= THANKS_US:
            self.hang_up(CalloutFailure.NEXT if what is Reply.NEXT else None)

    def _play(self, name: str, sounds: tuple[str, ...], text: str, every_s: float) -> None:
        clip = ClipSpec(
            to=frozenset((self.leg,)), names=sounds, language=self._language, text=text, every_s=every_s
        )
        self._voice.set_playing({name: clip})
