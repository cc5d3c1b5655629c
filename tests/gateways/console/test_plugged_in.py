"""The modems that are plugged in and that no line names: told on the plant page while all lines are well, and
made lines of in the Administration.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from center.modems import obstacles
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import Place, WebThread
from tests.support.usb_machine import QUECTEL, Machine


@pytest.mark.browser
@pytest.mark.process
@pytest.mark.timeout(120)
def test_a_modem_that_no_line_uses_is_told_below_the_lines_and_is_no_alarm(
    page: Page, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path / "machine")
    machine.plug("1-2", QUECTEL, {2: "ttyUSB2"}, attributes={"manufacturer": "Quectel", "product": "EG25-G"})
    machine.plug("1-3", "12d1:1446", {}, without_driver={0: "08"})
    monkeypatch.setattr(obstacles, "HERE", machine.roots)
    place.settings_file()
    journal = place.journal()
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    journal.close()
    site = WebThread(place)
    try:
        console = signed_on(page, site.url, place)
        console.keyboard.press("4")
        told = console.locator(".plant__modems li")
        expect(told).to_have_count(2)
        expect(told.first).to_contain_text("Quectel EG25-G, USB socket 1-2: no line uses it")
        expect(told.last).to_contain_text("12d1:1446, USB socket 1-3: without ports")
        expect(console.locator(".plant__alarms")).not_to_contain_text("1-2")
        console.keyboard.press("5")
        console.keyboard.press("l")
        expect(console.locator(".lines .plant__modems li").first).to_contain_text("USB socket 1-2")
        console.keyboard.press("a")
        expect(console.locator("#modem-port")).to_have_value("usb:1-2")
        console.locator("#modem-name").fill("milano1")
        console.keyboard.press("Enter")
        expect(console.locator(".lines .page-head")).to_contain_text("milano1: written.")
        assert 'name = "milano1"' in (place.state / "center.toml").read_text()
    finally:
        site.stop()
