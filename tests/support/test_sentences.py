"""The instrument: sentences that are whole, late, slipped, softer or gone are found as what they are."""

from __future__ import annotations

import pytest

from tests.media.speech import speech
from tests.support.sentences import FRAME, Told, find

TOLD = Told.of([speech("woman")[:48_000], speech("man")[:48_000]])
LATE = 700


def heard(pcm: bytes, late: int = LATE) -> bytes:
    """What is heard of it so many samples later, with a second of silence after it."""
    return bytes(2 * late) + pcm + bytes(16_000)


def test_what_arrives_as_it_was_said_is_found_at_once_and_whole() -> None:
    found = list(find(TOLD, heard(TOLD.pcm * 2), 0.0))
    assert [(one.late, one.lost) for one in found] == [(LATE, False)] * 4
    assert [one.likeness for one in found] == pytest.approx([1.0] * 4)
    assert [one.level_db for one in found] == pytest.approx([0.0] * 4, abs=0.01)


def test_who_begins_to_listen_later_hears_the_rest() -> None:
    found = list(find(TOLD, heard(TOLD.pcm * 2)[4 * 8000 * 2 :], 4.0))
    assert [(one.late, one.lost) for one in found] == [(LATE, False)] * 3


def test_a_frame_that_is_lost_is_a_slip() -> None:
    cut = TOLD.sentences[1][0] - FRAME
    pcm = TOLD.pcm[: 2 * cut] + TOLD.pcm[2 * (cut + 2 * FRAME) :]
    assert [one.late for one in find(TOLD, heard(pcm), 0.0)] == [LATE, LATE - 2 * FRAME]


def test_a_slip_of_more_than_a_second_is_one_and_not_the_end_of_all() -> None:
    pcm = TOLD.pcm + bytes(2 * 10_000) + TOLD.pcm
    late = [(one.late, one.lost) for one in find(TOLD, heard(pcm), 0.0)]
    assert late == [(LATE, False)] * 2 + [(LATE + 10_000, False)] * 2


def test_a_sentence_that_is_not_there_is_lost() -> None:
    first, last = TOLD.sentences[1]
    pcm = TOLD.pcm[: 2 * first] + bytes(2 * (last - first))
    assert [one.lost for one in find(TOLD, heard(pcm), 0.0)] == [False, True]


def test_the_other_s_voice_is_not_the_user_s() -> None:
    other = Told.of([speech("man")[48_000:96_000]])
    assert all(one.lost for one in find(other, heard(TOLD.pcm * 2), 0.0))
