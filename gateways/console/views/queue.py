"""One alert as those are told of it who neither have it nor have opened it: what is named here. Pure.

A field is hidden until it is named. What is not named is empty: null, false, or without anything in it, so
that its being there is no more told than what it is; the page finds every field all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, get_origin

import msgspec

from gateways.console.views.case import CaseView, HandOverView, PartyView, PersonView, StepsView

SHOWN: Final[Mapping[type[msgspec.Struct], frozenset[str]]] = {
    CaseView: frozenset(
        {
            "alert",
            "seq",
            "version",  # An order to take it says which one was seen.
            "test",
            "silent",
            "aloud",
            "duress",
            "wrong_pins",
            "channel",
            "identified",
            "person",
            # When it was raised, by when the user is to be reached, and how far that is.
            "raised_us",
            "received_us",
            "deadline_us",
            "rang_us",
            "met_us",
            "missed_us",
            "reached_us",
            "reached_by",
            "presumed_calling_112",
            "steps",
            # Who has it, is called for it, or waits without anybody.
            "operator",
            "reserved",
            "hand_over",
            "user",
            "operator_leg",
            "psap",
            "user_hears_psap",
            "alone_us",
            "psap_requested_us",
            "psap_no_line",
            "psap_elsewhere_us",
            "broken_us",
            "broken_party",
            # How many of its events cannot be read: there may be more to it than is shown.
            "unreadable",
            # How it ends, and what comes after.
            "false_alarm_us",
            "left_us",
            "closed_us",
            "outcome",
            "reopened_us",
            "written_us",
        }
    ),
    PersonView: frozenset({"first_name"}),
    PartyView: frozenset({"state", "confirmed", "answered_us", "operator", "line"}),
    HandOverView: frozenset({"to", "called"}),
    StepsView: frozenset({"spoken_us"}),
}
"""By struct: the fields that the queue, the rail and the bands of the page need of others' cases."""


def queue_view(view: CaseView) -> dict[str, Any]:
    """Return what is named of the view, to be told in its place."""
    return {**_cut(view), "withheld": True}


def _cut(struct: msgspec.Struct) -> dict[str, Any]:
    return {
        name: _shown(getattr(struct, name)) if named else empty
        for name, named, empty in _fields(type(struct))
    }


def _shown(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _cut(value)
    return tuple(_shown(one) for one in value) if isinstance(value, tuple) else value


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, bool, Any], ...]:
    """Of each field: its name, whether it is shown, and what is told where it is not."""
    names = SHOWN.get(kind, frozenset())
    return tuple((one.name, one.name in names, _empty(one)) for one in msgspec.structs.fields(kind))


def _empty(field: msgspec.structs.FieldInfo) -> Any:
    """Return what stands for nothing in this field: its default, else what is empty of its type, or null."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    kind = get_origin(field.type) or field.type
    return kind() if kind in (bool, str, tuple, dict) else None
