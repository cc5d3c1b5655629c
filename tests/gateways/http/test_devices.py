"""A phone proves its number over HTTP, and sees to its person's things (trust: enrolment)."""

from __future__ import annotations

import json
import re

import pytest
from httpx import Response

from gateways.http.parts.context import Web
from gateways.http.security.budgets import Kind
from gateways.http.security.senders import Sender
from messages.ids import E164
from model.rules.pins import PinVerdict
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from store.registry import devices
from store.registry.registry import Registry
from store.sms_outbox import read_outbox
from tests.gateways.http.askers import Api, Asker, verdict
from tests.gateways.http.place import GIULIA
from tests.support.each import each
from tests.support.signing import Phone

STRANGER = "+393339998887"


def asked(app: Asker, phone: Phone, **more: object) -> Response:
    body = {"phone": phone.number, "public_key": phone.jwk, "name": "phone", **more}
    return app.post("/v1/devices", json=body)


def code_sent(web: Web) -> str:
    """What a line has yet to send."""
    (text,) = read_outbox(web.journal)
    found = re.search(r"\d{6}", text.words)
    assert found is not None
    return found.group()


def confirmed(app: Asker, device: str, code: str) -> Response:
    return app.post(f"/v1/devices/{device}/confirm", json={"code": code})


@pytest.fixture
def giulia(web: Web) -> Phone:
    return Phone(number=GIULIA).enrolled(web.journal)


def test_the_code_goes_to_the_number_and_enrols_who_gives_it_back(api: Api) -> None:
    phone = Phone(number=GIULIA)
    answer = asked(api.app, phone)
    assert (answer.status_code, answer.json()["sent"]) == (202, "sms")
    assert read_outbox(api.journal)[0].to == GIULIA
    phone.device = answer.json()["device"]
    assert api.signed(phone, "GET", "/v1/devices").status_code == 401, "not enrolled yet"
    code = code_sent(api.web)
    assert confirmed(api.app, phone.device, f"{(int(code) + 1) % 10**6:06}").status_code == 403
    assert confirmed(api.app, phone.device, code).status_code == 201
    assert confirmed(api.app, phone.device, code).status_code == 410
    (own,) = api.signed(phone, "GET", "/v1/devices").json()["devices"]
    assert (own["device"], own["this"], own["seen_at"]) == (phone.device, True, None)


def test_a_second_code_within_a_minute_is_refused_with_how_long(app: Asker) -> None:
    assert asked(app, Phone(number=GIULIA)).status_code == 202
    answer = asked(app, Phone(number=GIULIA))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def test_who_asks_for_others_codes_uses_up_no_other_address_s_budget(api: Api) -> None:
    answers = [asked(api.app, Phone(number=f"+39347{n:07}")).status_code for n in range(25)]
    assert (answers[:20], set(answers[20:])) == ([202] * 20, {429})
    other = Sender(app_key="the same", address="198.51.100.7")
    assert api.web.senders.wait_s(Kind.ENROL, other, GIULIA) == 0


def test_a_number_to_which_no_text_goes_is_refused_and_counts_for_nothing(app: Asker) -> None:
    for n in range(30):
        assert verdict(asked(app, Phone(number=f"+3989912345{n:02}"))) == (400, "number_not_called")
    assert asked(app, Phone(number=GIULIA)).status_code == 202


def test_an_invitation_enrols_at_once_and_once(api: Api) -> None:
    invitation = api.journal.transact(lambda tx: devices.invite(tx, E164(GIULIA), "admin"))
    body = {"invitation": invitation, "public_key": Phone(number=GIULIA).jwk}
    answers = [api.app.post("/v1/devices", json=body).status_code for _ in range(2)]
    assert answers == [201, 410]


@each(
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
def test_what_is_no_public_key_of_p_256_is_refused_with_the_path(app: Asker, jwk: dict[str, object]) -> None:
    body = {"phone": GIULIA, "public_key": jwk}
    answer = app.post("/v1/devices", content=json.dumps(body))
    assert (answer.status_code, answer.json()["path"]) == (400, "$.public_key")


def test_nobody_ends_a_phone_of_somebody_else(api: Api, giulia: Phone) -> None:
    stranger = Phone(number=STRANGER).enrolled(api.journal)
    path = f"/v1/devices/{giulia.device}"
    assert api.signed(stranger, "DELETE", path).status_code == 404
    assert api.signed(giulia, "DELETE", path).status_code == 204
    assert api.signed(giulia, "GET", "/v1/devices").status_code == 401


def test_pins_are_changed_by_who_knows_the_one_that_is_set_and_every_other_only_seems_to(
    api: Api, giulia: Phone
) -> None:
    registry = Registry(api.journal)
    person = registry.user_by_phone(E164(GIULIA))
    assert person is not None

    def changed(**body: str) -> int:
        return api.signed(giulia, "PUT", "/v1/pins", body).status_code

    assert changed(pin="1234", duress_pin="1234", current="4711") == 400
    assert [changed(pin="1234", **one) for one in ({}, {"current": "0000"}, {"current": "9999"})] == [204] * 3
    assert registry.check_pin(person.id, "4711") is PinVerdict.CANCEL
    assert changed(pin="1234", duress_pin="5678", current="4711") == 204
    verdicts = [registry.check_pin(person.id, pin) for pin in ("4711", "1234", "5678")]
    assert verdicts == [PinVerdict.WRONG, PinVerdict.CANCEL, PinVerdict.DURESS]
    assert changed(pin="5678", current="1234") == 429, "after four others, right or wrong"


def test_the_duress_pin_does_not_become_the_cancel_pin(api: Api, giulia: Phone) -> None:
    body = {"pin": "9999", "current": "4711"}
    assert api.signed(giulia, "PUT", "/v1/pins", body).status_code == 204
    person = Registry(api.journal).user_by_phone(E164(GIULIA))
    assert person is not None
    verdicts = [Registry(api.journal).check_pin(person.id, pin) for pin in ("4711", "9999")]
    assert verdicts == [PinVerdict.CANCEL, PinVerdict.DURESS]


def test_what_is_not_signed_sees_and_changes_nothing(app: Asker, giulia: Phone) -> None:
    for method, path in (("GET", "/v1/devices"), ("DELETE", f"/v1/devices/{giulia.device}")):
        assert app.request(method, path).status_code == 403
    for path, body in (("/v1/pins", {"pin": "1234"}), ("/v1/me/record", {"medical": "none"})):
        assert app.put(path, json=body, headers={"if-match": '"0"'}).status_code == 403


@pytest.mark.parametrize("settings", [Settings(limits=LimitsSettings(live_cases=2))])
def test_where_all_are_at_work_on_claimed_alerts_a_proved_one_is_not_told_to_give_up(api: Api) -> None:
    phones = [Phone(number=f"+39333000000{n}").enrolled(api.journal) for n in range(3)]
    numbers = [f"+39347000000{n}" for n in range(3)]
    claimed = [api.app.post("/v1/alerts", json={"phone": one}).json()["advice"] for one in numbers]

    def told(phone: Phone) -> str:
        answer = api.signed(phone, "POST", "/v1/alerts", {"phone": phone.number})
        api.followed()
        return str(answer.json()["advice"])

    assert claimed == ["wait", "wait", "call_112_now"]
    assert [told(phone) for phone in phones] == ["wait", "wait", "call_112_now"]
