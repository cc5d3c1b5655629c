"""When the journal does not take it: 503, the advice to call 112, and the alert is kept and tried again."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateways.http.parts import journal_writer
from gateways.http.parts.auditing import AUDIT
from gateways.http.parts.journal_writer import GIVE_UP_S, REFUSED_MAX
from gateways.http.wire.errors import NotDurable
from messages.ids import E164, Channel
from model.rules.signal import Signal
from store.alerts import accepting
from store.audit.entry import Action
from store.errors import JournalFull, JournalTorn, StoreMisuse
from store.journal.journal import Transaction
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import CLOCK, GIULIA, Place
from tests.gateways.http.test_audit import handlers
from tests.waiting import wait_until, wait_until_async


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Somebody holds the journal's write lock."""
    other = sqlite3.connect(place.state / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def alerts(place: Place) -> int:
    database = sqlite3.connect(place.state / "journal.db")
    try:
        found = database.execute("SELECT count(*) FROM event WHERE type = 'alert.received'").fetchone()
    finally:
        database.close()
    return int(found[0])


def test_what_is_read_and_not_entered_in_the_audit_waits_for_no_writer(api: Api, admin: Asker) -> None:
    """`/readyz` is about the journal itself."""
    paths = {
        name.split(" ")[0]
        for name, one in handlers(api.client.app).items()
        if "GET" in getattr(one, "http_methods", ())
        and not isinstance(one.opt[AUDIT], Action)
        and "{" not in name
    }
    assert "/v1/shift" in paths
    marta = api.place.marta
    api.story().opened().operator_called(marta).operator_joined(marta).operator_left(marta)
    with locked(api.place):
        answers = {path: admin.get(path).status_code for path in sorted(paths - {"/readyz"})}
    assert [path for path, status in answers.items() if status >= 500] == []


def test_an_alert_that_cannot_be_made_durable_is_answered_with_advice_and_made_durable_later(
    api: Api,
) -> None:
    with locked(api.place):
        answer = api.app.post("/v1/alerts", json={"phone": GIULIA})
        assert answer.status_code == 503
        assert answer.json()["advice"] == "call_112_now"
        ready = api.client.get("/readyz")
        assert (ready.status_code, ready.json()["journal"]) == (503, False)
        assert alerts(api.place) == 0
    wait_until(lambda: alerts(api.place) == 1, within_s=20)
    wait_until(lambda: api.client.get("/readyz").json()["journal"], within_s=10)
    assert api.app.post("/v1/alerts", json={"phone": GIULIA}).status_code == 200


def test_a_storm_while_the_journal_fails_is_kept_and_loses_nothing(api: Api) -> None:
    statuses: list[int] = []

    def raise_one(number: int) -> None:
        body = {"phone": f"+3933311100{number:02d}"}
        statuses.append(api.app.post("/v1/alerts", json=body).status_code)

    with locked(api.place):
        threads = [threading.Thread(target=raise_one, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert set(statuses) == {503}
    wait_until(lambda: alerts(api.place) == 20, within_s=20)
    wait_until(lambda: api.web.writing.kept == 0)


def test_a_command_that_cannot_be_made_durable_is_not_said_to_be(api: Api) -> None:
    alert = api.app.post("/v1/alerts", json={"phone": GIULIA}).json()["alert"]
    with locked(api.place):
        assert api.marta.post(f"/v1/alerts/{alert}/commands", json={"command": "take"}).status_code == 503


def test_a_full_disk_is_said_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    web = place.web()

    async def story() -> None:
        web.writing.start()
        full = True
        transact = web.journal.transact

        def failing(work: object) -> object:
            if full:
                raise JournalFull("no space left")
            return transact(work)  # type: ignore[arg-type]

        monkeypatch.setattr(web.journal, "transact", failing)
        signal = Signal(channel=Channel.DATA, received_at=CLOCK.now_us(), phone=E164(GIULIA))
        begun = asyncio.get_running_loop().time()
        with pytest.raises(NotDurable, match="no space left"):
            await web.writing.accept(signal)
        assert asyncio.get_running_loop().time() - begun < GIVE_UP_S
        assert (web.writing.kept, web.writing.works) == (1, False)
        full = False
        await wait_until_async(lambda: web.writing.works)
        assert web.writing.kept == 0
        assert alerts(place) == 1
        await asyncio.to_thread(web.writing.close)

    asyncio.run(story())
    web.journal.close()


def test_an_alert_that_the_journal_refuses_is_not_tried_for_ever(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails while others are taken fails by itself; the others get their turn."""
    web = place.web()
    poison, refused = E164("+393331119999"), 0
    real = accepting.accept_in

    def accept_in(tx: Transaction, signal: Signal, *rest: object) -> object:
        nonlocal refused
        if signal.phone == poison:
            refused += 1
            raise JournalTorn("a row of this number is damaged")
        return real(tx, signal, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(accepting, "accept_in", accept_in)
    monkeypatch.setattr(journal_writer, "AGAIN_S", (0.001,))

    async def story() -> None:
        def sent(phone: str) -> Signal:
            return Signal(channel=Channel.DATA, received_at=CLOCK.now_us(), phone=E164(phone))

        web.writing.start()
        with pytest.raises(NotDurable, match="damaged"):
            await web.writing.accept(sent(poison))
        others = 0
        while web.writing.kept or web.writing._waiting:
            before = refused
            assert (await web.writing.accept(sent(f"+3933311100{others:02d}"))).created
            others += 1
            await wait_until_async(lambda before=before: refused > before or not web.writing.kept)
            await wait_until_async(lambda: not web.writing._waiting)
            assert others < 20, "an alert that is refused is tried for ever"
        assert others >= REFUSED_MAX, "a disk may fail for a moment"
        await asyncio.to_thread(web.writing.close)

    asyncio.run(story())
    web.journal.close()


def test_an_alert_that_a_defect_keeps_out_is_answered_with_advice(
    app: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept_in(*_: object) -> object:
        raise StoreMisuse("a defect")

    monkeypatch.setattr(accepting, "accept_in", accept_in)
    answer = app.post("/v1/alerts", json={"phone": GIULIA})
    assert (answer.status_code, answer.json()["advice"]) == (503, "call_112_now")
