"""The lines in a browser, by keyboard: in the administration and in the plant view."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from messages.calls import CallState, OwnCallEnd
from messages.events import LineTakenOut
from messages.ids import E164, Instant, LineId
from messages.lines import LineReport, LineState, WayLevel
from messages.trials import (
    Finding,
    LineTrial,
    TrialOrder,
    VoiceShown,
    WayFault,
    WayNow,
    WayShown,
)
from runtime.published import line_files, line_trials
from runtime.published.pins import pin_typed
from store import streams
from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console.barriers import barriers
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import CLOCK, Place, WebProcess, WebThread
from tests.gateways.http.test_line_set_up import FILE
from tests.gateways.story import Story
from tests.support import one_file
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"400 \(", r"409 \(Conflict\)"),
]
L1 = LineId("L1")
WORDS = {
        "out": "Fuori servizio", "is_out": "L1 è fuori servizio.", "back": "L1 è di nuovo in servizio.",
        "last": "È l’ultima linea per il 112: per toglierla scrivi qui il suo nome.",
        "call": "Chiamata di prova", "tried": "In prova", "no_112": "Per prova il 112 non si chiama mai.",
        "quiet": "Piano. Prova 12 dB in entrata.", "unheard": "Non si sente nulla.", "ended": "Chiusa da te.",
        "off": "112 vero: spento", "next": "acceso dal riavvio", "sentence": "CHIAMA IL 112 VERO",
        "typed": "Scrivi la frase così com’è: CHIAMA IL 112 VERO",
    }  # fmt: skip
FIRST_PAINT = """async () => {
  const begun = performance.now();
  dispatchEvent(new KeyboardEvent('keydown', { key: 'l' }));
  while (document.querySelectorAll('.lines tbody tr').length < 60)
    await new Promise(requestAnimationFrame);
  const drawn = performance.now() - begun;
  await new Promise(requestAnimationFrame);
  return [Math.round(drawn), Math.round(performance.now() - begun)];
}"""


def says(place: Place, *lines: str) -> None:
    """Their modems' processes do."""
    for line in lines:
        emergency = line.startswith("E")
        spec = next(one for one in place.settings().center.lines if one.line == line)
        report = LineReport(
            line=spec.line,
            trunk=spec.trunk,
            emergency=emergency,
            state=LineState.READY,
            since=Instant(CLOCK.now_us()),
            signal_dbm=-71,
            port="/dev/ttyUSB2",
            imei="356789010000014",
            dialect="huawei",
        )
        line_files.write(place.state / "run", report)


@pytest.fixture(autouse=True)
def registry(journal: Journal, place: Place) -> Registry:
    """Marta is an admin; all lines are ready; the settings' file has two of them."""
    registry = Registry(journal)
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    place.settings_file()
    (place.state / "center.toml").write_text(FILE)
    says(place, "L1", "L2", "E1")
    return registry


def opened(page: Page, site: WebThread, place: Place) -> None:
    """The list of the lines, in Italian."""
    signed_on(page, site.url, place, "it")
    page.keyboard.press("5")
    page.keyboard.press("l")
    expect(page.locator("#lines-h")).to_be_focused()
    expect(page.locator(".lines tbody tr")).to_have_count(3)


def test_a_line_goes_out_of_service_and_comes_back_here_and_in_the_plant_view(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    opened(page, site, place)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("f")
    page.keyboard.type("a new aerial")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(".lines .page-head")).to_contain_text(WORDS["is_out"])
    line = page.locator('.lines tr[data-key="L1"]')
    expect(line).to_contain_text(WORDS["out"])
    expect(line).to_contain_text("a new aerial (Marta Bianchi)")
    (out,) = journal.read(streams.service(L1))
    assert out.event == LineTakenOut(line=L1, by=place.marta, reason="a new aerial")
    # The last one for 112 wants its name.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("f")
    page.keyboard.type("a new SIM")
    page.keyboard.press("Enter")
    expect(page.locator("#line-out-typed-fault")).to_have_text(WORDS["last"])
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".lines .form")).to_have_count(0)
    # The same key in the plant view.
    page.keyboard.press("4")
    expect(page.locator("#plant-h")).to_be_focused()
    expect(page.locator('.plant tr[data-key="L1"]')).to_contain_text(WORDS["out"])
    assert barriers(page) == []
    page.locator('.plant tr[data-key="L1"]').focus()
    page.keyboard.press("f")
    expect(page.locator(".plant .chapter__keys")).to_contain_text(WORDS["back"])
    wait_until(lambda: len(journal.read(streams.service(L1))) == 2)


def test_a_check_says_what_is_found_and_in_the_screens_language_what_to_do(
    page: Page, site: WebThread, place: Place
) -> None:
    found = [
        {"verdict": "fail", "text": "no modem's actor runs", "do": {"en": "Look at modem", "it": "Guardare"}},
        {"verdict": "ok", "text": "4 public lines, 2 reserved for 112", "do": {"en": "", "it": ""}},
    ]
    page.route("**/v1/admin/lines/check", lambda route: route.fulfill(json={"found": found}))
    opened(page, site, place)
    page.keyboard.press("m")
    said = page.locator(".trial__steps li")
    expect(said).to_contain_text(["no modem's actor runs", "reserved for 112"])
    expect(said.first.locator("small")).to_have_text("Guardare")
    expect(said.last.locator("small")).to_have_count(0)
    expect(said.first.locator("[lang=en]")).to_contain_text("no modem's actor runs")
    assert barriers(page) == []


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


def test_gain_pin_and_the_real_112_are_set_by_keys(page: Page, site: WebThread, place: Place) -> None:
    file = place.state / "center.toml"
    opened(page, site, place)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#line-set-up-trunk")).to_be_focused()
    page.locator("#line-set-up-gain_in_db").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("−")
    page.keyboard.press("Enter")
    expect(page.locator("#line-set-up-gain_in_db-fault")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type("4,5")
    page.keyboard.press("Enter")
    wait_until(lambda: "gain_in_db = 4.5" in file.read_text())
    expect(page.locator(".form")).to_have_count(0)
    page.keyboard.press("z")
    wait_until(lambda: "gain_in_db = 4.5" not in file.read_text())
    page.keyboard.press("p")
    expect(page.locator("#line-pin-pin")).to_have_attribute("type", "password")
    page.keyboard.type("2468")
    page.keyboard.press("Enter")
    wait_until(lambda: pin_typed(place.state, L1).exists())
    expect(page.locator(".form")).to_have_count(0)
    expect(page.locator(".lines__live")).to_contain_text(WORDS["off"])
    page.keyboard.press("y")
    page.keyboard.type("112")
    page.keyboard.press("Enter")
    expect(page.locator("#psap-live-typed-fault")).to_have_text(WORDS["typed"])
    page.keyboard.press("Control+A")
    page.keyboard.type(WORDS["sentence"].lower())
    page.keyboard.press("Enter")
    expect(page.locator(".lines__live")).to_contain_text(WORDS["next"])
    assert "live = true" in file.read_text()
    assert barriers(page) == []


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)")
def test_an_operator_orders_nothing_of_a_line_and_a_supervisor_sets_up_none(
    page: Page, site: WebThread, place: Place, registry: Registry
) -> None:
    registry.set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    signed_on(page, site.url, place)
    page.keyboard.press("5")
    page.keyboard.press("l")
    expect(page.locator(".lines tr[data-key]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lines .chapter__keys button")).to_have_count(2)
    page.keyboard.press("p")
    page.keyboard.press("y")
    expect(page.locator(".form")).to_have_count(0)
    registry.set_role(place.marta, StaffRole.OPERATOR, by="test")
    # Another role ends the session; the page that is left would take the token's link for its own.
    expect(page.locator("input[name=password]")).to_be_visible()
    page.goto("about:blank")
    signed_on(page, site.url, place)
    expect(page.locator(".bar__nav button")).to_have_count(3)
    page.keyboard.press("4")
    expect(page.locator(".plant tbody tr").first).to_be_visible()
    expect(page.locator(".plant tr[data-key]")).to_have_count(0)
    expect(page.locator(".plant .lines .chapter__keys")).to_have_count(0)


@pytest.mark.timed
def test_sixty_lines_are_drawn_within_half_a_second_while_fifty_alerts_are_open(
    page: Page, place: Place, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    first = place.settings().center.lines[0]
    place.changes["modem"] = tuple(replace(first, name=f"line{n}") for n in range(60))
    says(place, *(one.line for one in place.settings().center.lines))
    for n in range(50):
        Story(journal, CLOCK.now_us(), phone=f"+39333{n:07d}").opened()
    one_file.put_into(page)
    web = WebProcess(place)
    try:
        signed_on(page, web.url, place)
        page.keyboard.press("5")
        expect(page.locator("main h1")).to_be_focused()
        drawn, shown = page.evaluate(FIRST_PAINT)
    finally:
        web.stop()
    with capsys.disabled():
        print(f"\n60 lines: in the page after {drawn} ms, painted after {shown} ms")
    assert drawn <= 500
