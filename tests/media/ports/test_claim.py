"""A terminal that is spoken through by one process at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from media.ports.claim import claim
from media.ports.tty_port import TtyVoicePort

HOLDS = """
import os, signal, sys
from media.ports.claim import claim
from media.ports.tty_port import TtyVoicePort
port = TtyVoicePort(sys.argv[1], claim=lambda fd: claim(fd, signal.SIGUSR2))
# Written at once: a print that is interrupted by another is an error.
signal.signal(signal.SIGUSR2, lambda *_: (port.close(), os.write(1, b"asked\\n")))
os.write(1, b"has it\\n")
while True:
    signal.pause()
"""
claimed = partial(claim, asks_by=signal.SIGUSR2, patience_s=5.0)


@pytest.fixture
def path() -> Iterator[str]:
    master, slave = os.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


@contextmanager
def holder(path: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "has it\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def test_whoever_has_it_is_asked_and_gives_it(path: str) -> None:
    with holder(path) as other:
        TtyVoicePort(path, claim=claimed).close()
        assert other.stdout is not None
        assert other.stdout.readline() == "asked\n"
        assert other.poll() is None


def test_only_what_another_process_waits_for_is_wanted(path: str) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    mine, other = TtyVoicePort(path, claim=claimed), TtyVoicePort(os.ttyname(slave), claim=claimed)
    asked: list[tuple[bool, bool]] = []

    def give(*_: object) -> None:
        asked.append((mine.is_wanted(), other.is_wanted()))
        mine.close()

    before = signal.signal(signal.SIGUSR2, give)
    try:
        assert not mine.is_wanted()
        with holder(path):
            assert asked == [(True, False)]
    finally:
        signal.signal(signal.SIGUSR2, before)
        other.close()
        os.close(master)
        os.close(slave)


def test_one_that_was_killed_is_not_waited_for(path: str) -> None:
    with holder(path) as other:
        other.kill()
        other.wait(10)
        began = time.monotonic()
        TtyVoicePort(path, claim=claimed).close()
        assert time.monotonic() - began < 1


def test_one_that_is_frozen_is_killed_not_shared_with(path: str) -> None:
    with holder(path) as other:
        other.send_signal(signal.SIGSTOP)
        TtyVoicePort(path, claim=partial(claim, asks_by=signal.SIGUSR2, patience_s=0.1)).close()
        assert other.wait(10) == -signal.SIGKILL


def test_one_process_may_open_it_again(path: str) -> None:
    first = TtyVoicePort(path, claim=claimed)
    second = TtyVoicePort(path, claim=claimed)
    first.close()
    second.close()
