"""An operator's own line: a voice that stands all through the shift, headset or nailed-up call. Pure.

No modem is meant by its name and nobody else can have it, so that it is neither asked for nor seized: whoever
has reserved the operator has that line.
"""

from __future__ import annotations

from typing import Final

from messages.ids import LegId, LineId, OperatorId, OperatorLine, Role

_PREFIX: Final = {OperatorLine.HEADSET: "headset:", OperatorLine.NAILED_UP: "nailed:"}
"""No configured line's name has a colon in it."""


def own_line(operator: OperatorId, mode: OperatorLine) -> LineId | None:
    """The operator's line of this kind; None for one who is called on a line of the center's."""
    prefix = _PREFIX.get(mode)
    return None if prefix is None else LineId(prefix + operator)


def mode_of(line: LineId) -> OperatorLine:
    """How an operator is reached on this line."""
    return next((mode for mode, prefix in _PREFIX.items() if line.startswith(prefix)), OperatorLine.ON_DEMAND)


def operator_of(line: LineId) -> OperatorId | None:
    """Whose own line it is; None for a line of the center's."""
    prefix = _PREFIX.get(mode_of(line))
    return None if prefix is None else OperatorId(line.removeprefix(prefix))


def is_own(line: LineId) -> bool:
    """Whether it is an operator's own."""
    return mode_of(line) is not OperatorLine.ON_DEMAND


def carrier(line: LineId) -> tuple[Role, str]:
    """The actor that carries the calls of this line: role and key."""
    return (Role.OPERATOR_LINES, "") if is_own(line) else (Role.GSM_MODEM, line)


def standing_leg(operator: OperatorId) -> LegId:
    """The call by which a nailed-up line stands: no alert's leg, but a leg to its modem."""
    return LegId(f"nailed:{operator}")
