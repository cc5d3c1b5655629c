"""However an emergency number is dressed: as a user's it reaches no modem (161 of them)."""

from __future__ import annotations

from typing import Final

import pytest

from gateways.gsm.errors import DialRefused
from gateways.gsm.port.dial_guard import DialGuard
from messages.ids import E164
from model.rules.calls.withheld_numbers import NEVER, withheld
from model.settings import Settings
from tests.gateways.http.askers import Api
from tests.gateways.http.place import GIULIA
from tests.support.each import each

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
    if withheld(taken, Settings(), own=(), staff=(), others=0) in NEVER:
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
