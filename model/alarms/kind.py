"""Definition of an alarm: its meaning, its response, its priority and the role that responds.

An alarm needs a defined response (EEMUA 191).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Priority(StrEnum):
    """Urgency of the response. Three levels, as EEMUA 191 requires: people under stress distinguish three."""

    NOW = "now"
    """Within minutes: a user in danger is worse off with each minute."""
    SOON = "soon"
    """Within the hour: the next alert is worse off."""
    LATER = "later"
    """Within this shift, as time allows."""


class Responder(StrEnum):
    """Role that responds to the alarm."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    MACHINE = "machine"
    """Person who runs the machine."""


class Wakes(StrEnum):
    """Notification of people on duty away from the console."""

    AT_ONCE = "at_once"
    """Call at any hour; usual for alarms that grow worse by the minute or affect the next alert."""
    FEW_LEFT = "few_left"
    """Call if few lines of the line's kind are left, else write in the morning (`model.alarms.can_wait`)."""
    BY_DAY = "by_day"
    """Call in the morning: an earlier message about the task had no effect."""
    MORNING = "morning"
    """Write in the morning; usual for tasks with time within a shift."""
    NEVER = "never"
    """Show on the console only."""


class SubjectKind(StrEnum):
    """Kind of the alarm's subject."""

    ALERT = "alert"
    """An alert, or a leg of an alert (`ALERT:LEG`). The alert's own story keeps the alarm; the alarm goes
    with the alert and needs no acknowledgement once over.
    """
    LINE = "line"
    OPERATOR = "operator"
    NODE = "node"
    PART = "part"
    """A part of the center, with a name of its own."""


class Words(msgspec.Struct, frozen=True):
    """Texts of an alarm in one language."""

    short: str
    """Text for the alarm bar."""
    means: str
    do: str


class AlarmKind(msgspec.Struct, frozen=True, kw_only=True):
    """Definition of one alarm."""

    name: str
    """Name in `alarm.raised`. Permanent."""
    priority: Priority
    acts: Responder
    because: str
    """Reason for the priority and the role."""
    wakes: Wakes
    wakes_because: str
    """Reason for waking or not waking people on duty."""
    about: SubjectKind
    it: Words
    en: Words
    quiet: bool = True
    """True if planned work may shelve the alarm; False for every alarm on which a user in danger depends."""
