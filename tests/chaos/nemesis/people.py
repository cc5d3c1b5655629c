"""Users, and operators who do what the page offers; and those who press what they should not."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress

import httpx

from messages.ids import AlertId, LineId, OperatorCommand, Party
from model.alert.case import Case
from model.settings import Settings
from tests.chaos.in_process.script import Alert as Plan
from tests.chaos.in_process.script import Intent
from tests.chaos.in_process.staff import presses, speaks
from tests.chaos.nemesis.deeds import (
    LINES,
    PUBLIC,
    Again,
    Alert,
    CallIn,
    Cancel,
    How,
    Message,
    Order,
    Position,
    Shift,
)
from tests.chaos.nemesis.done import Done, Ordered, Receipt, Text, now_us
from tests.chaos.nemesis.story import Story
from tests.chaos.nemesis.world import NUMBERS, PHONES, World

SENDS_FOR_S = 12.0
"""So long an app sends again what nobody has taken."""
TRIES = 3
"""So many lines a user calls, one after another, where the first are busy."""
NOT_THROUGH = (17, 18, 20, 27)
PRESSES_EVERY_S = 3.0
HANGS_UP_AFTER_S = 5.0
"""Later than what counts as too soon after the operator has left; in the trouble sooner or later."""
UNKNOWN = Alert(at_s=0, id="", user=0, how=How.DATA, line=0)
"""Of a user whose alert is none of the schedule's."""


class People:
    """See the module. Each deed may take a while, and is done on a thread of its own."""

    def __init__(
        self, world: World, done: Done, story: Story, *, healed: threading.Event, over: threading.Event
    ) -> None:
        """`healed`: shifts are as they should be from then on; `over`: no app tries any longer."""
        self.world, self.done, self.story = world, done, story
        self._healed, self._over = healed, over
        self._plans: dict[str, Alert] = {}
        self._sent: dict[str, Alert] = {}

    # ------------------------------------------------------------ users

    def raise_alert(self, deed: Alert) -> None:
        """By whatever way."""
        self._plans[PHONES[deed.user]] = deed
        if deed.how is How.CALL:
            self.call_in(CallIn(at_s=deed.at_s, user=deed.user, line=deed.line))
        elif deed.how is How.SMS:
            self._write(deed)
        else:
            self._sent[deed.id] = deed
            self._send(deed)

    def raise_again(self, deed: Again) -> None:
        """The same packet."""
        if (first := self._sent.get(deed.id)) is not None:
            self._send(first)

    def _send(self, deed: Alert) -> None:
        phone, until_s, pause_s = PHONES[deed.user], time.monotonic() + SENDS_FOR_S, 0.3
        body = {
            "phone": phone,
            "id": deed.id,
            "position": {"lat": 45.46, "lon": 9.19, "accuracy_m": 20},
            "silent": deed.how is How.SILENT,
            "test": deed.how is How.TEST,
        }
        while True:
            status, answer = self._ask("POST", "/v1/alerts", **body)
            alert = answer.get("alert")
            self.done.receipts.append(
                Receipt(
                    at_us=now_us(),
                    id=deed.id,
                    phone=phone,
                    status=status,
                    alert=None if alert is None else AlertId(str(alert)),
                )
            )
            if status in (200, 202) or time.monotonic() > until_s or self._over.wait(pause_s):
                return
            pause_s = min(2 * pause_s, 2.5)

    def _write(self, deed: Alert) -> None:
        words, at_us = f"Aiuto, sono in pericolo {deed.id}", now_us()
        number = NUMBERS[LINES[deed.line]]
        answer = self.world.center.carrier.post(
            f"/phones/{PHONES[deed.user]}/sms", json={"to": number, "text": words}
        )
        delivered = answer.status_code == 200 and answer.json()["delivered"]
        text = Text(at_us=at_us, phone=PHONES[deed.user], words=words, delivered=delivered)
        self.done.texts.append(text)

    def call_in(self, deed: CallIn) -> None:
        """Where the line is busy another one."""
        carrier = self.world.center.carrier
        for n in range(TRIES):
            number = NUMBERS[LINES[(deed.line + n) % PUBLIC]]
            placed = carrier.post(f"/phones/{PHONES[deed.user]}/call", json={"to": number})
            if placed.status_code != 200 or self._over.wait(1.5):
                return
            now = carrier.get("/calls", params={"after": placed.json()["id"] - 1}).json()
            if not now or now[0]["state"] != "ended" or now[0]["cause"] not in NOT_THROUGH:
                return

    def cancel(self, deed: Cancel) -> None:
        """A PIN, right or not."""
        self._of_the_app(deed.id, "cancel", pin=deed.pin)

    def write(self, deed: Message) -> None:
        """Twice, as an app does that has heard nothing."""
        for _ in range(2):
            self._of_the_app(deed.id, "messages", id=deed.message, text=f"ciao {deed.message}")

    def tell_position(self, deed: Position) -> None:
        """Where the user is now."""
        self._of_the_app(deed.id, "position", lat=45.4, lon=9.1, accuracy_m=12)

    def _of_the_app(self, packet: str, what: str, **body: object) -> None:
        if (alert := self.done.alert_of(packet)) is not None:
            self._ask("POST", f"/v1/alerts/{alert}/{what}", **body)

    def _ask(self, method: str, path: str, **body: object) -> tuple[int, dict[str, object]]:
        """The app asks: status, 0 where nobody answers, and the answer."""
        try:
            answer = self.world.ask(method, path, self.world.app_key, **body)
        except httpx.TransportError:
            return 0, {}
        if answer.status_code == 400 or (answer.status_code >= 500 and answer.status_code != 503):
            self.done.odd.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        told = answer.json() if answer.content else {}
        return answer.status_code, told if isinstance(told, dict) else {}

    # ------------------------------------------------------------ operators

    def order(self, alert: AlertId, command: str, operator: int, **more: object) -> None:
        """One press of a key. As the console's it has an id of its own: another node that is told of it,
        because the first has not answered, journals it no second time.
        """
        at_us, status = now_us(), 0
        more.setdefault("id", f"order-{secrets.token_hex(6)}")
        with suppress(httpx.TransportError):
            path, token = f"/v1/alerts/{alert}/commands", self.world.tokens[operator]
            answer = self.world.ask("POST", path, token, command=command, **more)
            status = answer.status_code
            if status >= 500 and status != 503:
                self.done.odd.append(f"{command} of {alert}: {status} {answer.text[:200]}")
        text = str(more.get("text", ""))
        self.done.orders.append(Ordered(at_us=at_us, alert=alert, command=command, text=text, status=status))

    def press(self, deed: Order) -> None:
        """For no reason."""
        there = sorted(self.story.open_cases if deed.only_open else self.story.cases)
        if not there:
            return
        alert, command = there[deed.pick % len(there)], deed.command
        more: dict[str, object] = {}
        match command:
            case OperatorCommand.NOTE:
                more = {"text": deed.text}
            case OperatorCommand.ANOTHER_LINE:
                more = {"party": deed.party}
            case OperatorCommand.SEND_DIGIT:
                more = {"party": Party.PSAP, "digit": "5"}
            case OperatorCommand.WRITE | OperatorCommand.ASK_ALOUD:
                more = {"id": deed.text, "text": "Sta bene?"}
            case OperatorCommand.BRIEF:
                more = {"field": "what", "text": deed.text}
            case OperatorCommand.HAND_OVER if deed.pick % 2:
                more = {"to": self.world.operators[(deed.operator + 1) % len(self.world.operators)]}
            case _:
                pass
        for _ in range(deed.times):
            self.order(alert, str(command), deed.operator, **more)

    def shift(self, deed: Shift) -> None:
        """For as long as the round says; then ready again."""
        self._set_shift(deed.operator, str(deed.state))
        self._healed.wait(deed.for_s)
        self._set_shift(deed.operator, "ready")

    def _set_shift(self, operator: int, state: str) -> bool:
        with suppress(httpx.TransportError):
            token = self.world.tokens[operator]
            return self.world.ask("POST", "/v1/operators/me/shift", token, state=state).status_code == 200
        return False

    def all_ready(self) -> bool:
        """Whether each could say so."""
        return all(self._set_shift(n, "ready") for n in range(len(self.world.tokens)))

    def plan_of(self, case: Case) -> Alert:
        """What is found out by talking to its user."""
        return self._plans.get(str(case.phone), UNKNOWN)


class Staff:
    """The operators who know what they do: what is due for each alert. `answered_by_machine`: phones."""

    def __init__(self, people: People, settings: Settings, answered_by_machine: set[str]) -> None:
        self._people, self._settings, self._machines = people, settings, answered_by_machine
        self._due_s: dict[tuple[AlertId, str], float] = {}

    def due(self, calm: bool) -> list[tuple[AlertId, str, int]]:
        """The keys to be pressed now. `calm`: nobody thinks long any more, and what nobody has is closed."""
        found: list[tuple[AlertId, str, int]] = []
        for alert, case in self._people.story.open_cases.items():
            plan = self._people.plan_of(case)
            thinks_s = 0.3 if calm else plan.thinks_s
            known = self._people.world.operators
            who = speaks(case, self._settings, now_us())
            intent = Intent.PSAP if plan.needs_112 else Intent.FALSE_ALARM
            what = Plan(intent=intent, aloud=plan.aloud, withdrawn=plan.withdrawn)
            machine = str(case.phone) in self._machines
            key = presses(case, what, machine, self._settings, now_us())
            if who in known and self._is_due(alert, "take", 0):
                found.append((alert, "take", known.index(who)))
            elif key is not None and key[1] in known and self._is_due(alert, str(key[0]), thinks_s):
                found.append((alert, str(key[0]), known.index(key[1])))
            elif calm and case.operator is None and not case.reserved and self._is_due(alert, "close", 0):
                found.append((alert, "close", len(known) - 1))
        return found

    def hang_up(self, calm: bool) -> None:
        """User and 112, left to each other, have said everything some day."""
        for alert, case in self._people.story.open_cases.items():
            user, psap = case.answered(Party.USER), case.answered(Party.PSAP)
            if case.leave.at is None or (user is None and psap is None):
                self._due_s.pop((alert, "hangs up"), None)
                continue
            after_s = HANGS_UP_AFTER_S if calm else 3 * self._people.plan_of(case).thinks_s
            if self._is_due(alert, "hangs up", after_s):
                leg = user or psap
                assert leg is not None
                self._hang_up(str(leg.number or case.phone), leg.line)

    def _hang_up(self, number: str, line: LineId) -> None:
        """This phone ends its call on this line; 112 has several."""
        carrier = self._people.world.center.carrier
        ours = {call.id for call in self._people.story.calls if call.live and call.line == line}
        for place, call in enumerate(carrier.get(f"/phones/{number}").json()["calls"]):
            if call in ours:
                carrier.post(f"/phones/{number}/hang_up", params={"place": place})

    def _is_due(self, alert: AlertId, what: str, thinks_s: float) -> bool:
        """Whether it was wanted for so long; and then not again at once."""
        now_s = time.monotonic()
        if now_s < self._due_s.setdefault((alert, what), now_s + thinks_s):
            return False
        self._due_s[alert, what] = now_s + max(PRESSES_EVERY_S, thinks_s)
        return True
