"""What the audit holds beside an action is said in Italian too: of each detail that the web writes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

import gateways.http
from messages.ids import NodeOrder
from store.registry.people import StaffRole

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

ROOT = Path(gateways.http.__file__).parents[2]
VALUES = {
    "made.role": [*StaffRole],
    "wish if new else 'it was so already'": [*filter(None, NodeOrder), "nothing any more"],
    "'on' if data.now else 'off'": ["on", "off"],
    "how": ["by a short message", "handed over"],
    "detail": ["put back into service", "was in service"],
}
"""What stands in a hole of a sentence, where it is one of a few; elsewhere a number fits."""
ITSELF = {"route", "path"}
"""Of a path of the settings, or of the API, there is nothing to say in other words."""


def written() -> Iterator[str]:
    """Yield every detail, its holes filled."""
    for file in sorted(file for part in ("gateways", "features") for file in (ROOT / part).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "detail":
                yield from _filled(node.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Answer" and len(node.args) > 2:
                yield from _filled(node.args[2])


def _filled(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from (*_filled(value.body), *_filled(value.orelse))
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.strip(", "):
        yield value.value
    if not isinstance(value, ast.JoinedStr):
        return
    texts = [""]
    for part in value.values:
        if isinstance(part, ast.Constant):
            texts = [text + str(part.value) for text in texts]
        elif isinstance(part, ast.FormattedValue):
            hole = ast.unparse(part.value)
            if hole in ITSELF:
                return
            texts = [text + str(one) for text in texts for one in VALUES.get(hole, ["7"])]
    yield from texts


def test_every_detail_that_the_web_writes_has_italian_words(modules: Page) -> None:
    details = sorted(set(written()))
    said = modules.evaluate(
        """async (details) => {
          const { setLanguage } = await import('/console/js/words/words.js');
          const { detailText } = await import('/console/features/privacy/action-words.js');
          setLanguage('it');
          const found = details.map((one) => [one, detailText(one)]);
          setLanguage('en');
          return found;
        }""",
        details,
    )
    assert len(details) > 50
    assert [english for english, italian in said if english == italian] == []
