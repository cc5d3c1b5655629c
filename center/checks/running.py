"""Checks of the running center: its answer, its alarms, and operators who would answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from application.checks import CheckCondition, CheckContext, check_row
from application.client import Client
from application.errors import CenterError
from application.state.journals import journal_of
from application.state.processes import is_alive
from application.state.state_dir import NodeFile, StateDir
from messages.ids import NodeId, ShiftState
from messages.rows import Sentence
from model.alarms.active import NO_LINE_FOR_112
from model.alarms.table import kind_of, rank
from model.checks import Cost, Finding, fail, ok, warn
from model.settings import Settings
from model.settings.psap import LastResort
from store.alarms import read_active_alarms
from store.journal.following import FollowedFolds
from store.journal.projections import Operators
from store.registry.registry import Registry
from store.registry.users import records


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Response of `GET /readyz`."""

    ready: bool = False
    lines: int = 0
    problems: tuple[str, ...] = ()


def alarms(state: StateDir, node: NodeFile, settings: Settings | None = None) -> Iterator[Finding]:
    """Report the active alarms since the start of the running center, the most severe first. A missing line
    for 112 is a failure, but a warning if 112 is called on a public line as the last resort.
    """
    with journal_of(state) as journal:
        stands = read_active_alarms(journal, NodeId(node.node))
    resort = settings is not None and settings.psap.last_resort is LastResort.PUBLIC
    for (alarm, subject), text in sorted(stands.items(), key=lambda one: (rank(one[0][0]), one[0])):
        found = fail if alarm == NO_LINE_FOR_112 and not resort else warn
        kind = kind_of(alarm)
        todo = "" if kind is None else f" To do: {kind.en.do}."
        yield found("alarms", f"{alarm} {subject}: {text}{todo}")
    if not stands:
        yield ok("alarms", "no alarm is active")


def running_center(state: StateDir, node: NodeFile | None) -> Iterator[Finding]:
    """Check if the running center answers and would serve an alert."""
    if node is None:
        yield ok("center", "no center is running: start it with securwoman run")
        return
    yield ok("center", f"{node.node} {node.version} runs as process {node.process.pid}")
    if node.admin is None or not is_alive(node.admin):
        yield fail("center", "the actor system does not run: see logs/ in the state directory")
    client = Client(state, timeout_s=5.0)
    try:
        ready = client.get("/readyz", Ready)
    except CenterError as error:
        yield fail("center", f"the center is not ready: {error}")
    else:
        yield ok("center", f"the center would serve an alert now, on {ready.lines} lines")
    finally:
        client.close()


def people(state: StateDir) -> Iterator[Finding]:
    """Check if an operator would answer an alert."""
    with journal_of(state) as journal:
        lost = journal.at_one_moment(records.unreadable_records)
        registered = Registry(journal).operators()
        shifts = Operators()
        FollowedFolds(journal, shifts).close()
        users = Registry(journal).count_users()
    ready = sum(1 for one in shifts.operators.values() if one.state is ShiftState.READY)
    on_call = sum(1 for one in registered if one.on_call)
    text = f"{len(registered)} operators, {ready} ready, {on_call} on call; {users} users"
    yield (
        ok("people", text)
        if ready or on_call
        else warn("people", f"{text}: an alert would stay unanswered; have an operator ready or on call")
    )
    if lost:
        first = next(f"{user}: {fault}" for user, fault in lost.items())
        yield fail(
            "people",
            f"the records of {len(lost)} users cannot be read ({first}): restore the newest backup, or enter "
            "the records again",
        )


def _alarms(around: CheckContext) -> Iterator[Finding]:
    assert around.node is not None
    return alarms(around.state, around.node, around.known)


CENTER: Final = (
    check_row(
        "center",
        Sentence(
            "The running center answers, and would serve an alert",
            "Il centro in funzione risponde, e servirebbe un allarme",
        ),
        Sentence("Read logs/ in the state directory; restart the center", "Guardare logs/; riavviarlo"),
        lambda around: running_center(around.state, around.node),
        cost=Cost.WORK,
    ),
)
CHECKS: Final = (
    check_row(
        "alarms",
        Sentence(
            "Active alarms of the running center, the most severe first",
            "Gli allarmi del centro in funzione, i più gravi prima",
        ),
        Sentence("Follow the advice of each alarm", "Come dice ogni allarme"),
        _alarms,
        CheckCondition.RUNNING,
    ),
    check_row(
        "people",
        Sentence("An operator would answer an alert", "Qualcuno risponderebbe a un allarme"),
        Sentence("Have an operator ready or on call", "Un operatore pronto o reperibile"),
        lambda around: people(around.state),
        CheckCondition.RUNNING,
    ),
)
