"""Structured logs: one JSON object a line in `logs/center.jsonl`, and readable lines on stderr.

The actors, the node and the web append to one file; a line is one write, so lines of several processes never
mix. No personal data: log an alert's id, never a number or a name.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
import time
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from runtime.terminal import shown, shown_json

FILE_NAME: Final = "center.jsonl"
MAX_BYTES: Final = 20_000_000
"""Size in bytes at which the file is moved to `center.jsonl.1`, and a new file is begun."""
_CHECK_EVERY: Final = 256
_CHECK_AFTER_S: Final = 1.0
"""Idle time after which the file is checked before a write, in seconds: it may have been rotated and
compressed.
"""

Logger = FilteringBoundLogger


class _Sink:
    """Log file, opened by each process and reopened after a rotation by another process."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._fd = -1
        self._pid = 0
        self._written = 0
        self._checked_s = 0.0

    def write(self, line: bytes) -> None:
        if self._pid != os.getpid():
            self._open()
        self._written += 1
        now_s = time.monotonic()
        if self._written % _CHECK_EVERY == 0 or now_s - self._checked_s > _CHECK_AFTER_S:
            self._checked_s = now_s
            self._turn_over()
        # A full disk must not end an actor; the journal raises the alarm about the disk.
        with suppress(OSError):
            os.write(self._fd, line)

    def _open(self) -> None:
        # The parent's descriptor stays open: its number may belong to another file in this process.
        self._pid = os.getpid()
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            # A file that cannot be opened must not end an actor either; the next check tries again.
            self._fd = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)

    def _turn_over(self) -> None:
        try:
            ours, there = os.fstat(self._fd), os.stat(self._path)
            if ours.st_ino == there.st_ino and ours.st_size > MAX_BYTES:
                fcntl.flock(self._fd, fcntl.LOCK_EX)
                if os.stat(self._path).st_ino == ours.st_ino:
                    os.replace(self._path, self._path + ".1")
                fcntl.flock(self._fd, fcntl.LOCK_UN)
            elif ours.st_ino == there.st_ino:
                return
        except OSError:
            pass
        old = self._fd
        self._open()
        os.close(old)


class _Output:
    """Last processor of the chain: writes the line."""

    def __init__(self, sink: _Sink | None, to_stderr: bool) -> None:
        self._sink = sink
        self._to_stderr = to_stderr
        self._console = structlog.dev.ConsoleRenderer(colors=False)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> str:
        if self._sink is not None:
            line = _encoder.encode(event)
            self._sink.write((line if _plain(line) else shown_json(line.decode()).encode()) + b"\n")
        if self._to_stderr:
            text = self._console(logger, method, cast("MutableMapping[str, object]", dict(event)))
            try:
                sys.stderr.write("\n".join(map(shown, text.split("\n"))) + "\n")
                sys.stderr.flush()
            except (OSError, ValueError):
                pass
        raise structlog.DropEvent


def _plain(line: bytes) -> bool:
    """Return True if the line contains nothing that a terminal would interpret: the common case, checked
    fast.
    """
    return line.isascii() and b"\x7f" not in line


_configured_level = logging.INFO
_encoder: Final = msgspec.json.Encoder(enc_hook=repr)


def configure(logs: Path | None, process: str, *, stderr: bool = False, level: int = logging.INFO) -> None:
    """Configure the logs of this process and its forks: as `process`, to the directory `logs` and to stderr.

    `logs` None keeps no file. Records of the standard library's loggers are included from level WARNING.
    """
    global _configured_level
    _configured_level = level
    _configure(logs, process, stderr, level)


def _configure(logs: Path | None, process: str, stderr: bool, level: int) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _Named(process),
            _Output(None if logs is None else _Sink(logs / FILE_NAME), stderr),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, StandardHandler):
            root.removeHandler(handler)
    root.addHandler(StandardHandler(logging.WARNING))


def configured_level() -> int:
    """Return the configured level; INFO if not configured."""
    return _configured_level


class _Named:
    """Processor that adds the process to lines without one."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event.setdefault("process", self._process)
        event.setdefault("pid", os.getpid())
        return event


class StandardHandler(logging.Handler):
    """Handler that passes records of the standard library's `logging` to the center's logs."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record to the log of its name."""
        log = get(record.name)
        text = record.getMessage()
        level = max(record.levelno, logging.DEBUG)
        log.log(level, text, exc_info=record.exc_info or None)


def get(name: str, **context: object) -> Logger:
    """Return a logger for one part of the program, with the context of every line.

    The logger never raises. Without a configuration it writes to stderr.
    """
    if not structlog.is_configured():
        _configure(None, name, True, logging.INFO)
    return cast(Logger, structlog.get_logger(part=name, **context))


class Outage:
    """Temporary lack of a resource such as the journal: logged once at its start and once at its end.

    Frequent attempts would otherwise fill the two log files with a single outage.
    """

    def __init__(self, log: Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._failed = 0

    def failed(self, error: Exception) -> None:
        """Record a failed use."""
        self._failed += 1
        if self._failed == 1:
            self._log.error(self._what, error=str(error))

    def works(self) -> None:
        """Record a successful use."""
        if self._failed:
            self._log.warning("a fault has ended", what=self._what, failed=self._failed)
            self._failed = 0
