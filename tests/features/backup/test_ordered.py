"""Backups as the administration sees and orders them, and as the nightly proof finds them."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from application.errors import CenterError
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import cli
from features.backup import orders
from features.backup.age import new_identity
from features.backup.checks import prove_backup as backup
from features.backup.orders import OwnBackups, next_by_timer, noted
from features.backup.records import Run, Work, backups, file_of, run_of, said, wanted_file
from features.backup.status import BackupStanding, BackupWrong, who
from messages.ids import Instant
from messages.proofs import ProofWhy, StepResult
from model.bounds import OLDEST_BACKUP_S
from tests.features.backup.test_commands import Center, center  # noqa: F401 - fixtures
from tests.waiting import wait_until

TOMORROW = {Work.BACKUP: Instant(4_000_000_000_000_000)}


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateDir:
    """A center whose settings name a place, whom to encrypt to, and a key for trials."""
    made = StateDir(tmp_path / "state")
    made.create()
    with journal_of(made, create=True):
        pass
    (tmp_path / "media").mkdir()
    to = new_identity(tmp_path / "trial.key")
    settings = tmp_path / "center.toml"
    settings.write_text(
        f'[backup]\nfile = "media/center.age"\nto = ["{to}"]\nidentity = "{tmp_path}/trial.key"\n'
    )
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(settings))
    return made


def ended(seen: OwnBackups, work: Work) -> BackupStanding:
    """As it stands once the last run of this work has ended."""

    def found() -> BackupStanding | None:
        stands = seen.standing()
        run = stands.runs.get(work)
        return stands if run is not None and run.ended_at is not None else None

    return wait_until(found, within_s=60, what=f"the end of a {work}")


def test_two_who_order_it_at_once_begin_one(state: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, begun, real = OwnBackups(state, lambda: TOMORROW), [], subprocess.Popen

    def popen(command: list[str], **given: Any) -> subprocess.Popen[bytes]:
        if not begun:
            begun.append(threading.Thread(target=lambda: answers.append(seen.begin(Work.BACKUP))))
            begun[0].start()
            begun[0].join(0.1)
        made.append(real(["sleep", "60"], **given))
        return made[-1]

    made: list[subprocess.Popen[bytes]] = []
    answers: list[bool] = []
    monkeypatch.setattr(orders.subprocess, "Popen", popen)
    try:
        answers.append(seen.begin(Work.BACKUP))
        begun[0].join()
        assert (len(made), sorted(answers)) == (1, [False, True])
    finally:
        for one in made:
            one.kill()


def test_one_that_is_ordered_is_made_beside_the_center_and_tried(state: StateDir) -> None:
    seen = OwnBackups(state, lambda: TOMORROW)
    before = seen.standing()
    assert set(before.wrong) == {BackupWrong.SAME_DISK, BackupWrong.NEVER}
    assert before.next == TOMORROW
    assert seen.begin(Work.BACKUP)
    stands = ended(seen, Work.BACKUP)
    file = str(state.path.parent / "media/center.age")
    assert [(one.file, one.is_there, one.checked_at) for one in stands.kept] == [(file, True, None)]
    assert stands.runs[Work.BACKUP].failed == ""
    assert set(stands.wrong) == {BackupWrong.SAME_DISK, BackupWrong.UNTRIED}
    assert seen.begin(Work.CHECK)
    stands = ended(seen, Work.CHECK)
    assert stands.kept[0].checked_at is not None
    assert stands.wrong == (BackupWrong.SAME_DISK,)
    assert not (state.path / ".checking").exists()
    Path(f"{file}.keys").unlink()
    assert seen.standing().wrong == (BackupWrong.SAME_DISK, BackupWrong.NO_KEYS)


def test_one_that_was_ordered_and_has_not_begun_is_not_ordered_again(
    state: StateDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "ends")
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nread line < {tmp_path}/ends\n")
    slow.chmod(0o755)
    monkeypatch.setattr(orders, "COMMAND_LINE", str(slow))
    seen = OwnBackups(state, lambda: TOMORROW)
    assert seen.begin(Work.CHECK)
    assert not seen.begin(Work.CHECK)
    assert seen.standing().runs[Work.CHECK].waits
    (tmp_path / "ends").write_text("now\n")
    assert wait_until(lambda: seen.begin(Work.CHECK), within_s=60, what="the end of the first")
    (tmp_path / "ends").write_text("now\n")


def test_what_fails_is_told_in_the_commands_own_words_whoever_has_given_it(
    state: StateDir, capfd: pytest.CaptureFixture[str]
) -> None:
    (state.path.parent / "media").rmdir()
    assert cli.run(["backup", "--state", str(state.path)]) == 1
    seen = OwnBackups(state, lambda: None).standing()
    assert seen.runs[Work.BACKUP].failed in capfd.readouterr().err
    assert "check that its disk is mounted" in seen.runs[Work.BACKUP].failed
    assert seen.wrong == (
        *(BackupWrong.FAILED, BackupWrong.NO_FOLDER),
        *(BackupWrong.NO_TIMER, BackupWrong.NEVER),
    )


def test_one_that_ended_without_a_word_is_told_and_is_in_nobodys_way(state: StateDir) -> None:
    dead = Run(began_at=Instant(1), pid=os.getpid(), started=1)
    file_of(state.path, Work.CHECK).write_bytes(said(dead))
    seen = OwnBackups(state, lambda: TOMORROW).standing()
    assert seen.runs[Work.CHECK].cut_off
    assert BackupWrong.CHECK_FAILED in seen.wrong
    with noted(state, Work.CHECK):
        assert OwnBackups(state).standing().runs[Work.CHECK].running
        assert not OwnBackups(state).begin(Work.CHECK)
        with noted(state, Work.CHECK):
            pass
        assert OwnBackups(state).standing().runs[Work.CHECK].running, "the first one's, not the second's"


def test_where_the_service_may_not_write_a_unit_is_asked_and_when_none_looks_that_is_said(
    state: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders.os, "access", lambda _path, mode: not mode & os.W_OK)
    seen = OwnBackups(state, lambda: TOMORROW)
    assert seen.begin(Work.BACKUP)
    wanted = wanted_file(state.path, Work.BACKUP)
    assert seen.standing().runs[Work.BACKUP].waits
    assert not seen.begin(Work.BACKUP), "it is ordered already"
    os.utime(wanted, (1_700_000_000, 1_700_000_000))
    assert seen.standing().runs[Work.BACKUP].unheard
    assert BackupWrong.FAILED in seen.standing().wrong
    assert seen.begin(Work.BACKUP), "ordered anew"
    assert not seen.standing().runs[Work.BACKUP].unheard
    # As securwoman-backup.path has it given.
    assert cli.run(["backup", "--state", str(state.path), "--json"]) == 0
    assert not wanted.exists()
    assert len(backups(state.path)) == 1
    path_unit = (Path(__file__).parents[3] / "deploy/securwoman-backup.path").read_text()
    assert f"PathExists=/var/lib/securwoman/{wanted.name}\n" in path_unit


def test_an_error_leaves_its_reason_and_goes_on(state: StateDir) -> None:
    with pytest.raises(CenterError), noted(state, Work.BACKUP):
        raise CenterError("no")
    run = run_of(state.path, Work.BACKUP)
    assert run is not None
    assert (run.failed, run.ended_at is not None) == ("no", True)


def test_the_next_ones_are_told_by_systemd_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert next_by_timer(tmp_path / "none") is None
    asked = tmp_path / "systemctl"
    asked.write_text('#!/bin/sh\n[ "$2" = securwoman-backup.timer ] && echo @1795737600 || echo\n')
    asked.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert next_by_timer(tmp_path) == {Work.BACKUP: 1795737600_000_000}


@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        ("age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq", "age1qyqszqgp…90gq"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc safe@home", "ssh-ed25519 safe@home"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabcdef", "ssh-ed25519 …5AAAAIabcdef"),
        ("/var/lib/securwoman/keys/trial.pub", "trial.pub"),
    ],
)
def test_who_can_open_it_is_told_so_that_people_know_which_key_it_is(recipient: str, shown: str) -> None:
    assert who(recipient) == shown


def test_settings_that_cannot_be_read_are_told(state: StateDir) -> None:
    Path(os.environ["SECURWOMAN_CONFIG"]).write_text("[backup]\nfiel = 1\n")
    assert OwnBackups(state).standing() == BackupStanding(wrong=(BackupWrong.SETTINGS,))
    assert json.loads(said(Run(began_at=Instant(1), pid=1, started=1)))["failed"] == ""


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
    monkeypatch.setattr("features.backup.restoring.time.time", lambda: late_s)
    assert found(made) == (StepResult.FAILED, ProofWhy.OLD)


def test_that_it_cannot_be_tried_says_nothing_of_the_backup(made: Center) -> None:
    made.identity.write_text("no key\n")
    assert found(made) == (StepResult.FAILED, ProofWhy.TROUBLE)


def test_a_recording_that_the_next_backup_takes_away_meanwhile_is_not_missing(made: Center) -> None:
    gone = made.recordings / "b.1.flac.age"
    os.symlink(Path("nowhere"), gone)
    assert found(made) == (StepResult.OK, ProofWhy.NONE)
