"""Table of all alarms with their texts, for the console, the doctor and messages to people on duty."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from model.alarms.kind import AlarmKind, Priority, SubjectKind, Wakes
from model.alarms.of_alerts import OF_ALERTS
from model.alarms.of_center import OF_CENTER
from model.alarms.of_lines import OF_LINES
from model.feature import Feature, installed

KERNEL: Final = (*OF_CENTER, *OF_ALERTS, *OF_LINES)
OF_THE_PAGE: Final = frozenset({"deadline.missed", "no_operator"})
"""Alarms that no part raises: a console detects them by itself."""


def kinds() -> tuple[AlarmKind, ...]:
    """Return all alarms, the most severe first."""
    return tuple(_by_name(installed()).values())


def kind_of(name: str) -> AlarmKind | None:
    """Return the alarm of this name; None if unknown."""
    return _by_name(installed()).get(name)


@lru_cache
def _by_name(features: tuple[Feature, ...]) -> dict[str, AlarmKind]:
    """Index the alarms by name, the most severe first."""
    found = (*KERNEL, *(kind for feature in features for kind in feature.alarms))
    return {kind.name: kind for kind in sorted(found, key=lambda kind: list(Priority).index(kind.priority))}


def subject_kind_of(name: str) -> SubjectKind:
    """Return the kind of the alarm's subject; an unknown alarm concerns a part of the center."""
    kind = kind_of(name)
    return SubjectKind.PART if kind is None else kind.about


def rank(name: str) -> int:
    """Return the number of more severe alarms; an unknown alarm is the least severe."""
    return next((place for place, kind in enumerate(kinds()) if kind.name == name), len(kinds()))


def priority_of(name: str) -> Priority:
    """Return the urgency of the response; an unknown alarm: soon."""
    kind = kind_of(name)
    return Priority.SOON if kind is None else kind.priority


def waking_of(name: str) -> Wakes:
    """Return when people on duty are notified; an unknown alarm: in the morning."""
    kind = kind_of(name)
    return Wakes.MORNING if kind is None else kind.wakes


def may_be_shelved(name: str) -> bool:
    """Return True if planned work may shelve the alarm."""
    kind = kind_of(name)
    return kind is None or kind.quiet
