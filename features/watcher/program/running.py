"""Main loop of the watcher: receiver, probers, modem, and due actions, until a signal."""

from __future__ import annotations

import select
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from application.errors import CenterError
from application.state.state_dir import StateDir
from features.watcher.beat import Unable
from features.watcher.program import state as watcher_state
from features.watcher.program.listening import Listener
from features.watcher.program.phone import Call, Done, Phone, Text
from features.watcher.program.probing import Prober
from features.watcher.program.settings import ModemOfWatcher, WatchSettings
from features.watcher.program.state import TryName
from features.watcher.program.watcher import Watcher
from gateways.callouts.channels.sending import Notification, failure_of, send
from gateways.callouts.decider import PlannedAttempt
from gateways.gsm.modem_session import NO_LINE, voice_of
from messages.base import VoicePort
from messages.events import CalloutOpened
from messages.ids import E164, SECOND, DutyWay, Instant, TrunkId
from model.callouts.roster import Person
from model.settings import Settings
from model.settings.lines import Modem
from model.setup import Setup
from model.wall_clock import StepWatch
from runtime import wall_clock
from runtime.clock import SystemClock, boottime_us
from runtime.service import Signals, tell_manager

TURN_S: Final = 0.5


class Running:
    """A run of the watcher."""

    def __init__(self, settings: WatchSettings, state: StateDir, last_start_s: float | None = None) -> None:
        """Set up the run. Raises CenterError if the port is not available. `last_start_s`: time of the last
        synchronization with the wall clock.
        """
        self._settings = settings
        self._clock = SystemClock.anchored()
        self._steps = StepWatch(last_start_s)
        self.clock_taken_s: float | None = None
        """Seconds since the boot at the end of the run to synchronize with the wall clock; else None."""
        self._watcher = Watcher(settings, state.path, watcher_state.read(state.path), self._clock.now_us())
        self._ways = Setup(settings=Settings(duty=settings.duty, language=settings.language))
        self._phone = phone_of(settings, state)
        self._written: deque[Done] = deque()
        self._probers = [
            Prober(
                one.probe,
                one.probe_every_s,
                one.authority,
                self._clock.now_us,
                self._watcher.probings[one.name],
            )
            for one in settings.center
            if one.probe
        ]
        try:
            self._listener = Listener(settings.host, settings.port, self._hear)
        except OSError as error:
            raise CenterError(f"cannot listen at {settings.host}:{settings.port}: {error}") from error

    @property
    def port(self) -> int:
        """Port for heartbeats."""
        return self._listener.port

    def run(self, signals: Signals) -> None:
        """Run until a signal, or until the wall clock has to be synchronized."""
        self._listener.start()
        for prober in self._probers:
            prober.start()
        if self._phone is not None:
            self._phone.start()
        tell_manager("READY=1")
        while not signals.asked_to_stop and not self._clock_was_moved():
            self._turn()
            tell_manager("WATCHDOG=1")
            if select.select([signals.fileno()], [], [], TURN_S)[0]:
                signals.drain()
        if self.clock_taken_s is None:
            tell_manager("STOPPING=1")
        self._listener.stop()
        for prober in self._probers:
            prober.stop()
        if self._phone is not None:
            self._phone.stop()
        self._watcher.stopped()

    def _clock_was_moved(self) -> bool:
        now_s, ahead_us = boottime_us() / SECOND, wall_clock.ahead_us(self._clock.anchor_us)
        self._watcher.ahead_us = ahead_us
        self._watcher.calls_nobody = wall_clock.settles()
        _, anew = self._steps.look(ahead_us / SECOND, now_s, lambda: self._watcher.busy)
        if anew:
            self.clock_taken_s = now_s
        return anew

    def _turn(self) -> None:
        now_us = self._clock.now_us()
        while self._phone is not None and (done := self._phone.back()) is not None:
            self._watcher.ended(done.name, done.failure, done.cause, now_us)
        while self._written:
            done = self._written.popleft()
            self._watcher.ended(done.name, done.failure, done.cause, now_us)
        self._watcher.turn(self, now_us)

    def _hear(self, sealed: bytes) -> bytes | None:
        return self._watcher.hear(
            sealed, () if self._settings.modem is None else self.able, self._clock.now_us()
        )

    # ------------------------------------------------------------ hands

    @property
    def able(self) -> tuple[Unable, ...]:
        """Reasons that phoning is impossible now."""
        if self._phone is None or not self._phone.ready:
            return (Unable.MODEM,)
        return () if self._phone.registered else (Unable.NETWORK,)

    def call(self, name: TryName, person: Person, number: str, language: str, words: str) -> None:
        """Order a call."""
        assert self._phone is not None
        now_us, watcher = self._clock.now_us, self._watcher
        self._phone.order(
            Call(
                name,
                E164(number),
                language,
                words,
                lambda: watcher.answered(name, now_us()),
                lambda: watcher.taken(name, person, now_us()),
                lambda: watcher.is_call_needed(name),
            )
        )

    def write(
        self, name: TryName, one: PlannedAttempt, subject: str, about: CalloutOpened, at: Instant
    ) -> None:
        """Send a short message, or another notification in a thread of its own."""
        text = f"securWoman ({self._settings.name}): {subject}. {_time(at)} UTC"
        if one.way is DutyWay.SMS:
            assert self._phone is not None
            self._phone.order(Text(name, E164(one.to), text))
            return
        callout, number = name
        notification = Notification(
            callout=callout, attempt=number, subject=subject, text=text, alarms=about.alarms, at=at
        )

        def carry() -> None:
            sent = send(one.person.contacts[one.contact], notification, self._ways)
            self._written.append(Done(name=name, failure=failure_of(sent)))

        threading.Thread(target=carry, name=f"to {one.way}", daemon=True).start()


def _time(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at / SECOND, UTC):%d/%m %H:%M}"


def phone_of(settings: WatchSettings, state: StateDir) -> Phone | None:
    """Return the modem of the settings, not yet opened; None if none is set."""
    modem = settings.modem
    if modem is None:
        return None
    return Phone(modem.port, modem.dialect, settings.region, voice_at(modem, state), settings.ring_s)


def voice_at(modem: ModemOfWatcher, state: StateDir) -> VoicePort:
    """Return the modem's voice port; with an empty path if none is found."""
    line = Modem(name=NO_LINE, trunk=TrunkId(""), port=modem.port, voice_port=modem.voice_port)
    return voice_of(state, line)


def run(settings: WatchSettings, state: StateDir, began: Callable[[int], None]) -> None:
    """Run the watcher until a signal; `began` receives the port. Raises CenterError."""
    state.create()
    signals, running = Signals(), Running(settings, state)
    began(running.port)
    running.run(signals)
    while (taken_s := running.clock_taken_s) is not None:
        # The state is in its files: a new run synchronizes with the wall clock.
        running = Running(settings, state, taken_s)
        running.run(signals)
