"""The administration in a browser, by keyboard alone: its chapters by role, and the keys of apps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import signed_on
from tests.gateways.console.test_own_access import typed
from tests.gateways.http.place import Place, WebThread

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"40[019] \(", r"409 \(Conflict\)"),
]


@pytest.fixture(autouse=True)
def registry(journal: Journal, place: Place) -> Registry:
    """Marta is an admin."""
    registry = Registry(journal)
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    return registry


def test_a_key_is_issued_told_once_and_revoked_by_keys_alone(
    page: Page, site: WebThread, place: Place, registry: Registry
) -> None:
    signed_on(page, site.url, place)
    page.keyboard.press("5")
    page.keyboard.press("c")
    expect(page.locator("#keys-h")).to_be_focused()
    rows = page.locator(".keys tbody tr")
    expect(rows).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This is the last key")
    page.keyboard.press("a")
    typed(page, "new app")
    expect(rows).to_have_count(2)
    key = page.locator(".once__secret").input_value()
    assert registry.app_key_name(key) == "new app"
    page.keyboard.press("Escape")
    expect(page.locator("body")).not_to_contain_text(key)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    assert [one.name for one in registry.app_keys()] == ["new app"]


def test_a_supervisor_sees_who_is_on_call_lines_audit_and_version_an_operator_nothing(
    page: Page, site: WebThread, place: Place, registry: Registry
) -> None:
    registry.set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    signed_on(page, site.url, place)
    page.keyboard.press("5")
    chapters = [re.compile(name) for name in ("On duty", "Lines", "Audit", "Version")]
    expect(page.locator(".chapters button")).to_have_text(chapters)
    expect(page.locator("#duty-h")).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator("#lines-h")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#audit-h")).to_be_focused()
    page.keyboard.press("o")
    expect(page.locator("#operators-h")).to_have_count(0)
    page.keyboard.press("v")
    expect(page.locator("#version-h")).to_be_focused()
    expect(page.locator(".about-center")).to_contain_text("litestar")
    registry.set_role(place.marta, StaffRole.OPERATOR, by="test")
    # Another role ends the session; the page that is left would take the token's link for its own.
    expect(page.locator("input[name=password]")).to_be_visible()
    page.goto("about:blank")
    signed_on(page, site.url, place)
    expect(page.locator(".bar__nav button")).to_have_count(3)
    page.keyboard.press("3")
    expect(page.locator("#ready-h")).to_be_visible()
    page.keyboard.press("5")
    expect(page.locator(".chapters")).to_have_count(0)
