"""The lines of `center.toml`: which belong to which table, and where a comment begins."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from application.settings.editing import wanted
from application.settings.editing.wanted import Place, Table

_HEADER: Final = re.compile(r"^(?P<off>#\s*)?(?P<open>\[\[?)\s*(?P<name>[a-z_.]+)\s*\]")
KEY: Final = re.compile(r"^(?P<off>#\s*)?(?P<key>[a-z0-9_.]+)\s*=")
_WIDE: Final = 32
"""The column of the comments that are shipped."""


def section(lines: list[str], before: Table, at: Place) -> tuple[int | None, int]:
    """The lines that may have a key of the table, the next header left out; None: there is no such table."""
    if not at.table:
        return 0, section_end(lines, 0)
    index = 0 if at.row is None else wanted.index_of(before, at.table, at.row)
    headers = [i for i in range(len(lines)) if is_header(lines[i], at.table, off=False)]
    if index >= len(headers):
        return None, 0
    return headers[index] + 1, section_end(lines, headers[index] + 1)


def section_end(lines: list[str], start: int) -> int:
    """Where the next table begins, also one that is shown in comments."""
    return next((i for i in range(start, len(lines)) if _HEADER.match(lines[i])), len(lines))


def own_end(lines: list[str], header: int) -> int:
    """After the last line of a table's own: what follows an empty line there is about what comes next."""
    end = section_end(lines, header + 1)
    own = [i for i in range(header, end) if lines[i].strip() and not lines[i].startswith("#")]
    last = own[-1] + 1
    while last < end and lines[last].startswith("#") and KEY.match(lines[last]):
        last += 1
    return last


def is_header(line: str, table: str, *, off: bool) -> bool:
    match = _HEADER.match(line)
    return match is not None and bool(match["off"]) == off and match["name"] == table


def commented_header(lines: list[str], table: str) -> int | None:
    return next((i for i in range(len(lines)) if is_header(lines[i], table, off=True)), None)


def split(line: str) -> tuple[str, str]:
    """What a line says, and its comment; a `#` within quotes begins none."""
    inside = ""
    for i, letter in enumerate(line):
        if inside:
            escaped = inside == '"' and line[i - 1] == "\\"
            inside = inside if letter != inside or escaped else ""
        elif letter in "\"'":
            inside = letter
        elif letter == "#":
            return line[:i].rstrip(), line[i:]
    return line.rstrip(), ""


def aligned(said: str, comment: str) -> str:
    return f"{said:<{_WIDE - 1}} {comment}" if comment else said


def joined(lines: list[str]) -> str:
    """Never two empty lines where there was one."""
    kept = [b for a, b in pairwise(["x", *lines]) if a.strip() or b.strip()]
    return "\n".join(kept) + "\n"


def line_of(text: str, data: Table, at: Place) -> int | None:
    """In which line, counted from 1, a key is set; None where that is no line of its own."""
    lines = text.splitlines()
    start, end = section(lines, data, at)
    for i in range(start or 0, end):
        match = KEY.match(lines[i])
        if match and not match["off"] and match["key"] == at.key:
            return i + 1
    return None
