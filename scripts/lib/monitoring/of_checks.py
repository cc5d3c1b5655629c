"""The page of all checks with their askers and remedies, generated from their rows."""

from __future__ import annotations

from typing import Final

from center.checks.table import every
from model.checks import CheckRow, CheckUser, Cost

_HEADS: Final = {
    CheckUser.DOCTOR: "`securwoman doctor`",
    CheckUser.READY: "`GET /readyz`",
    CheckUser.HEARTBEAT: "A heartbeat",
    CheckUser.START: "The first run",
    CheckUser.NIGHT: "The night's proof",
    CheckUser.WATCHER: "`securwoman watch --check`, on the watcher's machine",
}
"""Headings by asker. The checks of the lines page are a part of the checks of `doctor`."""
_COSTS: Final = {
    Cost.MEMORY: "nothing: it is known",
    Cost.FILES: "milliseconds: some files, the kernel, a read of the journal",
    Cost.WORK: "up to seconds: a disk that is flushed, a server that answers",
    Cost.WHOLE: "minutes and more, or a call",
}


def page() -> str:
    """Return the page in Markdown."""
    costs = "; ".join(f"*{cost}* {text}" for cost, text in _COSTS.items())
    parts = [
        "# Checks\n\nWhat is looked at to tell whether the center is well, and what to do where it is not. "
        "Written by `scripts/monitoring` from the rows of the checks\n([why](../decisions/0151-one-row-for-"
        f"each-thing.md)). What a look costs: {costs}.\n"
    ]
    rows = every()
    for asker, head in _HEADS.items():
        told = [_line(row, asker) for row in rows if asker in row.asked]
        table = "\n".join(("| check | what is looked at | cost | to do |", "|---|---|---|---|", *told))
        parts.append(f"## {head}\n\n{table}\n")
    return "\n".join(parts)


def _line(row: CheckRow, asker: CheckUser) -> str:
    others = (
        "; asked by the page of lines, too"
        if CheckUser.LINES in row.asked and asker is CheckUser.DOCTOR
        else ""
    )
    return f"| {row.name} | {row.at.en}{others} | {row.cost} | {row.do.en} |"
