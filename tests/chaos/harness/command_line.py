"""The command line of `scripts/chaos/run`, which says in its own text what there is."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import msgspec

from messages.ids import Role
from tests.chaos.harness import worker
from tests.chaos.harness.cell import Cell, History, Result, Run, Strike
from tests.chaos.harness.flows import FLOWS
from tests.chaos.harness.matrix import matrix, pairs, run
from tests.chaos.harness.report import PAGE, nodes_of, page, silences, summary, tables, times
from tests.chaos.harness.sampling import growth, told
from tests.chaos.harness.served import served
from tests.chaos.harness.soak import Soak
from tests.chaos.harness.strikes import ROLES, Kind
from tests.chaos.harness.worker import sweep


def strike_of(text: str) -> Strike:
    """`ROLE:KIND`, with `/STEP` at another step, with `@SECONDS` so long after the first strike there."""
    whom, _, after = text.partition("@")
    whom, _, at = whom.partition("/")
    role, _, kind = whom.partition(":")
    return Strike(role=Role(role), kind=Kind(kind or "kill"), after_s=float(after) if after else None, at=at)


def one(given: argparse.Namespace) -> int:
    """One cell, some times, in one center."""
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


def many(given: argparse.Namespace, cells: list[Cell]) -> list[Result]:
    """All cells, told one by one; what is wrong with its reasons and the command that runs it again."""
    results: list[Result] = []
    begun_s = time.monotonic()
    out = given.out.open("ab") if given.out is not None else None
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)

    def heard(result: Result) -> None:
        results.append(result)
        story, result.story = result.story, ""
        if out is not None:
            out.write(msgspec.json.encode(result) + b"\n")
            out.flush()
        result.story = story
        place = f"{len(results)}/{len(cells)} {time.monotonic() - begun_s:.0f} s"
        if not result.right:
            print(f"{'late' if result.late else 'WRONG'} {place}: {result.cell.command}", flush=True)
            for violation in result.violations:
                print(f"    {violation}", flush=True)
        elif len(results) % 20 == 0:
            print(f"right {place}, {summary(results)}", flush=True)

    with tempfile.TemporaryDirectory(prefix="securwoman-chaos-") as folder:
        run(cells, folder=Path(folder), centers=given.centers, keep=given.keep, heard=heard)
    if out is not None:
        out.close()
    print(f"{summary(results)} in {time.monotonic() - begun_s:.0f} s", flush=True)
    return results


def whole_matrix(given: argparse.Namespace) -> int:
    """Every role at every step of every flow, or those that are named."""
    cells = matrix(
        flows=given.flow or FLOWS,
        roles=given.role or ROLES,
        kinds=given.kind or tuple(Kind),
        steps=given.step,
        seed=given.seed,
    )
    if given.sample:
        cells = cells[: given.sample]
    results, again = gone_on_with(given, cells)
    print("\n".join((*tables(results), *times(results), "", *silences(results))))
    if given.write:
        command = f"scripts/chaos/run matrix --centers {given.centers} --seed {given.seed}"
        today = datetime.datetime.now(datetime.UTC).date()
        PAGE.write_text(page(results, command, today, again) + nodes_of(PAGE.read_text()))
    return 0 if all(one.right for one in results) else 1


def gone_on_with(given: argparse.Namespace, cells: list[Cell]) -> tuple[list[Result], int]:
    """All cells' results, and how many of them were run again after an earlier run (`--after`)."""
    if given.after is None:
        return many(given, cells), 0
    before = right_before(given.after, cells)
    done = [one.cell for one in before]
    results = before + many(given, [cell for cell in cells if cell not in done])
    print(f"with what was right before: {summary(results)}", flush=True)
    return results, len(results) - len(before)


def right_before(file: Path, cells: list[Cell]) -> list[Result]:
    """What an earlier run, in its --out, has found right of these cells."""
    read = (msgspec.json.decode(line, type=Result) for line in file.read_bytes().splitlines())
    return [
        one for one in {one.cell.command: one for one in read}.values() if one.right and one.cell in cells
    ]


def random_pairs(given: argparse.Namespace) -> int:
    """Two at once, and again."""
    results, _ = gone_on_with(given, pairs(given.seed, given.count))
    print("\n".join(times(results)))
    return 0 if all(one.right for one in results) else 1


def keep_story(load: Soak, folder: Path) -> None:
    """The logs and the whole journal. Not `run/`: its ports are the modems'."""
    folder.mkdir(parents=True, exist_ok=True)
    state = load.served.center.state
    shutil.copytree(state.logs, folder / "logs", dirs_exist_ok=True)
    load.served.journal.checkpoint()
    shutil.copy(state.path / "journal.db", folder)


def long_load(given: argparse.Namespace) -> int:
    """Prints JSON; 1 where an alert ended wrongly or something has grown."""
    with tempfile.TemporaryDirectory(prefix="securwoman-soak-") as folder:
        load = Soak(Path(folder), rate=given.rate, minutes=given.minutes, seed=given.seed)
        try:
            load.prepare()
            load.run()
            unwell = load.served.unwell_after(30)
            if given.keep is not None and load.wrong:
                keep_story(load, given.keep)
        finally:
            load.served.stop()
            sweep(Path(folder))
    grown = growth(load.samples)
    right = not load.wrong and not unwell and not any(one["grown"] for one in grown.values())
    told_all = {
        "what": "soak",
        "machine": machine(),
        "settings": {"minutes": given.minutes, "rate_per_s": given.rate, "seed": given.seed},
        "right": right,
        "accepted": load.accepted,
        "ended": dict(load.closed),
        "wrong": {alert: [str(one) for one in what] for alert, what in load.wrong},
        "strikes": dict(sorted(load.strikes.items())),
        "growth": grown,
        "afterwards": unwell,
        "samples": told(load.samples),
    }
    print(json.dumps(told_all, indent=2))
    return 0 if right else 1


def machine() -> dict[str, object]:
    """On what this ran."""
    return {"cpus": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()}


def shared(parser: argparse.ArgumentParser) -> None:
    """What the commands that run many cells have in common."""
    parser.add_argument("--centers", type=int, default=4, help="centers side by side")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the stories and logs of what went wrong")
    parser.add_argument("--out", type=Path, help="a file for all results, a line of JSON each")
    parser.add_argument(
        "--after", type=Path, help="an earlier run's --out: what it found right is taken over"
    )


def leave(_signum: int, _frame: FrameType | None) -> None:
    """Whoever ends this has what it has started ended, too."""
    raise SystemExit(1)


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
    everything = commands.add_parser("matrix", help="every role at every step of every flow")
    everything.add_argument("--flow", choices=FLOWS, action="append", default=[])
    everything.add_argument("--step", action="append", default=[])
    everything.add_argument("--role", type=Role, action="append", default=[])
    everything.add_argument("--kind", type=Kind, action="append", default=[])
    everything.add_argument("--sample", type=int, default=0, help="only so many, drawn by the seed")
    everything.add_argument("--write", action="store_true", help="write docs/chaos.md")
    shared(everything)
    everything.set_defaults(run=whole_matrix)
    two = commands.add_parser("pairs", help="two roles in the same instant, and again during recovery")
    two.add_argument("--count", type=int, default=200)
    shared(two)
    two.set_defaults(run=random_pairs)
    load = commands.add_parser("soak", help="steady load for long, somebody struck every few seconds")
    load.add_argument("--minutes", type=float, default=30.0)
    load.add_argument("--rate", type=float, default=1.0, help="alerts a second")
    load.add_argument("--seed", type=int, default=0)
    load.add_argument("--keep", type=Path, help="a folder for journal and logs, where something is wrong")
    load.set_defaults(run=long_load)
    server = commands.add_parser("worker")
    server.add_argument("--folder", type=Path, required=True)
    server.add_argument("--keep", type=Path)
    server.set_defaults(run=lambda given: worker.main(given.folder, given.keep))
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, leave)
    status: int = given.run(given)
    return status
