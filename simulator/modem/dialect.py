"""A modem family as data: what it answers, how it announces a call's progress, and its vices.

The families are the TOML files in `dialects/`; `common.toml` is what all of them answer. This module gives
them types; it must not act on them.
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
"""Alternatives, used in turn; each is the lines of one announcement, with {fields}. A line whose field is
None is left out."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a dialect's file."""


class Parameter(_Table, frozen=True, kw_only=True):
    """A command that only stores numbers (`AT+CLIP=1`)."""

    default: tuple[int, ...]
    limit: tuple[int, ...]
    """The greatest value of each."""
    kept: bool = False
    """It outlives the power."""
    read: str = ""
    """What `?` answers, with {0}, {1} …; empty: `NAME: v,v`."""


class Kept(_Table, frozen=True, kw_only=True):
    """One setting of its own memory, which outlasts the power."""

    value: str
    """As it leaves the factory; empty: it is not there yet."""
    read: str
    """What it answers when asked, with {value}, its parts {0}, {1} …, and the fields of `answers`."""


class Announcements(_Table, frozen=True, kw_only=True):
    """How the modem tells a call's progress, unasked.

    Fields: id, direction, call_type, seconds, hhmmss, end, cause, result, clcc, ring, clip, ccwa, clock,
    number, type, mpty, and those that `stats` names. Some decide whether their line is said: `named` is the
    number if it is known, `unnamed` and `busy` are empty if it is not, and if the far end is busy.
    """

    originated: Wordings = ()
    alerting: Wordings = ()
    connected: Wordings = ()
    accepted: Wordings = ()
    """An incoming call that the host has answered."""
    incoming: Wordings = (("{ring}", "{clip}"),)
    """The first ring."""
    ringing: Wordings = (("{ring}", "{clip}"),)
    """Every further ring."""
    waiting: Wordings = (("{ccwa}",),)
    changed: Wordings = ()
    """Held, taken back, joined."""
    ended: Wordings = (("{result}",),)
    """An answered call ended by the far end or the network."""
    ended_by_host: Wordings = ()
    failed: Wordings = (("{result}",),)
    """A call that was never answered, ended by the far end or the network."""
    failed_by_host: Wordings = ()
    missed: Wordings = ()
    """An incoming call that ended before the host answered."""


class Noise(_Table, frozen=True, kw_only=True):
    """Lines that come by themselves, one each time."""

    every_s: float
    lines: tuple[str, ...]


class Dialect(_Table, frozen=True, kw_only=True):
    """One family of modems."""

    name: str
    model: str = ""
    unknown_command: str = "ERROR"
    international_prefix: str = "+"
    """What stands before an international number in +CLCC, +CLIP, +CCWA, +COLP (its type says 145 in any
    case)."""
    clcc_tail: str = ""
    clip_tail: str = ""
    withheld_clip_tail: str = ",,,,1"
    ceer: str = "+CEER: {text}"
    ring_every_s: float = 5.0
    announce_before_ok: tuple[str, ...] = ()
    """Commands whose effects are announced before their final result instead of after it."""
    dial_ok: Literal["once", "ringing", "answer"] = "once"
    """When the OK of ATD comes, as the modem leaves the factory; a call that fails earlier has its result."""
    dial_waits_with: tuple[str, ...] = ("+COLP",)
    """Parameters of which each, while it is not 0, has the OK of ATD wait for the answer."""
    without_ok: tuple[str, ...] = ()
    """Answer lines behind which no OK comes."""
    clcc_urc: bool = False
    """`AT+CLCC=1` makes +CLCC an unsolicited result."""
    hang_up_needs_cvhu_0: bool = False
    early_release_mutes: bool = False
    """`+CHLD=1x` on a call that does not ring yet: the modem never says anything again until its power is
    cut."""
    one_of_two_ends_voice: bool = False
    """When one of several calls ends, the voice of the others is gone until it is switched on again."""
    gives_voice: bool = True
    """False: none of its kind has a voice port."""
    voice_switch: Literal["none", "ddsetex", "cpcmreg", "qpcmv"] = "none"
    vendor_commands: Literal["none", "quectel"] = "none"
    boot: tuple[str, ...] = ()
    answers: dict[str, tuple[str, ...]] = {}
    """Fixed answers by the command as written, in capitals (`+CGMM`, `+CSQ`, `+COPS?`); fields: model, imei,
    imsi, card, number, csq, registered, circuit, ims."""
    accepts: tuple[str, ...] = ()
    """Commands that are answered OK, whatever they are told, and change nothing."""
    parameters: dict[str, Parameter] = {}
    memory: dict[str, Kept] = {}
    """By how a command for it begins: `+QCFG="ims"`."""
    stats: dict[str, tuple[int, int, int, int, int, int, int]] = {}
    """Fields for its announcements: a call's state in the family's own numbers, by <stat> of +CLCC from 0
    to 6, which is a call that is gone."""
    call_lines: tuple[str, ...] = ()
    """What stands for `{call}` in its announcements."""
    list_lines: tuple[str, ...] = ()
    """What stands for each of its calls where `{list}` stands in its announcements."""
    list_end: str = ""
    """What ends such a list."""
    codes_here: str = ""
    """The command by which what it says unasked comes out at the command port again."""
    only_with: dict[str, str] = {}
    """By the beginning of a line that comes unasked: the parameter without which (0) it is not said."""
    vices: Vices = Vices()
    noise: tuple[Noise, ...] = ()
    announce: Announcements = Announcements()


# msgspec learns a type where it is first met; two threads that do so at once end the process (SIGSEGV).
msgspec.json.Decoder(Dialect)


@functools.lru_cache(maxsize=1)
def dialect_names() -> tuple[str, ...]:
    """The dialects there are."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.toml") if path.stem != _COMMON))


@functools.lru_cache(maxsize=16)
def load_dialect(name: str) -> Dialect:
    """The dialect's own table over what is common to all. Raises ConfigError."""
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
