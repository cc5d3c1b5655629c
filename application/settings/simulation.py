"""Settings of a run with the simulated carrier. Pure, except for `simulation`, which reads a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec.structs

from application.errors import SettingsError
from application.settings.check import is_short
from messages.ids import E164, TrunkId
from model.feature import known
from model.settings import Settings
from model.settings.lines import CreditSettings, Modem, Trunk
from model.settings.port_names import CARD

if TYPE_CHECKING:
    from simulator.config import ModemConfig

SIMULATED_PSAP: Final = E164("+390200000112")
"""Number called instead of 112 if the simulation's file names no phone for a PSAP."""
SIMULATED_CODE: Final = "*123#"
"""Code that the simulated network answers with the text in the modem's file."""
_NONE: Final = E164("")
_CALLED_PSAP: Final = re.compile(r"\b(112|psap|nue)\b", re.IGNORECASE)
_FOR_TESTS: Final = re.compile(r"\btests?\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """Data of the simulated carrier for the center."""

    modems: tuple[Modem, ...]
    psap_number: E164
    """An ordinary number, which the dial guard accepts."""
    phones: tuple[str, ...]
    users: tuple[E164, ...] = ()
    """Phones that answer as a user would: not those named as a PSAP or an operator."""
    test_number: E164 = _NONE
    """Number agreed with the simulated PSAP for tests; empty: tests call the PSAP, self-tests do not."""


def simulation(file: Path, run: Path) -> Simulation:
    """Read the simulation's file. `run`: folder for the carrier's ports. Raises SettingsError."""
    from simulator.config import load_config
    from simulator.errors import SimulatorError

    try:
        config = load_config(file)
    except SimulatorError as error:
        raise SettingsError(str(file), [str(error).removeprefix(f"{file}: ")]) from error
    if not config.modems:
        raise SettingsError(str(file), ["modem: a center needs at least one"])
    modems = tuple(
        Modem(
            name=modem.name,
            trunk=TrunkId(modem.trunk),
            # A modem with a configured IMEI is found by it, as among real modems.
            imei=modem.imei,
            port="" if modem.imei else str(run / f"{modem.name}.at"),
            voice_port=_simulated_voice(modem, run),
            dialect=modem.dialect,
            number=E164(modem.number if modem.number.startswith("+") else ""),
            credit=CreditSettings(ussd=SIMULATED_CODE) if modem.ussd else CreditSettings(),
        )
        for modem in config.modems
    )
    ordinary = [phone for phone in config.phones if not is_short(phone.number)]
    at_psap = [phone for phone in ordinary if _CALLED_PSAP.search(phone.name)]
    for_tests = [E164(phone.number) for phone in at_psap if _FOR_TESTS.search(phone.name)]
    psap = next((E164(phone.number) for phone in at_psap if phone.number not in for_tests), SIMULATED_PSAP)
    users = tuple(
        E164(phone.number)
        for phone in ordinary
        if phone.behaviour == "answer"
        and phone.number not in (psap, *for_tests)
        and "operator" not in phone.name.lower()
    )
    return Simulation(
        modems=modems,
        psap_number=psap,
        phones=tuple(phone.number for phone in config.phones),
        users=users,
        test_number=for_tests[0] if for_tests else E164(""),
    )


def _simulated_voice(modem: ModemConfig, run: Path) -> str:
    """Return the carrier's voice port; empty if it is found beside the port with the IMEI, or if there is
    none.

    No kernel has a simulated sound card: such a modem uses the substitute for ALSA.
    """
    if modem.voice and modem.sound_card:
        return CARD
    return "" if modem.imei or not modem.voice else str(run / f"{modem.name}.voice")


def with_simulation(settings: Settings, simulated: Simulation) -> Settings:
    """Return the settings with the carrier's modems instead of the configured ones, its PSAP, and its user
    for drills.

    A configured number in E.164 is kept. A short number is kept if `psap.live` is on and the simulation has
    that phone: the rules for the real 112 are then under test.
    """
    named = {trunk.name: trunk for trunk in settings.trunk}
    for modem in simulated.modems:
        if modem.trunk not in named:
            named[modem.trunk] = Trunk(name=modem.trunk, emergency=modem.trunk == "emergency")

    def stands(number: str) -> bool:
        return not is_short(number) or (settings.psap.live and number in simulated.phones)

    psap = msgspec.structs.replace(
        settings.psap,
        number=settings.psap.number if stands(settings.psap.number) else simulated.psap_number,
        alternate=settings.psap.alternate if stands(settings.psap.alternate) else E164(""),
        route=tuple(route for route in settings.psap.route if stands(route.number)),
        test_number=settings.psap.test_number or simulated.test_number or simulated.psap_number,
    )
    user = next((number for number in simulated.users if number != psap.number), E164(""))
    drill = msgspec.structs.replace(settings.drill, phone=settings.drill.phone or user)
    settings = msgspec.structs.replace(
        settings, modem=simulated.modems, trunk=tuple(named.values()), psap=psap, drill=drill
    )
    for feature in known():
        settings = feature.simulated(settings)
    return settings
