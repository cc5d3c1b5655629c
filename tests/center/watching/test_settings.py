"""What is wrong with a watcher's own settings is said by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.errors import SettingsError
from center.watching.settings import load


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
        load(file)
    assert fault in raised.value.faults[0]
