"""What the page's scripts name is there: keys, symbols."""

from __future__ import annotations

import re

from gateways.console.page import STATIC
from model.orders.table import ORDERS

OURS = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in (".js", ".html", ".css") and "vendor" not in path.parts
)


def test_every_key_that_is_listened_to_is_in_the_list_of_keys() -> None:
    scripts = {path.name: path.read_text() for path in OURS if path.suffix == ".js"}
    listened: set[str] = set()
    for text in scripts.values():
        listened |= set(re.findall(r"\bkey(?: ===|:) '([A-Z/?+0])'", text))
    (ranges,) = re.findall(r"const RANGES = \{(.*?)\}", scripts["figures.js"], re.DOTALL)
    listened |= set(re.findall(r"(\w): ", ranges))
    listed = set("".join(re.findall(r"\[\s*'([^']+)',\s", scripts["listed-keys.js"])))
    listed |= {row.console.key for row in ORDERS.values()}
    assert {"E", "D", "P", "?", "/", "T", "0"} <= listened
    assert listened - listed == set()
    assert set("↑↓⏎−1…4") <= listed


def test_every_symbol_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "index.html").read_text()))
    used: set[str] = set()
    for path in OURS:
        if path.suffix == ".js":
            used |= set(re.findall(r"\b(?:icon|word)\('([\w-]+)'", path.read_text()))
            used |= set(re.findall(r"icon: '([\w-]+)'", path.read_text()))
            used |= set(re.findall(r"\bmade\('\w+', '([\w-]+)'", path.read_text()))
            used |= set(re.findall(r"\bs\('([\w-]+)', '", path.read_text()))
    assert used <= drawn
