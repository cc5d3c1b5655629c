"""Five minutes with a user's unlocked phone: another phone is added by the code that is shown there, and ends
the user's own.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import delete

from gateways.http.parts.context import Web
from gateways.http.security import pin_guard
from messages.ids import E164, Assurance, TextPurpose
from model.rules.signal import Signal
from store.database.query import Query
from store.database.schema import device_key
from store.registry import devices, phones
from store.registry.devices import DeviceAppearance, DeviceKey
from store.registry.people import Person
from store.registry.registry import Registry
from store.sms_outbox import read_outbox
from tests.gateways.http.askers import Api, verdict
from tests.gateways.http.place import GIULIA
from tests.support.signing import Phone

RIGHT, DURESS, WRONG = "4711", "9999", "0000"
WITHOUT = (DURESS, WRONG, None)
"""The PINs that are not the right one; None: it is left out."""
_NO_PHONE_EVER = Query(delete(device_key))
NO_PIN = "+393471110001"


def added(api: Api, number: str, pin: str | None) -> tuple[Phone, Response]:
    """A phone that asks for a code, and gives it back with this PIN."""
    phone = Phone(number=number)
    api.journal.transact(lambda tx: tx.write(devices._FORGET, tx.at_us))  # not within a minute of the last
    body = {"phone": number, "public_key": phone.jwk, "name": "Android"}
    phone.device = api.app.post("/v1/devices", json=body).json()["device"]
    code = re.findall(r"\d{6}", [one for one in read_outbox(api.journal) if one.to == number][-1].words)[-1]
    said = {"code": code, **({} if pin is None else {"pin": pin})}
    path = f"/v1/devices/{phone.device}/confirm"
    return phone, api.app.post(path, json=said)


def enrolled(web: Web, number: str = GIULIA) -> Phone:
    """A phone of this number, whenever the last one was added."""
    web.journal.transact(lambda tx: tx.write(devices._FORGET, tx.at_us))
    return Phone(number=number).enrolled(web.journal)


def listed(api: Api, phone: Phone) -> list[str]:
    answer = api.signed(phone, "GET", "/v1/devices")
    assert answer.status_code == 200, answer.text
    return [one["device"] for one in answer.json()["devices"]]


def raised(api: Api, phone: Phone) -> tuple[Assurance, str, tuple[str, str | None]]:
    """What an alert of this phone counts as, by which key, and what the phone is told of that."""
    heard: list[Signal] = []
    real = api.web.writing.accept

    def accept(one: Signal) -> Any:
        heard.append(one)
        return real(one)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.web.writing, "accept", accept)
        body = {"phone": phone.number, "id": f"raised-by-{phone.device}"}
        said = api.signed(phone, "POST", "/v1/alerts", body, **api.place.app()).json()
    state = api.signed(phone, "GET", f"/v1/alerts/{said['alert']}", **api.place.app()).json()
    assert state["proof"] == said["proof"], "the alert's state tells the same"
    return heard[0].level, heard[0].key, (said["proof"], said.get("doubt"))


def notices(web: Web) -> list[tuple[str, str]]:
    return [(one.to, one.words) for one in read_outbox(web.journal) if one.purpose is TextPurpose.NOTICE]


def told(answer: Response) -> tuple[int, Any, list[str]]:
    """What an answer tells, but for the name of the phone."""
    body = answer.json() if answer.content else None
    if isinstance(body, dict) and "device" in body:
        body["device"] = ""
    return answer.status_code, body, sorted(answer.headers)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer waits for its time: what is the same does not depend on it."""
    monkeypatch.setattr(pin_guard, "ANSWER_S", 0.001)


@pytest.fixture
def giulia(web: Web) -> Phone:
    """The phone of a user who has set PINs."""
    return enrolled(web)


@pytest.fixture
def person(web: Web, giulia: Phone) -> str:
    found = Registry(web.journal).user_by_phone(E164(giulia.number))
    assert found is not None
    return found.id


def test_a_further_phone_looks_enrolled_with_every_pin_and_proves_its_number_with_the_right_one(
    api: Api, giulia: Phone
) -> None:
    answers = []
    for pin in (RIGHT, *WITHOUT):
        phone, answer = added(api, GIULIA, pin)
        for one in (phone, giulia):
            assert listed(api, one)[-1] == phone.device, "it is in the list of each phone"
        key = devices.key_of(api.journal, phone.device)
        assert (key is not None) is (pin == RIGHT)
        level, by, shown = raised(api, phone)
        assert (level, by) == (Assurance.APP, ""), "beside an older phone it is young, at best"
        answers.append((told(answer), shown))
        api.journal.transact(partial(phones.revoke, device=phone.device, by="test"))
    assert (answers[0][0][0], answers[0][1]) == (201, ("app", "young"))
    assert all(one == answers[0] for one in answers)


def test_where_no_other_phone_was_there_the_phone_is_told_that_it_is_proved_with_every_pin(api: Api) -> None:
    seen = []
    for pin in (RIGHT, *WITHOUT):
        phone, _ = added(api, GIULIA, pin)
        level, _, shown = raised(api, phone)
        assert level is (Assurance.DEVICE if pin == RIGHT else Assurance.APP)
        seen.append(shown)
        api.journal.transact(lambda tx: tx.write(_NO_PHONE_EVER))
    assert seen == [("device", None)] * 4


@pytest.mark.parametrize("pin", WITHOUT)
def test_a_phone_that_only_seems_enrolled_changes_nothing_even_with_the_right_pin(
    api: Api, giulia: Phone, person: str, pin: str | None
) -> None:
    phone, _ = added(api, GIULIA, pin)
    for method, path, body in (
        ("DELETE", f"/v1/devices/{giulia.device}", None),
        ("PUT", "/v1/pins", {"pin": "1357", "current": RIGHT}),
        ("PUT", "/v1/me/record", {"medical": "none"}),
    ):
        more = {"sw_pin": RIGHT, "if_match": '"0"'}
        assert api.signed(phone, method, path, body, **more).status_code in (200, 204)
    assert devices.key_of(api.journal, giulia.device) is not None
    assert Registry(api.journal).check_pin(person, RIGHT).value == "cancel"  # type: ignore[arg-type]
    assert raised(api, giulia)[0] is Assurance.DEVICE


def test_another_phone_looks_ended_with_every_pin_and_is_with_the_right_one(api: Api) -> None:
    answers = []
    for pin in (*WITHOUT, RIGHT):
        ended, by = enrolled(api.web), enrolled(api.web)
        more = {} if pin is None else {"sw_pin": pin}
        answer = api.signed(by, "DELETE", f"/v1/devices/{ended.device}", **more)
        again = api.signed(by, "DELETE", f"/v1/devices/{ended.device}", **more)
        assert ended.device not in listed(api, by)
        own = api.signed(ended, "GET", "/v1/devices", **api.place.app())
        level, _, shown = raised(api, ended)
        assert level is (Assurance.APP if pin == RIGHT else Assurance.DEVICE), "alerts are proved as before"
        answers.append((told(answer), told(again), told(own), shown))
        api.journal.transact(lambda tx: tx.write(_NO_PHONE_EVER))
    assert [one[0] for one in answers[0]] == [204, 404, 403, "app"]
    assert all(one == answers[0] for one in answers)


def test_a_phone_ends_itself_without_a_pin(api: Api, giulia: Phone) -> None:
    assert api.signed(giulia, "DELETE", f"/v1/devices/{giulia.device}").status_code == 204
    assert devices.key_of(api.journal, giulia.device) is None


def test_where_no_pin_is_set_a_young_phone_ends_no_older_one(api: Api) -> None:
    Registry(api.journal).add_user(Person(phones=(NO_PIN,)), by="test")
    older = Phone(number=NO_PIN).enrolled(api.journal)
    young, answer = added(api, NO_PIN, None)
    assert answer.status_code == 201
    refused = api.signed(young, "DELETE", f"/v1/devices/{older.device}")
    assert verdict(refused) == (403, "young")
    assert api.signed(older, "DELETE", f"/v1/devices/{young.device}").status_code == 204


def test_each_phone_that_is_added_or_ended_is_told_to_the_number_in_the_same_words(
    api: Api, giulia: Phone
) -> None:
    words = []
    for pin in (RIGHT, WRONG):
        before = len(notices(api.web))
        added(api, GIULIA, pin)
        api.signed(giulia, "DELETE", f"/v1/devices/{listed(api, giulia)[-1]}", sw_pin=pin)
        new = notices(api.web)[before:]
        assert {to for to, _ in new} == {GIULIA}
        words.append(sorted(re.sub(r"\(.*?\)", "", text) for _, text in new))
    assert words[0] == words[1]
    assert [text.split(" al ")[0].split(" dal ")[0] for text in words[0]] == [
        "Un telefono è stato aggiunto",
        "Un telefono è stato tolto",
    ]


def test_who_adds_and_ends_phones_all_day_sends_few_texts(web: Web, giulia: Phone) -> None:
    def work(tx: Any) -> None:
        tx.write(devices._FORGET, tx.at_us)
        asked = devices.start_enrolment(tx, E164(GIULIA), giulia.point, "phone")
        made = phones.confirm(tx, asked.device, asked.code, seeming=DeviceAppearance.ENROLLED)
        assert isinstance(made, DeviceKey)
        phones.revoke(tx, made.device, "test")

    for _ in range(10):
        web.journal.transact(work)
    assert len(notices(web)) <= 2 * phones.TEXTS_A_DAY
