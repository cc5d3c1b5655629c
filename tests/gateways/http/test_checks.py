"""A phone sees that an alert would arrive: signed, shown to no operator, and never mistaken for an alert."""

from __future__ import annotations

from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages.events import AlertReceived
from messages.ids import AlertId, Check
from store import streams
from store.registry import devices
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import GIULIA, Place
from tests.gateways.http.test_devices import signed
from tests.support.signing import Phone
from tests.waiting import wait_until

Client = TestClient[Litestar]
WHERE = {"lat": 45.46, "lon": 9.19}


def received(web: Web, alert: str) -> AlertReceived:
    event = web.journal.read(streams.inbox(AlertId(alert)))[0].event
    assert isinstance(event, AlertReceived)
    return event


def test_a_signed_check_is_taken_without_its_position_and_told_to_its_phone_alone(
    client: Client, web: Web
) -> None:
    phone = Phone(number=GIULIA).enrolled(web.journal)
    body = {"phone": GIULIA, "test": True, "check": "arrival", "checks_every_days": 7, "position": WHERE}
    answer = signed(client, web, phone, "POST", "/v1/alerts", body)
    assert answer.status_code == 202, answer.text
    alert = answer.json()["alert"]
    event = received(web, alert)
    assert (event.check, event.test, event.position, event.phone) == (Check.ARRIVAL, True, None, None)
    state = signed(client, web, phone, "GET", f"/v1/alerts/{alert}").json()
    assert (state["phase"], state["test"]) == ("received", True)
    assert signed(client, web, phone, "POST", f"/v1/alerts/{alert}/position", WHERE).status_code == 404
    other = signed(client, web, phone, "POST", "/v1/alerts", {"phone": GIULIA}).json()["alert"]
    wait_until(lambda: AlertId(other) in web.following.picture.alerts, what="what came after it is followed")
    assert AlertId(alert) not in web.following.picture.alerts
    known = devices.key_of(web.journal, phone.device)
    assert known is not None
    assert known.check_days == 7


def test_a_check_that_nobody_has_signed_is_refused_and_says_why(client: Client, place: Place) -> None:
    body = {"phone": GIULIA, "test": True, "check": "arrival"}
    answer = client.post("/v1/alerts", json=body, headers=place.app())
    assert (answer.status_code, answer.json()["code"]) == (403, "unsigned")


def test_what_is_no_test_is_an_alert_whatever_else_it_says(client: Client, web: Web, place: Place) -> None:
    phone = Phone(number=GIULIA).enrolled(web.journal)
    body = {"phone": GIULIA, "check": "arrival", "position": WHERE}
    for answer in (
        client.post("/v1/alerts", json=body, headers=place.app()),
        signed(client, web, phone, "POST", "/v1/alerts", body),
    ):
        event = received(web, answer.json()["alert"])
        assert (event.check, event.test, event.phone) == (None, False, GIULIA)
        assert event.position is not None


def test_a_phone_that_checks_again_and_again_is_told_to_wait_and_its_alert_is_not(
    client: Client, web: Web
) -> None:
    phone = Phone(number=GIULIA).enrolled(web.journal)
    body = {"phone": GIULIA, "test": True, "check": "arrival"}
    told = [signed(client, web, phone, "POST", "/v1/alerts", body) for _ in range(11)]
    assert {one.status_code for one in told[:10]} == {202}
    assert told[10].status_code == 429
    assert int(told[10].headers["retry-after"]) > 0
    assert signed(client, web, phone, "POST", "/v1/alerts", {"phone": GIULIA}).json()["advice"] == "wait"


def test_admins_see_when_a_phone_has_checked_and_who_has_been_silent(
    client: Client, web: Web, place: Place
) -> None:
    Registry(web.journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    phone = Phone(number=GIULIA).enrolled(web.journal)
    body = {"phone": GIULIA, "test": True, "check": "arrival", "checks_every_days": 7}
    assert signed(client, web, phone, "POST", "/v1/alerts", body).status_code == 202
    people = client.get("/v1/admin/people", headers=place.operator()).json()
    assert people["phones"] == {"lately": 1, "late": 0, "silent": 0, "off": 0, "unknown": 0}
    silent = client.get("/v1/admin/people?silent=true", headers=place.operator()).json()
    assert (silent["people"], silent["found"], silent["known"]) == ([], 0, people["known"])
    (one,) = [row for row in people["people"] if GIULIA in row["phones"]]
    whole = client.get(f"/v1/admin/people/{one['id']}", headers=place.operator()).json()
    (told,) = whole["devices"]
    assert told["check_days"] == 7
    assert told["checked_on"].endswith("T00:00:00.000000Z")
    assert 'securwoman_phones{checked="lately"} 1.0' in client.get("/metrics").text
