"""Short messages on their way to phones, and what the network reports of them (TS 23.040 3.2.9).

It must not know modems: whoever has asked for reports is called with a status.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.network.agenda import Agenda
from simulator.network.call import Message
from simulator.network.phone import Phone

REPORT_S = 1.0
"""Until the sender's network has the word of it."""
RECEIVED, TRYING, INCOMPATIBLE = 0x00, 0x22, 0x41
"""TP-Status (9.2.3.15): the phone has it; no response, the network goes on trying; it never will have it."""
AGAIN_S = 5.0

Report = Callable[[int, float], None]
"""Tells a status, at a time."""


def post(agenda: Agenda, message: Message, phone: Phone, report: Report | None, now_s: float) -> None:
    """Bring it to the phone, by the phone's habits at each attempt."""

    def tell(status: int, at_s: float) -> None:
        if report is not None and phone.profile.texts != "unreported":
            agenda.at(at_s + REPORT_S, lambda told_s: report(status, told_s))

    def attempt(at_s: float, told: bool) -> None:
        match phone.profile.texts:
            case "taken" | "unreported":
                message.delivered = True
                tell(RECEIVED, at_s)
            case "refused":
                tell(INCOMPATIBLE, at_s)
            case "unreachable":
                if not told:
                    tell(TRYING, at_s)
                agenda.at(at_s + AGAIN_S, lambda later_s: attempt(later_s, True))

    if phone.profile.texts_after_s:
        agenda.at(now_s + phone.profile.texts_after_s, lambda at_s: attempt(at_s, False))
    else:
        attempt(now_s, False)
