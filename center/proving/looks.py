"""The looks: the machine’s clock, certificate and disk; journal, audit and backup read as a whole.

Each says what it has found; what went wrong in looking goes to stderr, which the Prover keeps in `logs/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from application.state.state_dir import StateDir
from center.checks import journal, machine, web
from center.proving.chain import chain
from messages.proofs import ProofStep, Shown
from model.feature import installed, named

LOOKS: Final[Mapping[ProofStep, Callable[[StateDir], Shown]]] = {
    **machine.NIGHT,
    **web.NIGHT,
    **journal.NIGHT,
    ProofStep.CHAIN: chain,
}


def look_of(step: ProofStep) -> Callable[[StateDir], Shown] | None:
    """The center's own, or a feature's; None where nobody looks here."""
    of_features = {one: where for feature in installed() for one, where in feature.proofs.items()}
    return named(of_features[step]) if step in of_features else LOOKS.get(step)
