"""The looks: the machine’s clock, certificate and disk; journal, audit and backup read as a whole.

Each says what it has found; what went wrong in looking goes to stderr, which the Prover keeps in `logs/`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from application.errors import CenterError, NotFound
from application.settings.in_use import settings_in_use
from application.state.journals import journal_of
from application.state.state_dir import NodeFile, StateDir, read_json
from center.proving.chain import chain
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from model.proof.bounds import CLOCK_STEP_S, LEAST_DAYS_OF_CERTIFICATE, OLDEST_BACKUP_S
from store.errors import StoreError


def clock(state: StateDir) -> Shown:
    """Whether the machine's clock follows a time server, and has not been moved under the center."""
    from runtime.wall_clock import ahead_us, synchronised

    node = read_json(state.node_file, NodeFile)
    moved_s = 0.0 if node is None else ahead_us(node.anchor_us) / 1e6
    figures = {"moved_s": round(moved_s, 3)}
    follows = synchronised()
    if follows is False or abs(moved_s) > CLOCK_STEP_S:
        return Shown(result=StepResult.FAILED, why=ProofWhy.CLOCK_OFF, figures=figures)
    if follows is None:
        return Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NO_ANSWER, figures=figures)
    return Shown(result=StepResult.OK, figures=figures)


def certificate(state: StateDir) -> Shown:
    """How many days the web's certificate is good for. TLS may be a proxy's."""
    from center.certificates import read

    file = settings_in_use(state).http.certificate
    if not file:
        return Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NOT_SET)
    served = state.served if state.served.is_file() else Path(file)
    days = read(served.read_bytes()).days_left
    good = days >= LEAST_DAYS_OF_CERTIFICATE
    return Shown(
        result=StepResult.OK if good else StepResult.FAILED,
        why=ProofWhy.NONE if good else ProofWhy.EXPIRES,
        figures={"days": float(days)},
    )


def disk(state: StateDir) -> Shown:
    """How much is free where the state directory is; what that means the proofs before tell."""
    found = os.statvfs(state.path)
    size, free = found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize
    figures = {"free_bytes": float(free), "size_bytes": float(size)}
    if found.f_flag & os.ST_RDONLY or not free or (found.f_files and not found.f_favail):
        return Shown(result=StepResult.FAILED, why=ProofWhy.DISK, figures=figures)
    return Shown(result=StepResult.OK, figures=figures)


def journal(state: StateDir) -> Shown:
    """Whether what is on the disk is whole, from the first event to the last."""
    from store.journal.verify import verify

    begun = time.monotonic()
    with journal_of(state, disk=True) as opened:
        found = verify(opened)
    seconds = time.monotonic() - begun
    return _sound(found.problems, bool(found.problems), events=found.events, seconds=seconds)


def audit(state: StateDir) -> Shown:
    """Whether this node's entries are as they were written."""
    from store.audit.trail import Trail
    from store.audit.verify import verify

    with journal_of(state) as opened:
        found = verify(opened, Trail(state.keys))
    # A head that is lost accuses nobody; the file with what was printed has it.
    return _sound(found.problems, found.altered, entries=sum(one.entries for one in found.chains))


def backup(state: StateDir) -> Shown:
    """Whether a center could be made of the last backup: it is, in a corner of the state directory."""
    from application.backup import age, restoring, signed
    from application.backup.parts import Wanted
    from application.backup.running import noted
    from runtime.published.backup_runs import Work

    wish = settings_in_use(state).backup
    if not wish.file or not wish.identity:
        return Shown(result=StepResult.LEFT_OUT, why=ProofWhy.NOT_SET)
    try:
        with noted(state, Work.CHECK):
            wanted = Wanted(
                file=Path(wish.file),
                identities=age.identities(Path(wish.identity)),
                keys=None,
                signed_by=signed.trusted(state),
            )
            report = restoring.check(state.path, wanted)
            restoring.note_check(state, report)
    except (CenterError, StoreError, OSError) as error:
        print(error, file=sys.stderr)
        whys: dict[type[Exception], ProofWhy] = {
            age.Damaged: ProofWhy.DAMAGED,
            signed.Foreign: ProofWhy.DAMAGED,
            NotFound: ProofWhy.MISSING,
        }
        return Shown(result=StepResult.FAILED, why=whys.get(type(error), ProofWhy.TROUBLE))
    figures = {"seconds": report.seconds, "age_s": float(report.age_s), "events": float(report.events)}
    if report.age_s > OLDEST_BACKUP_S:
        return Shown(result=StepResult.FAILED, why=ProofWhy.OLD, figures=figures)
    return Shown(result=StepResult.OK, figures=figures)


def _sound(problems: Sequence[object], damaged: bool, **figures: float) -> Shown:
    for one in problems:
        print(one, file=sys.stderr)
    rounded = {name: round(float(value), 1) for name, value in figures.items()}
    if damaged:
        return Shown(result=StepResult.FAILED, why=ProofWhy.DAMAGED, figures=rounded)
    return Shown(result=StepResult.OK, figures=rounded)


LOOKS: Final[Mapping[ProofStep, Callable[[StateDir], Shown]]] = {
    ProofStep.CLOCK: clock,
    ProofStep.CERTIFICATE: certificate,
    ProofStep.DISK: disk,
    ProofStep.AUDIT: audit,
    ProofStep.JOURNAL: journal,
    ProofStep.BACKUP: backup,
    ProofStep.CHAIN: chain,
}
