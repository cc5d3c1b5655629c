"""Active alarms of a node's stream, and the events to write after a change. Pure.

At each poll the part responsible for a subject reports the fault in words, or an empty text if all is well. A
subject that is unknown now, or has not lasted, is left out: its alarm stays as last reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from messages.events import ActorStarted, AlarmCleared, AlarmRaised, AlarmsSummed, NodeStarted
from messages.ids import Role
from messages.journal import AnyEvent

NO_LINE_FOR_112: Final = "psap.no_line"
"""Alarm of an alert that needs a line for 112, and of the emergency trunk."""
NO_WAY: Final = "duty.no_way"
"""No line may be used to call people on duty, or no number is known."""
STUCK: Final = "case.stuck"
CERTIFICATE: Final = "certificate.unusable"
"""The certificate named by the settings is not served; the previous one is."""
CLOCK: Final = "clock.wrong"
"""The wall clock was moved while the center ran, or no longer follows a time server."""

Alarm = AlarmRaised | AlarmCleared
Key = tuple[str, str]
"""Name and subject of an alarm."""
Words = Mapping[Key, str]
"""Text of each alarm, active or found at a poll; empty text: all is well."""


def active_alarms(events: Iterable[AnyEvent], before: Words | None = None) -> dict[Key, str]:
    """Return the active alarms of a node after these events of its stream."""
    stands = dict(before or {})
    for event in events:
        match event:
            case AlarmRaised(alarm=alarm, subject=subject, text=text):
                stands[alarm, subject] = text
            case AlarmCleared(alarm=alarm, subject=subject):
                stands.pop((alarm, subject), None)
            case NodeStarted():
                # The alarms belong to the node's earlier run.
                stands = {}
            case AlarmsSummed(alarms=alarms):
                stands = {(one.alarm, one.subject): one.text for one in alarms if one.over_at is None}
            case ActorStarted(role=Role.DEADLINE_WATCHDOG):
                # The watchdog does not remember stuck alerts; alerts that are still stuck are found again.
                stands = {key: words for key, words in stands.items() if key[0] != STUCK}
            case _:
                pass
    return stands


def with_cleared_alarms(wrong: Words, before: Iterable[Key]) -> dict[Key, str]:
    """Return `wrong` completed by an empty text for every other alarm that was active."""
    return {**wrong, **{key: "" for key in before if key not in wrong}}


def alarm_changes(stands: Words, found: Words, *, over: str = "", reworded: bool = False) -> list[Alarm]:
    """Return the events to write: each alarm once, and its end once.

    `over`: the text of the end. `reworded`: True raises an active alarm again if its text has changed.
    """
    alarms: list[Alarm] = []
    for (alarm, subject), words in found.items():
        told = stands.get((alarm, subject))
        if words and (told is None or (reworded and told != words)):
            alarms.append(AlarmRaised(alarm=alarm, subject=subject, text=words))
        elif not words and told is not None:
            alarms.append(AlarmCleared(alarm=alarm, subject=subject, text=over))
    return alarms
