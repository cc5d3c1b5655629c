"""A call from the command line: through one modem, and, where its voice is tried, with a sound both ways."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from application.errors import CenterError
from gateways.gsm.driver.events import CallAnswered, CallEvent, CallReleased, Event, Ref

if TYPE_CHECKING:
    from center.modems.session import ModemSession
    from center.modems.voice_trial import VoiceTrial
    from media.trial.check import VoiceReport
    from messages.ids import E164

ANSWER_S: Final = 60.0
HANG_UP_S: Final = 10.0
BETWEEN_S: Final = 3.0
"""Between two calls, for the modem to be done with the first."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of the call."""

    t: float
    event: str
    number: str | None
    cause: int | None = None


class Calling:
    """Calls of one session. `tell`: what is told of them as it happens."""

    def __init__(self, session: ModemSession, tell: Callable[[Told], None]) -> None:
        self._session = session
        self._tell = tell
        self._started_s = time.monotonic()
        self._heard: Callable[[Event], None] = lambda _: None
        self._answered = False
        self._calls = 0

    def call(self, to: E164, seconds: float, *, from_answer: bool = False) -> bool:
        """Call and hang up after so long, counted from the answer or from the dial; whether it was answered.

        Raises CenterError where the modem does not say that it has ended.
        """
        self._answered, self._calls = False, self._calls + 1
        placed = self._session.driver.dial(Ref(f"command line {self._calls}"), to, time.monotonic())
        try:
            over = False
            if from_answer:
                over = self._session.run(ANSWER_S, lambda event: self._is(event, CallAnswered, CallReleased))
                over = over and not self._answered
            if not over and (self._answered or not from_answer):
                over = self._session.run(seconds, lambda event: self._is(event, CallReleased))
        except KeyboardInterrupt:
            over = False
        if not over:
            self._session.driver.hang_up(placed, time.monotonic())
            if not self._session.run(HANG_UP_S, lambda event: self._is(event, CallReleased)):
                raise CenterError("the modem does not say that the call has ended")
        return self._answered

    def call_with_voice(
        self, to: E164, seconds: float, trial: VoiceTrial, before: VoiceReport | None = None
    ) -> VoiceReport:
        """The same, while something is said and listened to. `before`: of the call before it."""
        session = self._session
        session.written.clear()
        trial.begin()
        self._heard = trial.heard
        answered = self.call(to, seconds, from_answer=True)
        on = session.driver.dialect.data.voice.on
        tries = bytes(session.written).count(on[-1].encode()) if on else 0
        return trial.report(answered=answered, tries=tries, before=before)

    def pause(self) -> None:
        """Between two calls."""
        self._session.run(BETWEEN_S, lambda _: False)

    def _is(self, event: Event, *kinds: type[Event]) -> bool:
        self._heard(event)
        if not isinstance(event, CallEvent):
            return False
        self._answered |= isinstance(event, CallAnswered)
        self._tell(
            Told(
                t=round(time.monotonic() - self._started_s, 3),
                event=f"call.{type(event).__name__.removeprefix('Call').lower()}",
                number=event.number,
                cause=event.cause if isinstance(event, CallReleased) else None,
            )
        )
        return isinstance(event, kinds)
