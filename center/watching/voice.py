"""One call's voice in the hands of the watcher: it says something, and hears which keys are pressed.

A thread for as long as the call lasts. What it says can be changed at any time, and begins then.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Sequence

import numpy as np

from media.conference.beat import Schedule, monotonic_us
from media.conference.ear import Ear, listen
from media.ports.ports import VoicePort, VoicePortError
from media.sound.frames import FRAME_BYTES, SILENCE, samples_of

_AGAIN_S = 0.2
_ENDS_S = 5.0


class CallVoice:
    """See the module. It has begun with what `say` was told last."""

    def __init__(self, open_port: Callable[[], VoicePort]) -> None:
        self._open_port = open_port
        self._said: Sequence[bytes] = ()
        self._at = 0
        self._ear = Ear()
        self._rest = b""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self.rounds = 0
        """How often it was said whole."""
        self.trouble = ""
        """Why nothing can be said now."""

    @property
    def keys(self) -> str:
        """All that were pressed until now."""
        return self._ear.digits

    def say(self, frames: Sequence[bytes]) -> None:
        """This from now on, again and again."""
        self._said, self._at, self.rounds = frames, 0, 0

    def begin(self) -> None:
        """The voice flows."""
        self._thread.start()

    def end(self) -> None:
        """The call is over, or is to be; harmless before it has begun."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(_ENDS_S)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                port = self._open_port()
                try:
                    self._carry(port)
                finally:
                    port.close()
            except VoicePortError as error:
                self.trouble = str(error)
                self._over.wait(_AGAIN_S)

    def _carry(self, port: VoicePort) -> None:
        self.trouble = ""
        schedule = Schedule(monotonic_us())
        while not self._over.is_set():
            wait_s = max(0.0, (schedule.due_us - monotonic_us()) / 1e6)
            if select.select([port.fileno()], [], [], wait_s)[0]:
                self._hear(port.read())
            if monotonic_us() >= schedule.due_us:
                schedule.take(monotonic_us())
                port.write(self._next_frame())

    def _hear(self, pcm: bytes) -> None:
        self._rest += pcm
        whole = len(self._rest) // FRAME_BYTES
        for n in range(whole):
            frame = samples_of(self._rest[n * FRAME_BYTES : (n + 1) * FRAME_BYTES]).reshape(1, -1)
            listen([self._ear], frame, frame.astype(np.float32))
        self._rest = self._rest[whole * FRAME_BYTES :]

    def _next_frame(self) -> bytes:
        said, at = self._said, self._at
        if not said:
            return SILENCE
        self._at = (at + 1) % len(said)
        self.rounds += self._at == 0
        return said[at]
