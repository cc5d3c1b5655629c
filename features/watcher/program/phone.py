"""The watcher's own modem, in a thread: one call or one short message at a time.

No emergency number can be dialled from here: the port is opened through the dial guard with both switches
off. A call is that of a center to its people on duty; the ordering object handles a key, and records it
before the reply is spoken.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from application.errors import CenterError
from features.watcher.program.state import TryName
from features.watcher.program.watcher import recovery_text
from gateways.callouts.call import NEXT, TAKES, DutyCall, Reply
from gateways.gsm.driver.events import (
    CallFound,
    Event,
    Ready,
    Ref,
    RegistrationChanged,
    SimState,
    SmsSent,
)
from gateways.gsm.errors import GsmError
from gateways.gsm.modem_session import LEG, NO_LINE, ModemCall, ModemSession, open_modem
from media.conference.beat import monotonic_us
from media.conference.conference import Conference
from media.conference.sounds import Sounds
from messages.base import VoicePort
from messages.ids import E164, CalloutFailure, Instant
from runtime import logs

TURN_S: Final = 0.2
AGAIN_S: Final = 3.0
HANGS_UP_S: Final = 18.0
TEXT_WITHIN_S: Final = 30.0


class Call(msgspec.Struct, frozen=True):
    """Order of a call."""

    name: TryName
    number: E164
    language: str
    words: str
    answered: Callable[[], None]
    taken: Callable[[], None]
    """Called when the person takes the callout by a key."""
    wanted: Callable[[], bool]
    """Returns False once the call is outdated: it is hung up, with an explanation if answered."""


class Text(msgspec.Struct, frozen=True):
    """Order of a short message."""

    name: TryName
    number: E164
    words: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Result of an order."""

    name: TryName
    failure: CalloutFailure | None = None
    """Reason of a failure; None if the call was taken, or the network has the text."""
    cause: int | None = None


class Phone:
    """The modem and its thread. `voice`: the modem's voice port."""

    def __init__(self, port: str, dialect: str, region: str, voice: VoicePort, ring_s: float) -> None:
        self._port, self._dialect, self._region, self._ring_s = port, dialect, region, ring_s
        self._voice = voice
        self._sounds = Sounds()
        self._jobs: deque[Call | Text] = deque()
        self._done: deque[Done] = deque()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="phone", daemon=True)
        self._log = logs.get("phone")
        self._ready = self._sim = self.registered = False

    @property
    def ready(self) -> bool:
        """True if the modem answers, and its SIM is unlocked."""
        return self._ready and self._sim

    def start(self) -> None:
        """Open the modem, and retry while that fails."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up, and close the modem."""
        self._over.set()
        self._thread.join(HANGS_UP_S)

    def order(self, job: Call | Text) -> None:
        """Queue an order."""
        self._jobs.append(job)

    def back(self) -> Done | None:
        """Return the next result, each once; None if there is no further result."""
        return self._done.popleft() if self._done else None

    # ------------------------------------------------------------ the phone's thread

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with open_modem(
                    self._port, dialect=self._dialect, region=self._region, voice_port=self._voice.path
                ) as session:
                    self._serve(session)
            except (CenterError, GsmError) as error:
                self._log.error("the modem cannot be used", error=str(error))
            self._ready = self._sim = self.registered = False
            # Orders are not kept for later: their callouts continue with the next person.
            while self._jobs:
                self._done.append(Done(name=self._jobs.popleft().name, failure=CalloutFailure.AWAY))
            self._over.wait(AGAIN_S)

    def _serve(self, session: ModemSession) -> None:
        while not self._over.is_set():
            for event in self._turn(session):
                if isinstance(event, CallFound):
                    # A call of an earlier run: its process has ended, and nothing would be spoken to the
                    # person.
                    session.driver.hang_up(event.call, time.monotonic())
            if self._jobs and self.ready:
                job = self._jobs.popleft()
                try:
                    done = self._call(session, job) if isinstance(job, Call) else self._text(session, job)
                except (CenterError, GsmError):
                    self._done.append(Done(name=job.name, failure=CalloutFailure.AWAY))
                    raise
                self._done.append(done)

    def _turn(self, session: ModemSession) -> list[Event]:
        """Process the modem's events for a moment. Raises CenterError if the modem stops answering."""
        events: list[Event] = []

        def hear(event: Event) -> bool:
            self._hear(event)
            events.append(event)
            return False

        session.run(TURN_S, hear)
        _must_answer(session)
        return events

    def _hear(self, event: Event) -> None:
        match event:
            case Ready():
                self._ready = True
            case SimState(code=code):
                self._sim = code == "READY"
            case RegistrationChanged(state=state):
                self.registered = state.in_service
            case _:
                pass

    def _text(self, session: ModemSession, text: Text) -> Done:
        now_s = time.monotonic()
        session.driver.send_sms(Ref(f"{text.name}"), text.number, text.words, now_s, within_s=TEXT_WITHIN_S)
        while time.monotonic() < now_s + TEXT_WITHIN_S + TURN_S and not self._over.is_set():
            for event in self._turn(session):
                if isinstance(event, SmsSent) and event.ref == f"{text.name}":
                    why = None if event.failure is None else CalloutFailure.AWAY
                    return Done(name=text.name, failure=why)
        return Done(name=text.name, failure=CalloutFailure.AWAY)

    def _call(self, session: ModemSession, job: Call) -> Done:
        now_us = Instant(monotonic_us())
        call = DutyCall(
            line=NO_LINE,
            leg=LEG,
            number=job.number,
            language=job.language,
            words=job.words,
            voice=Conference(load_sound=self._sounds.load),
            began_at=now_us,
            now_us=now_us,
            rings_s=self._ring_s,
        )
        voice = self._voice if self._voice.path else None
        through = ModemCall(session, Ref(f"{job.name}"), self._hear, voice)
        answered = False
        try:
            while True:
                now_us = Instant(monotonic_us())
                if self._over.is_set() or not (call.answered or job.wanted()):
                    call.hang_up(CalloutFailure.ENDED)
                key = call.key(now_us)
                if key == TAKES:
                    job.taken()
                    call.reply(Reply.TAKEN, "", now_us)
                elif key == NEXT:
                    call.reply(Reply.NEXT, "", now_us)
                elif call.answered and not job.wanted():
                    call.reply(Reply.OTHER, recovery_text(job.language), now_us)
                order, over = call.advance(now_us, call.port)
                if over:
                    return Done(name=job.name, failure=call.failure, cause=call.cause)
                for report in through.execute(order):
                    call.on_report(report, now_us)
                _must_answer(session)
                if call.answered and not answered:
                    answered = True
                    job.answered()
        finally:
            call.leave()


def _must_answer(session: ModemSession) -> None:
    if session.unresponsive:
        raise CenterError("the modem does not answer")
