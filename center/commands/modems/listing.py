"""`modem list`: the ports and lines of this machine, and the modems that no line names, which are queried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from application.options import DEFAULT, Common
from center.modems.ports import PortRow, ports_of
from center.modems.unnamed import GivesVoice, ModemAnswers, as_settings, ask

if TYPE_CHECKING:
    from center.modems.unnamed import Unnamed
    from model.settings import Settings

_VOICE: Final = {
    GivesVoice.CARD: "audio by its sound card",
    GivesVoice.PORT: "audio by a port of its own",
    GivesVoice.PORT_PERHAPS: "audio by a port of its own, unless its firmware is for data only",
    GivesVoice.NO_PORT: "the audio port is missing: `securwoman modem setup`",
    GivesVoice.REFUSED: "its firmware provides no audio to the host",
    GivesVoice.NONE: "no audio to the host is known for this kind of modem",
}
_HEADINGS: Final = (
    *("port", "line", "trunk", "number", "usb", "does", "dialect", "product"),
    *("card", "there", "state", "signal", ""),
)


def list_(
    *,
    toml: Annotated[
        bool, Parameter(negative="", help="Print [[modem]] settings for modems without a line.")
    ] = False,
    common: Common = DEFAULT,
) -> None:
    """List the serial ports of this machine, the configured lines, and the modems that no line names.

    Unnamed modems are queried. No port of a line's modem is opened, nor that of a modem which a running line
    may be searching for.
    """
    from application.settings.in_use import settings_in_use
    from application.state.state_dir import running
    from center.checks.obstacles import in_the_way, sentence
    from center.modems import obstacles
    from center.modems.obstacles import modems_of
    from center.modems.unnamed import unnamed
    from gateways.gsm.dialects.loading import installed_dialects

    state, settings, dialects = common.directory, settings_in_use(common.directory), installed_dialects()
    devices = modems_of(dialects, obstacles.HERE)
    nobodys = unnamed(devices, settings.lines, state, dialects, roots=obstacles.HERE)
    looking = running(state) is not None
    if not (toml or common.json):
        _table(common, ports_of(state))
    found = [
        _may_be_found(modem) if looking and modem.perhaps else ask(modem, region=settings.region)
        for modem in nobodys
    ]
    if toml:
        _as_toml(common, found, settings)
        return
    if common.json:
        by_port = {asked.port: asked for asked in found if asked.answers}
        rows = ports_of(state)
        common.data([msgspec.structs.replace(row, found=by_port.get(row.port)) for row in rows])
    for asked in found:
        common.print_line(told(asked))
    for obstacle in in_the_way(devices, state, roots=obstacles.HERE):
        common.print_line(sentence(obstacle))
    if any(asked.answers for asked in found):
        common.print_line("`securwoman modem list --toml` prints their settings for center.toml")


def _may_be_found(modem: Unnamed) -> ModemAnswers:
    """Return an answer without a query: a running line would find its port in use."""
    return ModemAnswers(
        modem=modem,
        answers=False,
        text=f"not queried: line {' or '.join(modem.perhaps)} is searching for its modem",
    )


def _as_toml(common: Common, found: list[ModemAnswers], settings: Settings) -> None:
    """Print the modems that answer as TOML; the others, or that none was found, go to stderr."""
    taken: set[str] = set()
    for asked in found:
        if not asked.answers:
            common.warn(told(asked))
            continue
        common.print_line(f"# {told(asked)}")
        for line in as_settings(asked, settings, taken).splitlines():
            common.print_line(line)
        common.print_line("")
    if not found:
        common.warn("every known modem that is plugged in belongs to a line")


def told(asked: ModemAnswers) -> str:
    """Return a modem in one line: make, IMEI, SIM, network, and its voice path."""
    modem = asked.modem
    where = f"usb:{modem.position}"
    if not asked.answers:
        what = " ".join(filter(None, (modem.maker, modem.product))) or modem.usb
        return f"{what} at {where}, unassigned: {asked.text}"
    network = {"home": "in its network", "roaming": "roaming"}.get(asked.network, "in no network")
    facts = (
        ("", " ".join(filter(None, (asked.maker, asked.model, asked.firmware)))),
        ("", f"at {where}"),
        ("unassigned", f", or of line {' or '.join(modem.perhaps)}" if modem.perhaps else " "),
        ("IMEI ", asked.imei),
        ("dialect ", asked.dialect),
        ("SIM ", " ".join(filter(None, (asked.sim, asked.card, asked.number))) or "none"),
        ("", " ".join(filter(None, (network, asked.operator)))),
        ("", "" if asked.signal_dbm is None else f"{asked.signal_dbm} dBm"),
        ("", "" if asked.voice is None else _VOICE[asked.voice]),
    )
    return ", ".join(f"{name}{what}".strip() for name, what in facts if what)


def _table(common: Common, rows: list[PortRow]) -> None:
    common.table(
        _HEADINGS,
        [
            (
                row.port,
                row.line or "",
                row.trunk or "",
                row.number or "",
                " ".join(filter(None, (row.usb, row.socket))),
                row.does or "",
                row.dialect or "",
                row.product or "",
                row.card or "",
                "yes" if row.present else "NO",
                row.state or "",
                "" if row.signal_dbm is None else f"{row.signal_dbm} dBm",
                row.text,
            )
            for row in rows
        ],
        "no serial port and no configured line",
    )
