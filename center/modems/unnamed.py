"""Plugged-in modems that no `[[modem]]` names, and a `[[modem]]` for each.

`unnamed` finds the modems from the kernel alone, and opens no port. `ask` identifies a modem by queries, and
sets nothing.

A line with a port has the device at that port. A line with an `imei` has the device at which its modem was
found last (`lines/NAME.port`, and the report of the running center). While a line has not found its modem,
any unassigned modem may be that modem.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from application.errors import CenterError
from application.state.state_dir import StateDir
from center.modems.obstacles import HERE, Roots
from center.modems.questions import Questions, questions
from gateways.gsm.at.parse import (
    body_of,
    international_number,
    parse_cpin,
    parse_creg,
    parse_csq,
    parse_iccid,
    split_fields,
)
from gateways.gsm.dialects.detection import by_usb_ids
from gateways.gsm.dialects.dialect import UsbPorts
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.startup import PACKET_QUERY, REGISTRATION_QUERY, SIGNAL_QUERY, SIM_QUERY
from gateways.gsm.port.modem_location import Claim
from gateways.gsm.port.places import mark_of, resolve_port, usb_device_of
from gateways.gsm.port.search import roles_of
from gateways.gsm.port.usb_devices import UsbDevice
from messages.base import MALFORMED
from messages.ids import LineId
from model.settings import Settings
from model.settings.lines import Modem
from runtime.published import line_files
from store.errors import NumberRefused
from store.registry import numbers


class Unnamed(msgspec.Struct, frozen=True, kw_only=True):
    """A modem without a line."""

    position: str
    """Position on the USB bus: `1-2.3`."""
    usb: str
    """`vendor:product`."""
    maker: str = ""
    product: str = ""
    """Name that the device reports."""
    dialect: str = ""
    """Dialect by the USB ids; empty if the modem appears as a disk."""
    ports: tuple[str, ...] = ()
    """Paths of its ports that may take commands: the port that its dialect names first, then the others."""
    voice: str = ""
    """Path of its voice port; empty if unknown."""
    card: str = ""
    """Its sound card (`card1`); empty if none."""
    perhaps: tuple[LineId, ...] = ()
    """Lines that have not found their modem yet, which may be this modem."""


def unnamed(
    devices: Iterable[UsbDevice],
    specs: Iterable[Modem],
    state: StateDir,
    dialects: Dialects,
    *,
    roots: Roots = HERE,
) -> list[Unnamed]:
    """Return the modems among these devices that no line has."""
    taken: set[str] = set()
    looking: list[LineId] = []
    said = line_files.read_all(state.run)
    for spec in specs:
        report = said.get(spec.line)
        places = set(_places(spec, state, "" if report is None else report.port, roots))
        taken |= places
        if spec.imei and not places:
            looking.append(spec.line)
    roles = roles_of(dialects)
    found = []
    for device in devices:
        if device.position in taken:
            continue
        known = roles.get(device.usb)
        dialect = by_usb_ids(dialects, device.usb)
        found.append(
            Unnamed(
                position=device.position,
                usb=device.usb,
                maker=device.maker,
                product=device.product,
                dialect=dialect.key if dialect is not None else "",
                ports=tuple(_ports(device, known)),
                voice=device.tty_of(known.voice) if known is not None and known.voice is not None else "",
                card=device.card,
                perhaps=tuple(looking),
            )
        )
    return found


def _ports(device: UsbDevice, known: UsbPorts | None) -> list[str]:
    """Return the possible command ports, the known command port first, without a known voice port."""
    at, voice = (None, None) if known is None else (known.at, None if known.others else known.voice)
    ttys = [one for one in device.interfaces if one.tty and (voice is None or one.number != voice)]
    return [one.tty for one in sorted(ttys, key=lambda one: one.number != at)]


def _places(spec: Modem, state: StateDir, said: str, roots: Roots) -> Iterator[str]:
    """Yield the positions on the bus at which a line's modem is known to be."""
    paths = [resolve_port(spec.port, dev=roots.dev, sys=roots.sys), _claimed(spec, state)]
    # The last report of a line survives its center; the port may belong to another modem by now.
    for path in (*paths, *((said,) if spec.imei and not any(paths) else ())):
        if path and (device := usb_device_of(path, sys=roots.sys)) is not None:
            yield device.name


def _claimed(spec: Modem, state: StateDir) -> str:
    """Return the path at which a line with an `imei` has found its modem; empty if it was unplugged since."""
    if not spec.imei:
        return ""
    file: Path = state.path / "lines" / f"{spec.line}.port"
    try:
        claim = msgspec.json.decode(file.read_bytes(), type=Claim)
    except (OSError, *MALFORMED):
        return ""
    return claim.path if mark_of(claim.path) == claim.mark else ""


class GivesVoice(StrEnum):
    """Path of the modem's voice to the host, by its dialect, its firmware's answer and its ports."""

    CARD = "card"
    """A sound card."""
    PORT = "port"
    """A port of its own."""
    PORT_PERHAPS = "port_perhaps"
    """A port of its own, unless its firmware is for data only, which a test call shows."""
    NO_PORT = "no_port"
    """A port that is absent now, because of the USB mode or a missing driver."""
    REFUSED = "refused"
    """No voice: the firmware has none."""
    NONE = "none"
    """No voice path is known for such modems."""


class ModemAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of a modem that no line names."""

    modem: Unnamed
    answers: bool
    port: str = ""
    """Port at which the modem answers."""
    maker: str = ""
    model: str = ""
    firmware: str = ""
    imei: str = ""
    dialect: str = ""
    sim: str = ""
    """Code that the SIM waits for (27.007 clause 8.3)."""
    card: str = ""
    """Number of the SIM itself (ICCID)."""
    number: str = ""
    """Phone number of the SIM, E.164; empty if unknown (27.007 clause 7.1: few SIMs store theirs)."""
    network: str = ""
    """Registration: `home`, `roaming`, or `none`; empty if the modem does not answer."""
    operator: str = ""
    signal_dbm: int | None = None
    voice: GivesVoice | None = None
    text: str = ""
    """Reason why the modem has not answered."""


def ask(modem: Unnamed, *, region: str = "IT") -> ModemAnswers:
    """Query the modem at its command port, then at the other ports of the device, until one answers."""
    why = "it has no port"
    for path in modem.ports:
        try:
            with questions(path) as asked:
                return _said(asked, modem, region)
        except CenterError as error:
            why = str(error)
    return ModemAnswers(modem=modem, answers=False, text=why)


def _said(asked: Questions, modem: Unnamed, region: str) -> ModemAnswers:
    maker, model, firmware, imei = asked.identify()
    data = asked.dialect.data
    network = (_state(asked, query) for query in (REGISTRATION_QUERY, PACKET_QUERY))
    return ModemAnswers(
        modem=modem,
        answers=True,
        port=asked.path,
        maker=maker,
        model=model,
        firmware=firmware,
        imei=imei,
        dialect=asked.dialect.key,
        sim=next((sim.code for line in asked.ask(SIM_QUERY).lines if (sim := parse_cpin(line))), ""),
        card=parse_iccid(asked.ask(data.card).lines),
        number=next(_numbers(asked.ask("AT+CNUM").lines, region), ""),
        network=next((name for name in network if name in ("home", "roaming")), "none"),
        operator=next(
            (split_fields(body_of(line))[2:3] or [""] for line in asked.ask("AT+COPS?").lines), [""]
        )[0],
        signal_dbm=next((parse_csq(line) for line in asked.ask(SIGNAL_QUERY).lines), None),
        voice=_voice(asked, modem),
    )


def _state(asked: Questions, query: str) -> str:
    """Return the registration of the SIM, in lower case; empty if the modem does not report one."""
    known = (parse_creg(line, answer=True) for line in asked.ask(query).lines)
    return next((state.name.lower() for state in known if state is not None), "")


def _numbers(lines: tuple[str, ...], region: str) -> Iterator[str]:
    """Yield the SIM's numbers from `+CNUM: "",number,type`."""
    for line in lines:
        fields = [*split_fields(body_of(line)), "", ""]
        number = international_number(fields[1], int(fields[2]) if fields[2].isdigit() else None)
        with suppress(NumberRefused):
            if number:
                yield numbers.of_a_person(number, region)


def _voice(asked: Questions, modem: Unnamed) -> GivesVoice:
    voice = asked.dialect.data.voice
    if modem.card:
        return GivesVoice.CARD
    if voice.kind == "none":
        return GivesVoice.NONE
    if voice.ask:
        told = asked.ask(voice.ask)
        if not told.ok or any(re.fullmatch(voice.says_none, line) for line in told.lines):
            return GivesVoice.REFUSED
    if not modem.voice:
        return GivesVoice.NO_PORT
    return GivesVoice.PORT_PERHAPS if voice.tried else GivesVoice.PORT


def as_settings(asked: ModemAnswers, settings: Settings, taken: set[str]) -> str:
    """Return the modem's `[[modem]]` for `center.toml`. `taken` has the names in use; the new
    name is added.
    """
    name = _free_name(settings, taken)
    trunk = next((one.name for one in settings.trunk if not one.emergency), "public")
    lines = ["[[modem]]", f"name = {json.dumps(name)}", f"trunk = {json.dumps(trunk)}"]
    if asked.imei:
        lines.append(f"imei = {json.dumps(asked.imei)}")
    else:
        lines.append(f"port = {json.dumps(f'usb:{asked.modem.position}')}")
    if asked.number:
        lines.append(f"number = {json.dumps(asked.number)}")
    if asked.voice is GivesVoice.CARD:
        lines.append('voice_port = "alsa"')
    return "\n".join(lines)


def _free_name(settings: Settings, taken: set[str]) -> str:
    names = taken | {modem.name for modem in settings.modem}
    name = next(name for number in range(1, len(names) + 2) if (name := f"line{number}") not in names)
    taken.add(name)
    return name
