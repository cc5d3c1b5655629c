"""Orders that a frozen node reads when it wakes, after the operator has gone on at another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from messages.events import AlertReopened, CommandGiven, InboxRead, LegReleased, NoteAdded
from messages.ids import OperatorCommand, Outcome
from store import streams
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import Place
from tests.gateways.story import Story
from tests.support.each import each


@pytest.fixture
def story(api: Api) -> Story:
    """An alert that Marta has, the user on the line."""
    return api.story().had_by(MARTA).user_called().user_answered()


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
