"""The text for 112: copied with C, and read in place while it changes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.base import Address, Position
from messages.ids import BriefingField, Nearness
from tests.gateways.console import states
from tests.gateways.console.desk import in_italian, settled
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story
from tests.support.complaints import OUT_OF_REACH

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

COPIED = re.compile(
    r"""WHERE: Genova, Liguria\.
2\.8 km south-east of its centre\.
44\.39058 north, 8\.97342 east\.
44 degrees 23 minutes 26\.1 seconds north, 8 degrees 58 minutes 24\.3 seconds east\.
Accurate to 18 metres, at \d\d:\d\d:\d\d, GPS \(app\)\.
WHAT: Alert from the app at \d\d:\d\d:\d\d\. We called her: no answer\.
WHO: Giulia Rossi, speaks Italian\.
Note: Asthma\. Phone battery 23 %\.
PHONE: \+39 333 111 2223"""
)
OVER = """() => {
  const inert = [...document.querySelectorAll('[inert]')];
  for (const one of inert) one.inert = false;
  const over = [...document.querySelectorAll('.help__keys dt, .help__row > *')].every((one) => {
    one.scrollIntoView();
    const { x, y, height } = one.getBoundingClientRect();
    return one.contains(document.elementFromPoint(x + 3, y + height / 2));
  });
  for (const one of inert) one.inert = true;
  return over;
}"""
"""Nothing lies over the list of keys: what is inert is seen, and hit by no point."""
FITS = "(e) => e.scrollHeight <= e.clientHeight"
APART = """() => {
  const lines = [...document.querySelectorAll('.brief > dd')];
  const ends = (e) => Math.max(...[...e.children].map((one) => one.getBoundingClientRect().bottom));
  return lines.every((e, i) => i === 0 || ends(lines[i - 1]) <= e.getBoundingClientRect().top + 2);
}"""
"""No line of the text lies over the next: what is in it ends before that begins, but for a letter's foot."""


def test_s10_c_copies_the_text_with_everything_in_full(stage: Stage) -> None:
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    states.briefing(stage)
    expect(stage.page.get_by_role("heading", name="Read to 112, in this order")).to_be_visible()
    settled(stage.page)
    stage.page.keyboard.press("c")
    expect(stage.page.locator(".copy__said")).to_have_text("Copied")
    copied = stage.page.evaluate("navigator.clipboard.readText()")
    assert COPIED.fullmatch(copied), copied


def test_where_there_is_no_clipboard_the_text_is_shown_selected(stage: Stage) -> None:
    # As in a page that came without https.
    stage.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    states.late(stage)
    expect(stage.page.locator(".dock__next")).to_contain_text("C copies the text.")
    stage.page.keyboard.press("c")
    text = stage.page.get_by_role("textbox", name="Text for 112")
    expect(text).to_be_focused()
    expect(text).to_have_value(re.compile("^WHERE: Genova, Liguria"))
    assert stage.page.evaluate("getSelection().toString() || document.activeElement.selectionEnd > 100")
    stage.page.keyboard.press("Escape")
    expect(text).to_be_hidden()


def test_before_112_is_on_the_line_c_says_why_not(stage: Stage) -> None:
    states.talking(stage)
    settled(stage.page)
    stage.page.keyboard.press("c")
    expect(stage.page.locator("body")).to_contain_text(
        "Can be copied once 112 is called, or the deadline is past."
    )


def test_s10_what_changes_while_it_is_read_is_marked_and_moves_no_line(stage: Stage) -> None:
    story = stage.mine(40).user_called().user_answered().psap_called(stage.place.marta).psap_joined()
    stage.signed_on()
    lines = stage.page.locator(".brief > dd")
    expect(lines).to_have_count(4)
    expect(lines.nth(0)).to_contain_text("Genova")
    before = [line.bounding_box() for line in lines.all()]
    assert stage.page.locator(".brief [data-new]").count() == 0
    position = Position(lat=44.39071, lon=8.9742, at=CLOCK.now_us(), accuracy_m=9.0, source="gps")
    story.hear(ev.PositionUpdated(position=position))
    expect(lines.nth(0)).to_contain_text("44.39071")
    expect(lines.nth(0).locator(".brief__new")).to_contain_text("new")
    expect(lines.nth(1).locator(".brief__new")).to_be_empty()
    assert [line.bounding_box() for line in lines.all()] == before
    expect(lines.nth(0).locator(".brief__new")).to_be_empty(timeout=15_000)


def addressed(stage: Stage, nearness: Nearness, street: str, number: str = "", town: str = "") -> Story:
    """112 is on the line, and the address of where the user is was found."""
    story = stage.mine(40).user_called().user_answered().psap_called(stage.place.marta).psap_joined()
    found = Address(
        lat=44.39058,
        lon=8.97342,
        accuracy_m=18.0,
        nearness=nearness,
        street=street,
        number=number,
        town=town,
        distance_m=12,
    )
    story.hear(ev.AddressFound(address=found))
    stage.signed_on()
    return story


@pytest.mark.parametrize(
    ("nearness", "number", "town", "words"),
    [
        (Nearness.NUMBER, "12/A", "Genova", "Via Roma 12/A (12 m away). Genova, Liguria."),
        (
            Nearness.STREET,
            "",
            "Recco",
            "Via Roma, number not certain, Recco (12 m away). Nearest town: Genova, Liguria.",
        ),
        (Nearness.NEAR, "", "", "Near via Roma (12 m away). Genova, Liguria."),
    ],
)
def test_the_address_is_on_the_screen_and_first_in_the_text_for_112(
    stage: Stage, nearness: Nearness, number: str, town: str, words: str
) -> None:
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    addressed(stage, nearness, "via Roma", number, town)
    where = stage.page.locator('.brief [data-line="where"]')
    expect(where).to_contain_text("Via Roma" if nearness is not Nearness.NEAR else "Near via Roma")
    expect(where).to_contain_text(words)
    settled(stage.page)
    stage.page.keyboard.press("c")
    expect(stage.page.locator(".copy__said")).to_have_text("Copied")
    copied = stage.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"WHERE: {words}".replace("). ", ").\n"))


def test_the_address_stands_beside_the_map_in_either_language(stage: Stage) -> None:
    story = stage.mine()
    found = Address(
        lat=44.39058,
        lon=8.97342,
        accuracy_m=18.0,
        nearness=Nearness.STREET,
        street="via Roma",
        town="Recco",
        distance_m=12,
    )
    story.hear(ev.AddressFound(address=found))
    stage.lang = "it"
    place = stage.signed_on().locator(".place")
    expect(place).to_contain_text("Via Roma, numero incerto, Recco")
    expect(place).to_contain_text("Centro più vicino: Genova, Liguria")
    expect(stage.page.locator("body")).to_contain_text("Via Roma, numero incerto")


def test_a_new_position_takes_the_address_away_until_its_own_is_known(stage: Stage) -> None:
    story = addressed(stage, Nearness.NUMBER, "via Roma", "12")
    where = stage.page.locator('.brief [data-line="where"]')
    expect(where).to_contain_text("Via Roma 12")
    assert stage.page.locator(".brief [data-new]").count() == 0
    away = Position(lat=44.39171, lon=8.9742, at=CLOCK.now_us(), accuracy_m=9.0, source="gps")
    story.hear(ev.PositionUpdated(position=away))
    expect(where).to_contain_text("44.39171")
    expect(where).not_to_contain_text("Via Roma")


def seen_as_a_whole(page: Page) -> None:
    """All that 112 is to be read, in either language."""
    text = page.locator(".panel__body:has(> .brief)")
    assert text.evaluate(FITS)
    in_italian(page)
    assert text.evaluate(FITS)


def test_on_the_smallest_screen_a_long_address_hides_no_line(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    story = addressed(stage, Nearness.STREET, "viale Generale Carlo Alberto Dalla Chiesa", town="Recco")
    expect(stage.page.locator('.brief [data-line="where"]')).to_contain_text("Dalla Chiesa")
    seen_as_a_whole(stage.page)
    # What is too much for it is scrolled to, and printed over nothing.
    wrote = (
        "he is in the kitchen with a knife",
        "the children are with me upstairs",
        "he comes up the stairs",
    )
    for upto in (2, 3):
        text = ". ".join(wrote[:upto])
        story.hear(ev.BriefingFilled(field=BriefingField.WHAT, text=text, by=stage.place.marta))
        expect(stage.page.locator('.brief [data-line="what"]')).to_contain_text(wrote[upto - 1])
        assert stage.page.evaluate(APART)


def test_on_the_smallest_screen_a_restart_in_the_conference_hides_no_line(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    story = stage.mine(40).user_called().user_answered().psap_called(stage.place.marta).psap_joined()
    story.opened()
    expect(stage.signed_on().locator(".banner[data-tone=note]")).to_be_visible()
    assert stage.page.locator(".panel__body:has(> .brief)").evaluate(
        "(e) => e.scrollHeight <= e.clientHeight"
    )


def test_what_is_copied_names_the_hemisphere_and_says_that_it_is_a_test(modules: Page) -> None:
    text = modules.evaluate(
        """async () => {
          const { copyText } = await import('/console/js/case/briefing.js');
          const party = { state: 'idle' };
          return copyText({
            test: true, channel: 'voice', raised_us: 0, phone: null, person: null, identified: true,
            battery_pct: null, briefing: {}, timeline: [],
            user: party, psap: party, steps: { answered_us: null },
            position: { lat: -0.5, lon: -3.99999, at_us: 0, accuracy_m: null, source: '' },
          }, 0, ['Genova, 1 km north of its centre.']);
        }"""
    )
    assert text.startswith("TEST, not a real alert.\nWHERE: Genova, 1 km north of its centre.\n0.50000 south")
    assert "0 degrees 30 minutes 0.0 seconds south, 3 degrees 60 minutes" not in text
    assert "4 degrees 0 minutes 0.0 seconds west" in text
    assert "WHO: Unknown." in text
    assert text.endswith("PHONE: Number not known")


def test_on_the_smallest_screen_all_that_112_asks_for_is_seen(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    marta = stage.place.marta
    story = stage.mine(40).user_called().user_answered().psap_called(marta).psap_joined()
    for field in BriefingField:
        story.hear(ev.BriefingFilled(field=field, text="the brother, who has drunk", by=marta))
    stage.signed_on()
    expect(stage.page.locator(".brief > dd")).to_have_count(8)
    seen_as_a_whole(stage.page)
    lines = stage.page.locator(".brief > dd").evaluate_all("all => all.map(one => one.dataset.line)")
    assert lines == ["where", "what", "weapons", "injured", "children", "with", "who", "phone"]


@pytest.mark.browser_may_say(*OUT_OF_REACH)
def test_while_112_is_briefed_notes_are_seen_fields_are_wide_and_without_the_center_the_text_stays(
    stage: Stage,
) -> None:
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.lang = "it"
    story = stage.mine(40).user_called().user_answered()
    page = stage.signed_on()
    settled(page)
    page.keyboard.press("n")
    page.keyboard.type("via Roma 12, knife")
    page.keyboard.press("Control+Enter")
    noted = page.locator(".noted")
    expect(noted).to_contain_text("via Roma 12, knife")
    page.keyboard.press("Escape")
    story.psap_called(stage.place.marta).psap_joined()
    expect(page.locator(".brief")).to_be_visible()
    expect(noted).to_contain_text("via Roma 12, knife")
    noted.get_by_role("button").click()
    for field in page.locator(".fields input").all():
        assert field.evaluate("e => e.clientWidth") >= 200
    page.keyboard.type("via Roma 12")
    page.keyboard.press("Escape")
    expect(page.locator(".brief [data-line=where]")).to_contain_text("via Roma 12")
    # The list of keys lies over all: the map and its keys, and what a small window fixes to its edge.
    page.keyboard.press("?")
    assert page.evaluate(OVER)
    size = page.viewport_size
    page.set_viewport_size({"width": 1024, "height": 576})
    assert page.evaluate(OVER)
    page.set_viewport_size(size or {"width": 1280, "height": 720})
    page.keyboard.press("Escape")
    story.say(ev.LegReleased(leg=story.leg("psap"), attempt=1, cause=16))
    expect(page.locator(".brief")).to_have_count(0)
    page.keyboard.press("?")
    assert page.evaluate(OVER)
    page.keyboard.press("Escape")
    # Without the center the text is there, can be copied, and is to be read on another phone.
    stage.stop()
    dock = page.locator(".dock__next")
    said = "Chiamalo da un altro telefono"
    expect(dock).to_contain_text(said, timeout=20_000)
    expect(page.locator(".brief [data-line=where]")).to_contain_text("via Roma 12")
    page.keyboard.press("c")
    expect(page.locator(".copy__said")).to_have_text("Copiato")
    assert "via Roma 12" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("q")
    expect(page.locator(".fields input").first).not_to_be_editable()
    page.keyboard.press("Escape")
    expect(page.locator(".fields")).to_have_count(0)


def test_what_has_changed_since_it_was_read_is_marked_until_it_is_read_again(
    stage: Stage,
) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.lang = "it"
    marta = stage.place.marta
    story = states.briefed(stage)
    for field in BriefingField:
        story.hear(ev.BriefingFilled(field=field, text="nothing known", by=marta))
    story.say(ev.BriefingGiven(by=marta))
    page = stage.signed_on()
    marked = page.locator(".brief dd:has([data-new=changed])")
    expect(page.locator(".brief > dd")).to_have_count(8)
    expect(page.locator(".dock .act--step")).to_have_attribute("data-key", "L")
    expect(marked).to_have_count(0)
    position = Position(lat=44.39071, lon=8.9742, at=CLOCK.now_us(), accuracy_m=9.0, source="gps")
    story.hear(
        ev.PositionUpdated(position=position),
        ev.BriefingFilled(field=BriefingField.WEAPONS, text="a knife", by=marta),
        ev.BriefingFilled(field=BriefingField.CHILDREN, text="", by=marta),
    )
    # By a word and by a double line, which need no colour; what was read and holds no more is said as such.
    expect(marked).to_have_count(3)
    lines = marked.evaluate_all("all => all.map(one => one.dataset.line)")
    assert lines == ["where", "weapons", "children"]
    for line in marked.all():
        expect(line.locator(".brief__new")).to_contain_text("cambiato")
    style = "e => getComputedStyle(e).textDecorationStyle"
    assert page.locator("[data-line=weapons] [data-new]").evaluate(style) == "double"
    expect(page.locator("[data-line=children]")).to_contain_text("Non vale più: nothing known.")
    assert page.locator(".panel__body:has(> .brief)").evaluate(FITS)
    clear = page.locator(".brief__new").evaluate_all("all => all.map(e => e.scrollWidth <= e.clientWidth)")
    assert all(clear)
    expect(page.locator(".dock .act--step")).to_have_attribute("data-key", "B")
    story.say(ev.BriefingGiven(by=marta))
    expect(marked).to_have_count(0)
    expect(page.locator(".brief > dd")).to_have_count(7)
    expect(page.locator(".dock .act--step")).to_have_attribute("data-key", "L")
