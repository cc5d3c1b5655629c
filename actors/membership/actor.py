"""Process that keeps this node a member, publishes the other nodes to its actors, and takes over from lost
nodes.

The process decides nothing about an alert: it takes the lease, and the AlertIntake assigns a worker. The
process also notifies the local followers of the journal that another node has written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from msgspec.structs import replace

from actors.membership.decider import (
    AT_ONCE,
    LOOK_US,
    SAY_US,
    MembershipState,
    clock_alarm,
    clock_is_off,
    failed,
    is_due,
    joined,
    lost_nodes,
    may_claim,
    renewed,
    settled,
)
from messages.ids import SECOND, Instant, LineId, NodeId, Role
from messages.operators import OperatorVoice
from model.alert.live import LiveCases
from model.membership import Member, checksums
from model.rules.calls.own_line import own_line
from model.settings.lines import Modem
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.environment import DRAINED
from runtime.logs import Outage
from runtime.published import voice_files
from runtime.published.directory import Entry
from runtime.published.peers import (
    FilePeers,
    MemoryPeers,
    NodeInfo,
    Peers,
    decode_place,
    encode_place,
    load_now,
)
from runtime.published.voice_files import voice_gate_of
from store import streams
from store.alarms import NodeAlarms
from store.errors import JournalError, NodeNameTaken
from store.journal.journal import Journal
from store.journal.rebuild import rebuild
from store.nodes import members, owners

SPOKEN_TO: Final = (
    Role.GSM_MODEM,
    Role.OPERATOR_LINES,
    Role.LINE_TEST,
    Role.DUTY_CALLER,
    Role.TRUNK_POOL,
    Role.DEADLINE_WATCHDOG,
    Role.ALERT_CASE,
    Role.CALL_LEG,
)
"""Roles that other nodes send messages to: a changed address is published at once."""
VOICES_LAST_US: Final = Instant(3 * SECOND)
"""Time that the last published voices stay valid after OperatorLines has ended, in microseconds. Its
successor starts within a tenth of a second, and no operator may lose a reservation for that.
"""


def peers_of(seen: Iterable[Member], me: NodeId, *, settled: bool, alive: bool) -> Peers:
    """Return the view of the other nodes for this node's actors."""
    places: list[NodeInfo] = []
    away: list[NodeInfo] = []
    for member in seen:
        if member.node == me:
            continue
        place = decode_place(member.places) or NodeInfo(node=member.node, address=member.address)
        if member.alive:
            places.append(replace(place, node=member.node, draining=member.draining))
        else:
            away.append(replace(place, node=member.node, draining=False, entries=(), left=member.left))
    return Peers(places=tuple(places), away=tuple(away), settled=settled, alive=alive)


class MembershipActor(CenterActor):
    """Membership of this node in the cluster."""

    role: ClassVar[Role] = Role.MEMBERSHIP

    def started(self) -> None:
        """Join, and read the other members."""
        self._setup = self.env.settings_as(Setup)
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._listener = self.env.listen()
        if self._listener is not None:
            self.watch(self.close_at_end(self._listener).fileno(), self._on_notification)
        self._standing = MembershipState()
        self._voice_file = voice_files.newest(self.env.run)
        self._voices_kept_at = self.now_us()
        """Time at which an OperatorLines was last seen."""
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._no_others = Outage(self.log, "the other nodes cannot be read")
        self._no_term = Outage(self.log, "the membership of the node cannot be renewed")
        self._ahead_us = 0
        """Lead of this node's clock over the database's, in microseconds; negative if behind."""
        self._told = b""
        self._told_spoken_to: tuple[tuple[Role, str, bytes], ...] = ()
        self._told_voices: tuple[OperatorVoice, ...] = ()
        self._told_at = Instant(0)
        self._published: Peers | None = None
        self._refresh()

    def stopping(self) -> None:
        """Leave the cluster if this node owns no alert; otherwise its alerts wait a moment for its return."""
        try:
            if self._standing.member and not owners.owned_alerts(self._journal, self.env.node):
                members.leave_cluster(self._journal, self.env.node, self._standing.term)
        except JournalError as error:
            self.log.warning("the departure of the node cannot be written", error=str(error))

    def timer(self, timer: object, now_us: Instant) -> None:
        """Renew the membership and the leases, and read the other nodes' reports; runs ten times a second."""
        self._refresh()

    # ------------------------------------------------------------ writes of other nodes

    def _on_notification(self) -> None:
        heard = None if self._listener is None else self._listener.drain()
        if heard is not None:
            self._journal.notify.committed(*heard)

    # ------------------------------------------------------------ membership

    def _refresh(self) -> None:
        if is_due(self._standing, self.now_us()):
            self._standing = self._renew()
        try:
            seen = members.members(self._journal)
            self._follow(seen)
            if self._standing.member:
                self._publish_own_place()
                self._take_over(seen)
            self._no_others.works()
        except JournalError as error:
            self._no_others.failed(error)
            self._publish(replace(self._published or Peers(), settled=False, alive=self._standing.member))
        self.at(Instant(self.now_us() + LOOK_US), "look")

    def _renew(self) -> MembershipState:
        standing, node = self._standing, self.env.node
        try:
            if standing.member:
                held = members.renew_membership(self._journal, node, standing.term)
                self._no_term.works()
                if held:
                    return renewed(standing, held=True, now_us=self.now_us())
                self.log.error("the membership of the node has expired: other nodes may hold its alerts")
                standing = renewed(standing, held=False, now_us=self.now_us())
            term = members.join_cluster(self._journal, node, self.env.address)
        except (JournalError, NodeNameTaken) as error:
            self._no_term.failed(error)
            return failed(standing, self.now_us())
        self._no_term.works()
        self.log.info("a member", term=term)
        self._told = b""
        return joined(standing, term, self.now_us())

    # ------------------------------------------------------------ the others

    def _follow(self, seen: list[Member]) -> None:
        peers = peers_of(
            seen,
            self.env.node,
            settled=settled(self._standing, self.now_us()),
            alive=self._standing.member,
        )
        self._publish(peers)
        self._raise_lost_nodes(seen)

    def _publish(self, peers: Peers) -> None:
        if peers == self._published:
            return
        book = self.env.peers
        if isinstance(book, FilePeers | MemoryPeers):
            try:
                book.publish(peers)
            except OSError as error:
                self.log.error("the list of the other nodes cannot be published", error=str(error))
                return
        self._published = peers

    def _raise_lost_nodes(self, seen: list[Member]) -> None:
        """Raise an alarm for each node that is away, once the view is settled."""
        if settled(self._standing, self.now_us()):
            self._alarms.tell(lost_nodes(seen, self.env.node, self._alarms.stands))

    def _publish_own_place(self) -> None:
        """Publish this node to the others: routing data at once, display data at intervals."""
        entries = self.env.directory.read()
        spoken_to = tuple((one.role, one.key, one.address) for one in entries if one.role in SPOKEN_TO)
        voices, now_us = self._voices(entries), self.now_us()
        same = spoken_to == self._told_spoken_to and voices == self._told_voices
        if self._told and same and now_us - self._told_at < SAY_US:
            return
        self._ahead_us = self.now_us() - members.database_us(self._journal)
        self._alarms.tell(clock_alarm(self._ahead_us, self.env.node))
        place = encode_place(self._place(entries, voices))
        self._told_at, self._told_spoken_to, self._told_voices = now_us, spoken_to, voices
        draining = self.env.draining
        if place != self._told:
            members.publish_places(
                self._journal, self.env.node, self._standing.term, place, draining=draining
            )
            self._told = place

    def _voices(self, entries: Iterable[Entry]) -> tuple[OperatorVoice, ...]:
        """Return the operators' own voices at this node."""
        now_us = self.now_us()
        if any(entry.role is Role.OPERATOR_LINES for entry in entries):
            self._voices_kept_at = now_us
        if now_us - self._voices_kept_at > VOICES_LAST_US:
            return ()
        voices = (voice for voice in (self._voice_file.read() or {}).values() if voice.holds)
        return tuple(sorted(voices, key=lambda voice: voice.operator))

    def _place(self, entries: tuple[Entry, ...], voices: tuple[OperatorVoice, ...]) -> NodeInfo:
        return NodeInfo(
            node=self.env.node,
            address=self.env.address,
            web=self._setup.settings.cluster.web,
            gate=voice_gate_of(self.env.run) or "",
            entries=entries,
            lines=tuple(_told(spec) for spec in self._setup.settings.lines),
            voices=voices,
            alerts=len(owners.owned_alerts(self._journal, self.env.node)),
            draining=self.env.draining,
            load=round(load_now(), 1),
            empty=self.env.draining and (self.env.run / DRAINED).exists(),
            ahead_ms=round(self._ahead_us / 100_000) * 100,
            settings=checksums(self._setup.settings),
        )

    # ------------------------------------------------------------ the node's end

    def tick(self, now_us: Instant) -> None:
        """Mark a draining node as drained once it has no alert and none of its lines carries a call."""
        if not self.env.draining:
            return
        drained = self.env.run / DRAINED
        try:
            if owners.owned_alerts(self._journal, self.env.node) or self._carries_a_call():
                drained.unlink(missing_ok=True)
            elif not drained.exists():
                self.log.info("drained")
                drained.touch(mode=0o600)
        except (JournalError, OSError) as error:
            self.log.error("the progress of the drain cannot be read", error=str(error))

    def _carries_a_call(self) -> bool:
        live = LiveCases()
        rebuild(self._journal, live)
        here = {spec.line for spec in self._setup.settings.lines} | self._own_lines()
        return any(
            leg.live and leg.line in here for case in live.cases.values() for leg in case.legs.values()
        )

    def _own_lines(self) -> set[LineId]:
        """Return the operators' own lines at this node."""
        voices = self._voices(self.env.directory.read())
        found = (own_line(voice.operator, voice.mode) for voice in voices)
        return {line for line in found if line is not None}

    # ------------------------------------------------------------ orphaned alerts

    def _take_over(self, seen: list[Member]) -> None:
        reluctant = self.env.draining or clock_is_off(self._ahead_us)
        if not may_claim(self._standing, seen, self.env.node, self.now_us(), reluctant=reluctant):
            return
        if not owners.has_unassigned_alerts(self._journal):
            return
        taken = owners.claim_alerts(self._journal, self.env.node, AT_ONCE)
        if taken:
            self.log.info("alerts taken over", alerts=len(taken))
            self._journal.notify.committed(0, [streams.inbox(alert) for alert in taken])


def _told(spec: Modem) -> Modem:
    """Return the data of a line that another node needs, without the modem's location and PIN."""
    return Modem(
        name=spec.name, trunk=spec.trunk, emergency=spec.emergency, inbound=spec.inbound, number=spec.number
    )
