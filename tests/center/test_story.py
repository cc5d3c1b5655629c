"""The story that the command line tells, in sentences that need no knowledge of the machinery."""

from __future__ import annotations

import pytest

from center.story import in_words
from messages import events as ev
from messages.ids import LegId


@pytest.mark.parametrize(
    ("clip", "place", "said"),
    [
        ("whisper:op1:1", "op1", "the operator heard the user's name"),
        ("cannot_speak:2", "psap", "112 heard that the user cannot speak"),
        ("recorded", "user", "the user heard that the call is recorded"),
    ],
)
def test_what_was_played_is_told_by_what_it_says(clip: str, place: str, said: str) -> None:
    assert in_words(ev.AnnouncementPlayed(clip=clip, leg=LegId(f"a1:{place}"))) == said
