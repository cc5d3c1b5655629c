"""Where the voice of the modem at a port is, found as its line would: by the settings, else by its device."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from application.settings.in_use import settings_in_use
from gateways.gsm.dialects.loading import installed
from gateways.gsm.errors import PortLost
from gateways.gsm.port.places import places, resolved
from gateways.gsm.port.search import roles_of
from gateways.gsm.port.whereabouts import Claim, Whereabouts
from messages.base import VoicePort
from messages.ids import LineId, TrunkId
from model.settings.lines import Modem
from model.settings.port_names import CARD, by_card
from runtime.published.file import published

if TYPE_CHECKING:
    from application.state.state_dir import StateDir
    from gateways.gsm.port.serial_port import Port

NO_LINE = LineId("")


def line_of(state: StateDir, port: str) -> Modem:
    """The line that is configured for this port, or has found its modem there; else one without a name."""
    path = resolved(port) or port
    for spec in settings_in_use(state).lines:
        claim = published(
            state.path / "lines" / f"{spec.line}.port", partial(msgspec.json.decode, type=Claim)
        )
        there = claim.path if spec.imei and claim is not None else resolved(spec.port)
        if there and os.path.realpath(there) == os.path.realpath(path):
            return msgspec.structs.replace(spec, imei="", port=path)
    return Modem(name=NO_LINE, trunk=TrunkId(""), port=path)


def voice_of(state: StateDir, line: Modem) -> VoicePort:
    """Where its voice is; with an empty path where none is known."""
    dialects = installed()

    def never(path: str) -> Port:
        raise PortLost(f"{path} is not asked")

    where = Whereabouts(
        line,
        (),
        state.path / "lines",
        places=partial(places, state.run),
        open_port=never,
        roles=roles_of(dialects),
        base=dialects.base(),
    )
    kind = CARD if by_card(line.voice_port) else "tty"
    return VoicePort(path=where.voice(), kind=kind, gains=line.gains)
