"""An operator's own line: a voice connection through the whole shift, by headset or nailed-up call. Pure.

The name of an own line refers to no modem and to one operator only. The line is therefore neither requested
nor seized: the alert that reserves the operator has the line.
"""

from __future__ import annotations

from typing import Final

from messages.ids import LegId, LineId, OperatorId, OperatorLine, Role

_PREFIX: Final = {OperatorLine.HEADSET: "headset:", OperatorLine.NAILED_UP: "nailed:"}
"""Prefixes of own lines; names of configured lines never contain a colon."""


def own_line(operator: OperatorId, mode: OperatorLine) -> LineId | None:
    """Return the operator's line of this kind; None for an operator called on a line of the center."""
    prefix = _PREFIX.get(mode)
    return None if prefix is None else LineId(prefix + operator)


def mode_of(line: LineId) -> OperatorLine:
    """Return how an operator is reached on this line."""
    return next((mode for mode, prefix in _PREFIX.items() if line.startswith(prefix)), OperatorLine.ON_DEMAND)


def operator_of(line: LineId) -> OperatorId | None:
    """Return the operator of an own line; None for a line of the center."""
    prefix = _PREFIX.get(mode_of(line))
    return None if prefix is None else OperatorId(line.removeprefix(prefix))


def is_own_line(line: LineId) -> bool:
    """Return True for an operator's own line."""
    return mode_of(line) is not OperatorLine.ON_DEMAND


def carrier_of(line: LineId) -> tuple[Role, str]:
    """Return role and key of the actor that carries the calls of this line."""
    return (Role.OPERATOR_LINES, "") if is_own_line(line) else (Role.GSM_MODEM, line)


def nailed_up_leg(operator: OperatorId) -> LegId:
    """Return the leg of a nailed-up line's call: known to its modem, but part of no alert."""
    return LegId(f"nailed:{operator}")
