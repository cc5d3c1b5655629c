"""What the page's scripts name is there: reasons, keys, symbols."""

from __future__ import annotations

import re

from gateways.console.page import STATIC

OURS = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in (".js", ".html", ".css") and "vendor" not in path.parts
)


def test_every_reason_why_not_has_italian_words() -> None:
    model = STATIC.parents[2] / "model" / "rules"
    allowed = "".join(
        (model / name).read_text() for name in ("allowed.py", "attempts.py", "calling.py", "sound.py")
    )
    reasons = set(re.findall(r"(?<!\")\"((?:[A-Z]|112)[^\"]*\.)\"(?!\")", allowed))
    translated = (STATIC / "js" / "words" / "words.js").read_text()
    quoted = set(re.findall(r"^  (?:'([^']+)'|\"([^\"]+)\"):", translated, re.MULTILINE))
    missing = sorted(reasons - {one for pair in quoted for one in pair})
    assert missing == []


def test_every_key_that_is_listened_to_is_in_the_list_of_keys() -> None:
    scripts = {path.name: path.read_text() for path in OURS if path.suffix == ".js"}
    listened: set[str] = set()
    for text in scripts.values():
        listened |= set(re.findall(r"\bkey(?: ===|:) '([A-Z/?+0])'", text))
    for name, table in (("commands.js", "KEYS"), ("figures.js", "RANGES")):
        (inside,) = re.findall(rf"const {table} = \{{(.*?)\}}", scripts[name], re.DOTALL)
        listened |= set(re.findall(r"(\w): ", inside))
    (rows,) = re.findall(r"const rows = \[(.*?)\];\n", scripts["help.js"], re.DOTALL)
    listed = set("".join(re.findall(r"\[\s*'([^']+)',\s", rows)))
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
