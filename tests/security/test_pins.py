"""Whoever holds the phone and types PINs learns nothing: not by an answer, its time, or what follows."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.http.routes.app.cancelling import TRIES_MAX, WINDOW_US, PinTries
from gateways.http.security import pin_guard
from gateways.http.security.pin_guard import ANSWER_S, rest_s
from gateways.http.security.senders import Senders
from gateways.http.wire.app_state import state
from messages import events as ev
from messages.events import AlertCancelled, AlertSignalAdded, PinRefused
from messages.ids import E164, Advice, AlertId, Assurance, Channel, Instant, Outcome
from model.alert.case import Case
from model.rules.cancelling import WRONG_KEPT_MAX
from store import streams
from store.registry.people import Person
from store.registry.registry import Registry
from store.registry.users import pins, users
from tests.gateways.http.askers import MARTA, Api, Asker
from tests.gateways.http.place import CLOCK, GIULIA
from tests.gateways.story import Story
from tests.support.each import each
from tests.waiting import wait_until

RIGHT, DURESS, WRONG = "4711", "9999", "0000"
PINS = (RIGHT, DURESS, WRONG)
STRANGER = "+393339999999"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer waits for its time: what is the same does not depend on it."""
    monkeypatch.setattr(pin_guard, "ANSWER_S", 0.001)


def told(api: Api, alert: AlertId) -> dict[str, Any]:
    """What the app is told, without what is another alert's anyway: its id and its moments."""
    shown = state(api.sheet(alert))
    said = {field: getattr(shown, field) for field in shown.__struct_fields__}
    moments = ("received_at", "deadline_at", "closed_at")
    return {**said, "alert": "", **{name: said[name] is not None for name in moments}}


def cancelled(app: Asker, alert: str, pin: str) -> tuple[int, dict[str, Any], list[str]]:
    answer = app.post(f"/v1/alerts/{alert}/cancel", json={"pin": pin})
    said = answer.json()
    assert said.pop("alert") == alert
    return answer.status_code, said, sorted(answer.headers)


def goes_on(story: Story, pin: str) -> None:
    """What the center does next: it differs, as it has to."""
    match pin:
        case "9999":
            story.psap_called(MARTA).psap_joined().say(ev.BriefingGiven(by=MARTA))
            story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
            story.closed(Outcome.BRIEFED)
        case "4711":
            story.user_called().user_answered().closed(Outcome.CANCELLED)
        case _:
            story.user_called().user_released(19).user_called(2)


def test_every_pin_is_answered_alike_whoever_the_user_is(api: Api) -> None:
    answers = []
    for phone in (GIULIA, STRANGER):
        for pin in (*PINS, "x", " 4711", "4711\x00", "٤٧١١", "9" * 32):
            story = api.story(phone=phone).opened()
            answers.append(cancelled(api.app, story.alert, pin))
            story.closed(Outcome.FALSE_ALARM)
    assert all(one == answers[0] for one in answers)
    assert answers[0][:2] == (202, {})


@each(
    "body", [b'{"pin": "\\ud800"}', b'{"pin": "\xff"}', b'{"pin": 4711}', b'{"pin": ""}', b"{}", b"[]", b""]
)
def test_what_is_no_pin_is_refused_before_anything_is_asked(api: Api, body: bytes) -> None:
    story = api.story().opened()
    before = len(api.inbox(story.alert))
    answer = api.app.post(
        f"/v1/alerts/{story.alert}/cancel", content=body, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, len(api.inbox(story.alert))) == (400, before)


def test_a_user_who_was_erased_meanwhile_cancels_like_anybody(api: Api) -> None:
    registry = Registry(api.journal)
    user = registry.user_by_phone(E164(GIULIA))
    assert user is not None
    story = api.story().opened().identified(user.id)
    api.journal.transact(lambda tx: users.drop(tx, user))
    assert cancelled(api.app, story.alert, WRONG)[0] == 202


def test_the_same_work_is_done_for_every_pin_of_whoever_is_known_and_none_for_nobody(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    slowly = pins._proves
    monkeypatch.setattr(pins, "_proves", lambda pin, kept: (hashed.append(pin), slowly(pin, kept))[1])
    registry = Registry(api.journal)
    one = {"first_name": "A", "last_name": "B"}
    registry.add_user(Person(phones=("+393330000001",), **one), by="test")
    registry.add_user(Person(phones=("+393330000002",), cancel_pin="4711", **one), by="test")
    phones = (GIULIA, STRANGER, "+393330000001", "+393330000002")
    alerts = [api.story(phone=phone).opened().alert for phone in phones]
    for alert in alerts:
        for pin in PINS:
            hashed.clear()
            cancelled(api.app, alert, pin)
            assert hashed == ([] if alert == alerts[1] else [pin, pin])


@given(st.floats(min_value=0, max_value=60))
def test_an_answer_comes_after_a_whole_multiple_of_its_time(spent_s: float) -> None:
    rest, answer_s = rest_s(spent_s), pin_guard.ANSWER_S
    assert 0 < rest <= answer_s
    multiple = (spent_s + rest) / answer_s
    assert abs(multiple - round(multiple)) < 1e-6


def test_no_answer_comes_before_its_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pin_guard, "ANSWER_S", ANSWER_S)
    story = api.story().opened()
    for pin in PINS:
        begun = time.monotonic()
        cancelled(api.app, story.alert, pin)
        assert time.monotonic() - begun >= ANSWER_S


def test_what_the_app_sees_is_the_same_after_every_pin_at_every_moment(api: Api) -> None:
    seen = []
    for pin in PINS:
        story = api.story().had_by(api.place.marta)
        assert api.marta.order(story, "open_page").status_code == 202
        assert told(api, story.alert)["phase"] == "calling_user"
        cancelled(api.app, story.alert, pin)
        steps = [told(api, story.alert)]
        goes_on(story, pin)
        api.app.post(f"/v1/alerts/{story.alert}/position", json={"lat": 1, "lon": 1})
        steps.append(told(api, story.alert))
        cancelled(api.app, story.alert, WRONG)
        cancelled(api.app, story.alert, RIGHT)
        steps.append(told(api, story.alert))
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
    assert (one["psap_knows"], one["writes_until"]) == ((), None)
    assert "duress" not in str(one).lower()


def test_the_end_that_the_app_is_told_of_is_the_moment_of_its_own_question(api: Api) -> None:
    for pin in PINS:
        story = api.story().opened()
        cancelled(api.app, story.alert, pin)
        asked = api.journal.read(streams.inbox(story.alert))[-1]
        first = api.app.get(f"/v1/alerts/{story.alert}?since=2").json()
        story.closed(Outcome.FALSE_ALARM)
        wait_until(lambda story=story: api.web.following.case(story.alert).closed_at)
        then = api.app.get(f"/v1/alerts/{story.alert}").json()
        assert first == then
        case = api.case(story.alert)
        assert case.cancel_asked is not None
        assert case.cancel_asked.at == asked.at_us


@pytest.mark.parametrize("pin", PINS)
def test_nothing_that_happens_later_ends_a_long_poll(api: Api, pin: str) -> None:
    story = api.story().opened()
    cancelled(api.app, story.alert, pin)
    url = f"/v1/alerts/{story.alert}"
    version = api.app.get(url).json()["version"]
    answers: list[tuple[float, dict[str, Any]]] = []

    def poll() -> None:
        begun = time.monotonic()
        said = api.app.get(f"{url}?wait=1&since={version}").json()
        answers.append((time.monotonic() - begun, said))

    thread = threading.Thread(target=poll)
    thread.start()
    wait_until(lambda: api.web.following._waiting)
    goes_on(story, pin)
    thread.join(20)
    ((took_s, said),) = answers
    assert took_s >= 1
    assert said["version"] == version


def test_a_poll_that_waits_is_ended_by_every_attempt(api: Api) -> None:
    for pin in PINS:
        story = api.story().opened()
        said: list[dict[str, Any]] = []
        url = f"/v1/alerts/{story.alert}?wait=20&since=2"
        thread = threading.Thread(target=lambda said=said, url=url: said.append(api.app.get(url).json()))
        thread.start()
        wait_until(lambda: api.web.following._waiting)
        cancelled(api.app, story.alert, pin)
        thread.join(10)
        assert [(one["version"], one["phase"]) for one in said] == [(3, "closed")]
        story.closed(Outcome.FALSE_ALARM)


def test_a_wrong_pin_is_known_to_the_center_and_a_right_one_too(api: Api) -> None:
    story = api.story().opened()
    for pin in (WRONG, "1234", RIGHT, RIGHT, DURESS, DURESS):
        cancelled(api.app, story.alert, pin)
    events = api.inbox(story.alert)[1:]
    assert events == [PinRefused(), PinRefused(), AlertCancelled(), AlertCancelled(duress=True)]
    case = api.case(story.alert)
    assert (case.wrong_pins, case.cancelled, case.duress) == (2, True, True)


def test_where_no_pin_is_set_none_is_right_and_the_app_shows_the_same(api: Api) -> None:
    stories = [api.story(phone=phone).opened() for phone in (STRANGER, GIULIA)]
    for story in stories:
        for _ in range(2):
            cancelled(api.app, story.alert, WRONG)
    case, known = (api.case(story.alert) for story in stories)
    events = api.inbox(case.alert)[1:]
    assert events == [PinRefused(none_set=True)], "said once"
    assert (case.cancel_unproved, case.cancelled, case.wrong_pins) == (True, False, 0)
    assert (known.cancel_unproved, known.cancelled, known.wrong_pins) == (False, False, 2)
    assert told(api, case.alert) == told(api, known.alert)


def test_who_guesses_is_answered_and_fills_no_journal_and_takes_no_processor(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = api.story().opened()
    asked: list[str] = []
    real = api.web.queries.pin_verdict

    async def counted(case: Case, pin: str) -> Any:
        asked.append(pin)
        return await real(case, pin)

    monkeypatch.setattr(api.web.queries, "pin_verdict", counted)
    answers = [cancelled(api.app, story.alert, f"{n:04}") for n in range(300)]
    assert all(one == answers[0] for one in answers)
    assert len(asked) == TRIES_MAX
    assert api.journal.version(streams.inbox(story.alert)) == 1 + TRIES_MAX


def test_of_wrong_pins_no_more_than_twenty_are_kept_and_the_right_ones_still_count(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PinTries, "may", lambda *_: True)
    monkeypatch.setattr(Senders, "wait_s", lambda *_: 0)
    story = api.story().opened()
    for _ in range(WRONG_KEPT_MAX + 3):
        cancelled(api.app, story.alert, WRONG)
    assert api.case(story.alert).wrong_pins == WRONG_KEPT_MAX
    cancelled(api.app, story.alert, DURESS)
    assert api.case(story.alert).duress


def test_pins_are_looked_at_again_after_a_minute_and_another_alert_s_at_once() -> None:
    tries, now = PinTries(), 1_000_000_000
    one, other = AlertId("a"), AlertId("b")
    assert [tries.may(one, Instant(now + n)) for n in range(TRIES_MAX + 1)] == [True] * TRIES_MAX + [False]
    assert tries.may(other, Instant(now))
    assert not tries.may(one, Instant(now + WINDOW_US - 1))
    assert tries.may(one, Instant(now + WINDOW_US))


@pytest.mark.parametrize("pin", PINS)
def test_who_asks_for_help_again_sees_again_what_is_done(api: Api, pin: str) -> None:
    raised = {"id": "press-1", "phone": GIULIA, "raised_at": "2026-11-24T21:46:48Z"}
    again = {"id": "press-1", "phone": GIULIA, "raised_at": "2026-11-24T21:50:00Z"}
    alert = AlertId(api.app.post("/v1/alerts", json=raised).json()["alert"])
    cancelled(api.app, alert, pin)
    # The same press, sent once more, says nothing new.
    api.app.post("/v1/alerts", json={**raised, "battery_pct": 7})
    assert told(api, alert)["phase"] == "closed"
    receipt = api.app.post("/v1/alerts", json=again)
    assert (receipt.status_code, receipt.json()["alert"], receipt.json()["advice"]) == (200, alert, "wait")
    seen = told(api, alert)
    assert (seen["phase"], seen["cancelled"], seen["closed_at"]) == ("received", False, False)
    assert seen["version"] > 2
    cancelled(api.app, alert, pin)
    assert told(api, alert)["phase"] == "closed"


def test_after_every_pin_an_alert_raised_again_shows_the_operator_and_no_call_that_follows_from_it(
    api: Api,
) -> None:
    """Whoever extorted a PIN cancels with it, raises the alert again and looks for the center's calls."""
    seen = []
    for pin in PINS:
        story = api.story().had_by(api.place.marta)
        cancelled(api.app, story.alert, pin)
        now = CLOCK.now_us()
        story.hear(
            AlertSignalAdded(
                channel=Channel.DATA,
                proof=Assurance.APP,
                phone=E164(GIULIA),
                received_at=now,
                raised_at=now,
            )
        )
        steps = [told(api, story.alert)]
        goes_on(story, pin)
        if pin == WRONG:
            story.hear(ev.AdviceChanged(advice=Advice.CALL_112_NOW))
            steps.append(told(api, story.alert))
            story.closed(Outcome.HANDED_OVER)
        steps.append(told(api, story.alert))
        for one in steps:
            one.pop("version")
            one["legs"] = [(leg.party, leg.state, leg.attempt) for leg in one["legs"]]
        assert {(step["phase"], step["advice"]) for step in steps[:-1]} == {("calling_user", "wait")}
        assert [[leg[0] for leg in step["legs"]] for step in steps] == [["operator"]] * len(steps)
        seen.append([steps[0], steps[-1]])
    assert seen[0] == seen[1] == seen[2]
    assert (seen[0][1]["phase"], seen[0][1]["outcome"]) == ("closed", "cancelled")


def test_side_by_side_the_attempts_are_answered_within_each_other_s_time(api: Api) -> None:
    """Ten at once cost ten hashes, and none of their answers is told apart by its place in the row."""
    story = api.story().opened()

    async def all_at_once() -> list[Any]:
        case = api.case(story.alert)
        return await asyncio.gather(*(api.web.queries.pin_verdict(case, pin) for pin in PINS * 3))

    verdicts = asyncio.run(all_at_once())
    assert [one.value for one in verdicts] == ["cancel", "duress", "wrong"] * 3
