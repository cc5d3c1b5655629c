"""The SelfTest with looks that take no process and no time but that of the virtual clock."""

from __future__ import annotations

from features.selftest.own_phone import know
from features.selftest.self_test.actor import SelfTestActor
from features.selftest.self_test.work import Child
from messages.ids import E164, AlertId, Assurance, Channel, Check, Instant
from messages.proofs import ProofStep, Shown, StepResult
from model.rules.signal import Signal
from store.journal.journal import Journal

FOUND: dict[ProofStep, Shown] = {}
"""What a look is to find; else all is well."""
STUCK: set[ProofStep] = set()
"""Looks that come to no end."""
ENDED: list[ProofStep] = []
"""Looks that were killed."""


class NoChild:
    """Finds at once what it is to find."""

    def __init__(self, step: ProofStep) -> None:
        self._step = step

    def result(self) -> Shown | None:
        if self._step in STUCK:
            return None
        return FOUND.get(self._step, Shown(result=StepResult.OK))

    def kill(self) -> None:
        ENDED.append(self._step)


class SelfTestWithoutChildrenActor(SelfTestActor):
    """With such looks."""

    def child(self, step: ProofStep) -> Child:
        return NoChild(step)


def check_signal(journal: Journal, number: E164 | None, now_us: Instant) -> Signal:
    """A check that has a line of the center's own called, as the center's own phone raises it."""
    return Signal(
        channel=Channel.DATA,
        received_at=now_us,
        phone=number,
        id=AlertId("c1"),
        test=True,
        check=Check.CALL,
        proof=Assurance.DEVICE,
        key=journal.transact(lambda tx: know(tx, b"point", number)),
    )


def forget() -> None:
    """As before the first look."""
    FOUND.clear()
    STUCK.clear()
    ENDED.clear()
