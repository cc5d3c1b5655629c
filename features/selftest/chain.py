"""Test of the whole chain: raises a check as the center's own phone, and follows it to its end."""

from __future__ import annotations

import sys
import time
from typing import Final

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from features.selftest import line_trials, own_phone
from features.selftest.own_phone import know
from messages.events import LegReleasing
from messages.ids import Check, Instant
from messages.journal import Recorded
from messages.proofs import ProofWhy, Shown, StepResult
from messages.trials import PROOF
from model.alert.reasons import ReleaseReason
from model.rules.checking import Link, chain_of
from store import streams

LOOK_AGAIN_S: Final = 0.25
WITHIN_S: Final = 100.0
_WHY: Final = {
    Link.RECEIVED: ProofWhy.NOT_RECEIVED,
    Link.OPENED: ProofWhy.NO_ANSWER,
    Link.DIALLED: ProofWhy.LINE_DOWN,
    Link.RANG: ProofWhy.NOT_CALLED,
    Link.ANSWERED: ProofWhy.NOT_CALLED,
    Link.JOINED: ProofWhy.NO_PORT,
    Link.HEARD: ProofWhy.MUTE,
    Link.CLOSED: ProofWhy.TOO_SLOW,
}
"""Reason by the first broken link."""


def chain(state: StateDir) -> Shown:
    """Raise a check and return how far it came; with a call if a line of the center is ready to answer."""
    order = next((one for one in line_trials.ordered(state.run) if one.answers and one.by == PROOF), None)
    number = None if order is None else order.number
    with journal_of(state) as journal:
        point = own_phone.point(state.path)
        device = journal.transact(lambda tx: know(tx, point, number))
        check = Check.ARRIVAL if order is None else Check.CALL
        now_us = Instant(time.time_ns() // 1000)
        try:
            alert = own_phone.raise_check(state.path, device, check, now_us=now_us)
        except own_phone.NotRaised as error:
            print(error, file=sys.stderr)
            if error.is_put_off:
                return Shown(result=StepResult.GAVE_WAY)
            return Shown(result=StepResult.FAILED, why=ProofWhy.NOT_RECEIVED)
        until_s = time.monotonic() + WITHIN_S
        while True:
            recorded = journal.read_streams(streams.inbox(alert), streams.case(alert))
            found = chain_of(recorded)
            if (found is not None and found.over) or time.monotonic() > until_s:
                return shown(recorded)
            time.sleep(LOOK_AGAIN_S)


def shown(recorded: list[Recorded]) -> Shown:
    """Evaluate the check's events."""
    found = chain_of(recorded)
    if found is None:
        return Shown(result=StepResult.FAILED, why=ProofWhy.NOT_RECEIVED)
    figures = {f"{link}_s": after_s for link, after_s in found.after_s.items() if link is not Link.RECEIVED}
    broken = found.broken_at
    if broken is None:
        return Shown(result=StepResult.OK, figures=figures)
    if any(_gives_way(one) for one in recorded):
        return Shown(result=StepResult.GAVE_WAY, figures=figures)
    return Shown(result=StepResult.FAILED, why=_WHY[broken], figures=figures)


def _gives_way(one: Recorded) -> bool:
    return isinstance(one.event, LegReleasing) and one.event.reason == ReleaseReason.PREEMPTED
