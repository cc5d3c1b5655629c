"""Kill, or stop, processes one after another, while operator, user and 112 are in conference."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from application.state.state_dir import living_web
from application.state.state_dir import running as running_node
from messages import events as ev
from messages.ids import SECOND, Instant, Party, Role
from model.workers import mixer_of
from runtime.clock import SystemClock
from runtime.published.directory import Entry
from runtime.system.birth import logger_of
from scripts.bench.lib.measuring import quantiles
from scripts.bench.lib.recovering import Log, Places, first, living, until
from store import streams
from store.journal.journal import Journal
from tests.support.center import Center, center, simulation
from tests.support.hearing import LAST_S, PARTIES, NotRecorded, hasten_modems, voice_gaps

ACTORS: Final = (
    "AlertIntake",
    "Identifier",
    "OperatorPool",
    "TrunkPool",
    "OperatorLines",
    "DeadlineWatchdog",
    "FallbackKeeper",
    "Housekeeper",
    "GsmModem",
    "AlertCase",
    "CallLeg",
    "Mixer",
    "ConferenceBridge",
    "Supervisor",
)
ROLES: Final = (*ACTORS, "Web", "WebStandby", "Logger", "Admin", "Node")
APART_S: Final = 2.6
"""Pause between two deaths of an actor: five within ten seconds would restart its group."""
BEFORE_S: Final = 0.1
"""Time before a death in which the voice is checked."""
SETTLED_S: Final = 1.2
"""Time after a death until the voice is checked and the next process dies."""


class Run:
    """A center with an alert in conference."""

    def __init__(self, made: Center, journal: Journal, clock: SystemClock) -> None:
        self.made, self.journal, self.clock = made, journal, clock
        self.places = Places(made.state)
        self.alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(self.alert) == {"operator", "user"})
        assert made.order(self.alert, "call_psap").status_code == 202
        made.until("112 is joined, too", self.all_joined)
        self._struck: Counter[str] = Counter()

    def all_joined(self) -> bool:
        """Return True if operator, user and 112 are in the conference."""
        return self.made.joined(self.alert) == {"operator", "user", "psap"}

    # ------------------------------------------------------------ victims

    def victim(self, role: str) -> Entry:
        """Return the process of the role that works on the alert, or the only process of the role.

        Roles with a process for each party return the process of each party in turn.
        """
        if role not in ACTORS:
            return Entry(role=Role(role), key="", address=b"", pid=self._pid(role), incarnation=0)
        case = self.made.case(self.alert)
        assert case.owner is not None
        party = (Party.USER, Party.OPERATOR, Party.PSAP)[self._struck[role] % len(PARTIES)]
        self._struck[role] += 1
        leg = case.answered(party)
        assert leg is not None
        key = {
            "AlertCase": case.owner.worker,
            "Mixer": mixer_of(case.owner.worker),
            "ConferenceBridge": case.owner.worker,
            "CallLeg": f"{case.owner.worker}/{'op1' if party is Party.OPERATOR else party}",
            "GsmModem": leg.line,
        }.get(role, "")
        return self.must_find(Role(role), key)

    def must_find(self, role: Role, key: str) -> Entry:
        """Return the entry of the actor, which must exist."""
        found = self.places.find(role, key)
        assert found is not None, (role, key)
        return found

    def _pid(self, role: str) -> int:
        """Return the pid of a process that is no actor of the center; 0 while no such process runs."""
        web, node = living_web(self.made.state), running_node(self.made.state)
        process = {
            "Web": web and web.process,
            "WebStandby": node and node.web_standby,
            "Admin": node and node.admin,
            "Node": node and node.process,
        }.get(role)
        if role == "Logger":
            return logger_of(self.made.state.run)[0]
        return process.pid if process else 0

    # ------------------------------------------------------------ resumption

    def resumed(self, role: str, dead: Entry, at: float, log: Log) -> dict[str, float]:
        """Return the seconds from the death to the start of the successor, and to its first work."""
        match role:
            case "Web":
                until("an answer", self._healthy)
                return {"resumed": time.time() - at}
            case "Logger" | "WebStandby":
                until(f"another {role}", lambda: self._pid(role) not in (0, dead.pid))
                return {"resumed": time.time() - at}
            case "Node":
                # As a service manager does.
                self.made.start_again()
                return self._new_group(at, log)
            case "Admin":
                return self._new_group(at, log)
        successor, there = self.places.successor(dead)
        seen = {"there": there - at}
        resumed = there
        match role:
            case "AlertCase":
                opened = until("case.opened", lambda: self._opened(successor.incarnation))
                resumed = opened
            case "CallLeg":
                line = until(
                    "the call taken over",
                    lambda: log.said("call taken over", key=dead.key, incarnation=successor.incarnation),
                )
                resumed = line["at"]
            case "GsmModem":
                known = until(
                    "the calls known",
                    lambda: log.said("calls known", key=dead.key, incarnation=successor.incarnation),
                )
                taken = until("the call taken over", lambda: log.said("call taken over", line=dead.key))
                seen["calls_known"] = known["at"] - at
                resumed = taken["at"]
            case "AlertIntake":
                line = until(
                    "the workers have reported",
                    lambda: log.said("the workers have reported", incarnation=successor.incarnation),
                )
                resumed = line["at"]
            case _:
                pass
        return seen | {"resumed": max(resumed, there) - at}

    def _healthy(self) -> bool:
        import httpx

        try:
            return httpx.get(f"{self.made.address}/healthz", timeout=20).status_code == 200
        except httpx.TransportError:
            return False

    def _new_group(self, at: float, log: Log) -> dict[str, float]:
        after = Instant(int(at * SECOND))
        found = until(
            "case.opened",
            lambda: first(self.journal, streams.case(self.alert), ev.CaseOpened, after),
        )
        legs = until(
            "all legs taken over",
            lambda: (
                lines
                if len(lines := [line for line in log.read() if line["event"] == "call taken over"]) >= 3
                else None
            ),
        )
        until("ready", self.made.is_ready)
        return {
            "case": found.at_us / SECOND - at,
            "resumed": max(found.at_us / SECOND, *(line["at"] for line in legs[:3])) - at,
        }

    def _opened(self, incarnation: int) -> float | None:
        found = first(
            self.journal, streams.case(self.alert), ev.CaseOpened, Instant(0), incarnation=incarnation
        )
        return None if found is None else found.at_us / SECOND


def measure_actors(folder: Path, roles: list[str], *, killed: int, frozen: int) -> dict[str, object]:
    """Strike each of these roles the given numbers of times."""
    place = folder / "actors"
    place.mkdir()
    with running(place) as run:
        result: dict[str, object] = {"actors": len(run.made.ps())}
        until("everybody hears the others", lambda: hear_each_other(run.made))
        if killed:
            result["killed"] = rounds(run, roles, killed, signal.SIGKILL)
        if frozen:
            result["frozen"] = rounds(run, roles, frozen, signal.SIGSTOP)
        result["calls"] = [f"{call['to']} {call['state']}" for call in run.made.calls()]
    return result


def hear_each_other(made: Center) -> bool:
    """Return True if operator, user and 112 have missed nothing of each other in the last moment."""
    until_s = time.time() - 2 * LAST_S
    try:
        return max(voice_gaps(made, until_s - 2 * BEFORE_S, until_s).values()) < BEFORE_S
    except NotRecorded:
        return False


def rounds(run: Run, roles: list[str], times: int, signum: int) -> dict[str, object]:
    """Strike all roles once in each of `times` rounds."""
    took: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    last: dict[str, float] = {}
    for _ in range(times):
        for role in roles:
            time.sleep(max(0.0, last.get(role, 0.0) + APART_S - time.monotonic()))
            for what, value in one(run, role, signum).items():
                took[role][what].append(value)
            last[role] = time.monotonic()
            print(role, {k: round(v[-1] * 1000, 1) for k, v in took[role].items()}, file=sys.stderr)
    every = [value for role in roles if role in ACTORS for value in took[role]["resumed"]]
    return {
        "times_each": times,
        "all_actors": quantiles(every) if every else None,
        **{role: {what: quantiles(values) for what, values in by.items()} for role, by in took.items()},
    }


def one(run: Run, role: str, signum: int) -> dict[str, float]:
    """Strike one process; return the time of its recovery, and the gaps in the voice at each phone."""
    log = Log(run.made.state)
    dead = until(f"a {role}", lambda: victim if (victim := run.victim(role)).pid else None)
    at = time.time()
    os.kill(dead.pid, signum)
    seen = run.resumed(role, dead, at, log)
    until("it is gone", lambda: not living(dead.pid))
    run.made.until("everything is ready", run.made.is_ready)
    end = time.time() + SETTLED_S
    time.sleep(SETTLED_S + 2 * LAST_S)
    gaps = voice_gaps(run.made, at - BEFORE_S, end)
    seen |= {f"voice_gap_{party}": gap for party, gap in gaps.items()}
    seen["voice_gap"] = max(gaps.values())
    if role == "Mixer":
        seen["resumed"] = max(seen["there"], seen["voice_gap"])
    return seen


def missed(result: dict[str, object], mixer_ms: float, others_ms: float) -> list[str]:
    """Return the roles with voice gaps longer than allowed, by the p99 of the worst phone."""
    found = []
    for by in ("killed", "frozen"):
        of_roles = result.get(by)
        assert isinstance(of_roles, dict | None)
        for role in ROLES:
            took = (of_roles or {}).get(role)
            bound_ms = mixer_ms if role == "Mixer" else others_ms
            if by == "frozen" and role == "Mixer":
                continue  # a frozen process is replaced only once it is known to be frozen
            if took is not None and took["voice_gap"]["p99_ms"] > bound_ms:
                found.append(f"{by} {role}: p99 {took['voice_gap']['p99_ms']} ms, not {bound_ms:g}")
    return found


@contextmanager
def running(folder: Path) -> Iterator[Run]:
    """Yield a center with one alert in conference."""
    with center(folder, simulation()) as made, made.journal() as journal:
        hasten_modems(made)
        yield Run(made, journal, SystemClock.anchored())
