"""Who sends more than anybody would keeps nobody else from being answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final

import pytest
from litestar.testing import TestClient
from msgspec import structs

from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.routes.app.cancelling import TRIES_MAX
from gateways.http.security import pin_guard
from gateways.http.security.budgets import RATES, Kind, Scope
from gateways.http.security.proxies import Proxies
from gateways.http.security.sign_on_credentials import CredentialVerifier
from gateways.http.security.throttle import ADDRESS_MAX, NAME_MAX, network
from gateways.http.wire.errors import Busy, NotSignedOn
from messages.events import AlertCancelled
from messages.ids import SECOND, AlertId, Assurance, Instant
from model.alert.case import Case
from model.rules.pins import PinVerdict
from store.registry.access.sessions import LIFE_S, REMEMBERED_S, SignOnMethod, start_session
from store.registry.people import Person
from store.registry.registry import Registry
from tests.gateways.http.askers import Api, Client
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.support.signing import Phone
from tests.waiting import wait_until_async

OTHER: Final = "+393330000009"


@pytest.fixture
def giulia(web: Web) -> Phone:
    return Phone(number=GIULIA).enrolled(web.journal)


@pytest.fixture
def other(web: Web) -> Phone:
    """The phone of somebody else, who has the same PIN."""
    person = Person(phones=(OTHER,), first_name="A", last_name="B", cancel_pin="4711", duress_pin="9999")
    Registry(web.journal).add_user(person, by="test")
    return Phone(number=OTHER).enrolled(web.journal)


def pins_set(api: Api, phone: Phone, current: str) -> int:
    return api.signed(phone, "PUT", "/v1/pins", {"pin": "2222", "current": current}).status_code


def test_pins_of_one_phone_shut_neither_the_record_nor_the_pins_of_another_person(
    api: Api, giulia: Phone, other: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin_guard, "ANSWER_S", 0.001)
    codes = [pins_set(api, other, f"{n:04}") for n in range(ADDRESS_MAX + 5)]
    assert codes == [204] * NAME_MAX + [429] * (ADDRESS_MAX + 5 - NAME_MAX)
    assert pins_set(api, giulia, "4711") == 204


def test_the_duress_pin_of_a_proved_alert_waits_behind_no_pin_of_another(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = api.case(api.story().opened().alert)
    proved = structs.replace(claimed, proof=Assurance.DEVICE)
    looked, go = api.web.queries.pin_verdict, threading.Event()
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


def test_beyond_its_budget_an_address_has_no_pin_looked_at_and_is_answered_as_ever(
    api: Api, giulia: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin_guard, "ANSWER_S", 0.001)
    now = CLOCK.now_us()
    monkeypatch.setattr(api.web.senders, "_clock", SimpleNamespace(now_us=lambda: now))  # no budget fills up
    looked_at: list[str] = []
    really = api.web.queries.pin_verdict

    async def counted(case: Case, pin: str) -> PinVerdict:
        looked_at.append(pin)
        return await really(case, pin)

    monkeypatch.setattr(api.web.queries, "pin_verdict", counted)
    proved = api.signed(giulia, "POST", "/v1/alerts", {"phone": GIULIA}).json()["alert"]
    burst = int(RATES[Kind.PIN, Scope.ADDRESS].burst)
    answers = set()
    for n in range(burst // TRIES_MAX + 3):
        alert = api.story(phone=f"+39333000{n:04}").opened().alert
        for pin in range(TRIES_MAX):
            told = api.app.post(f"/v1/alerts/{alert}/cancel", json={"pin": f"{pin:04}"})
            answers.add((told.status_code, told.json().pop("alert") == alert, len(told.json())))
    assert len(answers) == 1
    assert burst <= len(looked_at) < burst + TRIES_MAX
    assert api.signed(giulia, "POST", f"/v1/alerts/{proved}/cancel", {"pin": "9999"}).status_code == 202
    events = api.inbox(AlertId(proved))
    assert AlertCancelled(duress=True) in events


PASSWORD: Final = "una frase lunga, è mia"
SESSION: Final = "/v1/console/session"


def typed(client: Client, address: str, operator: str, password: str) -> int:
    headers = {"x-from": address}
    answer = client.post(SESSION, json={"operator": operator, "password": password}, headers=headers)
    client.cookies.clear()
    return answer.status_code


@pytest.fixture
def signed_off(place: Place) -> Web:
    """A web at which Marta has a password and no session."""
    web = place.web()
    Registry(web.journal).set_password(place.marta, PASSWORD, by="test")
    return web


@pytest.fixture
def anywhere(signed_off: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client whose requests come from the address that they name."""
    monkeypatch.setattr(
        Proxies, "client_address", lambda _, scope: dict(scope["headers"])[b"x-from"].decode()
    )
    with TestClient(build(signed_off), raise_server_exceptions=False) as started:
        yield started


def test_passwords_of_nobody_keep_no_operator_from_signing_on_and_are_answered_as_wrong_ones(
    place: Place, signed_off: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    really = Registry.password_is

    def counted(registry: Registry, operator: Any, password: str) -> bool:
        asked.append(operator)
        return really(registry, operator, password)

    monkeypatch.setattr(Registry, "password_is", counted)
    proofs = CredentialVerifier(signed_off)

    async def flood() -> None:
        nobodies = [
            asyncio.create_task(proofs.by_password(f"nobody{n}", "x", None, f"203.0.113.{n}"))
            for n in range(100)
        ]
        await asyncio.sleep(0)
        proof = await proofs.by_password(place.marta, PASSWORD, None, "198.51.100.1")
        assert proof.operator == place.marta
        said = await asyncio.gather(*nobodies, return_exceptions=True)
        assert {(type(one), str(one)) for one in said} == {(NotSignedOn, "the name or the password is wrong")}

    asyncio.run(flood())
    assert asked == [place.marta]
    signed_off.journal.close()


def test_of_one_operators_name_few_wait_and_who_is_sent_away_is_not_counted(
    place: Place, signed_off: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    monkeypatch.setattr(Registry, "password_is", lambda *_: go.wait(20) and False)
    proofs = CredentialVerifier(signed_off)
    names = [
        Registry(signed_off.journal).add_operator(f"O {n}", f"+39020000{n:04}", by="test").id
        for n in range(12)
    ]

    async def flood() -> None:
        tries = [
            asyncio.create_task(proofs.by_password(one, "x", None, f"203.0.113.{n}"))
            for n, one in enumerate(names)
        ]

        def busy() -> int:
            return sum(one.done() and isinstance(one.exception(), Busy) for one in tries)

        await wait_until_async(lambda: busy() == 7, what="seven are told to wait")
        go.set()
        said = await asyncio.gather(*tries, return_exceptions=True)
        assert [type(one) for one in said] == [NotSignedOn] * 5 + [Busy] * 7
        for _ in range(NAME_MAX):
            with pytest.raises(NotSignedOn):
                await proofs.by_password(names[-1], "x", None, "203.0.113.99")

    asyncio.run(flood())
    signed_off.journal.close()


def test_wrong_passwords_of_strangers_keep_nobody_out_who_has_signed_on_from_there_before(
    anywhere: Client, place: Place
) -> None:
    home, elsewhere = "198.51.100.1", "198.51.100.2"
    assert typed(anywhere, home, place.marta, PASSWORD) == 200
    assert [typed(anywhere, f"203.0.113.{n}", place.marta, "wrong") for n in range(NAME_MAX)] == [
        401
    ] * NAME_MAX
    assert typed(anywhere, elsewhere, place.marta, PASSWORD) == 429
    assert typed(anywhere, home, place.marta, PASSWORD) == 200
    assert typed(anywhere, elsewhere, place.marta, PASSWORD) == 429, "what is held against strangers stays"
    assert [typed(anywhere, home, place.marta, "wrong") for _ in range(NAME_MAX)] == [401] * NAME_MAX
    assert typed(anywhere, home, place.marta, PASSWORD) == 429, "nor is it guessed from there"


def test_a_familiar_address_is_one_for_a_month(anywhere: Client, place: Place, signed_off: Web) -> None:
    assert typed(anywhere, "2001:db8::1", place.marta, PASSWORD) == 200
    known = signed_off.queries.signed_on_from
    assert known(place.marta) == {network("2001:db8::ffff")}
    assert known(place.luca) == frozenset()
    month_us = (LIFE_S + REMEMBERED_S) * SECOND

    def later(by_us: int) -> None:
        journal = place.journal(clock=lambda: Instant(CLOCK.now_us() + by_us))
        journal.transact(lambda tx: start_session(tx, place.luca, "", way=SignOnMethod.PASSWORD))
        journal.close()

    later(month_us - 3600 * SECOND)
    assert known(place.marta)
    later(month_us)
    assert not known(place.marta)
