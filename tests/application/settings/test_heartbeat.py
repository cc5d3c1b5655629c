"""`[[heartbeat]]` and `[[watched]]`: what cannot be meant is said by its path, and paths are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.errors import SettingsError
from application.settings.file import load, parse
from center.watching import settings as of_watcher

BEAT = '[[heartbeat]]\nname = "w"\nurl = "{url}"\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            BEAT.format(url="http://w.test/"),
            "heartbeat[0].key_file: a watcher believes a heartbeat by a key that it has, too",
        ),
        (
            BEAT.format(url="https://u:p@w.test/") + 'kind = "url"',
            'heartbeat[0].url: expected an address like "https://watch.example.org:8114/v1/heartbeats"',
        ),
        (
            (BEAT.format(url="https://w.test/") + 'kind = "url"\n') * 2,
            "heartbeat[1].name: w is already in heartbeat[0]",
        ),
        ('[[watched]]\nname = "m"\nkey_file = ""', "watched[0].key_file: expected `str` of length >= 1"),
    ],
)
def test_what_cannot_be_meant_is_said_by_its_path(text: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse(text)
    assert [one.replace("`", "") for one in raised.value.faults] == [fault.replace("`", "")]


def test_files_lie_beside_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "center.toml"
    file.write_text(
        BEAT.format(url="http://w.test/")
        + 'key_file = "w.key"\n[[watched]]\nname = "m"\nkey_file = "m.key"\n'
    )
    settings = load(file)
    assert settings.heartbeat[0].key_file == str(tmp_path / "w.key")
    assert settings.watched[0].key_file == str(tmp_path / "m.key")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "missing required field `center`"),
        ('[[center]]\nname = "m"\nkey_file = "none"', "center[0].key_file: [Errno 2]"),
        (
            '[[center]]\nname = "m"\nkey_file = "good"\nroster = "bad"',
            "center[0].roster: ",
        ),
        ('[[center]]\nname = "m"\nkey_file = "good"\nprobes = 3', "unknown field `probes`"),
        (
            '[duty]\nmornings = "07:00"\n[[center]]\nname = "m"\nkey_file = "good"',
            "duty.mornings: unknown key; did you mean morning?",
        ),
    ],
)
def test_what_is_wrong_with_a_watchers_own_settings_is_said(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "good").write_text("a" * 44)
    (tmp_path / "bad").write_text("[[person]]\n")
    file = tmp_path / "watch.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        of_watcher.load(file)
    assert fault in raised.value.faults[0]
