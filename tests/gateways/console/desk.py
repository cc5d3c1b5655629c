"""Marta at the console, before a web that serves what a test writes into the journal."""

from __future__ import annotations

from msgspec.structs import replace
from playwright.sync_api import Page, expect

from messages.events import AlertReopened, CommandGiven, Event, NoteAdded
from messages.ids import E164, OperatorCommand
from store import streams
from store.journal.journal import Journal
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

LISTEN = """
window.tones = [];
const start = AudioScheduledSourceNode.prototype.start;
AudioScheduledSourceNode.prototype.start = function (...when) {
  window.tones.push(Math.round(this.frequency.value));
  return start.apply(this, when);
};
"""
"""Put into a page before it is opened, it keeps what was played, in Hz."""


_IN_ITALIAN = """() => {
  const named = (button) => button.textContent.includes('Italiano');
  const chosen = () => [...document.querySelectorAll('button')].find(named);
  const listed = !chosen();
  const list = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }));
  if (listed) list(); // of the keys, in which the button is for who has signed on
  chosen().click();
  if (listed) list();
}"""


def in_italian(page: Page, italian: bool = True) -> None:
    """What is on the screen, in the other language: all stays as it is, but for the focus."""
    page.evaluate(_IN_ITALIAN)
    expect(page.locator("html")).to_have_attribute("lang", "it" if italian else "en")


def tones(page: Page) -> list[int]:
    """What was played until now."""
    played: list[int] = page.evaluate("window.tones")
    return played


def inbox(journal: Journal, story: Story) -> list[Event]:
    """What came in after the alert, without the ids that the page has made."""
    came = [one.event for one in journal.read(streams.inbox(story.alert))][1:]
    return [replace(one, id="") if isinstance(one, NoteAdded | AlertReopened) else one for one in came]


def ordered(journal: Journal, story: Story, command: OperatorCommand) -> None:
    """Wait until this has been ordered."""
    wait_until(
        lambda: any(
            isinstance(one, CommandGiven) and one.command is command for one in inbox(journal, story)
        ),
        what=f"{command} in the journal",
    )


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
    """Giulia's alert, a case for it, and whose it is."""
    giulia = Registry(journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    return Story(journal, CLOCK.now_us(), ago_s=ago_s, position=position).opened().identified(giulia.id)
