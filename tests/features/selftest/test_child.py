"""What a look that was killed leaves behind."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from application.state.state_dir import CHECKING, StateDir
from center.checks.selftest_step import check_of
from features.selftest.judging import evaluate_disk
from features.selftest.self_test.actor import ProcessChild
from features.selftest.self_test.work import CheckWork, Child, failed
from messages.ids import SECOND, Instant
from messages.proofs import ProofStep, ProofWhy, StepResult
from tests.features.selftest.test_chain import around
from tests.store.places import START
from tests.support.there import there
from tests.waiting import wait_until


def test_a_trial_of_the_backup_that_gives_way_leaves_no_copy_of_the_journal(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    child = ProcessChild(ProofStep.BACKUP, tmp_path)
    try:
        own = tmp_path / f"{CHECKING}-{child.pid}"
        others = tmp_path / f"{CHECKING}-{os.getpid()}"
        for corner in (own, others):
            corner.mkdir()
            (corner / "journal.db").write_bytes(b"everybody")
    finally:
        child.kill()
    assert not own.exists()
    assert others.exists(), "somebody tries a backup as well"


def test_a_look_goes_on_where_the_disk_takes_no_log(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("no folder: nothing can be opened in it")
    child = ProcessChild(ProofStep.DISK, tmp_path)

    def said() -> bool:
        with suppress(PermissionError, ProcessLookupError):  # it stands back, behind whatever else is tested
            os.sched_setscheduler(child.pid, os.SCHED_OTHER, os.sched_param(0))
        return child.result() is not None

    wait_until(said, within_s=60)


def test_a_look_that_cannot_be_begun_has_failed_and_ends_nobody() -> None:
    def no_room(_: ProofStep) -> Child:
        raise OSError(errno.EAGAIN, "no process can be started")

    work = CheckWork(ProofStep.JOURNAL, no_room)
    work.resume("")
    assert work.result(around()) == failed(ProofWhy.TROUBLE)
    work.end(around())


@pytest.mark.parametrize(
    ("flag", "blocks", "files"), [(os.ST_RDONLY, 5000, 5000), (0, 0, 5000), (0, 5000, 0)]
)
def test_a_disk_that_takes_nothing_more_is_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int, blocks: int, files: int
) -> None:
    found = os.statvfs_result((4096, 4096, 10_000, blocks, blocks, 10_000, files, files, flag, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    shown = there(check_of(ProofStep.DISK))(StateDir(tmp_path))
    assert (shown.result, shown.why) == (StepResult.FAILED, ProofWhy.DISK)
    # However fast it fills by the proofs before.
    assert evaluate_disk(shown, [(START, 1e12)], Instant(START + 86_400 * SECOND)).why is ProofWhy.DISK
