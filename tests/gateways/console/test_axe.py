"""No state of the console has a barrier that axe-core can find, in either theme and at the smallest size.
Magnified to four times nothing is lost in either language, nor at twice in the longer one: no line lies on
another, nothing is to the side, the step is in view. All that the page says is in the chosen language.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.gateways.console.barriers import LOOKS, MAGNIFIED, barriers, lost_when_magnified
from tests.gateways.console.desk import in_italian, settled
from tests.gateways.console.stage import After, Stage, State
from tests.gateways.console.states import STATES
from tests.support.complaints import OUT_OF_REACH

TEXTS = """() => {
  const texts = [];
  const walk = document.createTreeWalker(document.querySelector('#page'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) texts.push(walk.currentNode.textContent.trim());
  return texts;
}"""
ENGLISH = re.compile(r"(?<![\w.-])(the|of|is|are|was|has|have|not|and|with|to|by|from|at)(?![\w-])")
COVERED = """() => {
  const keys = document.querySelector('.map__keys')?.getBoundingClientRect();
  const close = document.querySelector('.map__close')?.getBoundingClientRect();
  const brief = document.querySelector('.panel__body:has(> .brief)');
  const phone = brief?.querySelector('[data-line=phone]')?.getBoundingClientRect();
  return [
    keys?.width && close?.width && keys.right > close.left && 'the keys of the map lie on the close-up',
    brief && (brief.scrollHeight > brief.clientHeight || phone?.bottom > innerHeight) &&
      'the text for 112 is not whole',
  ].filter(Boolean);
}"""
SEEN_AT_ONCE = ("late", "talking", "briefing", "restarted", "duress-briefing")
"""Where the text for 112, or the whole map, has to be seen on the smallest screen."""
AS_SAID = ("Something is needed here.", "This link is not good", "neighbour has her keys", " · en: ")
"""Said before the language was another one, or somebody's own words."""

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(300)]


def begins(state: State) -> State:
    """The state for which the page is opened."""
    return begins(state.before) if isinstance(state, After) else state


WALKS = {
    name: [one for one in STATES if begins(STATES[one]) is state]
    for name, state in STATES.items()
    if not isinstance(state, After)
}
"""By the state for which a page is opened, all that are brought about there."""


def wrong(page: Page, name: str) -> list[str]:
    """What is to be mended in the state that is shown."""
    covered = COVERED if name in SEEN_AT_ONCE else "[]"
    found = barriers(page) + page.evaluate(covered) + lost_when_magnified(page, MAGNIFIED[-1:])
    in_italian(page)
    found += [f"in Italian, {one}" for one in page.evaluate(covered) + lost_when_magnified(page)]
    texts = [text for text in page.evaluate(TEXTS) if not any(own in text for own in AS_SAID)]
    found += [f"in English: {text}" for text in texts if ENGLISH.search(text)]
    return [f"{name}: {one}" for one in found]


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)", *OUT_OF_REACH)
@pytest.mark.parametrize("begin", WALKS)
def test_axe_finds_no_barrier_and_nothing_is_lost_where_it_is_magnified(stage: Stage, begin: str) -> None:
    page, (_, width, height) = stage.page, LOOKS[0]
    found: list[str] = []
    was: State | None = None
    for name in WALKS[begin]:
        page.set_viewport_size({"width": width, "height": height})
        state = STATES[name]
        if isinstance(state, After):
            in_italian(page, False)
            if state.before is not was:
                page.keyboard.press("Escape")
                settled(page)
            state.step(stage)
        else:
            state(stage)
        was = state
        found += wrong(page, name)
    assert not found, "\n".join(found)


def test_in_forced_colours_who_hears_whom_and_what_is_chosen_is_seen_by_its_lines(stage: Stage) -> None:
    page = stage.page
    page.emulate_media(forced_colors="active")
    STATES["talking"](stage)

    def line(selector: str, style: str) -> str:
        return str(page.locator(selector).evaluate("(one, style) => getComputedStyle(one)[style]", style))

    assert line(".link[data-is=on] .icon", "borderStyle") == "solid"
    assert line(".link:not([data-is=on]) .icon", "borderStyle") == "dashed"
    assert line(".bar__nav [aria-current=page]", "outlineStyle") == "solid"
    assert line(".bar__nav :not([aria-current=page]) >> nth=0", "outlineStyle") == "none"
