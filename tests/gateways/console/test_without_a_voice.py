"""Who cannot talk, on the operator's screen: keys of the phone in big letters, each question by its key."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from application.settings.protocols import protocols_of
from messages import events as ev
from messages.ids import E164, BriefingField, OperatorCommand, Unplayed
from store import streams
from store.registry.people import Person
from store.registry.registry import Registry
from tests.gateways.console import states
from tests.gateways.console.desk import ordered, settled
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK, GIULIA
from tests.gateways.story import Story
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def asked(story: Story) -> list[ev.DialogueSaid]:
    """What the operator has asked."""
    events = [one.event for one in story.journal.read(streams.inbox(story.alert))]
    return [one for one in events if isinstance(one, ev.DialogueSaid)]


def test_keys_of_the_phone_are_seen_in_big_letters_and_answer_a_question_without_a_pointer(
    stage: Stage,
) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.lang = "it"
    story = stage.talked(30, 12)
    stage.ago(0)
    page = stage.signed_on()

    def press(digit: str) -> None:
        leg = story.leg("user")
        story.say(ev.LegPressed(leg=leg, attempt=1, digit=digit, pressed_at=CLOCK.now_us()))

    press("5")
    keys = page.locator("[data-party=user] .party__pressed")
    expect(keys).to_contain_text("5")
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    beside = page.locator("[data-party=user] .party__state").evaluate(size)
    assert keys.evaluate(size) >= 1.5 * beside
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("1")
    said = page.locator(".questions__answer").first
    expect(said).to_have_text("chiesto")
    press("1")
    expect(keys).to_contain_text("5 1")
    expect(said).to_have_text("Sì")
    assert keys.evaluate(
        "e => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth"
    )


def test_each_question_of_each_protocol_is_asked_by_its_key_in_the_user_s_language(stage: Stage) -> None:
    story = stage.talked(30, 12)
    stage.ago(0)
    page = stage.signed_on()
    protocols = protocols_of("")
    for number, protocol in enumerate(protocols):
        settled(page)
        page.keyboard.press("j")
        expect(page.locator(".panel__head h2", has_text=protocol.name["en"])).to_be_visible()
        for key in range(1, len(protocol.question) + 1):
            page.keyboard.press(str(key))
            expect(page.locator(".questions li").nth(key - 1)).to_have_attribute("data-asked", "yes")
        wanted = [one for each in protocols[: number + 1] for one in each.question]
        wait_until(lambda wanted=wanted: len(asked(story)) == len(wanted), what="all are in the journal")  # type: ignore[misc]
    assert [(one.text, one.fills, one.yes, one.no) for one in asked(story)] == [
        (one.ask["it"], one.fills, one.yes.get("en", ""), one.no.get("en", ""))
        for each in protocols
        for one in each.question
    ]
    assert all(one.asks for one in asked(story))


def test_what_no_voice_can_say_is_known_before_the_key_and_another_language_is_said(stage: Stage) -> None:
    """The place has one question, recorded in Italian alone; Giulia's language is German by now."""
    registry = Registry(stage.journal)
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    registry.change_user(giulia.id, Person(phones=(GIULIA,), first_name="Giulia", language="de"), by="test")
    story = stage.talked(30, 12)
    stage.ago(0)
    page = stage.signed_on()
    way, rows = page.locator(".questions__way"), page.locator(".questions li")
    settled(page)
    page.keyboard.press("j")
    expect(way).to_contain_text("In the app")
    expect(rows.nth(0).locator("small")).to_contain_text("Italian")
    page.keyboard.press("i")
    expect(way).to_contain_text("The centre speaks it")
    expect(rows.nth(0).locator("small")).to_contain_text("No voice here can say it.")
    expect(rows.nth(0).locator("button")).to_be_disabled()
    expect(rows.nth(3).locator("small")).to_contain_text("Italian")
    page.keyboard.press("1")
    page.keyboard.press("4")
    expect(rows.nth(3)).to_have_attribute("data-asked", "yes")
    (said,) = asked(story)
    assert (said.text, said.question, said.spoken) == (
        "Ci sono armi?",
        "unknown-4",
        ev.Spoken(attempt=1, language="it"),
    )


def heard(story: Story) -> list[ev.Event]:
    """What operators have filled in, without the orders' ids, and what they have read."""
    events = [one.event for one in story.journal.read(streams.inbox(story.alert))]
    return [
        replace(one, id="") if isinstance(one, ev.BriefingFilled) else one
        for one in events
        if isinstance(one, ev.BriefingFilled | ev.DialogueSeen)
    ]


def test_what_the_user_writes_is_in_sight_beside_every_panel_until_it_is_read_and_goes_to_112_by_a_key(
    stage: Stage,
) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.lang = "it"
    marta = stage.place.marta
    story = stage.alert(12, silent=True).operator_joined(marta)
    page = stage.signed_on()
    line, keys = page.locator(".latest__said"), page.locator(".latest__keys button")
    words = ["J domande", "W scrivi", "Q per il 112", "P pagina"]
    expect(keys).to_have_text([re.compile(one.replace(" ", r"\s*")) for one in words])
    expect(line).to_be_empty()
    settled(page)
    page.keyboard.press("j")
    story.hear(ev.DialogueSaid(id="m1", text="via Roma 12, piano 3"))
    expect(line).to_contain_text("via Roma 12, piano 3")
    page.keyboard.press("q")
    expect(line).to_contain_text("via Roma 12, piano 3")
    for field in page.locator(".fields input").all():
        assert field.evaluate("e => e.clientWidth") >= 200
    page.keyboard.press("Escape")
    # Nothing covers it any more: it is on the screen, and read.
    expect(page.locator(".said[data-by=user]")).to_contain_text("via Roma 12, piano 3")
    expect(line).to_be_empty()
    read = ev.DialogueSeen(by=marta, upto=1, read=True)
    wait_until(lambda: heard(story) == [read], what="it is read once it is seen, and not before")
    page.keyboard.press("ArrowLeft")
    where = ev.BriefingFilled(field=BriefingField.WHERE, text="via Roma 12, piano 3", by=marta)
    wait_until(lambda: heard(story) == [read, where], what="it is in the text for 112")
    expect(page.locator(".said__keys")).to_have_count(0)
    # Beside the questions, too, by a key; what is put into the text was read.
    page.keyboard.press("j")
    story.hear(ev.DialogueSaid(id="m2", text="he has a knife"))
    expect(line).to_contain_text("he has a knife")
    page.keyboard.press("ArrowRight")
    what = ev.BriefingFilled(field=BriefingField.WHAT, text="he has a knife", by=marta)
    wait_until(
        lambda: heard(story) == [read, where, what, ev.DialogueSeen(by=marta, upto=2, read=True)],
        what="it is in the text, and read",
    )
    expect(line).to_be_empty()
    # What came while it was hidden is there once Esc has put away what was on top.
    story.hear(ev.DialogueSaid(id="m3", text="yes"))
    expect(line).to_contain_text("Sì")
    expect(page.locator(".said__keys")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".said[data-number='3']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".said")).to_have_count(0)


def test_a_question_out_of_sight_is_shown_before_it_is_asked_and_its_answer_has_it(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    states.no_line_alarm(stage)
    story = stage.alert(12, silent=True).operator_joined(stage.place.marta)
    page = stage.signed_on()
    protocol = protocols_of("")[0]
    last = len(protocol.question)
    row = page.locator(".questions li").nth(last - 1)
    settled(page)
    page.keyboard.press("j")
    expect(page.locator(".bar__nav kbd")).to_have_count(0)
    # Below a strip and a banner each has its place.
    expect(page.locator("[data-strip='psap.no_line']")).to_be_visible()
    expect(row).to_be_in_viewport(ratio=1)
    # As little room as beside much else, and in German.
    page.locator(".questions").evaluate("one => { one.style.maxHeight = '4rem'; }")
    expect(row).not_to_be_in_viewport(ratio=1)
    page.keyboard.press(str(last))
    expect(row).to_be_in_viewport(ratio=1)
    assert asked(story) == []
    page.keyboard.press(str(last))
    expect(row).to_have_attribute("data-asked", "yes")
    story.hear(ev.DialogueSaid(id="m1", text="yes", answers=1))
    expect(page.locator(".latest__said b")).to_have_text(f"{protocol.question[-1].ask['it']} Yes")
    page.keyboard.press("Escape")
    expect(page.locator(".bar__nav kbd").first).to_have_text("1")


AWAY = """(one) => {
  let list = one.parentElement;
  while (list.scrollHeight <= list.clientHeight) list = list.parentElement;
  list.scrollTop = list.scrollHeight;
}"""


def test_who_leaves_before_112_has_the_latest_message_is_asked_for_enter(stage: Stage) -> None:
    marta = stage.place.marta
    story = stage.alert(60, silent=True).operator_joined(marta)
    stage.ago(20)
    story.hear(ev.DialogueSaid(id="m1", text="he has a knife"))
    story.hear(ev.DialogueSaid(id="m2", text="via Roma 12"))
    story.psap_called(marta).psap_joined()
    page = stage.signed_on()
    said, more = page.locator(".dock__next b"), page.locator(".dock__next > span").last
    keys = page.locator(".said__keys")
    expect(more).to_contain_text("What Giulia wrote is not in the text: ← or →, or Del.")
    settled(page)
    page.keyboard.press("ArrowLeft")
    # The older one comes first then, with its keys, which are in sight so.
    expect(page.locator(".said").first).to_contain_text("he has a knife")
    expect(page.locator("[data-number='1'] .said__keys")).to_be_in_viewport(ratio=1)
    expect(keys).to_have_count(1)
    # Scrolled away it is brought back by its key, and not put anywhere unread.
    page.locator(".said").first.evaluate(AWAY)
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-number='1'] p")).to_be_in_viewport(ratio=1)
    assert len(heard(story)) == 2, "that it was read, and the first one"
    stage.ago(0)
    story.say(ev.BriefingGiven(by=marta))
    # The newest is in the text; the one before it is not, and 112 does not know everything.
    expect(said).to_have_text("What Giulia wrote is not in the text: ← or →, or Del.")
    settled(page)
    page.keyboard.press("l")
    expect(more).to_contain_text("112 does not know: «he has a knife»")
    page.keyboard.press("Escape")
    # Beside the questions it stands in the line above the dock; that 112 may be called is not asked any more.
    page.keyboard.press("j")
    expect(page.locator(".latest__said")).to_contain_text("he has a knife")
    expect(page.locator(".questions li").nth(6)).to_contain_text("called already")
    page.keyboard.press("Delete")
    expect(said).to_have_text("112 knows everything. You can leave.")
    expect(page.locator(".latest__said")).to_be_empty()
    page.keyboard.press("Escape")
    story.hear(ev.DialogueSaid(id="m3", text="they shoot"))
    expect(said).to_have_text("There is a new message: tell 112.")
    settled(page)
    page.keyboard.press("l")
    expect(more).to_contain_text("112 does not know: «they shoot»")
    page.keyboard.press("Escape")
    expect(more).not_to_contain_text("112 does not know")
    page.keyboard.press("l")
    page.keyboard.press("Enter")
    ordered(stage.journal, story, OperatorCommand.LEAVE)


def test_a_letter_alone_in_a_field_was_a_key_and_the_page_says_who_has_the_keyboard(stage: Stage) -> None:
    story = stage.alert(12, silent=True).operator_joined(stage.place.marta)
    page = stage.signed_on()
    typing, step = page.locator(".dock__typing"), page.locator(".act--step")
    field, note = page.locator("[data-field=where]"), page.get_by_role("textbox", name="Write a note")
    expect(typing).to_be_hidden()
    settled(page)
    page.keyboard.press("q")
    expect(typing).to_be_visible()
    page.keyboard.press("e")
    expect(field).to_have_value("e")
    page.keyboard.press("Escape")
    expect(step).to_contain_text("E went into a field, and was not kept.")
    expect(typing).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("e")
    page.keyboard.press("Control+Enter")
    expect(note).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.keyboard.type("via Po 3")
    page.keyboard.press("Escape")
    wait_until(lambda: len(heard(story)) == 1, what="what is more than a letter is kept")
    assert [one.text for one in heard(story) if isinstance(one, ev.BriefingFilled)] == ["via Po 3"]
    page.keyboard.press("e")
    ordered(stage.journal, story, OperatorCommand.CALL_PSAP)


def test_how_far_a_spoken_question_has_come_is_said_in_the_dialogue_too(stage: Stage) -> None:
    stage.lang = "it"
    story = stage.talked(30, 12)
    stage.ago(0)
    page = stage.signed_on()
    settled(page)
    for key in ("j", "i", "4"):
        page.keyboard.press(key)
    said = page.locator(".questions li").nth(3).locator(".questions__answer")
    words = ("sta per sentirla", "la sta sentendo", "interrotta")
    expect(said).to_have_text(words[0])
    story.say(ev.AnnouncementBegun(clip="question:1", leg=story.leg("user"), begun_at=CLOCK.now_us()))
    expect(said).to_have_text(words[1])
    story.say(
        ev.AnnouncementFailed(clip="question:1", leg=story.leg("user"), reason=Unplayed.CUT_OFF),
    )
    expect(said).to_have_text(words[2])
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page.locator(".said__state")).to_have_text([words[2]])
