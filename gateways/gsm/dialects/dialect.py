"""The schema of a dialect, as in `config/dialects/*.toml` with all inherited values filled in.

This module has only the shape and the meaning; the values are in the files, including the base's defaults.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Annotated, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

from gateways.gsm.at.commands import EngineRules
from gateways.gsm.dialects.hints import Sign
from messages.base import VoicePace

Seconds = Annotated[float, Meta(ge=0, le=600)]
Commands = tuple[str, ...]

GROUPS: Final = frozenset({"id", "direction", "stat", "number", "type", "cause", "value"})
"""Named groups that a pattern of an unsolicited line may have."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; keys that are not declared are refused."""


class Urc(Table, frozen=True, kw_only=True):
    """A pattern of unsolicited lines. The pattern must match the whole line.

    Known groups: `id` `direction` (0 out, 1 in) `stat` `number` `type` `cause` `value`.
    """

    pattern: str
    event: Sign | None = None
    states: dict[str, Sign] = {}
    """Meaning of each value of the group `stat`, in place of `event`; entries for `direction/stat` (`"1/4"`)
    have precedence. A value not listed is only a hint."""
    cause: int | None = None
    """Q.850 cause if the line itself is the network's report (BUSY)."""
    cause_if_unknown: int | None = None
    """Q.850 cause, replaced by a more precise cause."""
    payload: bool = False
    """True if the next line belongs to the code."""


class Match(Table, frozen=True, kw_only=True):
    """The signs of a modem with this dialect."""

    identity: tuple[str, ...] = ()
    """Patterns searched in the answers of ATI, +CGMI, +CGMM, +CGMR."""
    maker: tuple[str, ...] = ()
    """Patterns for the maker's name; if the modem reports a maker, one pattern must match: models of several
    makers share names. Empty: any maker."""
    usb: tuple[str, ...] = ()
    """`vendor:product`, lower-case hexadecimal."""
    lines: tuple[str, ...] = ()
    """Patterns of whole lines, from either side, that only this dialect and its heirs have."""


class Poll(Table, frozen=True, kw_only=True):
    """Intervals at which the list of calls is polled."""

    setup_s: Seconds
    """Interval while a call is being set up, rings, or is about to end."""
    active_s: Seconds
    idle_s: Seconds
    """Interval between two checks of an idle modem: SIM, network, signal and calls."""
    allowed: bool
    """True if the modem tolerates +CLCC."""


class Times(Table, frozen=True, kw_only=True):
    """Time limits and delays."""

    command_s: Seconds
    dial_s: Seconds
    """Limit for the final result of ATD, if the result comes at once."""
    answer_s: Seconds
    hang_up_s: Seconds
    dial_appears_s: Seconds
    """Time after ATD's OK in which the call may be missing from +CLCC."""
    settle_s: Seconds
    """Time for which the end of a call waits for the line with the cause."""
    reboot_s: Seconds
    gap_s: Seconds
    """Pause between a final result and the next command."""
    resync_s: Seconds
    """Limit for the answer of a resync query."""


class Card(Table, frozen=True, kw_only=True):
    """Commands that switch a modem's voice to its own sound card (USB audio), and back."""

    on: Commands
    off: Commands


class Voice(Table, frozen=True, kw_only=True):
    """The path of voice to the host."""

    ask: str = ""
    """Command that a firmware without voice refuses. Empty: every firmware has voice, or no test exists."""
    says_none: str = ""
    """Pattern of a whole answer line to `ask` that also means a firmware without voice."""
    tried: bool
    """True if a firmware without voice is recognised only by trying: `off`, which may be refused, and `on`
    are sent at the line's set-up, and a firmware that refuses `on` has no voice."""
    setup: Commands
    """Commands at the line's set-up, unless a call is up; each command may be refused."""
    on: Commands
    off: Commands
    at: Literal["before", "dial", "answer"]
    """Time at which voice is switched on: ahead of each dial and each answer, `off` first; as soon as the
    modem has accepted the dial; or only once the call is answered. A command refused ahead is repeated once
    the call is answered."""
    kind: Literal["none", "tty", "card"]
    """Kind of the voice path. `card`: a sound card; some lines have one regardless of their dialect
    (`CompiledDialect.by_card`)."""
    rate_hz: Literal[8000, 16000]
    frame_bytes: Annotated[int, Meta(ge=1, le=4096)]
    """Bytes of one 20 ms frame, s16le."""
    retry_s: Seconds
    """Interval between two attempts, for as long as `voice_switch.FREQUENT_ATTEMPTS_S`; later attempts are
    rarer."""
    pace: VoicePace
    wear_reset: Commands
    """Commands that restart a modem with degraded voice (`calls.voice_degradation`). Empty: the voice does
    not degrade."""
    again_after_drop: bool
    """True if dropping one of two calls silences the other until its voice is switched on again."""
    card: Card | None = None
    """Commands for the modem's own sound card; None if no such card is known. A sound card at the modem's
    analogue pins needs no command: the pins carry every call's voice."""


class Service(Table, frozen=True, kw_only=True):
    """Registration with the IMS, the condition for calls by VoLTE."""

    ask: str
    """Command that requests the registration. Empty: no such command."""
    registered: str
    """Pattern of an answer line of a modem registered for voice."""
    unregistered: str
    """Pattern of an answer line of an unregistered modem; any other line leaves the registration unknown."""


class Kept(Table, frozen=True, kw_only=True):
    """A setting in the modem's own memory, made once by `securwoman modem setup` and never automatically."""

    name: str
    """Name of the setting (`ims`)."""
    ask: str
    """Command that requests the setting."""
    wanted: str
    """Pattern of a whole answer line if the setting is as wanted."""
    set: Annotated[Commands, Meta(min_length=1)]
    """Commands that make the setting; `{group}` is a group of `shape`."""
    shape: str = ""
    """Pattern of an answer line that must be present before the setting is made. Empty: any answer."""
    why: str
    """Consequence of a missing setting, for the decision of the administrator."""
    reboot: bool = False
    """True if the setting takes effect after a restart of the modem."""
    only: Literal["", "usb_audio"] = ""
    """Option that requests the setting. Empty: the setting is always made."""


class UsbPorts(Table, frozen=True, kw_only=True):
    """The roles of a USB device's interfaces. `usb`: `vendor:product`; `at`, `voice`: numbers of the
    interfaces for commands and for voice.
    """

    usb: str
    at: int
    voice: int | None = None
    others: tuple[tuple[int, int], ...] = ()
    """Values of `at` and `voice` on other devices with these ids; tried if no modem answers at `at`."""
    descriptors: tuple[str, ...] = ()
    """`class/subclass/protocol` (hexadecimal, of the interface descriptor) of the interfaces that accept
    commands: a device with such interfaces is first probed only there."""


class Dialect(Table, frozen=True, kw_only=True):
    """A dialect with all inherited values."""

    key: str
    """Name of the file without `.toml`, as used in settings and traces."""
    name: str
    """Name as shown to people."""
    lineage: tuple[str, ...]
    """Keys of the dialect itself, then of its ancestors up to the base."""
    aliases: tuple[str, ...] = ()
    match: Match = Match()
    first: Commands
    """Commands sent before the modem is identified."""
    identify: Commands
    init: Commands
    init_at_port: Commands = ()
    """Commands after `init` if the line's port is the USB interface `at` of a `[[port]]` table: these
    commands direct unsolicited codes to this interface only."""
    reports: str = ""
    """Command after `init` that requests delivery reports of sent messages as they arrive (27.005 clause
    3.4.1). Empty: the modem has no such reports."""
    resync: Annotated[Commands, Meta(min_length=1)]
    """Queries with an unmistakable answer, used in turn."""
    dial: str
    answer: str
    hang_up: str
    hang_up_again: str
    """Command tried in turn with `hang_up` while the call is still up."""
    hang_up_one: str
    """Command that ends one of several calls; empty if the dialect has none."""
    hang_up_one_before_ringing: bool
    """True if `hang_up_one` may be used on a call that does not ring yet."""
    reject_waiting: str
    hold: str
    swap: str
    conference: str
    drop: str
    dtmf: str
    calls: str
    report: str
    """Command that requests the cause of the last call's end; empty if the modem reports the cause
    unrequested or not at all."""
    reset: str
    ussd: Literal["text", "packed"]
    """Encoding of a network's code; the other encoding is tried if the modem refuses this encoding."""
    card: str
    """Command that requests the number of the SIM card (ICCID); most modems answer before the PIN."""
    answer_trust: Literal["signalling", "early"]
    dial_blocking_s: Seconds
    """Seconds for which ATD may have no final result while any byte would abort the dial; 0: at once."""
    dial_ok_is_answer: bool
    """True if the OK of ATD comes with the answer of the call, and means the answer."""
    poll: Poll
    times: Times
    voice: Voice
    service: Service
    urc: tuple[Urc, ...]
    refusals: tuple[str, ...] = ()
    """Final results of this firmware that mean ERROR."""
    unterminated: tuple[str, ...] = ()
    """Codes that this firmware sends without an end of line."""
    answer_ends: tuple[str, ...] = ()
    """Prefixes of answers without a following OK."""
    phantoms: tuple[str, ...] = ()
    """Rows of +CLCC, without the prefix, that are no calls."""
    conference_row: str = ""
    """Pattern of the +CLCC row that stands for all members of a conference."""
    port: tuple[UsbPorts, ...] = ()
    kept: tuple[Kept, ...] = ()
    faults: tuple[str, ...] = ()
    """Facts about this hardware for the operator."""


T = TypeVar("T")

_PLAIN: Final = re.compile(r"(?:\\(?P<sign>[+^*#$%])|(?P<char>[A-Za-z0-9 _:]))(?![?*{])")
_ESCAPED: Final = re.compile(r"\\.")
_GROUP: Final = re.compile(r"\[[^\]]*\]|\([^()]*\)")


def literal_prefix(pattern: str) -> str:
    """Return the literal characters at the start of every matching line, as far as evident."""
    outside = _ESCAPED.sub("", pattern)
    while (shorter := _GROUP.sub("", outside)) != outside:
        outside = shorter
    if "|" in outside:
        return ""
    found, at = "", 0
    while (plain := _PLAIN.match(pattern, at)) is not None:
        found += plain["sign"] or plain["char"]
        at = plain.end()
    return found


class LinePatterns(Generic[T]):
    """Patterns in the order of trial, each with its meaning."""

    def __init__(self, patterns: Iterable[tuple[str, T]]) -> None:
        self._all = tuple((literal_prefix(text), re.compile(text), meaning) for text, meaning in patterns)
        # A line is looked up several times in a row, and a modem repeats its lines all day.
        self._remembered = lru_cache(maxsize=512)(self._search)

    def find(self, line: str) -> tuple[re.Match[str], T] | None:
        """Return the first pattern that matches the whole line, with its meaning; None without a match."""
        return self._remembered(line)

    def _search(self, line: str) -> tuple[re.Match[str], T] | None:
        for start, pattern, meaning in self._all:
            if line.startswith(start) and (match := pattern.fullmatch(line)) is not None:
                return match, meaning
        return None


class CompiledDialect:
    """A dialect with compiled patterns, for the driver."""

    def __init__(self, dialect: Dialect) -> None:
        self.data = dialect
        self.key: Final = dialect.key
        self._urcs = LinePatterns((urc.pattern, urc) for urc in dialect.urc)
        self._phantoms = tuple(re.compile(pattern) for pattern in dialect.phantoms)
        self._conference = re.compile(dialect.conference_row) if dialect.conference_row else None

    def __repr__(self) -> str:
        return f"<dialect {self.key}>"

    def by_card(self, *, own: bool) -> CompiledDialect:
        """Return this dialect with voice by a sound card: the modem's own (`own`) or at its analogue pins."""
        same = copy.copy(self)
        same.data = msgspec.structs.replace(self.data, voice=_by_card(self.data.voice, own=own))
        return same

    @property
    def early_answer(self) -> bool:
        """True if signalling alone does not prove that a call was answered."""
        return self.data.answer_trust == "early"

    @cached_property
    def rules(self) -> EngineRules:
        """Rules for the command engine."""
        data = self.data
        return EngineRules(
            is_known_code=lambda line: self.find(line) is not None,
            takes_next_line=self._takes_next_line,
            refusals=tuple(re.compile(pattern) for pattern in data.refusals),
            unterminated=re.compile("|".join(data.unterminated)) if data.unterminated else None,
            resync=data.resync,
            resync_timeout_s=data.times.resync_s,
            gap_s=data.times.gap_s,
        )

    def find(self, line: str) -> tuple[re.Match[str], Urc] | None:
        """Return the first pattern that matches the whole line, the most specific dialect's first; None if no
        pattern matches.
        """
        return self._urcs.find(line)

    def is_phantom(self, row: str) -> bool:
        """Return True if a row of +CLCC (without its prefix) is no call of the center."""
        return any(pattern.fullmatch(row) for pattern in self._phantoms)

    def is_conference(self, row: str) -> bool:
        """Return True if a row of +CLCC stands for all members of a conference."""
        return self._conference is not None and self._conference.fullmatch(row) is not None

    def is_registered_in_ims(self, lines: Iterable[str]) -> bool | None:
        """Return True if the modem's answer to `service.ask` shows registration with the IMS for voice, False
        if it shows no registration, and None if it shows neither."""
        service = self.data.service
        lines = tuple(lines)
        for pattern, means in ((service.registered, True), (service.unregistered, False)):
            if pattern and any(re.fullmatch(pattern, line) for line in lines):
                return means
        return None

    def _takes_next_line(self, line: str) -> bool:
        found = self.find(line)
        if found is None:
            return False
        _, urc = found
        return urc.payload


def _by_card(voice: Voice, *, own: bool) -> Voice:
    """Return the voice table for a sound card, at 8 kHz. The test for a firmware without voice is then only
    by trying, and only if voice is switched by commands."""
    card = voice.card if own and voice.card is not None else Card(on=(), off=())
    return msgspec.structs.replace(
        voice,
        kind="card",
        ask="",
        setup=(),
        on=card.on,
        off=card.off,
        rate_hz=8000,
        frame_bytes=320,
        pace=VoicePace.CLOCK,
        wear_reset=(),
    )
