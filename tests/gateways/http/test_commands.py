"""What an operator orders."""

from __future__ import annotations

from typing import Any

import pytest

from messages.events import AlertReopened, CommandGiven, Event, NoteAdded, WrapUpEnded
from messages.ids import SECOND, Instant, OperatorCommand, Outcome, Party
from store import streams
from store.registry.people import StaffRole
from tests.gateways.http.answered import no
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story, on_shift
from tests.support.each import each
from tests.waiting import wait_until


@pytest.fixture
def story(api: Api) -> Story:
    """An alert that Marta has, the user on the line."""
    told = api.story().opened().operator_called(MARTA)
    return told.operator_joined(MARTA).user_called().user_answered()


ORDERS: list[tuple[str, dict[str, Any], Event]] = [
    ("call_psap", {}, CommandGiven(command=OperatorCommand.CALL_PSAP, by=MARTA)),
    ("note", {"text": "Speaks quietly"}, NoteAdded(by=MARTA, text="Speaks quietly")),
    (
        "hand_over",
        {"to": LUCA, "text": "end of shift"},
        CommandGiven(command=OperatorCommand.HAND_OVER, by=MARTA, to=LUCA, text="end of shift"),
    ),
]


@pytest.mark.parametrize(("command", "more", "event"), ORDERS, ids=[one[0] for one in ORDERS])
def test_s08_an_order_is_in_the_journal_when_it_is_answered(
    api: Api, story: Story, command: str, more: dict[str, Any], event: Event
) -> None:
    assert api.marta.order(story, command, **more).status_code == 202
    assert api.inbox(story.alert)[-1] == event


@each(
    ("command", "more", "code"),
    [
        ("leave", {}, "psap_absent"),
        ("send_digit", {"digit": "1"}, "psap_absent"),
        ("keep", {}, "not_being_handed_over"),
        ("hand_over", {"to": "nobody"}, "no_such_operator"),
        ("hand_over", {"to": MARTA}, "already_yours"),
    ],
)
def test_s09_what_the_case_does_not_allow_is_refused_with_the_reason(
    api: Api, story: Story, command: str, more: dict[str, Any], code: str
) -> None:
    before = api.journal.last_seq()
    answer = api.marta.order(story, command, **more)
    assert (answer.status_code, answer.json()) == (409, no(code))
    assert api.journal.last_seq() == before


def test_another_operator_s_case_is_not_mine(api: Api, story: Story) -> None:
    assert api.luca.order(story, "call_psap").status_code == 409
    assert api.luca.order(story, "note", text="I heard it too").status_code == 202


@pytest.mark.parametrize(
    ("command", "is_reached"), [(OperatorCommand.CLOSE, True), (OperatorCommand.PUT_AWAY, False)]
)
def test_s08_before_112_was_told_a_supervisor_alone_ends_it_and_the_order_says_so(
    api: Api, command: OperatorCommand, is_reached: bool
) -> None:
    told = api.story(phone="+393331112299").had_by(MARTA)
    if is_reached:
        told.user_called().user_answered().user_released(16)
    assert verdict(api.marta.order(told, command)) == (409, "psap_not_told")
    api.grant(StaffRole.SUPERVISOR)
    assert api.marta.order(told, command).status_code == 202
    assert api.inbox(told.alert)[-1] == CommandGiven(command=command, by=MARTA, supervisor=True)


def test_only_a_supervisor_listens_in(api: Api, story: Story) -> None:
    def parties() -> set[str]:
        return {leg["party"] for leg in api.app.get(f"/v1/alerts/{story.alert}").json()["legs"]}

    assert api.luca.order(story, "listen").status_code == 403
    api.grant(StaffRole.SUPERVISOR, LUCA)
    codes = [api.luca.order(story, one).status_code for one in ("listen", "listen", "stop_listening")]
    assert codes == [202, 409, 202]
    assert parties() == {"operator", "user"}
    story.listened(LUCA)
    assert parties() == {"operator", "user"}


def test_an_alert_that_waits_can_be_taken(api: Api) -> None:
    waits = api.story(phone="+393331112299")
    assert api.marta.order(waits, "take").status_code == 202
    assert api.inbox(waits.alert)[-1] == CommandGiven(command=OperatorCommand.TAKE, by=MARTA)


def test_a_key_is_pressed_as_often_as_it_is_ordered(api: Api, story: Story) -> None:
    for _ in range(2):
        assert api.marta.order(story, "send_digit", digit="*", party="user").status_code == 202
    pressed = CommandGiven(command=OperatorCommand.SEND_DIGIT, by=MARTA, digit="*", party=Party.USER)
    assert api.inbox(story.alert)[-2:] == [pressed, pressed]


def test_what_is_handed_over_can_be_taken_by_another_and_kept_by_the_operator(api: Api, story: Story) -> None:
    assert api.luca.order(story, "take").status_code == 409
    assert api.marta.order(story, "hand_over").status_code == 202
    assert verdict(api.marta.order(story, "hand_over", to=LUCA)) == (409, "being_handed_over")
    assert api.luca.order(story, "take").status_code == 202
    assert api.marta.order(story, "keep").status_code == 202
    assert api.luca.order(story, "take").status_code == 409


def test_an_alert_that_there_is_not_cannot_be_ordered(marta: Asker) -> None:
    assert marta.post("/v1/alerts/none/commands", json={"command": "take"}).status_code == 404


def test_who_is_ready_in_the_wrap_up_ends_it_once(api: Api, story: Story) -> None:
    def ready() -> list[Event]:
        answer = api.marta.post("/v1/operators/me/shift", json={"state": "ready"})
        assert answer.status_code == 200
        assert {"operator": MARTA, "state": "ready"}.items() <= answer.json().items()
        return [one.event for one in api.journal.read(streams.operator(MARTA))]

    ready()
    story.psap_called(MARTA).psap_joined().operator_left(MARTA)
    assert ready()[-1] == WrapUpEnded(operator=MARTA)
    count = len(ready())
    assert len(ready()) == count


def test_a_wrap_up_that_is_over_is_not_ended_again(api: Api) -> None:
    past = api.place.journal(clock=lambda: Instant(CLOCK.now_us() - 31 * SECOND))
    on_shift(past, MARTA)
    told = Story(past, CLOCK.now_us(), ago_s=60).had_by(MARTA)
    told.operator_left(MARTA)
    past.close()
    assert api.marta.post("/v1/operators/me/shift", json={"state": "ready"}).status_code == 200
    events = [one.event for one in api.journal.read(streams.operator(MARTA))]
    assert not any(isinstance(event, WrapUpEnded) for event in events)


def closed(api: Api, phone: str = "+393331112223") -> Story:
    told = api.story(phone=phone).opened().operator_called(MARTA)
    return told.operator_joined(MARTA).operator_left(MARTA).closed(Outcome.FALSE_ALARM)


def test_a_closed_alert_is_reopened_and_the_app_sees_it_open(api: Api) -> None:
    story = closed(api)
    url = f"/v1/alerts/{story.alert}"
    assert api.marta.order(story, "reopen", party="psap").status_code == 202
    assert api.inbox(story.alert)[-1] == AlertReopened(by=MARTA, psap=True)
    wait_until(lambda: api.app.get(url).json()["phase"] != "closed")
    state = api.app.get(url).json()
    assert (state["closed_at"], state["outcome"], state["advice"]) == (None, None, "wait")
    assert verdict(api.marta.order(story, "reopen")) == (409, "not_closed")


def test_the_history_says_whether_an_alert_may_be_reopened(api: Api) -> None:
    def reopening() -> dict[str, str | None]:
        return {one["alert"]: one["reopen"] for one in api.marta.get("/v1/alerts").json()["alerts"]}

    first = closed(api)
    assert reopening() == {first.alert: None}
    second = api.story().opened()
    assert reopening() == {first.alert: "newer_open", second.alert: "not_closed"}
    assert api.marta.get(f"/v1/alerts/{first.alert}/story").json()["reopen"] == "newer_open"
    assert verdict(api.marta.order(first, "reopen")) == (409, "newer_open")
