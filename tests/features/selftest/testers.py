"""The LineTest with voices that need no time, as a virtual clock wants it."""

from __future__ import annotations

from features.selftest.line_test.actor import LineTestActor
from features.selftest.line_test.voice import LineVoice
from media.conference.sounds import Sounds
from media.trial.check import VoiceReport
from messages.base import VoicePort
from messages.ids import Instant


class SilentVoice(LineVoice):
    """Opens nothing."""

    def __init__(self) -> None:
        super().__init__(Sounds(), "please_hold", None)
        self.port: VoicePort | None = None

    def begin(self, port: VoicePort, now_us: Instant) -> None:
        self.port = port

    def levels(self) -> tuple[int, int] | None:
        return None if self.port is None else (-20, -26)

    def end(self) -> VoiceReport:
        return VoiceReport(
            call=1, answered=self.port is not None, path="" if self.port is None else self.port.path
        )


class SilentTesterActor(LineTestActor):
    """With such voices."""

    def new_voice(self, said: str, answered_at: Instant | None, tone_hz: float | None = None) -> LineVoice:
        return SilentVoice()
