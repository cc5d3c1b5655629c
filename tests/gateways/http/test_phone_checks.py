"""A check of a phone shows that its alert would arrive, and is none."""

from __future__ import annotations

from messages.events import AlertReceived
from messages.ids import AlertId, Check
from store.registry import devices
from tests.gateways.http.askers import Api, Asker, verdict
from tests.gateways.http.place import GIULIA
from tests.support.signing import Phone
from tests.waiting import wait_until

WHERE = {"lat": 45.46, "lon": 9.19}


def received(api: Api, alert: str) -> AlertReceived:
    event = api.inbox(alert)[0]
    assert isinstance(event, AlertReceived)
    return event


def test_a_signed_check_is_taken_without_its_position_and_told_to_its_phone_alone(api: Api) -> None:
    phone = Phone(number=GIULIA).enrolled(api.journal)
    body = {"phone": GIULIA, "test": True, "check": "arrival", "checks_every_days": 7, "position": WHERE}
    answer = api.signed(phone, "POST", "/v1/alerts", body)
    assert answer.status_code == 202, answer.text
    alert = answer.json()["alert"]
    event = received(api, alert)
    assert (event.check, event.test, event.position, event.phone) == (Check.ARRIVAL, True, None, None)
    state = api.signed(phone, "GET", f"/v1/alerts/{alert}").json()
    assert (state["phase"], state["test"]) == ("received", True)
    assert api.signed(phone, "POST", f"/v1/alerts/{alert}/position", WHERE).status_code == 404
    other = api.signed(phone, "POST", "/v1/alerts", {"phone": GIULIA}).json()["alert"]
    wait_until(lambda: AlertId(other) in api.read_model.alerts, what="what came after it is followed")
    assert AlertId(alert) not in api.read_model.alerts
    known = devices.key_of(api.journal, phone.device)
    assert known is not None
    assert known.check_days == 7


def test_a_check_that_nobody_has_signed_is_refused_and_says_why(app: Asker) -> None:
    body = {"phone": GIULIA, "test": True, "check": "arrival"}
    assert verdict(app.post("/v1/alerts", json=body)) == (403, "unsigned")


def test_what_is_no_test_is_an_alert_whatever_else_it_says(api: Api) -> None:
    phone = Phone(number=GIULIA).enrolled(api.journal)
    body = {"phone": GIULIA, "check": "arrival", "position": WHERE}
    for answer in (api.app.post("/v1/alerts", json=body), api.signed(phone, "POST", "/v1/alerts", body)):
        event = received(api, answer.json()["alert"])
        assert (event.check, event.test, event.phone) == (None, False, GIULIA)
        assert event.position is not None


def test_a_phone_that_checks_again_and_again_is_told_to_wait_and_its_alert_is_not(api: Api) -> None:
    phone = Phone(number=GIULIA).enrolled(api.journal)
    body = {"phone": GIULIA, "test": True, "check": "arrival"}
    told = [api.signed(phone, "POST", "/v1/alerts", body) for _ in range(11)]
    assert {one.status_code for one in told[:10]} == {202}
    assert told[10].status_code == 429
    assert int(told[10].headers["retry-after"]) > 0
    assert api.signed(phone, "POST", "/v1/alerts", {"phone": GIULIA}).json()["advice"] == "wait"
