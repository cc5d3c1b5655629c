"""What a network says to a code (`*123#`), as modems of many makes hand it on (TS 27.007 7.15)."""

from __future__ import annotations

from simulator.modem.sms.sms import packed, unpacked_text
from simulator.modem.vices import Vices

TAKES_S = 2.0
NO_MORE, ENDED = 0, 2
"""<m>: no further action is wanted; the network has ended the session."""


def is_code(written: str, *, packed: bool) -> bool:
    """Whether the host has written a code, in the form that this modem wants."""
    try:
        code = unpacked_text(bytes.fromhex(written)) if packed else written
    except ValueError:
        return False
    return code[:1] in ("*", "#") and code.endswith("#") and set(code) <= set("*#0123456789")


def said(vices: Vices) -> list[str]:
    """The lines that come unasked; none where the network says nothing."""
    words = vices.ussd or ""
    match vices.ussd_form:
        case "ended":
            return [f"+CUSD: {ENDED}"]
        case _ if not words:
            return []
        case "packed":
            return [f'+CUSD: {NO_MORE},"{packed(words).hex().upper()}",15']
        case "ucs2":
            return [f'+CUSD: {NO_MORE},"{words.encode("utf-16-be").hex().upper()}",72']
        case _:
            return f'+CUSD: {NO_MORE},"{words}",15'.split("\n")
