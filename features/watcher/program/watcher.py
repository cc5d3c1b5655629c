"""State and decisions of the watcher: received heartbeats, verdicts on centers, and callouts.

Each action is in the watcher's file before it is carried out. Thread-safe; never waits for a network.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from application.roster_file import FileFaulty
from features.watcher.beat import NO_PHONE, Answer, Unable
from features.watcher.ears import HeartbeatReceiver
from features.watcher.heartbeat_state import (
    CenterState,
    HeartbeatState,
    after_sleep,
    apply_heartbeat,
    center_state,
    challenge_of,
    initial_state,
    resumed,
)
from features.watcher.program.probing import CenterProbe, Probing
from features.watcher.program.settings import CenterTable, WatchSettings, roster_of
from features.watcher.program.state import Kept, Story, TryName, callouts_in, probes_in, write
from features.watcher.settings import Patience
from gateways.callouts.decider import PlannedAttempt, pending_actions
from messages.events import (
    CalloutAlarm,
    CalloutAnswered,
    CalloutEnded,
    CalloutFailed,
    CalloutOpened,
    CalloutTaken,
    CalloutTold,
    Event,
)
from messages.ids import SECOND, CalloutEnd, CalloutFailure, DutyWay, Instant, NodeId
from model.availability import ProbeResult
from model.callouts.callout import Callout
from model.callouts.roster import BY_NUMBER, EMPTY, Person, Roster, on_duty
from runtime import logs

AGAIN_US: Final = 3600 * SECOND
"""Time after a callout was taken until people are called again, if the state is unchanged."""
KEPT_EVERY_US: Final = 30 * SECOND
_NEVER: Final = 2**62
"""Later than every minute."""
_GRAVE: Final = frozenset({CenterState.SILENT, CenterState.NO_HEARTBEAT})
WORDS: Final = {
    "it": {
        CenterState.SILENT: "Il centro {name} non dà più segni di vita",
        CenterState.NO_HEARTBEAT: "Il centro {name} non dice più che va tutto bene, ma da fuori risponde",
        CenterState.NO_INTAKE: "Gli allarmi non raggiungono più il centro {name}",
        CenterState.UNWELL: "Il centro {name} dice che non può servire un allarme, o chiamare i reperibili",
    },
    "en": {
        CenterState.SILENT: "The center {name} gives no sign of life any more",
        CenterState.NO_HEARTBEAT: "The center {name} has stopped its heartbeats, and answers from outside",
        CenterState.NO_INTAKE: "Alerts do not reach the center {name} any more",
        CenterState.UNWELL: "The center {name} says that it could not serve an alert, or phone those on duty",
    },
}
_WELL_AGAIN: Final = {
    "it": "È passato: il centro risponde di nuovo.",
    "en": "It is over: the center answers again.",
}


class NotificationChannels(Protocol):
    """Executors of the watcher: modem and network."""

    @property
    def able(self) -> tuple[Unable, ...]:
        """Reasons that phoning is impossible now."""
        ...

    def call(self, name: TryName, person: Person, number: str, language: str, words: str) -> None:
        """Begin a call; its progress is reported to `Watcher.answered`, `taken` and `ended`."""
        ...

    def write(
        self, name: TryName, one: PlannedAttempt, subject: str, about: CalloutOpened, at: Instant
    ) -> None:
        """Begin a notification by any other channel; its result is reported to `Watcher.ended`."""
        ...


class Watcher:
    """State and decisions of a watcher for all its centers."""

    def __init__(self, settings: WatchSettings, folder: Path, kept: Kept, now_us: Instant) -> None:
        self._settings, self._folder = settings, folder
        self._lock = threading.RLock()
        self._log = logs.get("watch")
        self._centers = {one.name: one for one in settings.center}
        self._ears = HeartbeatReceiver({one.name: one.key_file for one in settings.center if one.key_file})
        self._callouts, self._probes = callouts_in(folder), probes_in(folder)
        told = self._probes.read()
        self.probings = {
            name: Probing(
                settings.name,
                (one.row for one in told if one.center == name),
                takes_rows=bool(center.key_file),
            )
            for name, center in self._centers.items()
        }
        self._hearings: dict[str, HeartbeatState] = {}
        for name, center in self._centers.items():
            before, probes = kept.hearings.get(name), bool(center.probe)
            self._hearings[name] = (
                initial_state(now_us, probes=probes)
                if before is None
                else resumed(before, now_us, probes=probes)
            )
        self._story = Story(settings.name, self._callouts.read())
        self._began = self._turned = self._wrote = now_us
        self._unable: tuple[Unable, ...] | None = None
        self.verdicts: dict[str, CenterState] = {}
        self.ahead_us = 0
        """Offset of the wall clock from the watcher's: people on duty are determined by the wall clock."""
        self.calls_nobody = False
        """True while the machine is about to set its clock: people of the wrong hours would be called."""
        for callout in self._story.open:
            # The result of these attempts is unknown: their people may be called again.
            for one in callout.now:
                self._say(
                    CalloutFailed(callout=callout.id, attempt=one.number, why=CalloutFailure.LOST), now_us
                )

    # ------------------------------------------------------------ heartbeats

    def hear(self, sealed: bytes, unable: tuple[Unable, ...], now_us: Instant) -> bytes | None:
        """Return the answer to a heartbeat; None if the sender has no key of a watched center."""
        known = self._ears.open_heartbeat(sealed)
        if known is None:
            return None
        name, key, beat = known
        center = self._centers[name]
        if beat.simulated != center.simulated:
            self._log.error("the heartbeat is ignored: one side is simulated and the other real", center=name)
            return None
        with self._lock:
            before = self._hearings[name]
            hearing, taken = apply_heartbeat(before, beat, now_us, os.urandom(16))
            self._hearings[name] = hearing
            if hearing.roster_version != before.roster_version:
                self._keep(now_us)
            self.probings[name].taken(beat.probes_taken)
            people = on_duty(self._roster(center), Instant(now_us + self.ahead_us))
            lacks = unable if people else (*unable, Unable.ROSTER)
            answer = Answer(
                watcher=self._settings.name,
                taken=taken,
                challenge=challenge_of(hearing, beat.node),
                unable=lacks,
                roster_version=NO_PHONE if center.roster else hearing.roster_version,
                probes=self.probings[name].whole(now_us),
            )
        return key.answer(answer, sealed)

    @property
    def busy(self) -> bool:
        """True if a callout is open: a new clock would change its times."""
        with self._lock:
            return bool(self._story.open)

    def stopped(self) -> None:
        """Record the end of the watcher, so that checks need not wait for the file to become old."""
        with self._lock:
            self._keep(Instant(0))
            self._keep_probes(_NEVER)

    # ------------------------------------------------------------ decisions

    def turn(self, hands: NotificationChannels, now_us: Instant) -> None:
        """Poll the state, and carry out due actions. Called twice a second."""
        with self._lock:
            if hands.able != self._unable:
                self._unable = hands.able
                self._keep(now_us)
            turned_us, self._turned = now_us - self._turned, now_us
            for name in self._centers:
                self._look(name, turned_us, now_us)
            for callout in () if self.calls_nobody else self._story.open:
                self._notify(callout, hands, now_us)
            if now_us - self._wrote >= KEPT_EVERY_US:
                self._keep(now_us)
                self._keep_probes(now_us // (60 * SECOND))

    def _look(self, name: str, turned_us: int, now_us: Instant) -> None:
        center, hearing = self._centers[name], self._hearings[name]
        heard = after_sleep(hearing.heard, turned_us)
        probed = self.probings[name].answered()
        if probed is not None and heard.probed_at is not None:
            heard = replace(heard, probed_at=max(heard.probed_at, probed))
        if not center.key_file:
            heard = replace(heard, beat_at=now_us, well_at=now_us)
        self._hearings[name] = replace(hearing, heard=heard)
        patience = Patience(silent_after_s=center.silent_after_s, unwell_after_s=center.unwell_after_s)
        told = center_state(heard, patience, now_us)
        if told is not self.verdicts.get(name):
            self._log.info("a center", center=name, verdict=str(told))
            self.verdicts[name] = told
        self._follow(name, told, now_us)

    def _follow(self, name: str, told: CenterState, now_us: Instant) -> None:
        """Open a callout, or end it, by the verdict."""
        callout = self._story.of(name)
        is_open = callout is not None and callout.ended_at is None
        if told is CenterState.WELL or (
            told is CenterState.PLANNED and callout is not None and not callout.taken
        ):
            if callout is not None and is_open and (told is CenterState.PLANNED or self._is_proved(name)):
                why = CalloutEnd.TAKEN if callout.taken else CalloutEnd.OVER
                self._say(CalloutEnded(callout=callout.id, why=why), now_us)
            return
        if told is CenterState.PLANNED:
            return
        if callout is not None and is_open:
            if callout.taken_at is None:
                return
            graver = told in _GRAVE and callout.alarms[0].alarm not in {f"center.{one}" for one in _GRAVE}
            if not graver and now_us - callout.taken_at < AGAIN_US:
                return
            self._say(CalloutEnded(callout=callout.id, why=CalloutEnd.TAKEN), now_us)
        alarm = CalloutAlarm(
            alarm=f"center.{told}", subject=name, node=NodeId(self._settings.name), raised_at=now_us
        )
        self._say(CalloutOpened(callout=uuid.uuid4().hex[:16], alarms=(alarm,)), now_us)

    def _is_proved(self, name: str) -> bool:
        """Return True if this run has received a sign of the center: after a restart the state is unknown."""
        heard = self._hearings[name]
        if not self._centers[name].key_file:
            return heard.heard.probed_at is not None and heard.heard.probed_at > self._began
        return any(one.at > self._began for one in heard.nodes.values())

    def _notify(self, callout: Callout, hands: NotificationChannels, now_us: Instant) -> None:
        name = callout.alarms[0].subject
        center = self._centers.get(name)
        told = self.verdicts.get(name, CenterState.WELL)
        if center is None or told in (CenterState.WELL, CenterState.PLANNED):
            return
        tries = next_of(callout, self._roster(center), now_us, phones=not hands.able, ahead_us=self.ahead_us)
        for number, one in enumerate(tries, len(callout.attempts) + 1):
            self._say(one.tried_event(callout.id, number), now_us)
            language = one.person.language if one.person.language in WORDS else self._settings.language
            wrong = what_is_wrong(told, name, language)
            if one.way is DutyWay.CALL:
                hands.call((callout.id, number), one.person, one.to, language, f"securWoman. {wrong}.")
            else:
                about = CalloutOpened(callout=callout.id, alarms=callout.alarms)
                hands.write((callout.id, number), one, wrong, about, now_us)

    # ------------------------------------------------------------ results

    def taken(self, name: TryName, person: Person, now_us: Instant) -> None:
        """Record that the person has taken the callout by a key."""
        with self._lock:
            self._say(CalloutTaken(callout=name[0], person=person.id, way=DutyWay.CALL), now_us)

    def is_call_needed(self, name: TryName) -> bool:
        """Return True if this call is still needed; the modem is not held for an ended callout."""
        with self._lock:
            return any(one.id == name[0] for one in self._story.open)

    def answered(self, name: TryName, now_us: Instant) -> None:
        """Record that the call was answered, by a person or a machine."""
        callout, number = name
        with self._lock:
            self._say(CalloutAnswered(callout=callout, attempt=number), now_us)

    def ended(
        self, name: TryName, failure: CalloutFailure | None, cause: int | None, now_us: Instant
    ) -> None:
        """Record the result of a call or a written notification."""
        callout, number = name
        with self._lock:
            if failure is None:
                self._say(CalloutTold(callout=callout, attempt=number), now_us)
            else:
                self._say(CalloutFailed(callout=callout, attempt=number, why=failure, cause=cause), now_us)

    # ------------------------------------------------------------ state

    def _roster(self, center: CenterTable) -> Roster:
        try:
            return roster_of(center, self._hearings[center.name].roster)
        except (OSError, ValueError, FileFaulty) as error:
            self._log.error("the roster cannot be read", center=center.name, error=str(error))
            return EMPTY

    def _say(self, event: Event, now_us: Instant) -> None:
        recorded = self._story.add(event, now_us)
        self._log.info("callout", said=msgspec.to_builtins(event))
        with self._logging_disk_errors():
            told = self._story.recorded
            self._callouts.append((recorded,), len(told), lambda: told)

    def _keep(self, now_us: Instant) -> None:
        self._wrote = now_us
        kept = Kept(at=now_us, unable=self._unable or (), hearings=self._hearings)
        with self._logging_disk_errors():
            write(self._folder, kept)

    def _keep_probes(self, before_minute: int) -> None:
        def of_each(rows: Callable[[Probing], Iterable[ProbeResult]]) -> Iterator[CenterProbe]:
            return (CenterProbe(name, row) for name, one in self.probings.items() for row in rows(one))

        with self._logging_disk_errors():
            self._probes.append(
                of_each(lambda one: one.unwritten(before_minute)),
                sum(map(len, self.probings.values())),
                lambda: of_each(lambda one: one.rows),
            )

    @contextmanager
    def _logging_disk_errors(self) -> Iterator[None]:
        """Log errors of the disk, and call people nevertheless: a full disk must not hide a
        center's failure.
        """
        try:
            yield
        except OSError as error:
            self._log.error("the state of the watcher cannot be written", error=str(error))


def next_of(
    callout: Callout, roster: Roster, now_us: Instant, *, phones: bool, ahead_us: int = 0
) -> tuple[PlannedAttempt, ...]:
    """Return the attempts to be begun now, besides those in progress; none once the callout is taken. People
    are called as by a center, by the watcher's own modem, the call first: the modem does one thing at a time,
    and a short message wakes no person. If phoning is impossible all people are notified in writing at once.

    `ahead_us`: offset of the wall clock from `now_us`. People on duty are determined by the wall clock.
    """
    if callout.taken or callout.ended_at is not None:
        return ()
    people = on_duty(roster, Instant(now_us + ahead_us))
    if phones:
        found = pending_actions(callout, people, now_us)
        return found.written if found.call is None else (found.call, *found.written)
    each = (one for person in people for one in pending_actions(callout, [person], now_us).written)
    return tuple(one for one in each if one.way not in BY_NUMBER)


def what_is_wrong(verdict: CenterState, name: str, language: str) -> str:
    """Return a sentence without its full stop, in one of the languages of `WORDS`."""
    return WORDS[language][verdict].format(name=name)


def recovery_text(language: str) -> str:
    """Return the words for a person on the phone at the end of the callout."""
    return _WELL_AGAIN[language]
