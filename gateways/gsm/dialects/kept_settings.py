"""Comparison of a modem's own settings with its dialect's `[[kept]]` tables, by the modem's answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from gateways.gsm.dialects.dialect import CompiledDialect, Kept


class SettingState(StrEnum):
    """State of a modem's setting."""

    MATCHES = "as_wanted"
    DIFFERS = "otherwise"
    """The setting differs and can be made."""
    UNKNOWN = "not_known"
    """This firmware refuses the query, or answers in another shape: the setting is not made."""


def settings_to_check(dialect: CompiledDialect, *, usb_audio: bool) -> Iterator[Kept]:
    """Yield the settings to check, in the file's order."""
    return (kept for kept in dialect.data.kept if not kept.only or usb_audio)


def setting_state(kept: Kept, lines: tuple[str, ...] | None) -> SettingState:
    """Return the state of the setting by the answer `lines` to `kept.ask`; None for a refused query."""
    if lines is None:
        return SettingState.UNKNOWN
    if any(re.fullmatch(kept.wanted, line) for line in lines):
        return SettingState.MATCHES
    return SettingState.DIFFERS if _match_shape(kept, lines) is not None else SettingState.UNKNOWN


def setting_commands(kept: Kept, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the commands that make the setting, if its state by this answer is OTHERWISE."""
    shaped = _match_shape(kept, lines) or {}
    return tuple(text.format_map(shaped) for text in kept.set)


def _match_shape(kept: Kept, lines: tuple[str, ...]) -> dict[str, str] | None:
    if not kept.shape:
        return {}
    found = (match for line in lines if (match := re.fullmatch(kept.shape, line)) is not None)
    return next((match.groupdict() for match in found), None)
