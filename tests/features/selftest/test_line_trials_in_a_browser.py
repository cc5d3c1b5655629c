"""A test call on a line in a browser, by keyboard."""

from __future__ import annotations

import re

from msgspec.structs import replace
from playwright.sync_api import Page, expect

from features.selftest import line_trials
from features.selftest.trial import LineTrial, TrialOrder, VoiceShown, WayNow
from messages.calls import CallState, OwnCallEnd
from messages.ids import E164, Instant, LineId
from messages.lines import WayLevel
from messages.trials import Finding, WayFault, WayShown
from tests.gateways.console.barriers import barriers
from tests.gateways.console.test_lines import L1, WORDS, opened, pytestmark, registry  # noqa: F401
from tests.gateways.http.place import Place, WebThread
from tests.waiting import wait_until


def trial(order: TrialOrder, **changes: object) -> LineTrial:
    return replace(
        LineTrial(
            trial=order.trial, line=order.line, other=order.other, by=order.by,
            begun_at=order.begun_at, state=CallState.ANSWERED,
            ringing_at=Instant(order.begun_at + 2_500_000), answered_at=Instant(order.begun_at + 4_000_000),
        ),
        **changes,
    )  # fmt: skip


def test_a_test_call_is_ordered_shown_with_its_levels_and_ended(
    page: Page, site: WebThread, place: Place
) -> None:
    run = place.state / "run"
    opened(page, site, place)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("t")
    expect(page.locator("#line-trial-to")).to_be_focused()
    page.keyboard.type("112")
    page.keyboard.press("Enter")
    expect(page.locator("#line-trial-to-fault")).to_have_text(WORDS["no_112"])
    page.keyboard.press("Control+A")
    page.keyboard.type("333 1112223")
    page.keyboard.press("Enter")
    pane = page.locator(".trial")
    expect(pane).to_contain_text(WORDS["call"])
    order = line_trials.order_of(run, L1)
    assert order is not None
    assert order.number == E164("+393331112223")
    expect(page.locator('.lines tr[data-key="L1"]')).to_contain_text(WORDS["tried"])
    line_trials.tell(run, trial(order, now=(WayNow(line=L1, into=-30, out=-18),)))
    expect(pane.locator(".trial__way").nth(0)).to_contain_text("−30 dBFS")
    expect(pane.locator(".trial__way").nth(0).locator("i.on")).to_have_count(10)
    expect(pane.locator(".trial__steps")).to_contain_text(re.compile(r"4[.,]0 s"))
    assert barriers(page) == []
    page.keyboard.press("4")
    expect(page.locator(".plant .trial")).to_contain_text(WORDS["call"])
    page.keyboard.press("e")
    wait_until(lambda: (found := line_trials.order_of(run, L1)) is not None and found.stop)
    quiet = VoiceShown(
        line=L1, findings=(Finding.QUIET,), proved=True, seconds=9.0, better_gain_in_db=12.0,
        into=WayLevel(ms=9000, sound_ms=9000, voice_ms=4000, dbfs=-38.0), out=WayLevel(ms=9000, dbfs=-20.0),
    )  # fmt: skip
    ended = Instant(order.begun_at + 14_000_000)
    there = WayShown(
        speaker=L1, listener=LineId("L2"), bursts=9, heard=9, level_db=-3.2, delay_ms=240, lost_percent=0.5,
        proved=True,
    )  # fmt: skip
    back = WayShown(speaker=LineId("L2"), listener=L1, bursts=9, faults=(WayFault.UNHEARD,))
    back_again = replace(back, listener=LineId("L3"), level_db=-0.2, delay_ms=3050, lost_percent=18.3)
    over = trial(
        order, state=CallState.RELEASED, ends=OwnCallEnd.ORDERED, ended_at=ended, voices=(quiet,),
        ways=(there, back, back_again),
    )  # fmt: skip
    line_trials.tell(run, over)
    expect(pane.get_by_label("L1 → L2")).to_contain_text(re.compile(r"240 ms · −3 dB ·\s+\w+ 0[.,]5%"))
    expect(pane.get_by_label("L2 → L1")).to_contain_text(WORDS["unheard"])
    expect(pane.get_by_label("L2 → L3")).to_contain_text(re.compile(r"3050 ms · 0 dB ·\s+\w+ 18%"))
    assert barriers(page) == []
    expect(pane).to_contain_text(WORDS["quiet"])
    expect(pane).to_contain_text(WORDS["ended"])
    page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
