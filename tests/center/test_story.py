"""The story that the command line tells, in sentences that need no knowledge of the machinery."""

from __future__ import annotations

import pytest

from center.story import in_words
from messages import events as ev
from messages.base import Address
from messages.ids import LegId, Nearness


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


@pytest.mark.parametrize(
    ("nearness", "said"),
    [
        (Nearness.NUMBER, "via Roma 12, Pavia (8 m away)"),
        (Nearness.STREET, "via Roma, number not certain, Pavia (8 m away)"),
        (Nearness.NEAR, "near via Roma, Pavia (8 m away)"),
    ],
)
def test_an_address_is_told_as_surely_as_it_was_known(nearness: Nearness, said: str) -> None:
    address = Address(
        lat=45.0,
        lon=9.0,
        accuracy_m=5.0,
        nearness=nearness,
        street="via Roma",
        number="12" if nearness is Nearness.NUMBER else "",
        town="Pavia",
        distance_m=8,
    )
    assert in_words(ev.AddressFound(address=address)) == f"the address of the position: {said}"
    assert in_words(ev.AddressFound()) == "the address of the position: (erased)"
