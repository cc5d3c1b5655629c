"""What is personal in the events of an alert: the fields that are sealed, each with its kind.

A field is personal by its annotation, `text: Annotated[str, PersonalKind.WORDS] = ""`. Only fields whose
default is empty can be: an event without them is one whose data were forgotten.
"""

from __future__ import annotations

from typing import Final, get_type_hints

import msgspec

from messages.base import Message
from messages.ids import PersonalKind
from messages.kinds import KERNEL


def _personal(kind: type[Message]) -> dict[str, PersonalKind]:
    hints = get_type_hints(kind, include_extras=True)
    marks = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: mark for name, found in marks.items() for mark in found if isinstance(mark, PersonalKind)}


_FIELDS: Final = {kind: fields for kind in KERNEL if (fields := _personal(kind))}
PERSONAL: Final = {str(kind.__struct_config__.tag): fields for kind, fields in _FIELDS.items()}
"""By the event's type: its personal fields."""
EMPTY: Final = {
    str(kind.__struct_config__.tag): {
        one.name: one.default for one in msgspec.structs.fields(kind) if one.name in fields
    }
    for kind, fields in _FIELDS.items()
}
"""By the event's type: what each of its personal fields is once it is forgotten."""
