"""What of a conference is recorded, and what the alert's story says of it. Pure.

Recorded is what a party says to the others: nothing of one who is muted, and never a listener.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.bridge import BridgeReport, Recording, SetMembers
from messages.ids import Party
from model.alert.case import Case
from model.settings import Settings

ALARM: Final = "recording.failed"
SUBJECT: Final = "recordings"
"""The folder's, and not the alert's: what fails one recording fails all."""


def with_recording(wish: SetMembers, case: Case, settings: Settings) -> SetMembers:
    """The wish, and what of it is to be recorded."""
    rules = settings.recording
    if not rules.enabled or not wish.members:
        return wish
    legs = tuple(
        member.leg
        for member in wish.members
        if not member.muted
        and case.legs[member.leg].party in rules.tracks
        and case.legs[member.leg].line not in settings.lines_not_recorded
    )
    # Once begun it goes on while those who are left are not recorded: a party who comes back is in her place.
    if not legs and not case.recording.files:
        return wish
    return replace(wish, recording=Recording(file=case.alert, legs=legs))


def hear_recording(
    case: Case, said: BridgeReport, settings: Settings
) -> tuple[ev.RecordingStarted | ev.RecordingStopped | ev.AlarmRaised, ...]:
    """Once for each file, and once for each reason why there is none."""
    if said.recording and said.recording not in case.recording.files:
        rules = settings.recording
        tell = rules.announce and Party.USER in rules.tracks
        return (ev.RecordingStarted(file=said.recording, announce=tell),)
    if said.recording_fault and said.recording_fault != case.recording.fault:
        text = f"Nothing is recorded: {said.recording_fault}. The voice goes on."
        return (
            ev.RecordingStopped(reason=said.recording_fault),
            ev.AlarmRaised(alarm=ALARM, subject=SUBJECT, text=text),
        )
    return ()
