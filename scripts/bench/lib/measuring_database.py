"""Lower bounds of a shared journal: the time of an empty query to its database, and of one durable commit."""

from __future__ import annotations

import time

import psycopg

from messages.events import NodeStarted
from messages.ids import NodeId
from runtime.clock import SystemClock
from scripts.bench.lib.measuring import quantiles
from store.database.postgresql_connecting import conninfo_of
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier

TIMES = 300


def round_trips(url: str) -> dict[str, float]:
    """Measure `SELECT 1` on an open connection."""
    took = []
    with psycopg.connect(conninfo_of(url), autocommit=True) as connection:
        for _ in range(TIMES):
            begun = time.perf_counter()
            connection.execute("SELECT 1").fetchone()
            took.append(time.perf_counter() - begun)
    return quantiles(took)


def commits(url: str) -> dict[str, float]:
    """Measure the append of one event as the center appends, durable at its return."""
    took = []
    clock, notify = SystemClock.anchored(), LocalNotifier()
    journal = Journal.open(url, node=NodeId("bench"), clock=clock.now_us, notify=notify)
    for n in range(TIMES):
        event = NodeStarted(version="bench", pid=n)
        begun = time.perf_counter()
        journal.append(Append("node-bench", None, (event,)))
        took.append(time.perf_counter() - begun)
    journal.close()
    return quantiles(took)
