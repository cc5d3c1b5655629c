"""What an alarm says: what it means, what to do about it, how soon, and who has to.

One without a defined response is no alarm (EEMUA 191).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Priority(StrEnum):
    """How soon somebody has to act. Three, as EEMUA 191 asks: more are not told apart under stress."""

    NOW = "now"
    """A user in danger is worse off with each minute."""
    SOON = "soon"
    """The next alert is worse off: within the hour."""
    LATER = "later"
    """When there is time, in this shift."""


class Acts(StrEnum):
    """Who has to do it."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    MACHINE = "machine"
    """Who runs the machine."""


class Wakes(StrEnum):
    """Whether people on duty who are not there are told."""

    AT_ONCE = "at_once"
    """They are called, whatever the hour. As a rule for what is worse with each minute, and for what the next
    alert would meet.
    """
    FEW_LEFT = "few_left"
    """Of a line: they are called where few of its kind are left, and else written to in the morning
    (`model.alarms.book`)."""
    BY_DAY = "by_day"
    """They are called as well, and not before the morning: it was written before, and nobody has done it."""
    MORNING = "morning"
    """They are written to in the morning. As a rule what has time in a shift."""
    NEVER = "never"
    """It is there for whoever looks."""


class About(StrEnum):
    """What the subject is."""

    ALERT = "alert"
    """Of an alert, or a leg of one (`ALERT:LEG`): its own story has it. It goes with the alert, and
    nobody has to see it once it is over."""
    LINE = "line"
    OPERATOR = "operator"
    NODE = "node"
    PART = "part"
    """A part of the center, by a name of its own."""


class Words(msgspec.Struct, frozen=True):
    """In one language."""

    short: str
    """For the bar."""
    means: str
    do: str


class AlarmKind(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm."""

    name: str
    """As `alarm.raised` has it. Permanent."""
    priority: Priority
    acts: Acts
    because: str
    """Why so soon, and why by them."""
    wakes: Wakes
    wakes_because: str
    """Why those who sleep are woken for it, or are not."""
    about: About
    it: Words
    en: Words
    quiet: bool = True
    """Whether it may be kept quiet for planned work; never what a user in danger depends on."""
