"""The SelfTest: tests this node step by step, each night and on demand. It gives way to real alerts.

Steps and results are in `proof-NODE`, from which a new process continues. A check that takes long, or needs
more than actors have, runs in a separate process of low priority.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, ClassVar, Final

import msgspec

from application.state.state_dir import CHECKING
from features.selftest.judging import NAMES, OVERDUE, alarms_of, evaluate_disk, modems_at_fault, overdue
from features.selftest.proving import ItemInProgress, SelfTestRun
from features.selftest.self_test.calls import ChainWork
from features.selftest.self_test.decider import Begin, Due, End, Record, SelfTestState, TryStep, due, is_late
from features.selftest.self_test.work import CheckWork, Child, StepContext, Work, failed, left_out, name_of
from features.selftest.self_test.works import work_of
from features.selftest.settings import SelfTestSettings
from features.selftest.steps import night, planned
from features.selftest.store import KEPT_US, proofs_of
from messages.base import MALFORMED
from messages.events import ProofBegun, ProofEnded, ProofStepBegun, ProofStepEnded
from messages.ids import SECOND, Instant, Role
from messages.proofs import ProofItem, ProofStep, ProofWhy, Shown
from model.alarms.active import Key, with_cleared_alarms
from model.alert.live import LiveCases
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.logs import Outage
from runtime.published import line_files
from store import streams
from store.alarms import NodeAlarms
from store.errors import JournalError, StoreError
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal, Transaction
from store.journal.notify import topic_of_kind
from store.journal.projections import Lines
from store.nodes.members import members
from store.streams import StreamKind

_PROGRAM: Final = "center.checks.selftest_step"
"""Module of the separate process: actors know nothing of the center's settings and files."""
_decoder: Final = msgspec.json.Decoder(Shown)


class ProcessChild:
    """A separate process for a check. It dies with this process."""

    def __init__(self, step: ProofStep, state: Path) -> None:
        """Start the process. Raises OSError if the machine has no resources for another one."""
        command = [sys.executable, "-m", _PROGRAM, step, "--state", str(state)]
        with _log(state / "logs" / f"proof-{step}.log") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
        # A copy of the journal, of its size: a killed process leaves the copy on the disk until the next
        # trial.
        self._corner = state / f"{CHECKING}-{self._process.pid}"

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def result(self) -> Shown | None:
        if self._process.poll() is None:
            return None
        assert self._process.stdout is not None
        with self._process.stdout as told, suppress(*MALFORMED):
            return _decoder.decode(told.read())
        return failed(ProofWhy.TROUBLE)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._corner, ignore_errors=True)


def _log(path: Path) -> IO[bytes]:
    """Open the log of the process; if the disk fails, which is then the finding, the null device."""
    try:
        return path.open("wb")
    except OSError:
        return Path(os.devnull).open("wb")


TURN_US: Final = Instant(SECOND // 4)
LOOKS_EVERY_US: Final = Instant(60 * SECOND)
"""Interval of polling the own stream without a notification, for an order with a lost notification."""
WAITS_US: Final = Instant(30 * SECOND)
"""Time to wait for a busy line: the earlier call on the line is just ending."""


class SelfTestActor(CenterActor):
    """Actor that runs the self-tests of this node."""

    role: ClassVar[Role] = Role.SELF_TEST

    def started(self) -> None:
        """Resume a self-test in progress, and raise the alarms of known faults again."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._stream = streams.proof(self.env.node)
        since = Instant(self.now_us() - KEPT_US)
        self._proving = proofs_of(self._journal, self.env.node, since)
        self._first_us = self._proving.proofs[0].begun_at if self._proving.proofs else self.now_us()
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._ear = self.close_at_end(self._journal.notify.listen(self._stream))
        self._live, self._lines = LiveCases(), Lines()
        self._following: FollowedFolds | None = None
        self._closed_at = Instant(0)
        self._was_open = False
        self._work: tuple[ItemInProgress, Work] | None = None
        self._waits: tuple[ProofItem, Instant] | None = None
        self._read_at = Instant(self.now_us() + LOOKS_EVERY_US)
        self._looked_us = Instant(0)
        self._outage = Outage(self.log, "the journal cannot be used")
        self.watch(self._ear.fileno(), self._heard)
        self._tell()
        self._look()

    def tick(self, now_us: Instant) -> None:
        """Check whether the night has begun."""
        if now_us >= self._read_at:
            self._read()
            self._tell()
        self._look()

    def timer(self, timer: object, now_us: Instant) -> None:
        """Advance the step in progress."""
        self._look()

    def stopping(self) -> None:
        """Leave the step in the journal to the next process; a separate process for a check is ended."""
        if self._work is not None and isinstance(self._work[1], CheckWork | ChainWork):
            self._work[1].end(self._around())
        self._stop_following()

    def child(self, step: ProofStep) -> Child:
        """Start a separate process for a check."""
        return ProcessChild(step, self.env.state)

    # ------------------------------------------------------------ polling

    def _heard(self) -> None:
        self._ear.drain()
        self._read()
        self._look()

    def _read(self) -> None:
        self._read_at = Instant(self.now_us() + LOOKS_EVERY_US)
        try:
            for recorded in self._journal.read(self._stream, self._proving.version):
                self._proving.apply(recorded)
        except JournalError as error:
            self.log.error("the journal cannot be read", error=str(error))

    def _look(self) -> None:
        """Carry out all due actions, one after another."""
        self._looked_us = self.now_us()
        try:
            while (found := self._due()) is not None:
                if not self._do(found):
                    break
        except StoreError as error:
            self._outage.failed(error)
        else:
            self._outage.works()
        if self._proving.current is not None:
            self.at(Instant(self.now_us() + TURN_US), "turn")

    def _due(self) -> Due | None:
        now_us, own = self.now_us(), SelfTestSettings.of(self._setup.settings)
        settles = self.env.clock_settles()
        tonight = None if settles else night(now_us, own.begins_at, own.until)
        begun_tonight = tonight is not None and self._proving.nightly_at() >= tonight.from_us
        wanted = self._proving.current is not None or self._proving.order(now_us) is not None
        if not wanted and (tonight is None or begun_tonight):
            self._stop_following()
            return None
        self._follow(now_us)
        shown = None if self._work is None else self._work[1].result(self._around())
        view = SelfTestState(
            proving=self._proving,
            night=tonight,
            open=self._was_open,
            closed_at=self._closed_at,
            running=None if self._work is None else self._work[0],
            shown=shown,
        )
        return due(view, now_us)

    def _follow(self, now_us: Instant) -> None:
        """Follow the inboxes, to notice a new alert at once. Raises JournalError."""
        if self._following is None:
            self._live, self._lines = LiveCases(), Lines()
            self._following = FollowedFolds(
                self._journal, self._live, self._lines, about=topic_of_kind(StreamKind.INBOX)
            )
        self.watch(self._following.fileno(), self._woken)
        self._following.catch_up()
        is_open = any(not case.test for case in self._live.cases.values())
        if self._was_open and not is_open:
            self._closed_at = now_us
        self._was_open = is_open

    def _woken(self) -> None:
        assert self._following is not None, "its descriptor is watched"
        self.run_no_sooner(Instant(self._looked_us + TURN_US), self._following.fileno(), self._look)

    def _stop_following(self) -> None:
        if self._following is not None:
            self.unwatch(self._following.fileno())
            self._following.close()
            self._following = None

    def _around(self) -> StepContext:
        return StepContext(
            setup=self._setup,
            elsewhere=self.env.peers.lines,
            run=self.env.run,
            state=self.env.state,
            journal=self._journal,
            holds=self._lines.lines,
            reports=partial(line_files.read_all, self.env.run),
            now_us=self.now_us(),
        )

    # ------------------------------------------------------------ actions

    def _do(self, found: Due) -> bool:
        """Carry out an action; return False if no other can follow now. Raises JournalError."""
        match found:
            case Begin(by=by, steps=steps):
                proof = f"{self.env.node}.{self._proving.version}"
                items = planned(self._setup.settings.lines, steps)
                begun = ProofBegun(proof=proof, by=by, whole=not steps, steps=items)
                self._write(begun)
                self.log.info("a self-test begins", proof=proof, by=by, steps=len(items))
            case TryStep(item=item):
                return self._try(self._current, item)
            case Record(item=item, shown=shown, cut=cut):
                self._record(item, shown, cut=cut)
            case End(why=why):
                self._write(ProofEnded(proof=self._current.proof, why=why))
                self.log.info("a self-test has ended", proof=self._proving.proofs[-1].proof, why=why)
                self._tell()
        return True

    @property
    def _current(self) -> SelfTestRun:
        current = self._proving.current
        assert current is not None, "there is something to do of it"
        return current

    def _try(self, current: SelfTestRun, item: ProofItem) -> bool:
        around = self._around()
        work = work_of(item, around, first=self._is_first(), child=self.child)
        if isinstance(work, ProofWhy):
            self._record(item, left_out(work))
            return True
        begun = current.begun
        if begun is not None and begun.item == item and begun.work and not is_late(begun, around.now_us):
            # An earlier process has begun this step.
            work.resume(begun.work)
            self._work = begun, work
            return False
        why = work.why_not(around)
        if why is not ProofWhy.NONE:
            return self._cannot(item, why)
        self._waits = None

        def begin(tx: Transaction) -> str:
            name = work.begin(tx, name_of(current.proof, item, current.count), around)
            step = ProofStepBegun(proof=current.proof, step=item.step, subject=item.subject, work=name)
            tx.append(Append(self._stream, None, (step,)))
            return name

        name = self._journal.transact(begin)
        work.resume(name)
        self._read()
        self._work = ItemInProgress(item=item, work=name, at=around.now_us), work
        return False

    def _cannot(self, item: ProofItem, why: ProofWhy) -> bool:
        """Wait for a line in use, which may be free in a moment; else record the step as left out."""
        now_us = self.now_us()
        if self._waits is None or self._waits[0] != item:
            self._waits = item, now_us
        if why is ProofWhy.LINE_IN_USE and now_us - self._waits[1] < WAITS_US:
            return False
        self._record(item, left_out(why))
        return True

    def _record(self, item: ProofItem, shown: Shown, *, cut: bool = False) -> None:
        if cut and self._work is not None:
            self._work[1].end(self._around())
        if item.step is ProofStep.DISK:
            shown = evaluate_disk(shown, self._free_before(item), self.now_us())
        ended = ProofStepEnded(
            proof=self._current.proof,
            step=item.step,
            subject=item.subject,
            result=shown.result,
            why=shown.why,
            lines=shown.lines,
            figures=shown.figures,
            ways=shown.ways,
        )
        self._write(ended)
        self._work = self._waits = None
        self._tell()

    def _free_before(self, item: ProofItem) -> list[tuple[Instant, float]]:
        told = self._proving.results_of(item)
        return [(one.at, free) for one in told if (free := one.shown.figures.get("free_bytes")) is not None]

    def _write(self, event: ProofBegun | ProofStepEnded | ProofEnded) -> None:
        for recorded in self._journal.append(Append(self._stream, None, (event,))):
            self._proving.apply(recorded)

    def _is_first(self) -> bool:
        """Return True if this node runs the steps that one node runs for all."""
        if not self._journal.shared:
            return True
        alive = [one.node for one in members(self._journal) if one.alive]
        return self.env.node == min(alive, default=self.env.node)

    # ------------------------------------------------------------ alarms

    def _tell(self) -> None:
        found: dict[Key, str] = alarms_of(self._proving, modems_at_fault(self._proving.ways()))
        if SelfTestSettings.of(self._setup.settings).at:
            found[OVERDUE] = overdue(self._proving, self._first_us, self.now_us())
        try:
            before = [key for key in self._alarms.stands if key[0] in NAMES]
            self._alarms.tell(
                with_cleared_alarms(found, before), over="The self-test has passed.", reworded=True
            )
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))
