"""The part of `docs/chaos.md` about several nodes, from the results of a matrix. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.chaos.harness.flows import MAIN
from tests.chaos.harness.judge import Violation
from tests.chaos.harness.report import NODES, quantile
from tests.nodes.blows import WHO, Blow, Cell
from tests.nodes.judge import RULES_TOLD

LETTERS = {Blow.LOSE: "L", Blow.KILL: "K", Blow.FREEZE: "F", Blow.CUT: "C"}
WHO_TOLD = {
    "owner": "owner of the alert",
    "112's": "owner of the line to 112",
    "third": "third node",
}
assert WHO_TOLD.keys() == set(WHO)


@dataclass(frozen=True, kw_only=True)
class Result:
    """Result of a cell."""

    cell: Cell
    wrong: tuple[Violation, ...]
    taken_after_s: float | None
    """Time until another node had the alert, if the struck node had it."""


def mark(results: Iterable[Result]) -> str:
    """Return a letter for each blow; in lower case with `!`: wrong."""
    order = sorted(results, key=lambda one: list(Blow).index(one.cell.blow))
    said = (
        LETTERS[one.cell.blow] if not one.wrong else f"**{LETTERS[one.cell.blow].lower()}!**" for one in order
    )
    return "".join(said) or "–"


def table(results: Sequence[Result]) -> Iterable[str]:
    """Yield the table of results, node by step."""
    columns = range(1, len(MAIN.places) + 1)
    yield f"| node | {' | '.join(map(str, columns))} |\n|---|{'---|' * len(columns)}"
    for who in WHO:
        mine = [one for one in results if one.cell.who == who]
        if mine:
            cells = (mark(one for one in mine if one.cell.step == step) for step in MAIN.places)
            yield f"| {WHO_TOLD[who]} | {' | '.join(cells)} |"


def taken(results: Sequence[Result]) -> Iterable[str]:
    """Yield the table of the time until another node had the alert, by blow."""
    yield "| fault | p50 | longest | cases |\n|---|---|---|---|"
    for blow in Blow:
        took = sorted(
            one.taken_after_s for one in results if one.cell.blow is blow and one.taken_after_s is not None
        )
        if took:
            yield f"| {blow} | {quantile(took, 0.5):.2f} s | {took[-1]:.2f} s | {len(took)} |"


def summary(results: Sequence[Result]) -> str:
    """Return the number of right results."""
    return f"{sum(not one.wrong for one in results)} of {len(results)} right"


def section(results: Sequence[Result], command: str, on: datetime.date) -> str:
    """Return the whole section, with its heading."""
    rules = "\n".join(f"- **{name}**: {told}" for name, told in RULES_TOLD.items())
    failures = "\n".join(
        f"- {one.cell.name}: {'; '.join(map(str, one.wrong))}" for one in results if one.wrong
    )
    numbered = ", ".join(f"{n} {step}" for n, step in enumerate(MAIN.places, 1))
    return f"""{NODES}

{summary(results)}, on {on.isoformat()}, by `{command}`.

Three nodes run on one PostgreSQL and one simulated carrier, each in its own network namespace as on its own
machine. The app's packet goes to the first node, which has the user's line; 112's line is on another node,
and the operator's console on the third. A node is struck at one step of `main`. L: the node loses its power,
that is, every process and all its modems' calls, and restarts after the alert. K: its processes alone are
killed. F: its processes are frozen. C: its cable is pulled. After K, F and C its modems hold their calls,
and the node returns after some seconds, during the alert. App and operator use the next node if a node does
not answer. The rules for one center hold over all nodes, and the rules below. A call that was given up with
its node and taken back counts as one call; a call that found user or operator busy with another call of the
center counts as none. 112 has three call-takers: of two calls to 112 the abandoned one does not count.

{rules}

Steps: {numbered}.

{chr(10).join(table(results))}

Time until another node had the alert of the struck node, on a busy machine (`scripts/bench/takeover` measures
it on an idle one):

{chr(10).join(taken(results))}

Failures:{" none." if not failures else f"{chr(10)}{chr(10)}{failures}"}
"""
