"""Family of modems as data: its answers, its announcements of a call's progress, and its vices.

The families are the TOML files in `dialects/`; `common.toml` holds the answers of all families. This module
defines their types; it must not act on them.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from simulator.errors import ConfigError
from simulator.modem.vices import Vices

_DIRECTORY = Path(__file__).parents[1] / "dialects"
_COMMON = "common"

Wordings = tuple[tuple[str, ...], ...]
"""Alternatives, used in turn; each is the lines of one announcement, with {fields}. A line with a field of
None is omitted.
"""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table of a dialect's file."""


class Parameter(_Table, frozen=True, kw_only=True):
    """Command that only stores numbers (`AT+CLIP=1`)."""

    default: tuple[int, ...]
    limit: tuple[int, ...]
    """Greatest value of each number."""
    kept: bool = False
    """True if the numbers survive a loss of power."""
    read: str = ""
    """Answer to `?`, with {0}, {1} …; empty: `NAME: v,v`."""


class Kept(_Table, frozen=True, kw_only=True):
    """Setting in the modem's memory, which survives a loss of power."""

    value: str
    """Factory value; empty: not present yet."""
    read: str
    """Answer to a query, with {value}, its parts {0}, {1} …, and the fields of `answers`."""


class Announcements(_Table, frozen=True, kw_only=True):
    """Unsolicited announcements of a call's progress.

    Fields: id, direction, call_type, seconds, hhmmss, end, cause, result, clcc, ring, clip, ccwa, clock,
    number, type, mpty, and the names in `stats`. Some fields decide if their line is sent: `named` is the
    number if known, `unnamed` is empty if it is not, and `busy` is empty if the far end is busy.
    """

    originated: Wordings = ()
    alerting: Wordings = ()
    connected: Wordings = ()
    accepted: Wordings = ()
    """Incoming call answered by the host."""
    incoming: Wordings = (("{ring}", "{clip}"),)
    """First ring."""
    ringing: Wordings = (("{ring}", "{clip}"),)
    """Every further ring."""
    waiting: Wordings = (("{ccwa}",),)
    changed: Wordings = ()
    """Call held, taken back or joined."""
    ended: Wordings = (("{result}",),)
    """Answered call ended by the far end or the network."""
    ended_by_host: Wordings = ()
    failed: Wordings = (("{result}",),)
    """Unanswered call ended by the far end or the network."""
    failed_by_host: Wordings = ()
    missed: Wordings = ()
    """Incoming call that ended before the host answered."""


class Noise(_Table, frozen=True, kw_only=True):
    """Unsolicited lines, one each time."""

    every_s: float
    lines: tuple[str, ...]


class Dialect(_Table, frozen=True, kw_only=True):
    """Family of modems."""

    name: str
    model: str = ""
    unknown_command: str = "ERROR"
    international_prefix: str = "+"
    """Prefix of an international number in +CLCC, +CLIP, +CCWA, +COLP (with type 145 in any case)."""
    clcc_tail: str = ""
    clip_tail: str = ""
    withheld_clip_tail: str = ",,,,1"
    ceer: str = "+CEER: {text}"
    ring_every_s: float = 5.0
    announce_before_ok: tuple[str, ...] = ()
    """Commands with effects announced before their final result instead of after it."""
    dial_ok: Literal["once", "ringing", "answer"] = "once"
    """Time of the OK of ATD as a factory default; a call that fails earlier has its own result."""
    dial_waits_with: tuple[str, ...] = ("+COLP",)
    """Parameters that delay the OK of ATD until the answer, while not 0."""
    without_ok: tuple[str, ...] = ()
    """Answer lines that are not followed by OK."""
    clcc_urc: bool = False
    """True if `AT+CLCC=1` makes +CLCC an unsolicited result."""
    hang_up_needs_cvhu_0: bool = False
    early_release_mutes: bool = False
    """True if `+CHLD=1x` on a call that does not ring yet silences the modem until its power is cut."""
    one_of_two_ends_voice: bool = False
    """True if the end of one of several calls stops the voice of the others until switched on again."""
    gives_voice: bool = True
    """False: no modem of the family has a voice port."""
    voice_switch: Literal["none", "ddsetex", "cpcmreg", "qpcmv"] = "none"
    vendor_commands: Literal["none", "quectel"] = "none"
    boot: tuple[str, ...] = ()
    answers: dict[str, tuple[str, ...]] = {}
    """Fixed answers by the command as written, in capitals (`+CGMM`, `+CSQ`, `+COPS?`); fields: model, imei,
    imsi, card, number, csq, registered, circuit, ims.
    """
    accepts: tuple[str, ...] = ()
    """Commands answered with OK for any argument, without an effect."""
    parameters: dict[str, Parameter] = {}
    memory: dict[str, Kept] = {}
    """Settings by the beginning of their command: `+QCFG="ims"`."""
    stats: dict[str, tuple[int, int, int, int, int, int, int]] = {}
    """Fields for announcements: the family's own numbers of a call's state, by <stat> of +CLCC from 0 to 6,
    the state of a released call.
    """
    call_lines: tuple[str, ...] = ()
    """Lines for `{call}` in announcements."""
    list_lines: tuple[str, ...] = ()
    """Lines for each call in `{list}` of announcements."""
    list_end: str = ""
    """Line at the end of such a list."""
    codes_here: str = ""
    """Command that moves unsolicited lines back to the command port."""
    only_with: dict[str, str] = {}
    """Parameters that must not be 0 for an unsolicited line to be sent, by the beginning of the line."""
    vices: Vices = Vices()
    noise: tuple[Noise, ...] = ()
    announce: Announcements = Announcements()


# msgspec analyses a type at its first use; two threads that do so at once end the process (SIGSEGV).
msgspec.json.Decoder(Dialect)


@functools.lru_cache(maxsize=1)
def dialect_names() -> tuple[str, ...]:
    """Return the names of the dialects."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.toml") if path.stem != _COMMON))


@functools.lru_cache(maxsize=16)
def load_dialect(name: str) -> Dialect:
    """Return the dialect's own table over the common one. Raises ConfigError."""
    common, own = _read(_COMMON), _read(name)
    return msgspec.structs.replace(
        own,
        answers={**common.answers, **own.answers},
        parameters={**common.parameters, **own.parameters},
        accepts=common.accepts + own.accepts,
    )


def _read(name: str) -> Dialect:
    try:
        data = tomllib.loads((_DIRECTORY / f"{name}.toml").read_text(encoding="utf-8"))
        return msgspec.convert(data, Dialect)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"dialects/{name}.toml: {error}") from error
