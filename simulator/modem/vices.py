"""What real modems do that they should not, each as a switch.

A dialect's file has its firmware's, a `[[modem]]` of the world its own on top, and `POST /modems/NAME/vices`
changes them while it runs. Data; whoever is about to behave looks here.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class Vices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """None: as the dialect has it; in a dialect: it has not."""

    early_answer: bool | None = None
    """Reports `connected` as soon as the far end rings (seen on A7672 over CSFB)."""
    reused_ids: bool | None = None
    """False: a freed id rests until all others have had their turn; otherwise it is used again at once."""
    data_phantom: bool | None = None
    """A data session stands in the list of calls, as `7,1,0,1,0,"",128`."""
    collapsed_conference: bool | None = None
    """The members of a network conference stand in the list as one row, `5,0,0,0,0,"sip:mmtel",128`."""
    glued_lines: bool | None = None
    """A code that follows a final result comes without a line end in between (`OK^ORIG:1,0`)."""
    line_end: Literal["\r\n", "\r\r\n", "\r"] | None = None
    noise_every_s: Seconds | None = None
    """So often it says something that nobody asked for; 0: never."""
    ok_after_answer: bool | None = None
    """The OK of ATD comes with the answer, +COLP or not."""
    bytes_abort_dial: bool | None = None
    """Any byte while ATD waits for its final result ends the attempt (V.250 5.6.1)."""
    silent_after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """After so many command lines since its power-on it hears and says nothing more; 0: never."""
    reboots_after_s: Seconds | None = None
    """So long after the answer of a call it starts anew, in the middle of it; 0: never."""
    joins_emergency: bool | None = None
    """It holds and joins calls set up as emergency calls; teleservice 12 has no such services, so that it
    should refuse."""
    echo: bool | None = None
    """It echoes commands whatever `ATE0` says."""
    cut_codes: bool | None = None
    """Of every third code that comes unasked only two characters come (`+U`, `1,`)."""
    shifted_answers: bool | None = None
    """From now, or its power-on, each command is answered with what belongs to the one before it (seen on
    SARA-G450); until its port is opened anew."""
    registration: Literal["home", "roaming", "searching", "denied", "none"] | None = None
    """How the network knows its SIM; only `home` and `roaming` carry calls, and those that are up are lost
    with them."""
    codes_elsewhere: bool | None = None
    """What it says unasked comes out at another of its ports (`NAME.urc`), until it is told to say it at the
    command port, where its family can be told."""

    refuses: tuple[str, ...] | None = None
    """Commands that it refuses, by their names (`D`, `+CHUP`)."""
    ignores: tuple[str, ...] | None = None
    """Commands to which it says OK and does nothing (`+CHUP`, `H`); of `+CHLD` one form alone can be named:
    `+CHLD=1x`."""
    slow_s: dict[str, Seconds] | None = None
    """How long it needs for a command, by its name; whatever is written meanwhile waits."""
    message_takes_s: Seconds | None = None
    """So long after the text of a message the network's answer comes; the message itself goes at once."""
    message_error: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """`+CMS ERROR` of every message, which does not go (TS 27.005 3.2.5); 0: none."""
    loses_messages: bool | None = None
    """Nothing that is written to its number arrives, though the network has taken it."""
    ussd: str | None = None
    """What the network says to any code; empty: nothing."""
    ussd_form: Literal["text", "packed", "ucs2", "refused", "ended"] | None = None
    """How the modem hands it on: as text, in hexadecimal as septets, which it then wants codes to be, or as
    UCS-2; or it refuses codes; or the network ends the session without a word."""
    ussd_takes_s: Seconds | None = None
    """After so long the network answers (2)."""
    worded_errors: bool | None = None
    """It refuses with `ERROR: ` and words, whatever `+CMEE` says."""
    fails_after_s: Seconds | None = None
    """So long after ATD its calls end without having rung, and nothing says why: no IMS, and no 2G to fall
    back to (0.5 s on a SIM7600); 0: they do not."""
    shows_number: str | None = None
    """The number that its list of calls and its codes give for every call that it has dialled."""
    unmarked_conference: bool | None = None
    """The members of a network conference stand in the list as active, and not as multiparty."""
    forgets: tuple[str, ...] | None = None
    """Settings of its memory that are gone with its next start (`+QCFG="ims"`), though it has said OK."""
    radio_off: bool | None = None
    """Its radio is off (`+CFUN: 0`) from its power-on, until it is told `AT+CFUN=1`."""

    no_ims: bool | None = None
    """It is registered for data alone: `+CEREG` is as `registration` says, `+CREG` is 0, there is no IMS, and
    calls end 0.5 s after ATD with nothing that says why. One that says nothing of it has `fails_after_s`."""

    data_only: bool | None = None
    """Its firmware is made for data: it has the port, and gives no voice. A Quectel answers `+QPCMV=?` all
    the same and refuses `=1,x`; a SIMCom refuses `+CPCMREG=?`, a Huawei `^CVOICE?`."""
    pcm_left: bool | None = None
    """Quectel: `+QPCMV: 1,2` stands from its power-on, left by another program: `=1,0` is refused until
    `=0`."""
    late_voice_dead: bool | None = None
    """Quectel: nothing flows on a voice port that was switched on after dial or answer (an EC25-EU)."""
    no_voice: bool | None = None
    """Its voice port gives digital silence, whatever its calls carry."""
    takes_no_voice: bool | None = None
    """It takes nothing of what the host writes to its voice port."""
    says_silence: bool | None = None
    """It takes what the host writes to its voice port, and sends silence in its place."""
    voice_late_s: Seconds | None = None
    """So late it sends what the host writes to its voice port."""
    voice_loss: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """Of what the host writes it sends silence in place of so many frames, by chance."""
    voice_db: Annotated[float, msgspec.Meta(ge=-60, le=30)] | None = None
    """What it sends is louder by so much than what the host writes."""
    voice_port_gone: bool | None = None
    """Its voice port is not there, while its command port and its calls are."""
    wide_over_volte: bool | None = None
    """Its voice port gives and takes 16 kHz, unless it is told `AT+CPCMBANDWIDTH=1,1` (SIM7600)."""
    pcm_worn_after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """After so many calls with voice since its power-on its voice port gives digital silence, and what is
    written to it is lost (SIM7600: until `AT+CRESET`); 0: never."""
    cpcmreg_refused_s: Seconds | None = None
    """So long after the answer it refuses `AT+CPCMREG=1`; where it wears (`pcm_worn_after`), only once it has
    worn; 0: it does not."""
    stops_on_imbalance: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Where what is written to its voice port and what is read from it differ by more frames than that, it
    takes no sound any more, until it is switched on again; 0: never."""


REGISTRATIONS = {"none": 0, "home": 1, "searching": 2, "denied": 3, "roaming": 5}
"""<stat> of +CREG (TS 27.007 7.2)."""

NOISE = ("^RSSI:18", "+CGEV: NW MODIFY 1,0,0", "^BOOT:20150721,0,0,0,75", "+CREG: 1", "+CSQ: 18,99")


def over(given: Vices, base: Vices) -> Vices:
    """The base, with what is given in its place."""
    changes = {name: value for name in Vices.__struct_fields__ if (value := getattr(given, name)) is not None}
    return msgspec.structs.replace(base, **changes)
