"""The part of `docs/chaos.md` that tells of several nodes, from the results of a matrix. Pure."""

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
    "owner": "who has the alert",
    "112's": "who has the line to 112",
    "third": "the other one",
}
assert WHO_TOLD.keys() == set(WHO)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a cell."""

    cell: Cell
    wrong: tuple[Violation, ...]
    taken_after_s: float | None
    """How soon another node had the alert, where the struck one had it."""


def mark(results: Iterable[Result]) -> str:
    """A letter for each blow; small with `!`: wrong."""
    order = sorted(results, key=lambda one: list(Blow).index(one.cell.blow))
    said = (
        LETTERS[one.cell.blow] if not one.wrong else f"**{LETTERS[one.cell.blow].lower()}!**" for one in order
    )
    return "".join(said) or "–"


def table(results: Sequence[Result]) -> Iterable[str]:
    """Who was struck × at which step."""
    columns = range(1, len(MAIN.places) + 1)
    yield f"| struck | {' | '.join(map(str, columns))} |\n|---|{'---|' * len(columns)}"
    for who in WHO:
        mine = [one for one in results if one.cell.who == who]
        if mine:
            cells = (mark(one for one in mine if one.cell.step == step) for step in MAIN.places)
            yield f"| {WHO_TOLD[who]} | {' | '.join(cells)} |"


def taken(results: Sequence[Result]) -> Iterable[str]:
    """How soon another one had the alert of the struck node, by blow."""
    yield "| what was done | p50 | longest | how many |\n|---|---|---|---|"
    for blow in Blow:
        took = sorted(
            one.taken_after_s for one in results if one.cell.blow is blow and one.taken_after_s is not None
        )
        if took:
            yield f"| {blow} | {quantile(took, 0.5):.2f} s | {took[-1]:.2f} s | {len(took)} |"


def summary(results: Sequence[Result]) -> str:
    """How many were right."""
    return f"{sum(not one.wrong for one in results)} of {len(results)} right"


def section(results: Sequence[Result], command: str, on: datetime.date) -> str:
    """All of it, with its heading."""
    rules = "\n".join(f"- **{name}**: {told}" for name, told in RULES_TOLD.items())
    failures = "\n".join(
        f"- {one.cell.name}: {'; '.join(map(str, one.wrong))}" for one in results if one.wrong
    )
    numbered = ", ".join(f"{n} {step}" for n, step in enumerate(MAIN.places, 1))
    return f"""{NODES}

{summary(results)}, on {on.isoformat()}, by `{command}`.

Three nodes, each in a network namespace of its own as on a machine of its own, on one PostgreSQL and one
simulated carrier. The app's packet goes to the first, the user's line is there, 112's on another, and the
operator's console is at the third. At one step of `main` a node is struck. L: it loses its power, that is
every process and all its modems' calls, and is started again when the alert is over. K: its processes alone
are killed; F: they are frozen; C: its cable is pulled. After K, F and C its modems hold their calls, and it
is back as it was after some seconds, in the middle of the alert. App and operator turn to the next node when
one does not answer. What must hold is what is said above of one center, over all nodes, and more. A call that
was given up with its node and taken back is one call; one that found user or operator busy with another of
ours is none. 112 has three call-takers: of two calls to it the one that was let go is none.

{rules}

Steps: {numbered}.

{chr(10).join(table(results))}

How soon another node had the alert of the struck one, on a machine that did much else (how soon when quiet:
`scripts/bench/takeover`):

{chr(10).join(taken(results))}

What was wrong:{" nothing." if not failures else f"{chr(10)}{chr(10)}{failures}"}
"""
