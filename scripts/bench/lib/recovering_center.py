"""Kill all processes of a node at once, with many alerts in flight, and restart the node at once.

The alerts are at different steps. Each operator has an alert; the first alert has 112 in conversation (the
simulated 112 has one phone), and the users of the last few do not answer their ringing phones. The other
alerts wait for an operator. Measured are the journal, the log, the carrier's own list of calls, and the
processor time of each role until the last call was taken over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from center.node.carrier import living
from center.node.launching import child_environment
from messages import events as ev
from messages.ids import SECOND, AlertId, OperatorId, Party
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.live import LiveCases
from runtime.pidfd import process_name
from scripts.bench.lib.measuring import quantiles
from scripts.bench.lib.recovering import Log, operators, order, processes_of, until
from store.journal.following import FollowedFolds
from store.journal.journal import Journal
from tests.support.center import OPERATOR, PSAP, Center, center, simulation
from tests.support.hearing import LAST_S, TONES, voice_gap
from tests.support.used import cpu_s

RESUMED_WITHIN_S: Final = 40.0
QUIET_S: Final = 4.0
"""Pause after all was taken over, before the calls are counted."""


def settings(alerts: int) -> str:
    """Return the settings (TOML) of the center."""
    return f"[limits]\nlive_cases = {alerts}\nidle_workers = 2\n\n[user]\nno_answer_s = 600\n"


def phone_of(kind: str, number: int) -> str:
    """Return the phone number of this operator or user."""
    return f"+39{'02000008' if kind == 'operator' else '3330000'}{number:03d}"


def world(alerts: int, staff: int, silent: int) -> str:
    """Return the settings (TOML) of a simulated carrier for this number of alerts; `silent`: number of users
    who do not answer.
    """
    quick: dict[str, object] = {"rings_after_s": 0.2, "answers_after_s": 0.2}
    phones: dict[str, dict[str, object]] = {}
    for n in range(staff):
        phones[phone_of("operator", n)] = {**quick, "says": "tone:620"}
    for n in range(alerts):
        phones[phone_of("user", n)] = {**quick, "says": "tone:440"}
        if staff - silent <= n < staff:
            phones[phone_of("user", n)]["behaviour"] = "no_answer"
    made = simulation(public=2 * staff + 4, emergency=4, setup_s=0.2, phones={**phones, PSAP: quick})
    # A call that the carrier gives up must not count as dropped by recovery.
    return made.replace("[simulator]\n", "[simulator]\nno_answer_after_s = 600\n")


class Flight:
    """A center with alerts in flight."""

    def __init__(self, made: Center, journal: Journal, alerts: int, staff: int) -> None:
        self.made, self.journal = made, journal
        self.live = LiveCases()
        self.following = FollowedFolds(journal, self.live)
        self.tokens = operators(journal, [phone_of("operator", n) for n in range(staff)])
        self.psap: set[AlertId] = set()
        self.staff = staff
        for n in range(alerts):
            alert = until("it is accepted", partial(self._sent, phone_of("user", n)), 30, 0.2)
            if n == 0:
                self.psap.add(alert)
            time.sleep(0.05)  # so that the alerts are at different steps
        until("all have begun", self._all_begun, 120, 0.05)

    def _sent(self, phone: str) -> AlertId | None:
        """Return the alert once durable, else None: on a busy disk the web answers 503 and at first keeps the
        alert in memory.
        """
        try:
            return self.made.send(phone)
        except AssertionError:
            return None

    def _all_begun(self) -> bool:
        self.following.catch_up()
        for alert, case in self.live.cases.items():
            operator = case.operator
            if operator and alert in self.psap and case.answered(Party.USER) and case.psap is None:
                order(self.made, alert, "call_psap", self.tokens[OperatorId(operator)])
        served = [alert for alert, case in self.live.cases.items() if case.operator]
        return len(served) == min(self.staff, len(self.live.cases)) and all(map(self._begun, served))

    def _begun(self, alert: AlertId) -> bool:
        joined = sum(leg.joined for leg in self.live.cases[alert].legs.values())
        ringing = any(
            leg.ringing_at for leg in self.live.cases[alert].legs.values() if leg.party is Party.USER
        )
        if alert in self.psap:
            return joined == 3
        return joined == 2 or (joined == 1 and ringing)

    def parties(self) -> Counter[int]:
        """Return the number of alerts by number of parties in conversation."""
        return Counter(sum(leg.joined for leg in case.legs.values()) for case in self.live.cases.values())


def kill_all(state: Path) -> tuple[int, float]:
    """Kill every process of the node by SIGKILL, the oldest first, so that none is restarted by another.
    Return their number, and the time of the first kill.
    """
    found = sorted(processes_of(state), key=lambda process: process.started)
    killed_at = time.time()
    for process in found:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    return len(found), killed_at


def restart(made: Center) -> subprocess.Popen[str]:
    """Start the node as systemd does: by the same command, without waiting."""
    command = [sys.executable, "-m", "center.cli", "run", "--state", str(made.state), "--port", "0"]
    return subprocess.Popen(
        [*command, "--simulate", str(made.world), *made._options],
        stdout=subprocess.PIPE,
        env=child_environment(None),
        text=True,
    )


def measure_center(folder: Path, alerts: int, staff: int, silent: int, times: int) -> dict[str, object]:
    """Kill a whole center `times` times with these numbers of alerts and operators."""
    place = folder / "center"
    place.mkdir()
    config = place / "center.toml"
    config.write_text(settings(alerts))
    with (
        center(place, world(alerts, staff, silent), "--config", str(config)) as made,
        made.journal() as journal,
    ):
        flight = Flight(made, journal, alerts, staff)
        runs = [one(flight, journal) for _ in range(times)]
        flight.following.close()
        return {
            "alerts": alerts,
            "operators": staff,
            "parties_in_conversation": flight.parties(),
            "last_alert_after_kill": quantiles(run["all_cases_s"] for run in runs),
            "last_leg_after_kill": quantiles(run["all_legs_s"] for run in runs),
            "runs": runs,
        }


def one(flight: Flight, journal: Journal) -> dict[str, Any]:
    """Kill and restart everything once."""
    made = flight.made
    until("calm", made.is_ready, 60, 0.1)
    log, seq = Log(made.state), journal.last_seq()
    expected = {
        (leg.leg, leg.attempt): leg
        for case in flight.live.cases.values()
        for leg in case.legs.values()
        if leg.active
    }
    before = {call["id"]: call["state"] for call in made.calls()}
    load = os.getloadavg()[0]
    processes, killed_at = kill_all(made.state.path)
    all_dead = time.time()
    assert made._node is not None
    assert made._node.stdout is not None
    made._node.wait()
    made._node.stdout.close()
    started_at, idle_s, carrier_s = time.time(), idle_time_s(), carrier_time_s(made)
    made._node = restart(made)
    alerts = set(flight.live.cases)

    def opened() -> dict[AlertId, float]:
        found: dict[AlertId, float] = {}
        for recorded in _after(journal, seq):
            if isinstance(recorded.event, ev.CaseOpened):
                alert = AlertId(recorded.stream.removeprefix("alert-"))
                found.setdefault(alert, recorded.at_us / SECOND)
        return found

    def taken() -> dict[str, float]:
        return {
            line["leg"]: line["at"]
            for line in reversed(log.read())
            if line["event"] == "call taken over" and line["role"] == "CallLeg"
        }

    cases = until(
        "all alerts are taken up",
        lambda: found if alerts <= set(found := opened()) else None,
        RESUMED_WITHIN_S,
        0.1,
    )
    wanted = {leg.leg for leg in expected.values() if leg.ringing_at}
    try:
        legs = until(
            "all legs are taken over",
            lambda: found if wanted <= set(found := taken()) else None,
            RESUMED_WITHIN_S,
            0.1,
        )
    except TimeoutError:
        legs = taken()
    used = {role: round(took_s, 2) for role, took_s in processor_s(made).items()}
    idle_s, carrier_s = idle_time_s() - idle_s, carrier_time_s(made) - carrier_s
    looked_s = time.time() - started_at
    time.sleep(QUIET_S)
    assert made._node.stdout is not None
    made.http.base_url = made._node.stdout.readline().split()[-1].rstrip("/")
    made.address = str(made.http.base_url)
    flight.following.catch_up()
    after = {call["id"]: call["state"] for call in made.calls()}
    ended = [i for i, state in before.items() if state != "ended" and after[i] == "ended"]
    silences = _silences(flight, killed_at, time.time())
    said = {line["event"]: line["at"] - killed_at for line in reversed(log.read()) if line["event"] in STEPS}
    return {
        "processes": processes,
        "load": load,
        "kill_took_s": round(all_dead - killed_at, 3),
        "node_started_after_s": round(started_at - killed_at, 3),
        "steps_s": {step: round(said[step], 3) for step in STEPS if step in said},
        "first_case_s": round(min(cases.values()) - killed_at, 3),
        "all_cases_s": round(max(cases[alert] for alert in alerts) - killed_at, 3),
        "case_s": quantiles(cases[alert] - killed_at for alert in alerts),
        "all_legs_s": round(max(legs.values(), default=killed_at) - killed_at, 3),
        "leg_s": quantiles([at - killed_at for at in legs.values()]),
        "legs_expected": len(wanted),
        "legs_taken_over": len(wanted & set(legs)),
        "looked_after_s": round(looked_s, 2),
        "processor_s": {**used, "carrier": round(carrier_s, 2), "idle": round(idle_s, 2)},
        "voice_gap": quantiles(silences) if silences else None,
        "calls_dropped": len(ended),
        "calls_made_by_recovery": len(after) - len(before),
    }


def processor_s(made: Center) -> dict[str, float]:
    """Return the processor time of the node's living processes since their start, by their names."""
    used: defaultdict[str, float] = defaultdict(float)
    for process in processes_of(made.state.path):
        used[process_name(process.pid).partition(" ")[0]] += cpu_s(process.pid)
    return used


def carrier_time_s(made: Center) -> float:
    """Return the processor time of the simulated carrier, which is not killed."""
    carrier = living(made.state)
    return 0.0 if carrier is None else cpu_s(carrier.pid)


def idle_time_s() -> float:
    """Return the idle time of the machine's processors since the boot."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return int(fields[4]) / os.sysconf("SC_CLK_TCK")


STEPS: Final = ("started", "the workers have reported")
"""Lines of the log: the actor system runs; the intake knows that no worker has any of the alerts."""
LISTENED_TO: Final = 8
"""Number of users' phones with a check of their sound."""


def _silences(flight: Flight, killed_at: float, until_s: float) -> list[float]:
    """Return the longest gap in the operator's voice, for some of the users in conversation."""
    talking = [case.phone for case in flight.live.cases.values() if _joined(case) >= 2 and case.phone]
    return [
        voice_gap(flight.made, phone, [TONES[OPERATOR]], killed_at - 0.1, until_s - 2 * LAST_S)
        for phone in talking[:LISTENED_TO]
    ]


def _joined(case: Case) -> int:
    return sum(leg.joined for leg in case.legs.values())


def _after(journal: Journal, seq: int) -> list[Recorded]:
    found: list[Recorded] = []
    while batch := journal.read_all(seq, 1000):
        found += batch
        seq = batch[-1].seq
    return found
