"""A thread that outlives its actor wakes nobody, and above all nobody else."""

from __future__ import annotations

import os

import pytest

from runtime.threads import Waker


def test_who_is_woken_can_read_it_once() -> None:
    waker = Waker()
    waker.wake()
    waker.wake()
    waker.take()
    with pytest.raises(BlockingIOError):
        waker.take()
    waker.close()


def test_whoever_wakes_after_the_end_writes_to_nobody_elses_descriptor() -> None:
    waker = Waker()
    number = waker.fileno()
    waker.close()
    anothers = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
    try:
        assert anothers == number, "a closed descriptor's number is given again"
        waker.wake()
        with pytest.raises(BlockingIOError):
            os.eventfd_read(anothers)
    finally:
        os.close(anothers)
