"""The doctor's look at what the center says by itself, and what the settings come to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from center.checks.sound import announcements
from media.conference.sounds import FOLDER
from model.checks import Verdict
from model.settings import Settings
from model.settings.web import AnnouncementsSettings


def looked(folder: str = "", *, names: bool = True) -> list[tuple[Verdict, str]]:
    settings = Settings(announcements=AnnouncementsSettings(folder=folder, names=names))
    return [(one.verdict, one.text) for one in announcements(settings)]


def test_without_a_folder_ours_are_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    none = "0 of 34 questions can be spoken"
    assert looked() == [(Verdict.OK, f"17, the built-in ones; no names (espeak-ng is not installed); {none}")]
    assert looked(names=False) == [(Verdict.OK, f"17, the built-in ones; no names; {none}")]


def test_a_question_s_own_recording_is_one_of_those_that_are_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    shutil.copy(FOLDER / "recorded.it.wav", tmp_path / "violence-3.it.wav")
    ((verdict, text),) = looked(str(tmp_path))
    assert (verdict, text.rpartition("; ")[2]) == (Verdict.OK, "1 of 34 questions can be spoken")
    shutil.copy(FOLDER / "recorded.it.wav", tmp_path / "violence-9.it.wav")
    ((verdict, text),) = looked(str(tmp_path))
    assert (verdict, "violence-9.it.wav: is never played" in text) == (Verdict.FAIL, True)


def test_what_cannot_be_played_is_a_failure_with_path_and_reason(tmp_path: Path) -> None:
    (tmp_path / "please_hold.it.wav").write_bytes(b"no sound")
    ((verdict, text),) = looked(str(tmp_path))
    assert verdict is Verdict.FAIL
    assert text.startswith(f"announcements.folder: {tmp_path}/please_hold.it.wav: ")
