"""The administration's backups in a browser, by keyboard, without a barrier."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from features.backup.records import Work
from features.backup.status import BackupKept, BackupRun, BackupStanding, BackupWrong
from messages.ids import SECOND, Instant
from store.journal.journal import Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.features.backup.kept_backups import KeptBackups
from tests.gateways.console.barriers import barriers, lost_when_magnified
from tests.gateways.console.desk import signed_on
from tests.gateways.http.place import Place, WebThread

pytestmark = [
    pytest.mark.browser,
    pytest.mark.process,
    pytest.mark.timeout(120),
    pytest.mark.browser_may_say(r"409 \(Conflict\)"),
]

FILE = "/mnt/backup/center.age"
WORDS = {
    "same": "È sullo stesso disco del centro",
    "failed": "L’ultima prova di ripristino non è riuscita.",
    "why": "/mnt/backup/center.age is damaged or cut short",
    "at_work": "Backup: in corso da",
    "of_about": "3,0\u00a0MB di circa 12,0\u00a0MB",
    "busy": "È già in corso.",
    "good": "Tutto a posto.",
}


def stands(now_us: Instant, **changes: object) -> BackupStanding:
    """One of an hour ago, tried yesterday."""
    hour = 3600 * SECOND
    kept = BackupKept(
        file=FILE,
        made_at=Instant(now_us - hour),
        events=41_322,
        bytes=12_000_000,
        seconds=2.4,
        checked_at=Instant(now_us - 24 * hour),
        check_seconds=5.1,
        is_there=True,
    )
    known: dict[str, object] = {
        "file": FILE,
        "to": ("age1qyqszqgp…90gq", "trial.pub"),
        "kept": (kept,),
        "next": {Work.BACKUP: Instant(now_us + 23 * hour)},
    }
    return BackupStanding(**{**known, **changes})  # type: ignore[arg-type]


def test_what_is_wrong_is_said_one_is_ordered_by_a_key_and_followed_as_it_goes_on(
    page: Page, own: KeptBackups, site: WebThread, place: Place, journal: Journal
) -> None:
    now_us = journal.now_us()
    Registry(journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    damaged = BackupRun(began_at=now_us, ended_at=now_us, failed=WORDS["why"])
    own.stands = stands(
        now_us, runs={Work.CHECK: damaged}, wrong=(BackupWrong.CHECK_FAILED, BackupWrong.SAME_DISK)
    )
    signed_on(page, site.url, place, "it")
    page.keyboard.press("5")
    expect(page.locator("#operators-h")).to_be_focused()
    page.keyboard.press("b")
    expect(page.locator("#backups-h")).to_be_focused()
    main = page.locator(".backups")
    for one in ("same", "failed", "why"):
        expect(main).to_contain_text(WORDS[one])
    assert barriers(page) + lost_when_magnified(page) == []
    running = BackupRun(began_at=now_us, running=True, bytes=3_000_000)
    own.stands = stands(now_us, runs={Work.BACKUP: running})
    page.keyboard.press("a")
    expect(main).to_contain_text(WORDS["at_work"])
    expect(main).to_contain_text(WORDS["of_about"])
    assert own.ordered == [Work.BACKUP]
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text(WORDS["busy"])
    page.keyboard.press("t")
    own.stands = stands(now_us)
    expect(main).not_to_contain_text(WORDS["at_work"], timeout=15_000)
    expect(main).to_contain_text(WORDS["good"])
    assert own.ordered == [Work.BACKUP, Work.CHECK]
    # With nowhere to write it none is ordered, and the page says why in its own words.
    own.stands = stands(now_us, file="", to=(), kept=(), wrong=(BackupWrong.NO_PLACE,))
    expect(main).to_contain_text("[backup] file", timeout=15_000)
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("[backup] file")
    assert own.ordered == [Work.BACKUP, Work.CHECK]
