"""A person's record over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from httpx import Response

from gateways.http.parts.context import Web
from gateways.http.security import pin_guard
from messages.ids import UserId
from model.picture import PICTURE_MAX
from store.audit.entry import Action
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import GIULIA, entered
from tests.support.each import each
from tests.support.pictures import GREY
from tests.support.signing import Phone

RECORD: dict[str, Any] = {
    "dangerous": [{"name": "Marco Neri", "car": "Fiat Panda"}],
    "medical": "asthma",
    "safe_word": "umbrella",
    "contacts": [{"name": "Anna", "number": "+393471234567", "tell": True}],
    "addresses": ["via Roma 12, Milano"],
}
PATH, OWN = f"/v1/users/{GIULIA}/record", "/v1/me/record"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer waits for its time: what is the same does not depend on it."""
    monkeypatch.setattr(pin_guard, "ANSWER_S", 0.001)


@pytest.fixture
def phone(web: Web) -> Phone:
    return Phone(number=GIULIA).enrolled(web.journal)


def put(asker: Asker, record: object) -> Response:
    return asker.put(PATH, json=record, headers={"if-match": '"0"'})


def own(api: Api, phone: Phone, method: str = "GET", body: object = None, **headers: str) -> Response:
    """The person's own record."""
    return api.signed(phone, method, OWN, body, **headers)


def test_a_supervisor_reads_and_changes_by_number_or_id(supervisor: Asker, giulia: UserId) -> None:
    empty = supervisor.get(PATH)
    assert (empty.status_code, empty.json()["version"], empty.headers["etag"]) == (200, 0, '"0"')
    kept = put(supervisor, RECORD)
    assert (kept.status_code, kept.headers["etag"], kept.json()["record"]) == (200, '"1"', RECORD)
    by_id = supervisor.get(f"/v1/users/{giulia}/record")
    assert by_id.json() == kept.json()
    assert by_id.headers["cache-control"] == "no-store"
    assert supervisor.get("/v1/users/u0/record").status_code == 404


def test_of_two_writers_the_second_is_told_and_who_says_nothing_is_refused(supervisor: Asker) -> None:
    assert put(supervisor, RECORD).status_code == 200
    assert put(supervisor, {"medical": "none"}).status_code == 412
    assert supervisor.put(PATH, json={}).status_code == 428
    assert supervisor.put(PATH, json={}, headers={"if-match": "*"}).status_code == 428
    assert supervisor.get(PATH).json()["record"] == RECORD


@each(
    ("record", "path"),
    [
        ({"medical": 7}, "$.medical"),
        ({"medicine": "asthma"}, "$"),
        ({"dangerous": [{"car": "Panda"}]}, "$.dangerous[0]"),
        ({"dangerous": [{"name": "Marco", "picture": "../../x"}]}, "$.dangerous[0].picture"),
        ({"dangerous": [{"name": "a"}] * 5}, "$.dangerous"),
        ({"contacts": [{"name": "Anna", "number": "112"}]}, "$.contacts"),
        ({"photo": "0" * 32}, "$"),
        ({"children": "x" * 1001}, "$.children"),
    ],
)
def test_what_is_no_record_is_refused_with_the_path(supervisor: Asker, record: object, path: str) -> None:
    answer = put(supervisor, record)
    assert (answer.status_code, answer.json()["path"]) == (400, path)


def test_a_picture_is_what_its_bytes_are_and_is_seen_by_whoever_has_the_alert(
    api: Api, supervisor: Asker, giulia: UserId
) -> None:
    sent = supervisor.post(f"{PATH}/pictures", content=GREY)
    assert sent.status_code == 201
    face = sent.json()["picture"]
    assert put(supervisor, {"photo": face}).status_code == 200
    story = api.story().opened().identified(giulia)
    api.followed()
    for path, who in (
        (f"{PATH}/pictures/{face}", supervisor),
        (f"/v1/alerts/{story.alert}/pictures/{face}", api.luca),
    ):
        shown = who.get(path)
        assert (shown.status_code, shown.content) == (200, GREY)
        assert shown.headers["content-type"] == "image/png"
        assert shown.headers["x-content-type-options"] == "nosniff"
    assert api.luca.get(f"/v1/alerts/{story.alert}/pictures/{'0' * 32}").status_code == 404
    assert api.luca.get(f"{PATH}/pictures/{face}").status_code == 403


def test_what_is_no_picture_or_too_large_is_not_taken(supervisor: Asker) -> None:
    for content, status in ((b"<svg/>", 400), (GREY + bytes(PICTURE_MAX), 413), (b"", 400)):
        assert supervisor.post(f"{PATH}/pictures", content=content).status_code == status


def test_each_reading_and_change_is_entered(api: Api, supervisor: Asker, giulia: UserId) -> None:
    supervisor.get(PATH)
    put(supervisor, RECORD)
    found = [(one.action, one.actor, one.subjects, one.detail) for one in entered(api.web)]
    assert found[-2:] == [
        (Action.READ_PERSON, MARTA, (giulia,), "record"),
        (Action.CHANGE_PERSON, MARTA, (giulia,), "record"),
    ]
    assert "asthma" not in str(found)


# ------------------------------------------------------------------------------ the person's own


def kept_of(web: Web, user: UserId) -> dict[str, object]:
    """The record as it is."""
    kept = web.journal.at_one_moment(lambda one: records.read_record(one, user))
    return dict(msgspec.json.decode(msgspec.json.encode(kept.record)))


def test_the_person_fills_the_own_one_with_a_pin_and_no_phone_is_shown_it(
    api: Api, phone: Phone, giulia: UserId
) -> None:
    assert verdict(own(api, phone)) == (403, "pin_needed")
    kept = own(api, phone, "PUT", RECORD, sw_pin="4711", if_match='"0"')
    assert (kept.status_code, kept.json()["record"]) == (200, RECORD)
    assert kept_of(api.web, giulia) == RECORD
    own(api, phone, "PUT", {"reach": "mail"}, sw_pin="4711", if_match='"0"')
    assert kept_of(api.web, giulia) == {**RECORD, "reach": "mail"}, "what is empty stays"
    assert own(api, phone, "PUT", {}, sw_pin="4711", if_match='"1"').status_code == 412
    assert own(api, phone, "PUT", {}, sw_pin="4711").status_code == 428
    shown = own(api, phone, sw_pin="4711").json()
    assert (shown["record"], shown["version"], shown["sealed"]) == ({}, 0, True)


def test_who_has_set_no_pin_needs_none(api: Api) -> None:
    other = Registry(api.journal).add_user(Person(phones=("+393471110001",)), by="test")
    phone = Phone(number=other.phones[0]).enrolled(api.journal)
    assert own(api, phone, "PUT", RECORD, if_match='"0"').status_code == 200
    assert own(api, phone).json()["record"] == RECORD


def test_without_the_right_pin_the_record_is_filled_only_seemingly(
    api: Api, phone: Phone, giulia: UserId
) -> None:
    face = api.signed(phone, "POST", f"{OWN}/pictures", GREY).json()["picture"]
    record = {**RECORD, "dangerous": [{"name": "Marco Neri", "picture": face}]}
    own(api, phone, "PUT", record, sw_pin="4711", if_match='"0"')
    told = []
    for pin in ("9999", "0000", "4711"):
        answers = [
            own(api, phone, "PUT", {"contacts": [{"name": "A", "number": "112"}]}, sw_pin=pin,
                if_match='"0"'),
            own(api, phone, "PUT", {"photo": "0" * 32}, sw_pin=pin, if_match='"0"'),
            own(api, phone, "PUT", {"medical": "x"}, sw_pin=pin, if_match='"0"'),
            own(api, phone, sw_pin=pin),
            api.signed(phone, "GET", f"{OWN}/pictures/{face}", sw_pin=pin),
        ]  # fmt: skip
        told.append([(one.status_code, one.content) for one in answers])
        assert kept_of(api.web, giulia) == (record if pin != "4711" else {**record, "medical": "x"})
    assert told[0] == told[1] == told[2]
    assert [status for status, _ in told[0]] == [400, 200, 200, 200, 404]


def test_pins_of_record_and_of_settings_are_tried_out_together(api: Api, phone: Phone) -> None:
    for pin in ("0000", "0000", "0001", "4711", "0002", "0003"):
        assert own(api, phone, sw_pin=pin).status_code == 200, "typed again it is no other try"
    assert own(api, phone, sw_pin="4711").status_code == 429
    body = {"pin": "1234", "current": "4711"}
    assert api.signed(phone, "PUT", "/v1/pins", body).status_code == 429
