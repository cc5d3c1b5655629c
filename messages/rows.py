"""Rows attached to an event's definition: its sentence, and its entry in the console's list. Data.

A Sentence is for terminal, dossier and drill. The sentence is made of the event's fields, in a small language
that `model.telling.story` interprets:

- `{field}` is the field's value in words: by its type, or in a named form, `{cause:cause}`.
- `[ ({reason})]` is left out if a field in it has no words.
- `[{phone}|device {device}|(erased)]` is the first alternative in which every field has words.
- `{?field}` prints nothing: a condition on its brackets, that the field is present; `{?field=value}`, that it
  has this value.

A ListItem is for the console, which knows people by name and the language of the screen: the page replaces
its `{word}` by its own text of this name (`js/case/timeline.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec


class Sentence(msgspec.Struct, frozen=True):
    """A sentence without its period, in each language; empty for events that matter only to the machinery."""

    en: str
    it: str


UNSAID: Final = Sentence("", "")


class ListItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A form of an entry. Without words the entry is not shown: another event reports the same."""

    icon: str
    tone: str
    """Value `ok`, `wait`, `bad`, or empty."""
    says: str
    """English words, the key to other languages (`gateways/console/words`)."""
    when: Mapping[str, str | bool] = {}
    """Required values of the entry's fields; empty: always matches."""


class Listed(msgspec.Struct, frozen=True):
    """Entry of an event, shown by the first item that matches."""

    items: tuple[ListItem, ...]
    takes: Mapping[str, str]
    """Field of the event by field of the entry (`gateways.console.timeline`). With `leg` the entry has the
    party, the operator and the line of this call.
    """


def listing(*items: ListItem, **takes: str) -> Listed:
    """Return the row of an event."""
    return Listed(items, takes)
