"""One line's voice, tried as a bridge would have it: when the modem opens it, and what passes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from gateways.gsm.driver.events import CallAnswered, CallReleased, Event, VoiceFailed, VoiceReady
from media.conference.sounds import Sounds
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort as OpenPort
from media.ports.voice_port import spec_of
from media.trial.carried import Carried, frames_of
from media.trial.check import VoiceReport, examined, judged_whole
from media.trial.probe import VoiceProbe

if TYPE_CHECKING:
    from messages.base import VoicePort

PAUSE_S: Final = 2.0


class VoiceTrial:
    """Of one line, over any number of calls; its port stays open between them."""

    def __init__(self, port: VoicePort, said: Sequence[bytes]) -> None:
        """`port`: with an empty path where none is known; in which format it speaks the modem will say."""
        self._port = port
        self._probe = VoiceProbe(self._open, said)
        self.begin()

    def begin(self) -> None:
        """Another call is dialled."""
        self._answered_s: float | None = None
        self._ready_s: float | None = None
        self._listens = False
        self._carried: Carried | None = None
        self._failed = ""

    def heard(self, event: Event) -> None:
        """Listens from when somebody is there and the voice flows, until the call is over."""
        match event:
            case CallAnswered():
                self._answered_s = event.at_s
            case VoiceReady() if self._ready_s is None:
                self._ready_s = event.at_s
                self._port = msgspec.structs.replace(
                    self._port, rate_hz=event.rate_hz, frame_bytes=event.frame_bytes, pace=event.pace
                )
            case VoiceFailed(text=text):
                self._failed = text
            case CallReleased():
                self._carried = self._probe.end()
                return
        if self._opened_after_s is not None and self._port.path and not self._listens:
            self._listens = True
            self._probe.begin()

    def report(self, *, answered: bool, tries: int, before: VoiceReport | None) -> VoiceReport:
        """What the call that is over has shown."""
        report = VoiceReport(
            call=1 if before is None else before.call + 1,
            answered=answered,
            path=self._port.path,
            trouble=self._failed or self._probe.trouble,
            opened_after_s=self._opened_after_s,
            tries=tries,
        )
        if self._carried is None:
            return judged_whole(report, before)
        return examined(report, self._carried, gains=self._port.gains, before=before)

    def stop(self) -> None:
        """Close the port."""
        self._probe.stop()

    @property
    def _opened_after_s(self) -> float | None:
        """From the answer until the modem had switched its voice on; None while it has not."""
        if self._ready_s is None or self._answered_s is None:
            return None
        return round(self._ready_s - self._answered_s, 2)

    def _open(self) -> OpenPort:
        return open_port(spec_of(self._port))


def something_to_say() -> list[bytes]:
    """An announcement that is right for whoever answers, again and again, with a pause to speak in."""
    return frames_of(Sounds().load("please_hold", "", "").tobytes(), PAUSE_S)
