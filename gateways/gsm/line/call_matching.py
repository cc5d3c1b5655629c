"""Which of a modem's calls is meant, where no leg has it by name: after a restart of this side. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from gateways.gsm.at.parse import Direction
from gateways.gsm.calls.call import CallView
from gateways.gsm.driver.events import CallId
from gateways.gsm.numbers import same
from messages.ids import E164


def view_of(calls: Iterable[CallView], call: CallId | None) -> CallView | None:
    """This call, where it is still there."""
    return next((view for view in calls if view.call == call), None)


def dialled_before(calls: Iterable[CallView], number: E164) -> CallView | None:
    """The call to this number that is nobody's yet."""
    ours = (one for one in calls if one.ref is None and one.direction is Direction.OUT)
    return next((one for one in ours if one.caller and same(one.caller, number)), None)


def unowned(calls: Iterable[CallView], direction: Direction, number: E164 | None) -> CallView | None:
    """A call that is no leg's, with this number; where that is not known, the only one there is."""
    found = [call for call in calls if call.ref is None and call.direction is direction]
    if number is not None:
        fitting = [call for call in found if call.caller and same(call.caller, number)]
        if fitting:
            return fitting[0]
    nameless = [call for call in found if not call.caller]
    if number is not None or nameless:
        found = nameless
    return found[0] if len(found) == 1 else None
