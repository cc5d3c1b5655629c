"""Redacted view of an alert, for operators who neither have nor have opened the case: the fields named here.
Pure.

Fields are hidden until named. Hidden fields are empty: null, false, or without content, so that their
existence is hidden too. Every field exists nevertheless, for the page.
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
            "version",  # An order to take the case states the version seen.
            "test",
            "silent",
            "aloud",
            "duress",
            "wrong_pins",
            "channel",
            "identified",
            "person",
            # Times of the alert, its deadline, and its progress.
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
            # Operators of the case, calls to operators, and the wait without any.
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
            # Events that cannot be read: the case may have more than is shown.
            "unreadable",
            # End of the case, and later changes.
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
"""Fields of other operators' cases that the queue, the rail and the bands of the page need, by struct."""


def queue_view(view: CaseView) -> dict[str, Any]:
    """Return the redacted view."""
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
    """Return each field's name, if it is shown, and the value in its place if it is not."""
    names = SHOWN.get(kind, frozenset())
    return tuple((one.name, one.name in names, _empty(one)) for one in msgspec.structs.fields(kind))


def _empty(field: msgspec.structs.FieldInfo) -> Any:
    """Return the empty value of the field: its default, else the empty value of its type, or null."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    kind = get_origin(field.type) or field.type
    return kind() if kind in (bool, str, tuple, dict) else None
