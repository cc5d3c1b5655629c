"""Modems that are plugged in and that no `[[modem]]` names: which there are, by what the kernel shows
alone, and none is opened; what one is, by what it answers to questions, and nothing is set; and its
`[[modem]]`.

A line with a port has the device at that port; one with an `imei` the device where its modem was found
last (`lines/NAME.port`, and what the running center says). While a line has not found its modem, any that
nobody has may be it.
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
    number_of,
    parse_card,
    parse_cpin,
    parse_creg,
    parse_csq,
    split_fields,
)
from gateways.gsm.dialects.detection import by_usb_ids
from gateways.gsm.dialects.dialect import UsbPorts
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.startup import PACKET_QUERY, REGISTRATION_QUERY, SIGNAL_QUERY, SIM_QUERY
from gateways.gsm.port.places import mark_of, resolved, usb_device_of
from gateways.gsm.port.search import roles_of
from gateways.gsm.port.usb_devices import UsbDevice
from gateways.gsm.port.whereabouts import Claim
from messages.base import MALFORMED
from messages.ids import LineId
from model.settings import Settings
from model.settings.lines import Modem
from runtime.published import line_files
from store.errors import NumberRefused
from store.registry import numbers


class Unnamed(msgspec.Struct, frozen=True, kw_only=True):
    """One modem that is nobody's."""

    position: str
    """Where it is plugged in: `1-2.3`."""
    usb: str
    """`vendor:product`."""
    maker: str = ""
    product: str = ""
    """As the device names itself."""
    dialect: str = ""
    """By its USB ids; empty: it shows itself as a disk."""
    ports: tuple[str, ...] = ()
    """The paths of its ports that may take commands: the one that its dialect names, then the others."""
    voice: str = ""
    """The path of its voice port; empty where none is known."""
    card: str = ""
    """Its sound card (`card1`); empty: none."""
    perhaps: tuple[LineId, ...] = ()
    """The lines that have not found their modem yet: it may be theirs."""


def unnamed(
    devices: Iterable[UsbDevice],
    specs: Iterable[Modem],
    state: StateDir,
    dialects: Dialects,
    *,
    roots: Roots = HERE,
) -> list[Unnamed]:
    """Those of these modems that no line has, by their place."""
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
    """Its command port first, its voice port not at all, where it is known which that is."""
    at, voice = (None, None) if known is None else (known.at, None if known.others else known.voice)
    ttys = [one for one in device.interfaces if one.tty and (voice is None or one.number != voice)]
    return [one.tty for one in sorted(ttys, key=lambda one: one.number != at)]


def _places(spec: Modem, state: StateDir, said: str, roots: Roots) -> Iterator[str]:
    """Where on the bus a line's modem is, as far as anybody has said."""
    paths = [resolved(spec.port, dev=roots.dev, sys=roots.sys), _claimed(spec, state)]
    # What a line has said last outlasts its center; a port of that name may be another's by now.
    for path in (*paths, *((said,) if spec.imei and not any(paths) else ())):
        if path and (device := usb_device_of(path, sys=roots.sys)) is not None:
            yield device.name


def _claimed(spec: Modem, state: StateDir) -> str:
    """Where a line with an `imei` has found its modem, if that was not unplugged since."""
    if not spec.imei:
        return ""
    file: Path = state.path / "lines" / f"{spec.line}.port"
    try:
        claim = msgspec.json.decode(file.read_bytes(), type=Claim)
    except (OSError, *MALFORMED):
        return ""
    return claim.path if mark_of(claim.path) == claim.mark else ""


class GivesVoice(StrEnum):
    """How its voice would get to the host, by its dialect, its firmware's answer and its ports."""

    CARD = "card"
    """It shows itself as a sound card."""
    PORT = "port"
    """By a port of its own."""
    PORT_PERHAPS = "port_perhaps"
    """By a port of its own, unless its firmware is for data alone: that is known by trying."""
    NO_PORT = "no_port"
    """By a port that it does not show now: its USB mode, or a driver."""
    REFUSED = "refused"
    """Its firmware has none."""
    NONE = "none"
    """None is known of such modems."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What such a modem has said."""

    modem: Unnamed
    answers: bool
    port: str = ""
    """Where it answers."""
    maker: str = ""
    model: str = ""
    firmware: str = ""
    imei: str = ""
    dialect: str = ""
    sim: str = ""
    """What the SIM waits for (27.007 clause 8.3)."""
    card: str = ""
    """The SIM's own number (ICCID)."""
    number: str = ""
    """The SIM's, E.164; empty where it does not tell (27.007 clause 7.1: few SIMs do)."""
    network: str = ""
    """`home`, `roaming`, `searching`, …"""
    operator: str = ""
    signal_dbm: int | None = None
    voice: GivesVoice | None = None
    text: str = ""
    """Why it has said nothing."""


def ask(modem: Unnamed, *, region: str = "IT") -> Asked:
    """Its command port first, then the others of the same device, until one answers."""
    why = "it has no port"
    for path in modem.ports:
        try:
            with questions(path) as asked:
                return _said(asked, modem, region)
        except CenterError as error:
            why = str(error)
    return Asked(modem=modem, answers=False, text=why)


def _said(asked: Questions, modem: Unnamed, region: str) -> Asked:
    maker, model, firmware, imei = asked.identify()
    data = asked.dialect.data
    network = (_state(asked, query) for query in (REGISTRATION_QUERY, PACKET_QUERY))
    return Asked(
        modem=modem,
        answers=True,
        port=asked.path,
        maker=maker,
        model=model,
        firmware=firmware,
        imei=imei,
        dialect=asked.dialect.key,
        sim=next((sim.code for line in asked.ask(SIM_QUERY).lines if (sim := parse_cpin(line))), ""),
        card=parse_card(asked.ask(data.card).lines),
        number=next(_numbers(asked.ask("AT+CNUM").lines, region), ""),
        network=next((name for name in network if name in ("home", "roaming")), "none"),
        operator=next(
            (split_fields(body_of(line))[2:3] or [""] for line in asked.ask("AT+COPS?").lines), [""]
        )[0],
        signal_dbm=next((parse_csq(line) for line in asked.ask(SIGNAL_QUERY).lines), None),
        voice=_voice(asked, modem),
    )


def _state(asked: Questions, query: str) -> str:
    """How the network knows the SIM."""
    known = (parse_creg(line, answer=True) for line in asked.ask(query).lines)
    return next((state.name.lower() for state in known if state is not None), "")


def _numbers(lines: tuple[str, ...], region: str) -> Iterator[str]:
    """The SIM's numbers, `+CNUM: "",number,type`."""
    for line in lines:
        fields = [*split_fields(body_of(line)), "", ""]
        number = number_of(fields[1], int(fields[2]) if fields[2].isdigit() else None)
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


def as_settings(asked: Asked, settings: Settings, taken: set[str]) -> str:
    """Its `[[modem]]` for `center.toml`. `taken`: names that are no longer free; this one is added."""
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
