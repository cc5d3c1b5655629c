"""How the backups stand: told by the API, by Prometheus and by an alarm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from features.backup import records
from features.backup.records import Work
from features.backup.status import (
    BackupKept,
    BackupRun,
    BackupStanding,
    BackupWrong,
)
from messages.ids import SECOND, Instant
from store.audit.entry import Action
from store.registry.people import StaffRole
from tests.features.backup.kept_backups import KeptBackups
from tests.gateways.http.administration import refused_or_not_entered
from tests.gateways.http.askers import Api, Asker
from tests.gateways.http.place import CLOCK, entered
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_sound import alarms
from tests.support.each import each
from tests.support.unreadable import GARBAGE

BACKUPS = "/v1/admin/backups"


def test_a_backup_is_ordered_once_entered_and_told_by_the_list(
    api: Api, admin: Asker, own: KeptBackups
) -> None:
    began_at = CLOCK.now_us()
    made = BackupKept(
        file="/b/c.age", made_at=began_at, events=9, bytes=2_000_000, seconds=1.5, checked_at=None,
        check_seconds=0, is_there=True,
    )  # fmt: skip
    own.stands = BackupStanding(
        file="/b/c.age",
        to=("age1abc…7k2m",),
        kept=(made,),
        runs={Work.BACKUP: BackupRun(began_at=began_at, failed="/b: No space left on device")},
        next={Work.CHECK: began_at},
        wrong=(BackupWrong.FAILED,),
    )
    first = admin.get(BACKUPS)
    told = first.json()
    assert (told["wrong"], told["backups"][0]["checked_at"], told["check_run"]) == (["failed"], None, None)
    assert told["backup_run"]["failed"] == "/b: No space left on device"
    assert (told["backup_next"], told["check_next"]) == (None, told["backups"][0]["made_at"])
    assert admin.again(BACKUPS, first).status_code == 304
    codes = [admin.post(f"{BACKUPS}/{one}").status_code for one in ("backup", "backup", "all")]
    assert codes == [202, 409, 404]
    assert own.ordered == [Work.BACKUP]
    assert [(one.action, one.detail) for one in entered(api.web)] == [(Action.CHANGE_KEPT, "backup ordered")]


def test_prometheus_is_told_how_old_each_backup_is(api: Api) -> None:
    made_at = Instant(CLOCK.now_us() - 3600 * SECOND)
    made = records.BackupRecord(made_at=made_at, events=1, bytes=1, seconds=1)
    (api.place.state / records.BACKUPS_FILE).write_bytes(records.backups_said({"/m/center.age": made}))
    (told,) = re.findall(r'_backup_age_seconds\{file="/m/center.age"\} (.*)', api.client.get("/metrics").text)
    assert 3600 <= float(told) < 3700


@pytest.mark.scenario
def test_a_backup_that_is_overdue_is_an_alarm_until_one_is_made(make_world: MakeWorld) -> None:
    world = make_world(changes={"backup.file": "/media/center.age"})

    def made(hours_ago: float) -> None:
        at = Instant(world.clock.now_us() - round(hours_ago * 3600 * SECOND))
        one = records.BackupRecord(made_at=at, events=1, bytes=1, seconds=1)
        (world.env.state / records.BACKUPS_FILE).write_bytes(records.backups_said({"/media/center.age": one}))
        world.advance(61)

    world.advance(3)
    assert alarms(world, "backup.old") == ["backup"]
    for hours_ago, stands in ((24.9, []), (25.1, ["backup"]), (0, [])):
        made(hours_ago)
        assert alarms(world, "backup.old") == stands


@each("content", GARBAGE.values())
def test_a_file_that_cannot_be_read_stops_no_reader(tmp_path: Path, content: bytes) -> None:
    for name in (records.BACKUPS_FILE, "logs/backup-run.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert not records.backups(tmp_path)
    assert records.run_of(tmp_path, Work.BACKUP) is None


def test_who_may_do_it_does_and_a_change_is_entered(api: Api) -> None:
    routes = (
        ("GET", BACKUPS, None, StaffRole.ADMIN),
        ("POST", f"{BACKUPS}/check", None, StaffRole.ADMIN),
    )
    assert refused_or_not_entered(api, routes) == {}
