"""Tracks of a conference to record, and the events of the recording. Pure.

A track holds a party's voice for the others: a muted party and a listener are never recorded.
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
"""Subject of the alarm: the folder of recordings, since a fault of one recording affects all."""


def with_recording(wish: SetMembers, case: Case, settings: Settings) -> SetMembers:
    """Return the desired state of the bridge with the tracks to record."""
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
    # A recording continues while none of the remaining parties is recorded: a party may return.
    if not legs and not case.recording.files:
        return wish
    return replace(wish, recording=Recording(file=case.alert, legs=legs))


def events_of_recording(
    case: Case, said: BridgeReport, settings: Settings
) -> tuple[ev.RecordingStarted | ev.RecordingStopped | ev.AlarmRaised, ...]:
    """Return the events of the report: once for each file, and once for each reason why no file is
    written.
    """
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
