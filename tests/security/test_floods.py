"""Who sends more than anybody would keeps nobody else from being answered."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Final

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from gateways.http.door.budgets import RATES, Kind, Scope
from gateways.http.door.throttle import ADDRESS_MAX
from gateways.http.parts.context import Web
from gateways.http.routes import cancelling
from gateways.http.routes.cancelling import TRIES_MAX
from gateways.http.wire.errors import Busy
from messages.events import AlertCancelled
from messages.ids import SECOND, AlertId, Proof
from model.alert.case import Case
from model.alert.evolve import fold
from store import streams
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users.pins import PinVerdict
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story
from tests.support.signing import Phone

Client = TestClient[Litestar]
OTHER: Final = "+393330000009"
RECORD: Final = "/v1/me/record"


@pytest.fixture
def giulia(web: Web) -> Phone:
    return Phone(number=GIULIA).enrolled(web.journal)


@pytest.fixture
def other(web: Web) -> Phone:
    """The phone of somebody else, who has the same PIN."""
    person = Person(phones=(OTHER,), first_name="A", last_name="B", cancel_pin="4711", duress_pin="9999")
    Registry(web.journal).add_user(person, by="test")
    return Phone(number=OTHER).enrolled(web.journal)


def record(client: Client, web: Web, phone: Phone, pin: str) -> int:
    _, headers = phone.signed("GET", RECORD, created=web.clock.now_us() // SECOND)
    return client.get(RECORD, headers={**headers, "sw-pin": pin}).status_code


def test_pins_of_one_phone_shut_neither_the_record_nor_the_pins_of_another_person(
    client: Client, web: Web, giulia: Phone, other: Phone
) -> None:
    assert {record(client, web, other, "4711") for _ in range(ADDRESS_MAX + 5)} == {200}
    while record(client, web, other, "0000") != 429:
        pass
    assert record(client, web, giulia, "4711") == 200
    body = {"pin": "2222", "current": "4711"}
    data, headers = giulia.signed("PUT", "/v1/pins", body, created=web.clock.now_us() // SECOND)
    assert client.put("/v1/pins", content=data, headers=headers).status_code == 204


def case_of(web: Web, alert: AlertId) -> Case:
    case = fold(web.journal.read_streams(streams.inbox(alert)))
    assert case is not None
    return case


def test_the_duress_pin_of_a_proved_alert_waits_behind_no_pin_of_another(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = case_of(web, Story(web.journal, CLOCK.now_us()).opened().alert)
    proved = structs.replace(claimed, proof=Proof.DEVICE)
    looked, go = web.pins.pin_verdict, threading.Event()
    slowly = Registry.check_pin

    def held(registry: Registry, user: Any, pin: str) -> PinVerdict:
        assert pin == "9999" or go.wait(20)
        return slowly(registry, user, pin)

    monkeypatch.setattr(Registry, "check_pin", held)

    async def flood() -> None:
        forged = [asyncio.create_task(looked(claimed, "0000")) for _ in range(60)]
        done, waiting = await asyncio.wait(forged, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        assert await asyncio.wait_for(looked(proved, "9999"), 10) is PinVerdict.DURESS
        assert len(done) + len(waiting) == 60
        go.set()
        said = await asyncio.gather(*forged, return_exceptions=True)
        assert [one for one in said if not isinstance(one, Busy)] == [PinVerdict.WRONG] * 9

    asyncio.run(flood())
    web.journal.close()


def test_beyond_its_budget_an_address_has_no_pin_looked_at_and_is_answered_as_ever(
    client: Client, place: Place, web: Web, giulia: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancelling, "ANSWER_S", 0.001)
    looked_at: list[str] = []
    really = web.pins.pin_verdict

    async def counted(case: Case, pin: str) -> PinVerdict:
        looked_at.append(pin)
        return await really(case, pin)

    monkeypatch.setattr(web.pins, "pin_verdict", counted)
    raised = giulia.signed("POST", "/v1/alerts", {"phone": GIULIA}, created=web.clock.now_us() // SECOND)
    hers = client.post("/v1/alerts", content=raised[0], headers=raised[1]).json()["alert"]
    burst = int(RATES[Kind.PIN, Scope.ADDRESS].burst)
    answers = set()
    for n in range(burst // TRIES_MAX + 3):
        alert = Story(web.journal, CLOCK.now_us(), phone=f"+39333000{n:04}").opened().alert
        for pin in range(TRIES_MAX):
            told = client.post(f"/v1/alerts/{alert}/cancel", json={"pin": f"{pin:04}"}, headers=place.app())
            answers.add((told.status_code, told.json().pop("alert") == alert, len(told.json())))
    assert len(answers) == 1
    assert burst <= len(looked_at) < burst + TRIES_MAX
    path = f"/v1/alerts/{hers}/cancel"
    data, headers = giulia.signed("POST", path, {"pin": "9999"}, created=web.clock.now_us() // SECOND)
    assert client.post(path, content=data, headers=headers).status_code == 202
    events = [one.event for one in web.journal.read(streams.inbox(AlertId(hers)))]
    assert AlertCancelled(duress=True) in events
