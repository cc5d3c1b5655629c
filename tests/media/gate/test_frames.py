"""Frames between two nodes: whole, in order, and what is missing is known."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.gate.protocol import HEADER_BYTES, PACKET_BYTES, FrameStreamError, Packer, Unpacker
from media.sound.frames import FRAME_BYTES, SILENCE

FRAME = bytes(range(256)) + bytes(64)


@given(st.lists(st.sampled_from([b"", FRAME, SILENCE])), st.lists(st.integers(1, 700), min_size=1))
def test_frames_come_out_as_they_went_in_however_they_were_cut(said: list[bytes], sizes: list[int]) -> None:
    packer, unpacker = Packer(), Unpacker()
    wire = b"".join(map(packer.pack, said))
    heard: list[bytes] = []
    turn = 0
    while wire:
        size = sizes[turn % len(sizes)]
        turn += 1
        heard += unpacker.feed(wire[:size])
        wire = wire[size:]
    assert heard == [frame for frame in said if frame]
    assert unpacker.missed == 0


@given(st.lists(st.booleans(), max_size=60))
def test_what_the_sender_has_dropped_is_counted(sent: list[bool]) -> None:
    packer, unpacker = Packer(first=(1 << 32) - 20), Unpacker()
    unpacker.feed(packer.pack(FRAME))
    for goes in sent:
        packet = packer.pack(FRAME)
        if goes:
            assert unpacker.feed(packet) == [FRAME]
    unpacker.feed(packer.pack())
    assert unpacker.missed == sent.count(False)


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_whatever_comes_is_no_frames_and_nothing_else_and_little_of_it_is_kept(pieces: list[bytes]) -> None:
    unpacker = Unpacker()
    with suppress(FrameStreamError):
        for piece in pieces:
            assert all(len(frame) == FRAME_BYTES for frame in unpacker.feed(piece))
            assert len(unpacker._received) < PACKET_BYTES


def test_a_length_that_no_frame_has_and_numbers_that_go_backwards_are_refused() -> None:
    with pytest.raises(FrameStreamError, match="640 bytes"):
        Unpacker().feed((640).to_bytes(2, "big") + bytes(4))
    unpacker = Unpacker()
    first, second = Packer(first=7).pack(), Packer(first=6).pack()
    unpacker.feed(first)
    with pytest.raises(FrameStreamError, match="backwards"):
        unpacker.feed(second)


def test_a_packet_without_sound_is_only_a_header() -> None:
    assert len(Packer().pack()) == HEADER_BYTES
    assert Unpacker().feed(Packer().pack()) == []
