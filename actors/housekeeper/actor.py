"""Process for periodic housekeeping: repair and deletion of recordings, erasure of expired personal data,
deletion of old audit entries, alarms about phones that no longer send checks, alarms of features, and the
summary of the node's alarms.

No alert waits for this process, and no call depends on it. Truncated recordings are repaired on a thread,
because decoding an hour of sound takes seconds.
"""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from actors.alert_case.recording import ALARM, SUBJECT
from actors.housekeeper.decider import PINS_STAND_US, pins_over
from application.recordings import RETENTION, delete, delete_erased, expired, mend_all, not_held, recordings
from media.conference.recording import KEEP_FREE_BYTES
from media.sound.sound_file import SoundFileFailed
from messages.ids import SECOND, Instant, PersonalKind, Role
from model.alarms.history import episodes
from model.feature import installed, load_object
from model.rules.phones_that_check import count_by_state, silent_phones_fault
from model.setup import Setup
from runtime.actor import CenterActor
from store import streams
from store.alarms import NodeAlarms, alarm_events_since, write_alarm_summary
from store.alerts.accepting import has_open_alert
from store.alerts.erasing import Erasure, erase_expired
from store.audit.trail import Trail
from store.database.dialect import is_server
from store.errors import JournalError, StoreError
from store.journal.journal import Append, Journal
from store.registry.devices import count_checks

MEND_EVERY_US: Final = Instant(10 * SECOND)
DELETE_EVERY_US: Final = Instant(3600 * SECOND)
SWEEP_EVERY_US: Final = Instant(86_400 * SECOND)
CLEAR_EVERY_US: Final = Instant(60 * SECOND)
PHONES_SILENT: Final = ("phones.silent", "phones")


class HousekeeperActor(CenterActor):
    """Housekeeper: runs each job at its interval, from ten seconds (repair) to a day (erasure)."""

    role: ClassVar[Role] = Role.HOUSEKEEPER

    def started(self) -> None:
        """Open the journal and make every job due at once: the machine may have been off for long."""
        setup = self.env.settings_as(Setup)
        self._settings, self._rules = setup.settings, setup.settings.recording
        self._watched = [(one, load_object(one.look)) for feature in installed() for one in feature.watched]
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._folder = self.env.state / "recordings"
        self._mending: threading.Thread | None = None
        self._retention = setup.settings.retention
        self._sweeping: Iterator[tuple[Erasure, ...]] | None = None
        self._swept: Counter[PersonalKind] = Counter()
        self._on_server = is_server(self.env.journal_url)
        self._scrub_at: Instant | None = self.now_us() if self._on_server else None
        self._trail = Trail(self.env.state / "keys")
        self._mend_at = self._delete_at = self._clear_at = self._look_at = self._sweep_at = self.now_us()
        self._prune_at = self._sweep_at

    def tick(self, now_us: Instant) -> None:
        """Run the jobs that are due at `now_us`. Called every second."""
        if now_us >= self._look_at:
            self._look_at = Instant(now_us + CLEAR_EVERY_US)
            self._look_at_watched(now_us)
            self._look_at_phones(now_us)
            self._sum_up()
            self._end_of_pins(now_us)
        self._forget(now_us)
        self._scrub(now_us)
        self._prune(now_us)
        if not self._folder.is_dir():
            return
        if now_us >= self._mend_at and (self._mending is None or not self._mending.is_alive()):
            self._mend_at = Instant(now_us + MEND_EVERY_US)
            self._mending = threading.Thread(
                target=self._mend, args=(self._folder,), name="mend", daemon=True
            )
            self._mending.start()
        if now_us >= self._delete_at:
            self._delete_at = Instant(now_us + DELETE_EVERY_US)
            self._delete(now_us)
        if now_us >= self._clear_at:
            self._clear_at = Instant(now_us + CLEAR_EVERY_US)
            self._clear()

    def _forget(self, now_us: Instant) -> None:
        """Erase expired personal data of alerts, one page of alerts in each call."""
        if self._sweeping is None:
            if now_us < self._sweep_at:
                return
            self._sweep_at = Instant(now_us + SWEEP_EVERY_US)
            self._sweeping, self._swept = (
                erase_expired(self._journal, self._retention),
                Counter[PersonalKind](),
            )
        try:
            page = next(self._sweeping, None)
            if page is not None:
                self._swept.update(kind for one in page for kind in one.kinds)
                return
            self._sweeping = None
            self.log.info(
                "personal data were checked for expiry", **{str(k): n for k, n in self._swept.items()}
            )
            self._scrub_at = now_us if self._swept and self._on_server else self._scrub_at
        except JournalError as error:
            self._sweeping = None
            self.log.error("expired personal data cannot be erased and stay pending", error=str(error))

    def _scrub(self, now_us: Instant) -> None:
        """Remove deleted data from the disk of a database server, including data that an earlier process has
        deleted: that process may have been killed before it scrubbed. Scrubbing delays other writers: it runs
        on a thread, and only while no alert is open. The FallbackKeeper scrubs a journal in a file.
        """
        if self._scrub_at is None or now_us < self._scrub_at or self._sweeping is not None:
            return
        self._scrub_at = Instant(now_us + DELETE_EVERY_US)
        try:
            if not has_open_alert(self._journal):
                threading.Thread(target=self._scrubbed, name="scrub", daemon=True).start()
        except JournalError as error:
            self.log.error(
                "the erased data cannot be scrubbed from the disk and stay pending", error=str(error)
            )

    def _scrubbed(self) -> None:
        try:
            why = self._journal.scrub()
        except StoreError as error:
            why = str(error)
        if why:
            self.log.warning("erased data may still be on the disk", why=why)
        else:
            self._scrub_at = None

    def _prune(self, now_us: Instant) -> None:
        """Delete expired entries of the audit, one page of entries in each call."""
        if now_us < self._prune_at or not self._retention.audit_days:
            return
        before = Instant(now_us - self._retention.audit_days * SWEEP_EVERY_US)
        try:
            told = self._journal.transact(lambda tx: self._trail.prune(tx, before))
            if told is None:
                self._prune_at = Instant(now_us + SWEEP_EVERY_US)
                return
            self._trail.committed(told)
            self._trail.save()
            self.log.info("expired audit entries are deleted", upto=told.said.detail.split()[1])
        except (JournalError, OSError) as error:
            self._prune_at = Instant(now_us + DELETE_EVERY_US)
            self.log.error("expired audit entries cannot be deleted and stay pending", error=str(error))

    def _mend(self, folder: Path) -> None:
        try:
            for done in mend_all(folder):
                if isinstance(done, SoundFileFailed):
                    self.log.error("the recording cannot be repaired", error=str(done))
                else:
                    self.log.warning("the recording was cut short and is repaired", file=done.name)
        except OSError as error:
            self.log.error("the folder of recordings cannot be read", error=str(error))

    def _delete(self, now_us: Instant) -> None:
        try:
            for file in delete_erased(self._journal, self._folder):
                self.log.info("deleted", file=file)
            aged = expired(recordings(self._folder), self._rules.retention_days, now_us)
            old = list(not_held(self._journal, aged))
            for file in delete(self._journal, self._folder, old, RETENTION):
                self.log.info("deleted", file=file, days=self._rules.retention_days)
        except (JournalError, OSError) as error:
            self.log.error("expired recordings cannot be deleted and stay pending", error=str(error))

    def _look_at_watched(self, now_us: Instant) -> None:
        """Run the checks of the installed features (`WatchedCondition`); raise or clear the alarm of each."""
        for one, look in self._watched:
            found = look(self._settings, self.env.state, now_us)
            if found is None:
                continue
            try:
                self._alarms.tell({(one.alarm, one.subject): found}, over=one.over)
            except JournalError as error:
                self.log.error("the alarms cannot be written and stay pending", error=str(error))

    def _look_at_phones(self, now_us: Instant) -> None:
        """Raise the alarm if most phones that sent automatic checks have stopped, or clear the alarm."""
        try:
            found = silent_phones_fault(count_by_state(count_checks(self._journal), now_us))
            self._alarms.tell({PHONES_SILENT: found}, over="Most phones check again.")
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))

    def _sum_up(self) -> None:
        """Write a summary of the node's alarms, so that a starting process need not read all events of a
        recurring alarm.
        """
        try:
            write_alarm_summary(self._journal, self.env.node)
        except JournalError as error:
            self.log.error("the summary of alarms cannot be written and stays pending", error=str(error))

    def _end_of_pins(self, now_us: Instant) -> None:
        """Clear alarms about a PIN after a day: the people on duty have read them by then."""
        node, since_us = self.env.node, Instant(now_us - 2 * PINS_STAND_US)
        try:
            over = pins_over(episodes(alarm_events_since(self._journal, (node,), since_us)), now_us)
            if over:
                self._journal.append(Append(streams.node(node), None, over))
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))

    def _clear(self) -> None:
        """Clear the alarm about recordings once the disk has room again; a recording that still fails raises
        the alarm again.
        """
        try:
            if shutil.disk_usage(self._folder).free >= 2 * KEEP_FREE_BYTES:
                self._alarms.refresh()  # the alarm was raised by an AlertCase, not by this process
                self._alarms.tell({(ALARM, SUBJECT): ""}, over="The disk has room for recordings again.")
        except (JournalError, OSError) as error:
            self.log.error("the alarm cannot be cleared and stays pending", error=str(error))
