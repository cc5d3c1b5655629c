"""What an operator orders, and what a frozen node takes of it when it wakes after the operator went on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from messages.events import AlertReopened, CommandGiven, Event, InboxRead, LegReleased, NoteAdded, WrapUpEnded
from messages.ids import SECOND, Instant, OperatorCommand, Outcome, Party
from store import streams
from store.registry.people import StaffRole
from tests.gateways.http.answered import no
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, Place
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
    (
        "send_digit",
        {"digit": "*", "party": "user"},
        CommandGiven(command=OperatorCommand.SEND_DIGIT, by=MARTA, digit="*", party=Party.USER),
    ),
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


@pytest.fixture
def other(place: Place) -> Iterator[Asker]:
    """Marta at another web with the same journal."""
    with TestClient(build(place.web()), raise_server_exceptions=False) as started:
        yield Asker(started, place.operator())


def order(marta: Asker, story: Story, **body: object) -> tuple[int, str]:
    return verdict(marta.post(f"/v1/alerts/{story.alert}/commands", json=body))


def version(api: Api, story: Story) -> int:
    return api.journal.version(streams.inbox(story.alert)) + api.journal.version(streams.case(story.alert))


def given(api: Api, story: Story) -> list[OperatorCommand]:
    return [one.command for one in api.inbox(story.alert, CommandGiven)]


def told_112(api: Api, story: Story) -> None:
    """The AlertCase carries the order out: 112 answers, is told, and hangs up."""
    story.say(InboxRead(upto=len(api.inbox(story.alert))))
    story.psap_called(MARTA).psap_joined()
    story.say(LegReleased(leg=story.leg("psap"), attempt=1, cause=16))


def test_a_press_that_arrives_late_at_another_node_is_the_same_order(
    api: Api, other: Asker, story: Story
) -> None:
    press = {"command": "call_psap", "id": "press-1", "seen": version(api, story)}
    assert order(api.marta, story, **press) == (202, "")
    assert order(other, story, **press) == (202, "")
    told_112(api, story)
    assert order(other, story, **press) == (202, "")
    assert given(api, story) == [OperatorCommand.CALL_PSAP]


def test_112_is_not_called_again_by_a_press_of_before_it_was_called(
    api: Api, other: Asker, story: Story
) -> None:
    seen = version(api, story)
    assert order(api.marta, story, command="call_psap", id="press-2", seen=seen) == (202, "")
    told_112(api, story)
    late = {"command": "call_psap", "id": "press-1", "seen": seen}
    assert order(other, story, **late) == (409, "out_of_date")
    assert given(api, story) == [OperatorCommand.CALL_PSAP]
    again = {"command": "call_psap", "id": "press-3", "seen": version(api, story)}
    assert order(api.marta, story, **again) == (202, "")


def test_what_the_case_does_not_allow_is_said_before_that_it_is_late(api: Api, story: Story) -> None:
    seen = version(api, story)
    order(api.marta, story, command="call_psap", id="1", seen=seen)
    assert order(api.marta, story, command="call_psap", id="2", seen=seen) == (409, "psap_being_called")


def test_an_order_without_id_and_version_is_taken_as_the_alert_is_now(api: Api, story: Story) -> None:
    for _ in range(2):
        assert order(api.marta, story, command="call_psap") == (202, "")
        told_112(api, story)


def test_a_note_that_is_sent_twice_stands_once(api: Api, other: Asker, story: Story) -> None:
    for one in (api.marta, other):
        assert order(one, story, command="note", id="n", text="calm") == (202, "")
    assert [one.text for one in api.inbox(story.alert, NoteAdded)] == ["calm"]


def test_an_alert_that_was_reopened_and_closed_since_is_not_reopened_by_a_press_of_before(
    api: Api, other: Asker, story: Story
) -> None:
    story.operator_left(MARTA).closed(Outcome.FALSE_ALARM)
    seen = version(api, story)
    press = {"command": "reopen", "id": "1", "seen": seen}
    assert order(api.marta, story, **press) == (202, "")
    assert order(other, story, **press) == (202, "")
    story.closed(Outcome.FALSE_ALARM)
    assert order(other, story, **press) == (202, "")
    assert order(other, story, command="reopen", id="0", seen=seen) == (409, "out_of_date")
    assert len(api.inbox(story.alert, AlertReopened)) == 1


@each("seen", [-1, 2**53 + 1, "3", 1.5])
def test_a_version_that_is_none_is_refused_with_its_path(api: Api, story: Story, seen: object) -> None:
    answer = api.marta.order(story, "mute", seen=seen)
    assert (answer.status_code, answer.json()["path"]) == (400, "$.seen")


def test_an_order_stands_with_what_its_operator_saw(api: Api, story: Story) -> None:
    order(api.marta, story, command="mute", id="press-1", seen=7)
    given = CommandGiven(command=OperatorCommand.MUTE, by=MARTA, id="press-1", seen=7)
    assert api.inbox(story.alert)[-1] == given


def test_an_old_word_about_weapons_does_not_replace_the_newer_one(
    api: Api, other: Asker, story: Story
) -> None:
    seen = version(api, story)
    brief = {"command": "brief", "field": "weapons", "seen": seen}
    assert order(api.marta, story, **brief, id="2", text="a knife") == (202, "")
    assert order(other, story, **brief, id="1", text="none") == (409, "out_of_date")
    assert order(other, story, **{**brief, "field": "children"}, id="3", text="two") == (202, "")


def shift(marta: Asker, state: str, seen: int | None) -> tuple[int, str, int]:
    answer = marta.post("/v1/operators/me/shift", json={"state": state, "seen": seen})
    return *verdict(answer), answer.json().get("seq", 0)


def test_who_has_gone_home_is_not_made_ready_by_a_press_that_arrives_late(api: Api, other: Asker) -> None:
    seen = api.journal.last_seq()
    *_, ready = shift(api.marta, "ready", seen)
    *_, off = shift(api.marta, "off", ready)
    assert shift(other, "ready", seen)[:2] == (409, "out_of_date")
    assert shift(api.marta, "ready", off)[:2] == (200, "")
    assert off == ready + 1


def test_a_shift_that_is_so_already_and_one_of_a_tool_without_what_was_seen_are_taken(
    api: Api, other: Asker
) -> None:
    seen = api.journal.last_seq()
    for where, state, sees in ((api.marta, "ready", seen), (other, "ready", seen), (other, "off", None)):
        assert shift(where, state, sees)[:2] == (200, "")
    assert api.journal.last_seq() == seen + 2
