"""/v1/alarms: acknowledgement of alarms, shelving during planned work (ISA 18.2), and history.

The console's WebSocket publishes the
active alarms; this module decides nothing about faults.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from litestar.params import FromQuery, QueryParameter

from gateways.console import callouts
from gateways.console.callouts import CalloutView
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import OPERATOR, SUPERVISOR, Caller
from gateways.http.routing.route import DELETE, GET, POST, Answer, route
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.events import AlarmSeen, AlarmShelved, AlarmUnshelved
from messages.ids import SECOND, Instant, NodeId
from model.alarms.book import LONGEST_US, shelving_key
from model.alarms.history import AlarmCount, Episode, count_occurrences, episodes, matches
from model.alarms.table import may_be_shelved
from store import streams
from store.alarms import alarm_events_since
from store.audit.entry import Action
from store.callouts import callouts_of
from store.journal.journal import Append, Transaction
from store.nodes.members import members

AT_ONCE: Final = 500
LISTED: Final = 100
MOST_OFTEN: Final = 8
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE
OF_THE_CENTER: Final = "alarms are the center's own; the journal has who has seen, or taken, them"
Name = Annotated[str, msgspec.Meta(max_length=64)]
Subject = Annotated[str, msgspec.Meta(max_length=200)]


class AlarmAsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Alarm as shown to the operator. The same alarm raised anew since then is another alarm."""

    alarm: Name
    subject: Subject
    since_us: Instant


class AlarmsSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms that an operator acknowledges."""

    alarms: Annotated[list[AlarmAsSeen], msgspec.Meta(min_length=1, max_length=AT_ONCE)]


class AlarmHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Past alarms, newest first. `often`: the most frequent ones first. `more`: the list is cut off.

    `callouts`: callouts because of alarms in the same time, independent of the search.
    """

    episodes: list[Episode]
    often: list[AlarmCount]
    times: int
    more: bool
    callouts: list[CalloutView]


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms to shelve: by name, by subject, by the node that raises them or is concerned. Empty: any."""

    alarm: Name = ""
    subject: Subject = ""
    node: Name = ""


class QuietFor(Quiet, frozen=True, kw_only=True):
    """Shelving with duration and reason. A repeated request replaces the former."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_US // MINUTE)]
    reason: Annotated[str, msgspec.Meta(max_length=200)]


@route(POST, "/v1/alarms/seen", by=OPERATOR, audit=OF_THE_CENTER)
async def alarms_seen(web: Web, who: Caller, data: AlarmsSeen) -> None:
    """Acknowledge alarms.

    The alarms may be of any node. An alarm acknowledged before, or raised anew meanwhile, stays unchanged.
    """
    alarms = web.following.read_model.alarms
    due = [
        (node, AlarmSeen(alarm=one.alarm, subject=one.subject, raised_at=one.since_us, by=who.operator))
        for one in data.alarms
        for node in alarms.unseen(one.alarm, one.subject, one.since_us)
    ]

    def write(tx: Transaction) -> None:
        for node in dict.fromkeys(node for node, _ in due):
            tx.append(Append(streams.node(node), None, tuple(event for of, event in due if of == node)))

    if due:
        await web.writing.run(write)


@route(GET, "/v1/alarms/history", by=OPERATOR, audit=OF_THE_CENTER)
def alarms_history(
    web: Web,
    days: Annotated[Literal["1", "7", "30"], QueryParameter(description="The last days.")] = "7",
    search: Annotated[str, QueryParameter(max_length=100)] = "",
) -> AlarmHistory:
    """List past alarms.

    `search` is a part of an alarm's name, of its subject, or of a node's name.
    """
    nodes = {web.settings.node}
    if web.journal.shared:
        nodes |= {one.node for one in members(web.journal)}
    since_us, wanted = Instant(web.clock.now_us() - int(days) * DAY), search.strip()
    found = [
        one for one in episodes(alarm_events_since(web.journal, nodes, since_us)) if matches(one, wanted)
    ]
    called = callouts.since(callouts_of(web.journal, LISTED, since_us), since_us)
    return AlarmHistory(
        episodes=found[:LISTED],
        often=count_occurrences(found)[:MOST_OFTEN],
        times=len(found),
        more=len(found) > LISTED,
        callouts=callouts.views(called, web.people.on_duty()),
    )


@route(POST, "/v1/alarms/quiet", by=SUPERVISOR, audit=Action.CHANGE_SETTINGS, refuses=(Why.NEVER_QUIET,))
async def alarms_quiet(web: Web, who: Caller, data: QuietFor) -> Answer[None]:
    """Shelve alarms during planned work.

    The alarms are shown as quiet, cause no callout, and return by themselves.
    """
    reason = " ".join(data.reason.split())
    if not reason:
        raise BadBody("a reason is required: name the planned work", "$.reason", Why.EMPTY)
    if not (data.alarm or data.subject or data.node):
        raise BadBody("at least one of `alarm`, `subject` and `node` is required", "$.alarm", Why.EMPTY)
    if not may_be_shelved(data.alarm):
        raise NotDone(
            "this alarm cannot be shelved: a user in danger depends on it", Why.NEVER_QUIET, "$.alarm"
        )
    event = AlarmShelved(
        alarm=data.alarm,
        subject=data.subject,
        node=NodeId(data.node),
        ends_at=Instant(web.clock.now_us() + data.minutes * MINUTE),
        by=who.operator,
        reason=reason,
    )
    await web.writing.run(lambda tx: tx.append(Append(streams.SHELF, None, (event,))))
    what = " ".join(filter(None, shelving_key(event)))
    return Answer(None, detail=f"alarms kept quiet for {data.minutes} min: {what}")


@route(DELETE, "/v1/alarms/quiet", by=SUPERVISOR, audit=Action.CHANGE_SETTINGS, refuses=(NotThere,))
async def alarms_heard(
    web: Web, who: Caller, alarm: FromQuery[str] = "", subject: FromQuery[str] = "", node: FromQuery[str] = ""
) -> Answer[None]:
    """Unshelve alarms."""
    event = AlarmUnshelved(alarm=alarm, subject=subject, node=NodeId(node), by=who.operator)
    shelf = web.following.read_model.alarms.shelf
    if shelving_key(event) not in map(shelving_key, shelf.at(web.clock.now_us())):
        raise NotThere("the alarm is not shelved")
    await web.writing.run(lambda tx: tx.append(Append(streams.SHELF, None, (event,))))
    return Answer(None, detail=f"alarms heard again: {' '.join(filter(None, shelving_key(event)))}")
