"""A person's record over HTTP, and what there was before with the same person."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from httpx import Response

from gateways.console.ended import earlier as earlier_module
from gateways.http.door import typed_pins
from gateways.http.parts.context import Web
from messages.ids import Outcome, UserId
from model.picture import PICTURE_MAX
from store.alerts.erasing import erase_person
from store.audit.entry import Action
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import records
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, GIULIA, entered
from tests.gateways.story import Story
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
    monkeypatch.setattr(typed_pins, "ANSWER_S", 0.001)


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
    kept = web.journal.at_one_moment(lambda one: records.read(one, user))
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


def raised(web: Web, user: UserId | None = None, *, outcome: Outcome | None = None, **how: Any) -> Story:
    """An alert, of this user where one is given, closed where an outcome is."""
    story = Story(web.journal, CLOCK.now_us(), **how).opened()
    if user is not None:
        story.identified(user)
    return story if outcome is None else story.closed(outcome)


def ask(marta: Asker, story: Story) -> Any:
    answer = marta.get(f"/v1/alerts/{story.alert}/earlier")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def test_s04_the_newest_three_are_told_with_how_many_there_were(api: Api, giulia: UserId) -> None:
    outcomes = (Outcome.FALSE_ALARM, Outcome.HANDED_OVER, Outcome.TEST_DONE, Outcome.BRIEFED)
    before = [
        raised(api.web, giulia, outcome=one, test=one is Outcome.TEST_DONE, ago_s=900 - 100 * n)
        for n, one in enumerate(outcomes)
    ]
    said = ask(api.marta, raised(api.web, giulia))
    assert (said["count"], said["more"]) == (4, False)
    assert [one["alert"] for one in said["alerts"]] == [story.alert for story in reversed(before[1:])]
    assert [(one["outcome"], one["test"]) for one in said["alerts"]] == [
        ("briefed", False),
        ("test_done", True),
        ("handed_over", False),
    ]


def test_the_first_alert_has_none_before_it_and_a_later_one_is_none(api: Api, giulia: UserId) -> None:
    first = raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    raised(api.web, giulia)
    assert ask(api.marta, first) == {"count": 0, "more": False, "alerts": []}


def test_they_are_found_by_all_the_user_s_numbers(api: Api, giulia: UserId) -> None:
    other = "+393339998877"
    Registry(api.journal).change_user(giulia, Person(phones=(GIULIA, other)), by="test")
    before = raised(api.web, giulia, phone=other, outcome=Outcome.FALSE_ALARM)
    said = ask(api.marta, raised(api.web, giulia))
    assert [one["alert"] for one in said["alerts"]] == [before.alert]


def test_a_number_that_nobody_knows_has_its_own(api: Api) -> None:
    unknown = "+393330001122"
    raised(api.web, phone=unknown, outcome=Outcome.FALSE_ALARM)
    assert ask(api.marta, raised(api.web, phone=unknown))["count"] == 1
    assert ask(api.marta, raised(api.web, phone="+393330001133"))["count"] == 0


def test_a_person_who_was_erased_has_none(api: Api, giulia: UserId) -> None:
    raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    now = raised(api.web, giulia)
    assert ask(api.marta, now)["count"] == 1
    now.closed(Outcome.FALSE_ALARM)
    erase_person(api.journal, giulia, by="test")
    assert ask(api.marta, now)["count"] == 0


def test_who_has_an_erased_person_s_number_now_is_not_told_to_have_the_user_s_alerts(
    api: Api, giulia: UserId
) -> None:
    raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    registry = Registry(api.journal)
    erase_person(api.journal, giulia, by="test")
    other = registry.add_user(Person(phones=(GIULIA,), first_name="Anna"), by="test").id
    of_other = raised(api.web, other)
    assert ask(api.marta, of_other)["count"] == 0
    of_other.closed(Outcome.FALSE_ALARM)
    # One of whom nobody knows who she is has what nobody is known to have raised.
    assert ask(api.marta, raised(api.web, phone=GIULIA))["count"] == 0


def test_no_more_are_looked_at_than_a_few(api: Api, giulia: UserId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_module, "EXAMINED_MAX", 4)
    stories = [raised(api.web, giulia, outcome=Outcome.FALSE_ALARM, ago_s=900 - 100 * n) for n in range(6)]
    said = ask(api.marta, raised(api.web, giulia))
    assert (said["count"], said["more"]) == (4, True)
    assert said["alerts"][0]["alert"] == stories[-1].alert


def test_who_has_seen_them_is_entered(api: Api, giulia: UserId) -> None:
    first = raised(api.web, giulia, outcome=Outcome.FALSE_ALARM)
    now = raised(api.web, giulia)
    ask(api.marta, now)
    assert [(one.actor, one.subjects) for one in entered(api.web, Action.READ_LIST)] == [
        (MARTA, (now.alert, giulia, first.alert))
    ]


def test_what_is_no_alert_has_none(marta: Asker) -> None:
    assert marta.get("/v1/alerts/none/earlier").status_code == 404
