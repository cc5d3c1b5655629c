"""Marta at her console, before a web that serves what a test writes into the journal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from messages.ids import E164
from store.journal import Journal
from store.registry import Registry
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story


def signed_on(page: Page, url: str, place: Place, language: str = "en") -> Page:
    """The page after signing on."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{url}/console/?lang={language}#token={place.marta_token}")
    expect(page.locator(".bar__me")).to_contain_text("Marta Bianchi")
    return page


def settled(page: Page) -> None:
    """Keys pressed right after a change are not taken; wait until they are."""
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")


def giulias(journal: Journal, *, ago_s: float = 5, position: bool = True) -> Story:
    """Giulia's alert, a case for it, and who she is."""
    giulia = Registry(journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    return Story(journal, CLOCK.now_us(), ago_s=ago_s, position=position).opened().identified(giulia.id)
