"""What is personal in the events of an alert: the fields that are sealed, each with its kind.

Only fields whose default is empty can be: an event without them is one whose data were forgotten. What a
field's value is then, stands in `EMPTY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from messages import events as ev
from messages.base import Message
from messages.ids import PersonalKind

_NUMBER, _POSITION, _WORDS = PersonalKind
_SIGNAL: Final = {"phone": _NUMBER, "device": _NUMBER, "key": _NUMBER, "position": _POSITION}
_FIELDS: Final[Mapping[type[Message], Mapping[str, PersonalKind]]] = {
    ev.AlertReceived: _SIGNAL,
    ev.AlertSignalAdded: _SIGNAL,
    ev.ClaimAdded: {"position": _POSITION, "text": _WORDS},
    ev.PositionUpdated: {"position": _POSITION},
    ev.AddressFound: {"address": _POSITION},
    ev.CommandGiven: {"text": _WORDS},
    ev.NoteAdded: {"text": _WORDS},
    ev.PageOpened: {"code": _WORDS},
    ev.DataSent: {"digest": _WORDS},
    ev.DataReceived: {"receipt": _WORDS},
    ev.DataRefused: {"reason": _WORDS},
    ev.LegPressed: {"digit": _WORDS},
    ev.TextUnreadable: {"sender": _NUMBER, "raw": _WORDS},
    ev.DialogueSaid: {"text": _WORDS, "yes": _WORDS, "no": _WORDS, "question": _WORDS},
    ev.BriefingFilled: {"text": _WORDS},
    ev.AlertHeld: {"reason": _WORDS},
    ev.UserIdentified: {"phone": _NUMBER},
    # Whoever is called: whose leg it is makes no difference to how it is kept.
    ev.LegOriginating: {"number": _NUMBER},
    ev.DialWithheld: {"number": _NUMBER},
    ev.HandOverRequested: {"text": _WORDS},
    ev.FalseAlarmDeclared: {"text": _WORDS},
    ev.OutcomeCorrected: {"reason": _WORDS},
    # How a call was handled is kept as long as what was said in it.
    ev.CallReviewed: {"marks": _WORDS, "text": _WORDS},
    ev.ContactsTexted: {"names": _WORDS, "numbers": _NUMBER},
}

PERSONAL: Final = {str(kind.__struct_config__.tag): fields for kind, fields in _FIELDS.items()}
"""By the event's type: its personal fields."""
EMPTY: Final = {
    str(kind.__struct_config__.tag): {
        one.name: one.default for one in msgspec.structs.fields(kind) if one.name in fields
    }
    for kind, fields in _FIELDS.items()
}
