"""A whole center whose journal is in PostgreSQL: an alert from its receipt to its end, and the server that
goes away and comes back under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from messages.ids import AlertId, Outcome, Role
from store.journal.verify import verify
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.postgres import PostgresServer, server

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

OTHER = "+393331112224"


@pytest.fixture
def mortal(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A server that a test may end."""
    del postgres
    with server() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, mortal: PostgresServer) -> Iterator[Center]:
    url = mortal.url(mortal.database())
    settings = tmp_path / "center.toml"
    settings.write_text(f'[journal]\nurl = "{url}"\n[limits]\nlive_cases = 4\n')
    phones: dict[str, dict[str, object]] = {OTHER: {"name": "Other", "says": "tone:440"}}
    with center(tmp_path, simulation(phones=phones), "--config", str(settings), journal_url=url) as running:
        yield running


def is_handled_to_the_end(made: Center, alert: AlertId, user: str) -> None:
    """Operator and user, 112, leaving, the end."""
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    assert made.order(alert, "call_psap").status_code == 202
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    assert made.order(alert, "leave").status_code == 202
    made.until("the operator has left", lambda: made.joined(alert) == {"user", "psap"})
    for number in (PSAP, user):
        made.carrier.post(f"/phones/{number}/hang_up")
    made.until("it is closed", lambda: made.case(alert).closed_at)
    assert made.case(alert).outcome is Outcome.HANDED_OVER


def test_an_alert_is_handled_from_its_receipt_to_its_end(made: Center) -> None:
    is_handled_to_the_end(made, made.send(), USER)
    for number in (OPERATOR, USER, PSAP):
        assert len(made.calls(number)) == 1
    assert Role.JOURNAL_KEEPER not in {row["role"] for row in made.ps()}
    assert not (made.state.path / "journal.db").exists()
    told = made.cli("doctor").stdout
    assert "PostgreSQL" in told
    with made.journal() as journal:
        assert verify(journal).problems == ()


def test_while_the_server_is_away_apps_are_told_to_call_112_and_then_all_goes_on(
    made: Center, mortal: PostgresServer
) -> None:
    first = made.send()
    made.until("operator and user are joined", lambda: made.joined(first) == {"operator", "user"})
    mortal.stop()
    try:
        answer: httpx.Response = made.until("the web answers", lambda: made.post(OTHER))
        assert answer.status_code == 503, answer.text
        assert answer.json()["advice"] == "call_112_now"
    finally:
        mortal.start()
    made.until("everything is ready", made.is_ready)
    second = made.until("it takes alerts", lambda: taken(made.post(OTHER)))
    is_handled_to_the_end(made, first, USER)
    for number in (USER, PSAP):
        assert len(made.calls(number)) == 1, f"{number} was called once, and never dropped"
    made.until("the other is served, too", lambda: made.joined(second) == {"operator", "user"})
    with made.journal() as journal:
        assert verify(journal).problems == ()


def taken(answer: httpx.Response) -> AlertId | None:
    return AlertId(answer.json()["alert"]) if answer.status_code in (200, 202) else None
