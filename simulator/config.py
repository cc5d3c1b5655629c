"""World that the carrier simulates, read from TOML. Must not open a port or start anything.

`[simulator]`, `[[modem]]` and `[[phone]]` are a contract (see the interfaces page); every key beyond it has a
default. An unknown key, a wrong type and a value out of range are errors that begin with the path of the
fault.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from simulator.errors import ConfigError
from simulator.modem.dialect import dialect_names, load_dialect
from simulator.modem.vices import Seconds, Vices
from simulator.network.sound import check_says, resolve_says

Number = Annotated[str, msgspec.Meta(pattern=r"^(\+[0-9]{6,15}|[0-9]{2,5})$")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
_Kind = TypeVar("_Kind")
_FAULT = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<path>.*)`$", re.DOTALL)

Behaviour = Literal["answer", "no_answer", "busy", "reject", "voicemail", "unreachable"]

# Numbers of TS 22.101 10.1.1 that reach an emergency service with or without a SIM, and Italy's own.
EMERGENCY_NUMBERS = ("112", "113", "115", "118", "911", "999", "000", "08", "110", "119")


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table of the file."""


class SimulatorConfig(_Table, frozen=True, kw_only=True):
    """Network itself."""

    control: str = "127.0.0.1:8199"
    """Loopback address of the control API; port 0 lets the system choose."""
    control_any_port: bool = False
    """True: if the port is in use (a second center on this machine), any free port is used."""
    country: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2}$")] = "39"
    """Country code that completes a number dialled in the national form."""
    emergency_numbers: tuple[str, ...] = EMERGENCY_NUMBERS
    """Dialled numbers that set up an emergency call (teleservice 12)."""
    no_answer_after_s: Seconds = 60.0
    """Ringing time after which the network ends a call (cause 19), in seconds."""
    recording_cap_s: Seconds = 1800.0
    """Longest recording of a phone's incoming sound in one call, in seconds."""


class ModemConfig(Vices, frozen=True, kw_only=True):
    """Modem with its SIM: one line; and its vices, if different from its dialect's."""

    name: Name
    dialect: str
    number: Number
    trunk: str = "public"
    imei: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{15})?$")] = ""
    """IMEI; empty: made up, constant for the modem's place in the file."""
    model: str = ""
    """Model in `AT+CGMM` and `ATI`; empty: the dialect's usual model."""
    setup_time_s: Seconds = 1.0
    """Time from ATD until the network has accepted the call; the called phone's `rings_after_s` starts
    then.
    """
    boot_time_s: Seconds = 1.0
    """Time without reaction after `AT+CFUN=1,1`."""
    voice: bool = True
    """False: a firmware without voice to the host; the modem has no voice port."""
    memory: dict[str, str] = msgspec.field(default_factory=dict)
    """Content of its memory, if different from the dialect's (`{ '+QCFG="ims"' = "0" }`)."""
    sound_card: bool = False
    """True if its USB mode has a sound card (Quectel's UAC): after `AT+QPCMV=1,2` voice flows at `NAME.card`,
    not at its voice port. Otherwise that command is refused.
    """
    colp: bool = True
    """False: `AT+COLP=1` is refused."""
    sim: bool = True
    """False: no SIM; only emergency calls can be tried."""
    pin: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4,8})?$")] = ""
    """PIN of the SIM, required at every power-on; empty: none."""
    pin_tries: Annotated[int, msgspec.Meta(ge=0, le=3)] = 3
    """Number of wrong PINs that the SIM still allows; 0: it requires its PUK."""
    puk: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$")] = "12345678"
    """PUK of the SIM: `AT+CPIN=PUK,new PIN` unlocks it."""
    card: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{19,20})?$")] = ""
    """Number of the SIM card (ICCID); empty: made up."""
    sim_emergency_numbers: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2,6}$")], ...] = ("112", "118")
    """SIM's own list (EF_ECC, TS 31.102 4.2.21); these numbers set up an emergency call from this modem
    too.
    """
    emergency: Literal["routed", "no_carrier"] = "routed"
    """`no_carrier`: the network rejects emergency calls of this modem."""
    csq: Annotated[int, msgspec.Meta(ge=0, le=99)] = 21
    """Signal quality in `AT+CSQ`."""


class PhoneConfig(_Table, frozen=True, kw_only=True):
    """Telephone and its handling of calls."""

    number: Number
    name: str = ""
    rings_after_s: Seconds = 3.0
    """Time from the network's acceptance of the call until the phone rings; busy and unreachable are reported
    then, too.
    """
    answers_after_s: Seconds = 2.0
    """Time from the first ring until the phone answers or rejects, or the voicemail takes the call."""
    behaviour: Behaviour = "answer"
    says: str = ""
    """`tone:HZ`, `file:WAV` (8 kHz mono 16 bit, played once), `loop:WAV` (repeated), `greeting` (a
    voicemail's), `silence`; empty: by behaviour.
    """
    hangs_up_after_s: Seconds = 0.0
    """Time from the answer, for calls in either direction; 0: never."""
    setup_time_s: Seconds = 1.0
    """Time until the network has accepted the phone's own calls."""
    withheld: bool = False
    """True: the phone's own calls do not show its number."""
    texts: Literal["taken", "unreported", "refused", "unreachable"] = "taken"
    """Handling of short messages to the phone, and the report to a sender who has requested one: delivered;
    delivered without a report; never delivered; delivered once this value is `taken`.
    """
    texts_after_s: Seconds = 0.0
    """Delivery time of a short message."""
    places: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    """Number of simultaneous calls, as at an exchange with many operators; without `place`, the control API
    uses the first.
    """


class Config(_Table, frozen=True, kw_only=True):
    """Whole file."""

    simulator: SimulatorConfig = SimulatorConfig()
    modems: tuple[ModemConfig, ...] = msgspec.field(name="modem", default=())
    phones: tuple[PhoneConfig, ...] = msgspec.field(name="phone", default=())


# msgspec analyses a type at its first use; two threads that do so at once end the process (SIGSEGV).
msgspec.json.Decoder(Config)


def load_config(path: Path) -> Config:
    """Read the file; sounds named in it are found relative to it. Raises ConfigError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    config = parse_config(data)
    phones = tuple(
        msgspec.structs.replace(phone, says=resolve_says(phone.says, path.parent)) for phone in config.phones
    )
    for index, phone in enumerate(phones):
        try:
            check_says(phone.says)
        except ConfigError as error:
            raise ConfigError(f"phone[{index}].{error}") from error
    return msgspec.structs.replace(config, phones=phones)


def parse_config(data: object) -> Config:
    """Check the data of TOML. Raises ConfigError with the path of the fault."""
    config = _convert(data, Config)
    _refuse_doubles("modem", "name", [modem.name for modem in config.modems])
    numbers = [modem.number for modem in config.modems] + [phone.number for phone in config.phones]
    _refuse_doubles("modem and phone", "number", numbers)
    for index, modem in enumerate(config.modems):
        if modem.dialect not in dialect_names():
            known = ", ".join(dialect_names())
            raise ConfigError(f"modem[{index}].dialect: {modem.dialect!r} is none of {known}")
    control_address(config.simulator.control)
    return msgspec.structs.replace(config, modems=tuple(map(_with_its_voice, config.modems)))


def _with_its_voice(modem: ModemConfig) -> ModemConfig:
    """Disable the voice of a modem from a family without voice to the host."""
    return msgspec.structs.replace(modem, voice=modem.voice and load_dialect(modem.dialect).gives_voice)


def changed_phone(phone: PhoneConfig, changes: object) -> PhoneConfig:
    """Return the phone with some keys changed, except its number. Raises ConfigError."""
    if not isinstance(changes, dict):
        raise ConfigError("an object with the phone's keys is expected")
    if changes.get("number", phone.number) != phone.number:
        raise ConfigError("number: a phone keeps its number")
    changed = _convert({**msgspec.to_builtins(phone), **changes}, PhoneConfig)
    check_says(changed.says)
    return changed


def control_address(control: str) -> tuple[str, int]:
    """Return host and port of `simulator.control`; only loopback is allowed. Raises ConfigError."""
    host, colon, port = control.rpartition(":")
    host = host.strip("[]")
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not colon or not port.isdecimal() or int(port) > 65535 or not loopback:
        raise ConfigError(f"simulator.control: {control!r} is not a loopback HOST:PORT")
    return host, int(port)


def _refuse_doubles(table: str, key: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ConfigError(f"{table}: two entries have the {key} {value!r}")
        seen.add(value)


def _convert(data: object, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        found = _FAULT.match(str(error))
        if found is None:
            raise ConfigError(str(error)) from error
        raise ConfigError(f"{found['path']}: {found['what']}") from error
