"""What supervisors are told and handed out: a month, its outages, dossiers."""

from __future__ import annotations

import csv
import io
from datetime import date

from features.reviews.monthly import after, before, month_of
from gateways.http.parts.context import Web
from messages.events import AlarmShelved
from messages.ids import SECOND, Instant
from store import streams
from store.journal.journal import Append
from tests.gateways.http.askers import MARTA, Api, Asker
from tests.gateways.http.place import CLOCK, GIULIA
from tests.support.each import each
from tests.support.watched import watched

THIS = f"{date.fromtimestamp(CLOCK.now_us() / SECOND):%Y-%m}"  # noqa: DTZ012


def test_a_supervisor_is_told_how_long_the_intake_was_away(web: Web, supervisor: Asker) -> None:
    watched(web.journal, 0, 6, 6, 0)
    found = supervisor.get("/v1/availability").json()["months"]
    assert len(found) == 13
    # In the first minutes of a month some of them are the last one's.
    assert sum(one["availability"]["watched"] for one in found) == 4
    assert sum(one["availability"]["lost"] for one in found) == 2
    assert (found[2]["availability"]["watched"], found[2]["share"]) == (0, None)


def test_what_was_announced_is_told_apart(api: Api, supervisor: Asker) -> None:
    watched(api.journal, 6, 6, 0)
    quiet = AlarmShelved(ends_at=Instant(CLOCK.now_us() + 60 * SECOND), by=MARTA, reason="UPS")
    api.journal.append(Append(streams.SHELF, None, (quiet,)))
    watched(api.journal, 6)
    (this, *_) = supervisor.get("/v1/availability").json()["months"]
    assert this["availability"]["lost"] + this["availability"]["planned"] == 3


def test_a_month_is_told_as_json_table_and_paper_and_nobody_is_named(api: Api, supervisor: Asker) -> None:
    api.app.post("/v1/alerts", json={"phone": GIULIA})
    watched(api.journal, 0, 6)
    said = supervisor.get(f"/v1/reports/{THIS}/json").json()
    assert (said["month"], said["real"]) == (THIS, 1)
    assert [one["by"] for one in said["answering"]["measured"]] == ["NENA", "NENA", "TSA", "TSA"]
    table = supervisor.get(f"/v1/reports/{THIS}/csv")
    assert table.headers["content-disposition"] == f'attachment; filename="securwoman-{THIS}.csv"'
    rows = list(csv.reader(io.StringIO(table.text, newline="")))
    assert rows[0] == ["part", "what", "value"]
    assert ["alerts", "real", "1"] in rows
    paper = supervisor.get(f"/v1/reports/{THIS}/pdf?language=it")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert GIULIA not in table.text
    assert "Giulia" not in table.text


@each("path", ["9999-12/json", "0001-01/csv", "2026-13/pdf", "2026-1/pdf", "yesterday/pdf", "2026-11/doc"])
def test_what_is_no_month_or_no_form_is_refused(supervisor: Asker, path: str) -> None:
    assert supervisor.get(f"/v1/reports/{path}").status_code == 400


def test_months_follow_each_other() -> None:
    assert after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert before(date(2027, 1, 1)) == date(2026, 12, 1)
    assert after(date(2026, 2, 1)) == date(2026, 3, 1)
    assert month_of("2026-11") == date(2026, 11, 1)
