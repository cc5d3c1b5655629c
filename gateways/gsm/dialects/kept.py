"""How a modem's own settings stand against what its dialect wants (`[[kept]]`), by what it answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from gateways.gsm.dialects.dialect import CompiledDialect, Kept


class Standing(StrEnum):
    """One of them."""

    AS_WANTED = "as_wanted"
    OTHERWISE = "otherwise"
    """It can be set."""
    NOT_KNOWN = "not_known"
    """This firmware refuses the question, or answers in another shape: nothing is set."""


def kept_of(dialect: CompiledDialect, *, usb_audio: bool) -> Iterator[Kept]:
    """What is to be looked at, in the file's order."""
    return (kept for kept in dialect.data.kept if not kept.only or usb_audio)


def standing(kept: Kept, lines: tuple[str, ...] | None) -> Standing:
    """`lines`: of the answer to `kept.ask`; none where it was refused."""
    if lines is None:
        return Standing.NOT_KNOWN
    if any(re.fullmatch(kept.wanted, line) for line in lines):
        return Standing.AS_WANTED
    return Standing.OTHERWISE if _shaped(kept, lines) is not None else Standing.NOT_KNOWN


def commands(kept: Kept, lines: tuple[str, ...]) -> tuple[str, ...]:
    """What sets it, where it is OTHERWISE by this answer."""
    shaped = _shaped(kept, lines) or {}
    return tuple(text.format_map(shaped) for text in kept.set)


def _shaped(kept: Kept, lines: tuple[str, ...]) -> dict[str, str] | None:
    if not kept.shape:
        return {}
    found = (match for line in lines if (match := re.fullmatch(kept.shape, line)) is not None)
    return next((match.groupdict() for match in found), None)
