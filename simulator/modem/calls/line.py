"""Calls of one modem: placed, taken, ended, and announced. Must not parse commands or touch bytes.

The modem provides its output (`send_unsolicited`) and its settings; the network reports the far ends'
actions. Hold and conference are in `hold`.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.config import ModemConfig
from simulator.modem.calls.announce import END_BY_HOST, END_BY_NETWORK, CallAnnouncements, result_word
from simulator.modem.calls.legs import CONNECTED_STATES, OUTGOING_SETUP_STATES, Leg, ModemLegs, Stat
from simulator.modem.command_line import NO_NETWORK, NOT_ALLOWED, AtError
from simulator.modem.dialect import Dialect, Wordings
from simulator.modem.vices import Vices, over
from simulator.network.call import Call, Cause, Network

SendLines = Callable[[list[str]], None]
Setting = Callable[[str], int]
Reboot = Callable[[float], None]

NO_SERVICE_S = 0.5
"""Time from ATD to the end of a call without IMS or any other network for it, in seconds."""


class ModemLine:
    """Line of the subscriber behind one modem; a Party of the network."""

    def __init__(
        self,
        config: ModemConfig,
        dialect: Dialect,
        network: Network,
        send_unsolicited: SendLines,
        setting: Setting,
        reboot: Reboot,
    ) -> None:
        self.config = config
        self.vices = over(config, dialect.vices)
        self.network = network
        self.legs = ModemLegs(any_end_ends_period=dialect.one_of_two_ends_voice)
        self.announcements = CallAnnouncements(dialect)
        self.reachable = True
        """True if reachable for calls: power, SIM and PIN are present. Kept up to date by the modem."""
        self.last_cause: Cause | None = None
        self.pending: Leg | None = None
        """Outgoing leg without a final result of ATD yet."""
        self._dialect = dialect
        self._send_unsolicited = send_unsolicited
        self._setting = setting
        self._reboot = reboot
        self.change_vices(Vices())

    @property
    def number(self) -> str:
        return self.config.number

    @property
    def line_name(self) -> str | None:
        return self.config.name

    def change_vices(self, vices: Vices) -> None:
        """Set these vices and keep the others."""
        self.vices = over(vices, self.vices)
        self.legs.reuses_ids = self.vices.reused_ids is not False
        self.announcements.shown_number = self.vices.shows_number or ""
        self.announcements.marks_conference = not self.vices.unmarked_conference

    def calls_in_conversation(self) -> list[Call]:
        """Return the calls in conversation: answered, and not on hold."""
        return [leg.call for leg in self.legs.in_states(Stat.ACTIVE) if leg.call.answered_at_s is not None]

    def is_emergency(self, number: str) -> bool:
        """Return True if the number, dialled here, sets up an emergency call: the network's and the SIM's
        numbers (TS 22.101 10.1).
        """
        on_sim = self.config.sim_emergency_numbers if self.config.sim else ()
        return number in on_sim or self.network.is_emergency(number)

    # -------------------------------------------------------------------------- requested by the host

    def dial(self, number: str, *, withheld: bool, now_s: float) -> bool:
        """Handle ATD; return True if its final result comes later. Raises AtError if the call cannot even be
        tried.

        An active call is held meanwhile; for an emergency call all other calls are released (TS 22.101 10.1).
        """
        number = self.network.international(number)
        emergency = self.is_emergency(number)
        if not number or any(leg.call.emergency for leg in self.legs):
            raise AtError(NOT_ALLOWED)
        if emergency:
            self.drop(self.legs, Cause.NORMAL_CLEARING, now_s)
        elif not self.reachable:
            raise AtError(NO_NETWORK)
        active = self.legs.in_states(Stat.ACTIVE)
        busy = self.legs.in_states(*OUTGOING_SETUP_STATES, Stat.INCOMING, Stat.WAITING)
        if busy or (active and self.legs.in_states(Stat.HELD)):
            raise AtError(NOT_ALLOWED)
        for leg in active:
            self.set_held_state(leg, Stat.HELD)
        call = self.network.originate(
            self,
            number,
            setup_s=self.config.setup_time_s,
            now_s=now_s,
            emergency=emergency,
            withheld=withheld,
        )
        leg = self.legs.add(call, outgoing=True, stat=Stat.DIALLING)
        self.announce(self._dialect.announce.originated, leg, now_s)
        if emergency and self.config.emergency == "no_carrier":
            self._schedule_failure(call, 0.5, Cause.BEARER_NOT_AVAILABLE, now_s)
        elif after_s := self.vices.fails_after_s or (NO_SERVICE_S if self.vices.no_ims else 0.0):
            self._schedule_failure(call, after_s, Cause.UNKNOWN, now_s)
        if self._dialect.dial_ok != "once" or self._ok_waits_for_answer():
            self.pending = leg
        self.network.voices_changed(now_s)
        return self.pending is not None

    def abort_dial(self, now_s: float) -> None:
        """End a pending dial after a byte from the host."""
        if self.pending is not None:
            self.network.release(self.pending.call, self, Cause.NORMAL_CLEARING, now_s)

    def answer(self, now_s: float) -> None:
        """Handle ATA. Raises AtError if nothing rings."""
        incoming = self.legs.in_states(Stat.INCOMING)
        if not incoming:
            raise AtError(NOT_ALLOWED)
        self.network.answer(incoming[0].call, now_s)

    def hang_up(self, now_s: float) -> None:
        """Handle +CHUP and ATH: end all calls but a waiting one (TS 22.030 6.5.5.1, END); reject an incoming
        one.
        """
        for leg in self.legs.in_states(Stat.INCOMING):
            self.drop([leg], Cause.CALL_REJECTED, now_s)
        self.drop(
            self.legs.in_states(*CONNECTED_STATES, *OUTGOING_SETUP_STATES), Cause.NORMAL_CLEARING, now_s
        )

    def send_digit(self, digits: str) -> None:
        """Handle +VTS. Raises AtError without a conversation."""
        calls = self.calls_in_conversation()
        if not calls:
            raise AtError(NOT_ALLOWED)
        for call in calls:
            call.digits += digits

    def drop(self, legs: ModemLegs | list[Leg], cause: Cause, now_s: float) -> None:
        """End these legs from this side."""
        for leg in list(legs):
            self.network.release(leg.call, self, cause, now_s)

    def drop_all_silently(self, now_s: float) -> None:
        """Drop every call after a loss of power, without an announcement."""
        legs = list(self.legs)
        self.pending = None
        for leg in legs:
            self.legs.remove(leg)
        for leg in legs:
            self.network.release(leg.call, None, Cause.OUT_OF_ORDER, now_s)

    def on_network_lost(self, now_s: float) -> None:
        """End every call after a loss of the network, and announce the ends."""
        self.reachable = False
        for leg in list(self.legs):
            self.network.release(leg.call, None, Cause.OUT_OF_ORDER, now_s)

    def leave_calls(self, legs: list[Leg], now_s: float) -> None:
        """Leave these calls, which continue without this line (TS 22.091); the host sees an end as after its
        hang-up.
        """
        for leg in legs:
            self.announce(self._dialect.announce.ended_by_host, leg, now_s, released=True)
            self.legs.remove(leg)

    # ---------------------------------------------------------------------------- reported by the network

    def call_offered(self, call: Call, now_s: float) -> None:
        if not self.reachable:
            self.network.release(call, None, Cause.SUBSCRIBER_ABSENT, now_s)
            return
        taken = list(self.legs)
        answered = [leg for leg in taken if leg.stat in CONNECTED_STATES and not leg.call.emergency]
        if not taken:
            leg = self.legs.add(call, outgoing=False, stat=Stat.INCOMING)
            self._ring(leg, self._dialect.announce.incoming, now_s)
        elif self._setting("+CCWA") and len(answered) == len(taken):
            leg = self.legs.add(call, outgoing=False, stat=Stat.WAITING)
            self.announce(self._dialect.announce.waiting, leg, now_s)
        else:
            self.network.release(call, None, Cause.USER_BUSY, now_s)
            return
        self.network.alert(call, now_s)

    def call_ringing(self, call: Call, now_s: float) -> None:
        leg = self.legs.leg_of(call)
        if leg is None:
            return
        leg.stat = Stat.ALERTING
        self.announce(self._dialect.announce.alerting, leg, now_s)
        if leg is self.pending and self._dialect.dial_ok == "ringing" and not self._ok_waits_for_answer():
            self.pending = None
            self._send_unsolicited(["OK"])
        if self.vices.early_answer:
            self._on_connected(leg, now_s)

    def call_answered(self, call: Call, now_s: float) -> None:
        leg = self.legs.leg_of(call)
        if leg is not None and leg.connected_at_s is None:
            self._on_connected(leg, now_s)

    def call_ended(self, call: Call, now_s: float) -> None:
        leg = self.legs.leg_of(call)
        if leg is None:
            return
        self.last_cause = call.cause
        was_pending = leg is self.pending
        if was_pending:
            self.pending = None
        self.announce(self._wordings_of_end(leg), leg, now_s, released=True, silent_result=was_pending)
        self.legs.remove(leg)
        if was_pending:
            self._send_unsolicited([result_word(leg)])
        self.promote_waiting(now_s)

    def receive_voice(self, call: Call, pcm: bytes, now_s: float) -> None:
        leg = self.legs.leg_of(call)
        if leg is not None and leg.stat is Stat.ACTIVE:
            leg.voice_queue.put(pcm)

    # ------------------------------------------------------------------------------------------- shared

    def set_held_state(self, leg: Leg, stat: Stat) -> None:
        """Hold the call or take it back; the network is notified here, the host later by `announce`."""
        leg.stat = stat
        self.network.hold(leg.call, held=stat is Stat.HELD)

    def announce(
        self,
        wordings: Wordings,
        leg: Leg,
        now_s: float,
        *,
        released: bool = False,
        silent_result: bool = False,
    ) -> None:
        """Announce a change of a leg in the dialect's words."""
        fields = self.announcements.leg_fields(leg, Stat.RELEASED if released else leg.stat, now_s)
        fields |= {
            "end": END_BY_HOST if leg.call.ended_by is self else END_BY_NETWORK,
            "cause": int(leg.call.cause or 0),
            "busy": "" if leg.call.cause is Cause.USER_BUSY else None,
            "result": None if silent_result else result_word(leg),
            "clcc": self.announcements.clcc(leg, Stat.RELEASED if released else None)
            if self._reports_clcc_changes()
            else None,
            "ring": "+CRING: VOICE" if self._setting("+CRC") else "RING",
            "clip": self.announcements.clip(leg) if self._setting("+CLIP") else None,
            "ccwa": self.announcements.ccwa(leg),
        }
        listed = [
            self.announcements.leg_fields(other, other.stat, now_s)
            for other in self.legs
            if other is not leg or not released
        ]
        self._send_unsolicited(self.announcements.lines(wordings, fields, listed))

    def promote_waiting(self, now_s: float) -> None:
        """Let a waiting call ring as an incoming one, once no other call is left."""
        if len(self.legs) == 1:
            for leg in self.legs.in_states(Stat.WAITING):
                leg.stat = Stat.INCOMING
                self._ring(leg, self._dialect.announce.incoming, now_s)

    def _on_connected(self, leg: Leg, now_s: float) -> None:
        leg.connected_at_s = now_s
        leg.stat = Stat.ACTIVE
        announce = self._dialect.announce
        self.announce(announce.connected if leg.outgoing else announce.accepted, leg, now_s)
        if leg is self.pending:
            self.pending = None
            self._send_unsolicited([self.announcements.colp(leg), "OK"] if self._setting("+COLP") else ["OK"])
        if self.vices.reboots_after_s:
            due_s = now_s + self.vices.reboots_after_s
            leg.call.timers.append(self.network.agenda.at(due_s, self._reboot))

    def _schedule_failure(self, call: Call, after_s: float, cause: Cause, now_s: float) -> None:
        def end(at_s: float) -> None:
            self.network.release(call, None, cause, at_s)

        call.timers.append(self.network.agenda.at(now_s + after_s, end))

    def _ring(self, leg: Leg, wordings: Wordings, now_s: float) -> None:
        if self.legs.leg_of(leg.call) is not leg or leg.stat is not Stat.INCOMING:
            return
        self.announce(wordings, leg, now_s)
        again_s = now_s + self._dialect.ring_every_s
        ringing = self._dialect.announce.ringing
        leg.call.timers.append(self.network.agenda.at(again_s, lambda at_s: self._ring(leg, ringing, at_s)))

    def _wordings_of_end(self, leg: Leg) -> Wordings:
        announce = self._dialect.announce
        by_host = leg.call.ended_by is self
        if not leg.outgoing and leg.connected_at_s is None and not by_host:
            return announce.missed or announce.failed
        if leg.connected_at_s is None:
            return announce.failed_by_host if by_host else announce.failed
        return announce.ended_by_host if by_host else announce.ended

    def _ok_waits_for_answer(self) -> bool:
        return (
            bool(self.vices.ok_after_answer)
            or self._dialect.dial_ok == "answer"
            or any(map(self._setting, self._dialect.dial_waits_with))
        )

    def _reports_clcc_changes(self) -> bool:
        return self._dialect.clcc_urc and self._setting("+CLCC") != 0
