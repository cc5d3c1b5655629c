"""Obstacles to the use of a modem, in sentences for the administrator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from application.checks import CheckCondition, check_row
from application.state.processes import marked
from application.state.state_dir import StateDir
from center.modems.obstacles import HERE, FoundObstacle, Obstacle, Roots, modems_of, obstacles
from center.modems.unnamed import Unnamed, unnamed
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.port.places import resolve_port, usb_device_of
from gateways.gsm.port.usb_devices import UsbDevice
from messages.rows import Sentence
from model.checks import CheckUser, Finding, fail, warn
from model.settings import Settings

_STOPS: Final = frozenset({Obstacle.STORAGE, Obstacle.NO_DRIVER, Obstacle.HELD, Obstacle.NOT_ALLOWED})
"""Obstacles that prevent all calls of a line. The other obstacles make calls fail later."""
_SENTENCES: Final = {
    Obstacle.STORAGE: "the modem presents itself as a disk: install usb-modeswitch, and plug the "
    "modem in again",
    Obstacle.NO_DRIVER: (
        "no driver serves its ports: modprobe option; echo {ids} > /sys/bus/usb-serial/drivers/option1/new_id"
    ),
    Obstacle.HELD: "{about} has its port open: stop that program",
    Obstacle.MODEM_MANAGER: (
        "ModemManager runs and would occupy the modem: `scripts/install` installs the udev "
        "rules; then plug the modem in again"
    ),
    Obstacle.NOT_ALLOWED: "this account cannot open its port: add the account to the group {about}",
    Obstacle.CARD_NOT_ALLOWED: (
        "this account cannot open its sound card: add the account to the group {about}"
    ),
    Obstacle.SUSPENDS: (
        "the kernel suspends the modem while it is idle: `scripts/install` installs the udev rules; then "
        "plug the modem in again"
    ),
    Obstacle.OVER_CURRENT: "its hub has cut its power {count} times: use a powered hub or a supply",
    Obstacle.HUB_WITHOUT_SUPPLY: "its hub has no supply, and a modem draws up to 2 A: use a powered hub",
    Obstacle.UNDER_VOLTAGE: "the machine's voltage has dropped: use a stronger supply, and a powered hub",
    Obstacle.CAME_BACK: (
        "it was reconnected {count} min ago: if it was not plugged in then, its power supply or cable is weak"
    ),
}


def sentence(found: FoundObstacle) -> str:
    """Return the sentence of the obstacle, with its remedy."""
    ids = found.about.replace(":", " ")
    text = _SENTENCES[found.obstacle].format(about=found.about, count=found.count, ids=ids)
    return f"modem at usb:{found.position}: {text}" if found.position else text


def plugged_in(settings: Settings, state: StateDir, *, roots: Roots = HERE) -> Iterator[Finding]:
    """Report the obstacles of plugged-in modems, and the modems that no `[[modem]]` names."""
    dialects = installed_dialects()
    devices = modems_of(dialects, roots)
    nobodys = unnamed(devices, settings.lines, state, dialects, roots=roots)
    elsewhere = {modem.position for modem in nobodys if not modem.perhaps}
    for one in in_the_way(devices, state, roots=roots):
        # A modem that no line names may be in use by another program, for the machine's own connection.
        stops = one.obstacle in _STOPS and one.position not in elsewhere
        yield (fail if stops else warn)("modems", sentence(one))
    for modem in nobodys:
        yield warn("modems", said_of(modem))


def in_the_way(devices: Iterable[UsbDevice], state: StateDir, *, roots: Roots = HERE) -> list[FoundObstacle]:
    """Return the obstacles of these devices. Ports opened by this center's own processes are no obstacle."""
    ours = {process.pid for process in marked(state.path)}
    return obstacles(devices, installed_dialects(), ours=ours, roots=roots)


def at_port(port: str, state: StateDir, *, roots: Roots = HERE) -> list[FoundObstacle]:
    """Return the obstacles of the modem at this port."""
    device = usb_device_of(resolve_port(port, dev=roots.dev, sys=roots.sys), sys=roots.sys)
    devices = modems_of(installed_dialects(), roots) if device is not None else []
    return in_the_way(
        [one for one in devices if device is not None and one.position == device.name], state, roots=roots
    )


def said_of(modem: Unnamed) -> str:
    """Return the sentence about a modem that no line uses, with its remedy."""
    what = " ".join(filter(None, (modem.maker, modem.product))) or modem.usb
    perhaps = f", unless it is the one that {' or '.join(modem.perhaps)} looks for" if modem.perhaps else ""
    return (
        f"no [[modem]] names the {what} at usb:{modem.position}{perhaps}: `securwoman modem list --toml` "
        "prints the lines"
    )


CHECKS: Final = (
    check_row(
        "modems",
        Sentence("Obstacles to modems that are plugged in", "Che cosa ostacola i modem collegati"),
        Sentence(
            "Remove the named obstacle, then plug the modem in again",
            "Togliere ciò che è nominato, poi ricollegarlo",
        ),
        lambda around: plugged_in(around.settings, around.state),
        CheckCondition.SETTINGS,
        CheckCondition.MODEMS,
        asked=(CheckUser.DOCTOR, CheckUser.LINES),
    ),
)
