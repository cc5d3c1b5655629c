"""The lines in a browser, by keyboard: in the administration and in the plant view."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from messages.events import LineTakenOut
from messages.ids import Instant, LineId
from messages.lines import LineReport, LineState
from runtime.published import line_files
from runtime.published.line_files import pin_typed
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
        {
            "verdict": "fail",
            "text": "no actor of a modem runs",
            "do": {"en": "Look at modem", "it": "Guardare"},
        },
        {"verdict": "ok", "text": "4 public lines, 2 reserved for 112", "do": {"en": "", "it": ""}},
    ]
    page.route("**/v1/admin/lines/check", lambda route: route.fulfill(json={"found": found}))
    opened(page, site, place)
    page.keyboard.press("m")
    said = page.locator(".trial__steps li")
    expect(said).to_contain_text(["no actor of a modem runs", "reserved for 112"])
    expect(said.first.locator("small")).to_have_text("Guardare")
    expect(said.last.locator("small")).to_have_count(0)
    expect(said.first.locator("[lang=en]")).to_contain_text("no actor of a modem runs")
    assert barriers(page) == []


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
