"""State of a node's self-tests, folded from `proof-NODE`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.events import ProofBegun, ProofEnded, ProofOrdered, ProofStepBegun, ProofStepEnded
from messages.ids import SECOND, Instant, OperatorId
from messages.journal import Recorded
from messages.proofs import ProofEnd, ProofItem, ProofWhy, StepResult
from messages.trials import WayShown

ORDER_KEEPS_US: Final = Instant(3600 * SECOND)
"""Time for which an order waits while alerts are open or the node is down; later it is outdated."""


_PASSES: Final = frozenset((ProofWhy.LINE_DOWN, ProofWhy.LINE_IN_USE, ProofWhy.MORNING, ProofWhy.NO_ANSWER))
"""Temporary reasons for leaving out an item: the item is tried again automatically."""


class ItemResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of an item."""

    at: Instant
    shown: ProofStepEnded


class ItemInProgress(msgspec.Struct, frozen=True, kw_only=True):
    """The item being tried."""

    item: ProofItem
    work: str
    at: Instant


class SelfTestRun(msgspec.Struct, frozen=True, kw_only=True):
    """A self-test."""

    proof: str
    by: OperatorId | None
    whole: bool
    begun_at: Instant
    steps: tuple[ProofItem, ...]
    done: dict[ProofItem, ItemResult] = {}
    """Last result by item, including that the item gave way."""
    begun: ItemInProgress | None = None
    count: int = 0
    """Number of results, including those of items that gave way."""
    ended_at: Instant | None = None
    why: ProofEnd | None = None

    @property
    def left(self) -> list[ProofItem]:
        """Items still to be tried: the begun item first, items that gave way last."""
        fresh = [item for item in self.steps if item not in self.done]
        left = fresh + [item for item in self.steps if self.gave_way(item)]
        return sorted(left, key=lambda item: self.begun is None or self.begun.item != item)

    def gave_way(self, item: ProofItem) -> bool:
        """Return True if the item was begun and gave way to a real alert."""
        done = self.done.get(item)
        return done is not None and done.shown.result is StepResult.GAVE_WAY

    @property
    def gave_way_at(self) -> Instant:
        """Time when an item last gave way; 0 if none did."""
        return max((self.done[one].at for one in self.steps if self.gave_way(one)), default=Instant(0))


class SelfTests:
    """Fold of the stream's events, to be applied in order."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self._of: dict[str, SelfTestRun] = {}
        """Self-tests by name, the oldest first."""
        self._ordered: tuple[Instant, ProofOrdered] | None = None
        self.version = 0
        for one in recorded:
            self.apply(one)

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        self.version, event = recorded.version, recorded.event
        match event:
            case ProofOrdered():
                self._ordered = recorded.at_us, event
            case ProofBegun():
                self._ordered = None
                self._of[event.proof] = SelfTestRun(
                    proof=event.proof,
                    by=event.by,
                    whole=event.whole,
                    begun_at=recorded.at_us,
                    steps=event.steps,
                )
            case ProofStepBegun(proof=proof, step=step, subject=subject, work=work):
                item = ProofItem(step=step, subject=subject)
                self._change(proof, begun=ItemInProgress(item=item, work=work, at=recorded.at_us))
            case ProofStepEnded(proof=proof, step=step, subject=subject):
                item = ProofItem(step=step, subject=subject)
                if (one := self._of.get(proof)) is not None:
                    done = {**one.done, item: ItemResult(at=recorded.at_us, shown=event)}
                    self._change(proof, done=done, count=one.count + 1, begun=None)
            case ProofEnded(proof=proof, why=why):
                if self._ordered is not None and self._ordered[1].stop:
                    self._ordered = None
                self._change(proof, ended_at=recorded.at_us, why=why)
            case _:
                pass

    def _change(self, proof: str, **fields: object) -> None:
        if proof in self._of:
            self._of[proof] = replace(self._of[proof], **fields)

    @property
    def proofs(self) -> list[SelfTestRun]:
        """All self-tests, the oldest first."""
        return list(self._of.values())

    @property
    def current(self) -> SelfTestRun | None:
        """The self-test in progress; None if there is none."""
        last = self.proofs[-1] if self.proofs else None
        return None if last is None or last.ended_at is not None else last

    def order(self, now_us: Instant) -> ProofOrdered | None:
        """Return the pending order; None if there is none."""
        if self._ordered is None or now_us - self._ordered[0] > ORDER_KEEPS_US:
            return None
        return self._ordered[1]

    def nightly_at(self) -> Instant:
        """Return the beginning of the last nightly self-test; 0 if there was none."""
        return max((one.begun_at for one in self.proofs if one.by is None), default=Instant(0))

    def whole_at(self) -> Instant | None:
        """Return the end of the last complete self-test of all steps; None if there is none."""
        ends = [
            one.ended_at
            for one in self.proofs
            if one.whole and one.ended_at is not None and one.why is ProofEnd.DONE
        ]
        return max(ends, default=None)

    def newest(self) -> dict[ProofItem, ItemResult]:
        """Return the last result of each item, without those that gave way or were left out temporarily. An
        item left out for another reason is not tried any more: its earlier results are dropped.
        """
        found: dict[ProofItem, ItemResult] = {}
        for one in self.proofs:
            for item, ended in one.done.items():
                if ended.shown.result in (StepResult.OK, StepResult.FAILED):
                    found[item] = ended
                elif ended.shown.result is StepResult.LEFT_OUT and ended.shown.why not in _PASSES:
                    found.pop(item, None)
        return found

    def tried(self) -> tuple[ProofItem, ...]:
        """Return the items of the last self-test of all steps, which has no abandoned lines. Without such a
        self-test, all items ever tried.
        """
        whole = next((one.steps for one in reversed(self.proofs) if one.whole), None)
        return whole or tuple(dict.fromkeys(item for one in self.proofs for item in one.steps))

    def ways(self) -> list[WayShown]:
        """Return the measured voice paths of the last test of each pair of lines."""
        newest = self.newest()
        return [way for item in self.tried() if item in newest for way in newest[item].shown.ways]

    def failing_since(self, item: ProofItem) -> Instant | None:
        """Return the time since which the item fails each time; None if it last succeeded."""
        since: Instant | None = None
        for ended in self.results_of(item):
            if ended.shown.result is StepResult.FAILED:
                since = ended.at if since is None else since
            elif ended.shown.result is StepResult.OK:
                since = None
        return since

    def results_of(self, item: ProofItem) -> Iterator[ItemResult]:
        """Return all results of the item, the oldest first."""
        return (one.done[item] for one in self.proofs if item in one.done)
