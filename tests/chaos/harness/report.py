"""`docs/chaos.md` from the results of a matrix: the strikes, the rules, the results, and the times."""

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
"""Heading of the last part of the page, which `scripts/chaos/nodes` writes."""
LETTERS = {Kind.KILL: "K", Kind.STOP: "S", Kind.UNPLUG: "U", Kind.GARBLE: "G", Kind.MUTE: "M"}


def mark(results: Sequence[Result]) -> str:
    """Return one cell of the table: a letter for each kind; with `~`: late; in lower case with `!`: wrong."""
    said = ""
    for result in sorted(results, key=lambda one: list(Kind).index(one.cell.strikes[0].kind)):
        letter = LETTERS[result.cell.strikes[0].kind]
        said += letter if result.right else f"{letter}~" if result.late else f"**{letter.lower()}!**"
    return said or "–"


def summary(results: Sequence[Result]) -> str:
    """Return the number of right, late and wrong results."""
    right, late = sum(one.right for one in results), sum(one.late for one in results)
    wrong = len(results) - right - late
    return f"{right} of {len(results)} right, {late} right with a late successor, {wrong} wrong"


def tables(results: Sequence[Result]) -> Iterable[str]:
    """Yield a table for each flow: role by step. Roles with the same results share a row."""
    for flow in FLOWS.values():
        mine = [one for one in results if one.cell.flow == flow.name]
        if not mine:
            continue
        numbered = ", ".join(f"{n} {step}" for n, step in enumerate(flow.places, 1))
        yield f"### {flow.name}: {summary(mine)}\n\n{flow.told} Steps: {numbered}.\n"
        columns = range(1, len(flow.places) + 1)
        yield f"| role | {' | '.join(map(str, columns))} |\n|---|{'---|' * len(columns)}"
        rows: dict[str, list[Role]] = {}
        for role in ROLES:
            row = [one for one in mine if one.cell.strikes[0].role is role]
            if row:
                cells = (mark([one for one in row if one.cell.step == step]) for step in flow.places)
                rows.setdefault(" | ".join(cells), []).append(role)
        yield from (f"| {', '.join(map(str, roles))} | {cells} |" for cells, roles in rows.items())
        yield ""


def quantile(values: Sequence[float], part: float) -> float:
    """Return a quantile of sorted values."""
    return values[min(len(values) - 1, int(part * len(values)))]


def times(results: Sequence[Result]) -> Iterable[str]:
    """Yield the table of the time until the successor was ready, by role and kind."""
    heads = " | ".join(f"{kind}: p50 | longest" for kind in PROCESS_KINDS)
    yield f"| role | {heads} | cases |\n|---|{'---|---|' * len(PROCESS_KINDS)}---|"
    for role in ROLES:
        by_kind = [
            sorted(
                seconds
                for one in results
                for name, seconds in one.recovered_s.items()
                if name.split()[:2] == [str(kind), str(role)]
            )
            for kind in PROCESS_KINDS
        ]
        if any(by_kind):
            shown = " | ".join(
                f"{quantile(took, 0.5) * 1000:.0f} ms | {took[-1] * 1000:.0f} ms" if took else "– | –"
                for took in by_kind
            )
            yield f"| {role} | {shown} | {sum(map(len, by_kind))} |"


def silences(results: Sequence[Result]) -> Iterable[str]:
    """Yield the table of the longest gaps in what a user heard who was in a conversation at the strike."""
    yield "| role | strike | p50 | longest |\n|---|---|---|---|"
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
    """Return the whole page. `again`: the number of results repeated after a correction (`--after`)."""
    wrong = [one for one in results if not one.right]
    repeated = f"\n{again} of them are from a second run, after a correction (`--after`)." if again else ""
    rules = "\n".join(f"- **{name}**: {told}" for name, told in RULES_TOLD.items())
    failures = "\n".join(f"- `{one.cell.command}`: {'; '.join(map(str, one.violations))}" for one in wrong)
    return f"""# Chaos

{summary(results)}, on {on.isoformat()}, by `{command}`.{repeated}

A whole center with real processes and the simulated carrier handles one alert after another. At one step of
each alert the harness strikes a process or a modem, up to 0.15 s after the step, by the seed. A process is
killed (SIGKILL) or frozen (SIGSTOP, without SIGCONT); a modem is unplugged for a while, garbled or muted. If
a role has several processes, all that serve the alert are struck together: all its legs, all its lines. The
harness restarts the node like a service manager: at once after a kill, and after a freeze when the node
gives no sign of life. The operator repeats an unanswered order, the app an unanswered packet. The result is
judged from outside: by the journal, by the carrier's list of calls, and by what the phones have heard.

## What must hold

{rules}

The carrier's list says which side ended a call. If a line of the center ended it, the journal must contain
the decision and its external cause: an order, a phone that hung up, an unanswered attempt.

## Results by role and step

{", ".join(f"{letter} {kind}" for kind, letter in LETTERS.items())}; `~`: a late successor; lower case: wrong.

{chr(10).join(tables(results))}
## Time until the successor was ready

From the signal until the successor was ready: a web process when it answered, an admin or node when all its
actors were ready.

{chr(10).join(times(results))}

## Silence in the user's call

The longest silence in the user's call, for strikes during a conversation and silences over 100 ms.

{chr(10).join(silences(results))}

## Failures

{failures or "None."}
"""


def nodes_of(text: str) -> str:
    """Return the part of such a page about several nodes, with the heading; empty if there is none."""
    _, heading, told = text.partition(f"\n{NODES}\n")
    return f"\n{NODES}\n{told}" if heading else ""


def roles_of(text: str) -> set[Role]:
    """Return the roles in the tables of such a page."""
    rows = (line.split("|")[1] for line in text.splitlines() if line.startswith("| "))
    names = {name.strip() for row in rows for name in row.split(",")}
    return {role for role in Role if str(role) in names}
