"""Alarms: what stands by a node's stream, and what is to be written once something of it has changed. Pure.

Who looks after a thing says of it at each look that it is wrong, and in which words, or that it is well.
What is neither, because it is not known now or has not lasted, is left out: what was told of it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from messages.events import ActorStarted, AlarmCleared, AlarmRaised, AlarmsSummed, NodeStarted
from messages.ids import Role
from messages.journal import AnyEvent

NO_LINE_FOR_112: Final = "psap.no_line"
"""Of an alert that wants one, and of the emergency trunk."""
NO_WAY: Final = "duty.no_way"
"""People on duty are to be called, and no line may be used for it, or no number is known."""
STUCK: Final = "case.stuck"
CERTIFICATE: Final = "certificate.unusable"
"""What the settings name is not served; the one before it is."""
CLOCK: Final = "clock.wrong"
"""The machine's wall clock was moved under the center, or follows no time server any more."""

Alarm = AlarmRaised | AlarmCleared
Key = tuple[str, str]
"""An alarm's name, and its subject."""
Words = Mapping[Key, str]
"""What stands, or what was found at a look; without words where it is well."""


def standing(events: Iterable[AnyEvent], before: Words | None = None) -> dict[Key, str]:
    """What stands of a node's alarms once these have been written to its stream."""
    stands = dict(before or {})
    for event in events:
        match event:
            case AlarmRaised(alarm=alarm, subject=subject, text=text):
                stands[alarm, subject] = text
            case AlarmCleared(alarm=alarm, subject=subject):
                stands.pop((alarm, subject), None)
            case NodeStarted():
                # Its alarms were of its earlier life.
                stands = {}
            case AlarmsSummed(alarms=alarms):
                stands = {(one.alarm, one.subject): one.text for one in alarms if one.over_at is None}
            case ActorStarted(role=Role.DEADLINE_WATCHDOG):
                # Which alerts were stuck it does not remember; those that still are it finds again.
                stands = {key: words for key, words in stands.items() if key[0] != STUCK}
            case _:
                pass
    return stands


def nothing_else(wrong: Words, before: Iterable[Key]) -> dict[Key, str]:
    """What is found where nothing is wrong but this: all else that stood is well."""
    return {**wrong, **{key: "" for key in before if key not in wrong}}


def due(stands: Words, found: Words, *, over: str = "", reworded: bool = False) -> list[Alarm]:
    """What is to be written: each alarm once, and its end once.

    `over`: what came of it, in words. `reworded`: an alarm that stands is raised again with other words.
    """
    alarms: list[Alarm] = []
    for (alarm, subject), words in found.items():
        told = stands.get((alarm, subject))
        if words and (told is None or (reworded and told != words)):
            alarms.append(AlarmRaised(alarm=alarm, subject=subject, text=words))
        elif not words and told is not None:
            alarms.append(AlarmCleared(alarm=alarm, subject=subject, text=over))
    return alarms
