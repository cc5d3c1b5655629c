"""How a line is, in one word for the machine and a sentence for the person on duty. Pure."""

from __future__ import annotations

from gateways.gsm.driver import Driver
from messages.lines import LineState


def condition(driver: Driver, *, open_port: bool, quarantined: bool, trouble: str) -> tuple[LineState, str]:
    """The state of the line, and what is wrong where something is."""
    if quarantined:
        return LineState.QUARANTINED, trouble or "The modem was taken out of service."
    if not open_port:
        return LineState.LOST, trouble or "The modem's port cannot be opened."
    if driver.sim not in ("", "READY"):
        return LineState.NO_SIM, f"The SIM says: {driver.sim}."
    if not driver.ready:
        return LineState.STARTING, trouble or "The modem is being set up."
    if driver.registration is not None and not driver.registration.in_service:
        return (
            LineState.NO_NETWORK,
            f"The network says: {driver.registration.name.lower().replace('_', ' ')}.",
        )
    return LineState.READY, ""
