"""Settings in a modem's own memory: read, set, and read again after a restart of the modem."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import msgspec

from application.errors import CenterError
from application.state.state_dir import StateDir
from center.modems.questions import Questions, questions
from gateways.gsm.dialects.dialect import CompiledDialect, Kept
from gateways.gsm.dialects.kept_settings import (
    SettingState,
    setting_commands,
    setting_state,
    settings_to_check,
)
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.modem_location import ModemLocation
from gateways.gsm.port.places import present_ports, resolve_port
from gateways.gsm.port.search import roles_of, same_imei
from gateways.gsm.port.tcp_port import open_port
from messages.ids import LineId, TrunkId
from model.settings.lines import Modem

NOBODY: Final = LineId(".setup")
"""Line under which a restarting modem is searched for; no configured line can have this name."""
STARTS_WITHIN_S: Final = 15.0
"""Time within which a modem that was ordered to restart disconnects, in seconds."""
BACK_WITHIN_S: Final = 90.0
LOOK_S: Final = 0.25


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A setting, and its present state."""

    name: str
    standing: SettingState
    is_now: str
    """Value in the modem's words, without the command's name; empty if the modem does not know
    the setting.
    """
    commands: tuple[str, ...]
    """Commands that set the wanted value; empty if the value is as wanted, or cannot be set."""
    why: str
    reboot: bool


def items(asked: Questions, *, usb_audio: bool) -> list[Item]:
    """Return all settings that the modem's dialect requires, in the dialect's order. Raises CenterError."""
    return [_item(asked, kept) for kept in settings_to_check(asked.dialect, usb_audio=usb_audio)]


def _item(asked: Questions, kept: Kept) -> Item:
    answer = asked.ask(kept.ask)
    stands = setting_state(kept, answer.lines if answer.ok else None)
    return Item(
        name=kept.name,
        standing=stands,
        is_now="; ".join(line.partition(":")[2].strip() or line for line in answer.lines),
        commands=setting_commands(kept, answer.lines) if stands is SettingState.DIFFERS else (),
        why=kept.why,
        reboot=kept.reboot,
    )


def set_(asked: Questions, wanted: Iterable[Item]) -> dict[str, str]:
    """Set these items; return the modem's refusals by name. Stops early, without a refusal, if the modem
    restarts by itself.
    """
    refused: dict[str, str] = {}
    for item in wanted:
        for text in item.commands:
            try:
                answer = asked.ask(text, within_s=20.0)
            except CenterError:
                return refused
            if not answer.ok and answer.final:
                refused[item.name] = answer.final
                break
    return refused


def start_anew(asked: Questions) -> bool:
    """Order the modem to restart; return True if the modem was seen to disconnect. The caller then closes the
    port and searches for the modem.
    """
    with suppress(CenterError):
        asked.ask(asked.dialect.data.reset, within_s=10.0)
        return asked.sees_it_start(STARTS_WITHIN_S)
    return True


def ask_again(
    path: str,
    imei: str,
    dialect: CompiledDialect,
    lines: Iterable[Modem],
    state: StateDir,
    *,
    usb_audio: bool,
) -> tuple[str, list[Item]]:
    """Return the present port of the modem that was at `path`, and its settings as they are now.

    Raises CenterError if the modem has not restarted within BACK_WITHIN_S.
    """
    until_s = time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            found = _found(path, imei, lines, state, until_s)
            with questions(found) as asked:
                asked.dialect = dialect
                return found, items(asked, usb_audio=usb_audio)
        except CenterError as error:
            # The modem may answer and disconnect afterwards, or be present and not answer yet.
            if time.monotonic() >= until_s:
                raise CenterError(f"{path}: the modem has not restarted: {error}") from error
            time.sleep(LOOK_S)


def _found(path: str, imei: str, lines: Iterable[Modem], state: StateDir, until_s: float) -> str:
    """Return the port at which a modem with this IMEI answers; `path` itself if the IMEI is unknown."""
    if not imei:
        return path
    others = [line for line in lines if not _is_it(line, imei, path)]
    spec = Modem(name=NOBODY, trunk=TrunkId(""), imei=imei, port=path)
    where = ModemLocation(
        spec,
        others,
        state.path / "lines",
        places=present_ports,
        open_port=lambda name: open_port(name, DialGuard(psap_live=False, trunk_emergency=False)),
        roles=roles_of(installed_dialects()),
        base=installed_dialects().base(),
    )
    try:
        while not where.search(time.monotonic()):
            if time.monotonic() >= until_s:
                raise CenterError(where.text())
            time.sleep(0.02)
        return where.path()
    finally:
        where.end_search()
        (state.path / "lines" / f"{NOBODY}.port").unlink(missing_ok=True)


def _is_it(line: Modem, imei: str, path: str) -> bool:
    """Return True if this line is the modem's own: its IMEI, else its port, is the modem's."""
    if line.imei:
        return same_imei(line.imei, imei)
    return bool(line.port) and os.path.realpath(resolve_port(line.port)) == os.path.realpath(path)
