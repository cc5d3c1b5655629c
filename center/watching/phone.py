"""The watcher's own modem, in a thread: one call or one short message at a time.

No emergency number can be dialled from here: the port is opened through the dial guard with both switches
off. What a key does is asked of whoever has ordered the call, who writes it down before anything is said.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from center.errors import CenterError
from center.modems.session import ModemSession, opened
from center.watching.voice import CallVoice
from gateways.gsm.driver.events import (
    CallAnswered,
    CallFound,
    CallReleased,
    CallRinging,
    Event,
    Ready,
    Ref,
    RegistrationChanged,
    SimState,
    SmsSent,
    VoiceReady,
)
from gateways.gsm.errors import GsmError
from media.conference.beat import monotonic_us
from media.ports.opening import open_port
from media.ports.voice_port import spec_of
from messages.base import VoicePort
from messages.ids import E164, CalloutFailure, Instant
from model.duty.pressed import Pressed
from runtime import logs

TURN_S: Final = 0.2
AGAIN_S: Final = 3.0
VOICE_WITHIN_S: Final = 8.0
TALKS_S: Final = 60.0
HANGS_UP_S: Final = 10.0
TEXT_WITHIN_S: Final = 30.0
LAST_WORDS_S: Final = 6.0

OnKey = Callable[[str], Sequence[bytes] | None]
"""What is said once to who has pressed this key, and then the call ends; None: it means nothing."""


class Call(msgspec.Struct, frozen=True):
    """To be dialled."""

    name: str
    number: E164
    said: Sequence[bytes]
    on_key: OnKey
    answered: Callable[[], None]
    wanted: Callable[[], bool]
    """Asked until it is answered: what is not wanted any more is hung up."""


class Text(msgspec.Struct, frozen=True):
    """To be sent."""

    name: str
    number: E164
    words: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    name: str
    failure: CalloutFailure | None = None
    """None: a key was pressed that means something, or the network has the text."""
    cause: int | None = None


class Phone:
    """See the module. `voice`: where the modem's voice is."""

    def __init__(self, port: str, dialect: str, region: str, voice: VoicePort, ring_s: float) -> None:
        self._port, self._dialect, self._region, self._ring_s = port, dialect, region, ring_s
        self._voice = voice
        self._jobs: deque[Call | Text] = deque()
        self._done: deque[Done] = deque()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="phone", daemon=True)
        self._log = logs.get("phone")
        self._heard: list[Event] = []
        self._ready = self._sim = self.registered = False

    @property
    def ready(self) -> bool:
        """Whether the modem answers, and its SIM is open."""
        return self._ready and self._sim

    def start(self) -> None:
        """Open it, and try again as long as it cannot be."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up, and give it back."""
        self._over.set()
        self._thread.join(HANGS_UP_S + VOICE_WITHIN_S)

    def order(self, job: Call | Text) -> None:
        """Do it, after what was ordered before."""
        self._jobs.append(job)

    def back(self) -> Done | None:
        """What has become of one, once."""
        return self._done.popleft() if self._done else None

    # ------------------------------------------------------------ its thread

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with opened(
                    self._port, dialect=self._dialect, region=self._region, voice_port=self._voice.path
                ) as session:
                    self._serve(session)
            except (CenterError, GsmError) as error:
                self._log.error("the modem cannot be used", error=str(error))
            self._ready = self._sim = self.registered = False
            # What it was ordered meanwhile is not kept for later: somebody else is told.
            while self._jobs:
                self._done.append(Done(name=self._jobs.popleft().name, failure=CalloutFailure.AWAY))
            self._over.wait(AGAIN_S)

    def _serve(self, session: ModemSession) -> None:
        while not self._over.is_set() and not session.unresponsive:
            self._turn(session, TURN_S)
            for event in self._heard:
                if isinstance(event, CallFound):
                    # Of an earlier run: nobody is there any more who would say anything.
                    session.driver.hang_up(event.call, time.monotonic())
            self._heard.clear()
            if self._jobs and self.ready:
                job = self._jobs.popleft()
                try:
                    done = self._call(session, job) if isinstance(job, Call) else self._text(session, job)
                except (CenterError, GsmError):
                    self._done.append(Done(name=job.name, failure=CalloutFailure.AWAY))
                    raise
                self._done.append(done)

    def _turn(self, session: ModemSession, within_s: float) -> None:
        session.run(within_s, self._hear)

    def _hear(self, event: Event) -> bool:
        match event:
            case Ready():
                self._ready = True
            case SimState(code=code):
                self._sim = code == "READY"
            case RegistrationChanged(state=state):
                self.registered = state.in_service
            case _:
                self._heard.append(event)
        return False

    def _until(
        self,
        session: ModemSession,
        within_s: float,
        *kinds: type[Event],
        wanted: Callable[[], bool] = lambda: True,
    ) -> Event | None:
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s and not self._over.is_set() and not session.unresponsive:
            if not wanted():
                return None
            for event in self._heard:
                if isinstance(event, kinds):
                    self._heard.remove(event)
                    return event
            self._turn(session, TURN_S)
        return None

    def _text(self, session: ModemSession, text: Text) -> Done:
        self._heard.clear()
        session.driver.send_sms(
            Ref(text.name), text.number, text.words, time.monotonic(), within_s=TEXT_WITHIN_S
        )
        sent = self._until(session, TEXT_WITHIN_S + TURN_S, SmsSent)
        if isinstance(sent, SmsSent) and sent.failure is None:
            return Done(name=text.name)
        return Done(name=text.name, failure=CalloutFailure.AWAY)

    def _call(self, session: ModemSession, call: Call) -> Done:
        self._heard.clear()
        if not call.wanted():
            return Done(name=call.name, failure=CalloutFailure.NOT_ANSWERED)
        placed = session.driver.dial(Ref(call.name), call.number, time.monotonic())
        done = Done(name=call.name, failure=CalloutFailure.NOT_ANSWERED)
        try:
            event = self._until(
                session, self._ring_s, CallRinging, CallAnswered, CallReleased, wanted=call.wanted
            )
            if isinstance(event, CallRinging):
                event = self._until(session, self._ring_s, CallAnswered, CallReleased, wanted=call.wanted)
            if isinstance(event, CallReleased):
                return msgspec.structs.replace(done, cause=event.cause)
            if event is None:
                return done
            call.answered()
            return self._talk(session, call)
        finally:
            if not any(isinstance(one, CallReleased) for one in self._heard):
                session.driver.hang_up(placed, time.monotonic())
                self._until(session, HANGS_UP_S, CallReleased)

    def _talk(self, session: ModemSession, call: Call) -> Done:
        ready = self._until(session, VOICE_WITHIN_S, VoiceReady)
        if not isinstance(ready, VoiceReady) or not self._voice.path:
            return Done(name=call.name, failure=CalloutFailure.NO_VOICE)
        spec = spec_of(
            msgspec.structs.replace(
                self._voice, rate_hz=ready.rate_hz, frame_bytes=ready.frame_bytes, pace=ready.pace
            )
        )
        voice = CallVoice(lambda: open_port(spec))
        voice.say(call.said)
        voice.begin()
        try:
            return self._keys(session, call, voice)
        finally:
            voice.end()

    def _keys(self, session: ModemSession, call: Call, voice: CallVoice) -> Done:
        until_s = time.monotonic() + TALKS_S
        pressed, gone = Pressed(), False
        while (
            not gone and time.monotonic() < until_s and not self._over.is_set() and not session.unresponsive
        ):
            self._turn(session, TURN_S)
            gone = any(isinstance(one, CallReleased) for one in self._heard)
            key = pressed.key(voice.keys, Instant(monotonic_us()), over=gone)
            if key and (last := call.on_key(key)) is not None:
                self._say_last(session, voice, last)
                return Done(name=call.name)
        failure = CalloutFailure.NO_VOICE if voice.trouble else CalloutFailure.NO_KEY
        return Done(name=call.name, failure=failure)

    def _say_last(self, session: ModemSession, voice: CallVoice, last: Sequence[bytes]) -> None:
        voice.say(last)
        until_s = time.monotonic() + LAST_WORDS_S
        while voice.rounds == 0 and time.monotonic() < until_s:
            self._turn(session, TURN_S)
