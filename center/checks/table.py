"""Table of all checks: of the doctor, in the order of its report, and of the other askers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from application.checks import CenterCheck, CheckContext
from application.errors import CenterError
from application.settings.in_use import settings_in_use
from application.state.state_dir import StateDir, running
from center.checks import (
    at_rest,
    capacity,
    journal,
    lines,
    listeners,
    machine,
    nodes,
    obstacles,
    psap,
    sound,
    web,
)
from center.checks import (
    running as run,
)
from messages.rows import UNSAID, Sentence
from model.checks import CheckRow, CheckUser, Finding, Severity, fail, run_check
from model.feature import installed, load_object

KERNEL: Final[tuple[CenterCheck, ...]] = (
    *machine.STATE,
    *at_rest.CHECKS,
    *journal.CHECKS,
    *nodes.CHECKS,
    *machine.CHECKS,
    *capacity.CHECKS,
    *lines.ENOUGH,
    *psap.CHECKS,
    *sound.RECORDED,
    *sound.SAID,
    *web.CHECKS,
    *lines.MODEMS,
    *obstacles.CHECKS,
    *lines.VOICES,
    *run.CENTER,
    *listeners.CHECKS,
    *machine.MEMORY_KEPT,
    *lines.RUNNING,
    *run.CHECKS,
)
_WORST_FIRST: Final = tuple(reversed(Severity))


def center_checks() -> tuple[CenterCheck, ...]:
    """Return the kernel's checks, then those of the features, in the order of the doctor's report."""
    return (*KERNEL, *(row for row in _of_features() if isinstance(row, CenterCheck)))


def _of_features() -> Iterator[CheckRow]:
    for feature in installed():
        for where in feature.checks:
            yield from load_object(where)


def found(around: CheckContext) -> Iterator[Finding]:
    """Run the doctor's checks and yield their findings."""
    for check in center_checks():
        if CheckUser.DOCTOR in check.asked and all(around.has(want) for want in check.wants):
            yield from run_check(check.name, partial(check.look, around))


def of_lines(state: StateDir) -> list[tuple[Finding, Sentence]]:
    """Return the findings on lines and modems with their remedies, the worst first. Opens no port."""
    try:
        settings = settings_in_use(state)
    except CenterError as error:
        return [(fail("settings", str(error)), UNSAID)]
    around = CheckContext(state=state, node=running(state), known=settings, simulated=False)
    asked = [check for check in center_checks() if CheckUser.LINES in check.asked]
    told = [
        (one, UNSAID if one.verdict is Severity.OK else check.do)
        for check in asked
        for one in run_check(check.name, partial(check.look, around))
    ]
    return sorted(told, key=lambda one: _WORST_FIRST.index(one[0].verdict))


def every() -> tuple[CheckRow, ...]:
    """Return the rows of all askers."""
    from gateways.http.routes import health
    from model import first_run

    return (
        *KERNEL,
        *_of_features(),
        *(row for feature in installed() for where in feature.own_checks for row in load_object(where)),
        *health.CHECKS,
        *first_run.NEEDS,
    )
