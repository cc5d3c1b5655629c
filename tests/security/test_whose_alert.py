"""An alert is its own sender's (decision 136): the app key and a number open nothing of it.

Somebody who has the app key, which is in every phone, and the user's number reads, moves, silences, answers
and cancels nothing of an alert that the user's phone has not signed, however it was raised. The operator is
shown what was tried, as what it is.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx import Response
from msgspec.structs import replace

from gateways.http.parts.context import Web
from gateways.http.wire.answers import rfc3339
from messages.base import Position
from messages.events import AlertClosed
from messages.ids import E164, SECOND, AlertId, Assurance, Channel, ClaimKind, Instant, LineId, Outcome
from model.alert.case import Case
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Transaction
from store.registry import devices
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import CLOCK, GIULIA
from tests.support.signing import Phone
from tests.waiting import wait_until

OWN = "f81d4fae7dec11d0a76500a0c91e6bf6"
"""The id that the user's app has made, and that nobody else knows."""
GENOVA, MILANO = (44.39058, 8.97342), (45.4642, 9.19)


def by_app(web: Web) -> AlertId:
    where = Position(lat=GENOVA[0], lon=GENOVA[1], at=CLOCK.now_us(), accuracy_m=10)
    return raised(web, Channel.DATA, id=AlertId(OWN), position=where)


def by_text(web: Web) -> AlertId:
    return raised(web, Channel.SMS, id=AlertId("sms-1"), text="Aiuto, non posso parlare")


def by_call(web: Web) -> AlertId:
    return raised(web, Channel.VOICE, line=LineId("L1"), call=1)


def raised(web: Web, channel: Channel, **said: object) -> AlertId:
    signal = Signal(channel=channel, received_at=CLOCK.now_us(), phone=E164(GIULIA))
    return accept(web.journal, replace(signal, **said), 50).alert


ALERTS: tuple[Callable[[Web], AlertId], ...] = (by_app, by_text, by_call)


def post(app: Asker, path: str = "", **body: object) -> Response:
    return app.post(f"/v1/alerts{path}", json=body)


def untouched(case: Case) -> Case:
    """The case without the version that grows with what an operator is shown of others."""
    return replace(case, inbox_version=0)


@pytest.mark.parametrize("own", ALERTS)
def test_who_names_the_number_is_told_another_name_and_gets_at_nothing(
    api: Api, own: Callable[[Web], AlertId]
) -> None:
    alert = own(api.web)
    before = api.case(alert)
    answer = post(api.app, phone=GIULIA)
    told = answer.json()["alert"]
    assert (answer.status_code, told == alert, answer.json()["advice"]) == (200, False, "wait")
    for path, body in (
        ("position", {"lat": MILANO[0], "lon": MILANO[1], "accuracy_m": 3}),
        ("messages", {"id": "x1", "text": "no", "answers": 1}),
        ("messages/seen", {"upto": 1, "read": True}),
        ("ringing", {}),
        ("cancel", {"pin": "0000"}),
    ):
        taken = post(api.app, f"/{told}/{path}", **body)
        assert (taken.status_code, taken.json()) == (202, {"alert": told}), path
    assert post(api.app, phone=GIULIA, silent=True).status_code == 200
    after = api.case(alert)
    assert untouched(after) == untouched(before)
    claims = api.sheet(alert).claims
    kinds = [one.kind for one in claims]
    assert kinds == ["signal", "position", "words", "rings", "cancels", "signal"]
    assert {one.proof for one in claims} == {Assurance.APP}
    assert [one.silent for one in claims] == [False] * 5 + [True]


@pytest.mark.parametrize("own", ALERTS)
def test_under_an_alias_nothing_of_the_alert_is_read(api: Api, own: Callable[[Web], AlertId]) -> None:
    alert = own(api.web)
    told = post(api.app, phone=GIULIA).json()["alert"]
    headers = api.place.app()

    def seen() -> tuple[object, object]:
        state = api.client.get(f"/v1/alerts/{told}", headers=headers).json()
        return state, api.client.get(f"/v1/alerts/{told}/messages", headers=headers).json()

    before = seen()
    assert (before[0]["phase"], before[0]["legs"], before[1]["messages"]) == ("received", [], [])  # type: ignore[index]
    api.journal.append(Append(streams.case(alert), None, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    assert seen() == before


def test_an_alias_is_told_to_call_112_from_its_own_deadline_on(api: Api) -> None:
    by_app(api.web)
    early, late = (Instant(CLOCK.now_us() - ago * SECOND) for ago in (1, 49))
    told = [
        post(api.app, phone=GIULIA, raised_at=rfc3339(at), id=f"other-{n}").json()
        for n, at in enumerate((early, late, Instant(late - 2 * SECOND)))
    ]
    assert [one["advice"] for one in told] == ["wait", "wait", "call_112_now"]
    ended = api.app.get("/v1/alerts/other-1?wait=20&since=1").json()
    assert (ended["version"], ended["advice"], ended["phase"]) == (2, "call_112_now", "received")
    assert api.app.get("/v1/alerts/other-0").json()["advice"] == "wait"


def test_the_sender_s_own_id_is_the_alias_where_it_is_free(api: Api) -> None:
    by_app(api.web)
    first = post(api.app, phone=GIULIA, id="second-phone", raised_at=rfc3339(CLOCK.now_us()))
    assert (first.status_code, first.json()["alert"]) == (200, "second-phone")
    version = api.journal.version(streams.inbox(AlertId(OWN)))
    again = post(api.app, phone=GIULIA, id="second-phone", raised_at=first.json()["received_at"])
    assert again.json()["alert"] == "second-phone"
    assert api.journal.version(streams.inbox(AlertId(OWN))) == version + 1, (
        "pressed once more: shown once more"
    )
    taken = post(api.app, phone="+393339998887", id="second-phone")
    assert (taken.status_code, taken.json()["alert"] == "second-phone") == (202, False)


def test_its_own_id_is_what_the_alert_is_read_moved_and_silenced_by(api: Api) -> None:
    alert = by_app(api.web)
    post(api.app, phone=GIULIA)
    silent = post(api.app, phone=GIULIA, id=OWN, silent=True)
    assert (silent.status_code, silent.json()["alert"]) == (200, alert)
    moved = post(api.app, f"/{alert}/position", lat=44.4, lon=8.9, accuracy_m=5)
    assert moved.status_code == 202
    case = api.case(alert)
    assert (case.silent, case.position is not None and case.position.lat) == (True, 44.4)
    assert len(api.sheet(alert).claims) == 1
    shown = f"/v1/alerts/{alert}"
    wait_until(lambda: api.app.get(shown).json()["silent"], what="that it is silent")


def test_an_alias_does_not_undo_that_the_alert_is_shown_as_closed(api: Api) -> None:
    alert = by_app(api.web)
    post(api.app, f"/{alert}/cancel", pin="0000")
    post(api.app, phone=GIULIA, raised_at=rfc3339(CLOCK.now_us()))

    def shown() -> object:
        return api.app.get(f"/v1/alerts/{alert}").json()["phase"]

    wait_until(lambda: shown() == "closed", what="that it looks closed")
    assert (shown(), api.case(alert).cancel_asked is None) == ("closed", False)


def test_a_cry_after_the_end_of_an_alert_under_its_own_name_is_a_new_alert(api: Api) -> None:
    alert = by_app(api.web)
    api.journal.append(Append(streams.case(alert), None, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    body = {"phone": GIULIA, "id": OWN, "silent": True, "raised_at": rfc3339(CLOCK.now_us())}
    first, second = post(api.app, **body), post(api.app, **body)
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["alert"] == second.json()["alert"] != alert, (
        "asked once more: the alert that was told"
    )
    assert api.case(first.json()["alert"]).silent


def invited(phone: Phone, web: Web) -> Phone:
    """Enrolled by an invitation that the staff has handed over."""

    def work(tx: Transaction) -> str:
        secret = devices.invite(tx, E164(phone.number), "test")
        known = devices.accept_invitation(tx, secret, phone.point, "second")
        assert known is not None
        return known.device

    phone.device = web.journal.transact(work)
    return phone


def test_another_phone_of_the_user_joins_as_what_it_is_and_gets_at_nothing(api: Api) -> None:
    first, second = Phone(number=GIULIA).enrolled(api.journal), invited(Phone(number=GIULIA), api.web)
    alert = api.signed(first, "POST", "/v1/alerts", {"id": OWN, "phone": GIULIA}).json()["alert"]
    before = api.case(alert)
    answer = api.signed(second, "POST", "/v1/alerts", {"phone": GIULIA, "silent": True})
    told = answer.json()["alert"]
    assert (answer.status_code, told == alert, answer.json()["proof"]) == (200, False, "device")
    assert api.signed(second, "GET", f"/v1/alerts/{alert}").status_code == 403
    assert api.signed(second, "GET", f"/v1/alerts/{told}").json()["phase"] == "received"
    assert api.signed(second, "POST", f"/v1/alerts/{told}/cancel", {"pin": "0000"}).status_code == 202
    after = api.case(alert)
    assert untouched(after) == untouched(before)
    shown = api.sheet(alert)
    assert [(one.kind, one.proof) for one in shown.claims] == [
        (ClaimKind.SIGNAL, Assurance.DEVICE), (ClaimKind.CANCELS, Assurance.DEVICE)
    ]  # fmt: skip
    since = [devices.key_of(api.journal, phone.device) for phone in (first, second)]
    assert [shown.key_enrolled_at, shown.claims[0].key_enrolled_at] == [
        one and one.created_at for one in since
    ]
    assert after.key == first.device, "shown: by which phone, and since when each is enrolled"
    again = api.signed(first, "POST", "/v1/alerts", {"id": "another-press", "phone": GIULIA, "silent": True})
    assert (again.json()["alert"], api.case(alert).silent) == (alert, True)


@pytest.mark.parametrize("own", [by_text, by_call])
def test_an_app_that_knows_the_id_of_what_came_by_call_or_text_does_not_get_at_it(
    api: Api, own: Callable[[Web], AlertId]
) -> None:
    alert = own(api.web)
    assert post(api.app, phone=GIULIA, id=alert).json()["alert"] != alert
    for path in ("", "/messages"):
        assert api.app.get(f"/v1/alerts/{alert}{path}").status_code == 404
    assert post(api.app, f"/{alert}/position", lat=1.0, lon=1.0).status_code == 404
