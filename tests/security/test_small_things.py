"""Small ways in: escape sequences, a line's end behind a digit, an emergency number in disguise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.errors import SettingsError
from application.options import Common
from application.settings.file import parse
from gateways.gsm.errors import DialRefused
from gateways.gsm.port.dial_guard import DialGuard
from messages import events as ev
from messages.ids import E164, OperatorId
from model.rules.calls.withheld_numbers import NEVER, why_not_dialled
from model.settings import Settings
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
    common.print_line(text)
    common.table(("a", "b"), [(NASTY, "[red]x[/red]"), (NASTY, NASTY)], "")
    common.data({"text": NASTY})
    Common(json=True).print_line(NASTY)
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


EMERGENCY: Final = ("112", "113", "115", "118", "911", "999", "000", "08", "110", "119")
DRESSES: Final = (
    "{}", "+{}", "00{}", "+39{}", "0039{}", "+39 {}", "+49{}", "+1{}", "+44{}", "(+39) {}", "*31#{}",
    "#31#{}", "{};", "tel:{}", "{}\r", "{},,1",
)  # fmt: skip
NUMBERS: Final = (*(dress.format(number) for number in EMERGENCY for dress in DRESSES), "+39 ١١٢")
"""Whatever somebody may say who has the app's key."""


def reaches_a_modem(api: Api, number: str) -> str:
    """The bytes that a public line's modem gets of it, an operator's order given; empty for none."""
    answer = api.app.post("/v1/alerts", json={"phone": number})
    assert answer.status_code in (202, 200, 400), number
    if answer.status_code == 400:
        return ""
    story = api.marta.get(f"/v1/alerts/{answer.json()['alert']}/story").json()
    taken = E164(story["case"]["phone"] if "case" in story else story["phone"])
    if why_not_dialled(taken, Settings(), own=(), staff=(), others=0) in NEVER:
        return ""
    guard = DialGuard(psap_live=True, trunk_emergency=False)
    try:
        return guard.pass_through(f"ATD{taken};\r".encode()).decode()
    except DialRefused:
        return ""


@pytest.mark.parametrize("number", EMERGENCY)
def test_no_emergency_number_reaches_a_modem_as_a_user_s(api: Api, number: str) -> None:
    mine = [one for one in NUMBERS if number in one] + [NUMBERS[-1]]
    assert {one: found for one in mine if (found := reaches_a_modem(api, one))} == {}


def test_an_ordinary_number_reaches_it(api: Api) -> None:
    assert reaches_a_modem(api, GIULIA) == f"ATD{GIULIA};\r"


@each("written", NUMBERS)
def test_the_guard_lets_none_through_that_is_dialled_as_it_stands(written: str) -> None:
    """Past everything before it, as if nothing else looked."""
    guard = DialGuard(psap_live=True, trunk_emergency=False)
    try:
        passed = guard.pass_through(f"ATD{written};\r".encode())
    except DialRefused:
        return
    assert passed == b""
