"""What stands beside an event's definition: what is said of it, and how the console lists it. Data.

A Sentence is for terminal, dossier and drill. It is made of the event's fields, in a small language that
`model.telling.story` says:

- `{field}` is the field's value in words: by its type, or in a named form, `{cause:cause}`.
- `[ ({reason})]` is left out where a field in it has no words.
- `[{phone}|device {device}|(erased)]` is the first of these in which no field is without words.
- `{?field}` says nothing: a condition on its brackets, that the field is there; `{?field=value}`, that it is
  this value.

A ListItem is for the console, which knows people by name and the language of the screen: its `{word}` is
replaced by what the page has under this name (`js/case/story.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec


class Sentence(msgspec.Struct, frozen=True):
    """One sentence without its end, in each language; empty of what concerns the machinery alone."""

    en: str
    it: str


UNSAID: Final = Sentence("", "")


class ListItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way to show it. Without words it is not shown: another event tells the same."""

    icon: str
    tone: str
    """`ok`, `wait`, `bad`, or empty."""
    says: str
    """In English, by which other languages have it (`gateways/console/words`)."""
    when: Mapping[str, str | bool] = {}
    """Fields of the entry with the values that they have then; none: the item fits always."""


class Listed(msgspec.Struct, frozen=True):
    """How an event is listed, by the first item that fits."""

    items: tuple[ListItem, ...]
    takes: Mapping[str, str]
    """By field of the entry (`gateways.console.timeline`): the field of the event that it is taken of. `leg`:
    the entry has the party, the operator and the line of this call."""


def listing(*items: ListItem, **takes: str) -> Listed:
    """Return the row of an event."""
    return Listed(items, takes)
