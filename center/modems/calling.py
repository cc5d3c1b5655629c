"""A call from the command line through one modem; with sound both ways to test its voice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from application.errors import CenterError
from gateways.gsm.driver.events import CallEvent, CallReleased, Event, Ref
from gateways.gsm.modem_session import LEG, NO_LINE, ModemCall
from media.conference.beat import monotonic_us
from messages.calls import OwnCallEnd
from messages.ids import Instant
from model.rules.calls.own_call import Limits, end_call, next_step, on_report, start_call

if TYPE_CHECKING:
    from center.modems.voice_trial import VoiceTrial
    from gateways.gsm.modem_session import ModemSession
    from media.trial.check import VoiceReport
    from messages.ids import E164

ANSWER_S: Final = 60.0
BETWEEN_S: Final = 3.0
"""Pause between two calls, in seconds, for the modem to finish the first."""


class TimedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A reported event of the call."""

    t: float
    """Time in seconds since the start."""
    event: str
    number: str | None
    cause: int | None = None


class TestCall:
    """Calls of one session. `tell` is called with each event as it happens."""

    def __init__(self, session: ModemSession, tell: Callable[[TimedEvent], None]) -> None:
        self._session = session
        self._tell = tell
        self._started_s = time.monotonic()
        self._heard: Callable[[Event], None] = lambda _: None
        self._calls = 0

    def call(self, to: E164, seconds: float, *, from_answer: bool = False) -> bool:
        """Make a call, and hang up after `seconds` from the answer or from the dial. Return True if the
        call was answered.

        Raises CenterError if the modem does not report the end of the call.
        """
        self._calls += 1
        limits = Limits(rings_s=ANSWER_S, up_s=seconds) if from_answer else Limits(whole_s=seconds)
        through = ModemCall(self._session, Ref(f"command line {self._calls}"), self._hear)
        call = start_call(NO_LINE, LEG, to, limits, _now_us())
        over = False
        while not over:
            try:
                due = next_step(call, _now_us())
                call, over = due.call, due.over
                for report in () if over else through.execute(due.order):
                    call = on_report(call, report, _now_us())
            except KeyboardInterrupt:
                if call.why is not None:
                    raise
                call = end_call(call, OwnCallEnd.ORDERED)
            if self._session.unresponsive:
                call = end_call(call, OwnCallEnd.LOST)
        if call.ends[0].asked and not call.gone:
            raise CenterError("the modem does not confirm the end of the call: hang up by hand")
        return call.answered_at is not None

    def call_with_voice(
        self, to: E164, seconds: float, trial: VoiceTrial, before: VoiceReport | None = None
    ) -> VoiceReport:
        """Make a call; send and receive speech from its answer on. `before`: report of the previous call."""
        session = self._session
        session.written.clear()
        trial.begin()
        self._heard = trial.heard
        answered = self.call(to, seconds, from_answer=True)
        on = session.driver.dialect.data.voice.on
        tries = bytes(session.written).count(on[-1].encode()) if on else 0
        return trial.report(answered=answered, tries=tries, before=before)

    def pause(self) -> None:
        """Wait between two calls."""
        self._session.run(BETWEEN_S, lambda _: False)

    def _hear(self, event: Event) -> None:
        self._heard(event)
        if isinstance(event, CallEvent):
            self._tell(
                TimedEvent(
                    t=round(time.monotonic() - self._started_s, 3),
                    event=f"call.{type(event).__name__.removeprefix('Call').lower()}",
                    number=event.number,
                    cause=event.cause if isinstance(event, CallReleased) else None,
                )
            )


def _now_us() -> Instant:
    return Instant(monotonic_us())
