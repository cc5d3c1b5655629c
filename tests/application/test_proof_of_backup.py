"""The nightly proof restores the backup, and tells one that is damaged, old, or not there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from center.checks.backup import prove_backup as backup
from messages.proofs import ProofWhy, StepResult
from model.proof.bounds import OLDEST_BACKUP_S
from runtime.published.backup_file import backups
from tests.application.test_backup import Center, center  # noqa: F401 - fixtures


@pytest.fixture
def made(center: Center) -> Center:  # noqa: F811
    """With a backup that this machine may try."""
    center.settings.write_text(f'[backup]\nfile = "{center.file}"\nidentity = "{center.identity}"\n')
    center.backup()
    return center


def found(made: Center) -> tuple[StepResult, ProofWhy]:
    shown = backup(made.state)
    assert list(made.state.path.glob(".checking*")) == [], "the trial takes its copy away"
    return shown.result, shown.why


def test_a_good_one_is_restored_and_it_is_remembered_when(made: Center) -> None:
    shown = backup(made.state)
    assert (shown.result, shown.why) == (StepResult.OK, ProofWhy.NONE)
    assert shown.figures["events"] == 8
    assert backups(made.state.path)[str(made.file)].checked_at is not None


def test_one_that_was_altered_is_damaged_and_one_that_is_not_there_is_missing(made: Center) -> None:
    for path in (made.file, made.keys, made.recordings / "a.1.flac.age"):
        content = path.read_bytes()
        path.write_bytes(content[:-9])
        assert found(made) == (StepResult.FAILED, ProofWhy.DAMAGED), path
        path.unlink()
        if path.parent == made.file.parent:
            assert found(made) == (StepResult.FAILED, ProofWhy.MISSING), path
        path.write_bytes(content)


def test_one_of_days_ago_is_old_whatever_the_center_remembers_of_it(
    made: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_s = time.time() + OLDEST_BACKUP_S + 60
    monkeypatch.setattr("application.backup.restoring.time.time", lambda: late_s)
    assert found(made) == (StepResult.FAILED, ProofWhy.OLD)


def test_that_it_cannot_be_tried_says_nothing_of_the_backup(made: Center) -> None:
    made.identity.write_text("no key\n")
    assert found(made) == (StepResult.FAILED, ProofWhy.TROUBLE)


def test_a_recording_that_the_next_backup_takes_away_meanwhile_is_not_missing(made: Center) -> None:
    gone = made.recordings / "b.1.flac.age"
    os.symlink(Path("nowhere"), gone)
    assert found(made) == (StepResult.OK, ProofWhy.NONE)
