"""A modem that nobody has named, asked what it is: questions alone, nothing is set. And its `[[modem]]`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum

import msgspec

from application.errors import CenterError
from center.modems.questions import Questions, questions
from center.modems.unnamed import Unnamed
from gateways.gsm.at.parse import (
    body_of,
    number_of,
    parse_card,
    parse_cpin,
    parse_creg,
    parse_csq,
    split_fields,
)
from gateways.gsm.driver.startup import PACKET_QUERY, REGISTRATION_QUERY, SIGNAL_QUERY, SIM_QUERY
from model.settings import Settings
from store.errors import NumberRefused
from store.registry import numbers


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
    """What it has said."""

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
