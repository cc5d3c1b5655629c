"""Text of anybody, for a terminal: nothing in it steers the terminal, or looks like what it is not.

Short messages, notes and names come from outside. An escape sequence in one of them could write over what
stands on the screen, a line's end could add a line to the story of an alert, and a mark of direction could
turn a number round.
"""

from __future__ import annotations

import re
from typing import Final

_STEERS: Final = r"\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_STEERING: Final = re.compile(f"[{_STEERS}]")
_IN_JSON: Final = re.compile(f"[{_STEERS}]".replace(r"\x00-\x1f", ""))


def shown(text: str) -> str:
    """The text on one line, with everything that is no character of it written out."""
    return _STEERING.sub(_written, text)


def shown_json(text: str) -> str:
    """A JSON document of one line that says the same; what JSON leaves as it is stands there as `\\uXXXX`."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _written(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
