"""What is said of an event, as data beside its definition.

A sentence is made of the event's fields, in a small language:

- `{field}` is the field's value in words: by its type, or in a named form, `{cause:cause}`.
- `[ ({reason})]` is left out where a field in it has no words.
- `[{phone}|device {device}|(erased)]` is the first of these in which no field is without words.
- `{?field}` says nothing: a condition on its brackets, that the field is there; `{?field=value}`, that it is
  this value.

`model.telling.story` says it.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Sentence(msgspec.Struct, frozen=True):
    """One sentence without its end, in each language; empty of what concerns the machinery alone."""

    en: str
    it: str


UNSAID: Final = Sentence("", "")
