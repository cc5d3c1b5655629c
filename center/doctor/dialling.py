"""The doctor's look at the numbers that are called by themselves (`[dialling]`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from application.errors import CenterError
from application.state.state_dir import StateDir
from messages.ids import E164
from model.checks import Finding, fail, ok, warn
from model.settings import Settings

_WHY: Final = {
    "emergency": "it is an emergency number",
    "psap": "it is called for 112",
    "own_line": "it is one of the center's own lines",
    "operator": "it is an operator's",
    "kind": "[dialling] does not allow its kind",
    "country": "[dialling] does not allow its country",
}


def dialling(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Which users are called by themselves, and whether a drill would be."""
    from model.rules.calls.withheld_numbers import withheld

    table = settings.dialling
    where = ", ".join(dict.fromkeys((settings.region, *table.countries)))
    text = f"{', '.join(table.kinds)} numbers of {where}; of one range abroad {table.per_hour} an hour"
    if "premium" in table.kinds:
        yield warn("dialling", f"{text}: whoever has the app's key can have premium numbers called")
    else:
        yield ok("dialling", text)
    if not settings.drill.phone:
        return
    own = [line.number for line in settings.lines if line.number]
    why = withheld(E164(settings.drill.phone), settings, own=own, staff=_staff(state), others=0)
    if why is not None:
        yield fail("dialling", f"drill.phone {settings.drill.phone} is not called: {_WHY[why]}")


def _staff(state: StateDir) -> list[E164]:
    """The operators' numbers; none before the first start."""
    from application.state.journals import journal_of
    from store.registry.registry import Registry

    try:
        with journal_of(state) as journal:
            return [one.phone for one in Registry(journal).operators()]
    except CenterError:
        return []
