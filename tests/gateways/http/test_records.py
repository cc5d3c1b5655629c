"""Records over HTTP: who may read and change them, that two writers lose nothing, and duress."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages.ids import SECOND, UserId
from model.picture import PICTURE_MAX
from store.audit.entry import Action
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records
from tests.gateways.http.place import CLOCK, GIULIA, Place, entered
from tests.gateways.story import Story
from tests.support.pictures import GREY
from tests.support.signing import Phone
from tests.waiting import wait_until

Client = TestClient[Litestar]
RECORD: dict[str, Any] = {
    "dangerous": [{"name": "Marco Neri", "car": "Fiat Panda"}],
    "medical": "asthma",
    "safe_word": "umbrella",
    "contacts": [{"name": "Anna", "number": "+393471234567", "tell": True}],
    "addresses": ["via Roma 12, Milano"],
}
PATH, OWN = f"/v1/users/{GIULIA}/record", "/v1/me/record"


@pytest.fixture
def phone(web: Web) -> Phone:
    return Phone(number=GIULIA).enrolled(web.journal)


def put(client: Client, headers: dict[str, str], record: object, version: object = 0) -> Response:
    return client.put(PATH, json=record, headers={**headers, "if-match": f'"{version}"'})


def own(
    client: Client,
    web: Web,
    phone: Phone,
    method: str = "GET",
    path: str = OWN,
    body: object = None,
    **more: str,
) -> Response:
    """Of the phone, with the headers `more`, in which `_` is written for `-`."""
    data, headers = phone.signed(method, path, body, created=web.clock.now_us() // SECOND)
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return client.request(method, path, content=data, headers=headers)


def test_a_supervisor_reads_and_changes_by_number_or_id(
    client: Client, supervisor: dict[str, str], giulia: UserId
) -> None:
    empty = client.get(PATH, headers=supervisor)
    assert (empty.status_code, empty.json()["version"], empty.headers["etag"]) == (200, 0, '"0"')
    kept = put(client, supervisor, RECORD)
    assert (kept.status_code, kept.headers["etag"], kept.json()["record"]) == (200, '"1"', RECORD)
    by_id = client.get(f"/v1/users/{giulia}/record", headers=supervisor)
    assert by_id.json() == kept.json()
    assert by_id.headers["cache-control"] == "no-store"
    assert client.get("/v1/users/u0/record", headers=supervisor).status_code == 404


def test_of_two_writers_the_second_is_told_and_who_says_nothing_is_refused(
    client: Client, supervisor: dict[str, str]
) -> None:
    assert put(client, supervisor, RECORD).status_code == 200
    assert put(client, supervisor, {"medical": "none"}).status_code == 412
    assert client.put(PATH, json={}, headers=supervisor).status_code == 428
    assert client.put(PATH, json={}, headers={**supervisor, "if-match": "*"}).status_code == 428
    assert client.get(PATH, headers=supervisor).json()["record"] == RECORD


@pytest.mark.parametrize(
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
def test_what_is_no_record_is_refused_with_the_path(
    client: Client, supervisor: dict[str, str], record: object, path: str
) -> None:
    answer = put(client, supervisor, record)
    assert (answer.status_code, answer.json()["path"]) == (400, path)


def test_operators_read_no_record_that_is_not_of_an_alert_and_apps_none(
    client: Client, place: Place, phone: Phone
) -> None:
    assert client.get(PATH, headers=place.operator()).status_code == 403
    assert put(client, place.operator(), RECORD).status_code == 403
    for headers in (place.app(), {}):
        assert client.get(PATH, headers=headers).status_code == 401
    assert client.get(OWN, headers=place.app()).status_code == 403
    assert client.put(OWN, json=RECORD, headers={**place.app(), "if-match": '"0"'}).status_code == 403


def test_a_picture_is_what_its_bytes_are_and_is_seen_by_whoever_has_the_alert(
    client: Client, web: Web, place: Place, supervisor: dict[str, str], giulia: UserId
) -> None:
    sent = client.post(f"{PATH}/pictures", content=GREY, headers=supervisor)
    assert sent.status_code == 201
    face = sent.json()["picture"]
    assert put(client, supervisor, {"photo": face}).status_code == 200
    story = Story(web.journal, CLOCK.now_us()).opened().identified(giulia)
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    luca = {"authorization": f"Bearer {place.luca_token}"}
    for path, headers in (
        (f"{PATH}/pictures/{face}", supervisor),
        (f"/v1/alerts/{story.alert}/pictures/{face}", luca),
    ):
        shown = client.get(path, headers=headers)
        assert (shown.status_code, shown.content) == (200, GREY)
        assert shown.headers["content-type"] == "image/png"
        assert shown.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/v1/alerts/{story.alert}/pictures/{'0' * 32}", headers=luca).status_code == 404
    assert client.get(f"{PATH}/pictures/{face}", headers=luca).status_code == 403


def test_what_is_no_picture_or_too_large_is_not_taken(client: Client, supervisor: dict[str, str]) -> None:
    for content, status in ((b"<svg/>", 400), (GREY + bytes(PICTURE_MAX), 413), (b"", 400)):
        answer = client.post(f"{PATH}/pictures", content=content, headers=supervisor)
        assert answer.status_code == status


def test_each_reading_and_change_is_entered(
    client: Client, web: Web, place: Place, supervisor: dict[str, str], giulia: UserId
) -> None:
    client.get(PATH, headers=supervisor)
    put(client, supervisor, RECORD)
    found = [(one.action, one.actor, one.subjects, one.detail) for one in entered(web)]
    assert found[-2:] == [
        (Action.READ_PERSON, place.marta, (giulia,), "record"),
        (Action.CHANGE_PERSON, place.marta, (giulia,), "record"),
    ]
    assert "asthma" not in str(found)


# ------------------------------------------------------------------------------ the person's own


def kept_of(web: Web, user: UserId) -> dict[str, object]:
    """The record as it is."""
    kept = web.journal.at_one_moment(lambda one: records.read(one, user))
    return dict(msgspec.json.decode(msgspec.json.encode(kept.record)))


def test_the_person_fills_the_own_one_with_a_pin_and_no_phone_is_shown_it(
    client: Client, web: Web, phone: Phone, giulia: UserId
) -> None:
    refused = own(client, web, phone)
    assert (refused.status_code, refused.json()["code"]) == (403, "pin_needed")
    kept = own(client, web, phone, "PUT", body=RECORD, sw_pin="4711", if_match='"0"')
    assert (kept.status_code, kept.json()["record"]) == (200, RECORD)
    assert kept_of(web, giulia) == RECORD
    own(client, web, phone, "PUT", body={"reach": "mail"}, sw_pin="4711", if_match='"0"')
    assert kept_of(web, giulia) == {**RECORD, "reach": "mail"}, "what is empty stays"
    assert own(client, web, phone, "PUT", body={}, sw_pin="4711", if_match='"1"').status_code == 412
    assert own(client, web, phone, "PUT", body={}, sw_pin="4711").status_code == 428
    shown = own(client, web, phone, sw_pin="4711").json()
    assert (shown["record"], shown["version"], shown["sealed"]) == ({}, 0, True)


def test_who_has_set_no_pin_needs_none(client: Client, web: Web) -> None:
    other = Registry(web.journal).add_user(Person(phones=("+393471110001",)), by="test")
    phone = Phone(number=other.phones[0]).enrolled(web.journal)
    assert own(client, web, phone, "PUT", body=RECORD, if_match='"0"').status_code == 200
    assert own(client, web, phone).json()["record"] == RECORD


def test_without_the_right_pin_the_record_is_filled_only_seemingly(
    client: Client, web: Web, phone: Phone, giulia: UserId
) -> None:
    face = own(client, web, phone, "POST", f"{OWN}/pictures", GREY).json()["picture"]
    record = {**RECORD, "dangerous": [{"name": "Marco Neri", "picture": face}]}
    own(client, web, phone, "PUT", body=record, sw_pin="4711", if_match='"0"')
    told = []
    for pin in ("9999", "0000", "4711"):
        answers = [
            own(client, web, phone, "PUT", body={"contacts": [{"name": "A", "number": "112"}]}, sw_pin=pin,
                if_match='"0"'),
            own(client, web, phone, "PUT", body={"photo": "0" * 32}, sw_pin=pin, if_match='"0"'),
            own(client, web, phone, "PUT", body={"medical": "x"}, sw_pin=pin, if_match='"0"'),
            own(client, web, phone, sw_pin=pin),
            own(client, web, phone, path=f"{OWN}/pictures/{face}", sw_pin=pin),
        ]  # fmt: skip
        told.append([(one.status_code, one.content) for one in answers])
        assert kept_of(web, giulia) == (record if pin != "4711" else {**record, "medical": "x"})
    assert told[0] == told[1] == told[2]
    assert [status for status, _ in told[0]] == [400, 200, 200, 200, 404]


def test_pins_of_record_and_of_settings_are_tried_out_together(
    client: Client, web: Web, phone: Phone
) -> None:
    for pin in ("0000", "0000", "0001", "4711", "0002", "0003"):
        assert own(client, web, phone, sw_pin=pin).status_code == 200, "typed again it is no other try"
    assert own(client, web, phone, sw_pin="4711").status_code == 429
    body = {"pin": "1234", "current": "4711"}
    assert own(client, web, phone, "PUT", "/v1/pins", body).status_code == 429
