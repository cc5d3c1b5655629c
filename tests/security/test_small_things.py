"""Small ways in: escape sequences to a terminal, a line's end behind a digit, what a browser might run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.errors import SettingsError
from application.settings.file import parse
from center.options import Common
from messages import events as ev
from messages.ids import OperatorId
from model.telling.story import in_words
from runtime import logs
from runtime.terminal import shown, shown_json
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import GIULIA
from tests.support.each import each

NASTY = "aiuto \x1b[2J\x1b]0;x\x07\r\nok\x9b31m \u202e123\u202c\u2028fine"


def test_no_control_character_of_a_note_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = in_words(ev.NoteAdded(by=OperatorId(""), text=NASTY))
    assert text is not None
    common = Common()
    common.say(text)
    common.table(("a", "b"), [(NASTY, "[red]x[/red]"), (NASTY, NASTY)], "")
    common.data({"text": NASTY})
    Common(json=True).say(NASTY)
    said = "".join(capsys.readouterr())
    steering = {char for char in said if not char.isprintable()}
    assert steering == {"\n"}
    assert "\\x1b[2J" in said
    assert "[red]x[/red]" in said


def test_no_control_character_of_a_note_reaches_who_reads_the_logs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(tmp_path, "web", stderr=True)
    logs.get("x").warning("a note", text=NASTY)
    line = (tmp_path / logs.FILE_NAME).read_text()
    assert json.loads(line)["text"] == NASTY
    assert {char for char in line + capsys.readouterr().err if not char.isprintable()} == {"\n"}


@given(st.text())
def test_whatever_is_said_is_one_line_and_json_says_the_same(text: str) -> None:
    assert len(shown(text).splitlines()) <= 1
    written = shown_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert len(written.splitlines()) == 1
    assert "\x1b" not in shown(text) + written
    assert "\x9b" not in shown(text) + written


@each("digit", ["1\n", "\n", "1\r", "11", "１", "a", "1 "])
def test_a_digit_is_one_digit(api: Api, digit: str) -> None:
    alert = api.app.post("/v1/alerts", json={"phone": GIULIA}).json()["alert"]
    body = {"command": "send_digit", "digit": digit}
    answer = api.marta.post(f"/v1/alerts/{alert}/commands", json=body)
    assert answer.status_code == 400


@each("text", ['node = "a\\n"', 'region = "IT\\n"', '[[trunk]]\nname = "a\\n"'])
def test_no_setting_ends_with_a_line_s_end(text: str) -> None:
    with pytest.raises(SettingsError):
        parse(text)


@each("path", ["/nowhere", "/v1/nowhere", "/console/nowhere.js", "/app/../x", "/v1/alerts/none"])
def test_what_is_not_there_is_nothing_that_a_browser_runs(app: Asker, path: str) -> None:
    answer = app.get(path)
    assert answer.status_code == 404
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
