"""POST /v1/alerts/ID/cancel: the holder of the phone reports that the alert was a mistake.

Neither the response nor its time depends on the PIN, and neither does the state of the alert shown afterwards
(`model.rules.cancelling`): only the operator sees the verdict (decision 56).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Final

from gateways.http.parts.context import Web, once
from gateways.http.routes.app.alerts import KNOWN, OWN, Alias, claimed, into_inbox, kept, own
from gateways.http.routing.permissions import APP, Caller
from gateways.http.routing.route import POST, route
from gateways.http.security.budgets import Kind
from gateways.http.security.pin_guard import rest_s
from gateways.http.security.senders import Sender
from gateways.http.wire.answers import Kept
from gateways.http.wire.bodies import CancelBody
from gateways.http.wire.errors import Busy
from messages.events import AlertCancelled, PinRefused
from messages.ids import SECOND, AlertId, ClaimKind, Instant
from model.alert.case import Case
from model.rules.cancelling import adds_information
from model.rules.pins import event_of_pin
from store.alerts.recent import current_case
from store.journal.journal import Transaction

TRIES_MAX: Final = 10
WINDOW_US: Final = Instant(60 * SECOND)
"""Window in which TRIES_MAX PINs of one alert are checked; each check costs 45 ms of a processor."""
REMEMBERED_MAX: Final = 4096


class PinTries:
    """Recent PIN attempts by alert. Nothing outlives the process."""

    def __init__(self) -> None:
        self._tries: OrderedDict[AlertId, deque[Instant]] = OrderedDict()

    def may(self, alert: AlertId, now_us: Instant) -> bool:
        """Return True and count an attempt, if the alert has attempts left."""
        tries = self._tries.setdefault(alert, deque())
        self._tries.move_to_end(alert)
        if len(self._tries) > REMEMBERED_MAX:
            self._tries.popitem(last=False)
        while tries and now_us - tries[0] >= WINDOW_US:
            tries.popleft()
        if len(tries) >= TRIES_MAX:
            return False
        tries.append(now_us)
        return True


@once
def _tries(_: Web) -> PinTries:
    return PinTries()


@route(POST, "/v1/alerts/{alert}/cancel", by=APP, audit=OWN, status=202, refuses=KNOWN)
async def cancel_alert(web: Web, who: Caller, alert: str, data: CancelBody) -> Kept:
    """Report that the alert was a mistake.

    An operator still calls and verifies. Every PIN gets the same response, after the same time. From then on
    the alert looks closed here until it is raised again.
    """
    begun_s = (loop := asyncio.get_running_loop()).time()
    # No budget refuses the request: every PIN gets the same response, and few PINs are checked.
    sheet = await own(web, who, alert, None)
    if isinstance(sheet, Alias):
        told = await claimed(web, who, sheet, ClaimKind.CANCELS)
    else:
        known = sheet.case
        if (event := await _verdict_of_pin(web, who.sender, known, data.pin)) is not None:

            def says_something(transaction: Transaction) -> bool:
                return adds_information(current_case(transaction, known), event)

            await into_inbox(web, known.alert, event, when=says_something)
        told = kept(web, known.alert)
    await asyncio.sleep(rest_s(loop.time() - begun_s))
    return told


async def _verdict_of_pin(
    web: Web, sender: Sender, case: Case, pin: str
) -> AlertCancelled | PinRefused | None:
    """Return the event of the PIN. Return None if the PIN is not checked: the alert, the sender or all
    senders together have made too many attempts.
    """
    if web.senders.wait_s(Kind.PIN, sender, "") or not _tries(web).may(case.alert, web.clock.now_us()):
        return None
    try:
        return event_of_pin(await web.queries.pin_verdict(case, pin))
    except Busy:
        return None
