"""What the page's scripts name is there: keys, symbols."""

from __future__ import annotations

import re

from gateways.console.page import STATIC, pages_of_features
from model.orders.table import ORDERS

OURS = sorted(
    path
    for folder in (STATIC, *pages_of_features().values())
    for path in folder.rglob("*")
    if path.suffix in (".js", ".html", ".css") and "vendor" not in path.parts
)


def test_every_key_that_is_listened_to_is_in_the_list_of_keys() -> None:
    scripts = {path: path.read_text() for path in OURS if path.suffix == ".js"}
    named = [(path.name, text) for path, text in scripts.items()]
    listened: set[str] = set()
    for text in scripts.values():
        listened |= set(re.findall(r"\bkey(?: ===|:) '([A-Z/?+0])'", text))
    (ranges,) = re.findall(r"const RANGES = \{(.*?)\}", dict(named)["figures.js"], re.DOTALL)
    listened |= set(re.findall(r"(\w): ", ranges))
    lists = (text for name, text in named if name in ("key-list.js", "feature.js"))
    listed = {key for text in lists for keys in re.findall(r"\[\s*'([^']+)',\s", text) for key in keys}
    of_features = (text for name, text in named if name == "feature.js")
    listed |= {key for text in of_features for key in re.findall(r"{ key: '(.)'", text)}
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
