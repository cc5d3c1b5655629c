"""A whole center whose journal is in PostgreSQL: an alert from its receipt to its end, and the server that
goes away and comes back under it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from messages.ids import AlertId, Outcome, Role
from store.journal.verify import verify
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.postgres import PostgresServer, server

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

SECOND, THIRD = "+393331112224", "+393331112225"


@pytest.fixture(scope="module")
def mortal(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A server that a test may end."""
    del postgres
    with server() as running:
        yield running


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, mortal: PostgresServer) -> Iterator[Center]:
    """One center for both: each test has users of its own."""
    url = mortal.url(mortal.database())
    folder = tmp_path_factory.mktemp("postgresql")
    settings = folder / "center.toml"
    settings.write_text(f'[journal]\nurl = "{url}"\n[limits]\nlive_cases = 4\n')
    phones: dict[str, dict[str, object]] = {
        number: {"name": "Other", "says": "tone:440"} for number in (SECOND, THIRD)
    }
    with center(folder, simulation(phones=phones), "--config", str(settings), journal_url=url) as running:
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
    first, before = made.send(SECOND), len(made.calls(PSAP))
    made.until("operator and user are joined", lambda: made.joined(first) == {"operator", "user"})
    mortal.stop()
    try:
        answer: httpx.Response = made.until("the web answers", lambda: made.post(THIRD, id="third"))
        assert answer.status_code == 503, answer.text
        assert answer.json()["advice"] == "call_112_now"
    finally:
        mortal.start()
    made.until("everything is ready", made.is_ready)
    second = made.until("it takes alerts", lambda: taken(made.post(THIRD, id="third")))
    is_handled_to_the_end(made, first, SECOND)
    assert (len(made.calls(SECOND)), len(made.calls(PSAP))) == (1, before + 1), "once, and never dropped"
    made.until("the other is served, too", lambda: made.joined(second) == {"operator", "user"})
    with made.journal() as journal:
        assert verify(journal).problems == ()


def taken(answer: httpx.Response) -> AlertId | None:
    return AlertId(answer.json()["alert"]) if answer.status_code in (200, 202) else None
