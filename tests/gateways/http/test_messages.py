"""The dialogue without a voice: what the app writes, is told and has read; what an operator writes."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages.events import (
    AlertCancelled,
    BriefingGiven,
    DialogueSaid,
    DialogueSeen,
    DialogueTextsOrdered,
    LegPressed,
    PinRefused,
    Spoken,
    VoicesWithheld,
)
from messages.ids import SECOND, BriefingField, Channel, Instant, LegId, OperatorId, Outcome
from model.rules.said import dialogue
from model.rules.said.dialogue import KEPT_MAX
from store import streams
from store.journal.journal import Append
from tests.gateways.http.answered import no
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]


@pytest.fixture
def story(web: Web, client: Client, place: Place) -> Story:
    """An alert that Marta has."""
    return (
        Story(web.journal, CLOCK.now_us()).opened().operator_called(place.marta).operator_joined(place.marta)
    )


def write(client: Client, place: Place, story: Story, text: str, name: str = "m1", answers: int = 0) -> Any:
    url = f"/v1/alerts/{story.alert}/messages"
    return client.post(url, json={"id": name, "text": text, "answers": answers}, headers=place.app())


def order(client: Client, place: Place, story: Story, **body: object) -> Any:
    return client.post(f"/v1/alerts/{story.alert}/commands", json=body, headers=place.operator())


def told(client: Client, place: Place, story: Story, since: int = 0, wait: float = 0) -> dict[str, Any]:
    """What the app is told, once the web has read all that there is."""
    url = f"/v1/alerts/{story.alert}/messages?since={since}&wait={wait}"
    answer = client.get(url, headers=place.app())
    assert answer.status_code == 200
    return dict(answer.json())


def followed(web: Web) -> None:
    wait_until(lambda: web.following.picture.seq >= web.journal.last_seq(), what="the web having read all")


def test_what_is_written_is_in_the_journal_when_it_is_answered(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    assert write(client, place, story, " He is in the kitchen ").status_code == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == DialogueSaid(id="m1", text="He is in the kitchen")


def test_a_message_that_is_sent_again_is_no_other_message(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    for _ in range(3):
        assert write(client, place, story, "Knife").status_code == 202
    assert order(client, place, story, command="write", id="m1", text="Where?").status_code == 202
    assert order(client, place, story, command="write", id="m1", text="Where?").status_code == 202
    followed(web)
    assert [(one["number"], one["mine"], one["text"]) for one in told(client, place, story)["messages"]] == [
        (1, True, "Knife"),
        (2, False, "Where?"),
    ]


def test_the_app_is_told_what_is_new_and_what_was_read(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    write(client, place, story, "Help", "m1")
    order(client, place, story, command="write", id="o1", text="Can you talk?", asks=True)
    followed(web)
    first = told(client, place, story)
    assert [(one["id"], one["asks"], one["arrived"]) for one in first["messages"]] == [
        ("m1", False, False),
        ("o1", True, False),
    ]
    order(client, place, story, command="have_read", upto=2)
    client.post(f"/v1/alerts/{story.alert}/messages/seen", json={"upto": 2}, headers=place.app())
    followed(web)
    second = told(client, place, story, first["version"])
    assert [(one["id"], one["arrived"], one["read"]) for one in second["messages"]] == [
        ("m1", True, True),
        ("o1", True, False),
    ]
    assert told(client, place, story, second["version"])["messages"] == []


def test_after_the_end_it_goes_on_while_112_s_page_is_there_and_whoever_is_on_shift_reads_it(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    assert order(client, place, story, command="open_page").status_code == 202
    story.psap_called(place.marta).psap_joined().say(BriefingGiven(by=place.marta))
    story.closed(Outcome.BRIEFED)
    followed(web)
    state = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert state["psap_knows"] == ["alert", "place"]
    assert state["psap_place_at"] is not None
    closed_at, until = (datetime.fromisoformat(state[name]) for name in ("closed_at", "writes_until"))
    assert until - closed_at == timedelta(hours=1)
    # The picture has let go of it; what is written brings it back, to be read by any operator.
    web.following.picture.forget(Instant(CLOCK.now_us() + 601 * SECOND))
    assert story.alert not in web.following.picture.alerts
    assert write(client, place, story, "He <is> at the door").status_code == 202
    followed(web)
    case = web.following.picture.alerts[story.alert].case
    assert dialogue.unread_since(case) is not None
    assert web.following.picture.forget(Instant(CLOCK.now_us() + 601 * SECOND)) == []
    assert case.page is not None
    page = client.get(f"/112/{case.page.code}?lang=en").text
    assert "Written after the end" in page
    assert "He &lt;is&gt; at the door" in page
    luca = {"authorization": f"Bearer {place.luca_token}"}
    url = f"/v1/alerts/{story.alert}/commands"
    assert client.post(url, json={"command": "have_read", "upto": 1}, headers=luca).status_code == 202
    followed(web)
    assert dialogue.unread_since(web.following.picture.alerts[story.alert].case) is None
    assert told(client, place, story)["messages"][0]["read"]


def test_after_the_end_nothing_is_taken_where_112_has_no_page(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    story.closed(Outcome.BRIEFED)
    followed(web)
    assert client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()["writes_until"] is None
    assert write(client, place, story, "Help").status_code == 409


@pytest.mark.parametrize("tried", [AlertCancelled(), AlertCancelled(duress=True), PinRefused()])
def test_after_an_attempt_to_cancel_nothing_is_told_of_what_112_knows(
    client: Client, place: Place, web: Web, story: Story, tried: AlertCancelled | PinRefused
) -> None:
    order(client, place, story, command="open_page")
    web.journal.append(Append(streams.inbox(story.alert), None, (tried,)))
    story.psap_called(place.marta).psap_joined().say(BriefingGiven(by=place.marta))
    story.closed(Outcome.BRIEFED)
    followed(web)
    state = client.get(f"/v1/alerts/{story.alert}", headers=place.app()).json()
    assert (state["psap_knows"], state["writes_until"], state["outcome"]) == ([], None, "cancelled")


def test_having_read_the_same_twice_writes_nothing(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    write(client, place, story, "Help")
    order(client, place, story, command="write", id="o1", text="Where?")
    for read in (False, True, False, True):
        body = {"upto": 9, "read": read}
        client.post(f"/v1/alerts/{story.alert}/messages/seen", json=body, headers=place.app())
        order(client, place, story, command="have_read", upto=9)
    seen = [
        one.event
        for one in web.journal.read(streams.inbox(story.alert))
        if isinstance(one.event, DialogueSeen)
    ]
    assert [(one.by, one.read) for one in seen] == [("", False), (place.marta, True), ("", True)]


def test_a_long_poll_is_answered_by_the_next_message_and_by_nothing_else(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    followed(web)
    version = told(client, place, story)["version"]
    got: list[tuple[float, dict[str, Any]]] = []
    poll = threading.Thread(
        target=lambda: got.append((time.monotonic(), told(client, place, story, version, wait=20)))
    )
    poll.start()
    wait_until(lambda: web.following._waiting, what="the poll being held")
    story.user_called()
    followed(web)
    order(client, place, story, command="write", id="o1", text="We are here.")
    poll.join(20)
    assert [one["text"] for one in got[0][1]["messages"]] == ["We are here."]


def test_from_an_attempt_to_cancel_on_nothing_more_is_told_and_everything_is_taken(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    order(client, place, story, command="write", id="o1", text="Hide.")
    web.journal.append(Append(streams.inbox(story.alert), None, (AlertCancelled(duress=True),)))
    by = OperatorId(place.marta)
    web.journal.append(
        Append(streams.inbox(story.alert), None, (DialogueSaid(id="o2", by=by, text="Police come."),))
    )
    assert write(client, place, story, "All is well", "m9").status_code == 202
    followed(web)
    assert [one["text"] for one in told(client, place, story)["messages"]] == ["Hide."]
    refused = order(client, place, story, command="write", id="o3", text="Are you safe?")
    assert (refused.status_code, refused.json()) == (409, no("app_shows_nothing"))


def test_who_writes_into_a_closed_alert_is_told_that_it_is_closed(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    story.closed(Outcome.FALSE_ALARM)
    answer = write(client, place, story, "Not over!")
    assert (answer.status_code, answer.json()) == (409, no("closed"))


def test_another_operator_does_not_write_in_it(client: Client, place: Place, web: Web, story: Story) -> None:
    luca = {"authorization": f"Bearer {place.luca_token}"}
    for body in (
        {"command": "write", "id": "o1", "text": "Hello"},
        {"command": "have_read", "upto": 1},
        {"command": "brief", "field": "weapons", "text": "knife"},
    ):
        answer = client.post(f"/v1/alerts/{story.alert}/commands", json=body, headers=luca)
        assert (answer.status_code, answer.json()) == (409, no("not_on_the_line"))


def test_the_last_to_write_a_field_of_the_briefing_is_named_with_it(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    assert order(client, place, story, command="brief", field="weapons", text="a knife").status_code == 202
    order(client, place, story, command="brief", field="children", text="two")
    order(client, place, story, command="brief", field="weapons", text="a gun")
    order(client, place, story, command="brief", field="children", text="")
    followed(web)
    case = web.following.case(story.alert)
    assert case is not None
    assert {name: (one.text, one.by) for name, one in case.briefing.items()} == {
        "weapons": ("a gun", place.marta)
    }


@pytest.mark.parametrize(
    "body",
    [
        {"id": "m1", "text": ""},
        {"id": "m1", "text": "  "},
        {"id": "", "text": "x"},
        {"text": "x"},
        {"id": "m 1", "text": "x"},
        {"id": "m1", "text": "x" * 1001},
    ],
)
def test_what_is_no_message_is_refused(
    client: Client, place: Place, story: Story, body: dict[str, str]
) -> None:
    url = f"/v1/alerts/{story.alert}/messages"
    assert client.post(url, json=body, headers=place.app()).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"command": "write", "text": "x"},
        {"command": "write", "id": "o1"},
        {"command": "write", "id": "o1", "text": "x" * 1001},
        {"command": "have_read"},
        {"command": "brief", "text": "x"},
        {"command": "brief", "field": "colour", "text": "x"},
        {"command": "note", "text": "x", "field": "what"},
        {"command": "write", "id": "o1", "text": "x", "field": "what"},
        {"command": "write", "id": "o1", "text": "x", "asks": True, "yes": "known"},
        {"command": "ask_aloud", "text": "x"},
        {"command": "ask_aloud", "id": "o1", "text": "x", "language": "it"},
        {"command": "ask_spoken", "id": "o1", "text": "x", "language": "it"},
        {"command": "ask_softly", "id": "o1", "text": "x", "question": "unknown-4"},
        {"command": "ask_spoken", "id": "o1", "text": "x" * 201, "language": "it", "question": "unknown-4"},
        {"command": "ask_spoken", "id": "o1", "text": "x", "language": "it", "question": "../unknown-4"},
        {"command": "ask_spoken", "id": "o1", "text": "x", "language": "it;", "question": "unknown-4"},
    ],
)
def test_what_is_no_order_is_refused(
    client: Client, place: Place, story: Story, body: dict[str, str]
) -> None:
    assert order(client, place, story, **body).status_code == 400


def test_an_alert_holds_so_many_messages_and_no_more(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    full = tuple(DialogueSaid(id=f"x{number}", text="x") for number in range(KEPT_MAX))
    web.journal.append(Append(streams.inbox(story.alert), None, full))
    followed(web)
    assert write(client, place, story, "one more").json() == no("dialogue_full")


def test_short_messages_of_whoever_forges_a_sender_leave_the_app_its_place(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    forged = tuple(DialogueSaid(id=f"x{n}", text="x", channel=Channel.SMS) for n in range(KEPT_MAX))
    web.journal.append(Append(streams.inbox(story.alert), None, forged))
    followed(web)
    assert write(client, place, story, "one more").status_code == 202


def test_an_answer_fills_what_its_own_question_asks_for_and_once(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    order(client, place, story, command="brief", field="weapons", text="a stick")
    for name, field, known in (("o1", "weapons", "A knife"), ("o2", "children", "Two")):
        body = {"asks": True, "field": field, "yes": known, "text": f"{field}?"}
        order(client, place, story, command="write", id=name, **body)
    # The second stands there already as the first is answered; a yes that names none fills nothing.
    write(client, place, story, "yes", "m1")
    write(client, place, story, "yes", "m2", answers=1)
    write(client, place, story, "no", "m3", answers=1)
    write(client, place, story, "yes", "m4", answers=9)
    followed(web)
    case = web.following.case(story.alert)
    assert case is not None
    assert [one.answer for one in case.dialogue] == ["yes", "", "", "", "", ""]
    assert {field: (one.text, one.by) for field, one in case.briefing.items()} == {
        BriefingField.WEAPONS: ("a stick; A knife", "")
    }


def test_after_an_attempt_to_cancel_every_message_is_answered_alike(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    order(client, place, story, command="write", id="o1", text="Hide.")
    write(client, place, story, "Help", "m1")
    web.journal.append(Append(streams.inbox(story.alert), None, (AlertCancelled(),)))
    followed(web)
    before = told(client, place, story)
    order(client, place, story, command="have_read", upto=2)
    story.closed(Outcome.CANCELLED)
    followed(web)
    assert told(client, place, story) == before, "neither a reading nor the end is told"
    assert write(client, place, story, "hello?", "m2").status_code == 202
    texts = [
        one.event.text
        for one in web.journal.read(streams.inbox(story.alert))
        if isinstance(one.event, DialogueSaid)
    ]
    assert texts == ["Hide.", "Help"], "and nothing is kept of what is over"


def test_who_has_no_app_is_asked_on_the_line_and_answers_by_a_key(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    ask = {"command": "ask_aloud", "id": "o1", "text": "Are you hurt?", "field": "injured", "no": "Nobody"}
    refused = order(client, place, story, **ask)
    assert (refused.status_code, refused.json()) == (409, no("user_absent"))
    story.user_called().user_answered()
    assert order(client, place, story, **ask).status_code == 202
    leg = LegId(f"{story.alert}:user")
    now = CLOCK.now_us()
    for at, digit in ((now - 60 * SECOND, "1"), (now, "7"), (now + 1, "2")):
        pressed = LegPressed(leg=leg, attempt=1, digit=digit, pressed_at=Instant(at))
        web.journal.append(Append(streams.case(story.alert), None, (pressed,)))
    followed(web)
    case = web.following.case(story.alert)
    assert case is not None
    assert (case.dialogue[0].answer, case.briefing[BriefingField.INJURED].text) == ("no", "Nobody")
    assert told(client, place, story)["messages"] == []


def test_a_question_is_spoken_in_a_language_that_can_be_spoken_here_and_in_this_call(
    client: Client, place: Place, web: Web, story: Story
) -> None:
    ask = {"command": "ask_spoken", "id": "o1", "text": "Ci sono armi?", "question": "unknown-4"}
    story.user_called().user_answered()
    followed(web)
    for language, question in (("de", "unknown-4"), ("it", "unknown-5")):
        refused = order(client, place, story, **ask | {"language": language, "question": question})
        assert (refused.status_code, refused.json()) == (409, no("no_voice"))
    softly = order(client, place, story, **ask | {"language": "it", "command": "ask_softly"})
    assert (softly.status_code, softly.json()) == (409, no("voices_given"))
    assert order(client, place, story, **ask | {"language": "it"}).status_code == 202
    followed(web)
    case = web.following.case(story.alert)
    assert case is not None
    (said,) = case.dialogue
    assert (said.channel, said.asks, said.question) == (Channel.VOICE, True, "unknown-4")
    assert said.spoken == Spoken(attempt=1, language="it")
    assert told(client, place, story)["messages"] == []


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_without_an_app_what_an_operator_writes_is_to_go_by_short_message(
    client: Client, place: Place, web: Web, channel: Channel
) -> None:
    story = Story(web.journal, CLOCK.now_us(), channel=channel, position=False)
    story.opened().operator_called(place.marta).operator_joined(place.marta)
    assert order(client, place, story, command="write", id="o1", text="Where?").status_code == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == DialogueSaid(id="o1", by=OperatorId(place.marta), channel=Channel.SMS, text="Where?")


def test_a_phone_that_is_to_keep_still_gets_short_messages_on_an_order_alone(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us(), silent=True)
    story.opened().operator_called(place.marta).operator_joined(place.marta)
    assert order(client, place, story, command="write_by_sms").status_code == 202
    event = web.journal.read(streams.inbox(story.alert))[-1].event
    assert event == DialogueTextsOrdered(by=OperatorId(place.marta))
    assert order(client, place, story, command="write_by_sms").json() == no("texts_allowed")


def test_a_user_who_hides_on_the_line_is_not_written_to_without_an_order(
    client: Client, place: Place, web: Web
) -> None:
    story = Story(web.journal, CLOCK.now_us(), channel=Channel.VOICE, position=False)
    story.opened().operator_called(place.marta).operator_joined(place.marta)
    story.say(VoicesWithheld(by=OperatorId(place.marta)))
    refused = order(client, place, story, command="write", id="o1", text="Where?")
    assert (refused.status_code, refused.json()) == (409, no("phone_would_sound"))
    assert order(client, place, story, command="write_by_sms").status_code == 202
    assert order(client, place, story, command="write", id="o1", text="Where?").status_code == 202


@pytest.mark.parametrize(
    ("phone", "why"), [("+39899123456", "number_not_texted"), ("+870772001234", "number_not_texted")]
)
def test_no_short_message_goes_to_a_number_that_is_not_called_by_itself(
    client: Client, place: Place, web: Web, phone: str, why: str
) -> None:
    story = Story(web.journal, CLOCK.now_us(), channel=Channel.SMS, phone=phone, position=False)
    story.opened().operator_called(place.marta).operator_joined(place.marta)
    for body in ({"command": "write", "id": "o1", "text": "Where?"}, {"command": "write_by_sms"}):
        assert order(client, place, story, **body).json() == no(why)
