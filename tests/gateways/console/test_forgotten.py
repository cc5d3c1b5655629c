"""A person who is erased leaves the screens on which their alert is shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from messages.ids import E164
from store.alerts.erasing import erase_person
from store.registry.registry import Registry
from tests.gateways.console import states_of_place
from tests.gateways.console.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def test_the_history_forgets_at_once_and_says_so(stage: Stage) -> None:
    states_of_place.history(stage)
    shown = stage.page.locator(".history")
    expect(shown).to_contain_text("Giulia Rossi")
    expect(shown).to_contain_text("+39 333 111 2223")
    giulia = Registry(stage.journal).user_by_phone(E164("+393331112223"))
    assert giulia is not None
    erase_person(stage.journal, giulia.id, by="test")
    expect(shown).to_contain_text("Erased for good: numbers, positions, notes and texts")
    expect(shown).to_contain_text("erased on")
    for gone in ("Giulia", "333 111"):
        expect(shown).not_to_contain_text(gone)
    expect(shown).to_contain_text("The person’s data were erased.")
    expect(shown.get_by_role("button", name="Reopen")).to_have_count(0)
