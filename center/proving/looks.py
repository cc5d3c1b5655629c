"""The looks: the machine’s clock, certificate and disk; journal, audit and backup read as a whole.

Each says what it has found; what went wrong in looking goes to stderr, which the Prover keeps in `logs/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from application.state.state_dir import StateDir
from center.checks.backup import prove_backup
from center.checks.journal import prove_audit, prove_journal
from center.checks.machine import prove_clock, prove_disk
from center.checks.web import prove_certificate
from center.proving.chain import chain
from messages.proofs import ProofStep, Shown

LOOKS: Final[Mapping[ProofStep, Callable[[StateDir], Shown]]] = {
    ProofStep.CLOCK: prove_clock,
    ProofStep.CERTIFICATE: prove_certificate,
    ProofStep.DISK: prove_disk,
    ProofStep.AUDIT: prove_audit,
    ProofStep.JOURNAL: prove_journal,
    ProofStep.BACKUP: prove_backup,
    ProofStep.CHAIN: chain,
}
