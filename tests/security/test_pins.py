"""Whoever holds the phone and types PINs learns nothing: not by an answer, its time, or what follows."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.door import pins as pins_door
from gateways.http.door.pins import ANSWER_S, rest_s
from gateways.http.door.senders import Senders
from gateways.http.parts.context import Web
from gateways.http.routes.cancelling import TRIES_MAX, WINDOW_US, PinTries
from gateways.http.wire.app_state import state
from messages import events as ev
from messages.events import AlertCancelled, AlertSignalAdded, PinRefused
from messages.ids import E164, Advice, AlertId, Channel, Instant, Outcome
from model.alert.case import Case
from model.alert.evolve import fold
from model.rules.cancelling import WRONG_KEPT_MAX
from store import streams
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import pins, users
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]

RIGHT, DURESS, WRONG = "4711", "9999", "0000"
PINS = (RIGHT, DURESS, WRONG)
STRANGER = "+393339999999"


def case_of(web: Web, alert: AlertId) -> Case:
    case = fold(web.journal.read_streams(streams.inbox(alert), streams.case(alert)))
    assert case is not None
    return case


def told(web: Web, alert: AlertId) -> dict[str, Any]:
    """What the app is told, without what is another alert's anyway: its id and its moments."""
    case = case_of(web, alert)
    said = {field: getattr(state(case), field) for field in state(case).__struct_fields__}
    moments = ("received_at", "deadline_at", "closed_at")
    return {**said, "alert": "", **{name: said[name] is not None for name in moments}}


def cancelled(client: Client, place: Place, alert: str, pin: str) -> tuple[int, dict[str, Any], list[str]]:
    answer = client.post(f"/v1/alerts/{alert}/cancel", json={"pin": pin}, headers=place.app())
    said = answer.json()
    assert said.pop("alert") == alert
    return answer.status_code, said, sorted(answer.headers)


def goes_on(story: Story, pin: str, place: Place) -> None:
    """What the center does next: it differs, as it has to."""
    match pin:
        case "9999":
            story.psap_called(place.marta).psap_joined()
            story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
            story.closed(Outcome.BRIEFED)
        case "4711":
            story.user_called().user_answered().closed(Outcome.CANCELLED)
        case _:
            story.user_called().user_released(19).user_called(2)


def test_every_pin_is_answered_alike_whoever_the_user_is(client: Client, place: Place, web: Web) -> None:
    answers = []
    for phone in (GIULIA, STRANGER):
        for pin in (*PINS, "x", " 4711", "4711\x00", "٤٧١١", "9" * 32):
            story = Story(web.journal, CLOCK.now_us(), phone=phone).opened()
            answers.append(cancelled(client, place, story.alert, pin))
            story.closed(Outcome.FALSE_ALARM)
    assert all(one == answers[0] for one in answers)
    assert answers[0][:2] == (202, {})


@pytest.mark.parametrize(
    "body", [b'{"pin": "\\ud800"}', b'{"pin": "\xff"}', b'{"pin": 4711}', b'{"pin": ""}', b"{}", b"[]", b""]
)
def test_what_is_no_pin_is_refused_before_anything_is_asked(
    client: Client, place: Place, web: Web, body: bytes
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    headers = {**place.app(), "content-type": "application/json"}
    answer = client.post(f"/v1/alerts/{story.alert}/cancel", content=body, headers=headers)
    assert answer.status_code == 400
    assert web.journal.version(streams.inbox(story.alert)) == 1


def test_a_user_who_was_erased_meanwhile_cancels_like_anybody(client: Client, place: Place, web: Web) -> None:
    registry = Registry(web.journal)
    user = registry.user_by_phone(E164(GIULIA))
    assert user is not None
    story = Story(web.journal, CLOCK.now_us()).opened().identified(user.id)
    web.journal.transact(lambda tx: users.drop(tx, user))
    assert cancelled(client, place, story.alert, WRONG)[0] == 202


def test_the_same_work_is_done_for_every_pin_of_whoever_is_known_and_none_for_nobody(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    slowly = pins._proves
    monkeypatch.setattr(pins, "_proves", lambda pin, kept: (hashed.append(pin), slowly(pin, kept))[1])
    registry = Registry(web.journal)
    one = {"first_name": "A", "last_name": "B"}
    registry.add_user(Person(phones=("+393330000001",), **one), by="test")
    registry.add_user(Person(phones=("+393330000002",), cancel_pin="4711", **one), by="test")
    phones = (GIULIA, STRANGER, "+393330000001", "+393330000002")
    alerts = [Story(web.journal, CLOCK.now_us(), phone=phone).opened().alert for phone in phones]
    for alert in alerts:
        for pin in PINS:
            hashed.clear()
            cancelled(client, place, alert, pin)
            assert hashed == ([] if alert == alerts[1] else [pin, pin])


@given(st.floats(min_value=0, max_value=60))
def test_an_answer_comes_after_a_whole_multiple_of_its_time(spent_s: float) -> None:
    rest = rest_s(spent_s)
    assert 0 < rest <= ANSWER_S
    multiple = (spent_s + rest) / ANSWER_S
    assert abs(multiple - round(multiple)) < 1e-6


def test_no_answer_comes_before_its_time(client: Client, place: Place, web: Web) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    for pin in PINS:
        begun = time.monotonic()
        cancelled(client, place, story.alert, pin)
        assert time.monotonic() - begun >= ANSWER_S


def test_what_the_app_sees_is_the_same_after_every_pin_at_every_moment(
    client: Client, place: Place, web: Web
) -> None:
    seen = []
    for pin in PINS:
        story = Story(web.journal, CLOCK.now_us()).opened()
        story.operator_called(place.marta).operator_joined(place.marta)
        assert told(web, story.alert)["phase"] == "calling_user"
        cancelled(client, place, story.alert, pin)
        steps = [told(web, story.alert)]
        goes_on(story, pin, place)
        client.post(f"/v1/alerts/{story.alert}/position", json={"lat": 1, "lon": 1}, headers=place.app())
        steps.append(told(web, story.alert))
        cancelled(client, place, story.alert, WRONG)
        cancelled(client, place, story.alert, RIGHT)
        steps.append(told(web, story.alert))
        assert steps[0] == steps[1] == steps[2], pin
        seen.append(steps[0])
        story.closed(Outcome.FALSE_ALARM)
    assert seen[0] == seen[1] == seen[2]
    one = seen[0]
    assert (one["phase"], one["outcome"], one["cancelled"]) == ("closed", "cancelled", True)
    assert (one["legs"], one["operator_assigned"], one["advice"], one["closed_at"]) == (
        (),
        False,
        "wait",
        True,
    )
    assert "duress" not in str(one).lower()


def test_the_end_that_the_app_is_told_of_is_the_moment_of_its_own_question(
    client: Client, place: Place, web: Web
) -> None:
    for pin in PINS:
        story = Story(web.journal, CLOCK.now_us()).opened()
        cancelled(client, place, story.alert, pin)
        asked = web.journal.read(streams.inbox(story.alert))[-1]
        first = client.get(f"/v1/alerts/{story.alert}?since=2", headers=place.app()).json()
        story.closed(Outcome.FALSE_ALARM)
        wait_until(lambda story=story: web.following.case(story.alert).closed_at)
        then = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
        assert first == then
        case = case_of(web, story.alert)
        assert case.cancel_asked is not None
        assert case.cancel_asked.at == asked.at_us


@pytest.mark.parametrize("pin", PINS)
def test_nothing_that_happens_later_ends_a_long_poll(
    client: Client, place: Place, web: Web, pin: str
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    cancelled(client, place, story.alert, pin)
    url = f"/v1/alerts/{story.alert}"
    version = client.get(url, headers=place.app()).json()["version"]
    answers: list[tuple[float, dict[str, Any]]] = []

    def poll() -> None:
        begun = time.monotonic()
        said = client.get(f"{url}?wait=2&since={version}", headers=place.app()).json()
        answers.append((time.monotonic() - begun, said))

    thread = threading.Thread(target=poll)
    thread.start()
    wait_until(lambda: web.following._waiting)
    goes_on(story, pin, place)
    thread.join(20)
    ((took_s, said),) = answers
    assert took_s >= 2
    assert said["version"] == version


def test_a_poll_that_waits_is_ended_by_every_attempt(client: Client, place: Place, web: Web) -> None:
    for pin in PINS:
        story = Story(web.journal, CLOCK.now_us()).opened()
        said: list[dict[str, Any]] = []
        url = f"/v1/alerts/{story.alert}?wait=20&since=2"
        thread = threading.Thread(
            target=lambda said=said, url=url: said.append(client.get(url, headers=place.app()).json())
        )
        thread.start()
        wait_until(lambda: web.following._waiting)
        cancelled(client, place, story.alert, pin)
        thread.join(10)
        assert [(one["version"], one["phase"]) for one in said] == [(3, "closed")]
        story.closed(Outcome.FALSE_ALARM)


def test_a_wrong_pin_is_known_to_the_center_and_a_right_one_too(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    for pin in (WRONG, "1234", RIGHT, RIGHT, DURESS, DURESS):
        cancelled(client, place, story.alert, pin)
    events = [one.event for one in web.journal.read(streams.inbox(story.alert))][1:]
    assert events == [PinRefused(), PinRefused(), AlertCancelled(), AlertCancelled(duress=True)]
    case = case_of(web, story.alert)
    assert (case.wrong_pins, case.cancelled, case.duress) == (2, True, True)


def test_where_no_pin_is_set_none_is_right_and_the_app_shows_the_same(
    client: Client, place: Place, web: Web
) -> None:
    stories = [Story(web.journal, CLOCK.now_us(), phone=phone).opened() for phone in (STRANGER, GIULIA)]
    for story in stories:
        for _ in range(2):
            cancelled(client, place, story.alert, WRONG)
    case, known = (case_of(web, story.alert) for story in stories)
    events = [one.event for one in web.journal.read(streams.inbox(case.alert))][1:]
    assert events == [PinRefused(none_set=True)], "said once"
    assert (case.cancel_unproved, case.cancelled, case.wrong_pins) == (True, False, 0)
    assert (known.cancel_unproved, known.cancelled, known.wrong_pins) == (False, False, 2)
    assert told(web, case.alert) == told(web, known.alert)


def test_who_guesses_is_answered_and_fills_no_journal_and_takes_no_processor(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins_door, "ANSWER_S", 0.001)
    story = Story(web.journal, CLOCK.now_us()).opened()
    asked: list[str] = []
    real = web.pins.pin_verdict

    async def counted(case: Case, pin: str) -> Any:
        asked.append(pin)
        return await real(case, pin)

    monkeypatch.setattr(web.pins, "pin_verdict", counted)
    answers = [cancelled(client, place, story.alert, f"{n:04}") for n in range(300)]
    assert all(one == answers[0] for one in answers)
    assert len(asked) == TRIES_MAX
    assert web.journal.version(streams.inbox(story.alert)) == 1 + TRIES_MAX


def test_of_wrong_pins_no_more_than_twenty_are_kept_and_the_right_ones_still_count(
    client: Client, place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins_door, "ANSWER_S", 0.001)
    monkeypatch.setattr(PinTries, "may", lambda *_: True)
    monkeypatch.setattr(Senders, "wait_s", lambda *_: 0)
    story = Story(web.journal, CLOCK.now_us()).opened()
    for _ in range(WRONG_KEPT_MAX + 3):
        cancelled(client, place, story.alert, WRONG)
    assert case_of(web, story.alert).wrong_pins == WRONG_KEPT_MAX
    cancelled(client, place, story.alert, DURESS)
    assert case_of(web, story.alert).duress


def test_pins_are_looked_at_again_after_a_minute_and_another_alert_s_at_once() -> None:
    tries, now = PinTries(), 1_000_000_000
    one, other = AlertId("a"), AlertId("b")
    assert [tries.may(one, Instant(now + n)) for n in range(TRIES_MAX + 1)] == [True] * TRIES_MAX + [False]
    assert tries.may(other, Instant(now))
    assert not tries.may(one, Instant(now + WINDOW_US - 1))
    assert tries.may(one, Instant(now + WINDOW_US))


@pytest.mark.parametrize("pin", PINS)
def test_who_asks_for_help_again_sees_again_what_is_done(
    client: Client, place: Place, web: Web, pin: str
) -> None:
    raised = {"id": "press-1", "phone": GIULIA, "raised_at": "2026-11-24T21:46:48Z"}
    again = {"id": "press-1", "phone": GIULIA, "raised_at": "2026-11-24T21:50:00Z"}
    alert = AlertId(client.post("/v1/alerts", json=raised, headers=place.app()).json()["alert"])
    cancelled(client, place, alert, pin)
    # The same press, sent once more, says nothing new.
    client.post("/v1/alerts", json={**raised, "battery_pct": 7}, headers=place.app())
    assert told(web, alert)["phase"] == "closed"
    receipt = client.post("/v1/alerts", json=again, headers=place.app())
    assert (receipt.status_code, receipt.json()["alert"], receipt.json()["advice"]) == (200, alert, "wait")
    seen = told(web, alert)
    assert (seen["phase"], seen["cancelled"], seen["closed_at"]) == ("received", False, False)
    assert seen["version"] > 2
    cancelled(client, place, alert, pin)
    assert told(web, alert)["phase"] == "closed"


def test_after_every_pin_an_alert_raised_again_shows_the_operator_and_no_call_that_follows_from_it(
    client: Client, place: Place, web: Web
) -> None:
    """Whoever extorted a PIN cancels with it, raises the alert again and looks for the center's calls."""
    seen = []
    for pin in PINS:
        story = Story(web.journal, CLOCK.now_us()).opened()
        story.operator_called(place.marta).operator_joined(place.marta)
        cancelled(client, place, story.alert, pin)
        now = CLOCK.now_us()
        story.hear(AlertSignalAdded(channel=Channel.DATA, phone=E164(GIULIA), received_at=now, raised_at=now))
        steps = [told(web, story.alert)]
        goes_on(story, pin, place)
        if pin == WRONG:
            story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
            steps.append(told(web, story.alert))
            story.closed(Outcome.HANDED_OVER)
        steps.append(told(web, story.alert))
        for one in steps:
            one.pop("version")
            one["legs"] = [(leg.party, leg.state, leg.attempt) for leg in one["legs"]]
        assert {(step["phase"], step["advice"]) for step in steps[:-1]} == {("calling_user", "wait")}
        assert [[leg[0] for leg in step["legs"]] for step in steps] == [["operator"]] * len(steps)
        seen.append([steps[0], steps[-1]])
    assert seen[0] == seen[1] == seen[2]
    assert (seen[0][1]["phase"], seen[0][1]["outcome"]) == ("closed", "cancelled")


def test_advice_given_after_an_attempt_reaches_the_operators_and_not_the_phone(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us()).opened()
    story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
    for pin in PINS:
        cancelled(client, place, story.alert, pin)
        assert told(web, story.alert)["advice"] == "wait"
    assert case_of(web, story.alert).advice is Advice.CALL_112_NOW


def test_side_by_side_the_attempts_are_answered_within_each_other_s_time(place: Place, web: Web) -> None:
    """Ten at once cost ten hashes, and none of their answers is told apart by its place in the row."""
    story = Story(web.journal, CLOCK.now_us()).opened()

    async def all_at_once() -> list[Any]:
        case = case_of(web, story.alert)
        return await asyncio.gather(*(web.pins.pin_verdict(case, pin) for pin in PINS * 3))

    verdicts = asyncio.run(all_at_once())
    assert [one.value for one in verdicts] == ["cancel", "duress", "wrong"] * 3
    web.journal.close()
