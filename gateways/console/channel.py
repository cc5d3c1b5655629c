"""GET /v1/console, the WebSocket: a snapshot, then all changes, each as of a position in the journal.

A connection that resumes with `?since=SEQ` receives the changes after SEQ, or a snapshot if these are too
many. A slow reader is never waited for: changes are merged meanwhile, and beyond a limit replaced by a
snapshot. This module takes no decisions.

Cases of other operators are published with the fields of the queue only, and in full once opened. Both are
entered in the audit first. Alerts for which the operator is called are shown at once and entered afterwards:
the call itself is in the journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

import msgspec
from litestar import websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from gateways.console.alarms import AlarmNews
from gateways.console.audit_entries import AuditWriter, ViewAudit
from gateways.console.feed_messages import Events, MeView, NodesMessage, Snapshot, is_own
from gateways.console.following import SHOWN, Batch
from gateways.console.infrastructure import operator_views
from gateways.console.people import OperatorRecord
from gateways.console.screen import Screen
from gateways.console.sessions import AnySocket, Door
from gateways.console.views.infrastructure import LineView, ModemView
from gateways.nodes import NodeView
from messages.base import MALFORMED
from messages.ids import AlertId, OperatorId
from messages.journal import Recorded
from messages.operators import OperatorVoice
from store import streams
from store.audit.entry import Action
from store.errors import JournalError

BEAT_S: Final = 0.5
"""Longest silence, in seconds; a page treats the connection as lost after four times as long."""
RENEWED_S: Final = 20
"""Longest age of a page's newest ticket, in seconds. After the connection is lost, the ticket is valid for at
least 40 s.
"""
RESUME_MAX: Final = 2000
"""Most events that a resumed connection receives; a snapshot replaces more."""
PENDING_MAX: Final = 5000
PUBLISHED_WHOLE: Final = ("line-", "service-", "node-", "shelf-", "duty-")
"""Streams published with their content to all consoles. The content of alerts and operators is for those
concerned only.
"""
REST_S: Final = 0.001
"""Pause for each event sent, before the next message: a storm takes few messages, a single event is sent at
once.
"""
REST_MAX_S: Final = 0.25
_encoder: Final = msgspec.json.Encoder()
MESSAGES: Final[Mapping[str, Action | str]] = {
    "snapshot": Action.READ_LIST,
    "events": Action.READ_LIST,
    "opened": Action.READ_ALERT,
    "levels": "how loud it is in an alert that was opened",
    "nodes": "the center's own addresses",
    "input": "that somebody is there",
}
"""The Action of each message in the audit, or the reason why the message shows no personal data."""


class OpenedAlert(msgspec.Struct, frozen=True, tag_field="type", tag="opened"):
    """Message of a page: the alert shown in full; null for none."""

    alert: AlertId | None


class Input(msgspec.Struct, frozen=True, tag_field="type", tag="input"):
    """Message of a page, twice a minute at most: the operator has pressed a key or a button."""


class Console:
    """A connection of one page."""

    def __init__(
        self,
        screen: Screen,
        socket: AnySocket,
        me: OperatorRecord,
        audit: AuditWriter,
        ticket: Callable[[], str] = str,
        used: Callable[[], None] = lambda: None,
        by_changes: bool = False,
    ) -> None:
        self._alarms = AlarmNews(by_changes=by_changes)
        self._ticket = ticket
        self._used = used
        self._nodes: tuple[NodeView, ...] = ()
        self._ticket_s = float("-inf")
        self._screen = screen
        self._socket = socket
        self._me = me
        self._pending = Batch()
        self._wake = asyncio.Event()
        self._anew = False
        self._watching_changed = False
        self._lines: list[LineView] = []
        self._modems: list[ModemView] = []
        self._voices: Mapping[OperatorId, OperatorVoice] = {}
        self._levels: str | None = None
        self._said_s = 0.0
        self._rests_until_s = 0.0
        self._opened: AlertId | None = None
        self._entering = ViewAudit(audit, socket, me.operator, self._may_be_listed)

    def changed(self, batch: Batch) -> None:
        """Add changes of the read model to the next message; after too many, a snapshot replaces them."""
        pending = self._pending
        if len(pending.events) + len(batch.events) > PENDING_MAX:
            self._anew = True
            self._pending = Batch()
        else:
            pending.merge(batch)
        self._wake.set()

    def watching_changed(self) -> None:
        """Publish again which operators watch which alerts."""
        self._watching_changed = True
        self._wake.set()

    def levels(self, told: str) -> None:
        """Publish the levels of the alert shown here; newer levels replace pending ones."""
        self._levels = told
        self._wake.set()

    async def serve(self, since: int | None) -> None:
        """Serve the connection until the page disconnects."""
        self._screen.following.add(self)
        self._screen.connected.add(self)
        listening = asyncio.create_task(self._listen())
        try:
            await self._entering.enter_queue(self._screen.listed.all(self._screen.following.read_model))
            await self._send(self._resumed(since) or self._snapshot())
            while not listening.done():
                if self._screen.nodes.shared:
                    await self._publish_nodes()
                await self._changes(listening)
        except WebSocketDisconnect:
            pass
        finally:
            self._screen.following.remove(self)
            self._screen.connected.discard(self)
            self._screen.shows(self, self._me.operator, None)
            self._entering.end()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _publish_nodes(self) -> None:
        """Publish the nodes if they have changed, or if the last ticket is about to be too old."""
        now_s, nodes = asyncio.get_running_loop().time(), self._screen.nodes.views()
        if nodes != self._nodes:
            # The lines of the nodes, and the set of alarms that count, have changed too.
            self._pending.lines |= bool(self._nodes)
            self._pending.alarms |= bool(self._nodes)
            if self._screen.is_left_behind(self._me.operator):
                self._screen.left_behind(self._me.operator)
        elif now_s - self._ticket_s < RENEWED_S:
            return
        self._nodes, self._ticket_s = nodes, now_s
        told = NodesMessage(nodes=nodes, ticket=self._ticket())
        await self._socket.send_data(_encoder.encode(told).decode(), mode="text")

    async def _changes(self, listening: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        waking = asyncio.create_task(self._wake.wait())
        beat_s = max(0.0, self._said_s + BEAT_S - loop.time())
        try:
            await asyncio.wait((waking, listening), timeout=beat_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
        if listening.done():
            return
        if self._levels is not None:
            told, self._levels = self._levels, None
            await self._socket.send_data(told, mode="text")
            if not self._news and loop.time() < self._said_s + BEAT_S:
                if self._levels is None:
                    self._wake.clear()
                return
        if (rest_s := self._rests_until_s - loop.time()) > 0:
            await asyncio.wait((listening,), timeout=rest_s)
            if listening.done():
                return
        self._wake.clear()
        if self._anew:
            self._anew = False
            self._pending = Batch()
            await self._entering.enter_queue(self._screen.listed.all(self._screen.following.read_model))
            await self._send(self._snapshot())
            return
        batch, self._pending = self._pending, Batch()
        await self._send(self._events(batch))
        self._rests_until_s = loop.time() + min(REST_MAX_S, len(batch.events) * REST_S)

    async def _listen(self) -> None:
        decoder = msgspec.json.Decoder(OpenedAlert | Input)
        while True:
            text = await self._socket.receive_data(mode="text")
            try:
                said = decoder.decode(text)
            except MALFORMED:
                continue
            if isinstance(said, Input):
                self._used()
                continue
            self._screen.shows(self, self._me.operator, said.alert)
            await self._open(said.alert)

    async def _open(self, alert: AlertId | None) -> None:
        """Show this alert in full from now on, and no longer the alert opened before."""
        known = None if alert is None else self._screen.following.read_model.alerts.get(alert)
        if alert is not None:
            await self._entering.enter_opened(alert, None if known is None else known.case.user)
        before, self._opened = self._opened, alert
        for one in (before, alert):
            if one is not None and before != alert and one in self._screen.following.read_model.alerts:
                self._pending.shown[one] = None
        self._wake.set()

    def _may_be_listed(self, alerts: list[AlertId]) -> None:
        self._pending.shown |= dict.fromkeys(alerts)
        self._wake.set()

    def _receives_content(self, recorded: Recorded, alert: AlertId | None) -> bool:
        """Return True if this console receives the event with its content."""
        own = recorded.stream == streams.operator(self._me.operator)
        return own or recorded.stream.startswith(PUBLISHED_WHOLE) or self._receives_whole(alert)

    def _receives_whole(self, alert: AlertId | None) -> bool:
        """Return True if this console receives the alert in full."""
        if alert is None:
            return False
        if alert == self._opened:
            return True
        known = self._screen.following.read_model.alerts.get(alert)
        return known is not None and is_own(known.case, self._me.operator)

    @property
    def _news(self) -> bool:
        """True if changes of the read model are pending."""
        return self._anew or self._watching_changed or bool(self._pending)

    async def _send(self, message: Snapshot | Events) -> None:
        await self._socket.send_data(_encoder.encode(message).decode(), mode="text")
        self._said_s = asyncio.get_running_loop().time()

    def _snapshot(self) -> Snapshot:
        screen, read_model = self._screen, self._screen.following.read_model
        alerts = self._may_be_shown(screen.listed.all(read_model))
        self._lines, self._voices = screen.lines(), screen.voices()
        self._modems = screen.modems()
        alarms, over, quiet = self._alarms.whole(screen.alarms())
        return Snapshot(
            seq=read_model.seq,
            now_us=screen.clock.now_us(),
            center=screen.center,
            me=MeView(
                operator=self._me.operator,
                name=self._me.name,
                number=self._me.number,
                role=self._me.role,
            ),
            cases=self._views(alerts),
            allowed=screen.allowed(alerts, self._me),
            operators=operator_views(read_model, screen.names(), screen.settings, self._voices),
            lines=self._lines,
            alarms=alarms,
            alarms_over=over,
            quiet=quiet,
            modems=self._modems,
            callouts=screen.callouts(),
            open=read_model.open_count,
            watching=screen.watching.by_alert(),
        )

    def _events(self, batch: Batch) -> Events:
        screen, read_model = self._screen, self._screen.following.read_model
        shown = self._may_be_shown(batch.shown)
        watching_changed, self._watching_changed = self._watching_changed, False
        # A modem's signal is in no event: the lines are read whenever a message is sent anyway.
        before, self._lines = self._lines, screen.lines()
        plugged_in, self._modems = self._modems, screen.modems()
        heard, self._voices = self._voices, screen.voices()
        return Events(
            seq=read_model.seq,
            now_us=screen.clock.now_us(),
            events=[
                screen.event(one, alert, whole=self._receives_content(one, alert))
                for one, alert in batch.events
            ],
            open=read_model.open_count,
            cases=self._views(shown),
            allowed=screen.allowed(shown, self._me),
            gone=batch.gone,
            operators=operator_views(read_model, screen.names(), screen.settings, self._voices)
            if batch.operators or self._voices != heard
            else None,
            lines=self._lines if batch.lines or self._lines != before else None,
            **(self._alarms.news(screen.alarms()) if batch.alarms else {}),
            modems=self._modems if batch.lines or self._modems != plugged_in else None,
            callouts=screen.callouts() if batch.callouts else None,
            watching=screen.watching.by_alert() if watching_changed else None,
        )

    def _resumed(self, since: int | None) -> Events | None:
        """Return the changes after `since`; None if a snapshot is necessary."""
        read_model = self._screen.following.read_model
        if since is None or not 0 < since <= read_model.seq:
            return None
        try:
            missed = self._screen.following.journal.read_all(since, RESUME_MAX + 1)
        except JournalError:
            return None
        if len(missed) > RESUME_MAX:
            return None
        batch = Batch()
        for recorded in missed:
            if recorded.seq <= read_model.seq and recorded.stream.startswith(SHOWN):
                _put(batch, recorded)
        self._screen.listed.update(read_model)
        batch.shown = {alert: None for alert in batch.alerts if alert in self._screen.listed}
        batch.gone = [alert for alert in batch.alerts if alert not in read_model.alerts]
        batch.operators = batch.lines = batch.alarms = batch.callouts = self._watching_changed = True
        return self._events(batch)

    def _views(self, alerts: Iterable[AlertId]) -> list[msgspec.Raw]:
        views = (self._screen.view(alert, whole=self._receives_whole(alert)) for alert in alerts)
        return [view for view in views if view is not None]

    def _may_be_shown(self, alerts: Iterable[AlertId]) -> list[AlertId]:
        """Return the alerts that may be shown: the operator's own, and those entered in the audit. The others
        are published once they are entered.
        """
        found = self._screen.following.read_model.alerts
        told: list[AlertId] = []
        new: list[AlertId] = []
        for alert in alerts:
            if (known := found.get(alert)) is not None and self._receives_whole(alert):
                told.append(alert)
                self._entering.enter_shown_soon(alert, known.case.user)
            else:
                (told if self._entering.is_listed(alert) else new).append(alert)
        self._entering.enter_listed_soon(new)
        return told


def _put(batch: Batch, recorded: Recorded) -> None:
    alert = streams.alert_of(recorded.stream)
    batch.events.append((recorded, alert))
    if alert is not None:
        batch.alerts[alert] = None


def console_route(
    screen: Screen,
    door: Door,
    audit: AuditWriter,
    ticket: Callable[[AnySocket], str],
    used: Callable[[AnySocket], None] = lambda _: None,
) -> WebsocketRouteHandler:
    """Return the route. `ticket` makes the ticket with which the operator continues at another node. `used`
    is called at each input.
    """

    @websocket("/v1/console", audit="each of its messages by itself: MESSAGES")
    async def follow(socket: AnySocket) -> None:
        me = await door.admit(socket)
        if me is None:
            return
        await screen.following.loaded.wait()
        since = socket.query_params.get("since", "")
        console = Console(
            screen,
            socket,
            me,
            audit,
            partial(ticket, socket),
            partial(used, socket),
            by_changes=socket.query_params.get("changes", "") == "alarms",
        )
        talk = console.serve(int(since) if since.isascii() and since.isdecimal() else None)
        await door.serve_while_admitted(socket, me.operator, talk)

    return follow
