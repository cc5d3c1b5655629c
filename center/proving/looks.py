"""The looks: the machine’s clock, certificate and disk; journal, audit and backup read as a whole.

Each says what it has found; what went wrong in looking goes to stderr, which the Prover keeps in `logs/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from application.state.state_dir import StateDir
from center.checks import backup, journal, machine, web
from center.proving.chain import chain
from messages.proofs import ProofStep, Shown

LOOKS: Final[Mapping[ProofStep, Callable[[StateDir], Shown]]] = {
    **machine.NIGHT,
    **web.NIGHT,
    **journal.NIGHT,
    **backup.NIGHT,
    ProofStep.CHAIN: chain,
}
