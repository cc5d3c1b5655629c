"""An operator at a console, with a telephone beside it. What is done on the page is done by keys."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket, expect

from messages.ids import AlertId
from model.alert.case import Case
from tests.flows.people import Operator
from tests.support.center import Center

WHERE = {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18, "source": "gps"}

NOT_SIGNED_ON = r"401 \(Unauthorized\)"
"""What the browser says when the page has asked who is signed on, and nobody is."""

LISTEN = """
window.tones = [];
const start = AudioScheduledSourceNode.prototype.start;
AudioScheduledSourceNode.prototype.start = function (...when) {
  window.tones.push(Math.round(this.frequency.value));
  return start.apply(this, when);
};
"""


def tab_to(page: Page, wanted: Locator) -> None:
    """The focus goes from one thing to the next until it is there."""
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("not reached by Tab")


class Desk:
    """One console of one operator."""

    def __init__(self, page: Page, made: Center, me: Operator) -> None:
        self.page = page
        self.made = made
        self.me = me
        self.told: list[dict[str, Any]] = []
        """What the center has sent to the page, over all connections."""
        self.resumed: list[str] = []
        """How each connection was asked for."""
        self._calls_before = len(made.calls())
        page.add_init_script(LISTEN)
        page.on("websocket", self._connected)

    def _connected(self, socket: WebSocket) -> None:
        if "/v1/console" not in socket.url:
            return  # her headset's
        self.resumed.append(socket.url.partition("?")[2])
        socket.on("framereceived", lambda frame: self.told.append(json.loads(frame)))

    # ------------------------------------------------------------ the page

    def open(self, lang: str = "en") -> None:
        """The console's address, as it is in the browser's start page."""
        self.page.goto(f"{self.made.address}/console/?lang={lang}")

    def sign_on(self, lang: str = "en") -> None:
        """By name and password."""
        self.open(lang)
        expect(self.page.locator("input[name=operator]")).to_be_focused()
        self.type_in(self.me.name, self.me.password)
        expect(self.page.locator(".bar__me")).to_contain_text(self.me.name)

    def type_in(self, name: str, password: str) -> None:
        """Into the fields of the sign-on, the first of which has the focus."""
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")

    def begin_shift(self) -> None:
        """The operator begins it, and has heard the alarm."""
        expect(self.page.locator(".ready__hero [data-key=P]")).to_be_visible()
        self.page.keyboard.press("p")
        expect(self.page.locator("#ask-h")).to_be_visible()
        self.page.keyboard.press("y")
        expect(self.page.locator(".ready__hero [data-key=P]")).to_be_hidden()

    def press(self, *keys: str) -> None:
        """Keys, each once the page takes keys again: right after a change it does not. Should it have changed
        in between, again, as it asks for.
        """
        not_taken = self.dock.get_by_text("was not taken: the screen had just changed")
        for key in keys:
            while True:
                expect(self.page.locator("html")).not_to_have_attribute("data-settling", "")
                self.page.keyboard.press(key)
                if not not_taken.count():
                    break
                expect(not_taken).to_have_count(0)  # it stands there for some seconds

    def tab_to(self, wanted: Locator) -> None:
        """The focus goes from one thing to the next until it is there."""
        tab_to(self.page, wanted)

    def tones(self) -> list[int]:
        """What was played until now, in Hz."""
        played: list[int] = self.page.evaluate("window.tones")
        return played

    @property
    def incoming(self) -> Locator:
        """The new alert that takes the whole screen."""
        return self.page.get_by_role("alertdialog")

    @property
    def dock(self) -> Locator:
        """What to do now, and the commands."""
        return self.page.locator(".dock")

    @property
    def step(self) -> Locator:
        """The one next command."""
        return self.page.locator(".dock .act--step")

    @property
    def banner(self) -> Locator:
        """What is wrong."""
        return self.page.locator(".banner")

    @property
    def log(self) -> Locator:
        """What has happened."""
        return self.page.get_by_role("log")

    def tile(self, party: str) -> Locator:
        """How one party's call stands."""
        return self.page.locator(f"[data-party={party}]")

    def key(self, key: str) -> Locator:
        """The command of this key."""
        return self.page.locator(f".dock .act[data-key={key}]")

    def are(self, user: str, operator: str, psap: str) -> None:
        """Wait until the three tiles stand so: `idle`, `ring`, `live`, `fail` or `hush`."""
        for party, state in (("user", user), ("operator", operator), ("psap", psap)):
            expect(self.tile(party)).to_have_attribute("data-is", state)

    # ------------------------------------------------------------ the telephones

    def calls(self, to: str) -> list[dict[str, Any]]:
        """What the carrier has seen of calls to this number since the desk is there."""
        return [call for call in self.made.calls(to) if call["id"] > self._calls_before]

    def call(self, to: str) -> dict[str, Any]:
        """The only call to this number."""
        (call,) = self.calls(to)
        return call

    def rings(self, number: str) -> None:
        """Wait until this phone rings."""
        self.made.until(
            f"{number} rings", lambda: any(one["state"] == "ringing" for one in self.calls(number))
        )

    def answers(self, number: str) -> None:
        """Whoever has this phone takes the call."""
        self.rings(number)
        answered = self.made.carrier.post(f"/phones/{number}/answer")
        assert answered.status_code == 200, answered.text

    def hangs_up(self, number: str) -> None:
        """Whoever has this phone ends the call."""
        ended = self.made.carrier.post(f"/phones/{number}/hang_up")
        assert ended.status_code == 200, ended.text

    def up(self) -> set[str]:
        """The numbers whose calls are up."""
        calls = self.made.calls()[self._calls_before :]
        return {call["to"] for call in calls if call["state"] == "active"}

    # ------------------------------------------------------------ an alert

    def acknowledges(self) -> None:
        """Space, at the new alert, and then the operator's phone."""
        expect(self.incoming).to_be_visible()
        self.press("Space")
        expect(self.incoming).to_be_hidden()
        self.answers(self.me.phone)
        expect(self.tile("operator")).to_have_attribute("data-is", "live")

    def raised(self, user: str, **fields: object) -> AlertId:
        """An alert of the operator's, who is on the line."""
        alert = self.made.send(user, position=WHERE, **fields)
        self.acknowledges()
        return alert

    def talking(self, user: str, **fields: object) -> AlertId:
        """The same, and the user has answered."""
        alert = self.raised(user, **fields)
        self.answers(user)
        self.are("live", "live", "idle")
        return alert

    def false_alarm(self) -> None:
        """The case on the screen was a mistake."""
        self.press("f")
        expect(self.key("F")).to_have_attribute("data-tone", "armed")
        self.press("Enter")

    def briefs(self) -> None:
        """The text has been read to 112, and the operator leaves."""
        self.press("b")
        expect(self.step).to_have_attribute("data-key", "L")
        self.press("l")

    def case(self, alert: AlertId) -> Case:
        """What the journal says of it."""
        return self.made.case(alert)

    def timeline(self, alert: AlertId) -> str:
        """The story that the command line tells."""
        told = self.made.cli("alert", "timeline", alert)
        assert told.returncode == 0, told.stderr
        return told.stdout

    def closed(self, alert: AlertId) -> Case:
        """Wait until it is closed, with no call left."""
        self.made.until("it is closed", lambda: self.case(alert).closed_at)
        assert self.up() == set()
        return self.case(alert)
