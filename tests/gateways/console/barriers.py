"""What keeps people from a page: what axe-core finds, and what is lost where it is magnified."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_REFLOW = (Path(__file__).parent / "reflow.js").read_text()
LOOKS = (("dark", 1920, 1080), ("light", 1280, 720))
"""Each theme in one size: what is too pale is so in any, what is too small is so in any colour."""
MAGNIFIED = ((1024, 576), (640, 360), (320, 256))
"""1280 × 720 at 125 % and 200 %, and the smallest that WCAG 1.4.10 asks for: 1280 × 1024 at 400 %."""
_RUN = """async () => {
  // A colour half way from one theme to the other is nobody's.
  const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(fading.map((one) => one.finished.catch(() => null)));
  const said = await axe.run(document, { resultTypes: ['violations'] });
  const why = (node) => [...node.any, ...node.all, ...node.none].map((one) => one.message);
  return said.violations.flatMap((one) => one.nodes.map((node) =>
    [one.id, node.target.join(' '), ...why(node)].join(': ')));
}"""


def found_by_axe(page: Page) -> list[str]:
    """Barriers on the page as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_RUN)
    return found


def barriers(page: Page) -> list[str]:
    """Those that axe finds in either theme, each at its size."""
    found = []
    for theme, width, height in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += [f"{theme} {width}: {one}" for one in found_by_axe(page)]
    return found


def lost_when_magnified(page: Page, sizes: Iterable[tuple[int, int]] = MAGNIFIED) -> list[str]:
    """A line on another, or to the side; the step, or who is on the line, out of view.

    The page is as large as it was, afterwards.
    """
    was = page.viewport_size
    assert was is not None
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} × {height}: {one}" for one in page.evaluate(_REFLOW)]
    page.set_viewport_size(was)
    return found
