"""The HeartbeatSender: reports this node's state to watchers, and raises alarms about those that do not
answer.

The process makes no decision about an alert, and no other process waits for it. A process that replaces a
dead one checks and reports again; independence from all failures here is the watcher's part.
"""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec
from msgspec.structs import replace

from features.watcher import decider
from features.watcher.beat import NO_PHONE, Heartbeat
from features.watcher.decider import TargetState
from features.watcher.ears import state_of
from features.watcher.evidence import Evidence, Measurement, NodeStatus, look, wrong_now
from features.watcher.heartbeat_state import LastSigns, after_sleep, center_state
from features.watcher.outlets import Away, HeartbeatReceived, HttpOutlet, Outcome
from features.watcher.settings import HeartbeatTarget, WatchedCenter
from messages.ids import SECOND, Instant, Role
from model.alarms.active import Key
from model.alert.live import LiveCases
from model.availability import ProbeResult
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.environment import AGAIN, DRAINING
from runtime.threads import Courier, ThreadCourier, Waker
from store import probe_results
from store.alarms import NodeAlarms
from store.errors import JournalError, StoreError
from store.journal.following import FollowedFolds
from store.journal.journal import Journal
from store.roster import roster_of

LOOK_LASTS_US: Final = 3 * SECOND
"""Maximal age of the web's answer from which a heartbeat is made."""


class HeartbeatSenderActor(CenterActor):
    """Actor of each node whose settings name a watcher or another center."""

    role: ClassVar[Role] = Role.HEARTBEAT_SENDER

    def started(self) -> None:
        """Send a heartbeat to all targets at once."""
        self._setup = self.env.settings_as(Setup)
        self._targets = {one.name: one for one in HeartbeatTarget.of(self._setup.settings)}
        self._journal = self.close_at_end(self.env.open_journal_as(Journal))
        self._live, self._node_status = LiveCases(), NodeStatus(self._journal, self.env.node)
        self._follower = self.close_at_end(FollowedFolds(self._journal, self._live, self._node_status))
        self._alarms = NodeAlarms(self._journal, self.env.node)
        self._waker = self.close_at_end(Waker())
        now_us = self.now_us()
        began = self._node_status.began or now_us
        self._heard = {
            one.name: LastSigns(beat_at=began, well_at=began)
            for one in WatchedCenter.of(self._setup.settings)
        }
        self._turned = now_us
        self._known = {name: TargetState(since=now_us, able_at=now_us) for name in self._targets}
        self._couriers = {name: self.courier(target) for name, target in self._targets.items()}
        self._looker = self.looker()
        self._looks = False
        self._looked: tuple[Instant, Measurement] | None = None
        self._planned: Instant | None = None
        self.watch(self._waker.fileno(), self._back)
        self._go(now_us)

    def courier(self, target: HeartbeatTarget) -> Courier[Heartbeat, Outcome]:
        """Return the courier for this target."""
        return ThreadCourier(HttpOutlet(target).deliver, self._waker, f"to {target.name}")

    def looker(self) -> Courier[None, Measurement]:
        """Return the courier that queries the web."""
        run = self.env.run
        return ThreadCourier(lambda _: look(run), self._waker, "looks")

    def tick(self, now_us: Instant) -> None:
        """Send due heartbeats, and raise alarms about silent targets and centers."""
        try:
            self._follower.catch_up()
        except StoreError as error:
            # The heartbeat reports this: the journal is one of its checks.
            self.log.error("the journal cannot be read", error=str(error))
        self._hasten(now_us)
        self._go(now_us)
        alarms: dict[Key, str] = {}
        for name, target in self._targets.items():
            alarms |= decider.alarms_of_target(target, self._known[name], now_us)
        turned_us, self._turned = now_us - self._turned, now_us
        for center in WatchedCenter.of(self._setup.settings):
            alarms |= self._of(center, turned_us, now_us)
        try:
            self._alarms.tell(alarms, over="Heartbeats arrive again.")
        except JournalError as error:
            self.log.error("the alarms cannot be written and stay pending", error=str(error))

    # ------------------------------------------------------------ heartbeats

    def _hasten(self, now_us: Instant) -> None:
        """Send a planned absence, or its end, at once: the node may be gone before the next heartbeat."""
        planned = self._planned_until(now_us)
        if (planned is None) != (self._planned is None):
            self._known = {name: replace(one, next_at=now_us) for name, one in self._known.items()}
        self._planned = planned

    def _go(self, now_us: Instant) -> None:
        due = [
            name
            for name, target in self._targets.items()
            if decider.is_due(self._known[name], target, now_us)
        ]
        if not due:
            return
        if self._looked is None or now_us - self._looked[0] > LOOK_LASTS_US:
            if not self._looks:
                self._looks = True
                self._looker.deliver(None)
            return
        beat = self._beat_now(self._looked[1], now_us)
        for name in due:
            self._send(self._targets[name], beat, now_us)

    def _send(self, target: HeartbeatTarget, beat: Heartbeat, now_us: Instant) -> None:
        known = self._known[target.name]
        if not decider.may_send(target, well=beat.well, simulated=beat.simulated):
            self._known[target.name] = decider.on_suspended(known, target, now_us)
            return
        self._known[target.name] = decider.on_sending(known, target, now_us)
        own = replace(
            beat, every_s=target.every_s, challenge=known.challenge, probes_taken=known.probes_taken
        )
        self._couriers[target.name].deliver(self._with_roster(own, known.roster_version))

    def _with_roster(self, beat: Heartbeat, there: int) -> Heartbeat:
        """Add the roster for a watcher that phones and has another version."""
        if there == NO_PHONE:
            return beat
        try:
            kept = roster_of(self._journal)
        except JournalError:
            return beat
        if kept.version == there:
            return beat
        return replace(beat, roster=msgspec.json.encode(kept.roster), roster_version=kept.version)

    def _beat_now(self, looked: Measurement, now_us: Instant) -> Heartbeat:
        readiness = looked.readiness
        seen = Evidence(
            looked=looked,
            journal=self._journal,
            directory=self.env.directory,
            plan=self.env.plan,
            now_us=now_us,
        )
        return Heartbeat(
            node=self.env.node,
            at=now_us,
            every_s=0.0,
            version=self._setup.version,
            simulated=self._setup.simulated,
            wrong=wrong_now(seen),
            taken=self._node_status.taken(),
            alarms=decider.stands(
                self._node_status.stands(), self._node_status.shelved(now_us), self.env.node
            ),
            lines=0 if readiness is None else readiness.lines,
            open_alerts=len(self._live.cases),
            planned_until=self._planned_until(now_us),
        )

    def _planned_until(self, now_us: Instant) -> Instant | None:
        try:
            ends = not (self.env.run / DRAINING).read_bytes()
        except FileNotFoundError:
            ends = False
        ordered = ends or (self.env.run / AGAIN).exists()
        shelved = self._node_status.shelved(now_us)
        return decider.planned_until(shelved, self.env.node, ordered=ordered, now_us=now_us)

    def _back(self) -> None:
        self._waker.take()
        now_us = self.now_us()
        if (looked := self._looker.take_result()) is not None:
            self._looks, self._looked = False, (now_us, looked)
        for name, courier in self._couriers.items():
            if (outcome := courier.take_result()) is not None:
                self._known[name] = self._came(name, self._known[name], outcome, now_us)
        self._go(now_us)

    def _came(self, target: str, known: TargetState, outcome: Outcome, now_us: Instant) -> TargetState:
        match outcome:
            case HeartbeatReceived(answer=answer):
                known = decider.on_answer(known, answer, now_us)
                return known if answer is None else self._with_probes(target, known, answer.probes)
            case Away(why=why):
                return decider.on_failure(known, why)

    def _with_probes(self, watcher: str, known: TargetState, probes: tuple[ProbeResult, ...]) -> TargetState:
        """Store the watcher's probes; the watcher repeats them until a heartbeat confirms them."""
        # Events written during a failure of the disk do not survive it.
        if not probes or not self._journal.durable:
            return known
        try:
            newest = self._journal.transact(lambda tx: probe_results.store_results(tx, watcher, probes))
        except JournalError as error:
            self.log.error(
                "the watcher's findings cannot be written and stay pending", watcher=watcher, error=str(error)
            )
            return known
        return replace(known, probes_taken=max(known.probes_taken, newest))

    # ------------------------------------------------------------ other centers

    def _of(self, center: WatchedCenter, turned_us: int, now_us: Instant) -> dict[Key, str]:
        """Return the alarm of another center; silence counts only while this node could receive."""
        told = after_sleep(self._heard[center.name], turned_us)
        if (hearing := state_of(self.env.run, center.name)) is not None:
            new = hearing.heard
            told = replace(
                new, beat_at=max(told.beat_at, new.beat_at), well_at=max(told.well_at, new.well_at)
            )
        self._heard[center.name] = told
        return decider.of_center(center.name, center_state(told, center.patience, now_us))
