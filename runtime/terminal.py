"""Text from outside, made safe for a terminal: no part of it can control the terminal or disguise itself.

Short messages, notes and names come from outside. An escape sequence could overwrite the screen, a line break
could add a line to the story of an alert, and a direction mark could reverse a number.
"""

from __future__ import annotations

import re
from typing import Final

_STEERS: Final = r"\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_STEERING: Final = re.compile(f"[{_STEERS}]")
_IN_JSON: Final = re.compile(f"[{_STEERS}]".replace(r"\x00-\x1f", ""))


def shown(text: str) -> str:
    """Return the text on one line, with every control character escaped."""
    return _STEERING.sub(_written, text)


def shown_json(text: str) -> str:
    """Return a JSON document of one line with the same content; control characters become `\\uXXXX`."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _written(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
