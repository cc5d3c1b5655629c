"""What a modem keeps in its own memory: looked at, set, and looked at again after it has started anew."""

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
from gateways.gsm.dialects.kept import Standing, commands, kept_of, standing
from gateways.gsm.dialects.loading import installed
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.places import places, resolved
from gateways.gsm.port.search import roles_of, same_imei
from gateways.gsm.port.tcp_port import open_port
from gateways.gsm.port.whereabouts import Whereabouts
from messages.ids import LineId, TrunkId
from model.settings.lines import Modem

NOBODY: Final = LineId(".setup")
"""The line by which a modem that starts anew is looked for; no setting can call one so."""
STARTS_WITHIN_S: Final = 15.0
"""A modem that is told to start anew has gone by then, or does not go."""
BACK_WITHIN_S: Final = 90.0
LOOK_S: Final = 0.25


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as it stands."""

    name: str
    standing: Standing
    is_now: str
    """The modem's own words, without the command's name; empty: it does not know it."""
    commands: tuple[str, ...]
    """What would set it; empty where it is as wanted, or cannot be set."""
    why: str
    reboot: bool


def items(asked: Questions, *, usb_audio: bool) -> list[Item]:
    """All that its dialect wants, in the dialect's order. Raises CenterError."""
    return [_item(asked, kept) for kept in kept_of(asked.dialect, usb_audio=usb_audio)]


def _item(asked: Questions, kept: Kept) -> Item:
    answer = asked.ask(kept.ask)
    stands = standing(kept, answer.lines if answer.ok else None)
    return Item(
        name=kept.name,
        standing=stands,
        is_now="; ".join(line.partition(":")[2].strip() or line for line in answer.lines),
        commands=commands(kept, answer.lines) if stands is Standing.OTHERWISE else (),
        why=kept.why,
        reboot=kept.reboot,
    )


def set_(asked: Questions, wanted: Iterable[Item]) -> dict[str, str]:
    """Set these; by name, how the modem has refused. One that starts anew by itself has refused nothing."""
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
    """Tell it so; whether it was seen to go. Whoever has it then closes its port and looks for it."""
    with suppress(CenterError):
        asked.ask(asked.dialect.data.reset, within_s=10.0)
        return asked.sees_it_start(STARTS_WITHIN_S)
    return True


def looked_at_again(
    path: str,
    imei: str,
    dialect: CompiledDialect,
    lines: Iterable[Modem],
    state: StateDir,
    *,
    usb_audio: bool,
) -> tuple[str, list[Item]]:
    """Where the modem is that was at `path`, under whichever name, and its settings as they stand now.

    Raises CenterError where it has not come back within BACK_WITHIN_S.
    """
    until_s = time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            found = _found(path, imei, lines, state, until_s)
            with questions(found) as asked:
                asked.dialect = dialect
                return found, items(asked, usb_audio=usb_audio)
        except CenterError as error:
            # It answers, and then goes after all; or is there, and does not answer yet.
            if time.monotonic() >= until_s:
                raise CenterError(f"{path}: the modem has not come back: {error}") from error
            time.sleep(LOOK_S)


def _found(path: str, imei: str, lines: Iterable[Modem], state: StateDir, until_s: float) -> str:
    """The port at which a modem with this IMEI answers; `path` itself of one that tells none."""
    if not imei:
        return path
    others = [line for line in lines if not _is_it(line, imei, path)]
    spec = Modem(name=NOBODY, trunk=TrunkId(""), imei=imei, port=path)
    where = Whereabouts(
        spec,
        others,
        state.path / "lines",
        places=places,
        open_port=lambda name: open_port(name, DialGuard(psap_live=False, trunk_emergency=False)),
        roles=roles_of(installed()),
        base=installed().base(),
    )
    try:
        while not where.look(time.monotonic()):
            if time.monotonic() >= until_s:
                raise CenterError(where.text())
            time.sleep(0.02)
        return where.path()
    finally:
        where.give_up()
        (state.path / "lines" / f"{NOBODY}.port").unlink(missing_ok=True)


def _is_it(line: Modem, imei: str, path: str) -> bool:
    """Whether this line is the modem's own: its port is the one that is looked for."""
    if line.imei:
        return same_imei(line.imei, imei)
    return bool(line.port) and os.path.realpath(resolved(line.port)) == os.path.realpath(path)
