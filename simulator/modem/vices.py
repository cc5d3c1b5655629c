"""Faults of real modems, each as a switch.

A dialect's file has the vices of its firmware; a `[[modem]]` of the simulation's file adds its own; `POST
/modems/NAME/vices` changes them at run time. Data; each part of the modem checks its own vices.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class Vices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Vices of a modem. None: as in the dialect; in a dialect: absent."""

    early_answer: bool | None = None
    """`connected` is reported as soon as the far end rings (seen on A7672 over CSFB)."""
    reused_ids: bool | None = None
    """False: a freed id is reused only after all others; otherwise at once."""
    data_phantom: bool | None = None
    """A data session appears in the list of calls, as `7,1,0,1,0,"",128`."""
    collapsed_conference: bool | None = None
    """The members of a network conference appear in the list as one row, `5,0,0,0,0,"sip:mmtel",128`."""
    glued_lines: bool | None = None
    """A code after a final result follows without a line end in between (`OK^ORIG:1,0`)."""
    line_end: Literal["\r\n", "\r\r\n", "\r"] | None = None
    noise_every_s: Seconds | None = None
    """Interval of unsolicited lines; 0: never."""
    ok_after_answer: bool | None = None
    """The OK of ATD comes with the answer, with or without +COLP."""
    bytes_abort_dial: bool | None = None
    """Any byte while ATD waits for its final result ends the attempt (V.250 5.6.1)."""
    silent_after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Number of command lines since power-on after which the modem is silent and ignores input; 0: never."""
    reboots_after_s: Seconds | None = None
    """Time from the answer of a call to a restart in the middle of it; 0: never."""
    joins_emergency: bool | None = None
    """Calls set up as emergency calls can be held and joined; correct modems refuse, since teleservice 12 has
    no such services.
    """
    echo: bool | None = None
    """Commands are echoed despite `ATE0`."""
    cut_codes: bool | None = None
    """Every third unsolicited code is cut to two characters (`+U`, `1,`)."""
    shifted_answers: bool | None = None
    """Each command gets the answer of the one before (seen on SARA-G450), from now or from power-on until
    the port is reopened.
    """
    registration: Literal["home", "roaming", "searching", "denied", "none"] | None = None
    """Registration of the SIM; only `home` and `roaming` carry calls, and present calls are lost
    otherwise.
    """
    codes_elsewhere: bool | None = None
    """Unsolicited lines come out at another port (`NAME.urc`) until ordered to the command port, if the
    family has such a command.
    """

    refuses: tuple[str, ...] | None = None
    """Commands that are refused, by name (`D`, `+CHUP`)."""
    ignores: tuple[str, ...] | None = None
    """Commands answered with OK without an effect (`+CHUP`, `H`); a single form of `+CHLD` can be named:
    `+CHLD=1x`.
    """
    slow_s: dict[str, Seconds] | None = None
    """Execution time of a command, by name; input waits meanwhile."""
    message_takes_s: Seconds | None = None
    """Time from the text of a message to the network's answer; the message itself is sent at once."""
    message_error: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """`+CMS ERROR` for every message, which is not sent (TS 27.005 3.2.5); 0: none."""
    loses_messages: bool | None = None
    """Messages to the modem's number never arrive, though the network has accepted them."""
    ussd: str | None = None
    """Answer of the network to any code; empty: none."""
    ussd_form: Literal["text", "packed", "ucs2", "refused", "ended"] | None = None
    """Form of that answer: text; hexadecimal septets, then required for codes too; or UCS-2. `refused`: codes
    are refused. `ended`: the network ends the session without text.
    """
    ussd_takes_s: Seconds | None = None
    """Time until the network's answer (2)."""
    worded_errors: bool | None = None
    """Refusals are `ERROR: ` with words, despite `+CMEE`."""
    fails_after_s: Seconds | None = None
    """Time from ATD until calls end without ringing and without a reason: no IMS, and no 2G to fall back to
    (0.5 s on a SIM7600); 0: never.
    """
    shows_number: str | None = None
    """Number shown by the list of calls and by codes for every dialled call."""
    unmarked_conference: bool | None = None
    """The members of a network conference appear in the list as active, and not as multiparty."""
    forgets: tuple[str, ...] | None = None
    """Settings of the memory that are lost at the next start (`+QCFG="ims"`), despite the OK."""
    radio_off: bool | None = None
    """The radio is off (`+CFUN: 0`) from power-on until `AT+CFUN=1`."""

    no_ims: bool | None = None
    """Registered for data alone: `+CEREG` follows `registration`, `+CREG` is 0, there is no IMS, and calls
    end 0.5 s after ATD without a reason. For a modem that does not report this, use `fails_after_s`.
    """

    data_only: bool | None = None
    """Firmware for data: the port exists and carries no voice. A Quectel answers `+QPCMV=?` nevertheless and
    refuses `=1,x`; a SIMCom refuses `+CPCMREG=?`, a Huawei `^CVOICE?`.
    """
    pcm_left: bool | None = None
    """Quectel: `+QPCMV: 1,2` is set from power-on, left by another program: `=1,0` is refused until `=0`."""
    late_voice_dead: bool | None = None
    """Quectel: a voice port switched on after dial or answer carries nothing (an EC25-EU)."""
    no_voice: bool | None = None
    """The voice port delivers digital silence for any sound of its calls."""
    takes_no_voice: bool | None = None
    """The voice port accepts nothing."""
    says_silence: bool | None = None
    """The voice port accepts input, and silence is sent in its place."""
    voice_late_s: Seconds | None = None
    """Delay of sent voice."""
    voice_loss: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """Share of sent frames that are replaced by silence, at random."""
    voice_db: Annotated[float, msgspec.Meta(ge=-60, le=30)] | None = None
    """Gain of sent voice."""
    voice_port_gone: bool | None = None
    """The voice port is absent, while command port and calls work."""
    wide_over_volte: bool | None = None
    """The voice port uses 16 kHz, unless set by `AT+CPCMBANDWIDTH=1,1` (SIM7600)."""
    pcm_worn_after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Number of calls with voice since power-on after which the voice port delivers digital silence and
    ignores input (SIM7600: until `AT+CRESET`); 0: never.
    """
    cpcmreg_refused_s: Seconds | None = None
    """Time after the answer in which `AT+CPCMREG=1` is refused; with `pcm_worn_after`, only once degraded; 0:
    never.
    """
    stops_on_imbalance: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Difference in frames between voice written and read at which the voice port accepts no input until
    switched on again; 0: never.
    """


REGISTRATIONS = {"none": 0, "home": 1, "searching": 2, "denied": 3, "roaming": 5}
"""<stat> of +CREG (TS 27.007 7.2)."""

NOISE = ("^RSSI:18", "+CGEV: NW MODIFY 1,0,0", "^BOOT:20150721,0,0,0,75", "+CREG: 1", "+CSQ: 18,99")


def over(given: Vices, base: Vices) -> Vices:
    """Return the base with the given vices in place of its own."""
    changes = {name: value for name in Vices.__struct_fields__ if (value := getattr(given, name)) is not None}
    return msgspec.structs.replace(base, **changes)
