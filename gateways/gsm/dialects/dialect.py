"""What a dialect can say: the schema of `config/dialects/*.toml`, with all that a file inherits filled in.

Only the shape and the meaning stand here; the values stand in the files, the base's defaults included.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Annotated, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

from gateways.gsm.at.commands import Rules
from gateways.gsm.dialects.hints import Sign
from messages.base import VoicePace

Seconds = Annotated[float, Meta(ge=0, le=600)]
Commands = tuple[str, ...]

GROUPS: Final = frozenset({"id", "direction", "stat", "number", "type", "cause", "value"})
"""The named groups that a pattern of an unsolicited line may have."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; keys that are not declared are refused."""


class Urc(Table, frozen=True, kw_only=True):
    """One pattern of unsolicited lines. It must match the whole line.

    Groups understood: `id` `direction` (0 out, 1 in) `stat` `number` `type` `cause` `value`.
    """

    pattern: str
    event: Sign | None = None
    states: dict[str, Sign] = {}
    """Instead of `event`: what each value of the group `stat` means, or, ahead of that, of `direction/stat`
    (`"1/4"`). A value not listed is a mere hint."""
    cause: int | None = None
    """Q.850, when the line itself is the network's word (BUSY)."""
    cause_if_unknown: int | None = None
    """Q.850, to be replaced when something more precise comes."""
    payload: bool = False
    """The next line belongs to it."""


class Match(Table, frozen=True, kw_only=True):
    """How a modem of this dialect is known."""

    identity: tuple[str, ...] = ()
    """Patterns searched in the answers of ATI, +CGMI, +CGMM, +CGMR."""
    maker: tuple[str, ...] = ()
    """Patterns of which one must be found in the maker's name where the modem says one: models of several
    makers are called alike. Empty: whoever made it."""
    usb: tuple[str, ...] = ()
    """`vendor:product`, lower-case hexadecimal."""
    lines: tuple[str, ...] = ()
    """Patterns of whole lines, of either side, that no dialect but this and its heirs has."""


class Poll(Table, frozen=True, kw_only=True):
    """How often the list of calls is asked for."""

    setup_s: Seconds
    """While a call is being set up, rings, or is about to end."""
    active_s: Seconds
    idle_s: Seconds
    """Between two signs of life: SIM, network and signal are asked for, and the calls."""
    allowed: bool
    """Whether +CLCC may be asked at all."""


class Times(Table, frozen=True, kw_only=True):
    """How long things take."""

    command_s: Seconds
    dial_s: Seconds
    """For the final result of ATD, where it comes at once."""
    answer_s: Seconds
    hang_up_s: Seconds
    dial_appears_s: Seconds
    """How long after ATD's OK the call may still be missing from +CLCC."""
    settle_s: Seconds
    """How long the end of a call waits for the line that names the cause."""
    reboot_s: Seconds
    gap_s: Seconds
    """Pause between a final result and the next command."""
    resync_s: Seconds
    """For the answer of a resync query."""


class Card(Table, frozen=True, kw_only=True):
    """How a modem is told that its voice goes by its own sound card (USB audio), and no longer."""

    on: Commands
    off: Commands


class Voice(Table, frozen=True, kw_only=True):
    """How voice gets to the host."""

    ask: str = ""
    """What a firmware without voice refuses; empty: all of them have it, or none can be asked."""
    says_none: str = ""
    """Pattern of a whole line of the answer to `ask` that says so as well."""
    tried: bool
    """A firmware without voice is known by trying alone: `off`, which may be refused, and `on` are sent at
    the line's set-up, and one that refuses `on` has none."""
    setup: Commands
    """At the line's set-up, unless a call stands; each may be refused."""
    on: Commands
    off: Commands
    at: Literal["before", "dial", "answer"]
    """Switched on ahead of each dial and each answer, `off` first; as soon as the modem has taken the dial;
    or only once the call is answered. What was refused ahead is tried again once the call is answered."""
    kind: Literal["none", "tty", "card"]
    """`card`: by a sound card, as some lines have whatever their dialect's own way is
    (`CompiledDialect.by_card`)."""
    rate_hz: Literal[8000, 16000]
    frame_bytes: Annotated[int, Meta(ge=1, le=4096)]
    """Bytes of one 20 ms frame, s16le."""
    retry_s: Seconds
    """Between two attempts, for as long as `voice.KEEN_S`; afterwards they are rarer."""
    pace: VoicePace
    wear_reset: Commands
    """Starts a modem anew whose voice was good in the first calls and is worn (`calls.wear`); empty: it does
    not wear."""
    again_after_drop: bool
    """Dropping one of two calls silences the other until it is switched on again."""
    card: Card | None = None
    """None: no sound card of its own is known. One at its analogue pins needs nothing to be said: they carry
    every call's voice."""


class Service(Table, frozen=True, kw_only=True):
    """Whether the modem is in the IMS, so that calls go by VoLTE."""

    ask: str
    """Empty: none can be asked."""
    registered: str
    """Pattern of an answer line by which it is, for voice."""
    unregistered: str
    """Pattern of one by which it is not; any other leaves it unknown."""


class Kept(Table, frozen=True, kw_only=True):
    """What is set once, in the modem's own memory, by `securwoman modem setup` and never by itself."""

    name: str
    """What it is called (`ims`)."""
    ask: str
    """Asks for it."""
    wanted: str
    """Pattern of a whole line of the answer, where it is as it should be."""
    set: Annotated[Commands, Meta(min_length=1)]
    """Sets it; `{group}` is what `shape` has found."""
    shape: str = ""
    """Pattern of the line of the answer that has to be there for it to be set; empty: any answer."""
    why: str
    """What goes wrong without it, for whoever decides."""
    reboot: bool = False
    """It takes effect when the modem has started anew."""
    only: Literal["", "usb_audio"] = ""
    """Only where it is asked for; empty: always."""


class UsbPorts(Table, frozen=True, kw_only=True):
    """Which interface of a USB device does what."""

    usb: str
    at: int
    voice: int | None = None
    others: tuple[tuple[int, int], ...] = ()
    """What `at` and `voice` are on other devices of the same ids; looked at where nobody answers at `at`."""
    descriptors: tuple[str, ...] = ()
    """`class/subclass/protocol` (hexadecimal, of the interface descriptor) of those that take commands: a
    device that has such interfaces is asked there and nowhere else first."""


class Dialect(Table, frozen=True, kw_only=True):
    """A dialect with all that it inherits."""

    key: str
    """The file's name without `.toml`; what settings and traces say."""
    name: str
    """What people call it."""
    lineage: tuple[str, ...]
    """Itself, then what it extends, up to the base."""
    aliases: tuple[str, ...] = ()
    match: Match = Match()
    first: Commands
    """Sent before the modem is even asked what it is."""
    identify: Commands
    init: Commands
    init_at_port: Commands = ()
    """After `init`, where the line's port is the USB interface that a `[[port]]` table names `at`: what has
    unsolicited codes come out there, and at no other."""
    reports: str = ""
    """After `init`: has reports on messages that were sent handed over as they come (27.005 clause 3.4.1);
    empty: the modem cannot."""
    resync: Annotated[Commands, Meta(min_length=1)]
    """Queries whose answer nothing else looks like, used in turn."""
    dial: str
    answer: str
    hang_up: str
    hang_up_again: str
    """Tried in turn with `hang_up` while the call is still there."""
    hang_up_one: str
    """Ends one of several calls; empty when the dialect cannot."""
    hang_up_one_before_ringing: bool
    """Whether `hang_up_one` may be used on a call that does not ring yet."""
    reject_waiting: str
    hold: str
    swap: str
    conference: str
    drop: str
    dtmf: str
    calls: str
    report: str
    """Asks why the last call ended; empty when the dialect says it by itself or not at all."""
    reset: str
    ussd: Literal["text", "packed"]
    """How it wants a network's code to be written; the other way is tried where it refuses this one."""
    card: str
    """Asks for the number of the SIM card (ICCID), which most modems tell ahead of its PIN."""
    answer_trust: Literal["signalling", "early"]
    dial_blocking_s: Seconds
    """How long ATD may go without a final result while any byte would abort it; 0: it answers at once."""
    dial_ok_is_answer: bool
    """The OK of ATD comes with the answer, and says so."""
    poll: Poll
    times: Times
    voice: Voice
    service: Service
    urc: tuple[Urc, ...]
    refusals: tuple[str, ...] = ()
    """Final results of this firmware that mean ERROR."""
    unterminated: tuple[str, ...] = ()
    """Codes that it sends without an end of line."""
    answer_ends: tuple[str, ...] = ()
    """Prefixes of answers behind which no OK comes."""
    phantoms: tuple[str, ...] = ()
    """Rows of +CLCC, without the prefix, that are no calls."""
    conference_row: str = ""
    """The row of +CLCC that stands for all members of a conference."""
    port: tuple[UsbPorts, ...] = ()
    kept: tuple[Kept, ...] = ()
    faults: tuple[str, ...] = ()
    """What the person on duty should know of this hardware."""


T = TypeVar("T")

_PLAIN: Final = re.compile(r"(?:\\(?P<sign>[+^*#$%])|(?P<char>[A-Za-z0-9 _:]))(?![?*{])")
_ESCAPED: Final = re.compile(r"\\.")
_GROUP: Final = re.compile(r"\[[^\]]*\]|\([^()]*\)")


def beginning(pattern: str) -> str:
    """Characters that every line which matches begins with, as far as they are plain to see."""
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


class Patterns(Generic[T]):
    """Patterns in the order in which they are tried, each with what it stands for."""

    def __init__(self, patterns: Iterable[tuple[str, T]]) -> None:
        self._all = tuple((beginning(text), re.compile(text), meaning) for text, meaning in patterns)
        # Of one line it is asked several times in a row, and a modem says the same things all day.
        self._remembered = lru_cache(maxsize=512)(self._search)

    def find(self, line: str) -> tuple[re.Match[str], T] | None:
        """The first that matches the whole line."""
        return self._remembered(line)

    def _search(self, line: str) -> tuple[re.Match[str], T] | None:
        for start, pattern, meaning in self._all:
            if line.startswith(start) and (match := pattern.fullmatch(line)) is not None:
                return match, meaning
        return None


class CompiledDialect:
    """A dialect with its patterns compiled: what the driver works with."""

    def __init__(self, dialect: Dialect) -> None:
        self.data = dialect
        self.key: Final = dialect.key
        self._urcs = Patterns((urc.pattern, urc) for urc in dialect.urc)
        self._phantoms = tuple(re.compile(pattern) for pattern in dialect.phantoms)
        self._conference = re.compile(dialect.conference_row) if dialect.conference_row else None

    def __repr__(self) -> str:
        return f"<dialect {self.key}>"

    def by_card(self, *, own: bool) -> CompiledDialect:
        """For a line whose voice is a sound card, the modem's own or one at its analogue pins."""
        same = copy.copy(self)
        same.data = msgspec.structs.replace(self.data, voice=_by_card(self.data.voice, own=own))
        return same

    @property
    def early_answer(self) -> bool:
        """Signalling alone does not prove that somebody answered."""
        return self.data.answer_trust == "early"

    @cached_property
    def rules(self) -> Rules:
        """What the command engine has to know."""
        data = self.data
        return Rules(
            known=lambda line: self.find(line) is not None,
            takes_next_line=self._takes_next_line,
            refusals=tuple(re.compile(pattern) for pattern in data.refusals),
            unterminated=re.compile("|".join(data.unterminated)) if data.unterminated else None,
            resync=data.resync,
            resync_timeout_s=data.times.resync_s,
            gap_s=data.times.gap_s,
        )

    def find(self, line: str) -> tuple[re.Match[str], Urc] | None:
        """The first pattern that matches the whole line, the most specific dialect's first."""
        return self._urcs.find(line)

    def is_phantom(self, row: str) -> bool:
        """Whether a row of +CLCC (without its prefix) is no call of ours."""
        return any(pattern.fullmatch(row) for pattern in self._phantoms)

    def is_conference(self, row: str) -> bool:
        """Whether a row of +CLCC stands for all members of a conference at once."""
        return self._conference is not None and self._conference.fullmatch(row) is not None

    def in_ims(self, lines: Iterable[str]) -> bool | None:
        """Whether the modem is in the IMS for voice, by its answer to `service.ask`; none where that does not
        tell."""
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
    """At 8 kHz. Whether the firmware has voice can only be tried then, and only where it is switched."""
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
