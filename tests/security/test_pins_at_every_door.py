"""Whoever holds the phone tries a PIN at one door after the other: every PIN is answered alike, and what is
seen afterwards at any door is the same.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from httpx import Response

from gateways.http.parts.context import Web
from gateways.http.security import pin_guard
from messages.events import AlarmRaised
from store import streams
from store.registry.people import Person
from store.registry.registry import Registry
from tests.gateways.http.askers import Api
from tests.security.test_second_phone import added, enrolled, raised
from tests.support.signing import Phone

RIGHT, DURESS, WRONG, NONE = "4711", "9999", "0000", ""
PINS = (RIGHT, DURESS, WRONG, NONE)
NEW, NEWER = "1357", "2468"
RECORD = {"medical": "asthma", "dangerous": [{"name": "Marco Neri"}]}
Seen = tuple[str, int, str, tuple[str, ...]]


def seen(step: str, answer: Response) -> Seen:
    """What an answer tells, without the names and moments that are each person's own."""
    body = re.sub(r'd[0-9a-f]{16}|\d{4}-\d\d-\d\dT[^"]*', "…", answer.text)
    return step, answer.status_code, body, tuple(sorted(answer.headers))


class Door:
    """A person's phone, and what is seen at each door with a PIN."""

    def __init__(self, api: Api, number: str) -> None:
        self._api = api
        Registry(api.journal).add_user(
            Person(phones=(number,), cancel_pin=RIGHT, duress_pin=DURESS), by="test"
        )
        self._other, self._own = enrolled(api.web, number), enrolled(api.web, number)
        self.seen: list[Seen] = []
        self.took_s: list[float] = []
        self.asked = 0

    def ask(self, step: str, method: str, path: str, body: object = None, **more: str) -> None:
        """Ask by the phone, and keep what is seen."""
        begun = time.monotonic()
        answer = self._api.signed(self._own, method, path, body, **more)
        self.asked += 1
        self.took_s.append(time.monotonic() - begun)
        self.seen.append(seen(step, answer))

    def try_all(self, pin: str) -> None:
        """Each door with this PIN, and what it leaves behind."""
        path = "/v1/me/record"
        self.ask("the record", "GET", path, sw_pin=pin)
        self.ask("fill it", "PUT", path, RECORD, sw_pin=pin, if_match='"0"')
        self.ask("look again", "GET", path, sw_pin=pin)
        self.ask("PINs", "PUT", "/v1/pins", {"pin": NEW, "duress_pin": NEWER, "current": pin or "?"})
        self.ask("once more", "PUT", "/v1/pins", {"pin": NEW, "duress_pin": NEWER, "current": NEW})
        self.ask("by the new one", "GET", path, sw_pin=NEW)
        phone = self.add(pin)
        self.ask_list("the phones")
        self.ask("end the other", "DELETE", f"/v1/devices/{self._other.device}", sw_pin=pin)
        self.ask_list("the phones then")
        for name, one in (("added", phone), ("ended", self._other), ("own", self._own)):
            *_, shown = raised(self._api, one)
            self.seen.append((f"an alert by the one that was {name}", 0, str(shown), ()))

    def add(self, pin: str) -> Phone:
        """Another phone of the number, and keep what is seen."""
        phone, answer = added(self._api, self._own.number, pin)
        self.seen.append(seen("add a phone", answer))
        return phone

    def ask_list(self, step: str) -> None:
        """The person's phones, for which no PIN is asked."""
        self.seen.append(seen(step, self._api.signed(self._own, "GET", "/v1/devices")))


@pytest.fixture
def doors(api: Api) -> Callable[[int], Door]:
    """Persons who are alike."""
    return lambda n: Door(api, f"+39347111000{n}")


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The answers that would have waited for their time, and are given at once."""
    made: list[float] = []
    monkeypatch.setattr(pin_guard, "rest_s", lambda spent_s: made.append(spent_s) or 0.0)
    return made


def test_every_pin_is_answered_alike_at_every_door_and_leaves_the_same_behind(
    doors: Callable[[int], Door], rests: list[float]
) -> None:
    found = []
    for n, pin in enumerate(PINS):
        door = doors(n)
        rests.clear()
        door.try_all(pin)
        # One more is the code of the phone that is added.
        assert len(rests) == door.asked + 1, "at each door an answer waits for its time"
        found.append(door.seen)
    for pin, one in zip(PINS[1:], found[1:], strict=True):
        assert one == found[0], f"{pin!r} is told from the right one"


@pytest.mark.usefixtures("rests")
def test_by_how_many_pins_may_be_typed_the_right_one_is_not_known(doors: Callable[[int], Door]) -> None:
    """Of one that is right the tries are no fewer, and typing it again is none."""
    found = []
    for n, pin in enumerate(PINS):
        door = doors(n)
        for typed in (pin, pin, pin, "0001", "0002", pin, "0003", pin):
            door.ask("the record", "GET", "/v1/me/record", sw_pin=typed)
        found.append([status for _, status, *_ in door.seen])
    assert found == [[200] * 7 + [429]] * 4


def test_the_operators_are_told_what_the_phone_is_not(doors: Callable[[int], Door], web: Web) -> None:
    for n, (pin, alarms) in enumerate(((RIGHT, []), (DURESS, ["pin.duress"]), (WRONG, ["pin.refused"]))):
        for adds in (False, True):
            before = web.journal.version(streams.node(web.settings.node))
            door = doors(2 * n + adds)
            if adds:
                door.add(pin)
            else:
                door.ask("the record", "GET", "/v1/me/record", sw_pin=pin)
                assert min(door.took_s) >= pin_guard.ANSWER_S
            told = (one.event for one in web.journal.read(streams.node(web.settings.node), before))
            assert [one.alarm for one in told if isinstance(one, AlarmRaised)] == alarms
