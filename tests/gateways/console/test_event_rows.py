"""What an event's row says of the console's list can be shown: its fields, its icons, its words."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

import msgspec
import pytest

from gateways.console.page import STATIC, encoded_words
from gateways.console.timeline import Entry
from messages.event_kinds import kinds
from messages.ids import Party
from messages.journal import Unreadable
from messages.rows import Listed, ListItem, listing
from tests.support.each import each

STORY: Final = (STATIC / "js" / "case" / "timeline.js").read_text()
WORDS: Final = set(re.findall(r"^    (\w+): \(\) =>", STORY, re.MULTILINE))
"""What the page has for the `{…}` of an item."""
ICONS: Final = set(re.findall(r'id="i-([a-z0-9]+)"', (STATIC / "index.html").read_text()))
LANGUAGES: Final = list(msgspec.json.decode(encoded_words(), type=dict[str, dict[str, str]]).values())
ENTRY: Final = set(Entry.__struct_fields__)
EVENTS: Final = [one for one in (*kinds(), Unreadable) if hasattr(one, "listed")]


def faults(kind: Any) -> list[str]:
    listed: Listed = kind.listed
    fields = set(kind.__struct_fields__)
    found = [f"the entry has no {to}" for to in listed.takes if to not in ENTRY | {"leg"}]
    found += [f"the event has no {of}" for of in listed.takes.values() if of not in fields]
    for item in listed.items:
        texts = [item.says, *(words.get(item.says, "") for words in LANGUAGES)]
        said = {word for text in texts for word in re.findall(r"{(\w+)}", text)}
        found += [f"the page has no word {word}" for word in said - WORDS]
        found += [f"no condition {name}" for name in item.when if name not in ENTRY | {"own"}]
        if item.says and (item.icon not in ICONS or item.tone not in ("", "ok", "wait", "bad")):
            found.append(f"no icon {item.icon}, or no tone {item.tone}")
    if listed.items and listed.items[-1].when:
        found.append("no item where no condition fits")
    return found


@each("kind", EVENTS)
def test_every_row_can_be_shown(kind: type) -> None:
    assert faults(kind) == []


class Wrong(msgspec.Struct):
    party: Party
    listed: ClassVar = listing()


GOOD: Final = ListItem("bell", "", "{op}")


@pytest.mark.parametrize(
    ("listed", "fault"),
    [
        (listing(GOOD, by="party"), "the entry has no by"),
        (listing(GOOD, operator="by"), "the event has no by"),
        (listing(ListItem("bell", "", "{by}")), "the page has no word by"),
        (listing(ListItem("bell", "", "a", {"by": True}), GOOD), "no condition by"),
        (listing(ListItem("clang", "", "a")), "no icon clang, or no tone "),
        (listing(ListItem("bell", "", "a", {"party": "psap"})), "no item where no condition fits"),
    ],
)
def test_a_row_that_cannot_be_shown_is_found(
    monkeypatch: pytest.MonkeyPatch, listed: Listed, fault: str
) -> None:
    monkeypatch.setattr(Wrong, "listed", listed)
    assert fault in faults(Wrong)
