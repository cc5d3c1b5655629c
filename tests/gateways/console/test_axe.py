"""No state of the console has a barrier that axe-core can find, in either theme and at the smallest size; and
magnified to four times nothing is lost: no line lies on another, nothing is to the side, the step is in view.

Each theme is looked at in one size: what is too pale is so in any, what is too small is so in any colour.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateways.console.stage import Stage
from tests.gateways.console.states import STATES
from tests.support.complaints import OUT_OF_REACH

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
REFLOW = (Path(__file__).parent / "reflow.js").read_text()
LOOKS = (("dark", 1920, 1080), ("light", 1280, 720))
MAGNIFIED = ((1024, 576), (640, 360), (320, 256))
"""1280 × 720 at 125 % and 200 %, and the smallest that WCAG 1.4.10 asks for: 1280 × 1024 at 400 %."""
RUN = """async () => {
  // A colour half way from one theme to the other is nobody's.
  const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(fading.map((one) => one.finished.catch(() => null)));
  const said = await axe.run(document, { resultTypes: ['violations'] });
  const why = (node) => [...node.any, ...node.all, ...node.none].map((one) => one.message);
  return said.violations.flatMap((one) => one.nodes.map((node) =>
    [one.id, node.target.join(' '), ...why(node)].join(': ')));
}"""

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


@pytest.mark.browser_may_say(r"401 \(Unauthorized\)", *OUT_OF_REACH)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_barrier_and_nothing_is_lost_where_it_is_magnified(stage: Stage, state: str) -> None:
    _, width, height = LOOKS[0]
    stage.page.set_viewport_size({"width": width, "height": height})
    STATES[state](stage)
    stage.page.evaluate(AXE.read_text())
    found = []
    for theme, width, height in LOOKS:
        stage.page.set_viewport_size({"width": width, "height": height})
        stage.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += [f"{theme} {width}: {one}" for one in stage.page.evaluate(RUN)]
    for width, height in MAGNIFIED:
        stage.page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} × {height}: {one}" for one in stage.page.evaluate(REFLOW)]
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
