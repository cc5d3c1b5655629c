"""The command `drill`: one test alert through real lines, end to end, and its result. Never reaches a real
PSAP.

The alert is marked TEST, and the actors call only `psap.test_number` for it. If the demo operator of a
simulated run has the case, the drill sends the operator's orders, and hangs up the simulated phones in the
end; otherwise the called operator works the case as usual, and the drill watches.
"""

from __future__ import annotations

import http.client
import select
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlsplit

from cyclopts import Parameter

from application.client import Client, SentAlert, post_alert
from application.errors import CenterError, NotRunning, RefusedByCenter, UsageError
from application.options import DEFAULT, Common
from application.settings.file import load
from application.settings.simulation import simulation, with_simulation
from application.state.keys import DEMO_TOKEN
from application.state.state_dir import CarrierFile, NodeFile, StateDir, read_json, running
from messages.ids import DEMO_OPERATOR, AlertId, OperatorCommand, Party
from model.rules.drilling import DrillResult, drill_result

if TYPE_CHECKING:
    from model.alert.case import Case

LOOK_AGAIN_S: Final = 1.0
TALK_S: Final = 2.0
"""Seconds for which user and 112 talk after the operator has left."""


def drill(
    *,
    phone: Annotated[
        str | None, Parameter(help="Number to call as the user, E.164; default: drill.phone in the settings.")
    ] = None,
    timeout: Annotated[
        float | None,
        Parameter(help="Seconds until the drill has failed; default: drill.timeout_s in the settings."),
    ] = None,
    common: Common = DEFAULT,
) -> int:
    """Run one test alert through real lines, end to end, never to a real PSAP."""

    state = common.directory
    node = running(state)
    if node is None:
        raise NotRunning(str(state))
    settings = load(Path(node.config))
    if node.simulation is not None:
        settings = with_simulation(settings, simulation(Path(node.simulation), state.run))
    number = phone or settings.drill.phone
    if not number:
        raise UsageError("give --phone, or set drill.phone in the settings: the number to call as the user")
    client = Client(state)
    receipt = post_alert(client, SentAlert(phone=number, test=True))
    common.print_line(f"{receipt.alert}: calling {number} as the user")
    until_s = time.monotonic() + (timeout if timeout is not None else settings.drill.timeout_s)
    drilled = _follow(common, client, AlertId(receipt.alert), node, until_s)
    if common.json:
        common.data(drilled)
    else:
        for step in drilled.steps:
            common.print_line(
                f"  {step.step:18} " + (f"{step.after_s:.1f} s" if step.after_s is not None else "NOT")
            )
        common.print_line("the drill has succeeded" if drilled.ok else "the drill has FAILED")
    return 0 if drilled.ok else 1


def _follow(common: Common, client: Client, alert: AlertId, node: NodeFile, until_s: float) -> DrillResult:
    """Follow the alert to its end, and send orders for the demo operator."""
    from application.state.journals import journal_of
    from model.alert.evolve import fold
    from model.telling.story import in_words
    from store import streams
    from store.journal.following import Follower

    simulated = node.simulation is not None
    hand = _DrillOperator(client, common.directory) if simulated else None
    ours = (streams.inbox(alert), streams.case(alert))
    with journal_of(common.directory) as journal:
        follower = Follower(journal, 0)
        told = 0
        try:
            while True:
                follower.seq = journal.last_seq()
                recorded = journal.read_streams(*ours)
                case = fold(recorded)
                if case is None:
                    raise CenterError(f"the journal has no alert {alert}")
                for one in recorded[told:]:
                    if not common.json and (text := in_words(one.event)) is not None:
                        common.print_line(f"{(one.at_us - case.received_at) / 1e6:+8.2f} s  {text}")
                told = len(recorded)
                if case.closed_at is not None or time.monotonic() > until_s:
                    return drill_result(case, recorded, with_psap=simulated)
                if hand is not None:
                    hand.work(case)
                select.select([follower.fileno()], [], [], LOOK_AGAIN_S)
                follower.next_batch()
        finally:
            follower.close()


def next_order(case: Case, *, with_psap: bool) -> OperatorCommand | None:
    """Return the next order of the drill's own operator; None while waiting."""
    if case.closed_at is not None or case.operator is None or not case.answered(Party.USER):
        return None
    if case.leaving or not all(leg.joined for leg in case.legs.values() if leg.answered):
        return None
    if case.answered(Party.PSAP):
        return OperatorCommand.LEAVE
    if case.psap is not None:
        return None
    return OperatorCommand.CALL_PSAP if with_psap else OperatorCommand.DECLARE_FALSE_ALARM


class _DrillOperator:
    """Sends the orders of the demo operator, and hangs up the simulated phones in the end."""

    def __init__(self, client: Client, state: StateDir) -> None:
        self._client = client
        self._state = state
        self._ordered: set[OperatorCommand] = set()
        self._left_s: float | None = None

    def work(self, case: Case) -> None:
        """Send the next order, if there is one."""
        order = next_order(case, with_psap=True)
        if order is not None and order not in self._ordered and case.operator == DEMO_OPERATOR:
            self._ordered.add(order)
            path, body = f"/v1/alerts/{case.alert}/commands", {"command": order}
            try:
                self._client.post(path, body, dict, bearer=self._client.key(DEMO_TOKEN))
            except RefusedByCenter as error:
                if error.status != 409:  # the case has moved on; the next poll shows its state
                    raise
        if case.leave.at is None or case.operator is not None:
            return
        if self._left_s is None:
            self._left_s = time.monotonic()
        elif time.monotonic() - self._left_s > TALK_S:
            for leg in case.legs.values():
                if leg.answered and leg.number is not None:
                    _hang_up(self._state, leg.number)


def _hang_up(state: StateDir, number: str) -> None:
    """Hang up a simulated phone; a phone already on the hook is unchanged."""
    said = read_json(state.carrier_file, CarrierFile)
    if said is None:
        return
    control = urlsplit(said.control)
    connection = http.client.HTTPConnection(control.hostname or "127.0.0.1", control.port, timeout=5)
    try:
        connection.request("POST", f"/phones/{quote(number)}/hang_up")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        raise CenterError(f"the simulated carrier does not answer: {error}") from error
    finally:
        connection.close()
