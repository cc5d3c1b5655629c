"""Processes of a test: forked, heard through a pipe, and ended by pid whatever happens."""

import contextlib
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Self

Say = Callable[[str], None]


def _say(writer: int, line: str) -> None:
    os.write(writer, f"{line}\n".encode())


class Child:
    def __init__(self, work: Callable[[Say], None]) -> None:
        self._reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                work(partial(_say, writer))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(writer)
        self._rest = b""
        self._code: int | None = None

    def lines(self, within_s: float = 30.0) -> Iterator[str]:
        """What it says, until it ends; AssertionError when it is silent for too long."""
        while True:
            while b"\n" in self._rest:
                line, _, self._rest = self._rest.partition(b"\n")
                yield line.decode()
            assert select.select([self._reader], [], [], within_s)[0], "the process says nothing"
            said = os.read(self._reader, 65536)
            if not said:
                return
            self._rest += said

    def line(self) -> str:
        return next(self.lines())

    def kill(self) -> None:
        """Kill it as hard as can be, and wait for it."""
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Its exit code, negative for a signal."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code

    def close(self) -> None:
        self.kill()
        if self._reader >= 0:
            os.close(self._reader)
            self._reader = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def children(*works: Callable[[Say], None]) -> Iterator[list[Child]]:
    started: list[Child] = []
    try:
        for work in works:
            started.append(Child(work))
        yield started
    finally:
        for child in started:
            child.close()
