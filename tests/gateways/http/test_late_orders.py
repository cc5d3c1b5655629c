"""Orders that a frozen node reads when it wakes, after the operator has gone on at another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.events import AlertReopened, CommandGiven, InboxRead, LegReleased, NoteAdded, PositionUpdated
from messages.ids import OperatorCommand, Outcome
from store import streams
from tests.gateways.http.answered import no
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story

Client = TestClient[Litestar]


@pytest.fixture
def story(web: Web, client: Client, place: Place) -> Story:
    """An alert that Marta has, the user on the line."""
    told = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta)
    return told.operator_joined(place.marta).user_called().user_answered()


@pytest.fixture
def other(place: Place) -> Iterator[Client]:
    """Another web with the same journal."""
    with TestClient(build(place.web()), raise_server_exceptions=False) as started:
        yield started


def order(client: Client, story: Story, place: Place, **body: object) -> tuple[int, object]:
    answer = client.post(f"/v1/alerts/{story.alert}/commands", json=body, headers=place.operator())
    return answer.status_code, answer.json().get("code")


def version(web: Web, story: Story) -> int:
    return web.journal.version(streams.inbox(story.alert)) + web.journal.version(streams.case(story.alert))


def given(web: Web, story: Story) -> list[OperatorCommand]:
    inbox = web.journal.read(streams.inbox(story.alert))
    return [one.event.command for one in inbox if isinstance(one.event, CommandGiven)]


def told_112(web: Web, story: Story, place: Place) -> None:
    """The AlertCase carries the order out: 112 answers, is told, and hangs up."""
    story.say(InboxRead(upto=len(web.journal.read(streams.inbox(story.alert)))))
    story.psap_called(place.marta).psap_joined()
    story.say(LegReleased(leg=story.leg("psap"), attempt=1, cause=16))


def test_a_press_that_arrives_late_at_another_node_is_the_same_order(
    client: Client, other: Client, place: Place, story: Story, web: Web
) -> None:
    press = {"command": "call_psap", "id": "press-1", "seen": version(web, story)}
    assert order(client, story, place, **press) == (202, None)
    assert order(other, story, place, **press) == (202, None)
    told_112(web, story, place)
    assert order(other, story, place, **press) == (202, None)
    assert given(web, story) == [OperatorCommand.CALL_PSAP]


def test_112_is_not_called_again_by_a_press_of_before_it_was_called(
    client: Client, other: Client, place: Place, story: Story, web: Web
) -> None:
    seen = version(web, story)
    assert order(client, story, place, command="call_psap", id="press-2", seen=seen) == (202, None)
    told_112(web, story, place)
    late = {"command": "call_psap", "id": "press-1", "seen": seen}
    answer = other.post(f"/v1/alerts/{story.alert}/commands", json=late, headers=place.operator())
    assert (answer.status_code, answer.json()) == (409, no("out_of_date"))
    assert given(web, story) == [OperatorCommand.CALL_PSAP]
    again = {"command": "call_psap", "id": "press-3", "seen": version(web, story)}
    assert order(client, story, place, **again) == (202, None)


def test_a_conversation_is_not_ended_by_a_press_of_before_112_was_told(
    client: Client, other: Client, place: Place, story: Story, web: Web
) -> None:
    seen = version(web, story)
    order(client, story, place, command="call_psap", id="press-2", seen=seen)
    told_112(web, story, place)
    late = order(other, story, place, command="declare_false_alarm", id="press-1", seen=seen)
    assert late == (409, "out_of_date")
    assert given(web, story) == [OperatorCommand.CALL_PSAP]


def test_what_does_not_matter_to_an_order_does_not_refuse_it(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    seen = version(web, story)
    where = {"lat": 44.4, "lon": 8.9}
    client.post(f"/v1/alerts/{story.alert}/position", json=where, headers=place.app())
    assert any(isinstance(one.event, PositionUpdated) for one in web.journal.read(streams.inbox(story.alert)))
    order(client, story, place, command="note", id="n", seen=seen, text="calm")
    order(client, story, place, command="mute", id="m", seen=seen)
    assert order(client, story, place, command="declare_false_alarm", id="f", seen=seen) == (202, None)


def test_what_the_case_does_not_allow_is_said_before_that_it_is_late(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    seen = version(web, story)
    order(client, story, place, command="call_psap", id="1", seen=seen)
    assert order(client, story, place, command="call_psap", id="2", seen=seen) == (409, "psap_being_called")


def test_an_order_without_id_and_version_is_taken_as_the_alert_is_now(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    for _ in range(2):
        assert order(client, story, place, command="call_psap") == (202, None)
        told_112(web, story, place)


def test_the_same_id_with_another_command_is_another_order(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    assert order(client, story, place, command="mute", id="1") == (202, None)
    assert order(client, story, place, command="call_psap", id="1") == (202, None)
    assert given(web, story) == [OperatorCommand.MUTE, OperatorCommand.CALL_PSAP]


def test_a_note_that_is_sent_twice_stands_once(
    client: Client, other: Client, place: Place, story: Story, web: Web
) -> None:
    for one in (client, other):
        assert order(one, story, place, command="note", id="n", text="calm") == (202, None)
    notes = [one.event for one in web.journal.read(streams.inbox(story.alert))]
    assert [one.text for one in notes if isinstance(one, NoteAdded)] == ["calm"]


def test_an_alert_that_was_reopened_and_closed_since_is_not_reopened_by_a_press_of_before(
    client: Client, other: Client, place: Place, story: Story, web: Web
) -> None:
    story.operator_left(place.marta).closed(Outcome.FALSE_ALARM)
    seen = version(web, story)
    press = {"command": "reopen", "id": "1", "seen": seen}
    assert order(client, story, place, **press) == (202, None)
    assert order(other, story, place, **press) == (202, None)
    story.closed(Outcome.FALSE_ALARM)
    assert order(other, story, place, **press) == (202, None)
    assert order(other, story, place, command="reopen", id="0", seen=seen) == (409, "out_of_date")
    inbox = web.journal.read(streams.inbox(story.alert))
    assert sum(isinstance(one.event, AlertReopened) for one in inbox) == 1


@pytest.mark.parametrize("seen", [-1, 2**53 + 1, "3", 1.5])
def test_a_version_that_is_none_is_refused_with_its_path(
    client: Client, place: Place, story: Story, seen: object
) -> None:
    body = {"command": "mute", "seen": seen}
    answer = client.post(f"/v1/alerts/{story.alert}/commands", json=body, headers=place.operator())
    assert (answer.status_code, answer.json()["path"]) == (400, "$.seen")


def test_an_order_stands_with_what_its_operator_saw(
    client: Client, place: Place, story: Story, web: Web
) -> None:
    order(client, story, place, command="mute", id="press-1", seen=7)
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == CommandGiven(command=OperatorCommand.MUTE, by=place.marta, id="press-1", seen=7)


def test_an_old_word_about_weapons_does_not_replace_the_newer_one(
    client: Client, other: Client, place: Place, story: Story, web: Web
) -> None:
    seen = version(web, story)
    brief = {"command": "brief", "field": "weapons", "seen": seen}
    assert order(client, story, place, **brief, id="2", text="a knife") == (202, None)
    assert order(other, story, place, **brief, id="1", text="none") == (409, "out_of_date")
    assert order(other, story, place, **{**brief, "field": "children"}, id="3", text="two") == (202, None)


def shift(client: Client, place: Place, state: str, seen: int | None) -> tuple[int, object, int]:
    body = {"state": state, "seen": seen}
    answer = client.post("/v1/operators/me/shift", json=body, headers=place.operator())
    said = answer.json()
    return answer.status_code, said.get("code"), said.get("seq", 0)


def test_who_has_gone_home_is_not_made_ready_by_a_press_that_arrives_late(
    client: Client, other: Client, place: Place, web: Web
) -> None:
    seen = web.journal.last_seq()
    *_, ready = shift(client, place, "ready", seen)
    *_, off = shift(client, place, "off", ready)
    assert shift(other, place, "ready", seen)[:2] == (409, "out_of_date")
    assert shift(client, place, "ready", off)[:2] == (200, None)
    assert off == ready + 1


def test_a_shift_that_is_so_already_and_one_of_a_tool_without_what_was_seen_are_taken(
    client: Client, other: Client, place: Place, web: Web
) -> None:
    seen = web.journal.last_seq()
    for where, state, sees in ((client, "ready", seen), (other, "ready", seen), (other, "off", None)):
        assert shift(where, place, state, sees)[:2] == (200, None)
    assert web.journal.last_seq() == seen + 2
