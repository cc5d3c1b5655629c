"""What a node's proofs have come to: the fold of `proof-NODE`."""

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
"""So long an order waits, while alerts are open or the node is down; then nobody expects it any more."""


_PASSES: Final = frozenset((ProofWhy.LINE_DOWN, ProofWhy.LINE_IN_USE, ProofWhy.MORNING, ProofWhy.NO_ANSWER))
"""Why an item is left out that is tried again by itself."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one item."""

    at: Instant
    shown: ProofStepEnded


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What is being tried."""

    item: ProofItem
    work: str
    at: Instant


class OneProof(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    proof: str
    by: OperatorId | None
    whole: bool
    begun_at: Instant
    steps: tuple[ProofItem, ...]
    done: dict[ProofItem, Ended] = {}
    """By item, what came of it last; also that it gave way."""
    begun: Begun | None = None
    count: int = 0
    """How many results there were, also of what gave way."""
    ended_at: Instant | None = None
    why: ProofEnd | None = None

    @property
    def left(self) -> list[ProofItem]:
        """What is still to be tried: first what was begun, last what gave way."""
        fresh = [item for item in self.steps if item not in self.done]
        left = fresh + [item for item in self.steps if self.gave_way(item)]
        return sorted(left, key=lambda item: self.begun is None or self.begun.item != item)

    def gave_way(self, item: ProofItem) -> bool:
        """Whether it was begun, and a real alert came."""
        done = self.done.get(item)
        return done is not None and done.shown.result is StepResult.GAVE_WAY

    @property
    def gave_way_at(self) -> Instant:
        """When it last did; 0: it has not."""
        return max((self.done[one].at for one in self.steps if self.gave_way(one)), default=Instant(0))


class Proving:
    """Feed it the stream's events in order."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self._of: dict[str, OneProof] = {}
        """By name, the oldest first."""
        self._ordered: tuple[Instant, ProofOrdered] | None = None
        self.version = 0
        for one in recorded:
            self.apply(one)

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
        self.version, event = recorded.version, recorded.event
        match event:
            case ProofOrdered():
                self._ordered = recorded.at_us, event
            case ProofBegun():
                self._ordered = None
                self._of[event.proof] = OneProof(
                    proof=event.proof,
                    by=event.by,
                    whole=event.whole,
                    begun_at=recorded.at_us,
                    steps=event.steps,
                )
            case ProofStepBegun(proof=proof, step=step, subject=subject, work=work):
                item = ProofItem(step=step, subject=subject)
                self._change(proof, begun=Begun(item=item, work=work, at=recorded.at_us))
            case ProofStepEnded(proof=proof, step=step, subject=subject):
                item = ProofItem(step=step, subject=subject)
                if (one := self._of.get(proof)) is not None:
                    done = {**one.done, item: Ended(at=recorded.at_us, shown=event)}
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
    def proofs(self) -> list[OneProof]:
        """All of them, the oldest first."""
        return list(self._of.values())

    @property
    def current(self) -> OneProof | None:
        """The one that goes on."""
        last = self.proofs[-1] if self.proofs else None
        return None if last is None or last.ended_at is not None else last

    def order(self, now_us: Instant) -> ProofOrdered | None:
        """What somebody wants and has not got yet."""
        if self._ordered is None or now_us - self._ordered[0] > ORDER_KEEPS_US:
            return None
        return self._ordered[1]

    def nightly_at(self) -> Instant:
        """When the last one of a night was begun; 0: none was."""
        return max((one.begun_at for one in self.proofs if one.by is None), default=Instant(0))

    def whole_at(self) -> Instant | None:
        """When the last one has ended in which all was tried."""
        ends = [
            one.ended_at
            for one in self.proofs
            if one.whole and one.ended_at is not None and one.why is ProofEnd.DONE
        ]
        return max(ends, default=None)

    def newest(self) -> dict[ProofItem, Ended]:
        """Of each item what came of it last, unless it gave way, or was left out because of what passes.
        Left out for another reason it is not tried any more: nothing of it holds.
        """
        found: dict[ProofItem, Ended] = {}
        for one in self.proofs:
            for item, ended in one.done.items():
                if ended.shown.result in (StepResult.OK, StepResult.FAILED):
                    found[item] = ended
                elif ended.shown.result is StepResult.LEFT_OUT and ended.shown.why not in _PASSES:
                    found.pop(item, None)
        return found

    def tried(self) -> tuple[ProofItem, ...]:
        """What the last proof in which all was tried consisted of: a line that was given up stands in none.
        Without such a one, all that ever was tried.
        """
        whole = next((one.steps for one in reversed(self.proofs) if one.whole), None)
        return whole or tuple(dict.fromkeys(item for one in self.proofs for item in one.steps))

    def ways(self) -> list[WayShown]:
        """How the lines were heard by each other, the last time that each pair was tried."""
        newest = self.newest()
        return [way for item in self.tried() if item in newest for way in newest[item].shown.ways]

    def bad_since(self, item: ProofItem) -> Instant | None:
        """Since when it has failed each time; None: it did not, last."""
        since: Instant | None = None
        for ended in self.told_of(item):
            if ended.shown.result is StepResult.FAILED:
                since = ended.at if since is None else since
            elif ended.shown.result is StepResult.OK:
                since = None
        return since

    def told_of(self, item: ProofItem) -> Iterator[Ended]:
        """All that was found of it, the oldest first."""
        return (one.done[item] for one in self.proofs if item in one.done)
