"""One alert that is raised again and again, and what is said under its aliases, is kept with a bound.

Each signal that is kept is read by whoever shows or decides the alert. So the first twenty are kept and one a
minute after that, and all are answered alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from messages.events import AlertCancelled, AlertSignalAdded, ClaimAdded
from messages.ids import E164, SECOND, AlertId, Channel, Instant, NodeId
from model.rules.kept_signals import AT_ONCE
from model.rules.signal import Signal
from model.telling.sheet import fold
from store import streams
from store.alerts.accepting import Accepted, accept_in
from store.alerts.skipped import Skipped
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from tests.gateways.http.askers import Api
from tests.gateways.http.place import GIULIA
from tests.store.places import START
from tests.support.journals import empty_journal

OWN = AlertId("f81d4fae7dec11d0a76500a0c91e6bf6")


class Flood:
    """Signals of one number, one after another by a clock that is moved."""

    def __init__(self, file: Path) -> None:
        self.skipped = Skipped()
        self.now_us = START
        url = empty_journal(file)
        self.journal = Journal.open(url, node=NodeId("n1"), clock=lambda: self.now_us, notify=LocalNotifier())

    def send(self, id: str | None, *, after_s: float = 0.1, silent: bool = False) -> Accepted:
        self.now_us = Instant(self.now_us + round(after_s * SECOND))
        signal = Signal(
            channel=Channel.DATA,
            received_at=self.now_us,
            raised_at=self.now_us,
            phone=E164(GIULIA),
            id=None if id is None else AlertId(id),
            silent=silent,
        )
        return self.journal.transact(lambda tx: accept_in(tx, signal, 50, None, self.skipped))

    def signals(self) -> list[AlertSignalAdded | ClaimAdded]:
        kinds = AlertSignalAdded | ClaimAdded
        return [one.event for one in self.journal.read(streams.inbox(OWN)) if isinstance(one.event, kinds)]


@pytest.fixture
def flood(tmp_path: Path) -> Iterator[Flood]:
    made = Flood(tmp_path / "journal.db")
    yield made
    made.journal.close()


@pytest.mark.parametrize("id", [OWN, None, "another"])
def test_of_signals_without_end_twenty_are_kept_and_then_one_a_minute(flood: Flood, id: str | None) -> None:
    flood.send(OWN)
    for n in range(100):
        told = flood.send(f"{id}-{n}" if id == "another" else id)
        assert not told.created
    assert len(flood.signals()) == AT_ONCE
    flood.send(id, after_s=60)
    flood.send(id)
    assert [one.skipped for one in flood.signals()[-2:]] == [0, 100 - AT_ONCE]
    sheet = fold(flood.journal.read(streams.inbox(OWN)))
    assert sheet is not None
    assert sheet.signals == 1 + 101, "and all of them are counted"


def test_a_wish_for_silence_and_a_press_after_an_attempt_to_cancel_are_always_kept(flood: Flood) -> None:
    flood.send(OWN)
    for _ in range(AT_ONCE + 5):
        flood.send(OWN)
        flood.send(None)
    flood.send(OWN, silent=True)
    flood.journal.append(Append(streams.inbox(OWN), None, (AlertCancelled(),)))
    flood.send(OWN)
    flood.send(OWN, silent=True)
    sheet = fold(flood.journal.read(streams.inbox(OWN)))
    assert sheet is not None
    case = sheet.case
    assert (case.silent, case.cancel_asked) == (True, None)
    assert len(flood.signals()) == 2 * AT_ONCE + 2


def test_what_is_said_under_aliases_is_bounded_with_the_signals_that_join(api: Api) -> None:
    headers = api.place.app()
    api.client.post("/v1/alerts", json={"id": OWN, "phone": GIULIA}, headers=headers)
    names = [
        api.client.post("/v1/alerts", json={"phone": GIULIA}, headers=headers).json()["alert"]
        for _ in range(15)
    ]
    for n, name in enumerate(names):
        body = {"lat": 45.0 + n / 100, "lon": 9.0}
        assert api.client.post(f"/v1/alerts/{name}/position", json=body, headers=headers).status_code == 202
    late = api.client.post("/v1/alerts", json={"phone": GIULIA}, headers=headers)
    assert late.status_code == 200
    assert api.journal.version(streams.inbox(OWN)) == 1 + AT_ONCE
    shown = api.client.get(f"/v1/alerts/{late.json()['alert']}", headers=headers)
    assert (shown.status_code, shown.json()["phase"]) == (200, "received"), (
        "what is not kept is answered alike"
    )
