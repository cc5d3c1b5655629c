"""Positions of one alert: an immutable sequence that grows at constant cost.

A tuple is copied whole for each new position: a phone that sends a position per second for four hours costs a
fold as many copies of up to 14,400. A trail consists of pieces, and only the last piece is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, Generic, TypeVar, overload

T = TypeVar("T")
PIECE: Final = 128


class Trail(Sequence[T], Generic[T]):
    """Positions in the order of arrival."""

    __slots__ = ("_last", "_whole")

    def __init__(self, those: Iterable[T] = ()) -> None:
        every = tuple(those)
        full = len(every) - len(every) % PIECE
        self._whole: tuple[tuple[T, ...], ...] = tuple(every[at : at + PIECE] for at in range(0, full, PIECE))
        self._last: tuple[T, ...] = every[full:]

    def with_one(self, one: T) -> Trail[T]:
        """Return the trail with one position appended."""
        made: Trail[T] = Trail.__new__(Trail)
        last = (*self._last, one)
        made._whole, made._last = (self._whole, last) if len(last) < PIECE else ((*self._whole, last), ())
        return made

    def __len__(self) -> int:
        return len(self._whole) * PIECE + len(self._last)

    def __iter__(self) -> Iterator[T]:
        return chain(chain.from_iterable(self._whole), self._last)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        piece, within = divmod(range(len(self))[at], PIECE)
        return self._last[within] if piece == len(self._whole) else self._whole[piece][within]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trail):
            return NotImplemented
        return (self._whole, self._last) == (other._whole, other._last)

    def __hash__(self) -> int:
        return hash((self._whole, self._last))

    def __repr__(self) -> str:
        return f"Trail({list(self)!r})"
