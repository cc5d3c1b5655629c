"""Bridge of one alert: keeps the members that the case has sent, and has a Mixer hold their voices.

The bridge decides nothing about the sound. If the bridge is killed, its alert is not heard to miss it: the
Mixer mixes on, and the successor of the bridge receives the members from the case. If the Mixer is killed,
the bridge sends its successor the members at once.
"""

from __future__ import annotations

from typing import ClassVar, Final

from thespian.actors import ActorAddress

from messages.bridge import BridgeReady, BridgeReport, MixerReady, SetMembers
from messages.envelope import Envelope
from messages.ids import SECOND, AlertId, Instant, Role, WorkerId
from model.workers import mixer_of
from runtime.actor import CenterActor

ALONE_US: Final = Instant(3 * SECOND)
"""Time without members after which the case is contacted, and without an answer of the mixer after which no
leg counts as joined, in microseconds. A case sends members every second or two, and the mixer answers each.
"""


class ConferenceBridgeActor(CenterActor):
    """Bridge of a worker."""

    role: ClassVar[Role] = Role.CONFERENCE_BRIDGE

    def started(self) -> None:
        """Report as ready without any kept state: the case of the worker sends the members."""
        self._wish: SetMembers | None = None
        self._heard_at = self.now_us()
        self._said_at = Instant(0)
        """Time at which the newest members were sent."""
        self._unanswered_since: Instant | None = None
        """Time of the first members that the mixer has not answered; None if it has answered all."""
        self._ask_case(None)

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Pass members to the mixer, and reports to the case."""
        match envelope.body:
            case SetMembers() if envelope.at_us < self._said_at:
                # Older members than the last ones are late, and would open ports of ended calls.
                self.log.info("order dropped: newer members were received", message=envelope.id)
            case SetMembers(members=()) as wish if self.alert not in (None, wish.alert):
                self._pass_on(wish)  # from a case that has taken over the previous alert of this worker
            case SetMembers() as wish:
                self._heard_at, self._said_at = self.now_us(), envelope.at_us
                self._wish = wish
                self.set_alert(wish.alert if wish.members else None)
                self._pass_on(wish)
            case BridgeReport() as report:
                self._unanswered_since = None
                self.tell(Role.ALERT_CASE, self.key, report, envelope.alert)
            case MixerReady() if envelope.alert not in (None, self.alert):
                self._ask_case(envelope.alert)
            case MixerReady():
                if self._wish is not None and self._wish.members:
                    self._pass_on(self._wish)
            case _:
                super().receive(envelope, sender)

    def tick(self, now_us: Instant) -> None:
        """Contact the case if it has been silent. Report no leg as joined while no mixer answers."""
        wish, since = self._wish, self._unanswered_since
        if wish is not None and wish.members and since is not None and now_us - since >= ALONE_US:
            not_joined = BridgeReport(bridge=wish.bridge, joined=())
            self.tell(Role.ALERT_CASE, self.key, not_joined, wish.alert)
        if self.alert is not None and now_us - self._heard_at >= ALONE_US:
            # The end of the conference is sent only once, and open ports would be missing elsewhere.
            self._heard_at = now_us
            self._ask_case(self.alert)

    def _ask_case(self, alert: AlertId | None) -> None:
        self.tell(Role.ALERT_CASE, self.key, BridgeReady(worker=WorkerId(self.key)), alert)

    def _pass_on(self, wish: SetMembers) -> None:
        if self._unanswered_since is None:
            self._unanswered_since = self.now_us()
        self.tell(Role.MIXER, mixer_of(self.key), wish, wish.alert)
