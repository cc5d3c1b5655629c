"""Benchmark: alerts at a steady rate through whole centers, and the time from each alert to its first dial.

Each alert is answered by an operator's phone, cancelled by the app, answered by the user and closed as a
false alarm, so that lines and operators become free again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from messages import events as ev
from messages.ids import AlertId, OperatorId, Party, ShiftState
from model.alert.live import LiveCases
from store import streams
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.registry.registry import Registry
from tests.support.center import PSAP, Center, simulation

OPERATORS = 10
PUBLIC = 22
USERS = 100
SETTINGS = """
[limits]
live_cases = 20
idle_workers = 4
"""


def phone_of(kind: str, number: int) -> str:
    """Return the phone number of this operator or user."""
    return f"+39{'02000008' if kind == 'operator' else '3330000'}{number:03d}"


def world(
    name: str = "sim",
    *,
    public: int = PUBLIC,
    emergency: int = 1,
    operators: int = OPERATORS,
    says: str = "silence",
) -> str:
    """Return the settings (TOML) of a simulated carrier: its lines, with names that begin with `name`, and
    its phones. `public`, `emergency`: number of lines of each trunk; `says`: sound of every phone.
    """
    quick = {"rings_after_s": 0.02, "answers_after_s": 0.02, "says": says}
    phones = {phone_of("operator", n): quick for n in range(operators)}
    phones |= {phone_of("user", n): quick for n in range(USERS)}
    phones[PSAP] = {**quick, "places": 100}
    return simulation(public=public, emergency=emergency, setup_s=0.05, phones=phones).replace(
        'name = "sim', f'name = "{name}'
    )


def prepare(journal: Journal, operators: int = OPERATORS) -> dict[OperatorId, str]:
    """Add operators, all on shift; end the shift of the demonstration's operator. Return the sign-on token of
    each operator.
    """
    registry = Registry(journal)
    tokens = {}
    for n in range(operators):
        operator = registry.add_operator(f"Operator {n}", phone_of("operator", n), by="bench").id
        tokens[operator] = registry.issue_token(operator, by="bench")
        shift(journal, operator, ShiftState.READY)
    shift(journal, OperatorId("demo"), ShiftState.OFF)
    return tokens


def shift(journal: Journal, operator: OperatorId, state: ShiftState) -> None:
    """Write the operator's shift state to the journal."""
    changed = ev.ShiftChanged(operator=operator, state=state)
    journal.append(Append(streams.operator(operator), None, (changed,)))


class Closer(threading.Thread):
    """Thread that closes each alert as a false alarm once its operator and its user are in conversation.
    `kept`: alerts that it leaves open; `over`: event that ends the thread.
    """

    def __init__(self, address: str, journal: Journal, tokens: dict[OperatorId, str]) -> None:
        super().__init__(daemon=True)
        self.tokens = tokens
        self.live = LiveCases()
        self.following = FollowedFolds(journal, self.live)
        self.closed: set[AlertId] = set()
        self.ordered: set[AlertId] = set()
        self.kept: set[AlertId] = set()
        """Alerts that must stay open."""
        self.over = threading.Event()
        self.http = httpx.Client(base_url=address, timeout=10)

    def run(self) -> None:
        """Follow the journal and post the orders until `over` is set."""
        while not self.over.wait(0.05):  # not at every commit: that would be measured too
            for one in self.following.catch_up():
                if isinstance(one.event, ev.AlertClosed):
                    self.closed.add(AlertId(one.stream.removeprefix("alert-")))
            for alert, case in list(self.live.cases.items()):
                if alert not in self.ordered | self.kept and case.operator and case.answered(Party.USER):
                    self.ordered.add(alert)
                    self.order(alert, case.operator, "declare_false_alarm")

    def order(self, alert: AlertId, operator: OperatorId, command: str) -> None:
        """Post the order `command` for the alert, signed on as this operator."""
        token = self.tokens[operator]
        self.http.post(
            f"/v1/alerts/{alert}/commands",
            json={"command": command},
            headers={"Authorization": f"Bearer {token}"},
        )


def raise_alerts(centers: Sequence[Center], rate: float, seconds: float, first: int) -> dict[AlertId, float]:
    """Raise `rate` alerts a second for `seconds`, at each node in turn; return the time of each alert's POST,
    in seconds since 1970. `first`: number of the first user.
    """
    sent: dict[AlertId, float] = {}
    clients = [_client(made) for made in centers]

    def one(n: int) -> None:
        http = clients[n % len(clients)]
        at = time.time()
        answer = http.post("/v1/alerts", json={"phone": phone_of("user", n % USERS)})
        assert answer.status_code == 202, answer.text
        alert = AlertId(answer.json()["alert"])
        sent[alert] = at
        http.post(f"/v1/alerts/{alert}/cancel", json={"pin": ""})

    begun = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        for n in range(int(rate * seconds)):
            due = begun + n / rate
            time.sleep(max(0.0, due - time.monotonic()))
            pool.submit(one, first + n)
    return sent


def _client(made: Center) -> httpx.Client:
    key = (made.state.path / "keys" / "app.key").read_text().strip()
    http = httpx.Client(base_url=made.address, timeout=10, headers={"Authorization": f"Bearer {key}"})
    http.get("/healthz")
    return http


def dials(centers: Sequence[Center], journal: Journal, sent: dict[AlertId, float]) -> dict[str, list[float]]:
    """Return the durations, in seconds, of each stage of the dialled alerts: from the POST until the alert is
    in the journal (`to_accepted`), from there until its first leg is in the journal (`to_decided`), from
    there until the carrier reads the ATD command (`to_atd`); and from the POST to the ATD (`post_to_atd`).
    """
    calls = [call for made in centers for call in made.calls()]
    stages: dict[str, list[float]] = {"post_to_atd": [], "to_accepted": [], "to_decided": [], "to_atd": []}
    for alert, at in sent.items():
        received = journal.read(streams.inbox(alert))[0].at_us / 1e6
        begun_by = (
            one for one in journal.read(streams.case(alert)) if isinstance(one.event, ev.LegOriginating)
        )
        first = next(begun_by, None)
        if first is None or not isinstance(first.event, ev.LegOriginating):
            continue
        there = (first.event.number, first.event.line)
        begun = [call["started_at_s"] for call in calls if (call["to"], call["line"]) == there]
        dialled = min((when for when in begun if when >= at), default=None)
        if dialled is None:
            continue
        decided = first.at_us / 1e6
        stages["post_to_atd"].append(dialled - at)
        stages["to_accepted"].append(received - at)
        stages["to_decided"].append(decided - received)
        stages["to_atd"].append(dialled - decided)
    return stages
