"""The tiles of who is on the line: signal, meters, and the operator's own muting."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from messages import events as ev
from messages.events import CommandGiven
from messages.ids import E164, OperatorCommand
from messages.readings import Level
from store import streams
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.desk import in_italian
from tests.gateways.console.stage import Stage
from tests.gateways.console.voices import LINES, VOICES
from tests.gateways.http.place import CLOCK, GIULIA
from tests.gateways.story import Story
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def lit(stage: Stage, party: str) -> Locator:
    return stage.page.locator(f"[data-meter={party}] .on")


def orders(stage: Stage, story: Story) -> list[OperatorCommand]:
    inbox = stage.journal.read(streams.inbox(story.alert))
    return [one.event.command for one in inbox if isinstance(one.event, CommandGiven)]


def test_each_tile_has_its_line_s_signal_and_a_meter_that_follows_the_voice(stage: Stage) -> None:
    story = stage.talked(21, 17)
    stage.voices.of(story)
    page = stage.signed_on()
    line = page.locator("[data-party=user] .party__line")
    expect(line.get_by_role("img")).to_have_accessible_name("signal: good, 3 of 4")
    expect(line.locator(".signal .on")).to_have_count(3)
    expect(line).to_have_text(re.compile("Line L1\\s*good"))
    stage.voices.of(story, lines={**LINES, "L1": -110})
    expect(line).to_have_text(re.compile("Line L1\\s*no signal"))
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(line.get_by_text("no signal")).to_be_visible()
    expect(page.locator("[data-party=operator] .party__line").get_by_text("strong")).to_be_hidden()
    # A modem that says nothing has no bars: nothing is made up.
    stage.voices.of(story, lines={**LINES, "L1": None})
    expect(line.get_by_role("img")).to_have_count(0)
    stage.voices.of(story)
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(lit(stage, "user")).to_have_count(12)
    expect(page.locator("[data-meter=user]")).to_have_attribute("data-voice", "")
    expect(page.locator("[data-meter=operator]")).not_to_have_attribute("data-voice", "")
    expect(page.locator("[data-meter=psap]")).to_have_count(0)
    expect(page.locator(".meter[aria-hidden=true]")).to_have_count(2)
    expect(page.locator(".meter:not([aria-hidden=true])")).to_have_count(0)
    foot = page.locator("[data-party=user] .party__foot")
    expect(foot).not_to_contain_text("No sound")
    stage.voices.of(story, {**VOICES, "user": Level(dbfs=-100, silent_ms=3000)})
    expect(foot).to_contain_text("No sound")
    stage.voices.of(story, {"user": Level(dbfs=-60), "op1": Level(dbfs=0, voice=True)})
    expect(foot).not_to_contain_text("No sound")
    expect(lit(stage, "user")).to_have_count(0)
    expect(lit(stage, "operator")).to_have_count(20)
    stage.voices.stop()
    expect(lit(stage, "operator")).to_have_count(0)


def test_what_a_machine_says_is_on_the_tile_and_changes_nothing_else(stage: Stage) -> None:
    story = stage.talked(21, 17).psap_called(stage.place.marta).psap_joined()
    stage.voices.of(story)
    page = stage.signed_on()
    user, psap = (page.locator(f"[data-party={which}]") for which in ("user", "psap"))
    expect(user.locator("[data-meter] .on")).to_have_count(12)
    spoken = {"user": Level(dbfs=-24, tone="busy"), "psap": Level(dbfs=-20, tone="fax")}
    stage.voices.of(story, {**VOICES, **spoken})
    expect(user.locator(".party__foot")).to_contain_text("Busy tone on her line")
    expect(psap.locator(".party__foot")).to_contain_text("A fax on the line")
    expect(user).to_have_attribute("data-is", "live")
    in_italian(page)
    expect(user.locator(".party__foot")).to_contain_text("Segnale di occupato sulla sua linea")
    expect(psap.locator(".party__foot")).to_contain_text("Un fax sulla linea")
    # What another version of the bridge may know, and this page does not, is left out.
    stage.voices.of(story, {**VOICES, "user": Level(dbfs=-24, tone="whistle")})
    expect(user.locator(".party__foot")).not_to_contain_text("Segnale di occupato")
    expect(user.locator(".party__foot")).not_to_contain_text("whistle")


def test_bars_are_a_phone_s_and_do_not_flicker(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { bars } = await import('/console/js/case/signal.js');
          const plain = [-113, -108, -107, -103, -97, -90, -89, -51].map((dbm) => bars(dbm));
          const hovering = [-89, -91, -89, -91, -92].reduce(
            (all, dbm) => [...all, bars(dbm, all.at(-1))], []);
          return [plain, hovering, bars(-51, 1), bars(-113, 4)];
        }"""
    )
    assert found == [[0, 0, 1, 2, 3, 3, 4, 4], [4, 4, 4, 4, 3], 4, 0]


def test_the_operator_sees_who_listens_and_a_supervisor_starts_and_stops_it_with_a(stage: Stage) -> None:
    Registry(stage.journal).set_role(stage.place.marta, StaffRole.SUPERVISOR, by="test")
    giulia = Registry(stage.journal).user_by_phone(E164(GIULIA))
    assert giulia is not None
    luca = stage.place.luca
    story = Story(stage.journal, CLOCK.now_us(), ago_s=9).opened().identified(giulia.id)
    story.operator_called(luca).operator_joined(luca).user_called().user_answered()
    page = stage.signed_on(shift=False)
    page.locator(".rail__item").click()
    listens = page.locator(".who__listens")
    expect(page.locator(".dock__next")).to_contain_text("To listen unheard: A.")
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")
    page.keyboard.press("a")
    wait_until(lambda: orders(stage, story) == [OperatorCommand.LISTEN], what="listen in the journal")
    story.listened(stage.place.marta)
    expect(listens).to_have_text("You are listening")
    expect(page.locator(".dock__next")).to_contain_text("You are listening: nobody hears you.")
    expect(page.locator("[role=alertdialog]")).to_have_count(0)
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")
    page.keyboard.press("u")
    wait_until(lambda: orders(stage, story)[-1] == OperatorCommand.WHISPER, what="whisper in the journal")
    story.say(ev.WhisperBegun(by=stage.place.marta))
    expect(listens).to_have_text("The operator hears you")
    expect(page.locator(".dock__next")).to_contain_text("hears you, and nobody else does.")
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")
    page.keyboard.press("u")
    wait_until(
        lambda: orders(stage, story)[-1] == OperatorCommand.STOP_WHISPERING, what="its end in the journal"
    )
    story.say(ev.WhisperEnded(by=stage.place.marta))
    expect(listens).to_have_text("You are listening")
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")
    page.keyboard.press("a")
    wait_until(lambda: OperatorCommand.STOP_LISTENING in orders(stage, story), what="stop in the journal")
    story.say(
        ev.LegReleased(leg=story.leg("op2"), attempt=1, cause=16),
        ev.ListenerLeft(operator=stage.place.marta, reason="stopped"),
    )
    expect(listens).to_have_count(0)


def test_nobody_but_a_supervisor_listens(stage: Stage) -> None:
    luca = stage.place.luca
    story = Story(stage.journal, CLOCK.now_us(), ago_s=9).opened().operator_called(luca)
    story.operator_joined(luca)
    page = stage.signed_on(shift=False)
    page.locator(".rail__item").click()
    expect(page.locator(".dock__next")).to_contain_text("has the case")
    expect(page.locator(".dock__next")).not_to_contain_text("To listen")
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")
    page.keyboard.press("a")
    expect(page.locator(".dock__next")).to_contain_text("Only a supervisor listens in.")
    assert orders(stage, story) == []


def test_u_mutes_says_so_loudly_and_u_again_ends_it(stage: Stage) -> None:
    story = stage.talked(21, 17)
    page = stage.signed_on()

    slot, tile = page.locator(".act[data-key=U]"), page.locator("[data-party=operator]")
    expect(slot).to_have_text(re.compile("Your microphone is open"))
    expect(page.locator("html")).not_to_have_attribute("data-settling", "")
    page.keyboard.press("u")
    wait_until(lambda: orders(stage, story) == [OperatorCommand.MUTE], what="mute in the journal")
    story.say(ev.LegMuted(leg=story.leg("op1"), attempt=1, by=stage.place.marta))
    expect(tile).to_have_attribute("data-is", "hush")
    expect(tile.locator(".party__state")).to_have_text("MUTED")
    expect(slot).to_have_attribute("data-tone", "armed")
    expect(slot).to_contain_text("Muted: Giulia cannot hear you")
    expect(page.locator(".link").first).not_to_have_attribute("data-is", "on")
    slot.click()
    wait_until(lambda: orders(stage, story)[1:] == [OperatorCommand.UNMUTE], what="unmute in the journal")
    story.say(ev.LegUnmuted(leg=story.leg("op1"), attempt=1, by=stage.place.marta))
    expect(tile).to_have_attribute("data-is", "live")
    expect(page.locator(".link").first).to_have_attribute("data-is", "on")
    expect(slot).to_contain_text("Your microphone is open")
