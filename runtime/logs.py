"""Structured logs: one JSON object a line in `logs/center.jsonl`, and readable lines on stderr.

Used by the actors, the node and the web. Every process appends to the same file; a line is one write, so
lines of several processes never mix. No personal data: log an alert's id, never a number or a name.
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
"""The file is moved to `center.jsonl.1`, and begun anew, beyond this."""
_CHECK_EVERY: Final = 256
_CHECK_AFTER_S: Final = 1.0
"""Who says little looks before each line: the file may have been turned over, and packed, long ago."""

Logger = FilteringBoundLogger


class _Sink:
    """The file, opened by each process for itself and again after somebody has moved it."""

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
        # A full disk must not end an actor; the alarm about it is the journal's.
        with suppress(OSError):
            os.write(self._fd, line)

    def _open(self) -> None:
        # A descriptor of the parent's is not closed: the number may be another file's here by now.
        self._pid = os.getpid()
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            # Nor must one that cannot be opened: it is tried again when the file's turn comes.
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
    """The end of the chain: writes what the processors have made."""

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
    """Whether nothing in it can steer the terminal of who reads it: mostly so, and quickly told."""
    return line.isascii() and b"\x7f" not in line


_configured_level = logging.INFO
_encoder: Final = msgspec.json.Encoder(enc_hook=repr)


def configure(logs: Path | None, process: str, *, stderr: bool = False, level: int = logging.INFO) -> None:
    """Have this process, and those forked from it, log as `process` into the directory `logs` and to stderr.

    `logs` None keeps no file. The standard library's loggers are led the same way, from warnings up.
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
    """The level that somebody has asked for; INFO where nobody has."""
    return _configured_level


class _Named:
    """Says which process speaks, where the line does not say so itself."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event.setdefault("process", self._process)
        event.setdefault("pid", os.getpid())
        return event


class StandardHandler(logging.Handler):
    """Leads what libraries say through `logging` into ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = get(record.name)
        text = record.getMessage()
        level = max(record.levelno, logging.DEBUG)
        log.log(level, text, exc_info=record.exc_info or None)


def get(name: str, **context: object) -> Logger:
    """A logger for one part of the program, with what it is to say in every line.

    It never raises. Where nobody has configured anything, it speaks to stderr.
    """
    if not structlog.is_configured():
        _configure(None, name, True, logging.INFO)
    return cast(Logger, structlog.get_logger(part=name, **context))


class Outage:
    """What cannot be had for a while, such as the journal: one line at the beginning, and one at the end.

    Who looks many times a second would fill the log, of which there are two files, with the outage alone.
    """

    def __init__(self, log: Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._failed = 0

    def failed(self, error: Exception) -> None:
        """It cannot be had now."""
        self._failed += 1
        if self._failed == 1:
            self._log.error(self._what, error=str(error))

    def works(self) -> None:
        """It can be had."""
        if self._failed:
            self._log.warning("works again", what=self._what, failed=self._failed)
            self._failed = 0
