"""The command line of `scripts/chaos/run`, which says in its own text what there is."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from messages.ids import Role
from tests.chaos.harness.cell import Cell, History, Run, Strike
from tests.chaos.harness.flows import FLOWS
from tests.chaos.harness.served import served
from tests.chaos.harness.strikes import Kind


def strike_of(text: str) -> Strike:
    """`ROLE:KIND` or `ROLE:KIND@SECONDS` (so long after the first strike)."""
    whom, _, after = text.partition("@")
    role, _, kind = whom.partition(":")
    return Strike(role=Role(role), kind=Kind(kind or "kill"), after_s=float(after) if after else None)


def one(given: argparse.Namespace) -> int:
    """One cell, some times, in one centre."""
    cell = Cell(flow=given.flow, step=given.step, strikes=tuple(given.strike), seed=given.seed)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="securwoman-chaos-") as folder, served(Path(folder)) as center:
        history = History()
        for _ in range(given.times):
            result = Run(center, cell, history).go()
            wrong += not result.right
            said = "right" if result.right else "WRONG"
            print(f"{said} in {result.took_s} s, silence {result.silence_s} s, {result.recovered_s}")
            for violation in result.violations:
                print(f"  {violation}")
            if result.story:
                print(result.story, file=sys.stderr)
    return 1 if wrong else 0


def main(arguments: list[str]) -> int:
    """The exit status: 0 where all was right."""
    parser = argparse.ArgumentParser(prog="scripts/chaos/run")
    commands = parser.add_subparsers(required=True)
    single = commands.add_parser("one", help="one flow, struck at one step")
    single.add_argument("--flow", choices=FLOWS, default="main")
    single.add_argument("--step", default="")
    single.add_argument("--strike", type=strike_of, action="append", default=[])
    single.add_argument("--seed", type=int, default=0)
    single.add_argument("--times", type=int, default=1)
    single.set_defaults(run=one)
    given = parser.parse_args(arguments)
    status: int = given.run(given)
    return status
