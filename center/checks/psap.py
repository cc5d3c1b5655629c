"""Checks of 112: the switches, and the numbers by area; and of the numbers dialled automatically."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, check_row
from application.errors import CenterError
from application.settings.areas import outline_of
from application.settings.check import is_short
from application.state.state_dir import StateDir
from messages.ids import E164
from messages.rows import Sentence
from model.checks import Finding, fail, ok, warn
from model.settings import Settings
from model.settings.psap import LastResort


def psap(settings: Settings, *, simulated: bool) -> Iterator[Finding]:
    """Report `psap.live` and the emergency trunk, both needed to dial the real 112, and the last resort."""
    number, live = settings.psap.number, settings.psap.live
    emergency = [trunk.name for trunk in settings.trunk if trunk.emergency]
    resort = ", last resort: PUBLIC lines" if settings.psap.last_resort is LastResort.PUBLIC else ""
    switches = (
        f"psap.live is {'ON' if live else 'off'}, emergency trunk: {', '.join(emergency) or 'none'}{resort}"
    )
    if simulated:
        yield ok("psap", f"{switches}; simulated: {number} is called for 112")
    elif live:
        yield ok("psap", f"{switches}: calls to {number} are REAL")
    elif is_short(number):
        yield warn(
            "psap",
            f"{switches}: a call to {number} will be refused by the dial guard: set psap.live and "
            "emergency = true of a trunk",
        )
    else:
        yield ok("psap", f"{switches}: {number} is called for 112")
    if not simulated and not settings.psap.test_number:
        yield warn("psap", "psap.test_number is empty: tests and drills end before 112")


def routes(settings: Settings) -> Iterator[Finding]:
    """Check each `[[psap.route]]`."""
    for route in settings.psap.route:
        what = f"{route.area} calls {route.number}"
        try:
            drawn = outline_of(Path(route.area_file))
        except ValueError as error:
            yield fail("psap", f"{what}: {error}")
            continue
        box = f"{drawn.south:.3f} to {drawn.north:.3f} north, {drawn.west:.3f} to {drawn.east:.3f} east"
        yield ok("psap", f"{what}: {len(drawn.rings)} outlines of {drawn.corners} corners, {box}")
    if settings.psap.route:
        yield ok("psap", f"elsewhere, or if the user's position is unknown: {settings.psap.number}")


_WHY: Final = {
    "emergency": "the number is an emergency number",
    "psap": "the number is called for 112",
    "own_line": "the number is one of the center's own lines",
    "operator": "the number is an operator's",
    "kind": "[dialling] does not allow its kind",
    "country": "[dialling] does not allow its country",
}


def dialling(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Report the numbers that may be dialled automatically, and check that `drill.phone` is such a number."""
    from model.rules.calls.withheld_numbers import why_not_dialled

    table = settings.dialling
    where = ", ".join(dict.fromkeys((settings.region, *table.countries)))
    text = f"{', '.join(table.kinds)} numbers of {where}; of one range abroad {table.per_hour} an hour"
    if "premium" in table.kinds:
        yield warn(
            "dialling",
            f"{text}: any holder of the app key could have premium numbers called; restrict dialling.kinds",
        )
    else:
        yield ok("dialling", text)
    if not settings.drill.phone:
        return
    own = [line.number for line in settings.lines if line.number]
    why = why_not_dialled(E164(settings.drill.phone), settings, own=own, staff=_staff(state), others=0)
    if why is not None:
        yield fail("dialling", f"drill.phone {settings.drill.phone} is not called: {_WHY[why]}")


def _staff(state: StateDir) -> list[E164]:
    """Return the operators' numbers; empty before the first start."""
    from application.state.journals import journal_of
    from store.registry.registry import Registry

    try:
        with journal_of(state) as journal:
            return [one.phone for one in Registry(journal).operators()]
    except CenterError:
        return []


CHECKS: Final = (
    check_row(
        "psap",
        Sentence(
            "The switches that permit calls to 112",
            "Gli interruttori senza i quali non si chiama il 112",
        ),
        Sentence("Set the switches by docs/operations/psap.md", "Vedi docs/operations/psap.md"),
        lambda around: psap(around.settings, simulated=around.simulated),
        CheckCondition.SETTINGS,
    ),
    check_row(
        "psap",
        Sentence(
            "Outline of each area that has its own number",
            "Il contorno di ogni zona con un numero proprio",
        ),
        Sentence("Correct area_file", "Correggere area_file"),
        lambda around: routes(around.settings),
        CheckCondition.SETTINGS,
    ),
    check_row(
        "dialling",
        Sentence("Numbers that the center dials automatically", "Quali numeri il centro chiama da sé"),
        Sentence("Correct [dialling] and drill.phone", "Correggere [dialling] e drill.phone"),
        lambda around: dialling(around.state, around.settings),
        CheckCondition.SETTINGS,
    ),
)
