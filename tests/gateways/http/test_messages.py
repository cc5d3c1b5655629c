"""The dialogue without a voice: what the app writes, is told and has read; what an operator writes."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from messages.events import (
    AlertCancelled,
    BriefingGiven,
    DialogueSaid,
    DialogueSeen,
    DialogueTextsOrdered,
    LegPressed,
    Spoken,
    VoicesWithheld,
)
from messages.ids import SECOND, BriefingField, Channel, Instant, LegId, Outcome
from model.rules.messages import dialogue
from model.rules.messages.dialogue import KEPT_MAX
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story
from tests.support.each import each
from tests.waiting import wait_until


@pytest.fixture
def story(api: Api) -> Story:
    """An alert that Marta has."""
    return api.story().had_by(MARTA)


def write(app: Asker, story: Story, text: str, name: str = "m1", answers: int = 0) -> Any:
    url = f"/v1/alerts/{story.alert}/messages"
    return app.post(url, json={"id": name, "text": text, "answers": answers})


def told(app: Asker, story: Story, since: int = 0, wait: float = 0) -> dict[str, Any]:
    """What the app is told, once the web has read all that there is."""
    url = f"/v1/alerts/{story.alert}/messages?since={since}&wait={wait}"
    answer = app.get(url)
    assert answer.status_code == 200
    return dict(answer.json())


def test_what_is_written_is_in_the_journal_when_it_is_answered(api: Api, story: Story) -> None:
    assert write(api.app, story, " He is in the kitchen ").status_code == 202
    assert api.inbox(story.alert)[-1] == DialogueSaid(id="m1", text="He is in the kitchen")


def test_a_message_that_is_sent_again_is_no_other_message(api: Api, story: Story) -> None:
    for _ in range(3):
        assert write(api.app, story, "Knife").status_code == 202
    assert api.marta.order(story, "write", id="m1", text="Where?").status_code == 202
    assert api.marta.order(story, "write", id="m1", text="Where?").status_code == 202
    api.followed()
    assert [(one["number"], one["mine"], one["text"]) for one in told(api.app, story)["messages"]] == [
        (1, True, "Knife"),
        (2, False, "Where?"),
    ]


def test_the_app_is_told_what_is_new_and_what_was_read(api: Api, story: Story) -> None:
    write(api.app, story, "Help", "m1")
    api.marta.order(story, "write", id="o1", text="Can you talk?", asks=True)
    api.followed()
    first = told(api.app, story)
    assert [(one["id"], one["asks"], one["arrived"]) for one in first["messages"]] == [
        ("m1", False, False),
        ("o1", True, False),
    ]
    api.marta.order(story, "have_read", upto=2)
    api.app.post(f"/v1/alerts/{story.alert}/messages/seen", json={"upto": 2})
    api.followed()
    second = told(api.app, story, first["version"])
    assert [(one["id"], one["arrived"], one["read"]) for one in second["messages"]] == [
        ("m1", True, True),
        ("o1", True, False),
    ]
    assert told(api.app, story, second["version"])["messages"] == []


def test_after_the_end_it_goes_on_while_112_s_page_is_there_and_whoever_is_on_shift_reads_it(
    api: Api, story: Story
) -> None:
    assert api.marta.order(story, "open_page").status_code == 202
    story.psap_called(MARTA).psap_joined().say(BriefingGiven(by=MARTA))
    story.closed(Outcome.BRIEFED)
    api.followed()
    state = api.app.get(f"/v1/alerts/{story.alert}").json()
    assert state["psap_knows"] == ["alert", "place"]
    assert state["psap_place_at"] is not None
    closed_at, until = (datetime.fromisoformat(state[name]) for name in ("closed_at", "writes_until"))
    assert until - closed_at == timedelta(hours=1)
    # The picture has let go of it; what is written brings it back, to be read by any operator.
    api.read_model.forget(Instant(CLOCK.now_us() + 601 * SECOND))
    assert story.alert not in api.read_model.alerts
    assert write(api.app, story, "He <is> at the door").status_code == 202
    api.followed()
    sheet = api.read_model.alerts[story.alert].sheet
    assert dialogue.unread_since(sheet.case) is not None
    assert api.read_model.forget(Instant(CLOCK.now_us() + 601 * SECOND)) == []
    assert sheet.page is not None
    page = api.client.get(f"/112/{sheet.page.code}?lang=en").text
    assert "Written after the end" in page
    assert "He &lt;is&gt; at the door" in page
    assert api.luca.order(story, "have_read", upto=1).status_code == 202
    api.followed()
    assert dialogue.unread_since(api.read_model.alerts[story.alert].case) is None
    assert told(api.app, story)["messages"][0]["read"]


def test_what_is_written_once_the_operator_has_left_is_every_operator_s_to_read(
    api: Api, story: Story
) -> None:
    story.operator_called(MARTA).operator_joined(MARTA).user_called().user_answered()
    story.psap_called(MARTA).psap_joined().operator_left(MARTA)
    assert write(api.app, story, "112 cannot hear me").status_code == 202
    api.followed()
    assert dialogue.unread_since(api.read_model.alerts[story.alert].case) is not None
    assert api.luca.order(story, "have_read", upto=1).status_code == 202
    api.followed()
    assert dialogue.unread_since(api.read_model.alerts[story.alert].case) is None


def test_after_the_end_nothing_is_taken_where_112_has_no_page(api: Api, story: Story) -> None:
    story.closed(Outcome.BRIEFED)
    api.followed()
    assert api.app.get(f"/v1/alerts/{story.alert}").json()["writes_until"] is None
    assert verdict(write(api.app, story, "Help")) == (409, "closed")


def test_having_read_the_same_twice_writes_nothing(api: Api, story: Story) -> None:
    write(api.app, story, "Help")
    api.marta.order(story, "write", id="o1", text="Where?")
    for read in (False, True, False, True):
        body = {"upto": 9, "read": read}
        api.app.post(f"/v1/alerts/{story.alert}/messages/seen", json=body)
        api.marta.order(story, "have_read", upto=9)
    seen = [(one.by, one.read) for one in api.inbox(story.alert, DialogueSeen)]
    assert seen == [("", False), (MARTA, True), ("", True)]


def test_a_long_poll_is_answered_by_the_next_message_and_by_nothing_else(api: Api, story: Story) -> None:
    api.followed()
    version = told(api.app, story)["version"]
    got: list[tuple[float, dict[str, Any]]] = []
    poll = threading.Thread(
        target=lambda: got.append((time.monotonic(), told(api.app, story, version, wait=20)))
    )
    poll.start()
    wait_until(lambda: api.web.following._waiting, what="the poll being held")
    story.user_called()
    api.followed()
    api.marta.order(story, "write", id="o1", text="We are here.")
    poll.join(20)
    assert [one["text"] for one in got[0][1]["messages"]] == ["We are here."]


def test_from_an_attempt_to_cancel_on_nothing_more_is_told_and_everything_is_taken(
    api: Api, story: Story
) -> None:
    api.marta.order(story, "write", id="o1", text="Hide.")
    story.hear(AlertCancelled(duress=True))
    by = MARTA
    story.hear(DialogueSaid(id="o2", by=by, text="Police come."))
    assert write(api.app, story, "All is well", "m9").status_code == 202
    api.followed()
    assert [one["text"] for one in told(api.app, story)["messages"]] == ["Hide."]
    refused = api.marta.order(story, "write", id="o3", text="Are you safe?")
    assert verdict(refused) == (409, "app_shows_nothing")


def test_the_last_to_write_a_field_of_the_briefing_is_named_with_it(api: Api, story: Story) -> None:
    assert api.marta.order(story, "brief", field="weapons", text="a knife").status_code == 202
    api.marta.order(story, "brief", field="children", text="two")
    api.marta.order(story, "brief", field="weapons", text="a gun")
    api.marta.order(story, "brief", field="children", text="")
    briefing = api.sheet(story.alert).briefing
    assert {name: (one.text, one.by) for name, one in briefing.items()} == {"weapons": ("a gun", MARTA)}


@each(
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
def test_what_is_no_message_is_refused(app: Asker, story: Story, body: dict[str, str]) -> None:
    url = f"/v1/alerts/{story.alert}/messages"
    assert app.post(url, json=body).status_code == 400


def test_an_alert_holds_so_many_messages_and_no_more(api: Api, story: Story) -> None:
    full = tuple(DialogueSaid(id=f"x{number}", text="x") for number in range(KEPT_MAX))
    story.hear(*full)
    api.followed()
    assert verdict(write(api.app, story, "one more")) == (409, "dialogue_full")


def test_short_messages_of_whoever_forges_a_sender_leave_the_app_its_place(api: Api, story: Story) -> None:
    forged = tuple(DialogueSaid(id=f"x{n}", text="x", channel=Channel.SMS) for n in range(KEPT_MAX))
    story.hear(*forged)
    api.followed()
    assert write(api.app, story, "one more").status_code == 202


def test_an_answer_fills_what_its_own_question_asks_for_and_once(api: Api, story: Story) -> None:
    api.marta.order(story, "brief", field="weapons", text="a stick")
    for name, field, known in (("o1", "weapons", "A knife"), ("o2", "children", "Two")):
        body = {"asks": True, "field": field, "yes": known, "text": f"{field}?"}
        api.marta.order(story, "write", id=name, **body)
    # The second stands there already as the first is answered; a yes that names none fills nothing.
    write(api.app, story, "yes", "m1")
    write(api.app, story, "yes", "m2", answers=1)
    write(api.app, story, "no", "m3", answers=1)
    write(api.app, story, "yes", "m4", answers=9)
    case = api.seen(story.alert)
    assert [one.answer for one in case.dialogue] == ["yes", "", "", "", "", ""]
    assert {field: (one.text, one.by) for field, one in api.sheet(story.alert).briefing.items()} == {
        BriefingField.WEAPONS: ("a stick; A knife", "")
    }


def test_after_an_attempt_to_cancel_every_message_is_answered_alike(api: Api, story: Story) -> None:
    api.marta.order(story, "write", id="o1", text="Hide.")
    write(api.app, story, "Help", "m1")
    story.hear(AlertCancelled())
    api.followed()
    before = told(api.app, story)
    api.marta.order(story, "have_read", upto=2)
    story.closed(Outcome.CANCELLED)
    api.followed()
    assert told(api.app, story) == before, "neither a reading nor the end is told"
    assert write(api.app, story, "hello?", "m2").status_code == 202
    texts = [one.text for one in api.inbox(story.alert, DialogueSaid)]
    assert texts == ["Hide.", "Help"], "and nothing is kept of what is over"


def test_who_has_no_app_is_asked_on_the_line_and_answers_by_a_key(api: Api, story: Story) -> None:
    ask = {"command": "ask_aloud", "id": "o1", "text": "Are you hurt?", "field": "injured", "no": "Nobody"}
    assert verdict(api.marta.order(story, **ask)) == (409, "user_absent")
    story.user_called().user_answered()
    assert api.marta.order(story, **ask).status_code == 202
    leg = LegId(f"{story.alert}:user")
    now = CLOCK.now_us()
    for at, digit in ((now - 60 * SECOND, "1"), (now, "7"), (now + 1, "2")):
        pressed = LegPressed(leg=leg, attempt=1, digit=digit, pressed_at=Instant(at))
        story.say(pressed)
    case = api.seen(story.alert)
    filled = api.sheet(story.alert).briefing[BriefingField.INJURED]
    assert (case.dialogue[0].answer, filled.text) == ("no", "Nobody")
    assert told(api.app, story)["messages"] == []


def test_a_question_is_spoken_in_a_language_that_can_be_spoken_here_and_in_this_call(
    api: Api, story: Story
) -> None:
    ask = {"command": "ask_spoken", "id": "o1", "text": "Ci sono armi?", "question": "unknown-4"}
    story.user_called().user_answered()
    api.followed()
    for language, question in (("de", "unknown-4"), ("it", "unknown-5")):
        refused = api.marta.order(story, **ask | {"language": language, "question": question})
        assert verdict(refused) == (409, "no_voice")
    refused = api.marta.order(story, **ask | {"language": "it", "command": "ask_softly"})
    assert verdict(refused) == (409, "voices_given")
    assert api.marta.order(story, **ask | {"language": "it"}).status_code == 202
    case = api.seen(story.alert)
    (said,) = case.dialogue
    assert (said.channel, said.asks, said.question) == (Channel.VOICE, True, "unknown-4")
    assert said.spoken == Spoken(attempt=1, language="it")
    assert told(api.app, story)["messages"] == []


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_without_an_app_what_an_operator_writes_is_to_go_by_short_message(api: Api, channel: Channel) -> None:
    story = api.story(channel=channel, position=False).had_by(MARTA)
    assert api.marta.order(story, "write", id="o1", text="Where?").status_code == 202
    assert api.inbox(story.alert)[-1] == DialogueSaid(id="o1", by=MARTA, channel=Channel.SMS, text="Where?")


def test_a_phone_that_is_to_keep_still_gets_short_messages_on_an_order_alone(api: Api) -> None:
    story = api.story(silent=True).had_by(MARTA)
    assert api.marta.order(story, "write_by_sms").status_code == 202
    assert api.inbox(story.alert)[-1] == DialogueTextsOrdered(by=MARTA)
    assert verdict(api.marta.order(story, "write_by_sms")) == (409, "texts_allowed")


def test_a_user_who_hides_on_the_line_is_not_written_to_without_an_order(api: Api) -> None:
    story = api.story(channel=Channel.VOICE, position=False).had_by(MARTA)
    story.say(VoicesWithheld(by=MARTA))
    assert verdict(api.marta.order(story, "write", id="o1", text="Where?")) == (409, "phone_would_sound")
    assert api.marta.order(story, "write_by_sms").status_code == 202
    assert api.marta.order(story, "write", id="o1", text="Where?").status_code == 202


@pytest.mark.parametrize("phone", ["+39899123456", "+870772001234"])
def test_no_short_message_goes_to_a_number_that_is_not_called_by_itself(api: Api, phone: str) -> None:
    story = api.story(channel=Channel.SMS, phone=phone, position=False).had_by(MARTA)
    for body in ({"command": "write", "id": "o1", "text": "Where?"}, {"command": "write_by_sms"}):
        assert verdict(api.marta.order(story, **body)) == (409, "number_not_texted")
