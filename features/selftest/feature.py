"""Rows that the package adds to the center."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from features.selftest.alarms import OF_PROOFS
from features.selftest.settings import SelfTestSettings, faults, simulated
from messages.ids import Role
from messages.proofs import ProofStep
from messages.rows import Sentence
from model.feature import ActorRow, Command, Feature

_MEASURED: Final = "what was measured of the center's own parts"

SELFTEST: Final = Feature(
    name="selftest",
    does=Sentence(
        "The center tries itself: the whole chain each night, lines by calls, drills",
        "Il centro si prova da sé: tutta la catena ogni notte, le linee con chiamate, le esercitazioni",
    ),
    actors=(
        ActorRow(role=Role.LINE_TEST, cls="features.selftest.line_test.actor.LineTestActor"),
        ActorRow(role=Role.SELF_TEST, cls="features.selftest.self_test.actor.SelfTestActor"),
    ),
    alarms=OF_PROOFS,
    own_checks=("features.selftest.steps:ROWS",),
    commands=(
        Command(
            words="proof run",
            does="Test the running center now; exit 1 if a step failed.",
            by="features.selftest.commands.proof:run",
            audit=_MEASURED,
        ),
        Command(
            words="proof last",
            does="Show the result of this node's last self-test; exit 1 if a step failed.",
            by="features.selftest.commands.proof:last",
            audit=_MEASURED,
        ),
        Command(
            words="drill",
            does="Run one test alert through real lines, end to end, never to a real PSAP.",
            by="features.selftest.commands.drill:drill",
            audit="a test, of the center's own phone",
        ),
    ),
    command_groups={"proof": "Run the self-test of the center, or show its last result."},
    metrics=("features.selftest.metrics:SelfTestMetrics",),
    pages=Path(__file__).parent / "pages",
    proofs={ProofStep.CHAIN: "features.selftest.chain:chain"},
    settings=(SelfTestSettings,),
    faults=faults,
    simulated=simulated,
    routes=(
        "features.selftest.routes.drill",
        "features.selftest.routes.proofs",
        "features.selftest.routes.line_trials",
    ),
)
