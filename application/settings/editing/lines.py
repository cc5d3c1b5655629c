"""Lines of `center.toml`: the table of each line, and the beginning of a comment."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from application.settings.editing import intended
from application.settings.editing.intended import KeyLocation, Table

_HEADER: Final = re.compile(r"^(?P<off>#\s*)?(?P<open>\[\[?)\s*(?P<name>[a-z_.]+)\s*\]")
KEY: Final = re.compile(r"^(?P<off>#\s*)?(?P<key>[a-z0-9_.]+)\s*=")
_WIDE: Final = 32
"""Column of the comments in the shipped file."""


def section(lines: list[str], before: Table, at: KeyLocation) -> tuple[int | None, int]:
    """Return the range of lines for keys of the table, without the next header; None: no such table."""
    if not at.table:
        return 0, section_end(lines, 0)
    index = 0 if at.row is None else intended.index_of(before, at.table, at.row)
    headers = [i for i in range(len(lines)) if is_header(lines[i], at.table, off=False)]
    if index >= len(headers):
        return None, 0
    return headers[index] + 1, section_end(lines, headers[index] + 1)


def section_end(lines: list[str], start: int) -> int:
    """Return the start of the next table, including a commented one."""
    return next((i for i in range(start, len(lines)) if _HEADER.match(lines[i])), len(lines))


def own_end(lines: list[str], header: int) -> int:
    """Return the end of a table's own lines: comments after an empty line belong to the next table."""
    end = section_end(lines, header + 1)
    own = [i for i in range(header, end) if lines[i].strip() and not lines[i].startswith("#")]
    last = own[-1] + 1
    while last < end and lines[last].startswith("#") and KEY.match(lines[last]):
        last += 1
    return last


def is_header(line: str, table: str, *, off: bool) -> bool:
    """Return True if the line is the header of this table. `off`: a commented header."""
    match = _HEADER.match(line)
    return match is not None and bool(match["off"]) == off and match["name"] == table


def commented_header(lines: list[str], table: str) -> int | None:
    """Return the index of the commented header of this table; None if there is none."""
    return next((i for i in range(len(lines)) if is_header(lines[i], table, off=True)), None)


def split(line: str) -> tuple[str, str]:
    """Return the content of a line and its comment; a `#` within quotes starts no comment."""
    inside, escaped = "", False
    for i, letter in enumerate(line):
        if escaped:
            escaped = False
        elif inside:
            escaped = inside == '"' and letter == "\\"
            inside = "" if letter == inside else inside
        elif letter in "\"'":
            inside = letter
        elif letter == "#":
            return line[:i].rstrip(), line[i:]
    return line.rstrip(), ""


def aligned(said: str, comment: str) -> str:
    """Return a line with its comment in the column of comments."""
    return f"{said:<{_WIDE - 1}} {comment}" if comment else said


def joined(lines: list[str]) -> str:
    """Return the lines as text, without repeated empty lines."""
    kept = [b for a, b in pairwise(["x", *lines]) if a.strip() or b.strip()]
    return "\n".join(kept) + "\n"


def line_of(text: str, data: Table, at: KeyLocation) -> int | None:
    """Return the line, from 1, that sets a key; None if the key has no line of its own."""
    lines = text.splitlines()
    start, end = section(lines, data, at)
    for i in range(start or 0, end):
        match = KEY.match(lines[i])
        if match and not match["off"] and match["key"] == at.key:
            return i + 1
    return None
