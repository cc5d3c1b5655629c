"""What is played, on the operator's screen, and the key by which 112 is told that the user cannot speak."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.base import HangupCause
from messages.ids import E164, BridgeId, LineId, OperatorCommand, Party
from store.journal.journal import Journal
from tests.gateways.console.desk import giulias, settled, signed_on
from tests.gateways.console.test_browser import case, ordered
from tests.gateways.http.place import Place, WebThread
from tests.gateways.story import on_shift

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def test_what_the_user_hears_is_said_until_an_operator_is_joined(
    console: Page, place: Place, journal: Journal
) -> None:
    story = giulias(journal).operator_called(place.marta).user_called().user_answered()
    alone = re.compile(r"On the line, no operator for \d:\d\d, hears: please stay on the line")
    expect(console.locator(".incoming")).to_contain_text(alone)
    console.keyboard.press("Space")
    tile = console.locator("[data-party=user]")
    expect(tile).to_contain_text("hears: please stay on the line")
    story.operator_joined(place.marta)
    expect(tile).to_contain_text("On the line")
    expect(tile).not_to_contain_text("hears:")


def test_z_tells_112_that_the_user_cannot_speak_and_the_screen_says_so_until_it_is_played(
    console: Page, place: Place, journal: Journal
) -> None:
    story = case(journal, place).user_called().user_answered()
    expect(console.locator("[data-party=user]")).to_contain_text("On the line")
    settled(console)
    console.keyboard.press("z")
    story.psap_called(place.marta).psap_joined()
    expect(console.locator(".dock")).to_contain_text("She cannot speak: Z.")
    settled(console)
    console.keyboard.press("z")
    ordered(journal, story, OperatorCommand.ANNOUNCE)
    story.say(ev.AnnouncementRequested(what="cannot_speak", by=place.marta))
    tile = console.locator("[data-party=psap]")
    expect(tile).to_contain_text("hears: she cannot speak")
    expect(console.locator(".dock")).to_contain_text("112 hears: she cannot speak.")
    story.say(ev.AnnouncementPlayed(clip="cannot_speak:1", leg=story.leg("psap")))
    expect(tile).not_to_contain_text("hears:")


@pytest.mark.parametrize(
    ("lang", "twice", "heard"),
    [
        ("en", "112 called twice: the first call may still be up", "hears: it is the same alert"),
        ("it", "112 chiamato due volte: la prima chiamata forse c’è ancora", "sente: è lo stesso allarme"),
    ],
)
def test_a_112_that_may_have_two_calls_is_told_so_on_the_screen(
    page: Page, site: WebThread, place: Place, journal: Journal, lang: str, twice: str, heard: str
) -> None:
    on_shift(journal, place.marta)
    signed_on(page, site.url, place, lang)
    story = case(journal, place).user_called().user_answered().psap_called(place.marta).psap_joined()
    psap, number = story.leg("psap"), E164("+390200000112")
    again = ev.LegOriginating(leg=psap, party=Party.PSAP, number=number, line=LineId("E2"), attempt=2)
    story.say(ev.LegReleased(leg=psap, attempt=1, cause=HangupCause.NODE_LOST), again)
    expect(page.get_by_role("log")).to_contain_text(twice)
    story.say(ev.LegAnswered(leg=psap, attempt=2), ev.BridgeJoined(bridge=BridgeId("b"), legs=(psap,)))
    expect(page.locator("[data-party=psap]")).to_contain_text(heard)
