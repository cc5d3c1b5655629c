"""`docs/chaos.md` from the results of a matrix: what was done, what must hold, what came of it, how fast."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

from messages.ids import Role
from tests.chaos.harness.cell import Result
from tests.chaos.harness.flows import FLOWS
from tests.chaos.harness.judge import RULES_TOLD
from tests.chaos.harness.strikes import LINE_KINDS, PROCESS_KINDS, ROLES, Kind

PAGE = Path(__file__).resolve().parents[3] / "docs" / "chaos.md"
NODES = "## Several nodes"
"""The last part of the page, which `scripts/chaos/nodes` writes."""
LETTERS = {Kind.KILL: "K", Kind.STOP: "S", Kind.UNPLUG: "U", Kind.GARBLE: "G", Kind.MUTE: "M"}


def mark(results: Sequence[Result]) -> str:
    """One cell of the table: a letter for each kind; `~` behind it: late; small with `!`: wrong."""
    said = ""
    for result in sorted(results, key=lambda one: list(Kind).index(one.cell.strikes[0].kind)):
        letter = LETTERS[result.cell.strikes[0].kind]
        said += letter if result.right else f"{letter}~" if result.late else f"**{letter.lower()}!**"
    return said or "–"


def summary(results: Sequence[Result]) -> str:
    """How many were right, late and wrong."""
    right, late = sum(one.right for one in results), sum(one.late for one in results)
    wrong = len(results) - right - late
    return f"{right} of {len(results)} right, {late} right but a successor came late, {wrong} wrong"


def tables(results: Sequence[Result]) -> Iterable[str]:
    """A table for each flow: who was struck × at which step."""
    for flow in FLOWS.values():
        mine = [one for one in results if one.cell.flow == flow.name]
        if not mine:
            continue
        numbered = ", ".join(f"{n} {step}" for n, step in enumerate(flow.places, 1))
        yield f"### {flow.name}: {summary(mine)}\n\n{flow.told} Steps: {numbered}.\n"
        columns = range(1, len(flow.places) + 1)
        yield f"| struck | {' | '.join(map(str, columns))} |\n|---|{'---|' * len(columns)}"
        for role in ROLES:
            row = [one for one in mine if one.cell.strikes[0].role is role]
            if row:
                cells = (mark([one for one in row if one.cell.step == step]) for step in flow.places)
                yield f"| {role} | {' | '.join(cells)} |"
        yield ""


def quantile(values: Sequence[float], part: float) -> float:
    """Of values in order."""
    return values[min(len(values) - 1, int(part * len(values)))]


def times(results: Sequence[Result]) -> Iterable[str]:
    """How soon somebody stood in each one's place, by role and kind."""
    yield "| successor of | struck by | p50 | p99 | longest | how many |\n|---|---|---|---|---|---|"
    for role in ROLES:
        for kind in PROCESS_KINDS:
            took = sorted(
                seconds
                for one in results
                for name, seconds in one.recovered_s.items()
                if name.split()[:2] == [str(kind), str(role)]
            )
            if took:
                shown = " | ".join(f"{value * 1000:.0f} ms" for value in (
                    quantile(took, 0.5), quantile(took, 0.99), took[-1]))  # fmt: skip
                yield f"| {role} | {kind} | {shown} | {len(took)} |"


def silences(results: Sequence[Result]) -> Iterable[str]:
    """The longest gap in what the user heard who was in a conversation when it was struck."""
    yield "| struck | by | p50 | longest |\n|---|---|---|---|"
    talking = ("joined", "talking", "conference", "leave_ordered")
    for role in ROLES:
        for kind in (*PROCESS_KINDS, *LINE_KINDS):
            took = sorted(
                one.silence_s
                for one in results
                for strike in one.cell.strikes
                if (strike.role, strike.kind) == (role, kind) and one.cell.step in talking
            )
            if took and took[-1] > 0.1:
                yield f"| {role} | {kind} | {quantile(took, 0.5) * 1000:.0f} ms | {took[-1] * 1000:.0f} ms |"


def page(results: Sequence[Result], command: str, on: datetime.date, again: int = 0) -> str:
    """The whole of it. `again`: how many were run again, after what an earlier run had found was mended."""
    wrong = [one for one in results if not one.right]
    repeated = (
        f"\n{again} of them were run again when what they had found was mended (`--after`)." if again else ""
    )
    rules = "\n".join(f"- **{name}**: {told}" for name, told in RULES_TOLD.items())
    failures = "\n".join(f"- `{one.cell.command}`: {'; '.join(map(str, one.violations))}" for one in wrong)
    return f"""# Chaos

{summary(results)}, on {on.isoformat()}, by `{command}`.{repeated}

A whole center with real processes and the simulated carrier takes one alert after another. At one step of
each, somebody is struck, up to 0.15 s after the step was seen, as the seed says: killed (SIGKILL) or frozen
(SIGSTOP, and never told to go on); a modem is unplugged for a while, garbled or muted. Where a role has
several processes, those that are busy with the alert are struck together: all its legs, all its lines. The
node is started again by the harness, as a service manager does: after a kill at once, after a freeze when it
has given no sign of life. The operator repeats an order that nobody has answered, the app its packet. The end
is judged from outside: by the journal, by the carrier's list of calls, by what the phones have heard.

## What must hold

{rules}

A call's end is explained by the carrier's word on who ended it. One that a line of ours has ended needs our
decision in the journal, and that a reason from outside: an order, a phone that hung up, an attempt that
nobody had answered.

## Who was struck, at which step

{", ".join(f"{letter} {kind}" for kind, letter in LETTERS.items())}; `~`: a successor came
late; small with `!`: wrong.

{chr(10).join(tables(results))}
## How soon somebody stood in the place

From the signal until the successor was ready: a web when it answered, an admin or node when all its actors
were.

{chr(10).join(times(results))}

## What the user did not hear

The longest silence in her call, where somebody was struck while she was talking and it was more than 100 ms.

{chr(10).join(silences(results))}

## What was wrong

{failures or "Nothing."}
"""


def nodes_of(text: str) -> str:
    """What such a page tells of several nodes, with the heading; empty where it tells nothing."""
    _, heading, told = text.partition(f"\n{NODES}\n")
    return f"\n{NODES}\n{told}" if heading else ""


def roles_of(text: str) -> set[Role]:
    """Who is in the tables of such a page."""
    first = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")}
    return {role for role in Role if str(role) in first}
