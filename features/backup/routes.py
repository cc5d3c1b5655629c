"""/v1/admin/backups, for admins: state and faults of the backups, and orders of a backup or a trial."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from features.backup.orders import OwnBackups
from features.backup.records import Work, backups
from features.backup.status import BackupRun, BackupStanding, BackupWrong
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import ADMIN
from gateways.http.routing.route import GET, POST, Answer, route
from gateways.http.wire.answers import Moment, derived, rfc3339
from gateways.http.wire.errors import NotDone, NotThere, Why
from messages.ids import SECOND, Instant
from runtime.clock import Clock
from store.audit.entry import Action
from store.journal.journal import Journal

PATH: Final = "/v1/admin/backups"


class BackupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A backup made by this center, as reported by `securwoman backup`. `checked_at`: time of the last trial
    restore of a backup at this path, an earlier backup included.
    """

    file: str
    made_at: Moment
    events: int
    bytes: int
    seconds: float
    checked_at: Moment | None
    check_seconds: float
    is_there: bool


class BackupRunView(msgspec.Struct, frozen=True, kw_only=True):
    """The last backup or trial. `waits`: ordered and not begun; `unheard`: ordered, and no unit begins it;
    `cut_off`: its process ended without a result; `failed`: the command's message.
    """

    began_at: Moment
    ended_at: Moment | None
    waits: bool
    unheard: bool
    running: bool
    cut_off: bool
    failed: str
    bytes: int


class BackupsView(msgspec.Struct, frozen=True, kw_only=True):
    """The backups of this node. `file`: path set in the settings; `to`: keys that can open the backup;
    `backup_next`, `check_next`: next start by a timer.
    """

    file: str
    to: list[str]
    backups: list[BackupRow]
    backup_run: BackupRunView | None
    check_run: BackupRunView | None
    backup_next: Moment | None
    check_next: Moment | None
    wrong: list[BackupWrong]


@once
def own(web: Web) -> OwnBackups:
    """Return the backups of this node."""
    return OwnBackups(web.state)


@route(GET, PATH, by=ADMIN, audit="when backups were made, and nobody's data", listed=True)
def admin_backups(web: Web) -> BackupsView:
    """Return the state of the backups."""
    return _view(own(web).standing())


@route(
    POST,
    f"{PATH}/{{work}}",
    by=ADMIN,
    audit=Action.CHANGE_KEPT,
    status=202,
    says="Ordered.",
    refuses=(NotThere, Why.BUSY),
)
def admin_begin_backup(web: Web, work: str) -> Answer[BackupsView]:
    """Make a backup now, or restore the last one for trial.

    `work` is `backup` or `check`. The work runs beside the center, like `securwoman backup` and `securwoman
    restore --check`; the list shows its result.
    """
    if work not in tuple(Work):
        raise NotThere("no backup work has this name")
    if not own(web).begin(Work(work)):
        raise NotDone("the work is running already: wait until it has ended", Why.BUSY)
    return Answer(_view(own(web).standing()), detail=f"{work} ordered")


def _view(found: BackupStanding) -> BackupsView:
    return BackupsView(
        file=found.file,
        to=list(found.to),
        backups=[derived(BackupRow, one) for one in found.kept],
        backup_run=_run(found.runs.get(Work.BACKUP)),
        check_run=_run(found.runs.get(Work.CHECK)),
        backup_next=_at(found.next.get(Work.BACKUP)),
        check_next=_at(found.next.get(Work.CHECK)),
        wrong=list(found.wrong),
    )


def _run(one: BackupRun | None) -> BackupRunView | None:
    return None if one is None else derived(BackupRunView, one)


def _at(moment: Instant | None) -> Moment | None:
    return None if moment is None else rfc3339(moment)


class Ages(Collector):
    """Ages of the backups made by this center, for `/metrics`."""

    def __init__(self, _: Journal, state: Path, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the ages, read from the files now."""
        found = GaugeMetricFamily(
            "securwoman_backup_age_seconds", "Since this center's last good backup", labels=["file"]
        )
        for file, one in backups(self._state).items():
            found.add_metric([file], (self._clock.now_us() - one.made_at) / SECOND)
        yield found
