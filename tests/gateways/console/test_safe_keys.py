"""No key costs a call by mistake: what ends one asks for Enter, a note stays one, 112 can be taken back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.events import CommandGiven, NoteAdded
from messages.ids import OperatorCommand
from tests.gateways.console import states_of_place
from tests.gateways.console.desk import inbox, ordered, settled
from tests.gateways.console.stage import Stage
from tests.gateways.story import Story, on_shift
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def commands(stage: Stage, story: Story) -> list[OperatorCommand]:
    return [one.command for one in inbox(stage.journal, story) if isinstance(one, CommandGiven)]


def drawn(page: Page, times: int = 3) -> None:
    """Wait until the page has been drawn anew so often: whatever a key would have ordered is ordered."""
    page.evaluate(
        """(times) => new Promise((done) => {
          const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
          next(times);
        })""",
        times,
    )


def test_m_asks_for_enter_while_it_rings_and_with_the_user_on_the_line(stage: Stage) -> None:
    story = stage.mine(20).user_called()
    page = stage.signed_on()
    machine = page.locator(".act[data-key=M]")
    expect(machine).to_contain_text("As no answer: M, then Enter")
    settled(page)
    page.keyboard.press("m")
    expect(page.locator(".dock [data-armed=mark_machine]")).to_contain_text("Enter confirms.")
    drawn(page)
    assert commands(stage, story) == []
    page.keyboard.press("Enter")
    ordered(stage.journal, story, OperatorCommand.MARK_MACHINE)
    # The next call is answered by a voice.
    story.say(ev.InboxRead(upto=2), ev.MachineMarked(by=stage.place.marta))
    story.user_answered()
    expect(machine).to_contain_text("Ends her call: M, then Enter")
    settled(page)
    # Enter confirms the last key, and none before it.
    for other in ("Escape", "x"):
        page.keyboard.press("m")
        expect(machine).to_have_attribute("data-tone", "armed")
        page.keyboard.press(other)
        expect(machine).not_to_have_attribute("data-tone", "armed")
    page.keyboard.press("Enter")
    drawn(page)
    assert commands(stage, story) == [OperatorCommand.MARK_MACHINE]
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    wait_until(lambda: len(commands(stage, story)) == 2, what="the second order")


def test_what_is_typed_after_a_note_was_sent_is_the_next_note_and_never_a_command(stage: Stage) -> None:
    story = stage.talked(48, 15).psap_called(stage.place.marta).psap_joined()
    page = stage.signed_on()
    note = page.get_by_role("textbox", name="Write a note")
    expect(page.locator(".act--step")).to_contain_text("Leave")
    settled(page)
    page.keyboard.press("n")
    page.keyboard.type("He has a knife")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log").or_(page.locator(".case"))).to_be_visible()
    page.keyboard.type("Lei è chiusa in bagno, FMX")
    expect(note).to_be_focused()
    expect(note).to_have_value("Lei è chiusa in bagno, FMX")
    page.keyboard.press("Control+Enter")
    texts = ["He has a knife", "Lei è chiusa in bagno, FMX"]
    wait_until(
        lambda: [one.text for one in inbox(stage.journal, story) if isinstance(one, NoteAdded)] == texts
    )
    assert commands(stage, story) == []


def test_e_again_takes_112_back_from_one_second_to_five_and_esc_never_does(stage: Stage) -> None:
    story = stage.talked(30, 12)
    page = stage.signed_on()
    step, dock = page.locator(".act--step"), page.locator(".dock")
    settled(page)
    page.keyboard.press("e")
    ordered(stage.journal, story, OperatorCommand.CALL_PSAP)
    stage.ago(0)
    story.say(ev.InboxRead(upto=2))
    story.psap_called(stage.place.marta)
    # A panel is open, as in the very seconds in which one writes: its Esc closes it, and nothing else.
    page.keyboard.press("j")
    expect(page.locator(".questions")).to_be_visible()
    expect(step).to_contain_text("Cancel the call")
    page.keyboard.press("Escape")
    expect(page.locator(".questions")).to_have_count(0)
    page.keyboard.press("Escape")
    drawn(page)
    assert commands(stage, story) == [OperatorCommand.CALL_PSAP]
    settled(page)
    page.keyboard.press("e")
    ordered(stage.journal, story, OperatorCommand.WITHDRAW_PSAP)
    story.say(ev.InboxRead(upto=3), ev.LegReleased(leg=story.leg("psap"), attempt=1, cause=16))
    story.say(ev.PsapWithdrawn(by=stage.place.marta))
    expect(dock).to_contain_text("You cancelled the call to 112. E: call again.")
    expect(page.get_by_role("log")).to_contain_text("takes the call to 112 back")
    # Of a request that is older nothing is offered.
    stage.ago(6)
    story.psap_called(stage.place.marta)
    expect(dock).to_contain_text("112 is being called.")
    expect(step).not_to_contain_text("Cancel the call")
    settled(page)
    page.keyboard.press("e")
    expect(step).to_contain_text("Asked for already: tried until it answers.")
    assert commands(stage, story) == [OperatorCommand.CALL_PSAP, OperatorCommand.WITHDRAW_PSAP]


def test_an_operator_who_is_only_called_takes_112_back_by_the_same_key(stage: Stage) -> None:
    story = stage.alert(20)
    page = stage.signed_on()
    step = page.locator(".act--step")
    page.keyboard.press("Space")
    expect(step).to_contain_text("Call 112")
    settled(page)
    page.keyboard.press("e")
    ordered(stage.journal, story, OperatorCommand.CALL_PSAP)
    stage.ago(0)
    story.say(ev.InboxRead(upto=2))
    story.psap_called(stage.place.marta)
    expect(step).to_contain_text("Cancel the call")
    settled(page)
    page.keyboard.press("e")
    ordered(stage.journal, story, OperatorCommand.WITHDRAW_PSAP)


def test_no_key_acts_that_is_not_on_the_screen_and_under_duress_112_is_told_by_one_that_is(
    stage: Stage,
) -> None:
    story = stage.talked(48, 15).psap_called(stage.place.marta).psap_joined()
    page = stage.signed_on()
    step = page.locator(".act--step")
    expect(step).to_contain_text("Leave")
    settled(page)
    page.keyboard.press("b")
    drawn(page)
    assert commands(stage, story) == [], "they are talking: B is not on the screen"
    expect(page.locator(".dock")).to_contain_text("B is not offered on this screen now.")
    story.hear(ev.AlertCancelled(duress=True))
    expect(step).to_contain_text("I have briefed 112")
    settled(page)
    page.keyboard.press("l")
    expect(page.locator(".dock [data-armed=leave]")).to_contain_text("Nobody has said that 112 is briefed")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    ordered(stage.journal, story, OperatorCommand.BRIEFING_GIVEN)
    assert commands(stage, story) == [OperatorCommand.BRIEFING_GIVEN]
    story.say(ev.BriefingGiven(by=stage.place.marta))
    expect(step).to_contain_text("Leave")


E_TWICE = """() => new MutationObserver((_, watcher) => {
  if (!document.documentElement.hasAttribute('data-settling')) return;
  watcher.disconnect();
  const press = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', bubbles: true }));
  const { now } = Date;
  const at = now();
  press();
  Date.now = () => at + 500;
  press();
  Date.now = now;
}).observe(document.documentElement, { attributes: true })"""
"""The page itself presses the key, as its meaning changes and half a second later."""


def test_e_that_is_hammered_in_fright_keeps_the_call_to_112_and_says_so(stage: Stage) -> None:
    story = stage.talked(30, 12)
    page = stage.signed_on()
    step = page.locator(".act--step")
    settled(page)
    page.evaluate(E_TWICE)
    stage.ago(1)
    story.psap_called(stage.place.marta)
    expect(step).to_contain_text("E twice in a row: 112 is still being called.")
    assert commands(stage, story) == []


ESC = """async () => {
  const { LAYERS, close } = await import('/console/js/shell/escape.js');
  const { enterEffect } = await import('/console/js/steps/key-to-command.js');
  const { COMMANDS, ORDERS } = await import('/console/js/words/center.js');
  const asked = [];
  const ui = {
    draw() {},
    press: (key) => asked.push(`press ${key}`),
    screen: { section: 'case', help: true, selected: () => null, ownCase: () => null },
    commands: {
      armed: 'F', disarm: () => asked.push('disarm'), send: () => asked.push('ORDER'),
      arm: () => asked.push('ORDER'), changeShift: () => asked.push('ORDER'),
    },
    feed: { myShift: () => 'ready', me: { operator: 'm' }, command: () => asked.push('ORDER') },
  };
  close(ui);
  ui.screen.help = false;
  close(ui);
  ui.commands.armed = null;
  close(ui);
  const view = {
    person: { first_name: 'Giulia' }, user: {}, psap: {}, operator_leg: {}, steps: {}, dialogue: [],
    briefing: {},
  };
  const waiting = COMMANDS.filter((one) => ORDERS[one].enter !== 'never');
  return [asked, LAYERS.length, waiting.map((one) => enterEffect(one, view))];
}"""


def test_esc_closes_what_is_on_top_and_each_key_that_waits_for_enter_has_its_sentence(
    stage: Stage, modules: Page
) -> None:
    page = stage.signed_on()
    asked, layers, sentences = modules.evaluate(ESC)
    assert asked == ["press ?", "disarm"], "the list of keys, then the key that waits, then nothing"
    assert len(sentences) == len(set(sentences)) + 1, "R and O make the same phone ring"
    assert all(sentences)
    page.keyboard.press("?")
    said = page.locator(".help__keys dd", has_text="Closes, in this order").inner_text()
    assert said.count("→") == layers - 1


def test_o_asks_before_the_shift_ends_and_no_letter_acts_on_it_right_after_a_place_was_left(
    stage: Stage,
) -> None:
    on_shift(stage.journal, stage.place.luca)
    page = stage.signed_on()
    expect(page.locator(".ready__people")).to_contain_text("Luca")
    page.keyboard.press("o")
    expect(page.locator("#ask-h")).to_have_text("End your shift?")
    page.keyboard.press("Escape")
    expect(page.locator("#ask-h")).to_have_count(0)
    page.keyboard.press("4")
    expect(page.locator(".plant")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.locator(".ready__drill")).to_contain_text("O was not taken")
    expect(page.locator("#ask-h")).to_have_count(0)


PRESSED_AT_ONCE = """(key) => new MutationObserver((_, watcher) => {
  if (!document.documentElement.hasAttribute('data-settling')) return;
  watcher.disconnect();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}).observe(document.documentElement, { attributes: true })"""
"""The page itself presses the key, right after the change."""


def test_a_key_that_the_screen_has_just_changed_under_says_that_it_was_not_taken(stage: Stage) -> None:
    story = stage.talked(48, 15).psap_called(stage.place.marta)
    page = stage.signed_on()
    settled(page)
    page.evaluate(PRESSED_AT_ONCE, "l")
    story.psap_joined()
    expect(page.locator(".act--step")).to_contain_text("L was not taken: the screen had just changed.")
    assert commands(stage, story) == []


def test_s_that_has_just_become_its_own_opposite_is_not_taken(stage: Stage) -> None:
    story = stage.talked(48, 15)
    page = stage.signed_on()
    settled(page)
    page.evaluate(PRESSED_AT_ONCE, "s")
    story.say(ev.VoicesWithheld(by=stage.place.marta))
    expect(page.locator(".dock")).to_contain_text("S was not taken: the screen had just changed.")
    assert commands(stage, story) == []


def test_a_closed_alert_is_reopened_from_its_story_by_keys_with_112_or_without(stage: Stage) -> None:
    states_of_place.history(stage)
    page = stage.page
    offer = page.locator(".history__reopen")
    page.keyboard.press("r")
    expect(offer).to_contain_text("Calls Giulia again")
    page.keyboard.press("Escape")
    expect(offer).to_contain_text("Reopen")
    expect(page.locator(".history__log")).to_be_visible()
    with page.expect_request("**/commands") as asked:
        page.keyboard.press("r")
        expect(offer).to_contain_text("Calls Giulia again")
        page.keyboard.press("e")
        expect(offer).to_contain_text("Calls Giulia and 112 again")
        page.keyboard.press("Enter")
    sent = json.loads(asked.value.post_data or "")
    assert (sent["command"], sent["party"]) == ("reopen", "psap")
    assert {"id", "seen"} <= sent.keys()
