"""Every alarm there is: the one place with its words, for the console, the doctor and whoever is woken."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from model.alarms.kind import About, AlarmKind, Priority, Wakes
from model.alarms.of_alerts import OF_ALERTS
from model.alarms.of_center import OF_CENTER
from model.alarms.of_lines import OF_LINES
from model.feature import Feature, installed

KERNEL: Final = (*OF_CENTER, *OF_ALERTS, *OF_LINES)
OF_THE_PAGE: Final = frozenset({"deadline.missed", "no_operator"})
"""Nobody raises them: a console sees them by itself."""


def kinds() -> tuple[AlarmKind, ...]:
    """Return every alarm there is, the gravest first."""
    return tuple(_by_name(installed()).values())


def kind_of(name: str) -> AlarmKind | None:
    """Return the alarm of this name; None where there is none."""
    return _by_name(installed()).get(name)


@lru_cache
def _by_name(features: tuple[Feature, ...]) -> dict[str, AlarmKind]:
    """In the order of their gravity."""
    found = (*KERNEL, *(kind for feature in features for kind in feature.alarms))
    return {kind.name: kind for kind in sorted(found, key=lambda kind: list(Priority).index(kind.priority))}


def about(name: str) -> About:
    """What the subject of an alarm of this name is; of a name that is none here, a part of the center."""
    kind = kind_of(name)
    return About.PART if kind is None else kind.about


def rank(name: str) -> int:
    """How many are graver; of a name that is none here, all."""
    return next((place for place, kind in enumerate(kinds()) if kind.name == name), len(kinds()))


def priority_of(name: str) -> Priority:
    """How soon somebody has to act; of a name that is none here, soon."""
    kind = kind_of(name)
    return Priority.SOON if kind is None else kind.priority


def wakes(name: str) -> Wakes:
    """Whether people on duty are woken; of a name that is none here, in the morning."""
    kind = kind_of(name)
    return Wakes.MORNING if kind is None else kind.wakes


def may_be_quiet(name: str) -> bool:
    """Whether it may be kept quiet for planned work."""
    kind = kind_of(name)
    return kind is None or kind.quiet
