"""The commands `proof run | last`: run the self-test now, giving way to alerts, and show results."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from application.auditing import account
from application.errors import CenterError, NotFound, NotRunning
from application.options import DEFAULT, Common
from application.state.journals import journal_of
from application.state.state_dir import running
from application.times import rfc3339
from messages.events import ProofOrdered, ProofStepEnded
from messages.ids import Instant, NodeId, OperatorId
from messages.proofs import ProofEnd, ProofItem, ProofStep, StepResult

if TYPE_CHECKING:
    from features.selftest.proving import ItemResult, SelfTestRun

LOOK_AGAIN_S: Final = 1.0
BEGINS_WITHIN_S: Final = 10.0


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a self-test, as `--json` prints it."""

    proof: str
    end: ProofEnd
    ok: bool
    steps: list[ProofStepEnded]


def run(
    *,
    step: Annotated[
        tuple[ProofStep, ...], Parameter(help="Run only this step; may be repeated; default: all steps.")
    ] = (),
    common: Common = DEFAULT,
) -> int:
    """Test the running center now; exit 1 if a step failed."""
    from features.selftest.store import proofs_of
    from store import streams
    from store.journal.following import Follower
    from store.journal.journal import Append

    node = running(common.directory)
    if node is None:
        raise NotRunning(str(common.directory))
    name = NodeId(node.node)
    with journal_of(common.directory) as journal:
        since = Instant(journal.now_us())
        follower = Follower(journal, journal.last_seq(), about=streams.proof(name))
        ordered = ProofOrdered(by=OperatorId(account()), steps=step)
        journal.append(Append(streams.proof(name), None, (ordered,)))
        told: set[ProofItem] = set()
        begins_s = time.monotonic() + BEGINS_WITHIN_S
        waits = False
        try:
            while True:
                found = [one for one in proofs_of(journal, name, since).proofs if one.by == ordered.by]
                if found:
                    told = _tell(common, found[0], told)
                    if found[0].why is not None:
                        return _end(common, found[0], found[0].why)
                elif time.monotonic() > begins_s and not waits:
                    waits = True
                    common.warn(
                        "the self-test waits: an alert is open, another self-test is running, or "
                        "the SelfTest does not run (see securwoman ps)"
                    )
                select.select([follower.fileno()], [], [], LOOK_AGAIN_S)
                follower.next_batch()
                if running(common.directory) is None:
                    raise CenterError("the center stopped during the self-test")
        except KeyboardInterrupt:
            stop = ProofOrdered(by=ordered.by, stop=True)
            journal.append(Append(streams.proof(name), None, (stop,)))
            raise
        finally:
            follower.close()


def last(*, common: Common = DEFAULT) -> int:
    """Show the result of this node's last self-test; exit 1 if a step failed."""
    from features.selftest.store import KEPT_US, proofs_of

    with journal_of(common.directory) as journal:
        found = proofs_of(journal, journal.node, Instant(journal.now_us() - KEPT_US)).proofs
    over = next((one for one in reversed(found) if one.why is not None), None)
    if over is None or over.why is None:
        raise NotFound("no self-test has run yet: start one with `proof run`")
    if not common.json:
        common.print_line(f"begun {rfc3339(over.begun_at)}")
        _tell(common, over, set())
    return _end(common, over, over.why)


def _tell(common: Common, one: SelfTestRun, told: set[ProofItem]) -> set[ProofItem]:
    """Print the steps ended since; a step that gave way is printed once it has ended."""
    new = [item for item in one.done if item not in told and not one.gave_way(item)]
    if not common.json:
        for item in new:
            common.print_line(f"  {_line(item, one.done[item])}")
    return told | set(new)


def _line(item: ProofItem, ended: ItemResult) -> str:
    shown = ended.shown
    what = f"{item.step:12} {item.subject:16} {shown.result}"
    figures = ", ".join(f"{name} {value:g}" for name, value in shown.figures.items())
    ways = ", ".join(
        f"{way.speaker}→{way.listener} {way.delay_ms} ms {way.level_db:+.1f} dB {way.lost_percent:.0f} %"
        if way.delay_ms is not None and way.level_db is not None and way.lost_percent is not None
        else f"{way.speaker}→{way.listener} nothing"
        for way in shown.ways
    )
    at_fault = f"at fault: {', '.join(shown.lines)}" if shown.lines else ""
    return "; ".join(filter(None, (what + (f" ({shown.why})" if shown.why else ""), at_fault, figures, ways)))


def _end(common: Common, one: SelfTestRun, why: ProofEnd) -> int:
    results = [ended.shown.result for ended in one.done.values()]
    ok = why is ProofEnd.DONE and StepResult.FAILED not in results
    if common.json:
        rows = [ended.shown for ended in one.done.values()]
        common.data(Proved(proof=one.proof, end=why, ok=ok, steps=rows))
    elif why is not ProofEnd.DONE:
        common.print_line(f"the self-test was not completed: {why}")
    else:
        bad = results.count(StepResult.FAILED)
        common.print_line(f"{bad} of {len(results)} FAILED" if bad else "all tests have passed")
    return 0 if ok else 1
