r"""Splits bytes into lines, as modems really send them. Other modules interpret the lines.

Any run of CR and LF ends a line (`\r\n`, `\r\r\n`, a bare `\r`), so that empty lines vanish. A final result
with the next answer attached (`ERROR+CNUM:`) is split; so is a code without an end (`+CSSU: 2^CEND:…`). A
line longer than `max_line` bytes is dropped and counted, ended or not.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Final

import msgspec

MAX_LINE: Final = 4096
"""Longer than any line of 27.007 or 27.005, including a concatenated PDU; a guard, not a format."""

_LINE_ENDS: Final = re.compile(rb"[\r\n]+")
_PROMPT: Final = b"> "
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LEADING_NOISE: Final = re.compile(r"^[^\x20-\x7e]+")
_FINAL_BEFORE_CODE: Final = re.compile(
    r"(?:OK|ERROR|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|COMMAND NOT SUPPORT|\+CM[ES] ERROR: ?\d+)"
    r"(?=[+^*#$%]|RING|OK|ERROR|NO CARRIER|BUSY|NO ANSWER|AT|VOICE CALL)"
)


class Line(msgspec.Struct, frozen=True):
    """A line without its end, control characters and outer blanks; never empty."""

    text: str


class Prompt(msgspec.Struct, frozen=True):
    """The modem requests the text of the message (27.005 clause 3.5.1: `<CR><LF>> `)."""


class Overrun(msgspec.Struct, frozen=True):
    """A line that was too long was dropped."""

    dropped_bytes: int


Item = Line | Prompt | Overrun


class LineReader:
    """A splitter of a modem's bytes into lines; keeps the unfinished line between two reads."""

    def __init__(self, *, max_line: int = MAX_LINE) -> None:
        self.unterminated: re.Pattern[str] | None = None
        """Codes that this dialect's firmware sends without an end of line."""
        self._max_line = max_line
        self._raw: deque[bytes | Overrun] = deque()
        """Ended lines, as received."""
        self._unfinished = b""
        self._ready: deque[Line] = deque()
        """Parts of a split line."""
        self._dropped = 0

    @property
    def pending(self) -> bool:
        """True if an unfinished line waits for more bytes."""
        return bool(self._unfinished)

    def clear(self) -> None:
        """Discard everything: the port was reopened."""
        self._raw.clear()
        self._unfinished = b""
        self._ready.clear()
        self._dropped = 0

    def push(self, data: bytes) -> None:
        """Add bytes that were read."""
        self._unfinished += data
        if b"\r" in data or b"\n" in data:
            *ended, self._unfinished = _LINE_ENDS.split(self._unfinished)
            if self._dropped:
                self._raw.append(Overrun(self._dropped + len(ended.pop(0))))
                self._dropped = 0
            self._raw += (self._limit_length(line) for line in ended if line)
        if len(self._unfinished) > self._max_line:
            self._dropped += len(self._unfinished)
            self._unfinished = b""

    def _limit_length(self, line: bytes) -> bytes | Overrun:
        return line if len(line) <= self._max_line else Overrun(len(line))

    def next(self, *, want_prompt: bool = False) -> Item | None:
        """Return the next item; None until more bytes come.

        `want_prompt`: a command that expects `> ` is pending; otherwise a `>` is ordinary text.
        """
        while not self._ready:
            if not self._raw:
                if want_prompt and not self._dropped and self._unfinished.startswith(_PROMPT):
                    self._unfinished = self._unfinished[len(_PROMPT) :]
                    return Prompt()
                return None
            raw = self._raw.popleft()
            if isinstance(raw, Overrun):
                return raw
            if want_prompt and raw.startswith(_PROMPT):
                self._raw.appendleft(raw[len(_PROMPT) :])
                return Prompt()
            self._split(raw)
        return self._ready.popleft()

    def flush_unterminated(self, *, want_prompt: bool = False) -> Item | None:
        """Return the item in an unfinished line after a silence: a prompt, or a code without a line end; None
        if the line is neither.
        """
        text = _clean(self._unfinished)
        if want_prompt and text == ">":
            self._unfinished = b""
            return Prompt()
        if text and self.unterminated is not None and self.unterminated.fullmatch(text):
            self._unfinished = b""
            return Line(text)
        return None

    def _split(self, raw: bytes) -> None:
        text = _clean(raw)
        while text:
            head, text = self._first_code(text)
            self._ready.append(Line(head))

    def _first_code(self, text: str) -> tuple[str, str]:
        match = _FINAL_BEFORE_CODE.match(text)
        if match is None and self.unterminated is not None:
            match = self.unterminated.match(text)
        if match is None or match.end() == 0:
            return text, ""
        return text[: match.end()], text[match.end() :].strip()


def _clean(raw: bytes) -> str:
    """Return the bytes as Latin-1, which keeps every byte, without control bytes and noise at the start."""
    text = raw.decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        text = _LEADING_NOISE.sub("", _CONTROL.sub("", text))
    return text.strip()
