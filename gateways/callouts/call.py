"""A call to a person on duty: orders to its modem, announcements, keys pressed, and its end.

The call has a conference like the bridge of an alert, with one leg. A killed process leaves the call up. The
next process repeats the same orders to the modem, which dials nothing twice, and repeats the announcements
from the beginning.
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
from model.rules.calls.own_call import Limits, Order, start_call

RINGS_S: Final = 40.0
"""Time from the order to dial until an unanswered call is hung up: most answering machines answer later."""
SAYS_US: Final = Instant(45 * SECOND)
"""Time from the answer until the end, enough for three repetitions of the announcement."""
VOICE_US: Final = Instant(8 * SECOND)
"""Time from the answer after which a line without voice is given up."""
THANKS_US: Final = Instant(6 * SECOND)
"""Longest time for the announcement that confirms a key."""
PAUSE_S: Final = 2.0
ALONE_US: Final = Instant(SECOND * 7 // 10)
"""Pause that must follow a key before the key counts as pressed by a person."""
HURRIED: Final = 3
"""Number of repetitions of a key that need no pause after them: the person is impatient."""
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
"""Causes that lie with the line or the node, not with the person called."""


class Reply(StrEnum):
    """Last announcement of the call."""

    TAKEN = "duty_taken"
    NEXT = "duty_next"
    OTHER = "duty_other"
    """Another person has taken the alarm, or the callout is over."""


class KeyFilter:
    """Filter that finds the key a person meant among the tones of one call.

    A mailbox may answer with tones in its announcement, or a voice may sound like tones: several tones in a
    row, and different tones. A person presses one key, perhaps repeatedly.
    """

    def __init__(self) -> None:
        self._known = 0
        self._row = ""
        self._at = Instant(0)

    def key(self, keys: str, now_us: Instant, *, over: bool) -> str:
        """Return the key that the person meant, once; empty if no key is certain. `keys` are all tones
        received since the call began. `over` is True after the last tone.
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
    """The conference that holds the port: `media.conference.conference.Conference`, or a fake of a test."""

    def set_members(self, members: Mapping[str, VoicePortSpec]) -> None:
        """Open exactly these ports; close all others."""

    def set_playing(self, clips: Mapping[str, ClipSpec]) -> None:
        """Play exactly these clips."""

    def status(self) -> ConferenceStatus:
        """Return the members that have joined, and the keys they pressed."""

    def start(self) -> None:
        """Start the conference."""

    def stop(self) -> None:
        """Close all ports."""


class DutyCall:
    """A call to one person on duty. The owner calls `turn` several times a second."""

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
        self._call = start_call(line, leg, number, Limits(rings_s=rings_s), now_us, began_at)
        self._language = language
        self._words = words
        self._voice = voice
        self._joined = False
        self._spoken = False
        self._pressed = KeyFilter()
        self._reply: tuple[Reply, str, Instant] | None = None
        self._why: CalloutFailure | None = None
        """Reason given to `hang_up`."""

    @property
    def answered(self) -> bool:
        """True if a person or a machine has answered."""
        return self._call.answered_at is not None

    @property
    def cause(self) -> int | None:
        """Cause of the end, ITU-T Q.850; None before the modem has reported a cause."""
        return None if self._call.report is None else self._call.report.cause

    @property
    def hanging_up(self) -> bool:
        """True if the call is being ended or has ended."""
        return self._call.why is not None

    @property
    def failure(self) -> CalloutFailure | None:
        """Reason of the end; None while the call lasts, and if the person has taken the alarm."""
        match self._call.why:
            case None:
                return None
            case OwnCallEnd.RELEASED:
                return self._failure_of_release()
            case OwnCallEnd.LOST:
                return CalloutFailure.AWAY
            case OwnCallEnd.TIME:
                return CalloutFailure.NOT_ANSWERED
            case _:
                return self._why

    def on_report(self, report: CallReport, now_us: Instant) -> None:
        """Apply the report of a modem about a call."""
        self._call = own_call.on_report(self._call, report, now_us)

    def hang_up(self, why: CalloutFailure | None) -> None:
        """End the call; the first reason stays."""
        if not self.hanging_up:
            self._call, self._why = own_call.end_call(self._call, OwnCallEnd.ORDERED), why

    def key(self, now_us: Instant) -> str:
        """Return the key that the person meant: `TAKES` or `NEXT`; empty while no such key is certain."""
        if not self._joined or self._reply:
            return ""
        keys = self._voice.status().digits.get(self.leg, "")
        key = self._pressed.key(keys, now_us, over=self._call.gone)
        return key if key in (TAKES, NEXT) else ""

    def reply(self, what: Reply, words: str, now_us: Instant) -> None:
        """Play this reply, then hang up; later replies are ignored."""
        if self._reply is None:
            self._reply = (what, words, now_us)

    @property
    def replied(self) -> bool:
        """True if a reply to a key has been chosen."""
        return self._reply is not None

    def advance(self, now_us: Instant, port: VoicePort | None) -> tuple[Order | None, bool]:
        """Return the next order to the modem, and True if the call is over. `port` is the voice port if
        available.
        """
        self._call = own_call.apply_limits(self._call, now_us)
        if self._call.answered_at is not None and not self.hanging_up:
            self._speak(self._call.answered_at, now_us, port)
        due = own_call.next_step(self._call, now_us)
        self._call = due.call
        if due.over:
            self._voice.stop()
        return due.order, due.over

    @property
    def port(self) -> VoicePort | None:
        """Voice port that the modem has reported; None if none was reported."""
        return None if self._call.report is None else self._call.report.voice

    def leave(self) -> None:
        """Close the voice at the end of this process; the call stays up."""
        self._voice.stop()

    def _failure_of_release(self) -> CalloutFailure | None:
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
            self._play_reply(status, now_us)
            return
        if status is None or self.leg not in status.joined:
            if not self._spoken and now_us - answered_at >= VOICE_US:
                self.hang_up(CalloutFailure.NO_VOICE)
            return
        self._spoken = True
        # If speech synthesis fails, a recording says that something is wrong.
        spoken = not status.clip_troubles.get("words")
        names = ("ask:", "duty_keys") if spoken else ("duty_call", "duty_keys")
        self._play("words" if spoken else "recorded", names, self._words, PAUSE_S)
        if now_us - answered_at >= SAYS_US:
            self.hang_up(CalloutFailure.NO_KEY)

    def _play_reply(self, status: ConferenceStatus | None, now_us: Instant) -> None:
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
