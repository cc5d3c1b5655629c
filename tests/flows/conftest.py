"""One center for all flows. A test has desks of its own, and leaves no call and no open alert to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from application.state.journals import journal_of
from application.state.keys import set_shift
from center.alerts import newest_cases
from messages.ids import ShiftState
from store.journal.journal import Journal
from tests.flows.desk import Desk
from tests.flows.people import LUCA, MARTA, OPERATORS, SETTINGS, moved_in, own_voice, world
from tests.support import one_file
from tests.support.center import Center, center
from tests.support.complaints import Complaints

SCREEN: ViewportSize = {"width": 1920, "height": 1080}


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """The center, with everybody in its registry."""
    folder = tmp_path_factory.mktemp("flows")
    settings = folder / "center.toml"
    settings.write_text(SETTINGS)
    own_voice(folder / "voices")
    with center(folder, world(), "--config", str(settings)) as started:
        moved_in(started, folder)
        yield started


@pytest.fixture
def made(running: Center) -> Iterator[Center]:
    """The center with nobody on shift and nothing open, as the next test needs it, too."""
    yield running
    with journal_of(running.state) as journal:
        for operator in OPERATORS:
            set_shift(journal, operator.id, ShiftState.OFF, "end of the test")
        running.until("nothing is open", lambda: ended(running, journal))


def ended(made: Center, journal: Journal) -> bool:
    """Whether nothing is left; what a failed test has left is hung up and closed."""
    alerts = [case.alert for case in newest_cases(journal) if case.closed_at is None]
    for call in made.calls():
        if call["state"] != "ended":
            for number in (call["to"], call["from"]):
                made.carrier.post(f"/phones/{number}/hang_up")
    for alert in alerts:
        made.order(alert, "close")
    return not alerts


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A large screen; the browser lets it copy."""
    return {**browser_context_args, "viewport": SCREEN, "permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def desk(page: Page, made: Center) -> Desk:
    """Marta's, with the page not yet opened. Luca's has its modules as shipped."""
    one_file.put_into(page)
    return Desk(page, made, MARTA)


@pytest.fixture
def second(browser: Browser, made: Center, complaints: Complaints) -> Iterator[Desk]:
    """Luca's, in a browser of its own."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    complaints.listen(page)
    yield Desk(page, made, LUCA)
    context.close()
