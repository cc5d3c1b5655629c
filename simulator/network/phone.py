"""Telephone and its handling of calls. Independent of modems: all calls pass through the network."""

from __future__ import annotations

from simulator.config import PhoneConfig
from simulator.errors import NotNow
from simulator.network.call import Call, CallState, Cause, Network, Party
from simulator.network.sound import Sound, sound
from simulator.network.voice import Recording


class Phone:
    """Phone with one call at a time, driven by its `profile`, and manually through `place`, `answer` and
    `hang_up`.
    """

    def __init__(self, profile: PhoneConfig, network: Network, recording_cap_s: float) -> None:
        self._network = network
        self._cap_s = recording_cap_s
        self.profile = profile
        self.said: Sound = sound(profile.says, profile.behaviour)
        self.call: Call | None = None
        self.recording: Recording | None = None
        """Sound received in the present call, or in the last one."""

    @property
    def number(self) -> str:
        return self.profile.number

    @property
    def line_name(self) -> str | None:
        return None

    @property
    def state(self) -> str:
        """`idle`, or the state of its call."""
        return "idle" if self.call is None else str(self.call.state)

    def change(self, profile: PhoneConfig) -> None:
        """Set new habits: the phone's sound changes at once, the rest from the next step of a call on."""
        self.profile = profile
        self.said = sound(profile.says, profile.behaviour)

    # ------------------------------------------------------------------------------------ manually

    def place(self, to: str, now_s: float) -> Call:
        """Place a call. Raises NotNow during a call."""
        if self.call is not None:
            raise NotNow(f"{self.number} is in a call ({self.state})")
        number = self._network.international(to)
        self.recording = None
        self.call = self._network.originate(
            self,
            number,
            setup_s=self.profile.setup_time_s,
            now_s=now_s,
            emergency=self._network.is_emergency(number),
            withheld=self.profile.withheld,
        )
        return self.call

    def answer(self, now_s: float) -> Call:
        """Answer the call that rings here. Raises NotNow if none does."""
        call = self.call
        if call is None or call.caller is self or call.state is not CallState.RINGING:
            raise NotNow(f"nothing rings at {self.number}")
        self._network.answer(call, now_s)
        return call

    def hang_up(self, now_s: float) -> Call:
        """End the call, reject it while it rings here, or cancel it while it rings there. Raises NotNow
        without a call.
        """
        call = self.call
        if call is None:
            raise NotNow(f"{self.number} is in no call")
        unanswered_here = call.callee is self and call.answered_at_s is None
        self._network.release(
            call, self, Cause.CALL_REJECTED if unanswered_here else Cause.NORMAL_CLEARING, now_s
        )
        return call

    def heard_pcm(self, now_s: float) -> bytes | None:
        """Return the sound received in the present call so far, or in the last one; None if there was no
        call.
        """
        if self.recording is None:
            return None if self.call is None else b""
        self._network.voices_changed(now_s)
        return self.recording.pcm(now_s if self.call is not None else None)

    # ------------------------------------------------------------------------- reported by the network

    def call_offered(self, call: Call, now_s: float) -> None:
        call.timers.append(
            self._network.agenda.at(
                now_s + self.profile.rings_after_s, lambda at_s: self._on_reached(call, at_s)
            )
        )

    def call_ringing(self, call: Call, now_s: float) -> None:
        pass

    def call_answered(self, call: Call, now_s: float) -> None:
        self.recording = Recording(now_s, self._cap_s)
        if self.profile.hangs_up_after_s > 0:
            due_s = now_s + self.profile.hangs_up_after_s
            end = self._network.release
            call.timers.append(
                self._network.agenda.at(due_s, lambda at_s: end(call, self, Cause.NORMAL_CLEARING, at_s))
            )

    def call_ended(self, call: Call, now_s: float) -> None:
        if self.call is not call:
            return
        self.call = None
        if self.recording is not None and call.answered_at_s is not None:
            self.recording.finish(now_s)

    def receive_voice(self, call: Call, pcm: bytes, now_s: float) -> None:
        if self.recording is not None and self.call is call:
            self.recording.add(call.other(self), pcm, now_s)

    # -------------------------------------------------------------------------------------- its habits

    def _on_reached(self, call: Call, now_s: float) -> None:
        behaviour = self.profile.behaviour
        if behaviour == "unreachable":
            self._network.release(call, None, Cause.SUBSCRIBER_ABSENT, now_s)
        elif behaviour == "busy" or self.call is not None:
            self._network.release(call, None, Cause.USER_BUSY, now_s)
        else:
            self.call, self.recording = call, None
            self._network.alert(call, now_s)
            call.timers.append(
                self._network.agenda.at(
                    now_s + self.profile.answers_after_s, lambda at_s: self._decide(call, at_s)
                )
            )

    def _decide(self, call: Call, now_s: float) -> None:
        if call.state is not CallState.RINGING:
            return
        match self.profile.behaviour:
            case "answer" | "voicemail":
                self._network.answer(call, now_s)
            case "reject":
                self._network.release(call, self, Cause.CALL_REJECTED, now_s)
            case "busy":
                self._network.release(call, None, Cause.USER_BUSY, now_s)
            case "no_answer" | "unreachable":
                pass  # rings until the network or the caller ends the call


def as_phone(party: Party | None) -> Phone | None:
    """Return the party if it is a phone; else None."""
    return party if isinstance(party, Phone) else None
