"""A phone proves its number over HTTP, and sees to its person's things (trust: enrolment)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.door.budgets import Kind
from gateways.http.door.senders import Sender
from gateways.http.parts.context import Web
from messages.ids import E164, SECOND
from model.policy import Policy
from store.registry import devices
from store.registry.registry import Registry
from store.registry.users.pins import PinVerdict
from store.texts import outbox_of
from tests.gateways.http.place import GIULIA, Place
from tests.support.signing import Phone
from tests.waiting import wait_until

Client = TestClient[Litestar]
STRANGER = "+393339998887"


def asked(client: Client, place: Place, phone: Phone, **more: object) -> Response:
    body = {"phone": phone.number, "public_key": phone.jwk, "name": "phone", **more}
    return client.post("/v1/devices", json=body, headers=place.app())


def code_sent(web: Web) -> str:
    """What a line has yet to send."""
    (text,) = outbox_of(web.journal)
    found = re.search(r"\d{6}", text.words)
    assert found is not None
    return found.group()


def confirmed(client: Client, place: Place, device: str, code: str) -> Response:
    return client.post(f"/v1/devices/{device}/confirm", json={"code": code}, headers=place.app())


def signed(client: Client, web: Web, phone: Phone, method: str, path: str, body: object = None) -> Response:
    data, headers = phone.signed(method, path, body, created=web.clock.now_us() // SECOND)
    return client.request(method, path, content=data, headers=headers)


@pytest.fixture
def giulia(web: Web) -> Phone:
    return Phone(number=GIULIA).enrolled(web.journal)


def test_the_code_goes_to_the_number_and_enrols_who_gives_it_back(
    client: Client, place: Place, web: Web
) -> None:
    phone = Phone(number=GIULIA)
    answer = asked(client, place, phone)
    assert (answer.status_code, answer.json()["sent"]) == (202, "sms")
    assert outbox_of(web.journal)[0].to == GIULIA
    phone.device = answer.json()["device"]
    assert signed(client, web, phone, "GET", "/v1/devices").status_code == 401, "not enrolled yet"
    code = code_sent(web)
    assert confirmed(client, place, phone.device, f"{(int(code) + 1) % 10**6:06}").status_code == 403
    assert confirmed(client, place, phone.device, code).status_code == 201
    assert confirmed(client, place, phone.device, code).status_code == 410
    (own,) = signed(client, web, phone, "GET", "/v1/devices").json()["devices"]
    assert (own["device"], own["this"], own["seen_at"]) == (phone.device, True, None)


def test_a_second_code_within_a_minute_is_refused_with_how_long(client: Client, place: Place) -> None:
    assert asked(client, place, Phone(number=GIULIA)).status_code == 202
    answer = asked(client, place, Phone(number=GIULIA))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def test_who_asks_for_others_codes_uses_up_no_other_address_s_budget(
    client: Client, place: Place, web: Web
) -> None:
    answers = [asked(client, place, Phone(number=f"+39347{n:07}")).status_code for n in range(25)]
    assert (answers[:20], set(answers[20:])) == ([202] * 20, {429})
    other = Sender(app_key="the same", address="198.51.100.7")
    assert web.senders.wait_s(Kind.ENROL, other, GIULIA) == 0


def test_a_number_to_which_no_text_goes_is_refused_and_counts_for_nothing(
    client: Client, place: Place
) -> None:
    for n in range(30):
        answer = asked(client, place, Phone(number=f"+3989912345{n:02}"))
        assert (answer.status_code, answer.json()["code"]) == (400, "number_not_called")
    assert asked(client, place, Phone(number=GIULIA)).status_code == 202


def test_an_invitation_enrols_at_once_and_once(client: Client, place: Place, web: Web) -> None:
    invitation = web.journal.transact(lambda tx: devices.invite(tx, E164(GIULIA), "admin"))
    body = {"invitation": invitation, "public_key": Phone(number=GIULIA).jwk}
    answers = [client.post("/v1/devices", json=body, headers=place.app()).status_code for _ in range(2)]
    assert answers == [201, 410]


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": 7, "y": None},
        {**Phone(number="").jwk, "d": "AA"},
    ],
)
def test_what_is_no_public_key_of_p_256_is_refused_with_the_path(
    client: Client, place: Place, jwk: dict[str, object]
) -> None:
    body = {"phone": GIULIA, "public_key": jwk}
    answer = client.post("/v1/devices", content=json.dumps(body), headers=place.app())
    assert (answer.status_code, answer.json()["path"]) == (400, "$.public_key")


def test_nobody_ends_a_phone_of_somebody_else(client: Client, web: Web, giulia: Phone) -> None:
    stranger = Phone(number=STRANGER).enrolled(web.journal)
    path = f"/v1/devices/{giulia.device}"
    assert signed(client, web, stranger, "DELETE", path).status_code == 404
    assert signed(client, web, giulia, "DELETE", path).status_code == 204
    assert signed(client, web, giulia, "GET", "/v1/devices").status_code == 401


def test_pins_are_changed_by_who_knows_the_one_that_is_set_and_every_other_only_seems_to(
    client: Client, web: Web, giulia: Phone
) -> None:
    registry = Registry(web.journal)
    person = registry.user_by_phone(E164(GIULIA))
    assert person is not None

    def changed(**body: str) -> int:
        return signed(client, web, giulia, "PUT", "/v1/pins", body).status_code

    assert changed(pin="1234", duress_pin="1234", current="4711") == 400
    assert [changed(pin="1234", **one) for one in ({}, {"current": "0000"}, {"current": "9999"})] == [204] * 3
    assert registry.check_pin(person.id, "4711") is PinVerdict.CANCEL
    assert changed(pin="1234", duress_pin="5678", current="4711") == 204
    verdicts = [registry.check_pin(person.id, pin) for pin in ("4711", "1234", "5678")]
    assert verdicts == [PinVerdict.WRONG, PinVerdict.CANCEL, PinVerdict.DURESS]
    assert changed(pin="5678", current="1234") == 429, "after four others, right or wrong"


def test_the_duress_pin_does_not_become_the_cancel_pin(client: Client, web: Web, giulia: Phone) -> None:
    body = {"pin": "9999", "current": "4711"}
    assert signed(client, web, giulia, "PUT", "/v1/pins", body).status_code == 204
    person = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert person is not None
    verdicts = [Registry(web.journal).check_pin(person.id, pin) for pin in ("4711", "9999")]
    assert verdicts == [PinVerdict.CANCEL, PinVerdict.DURESS]


def test_what_is_not_signed_sees_and_changes_nothing(client: Client, place: Place, giulia: Phone) -> None:
    for method, path in (("GET", "/v1/devices"), ("DELETE", f"/v1/devices/{giulia.device}")):
        assert client.request(method, path, headers=place.app()).status_code == 403
    assert client.put("/v1/pins", json={"pin": "1234"}, headers=place.app()).status_code == 403


def test_where_all_are_at_work_on_claimed_alerts_a_proved_one_is_not_told_to_give_up(
    tmp_path: Path,
) -> None:
    place = Place.make(tmp_path, Policy(live_cases=2))
    web = place.web()
    phones = [Phone(number=f"+39333000000{n}").enrolled(web.journal) for n in range(3)]

    with TestClient(build(web)) as client:

        def told(phone: Phone) -> str:
            answer = signed(client, web, phone, "POST", "/v1/alerts", {"phone": phone.number})
            wait_until(
                lambda: web.following.picture.alerts.get(answer.json()["alert"]), what="it is followed"
            )
            return str(answer.json()["advice"])

        claimed = [
            client.post("/v1/alerts", json={"phone": f"+39347000000{n}"}, headers=place.app()).json()[
                "advice"
            ]
            for n in range(3)
        ]
        assert claimed == ["wait", "wait", "call_112_now"]
        assert [told(phone) for phone in phones] == ["wait", "wait", "call_112_now"]
