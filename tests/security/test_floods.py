"""Who sends more than anybody would keeps nobody else from being answered."""

from __future__ import annotations

from typing import Final

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.door.throttle import ADDRESS_MAX
from gateways.http.parts.context import Web
from messages.ids import SECOND
from store.registry.people import Person
from store.registry.registry import Registry
from tests.gateways.http.place import GIULIA
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
