"""Giulia's phone: what is done with the app, and what the journal then says."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, expect

from messages.base import Position
from messages.events import AlertReceived, Event, PositionUpdated
from messages.ids import E164, AlertId
from store import streams
from store.journal.journal import Journal
from store.registry import devices
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

KEY_CHECKED = r"404 \(Not Found\) \(\S+/v1/alerts/key-check\)"
"""What the browser says when the app has asked, of an alert that is none, whether its key is known."""

# As after `enter`, once in a tab.
_GIVEN = """if (location.protocol !== 'about:' && !sessionStorage.getItem('given')) {
  sessionStorage.setItem('given', '1');
  localStorage.setItem('securwoman-app', JSON.stringify(%s));
}"""


class Phone:
    """The page, and the journal behind it."""

    def __init__(self, page: Page, url: str, place: Place, journal: Journal) -> None:
        self.page = page
        self.url = url
        self.place = place
        self.journal = journal

    def open(self, query: str = "") -> None:
        """The app, as the home screen opens it."""
        self.page.goto(f"{self.url}/app{query}")

    def set_up(self) -> None:
        """With the settings that `enter` would leave; then the button is there."""
        given = {"key": self.place.app_key, "phone": "+39 333 111 2223", "name": "Giulia"}
        self.page.add_init_script(_GIVEN % json.dumps(given))
        self.open()
        expect(self.sos).to_be_visible()

    def enter(self) -> None:
        """The settings as a user gives them."""
        self.open()
        self.page.get_by_label("App key").fill(self.place.app_key)
        self.page.get_by_label("Your phone number").fill("+39 333 111 2223")
        self.page.get_by_label("Your first name").fill("Giulia")
        self.page.get_by_role("button", name="Save").click()
        expect(self.sos).to_be_visible()

    def prove(self) -> None:
        """By an invitation that the staff have handed out. Ends on the screen that says so."""
        invitation = self.journal.transact(lambda tx: devices.invite(tx, E164(GIULIA), "test"))
        self.open(f"#invitation={invitation}")
        self.page.get_by_role("button", name="Verify with the invitation").click()
        expect(self.page.get_by_text("This phone is verified.")).to_be_visible()

    def end(self) -> None:
        """Pressed twice, it is not verified any more."""
        self.page.get_by_role("button", name="End it").click()
        assert len(devices.all_devices(self.journal)) == 1
        self.page.get_by_role("button", name="Press again to end it").click()
        expect(self.page.get_by_text("This phone is not verified any more.")).to_be_visible()

    @property
    def sos(self) -> Locator:
        """The button that is held."""
        return self.page.locator(".app__sos")

    @property
    def title(self) -> Locator:
        """The one sentence of the screen."""
        return self.page.get_by_role("heading", level=1)

    @property
    def steps(self) -> Locator:
        """What has happened and what has not."""
        return self.page.locator(".app__steps li")

    @property
    def call_112(self) -> Locator:
        """The link to 112."""
        return self.page.locator('a[href="tel:112"]')

    @property
    def mute(self) -> Locator:
        """The button of who cannot talk; held as well."""
        return self.page.locator(".app__mute")

    def hold(self, button: Locator | None = None) -> None:
        """Press, and let go when something else than the button is there."""
        button = button or self.sos
        button.hover()
        self.page.mouse.down()
        expect(button).to_be_hidden()
        self.page.mouse.up()

    def tests(self) -> list[bool]:
        """Of each alert in the journal whether it is a test."""
        events = (one.event for one in self.journal.read_all())
        return [event.test for event in events if isinstance(event, AlertReceived)]

    def raised(self) -> list[AlertId]:
        """The alerts in the journal."""
        events = self.journal.read_all()
        return [
            AlertId(one.stream.removeprefix("inbox-"))
            for one in events
            if isinstance(one.event, AlertReceived)
        ]

    def alert(self) -> AlertId:
        """The user's, the only one."""
        found = wait_until(self.raised, what="an alert in the journal")
        assert len(found) == 1
        return found[0]

    def inbox(self) -> list[Event]:
        """What the inbox of the user's alert has."""
        return [one.event for one in self.journal.read(streams.inbox(self.alert()))]

    def positions(self) -> list[Position]:
        """Where the user was said to be, with the alert and after it."""
        found = []
        for event in self.inbox():
            if isinstance(event, AlertReceived | PositionUpdated) and event.position is not None:
                found.append(event.position)
        return found

    def story(self, *, test: bool = False) -> Story:
        """The user's alert, to be told on: the same number is the same alert."""
        alert = self.alert()
        story = Story(self.journal, CLOCK.now_us(), phone=GIULIA, test=test)
        assert story.alert == alert
        return story.opened()
