"""Puts concatenated messages together; their parts come in any order, twice, or never (23.040)."""

from __future__ import annotations

from typing import Final

import msgspec

from gateways.gsm.sms.pdu import Delivered

PATIENCE_S: Final = 120.0
"""How long missing parts are waited for; then what has come is delivered: half a cry for help is one."""
MOST_OPEN: Final = 100
"""More messages with parts missing are not waited for: the oldest are delivered as they are."""
GAP: Final = " […] "


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A message with all the parts that came."""

    first: Delivered
    text: str
    data: bytes
    stored: tuple[int, ...]
    complete: bool = True


class _Piece(msgspec.Struct, frozen=True):
    message: Delivered
    stored: tuple[int, ...]


class _Open(msgspec.Struct):
    since_s: float
    pieces: dict[int, _Piece]


class Assembler:
    """Keeps parts until they are whole, or until patience ends."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int, int], _Open] = {}

    def add(self, message: Delivered, now_s: float, *, stored: int | None = None) -> Whole | None:
        """One PDU; the whole message once its last part is there. `stored`: where the modem keeps it."""
        places = () if stored is None else (stored,)
        part = message.part
        if part is None:
            return Whole(first=message, text=message.text, data=message.data, stored=places)
        key = (message.sender, part.reference, part.total)
        opened = self._open.setdefault(key, _Open(now_s, {}))
        known = opened.pieces.get(part.number)
        before = known.stored if known is not None else ()
        opened.pieces[part.number] = _Piece(message, tuple(dict.fromkeys(before + places)))
        if len(opened.pieces) < part.total:
            return None
        del self._open[key]
        return _join(opened, part.total)

    def overdue(self, now_s: float) -> list[Whole]:
        """Messages of which parts are missing for too long, as far as they came."""
        crowded = list(self._open)[: max(0, len(self._open) - MOST_OPEN)]
        late = [key for key, opened in self._open.items() if now_s >= opened.since_s + PATIENCE_S]
        late = list(dict.fromkeys((*crowded, *late)))
        return [_join(self._open.pop(key), key[2]) for key in late]

    def next_deadline(self) -> float | None:
        """When `overdue` has something to say."""
        patience_s = PATIENCE_S if len(self._open) <= MOST_OPEN else 0.0
        return min((opened.since_s + patience_s for opened in self._open.values()), default=None)


def _join(opened: _Open, total: int) -> Whole:
    pieces = [opened.pieces.get(number) for number in range(1, total + 1)]
    there = [piece for piece in pieces if piece is not None]
    gap = GAP if any(piece.message.text for piece in there) else ""
    return Whole(
        first=there[0].message,
        text="".join(piece.message.text if piece is not None else gap for piece in pieces),
        data=b"".join(piece.message.data for piece in there),
        stored=tuple(place for piece in there for place in piece.stored),
        complete=len(there) == total,
    )
