"""Network of the simulation.

The network routes calls between modems' lines and phones, and keeps every call. Phones are connected without
a modem's host in between (a direct call, a network conference, a transfer). Short messages to phones are
delivered, with status reports (TS 23.040 3.2.9).

Sans-IO: `advance(now_s)` runs what is due, `next_deadline()` returns the next due time. Every other method
takes `now_s` and advances first, so that the order of events never depends on the driver. Must not open a
port or use a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.config import Config
from simulator.errors import NoSuchParty
from simulator.modem.dialect import load_dialect
from simulator.modem.messages import deliver_pdus
from simulator.modem.modem import Modem
from simulator.network.agenda import Schedule
from simulator.network.call import Call, CallId, CallState, Cause, Message, Party, international
from simulator.network.phone import Phone, as_phone
from simulator.network.sound import RATE_HZ, SAMPLE_BYTES

Pair = tuple[Phone, Phone]
"""Listener and speaker."""


class Conversations:
    """Connected pairs, each with the instant up to which the listener has the speaker's sound."""

    def __init__(self) -> None:
        self._heard_until_s: dict[Pair, float] = {}

    def __bool__(self) -> bool:
        return bool(self._heard_until_s)

    def connect(self, pairs: Iterable[Pair], now_s: float) -> None:
        """Connect exactly these pairs from now on; earlier sound is delivered first."""
        self.deliver(now_s)
        self._heard_until_s = {pair: self._heard_until_s.get(pair, now_s) for pair in pairs}

    def deliver(self, now_s: float) -> None:
        """Deliver all sound until now."""
        for (listener, speaker), since_s in self._heard_until_s.items():
            recording = listener.recording
            said_since = speaker.recording.answered_at_s if speaker.recording is not None else since_s
            if recording is None:
                continue
            first = round((since_s - recording.answered_at_s) * RATE_HZ)
            count = round((now_s - recording.answered_at_s) * RATE_HZ) - first
            # One distance for the whole call: rounded for each stretch, it would at times differ by a sample,
            # and the voice would jump there.
            apart = round((recording.answered_at_s - said_since) * RATE_HZ)
            recording.put(first, speaker.said.at(max(0, first + apart), count * SAMPLE_BYTES))
            self._heard_until_s[listener, speaker] = now_s


def connected_pairs(calls: Iterable[Call], modems: Iterable[Modem]) -> set[Pair]:
    """Return the connected pairs: both ends of a call between phones, members of each modem's conversation,
    and transferred ends.
    """
    found: set[Pair] = set()
    for call in calls:
        if call.state is not CallState.ACTIVE:
            continue
        ends = [call.caller, call.callee]
        if call.transferred_to is not None:
            ends = [_far_end(call), _far_end(call.transferred_to)]
        found |= _all_pairs(ends)
    for modem in modems:
        found |= _all_pairs(call.other(modem.line) for call in modem.line.calls_in_conversation())
    return found


def _far_end(call: Call) -> Party | None:
    """Return the end that is a phone; the modem of a transferred call has left."""
    return as_phone(call.caller) or as_phone(call.callee)


def _all_pairs(parties: Iterable[Party | None]) -> set[Pair]:
    phones = [phone for phone in map(as_phone, parties) if phone is not None]
    return {(one, other) for one in phones for other in phones if one is not other}


REPORT_S = 1.0
"""Time until the sender's network has the report, in seconds."""
RECEIVED, TRYING, INCOMPATIBLE = 0x00, 0x22, 0x41
"""TP-Status (9.2.3.15): received by the phone; no response, the network retries; never deliverable."""
AGAIN_S = 5.0

Report = Callable[[int, float], None]
"""Receiver of a status and its time."""


def deliver(agenda: Schedule, message: Message, phone: Phone, report: Report | None, now_s: float) -> None:
    """Deliver the message to the phone, by the phone's habits at each attempt."""

    def report_status(status: int, at_s: float) -> None:
        if report is not None and phone.profile.texts != "unreported":
            agenda.at(at_s + REPORT_S, lambda reported_s: report(status, reported_s))

    def attempt(at_s: float, reported: bool) -> None:
        match phone.profile.texts:
            case "taken" | "unreported":
                message.delivered = True
                report_status(RECEIVED, at_s)
            case "refused":
                report_status(INCOMPATIBLE, at_s)
            case "unreachable":
                if not reported:
                    report_status(TRYING, at_s)
                agenda.at(at_s + AGAIN_S, lambda later_s: attempt(later_s, True))

    if phone.profile.texts_after_s:
        agenda.at(now_s + phone.profile.texts_after_s, lambda at_s: attempt(at_s, False))
    else:
        attempt(now_s, False)


VOICE_FLOW_S = 1.0


class Carrier:
    """Simulated network under one clock; `now_s` counts seconds from any origin and never decreases."""

    def __init__(self, config: Config, now_s: float = 0.0) -> None:
        self.config = config
        self.agenda = Schedule(now_s)
        self.calls: list[Call] = []
        """Every call, oldest first."""
        self.messages: list[Message] = []
        """Every short message, oldest first."""
        self.phones: dict[str, Phone] = {
            profile.number: Phone(profile, self, config.simulator.recording_cap_s)
            for profile in config.phones
        }
        self._places: dict[str, list[Phone]] = {
            profile.number: [
                self.phones[profile.number],
                *(Phone(profile, self, config.simulator.recording_cap_s) for _ in range(1, profile.places)),
            ]
            for profile in config.phones
        }
        self.modems: dict[str, Modem] = {
            profile.name: Modem(profile, load_dialect(profile.dialect), self, index)
            for index, profile in enumerate(config.modems)
        }
        self._routes: dict[str, Party] = {
            **{modem.line.number: modem.line for modem in self.modems.values()},
            **self.phones,
        }
        self._live: dict[CallId, Call] = {}
        self._conversations = Conversations()
        self._flow_due = False

    # ----------------------------------------------------------------------------------- for the driver

    @property
    def now_s(self) -> float:
        """Present time of the carrier, in seconds."""
        return self.agenda.now_s

    def advance(self, now_s: float) -> None:
        """Run everything that is due by `now_s`."""
        self.agenda.run_until(now_s)

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next action if no input arrives before; None if there is
        none.
        """
        return self.agenda.next_due_s()

    def phone(self, number: str, place: int = 0) -> Phone:
        """Return the phone with this number (`+` optional), of an exchange the one at the place. Raises
        NoSuchParty.
        """
        places = self.places(number)
        if place not in range(len(places)):
            raise NoSuchParty(f"{number} has no place {place}")
        return places[place]

    def places(self, number: str) -> list[Phone]:
        """Return all phones of this number (`+` optional). Raises NoSuchParty."""
        places = self._places.get(number) or self._places.get(f"+{number}")
        if places is None:
            raise NoSuchParty(f"no phone {number}")
        return places

    def modem(self, name: str) -> Modem:
        """Return the modem of this name. Raises NoSuchParty."""
        if name not in self.modems:
            raise NoSuchParty(f"no modem {name}")
        return self.modems[name]

    def phone_call(self, number: str, to: str, now_s: float | None = None) -> Call:
        """Place a call from a phone. Raises NoSuchParty, NotNow."""
        return self.phone(number).place(to, self._at(now_s))

    def phone_answer(self, number: str, now_s: float | None = None) -> Call:
        """Answer the call that rings at a phone, despite its behaviour. Raises NoSuchParty, NotNow."""
        return self.phone(number).answer(self._at(now_s))

    def phone_hang_up(self, number: str, now_s: float | None = None, place: int = 0) -> Call:
        """Hang up, reject or cancel a phone's call. Raises NoSuchParty, NotNow."""
        return self.phone(number, place).hang_up(self._at(now_s))

    def phone_sms(self, number: str, to: str, text: str, now_s: float | None = None) -> Message:
        """Send a short message from a phone. Raises NoSuchParty."""
        sender = self.phone(number).number
        self.send_message(sender, self.international(to), text, b"", self._at(now_s))
        return self.messages[-1]

    def _at(self, now_s: float | None) -> float:
        if now_s is not None:
            self.advance(now_s)
        return self.agenda.now_s

    # ---------------------------------------------------------------------------------- for the parties

    def international(self, dialled: str) -> str:
        return international(dialled, self.config.simulator.country)

    def is_emergency(self, number: str) -> bool:
        return number in self.config.simulator.emergency_numbers

    def originate(
        self,
        caller: Party,
        to: str,
        *,
        setup_s: float,
        now_s: float,
        emergency: bool = False,
        withheld: bool = False,
    ) -> Call:
        call = Call(
            id=CallId(len(self.calls) + 1),
            caller=caller,
            to=to,
            line=caller.line_name,
            started_at_s=now_s,
            emergency=emergency,
            withheld=withheld,
        )
        self.calls.append(call)
        self._live[call.id] = call
        call.timers.append(self.agenda.at(now_s + setup_s, lambda at_s: self._route(call, at_s)))
        return call

    def alert(self, call: Call, now_s: float) -> None:
        if call.state is not CallState.DIALING:
            return
        call.state, call.ringing_at_s = CallState.RINGING, now_s
        give_up_s = now_s + self.config.simulator.no_answer_after_s
        call.timers.append(self.agenda.at(give_up_s, lambda at_s: self._no_answer(call, at_s)))
        call.caller.call_ringing(call, now_s)

    def answer(self, call: Call, now_s: float) -> None:
        if call.state is not CallState.RINGING:
            return
        call.state, call.answered_at_s = CallState.ACTIVE, now_s
        for party in (call.caller, call.callee):
            if party is not None:
                party.call_answered(call, now_s)
        self.voices_changed(now_s)

    def release(self, call: Call, by: Party | None, cause: Cause, now_s: float) -> None:
        if call.ended:
            return
        self._conversations.deliver(now_s)
        call.state, call.ended_at_s, call.cause, call.ended_by = CallState.ENDED, now_s, cause, by
        for timer in call.timers:
            timer.cancel()
        call.timers.clear()
        del self._live[call.id]
        for party in (call.caller, call.callee):
            if party is not None:
                party.call_ended(call, now_s)
        if call.transferred_to is not None:
            self.release(call.transferred_to, by, cause, now_s)
        self.voices_changed(now_s)

    def hold(self, call: Call, held: bool) -> None:
        if call.state in (CallState.ACTIVE, CallState.HELD):
            call.state = CallState.HELD if held else CallState.ACTIVE

    def transfer(self, one: Call, other: Call, by: Party, now_s: float) -> None:
        one.transferred_to, other.transferred_to = other, one
        self.hold(one, held=False)
        self.hold(other, held=False)
        self.voices_changed(now_s)

    def send_message(
        self,
        sender: str,
        to: str,
        text: str,
        data: bytes,
        now_s: float,
        part: tuple[int, int, int] | None = None,
        report: Callable[[int, float], None] | None = None,
    ) -> None:
        message = Message(sender, to, text, data, now_s, False, part)
        modem = next((modem for modem in self.modems.values() if modem.config.number == to), None)
        if modem is not None:
            message.delivered = modem.take_message(deliver_pdus(sender, text, now_s, len(self.messages)))
        elif to in self.phones:
            deliver(self.agenda, message, self.phones[to], report, now_s)
        self.messages.append(message)

    def voices_changed(self, now_s: float) -> None:
        self._conversations.connect(connected_pairs(self._live.values(), self.modems.values()), now_s)
        if self._conversations and not self._flow_due:
            self._flow_due = True
            self.agenda.at(now_s + VOICE_FLOW_S, self._deliver_voice)

    # ------------------------------------------------------------------------------------------- inside

    def _route(self, call: Call, now_s: float) -> None:
        called = self._routes.get(call.to)
        if called is None and call.emergency:
            called = self._routes.get("112")
        if called is None:
            self.release(call, None, Cause.UNALLOCATED_NUMBER, now_s)
        elif called is call.caller:
            self.release(call, None, Cause.USER_BUSY, now_s)
        else:
            called = self._free_place(called)
            call.callee = called
            call.line = call.line or called.line_name
            called.call_offered(call, now_s)

    def _free_place(self, called: Party) -> Party:
        if not isinstance(called, Phone) or called.profile.places == 1:
            return called
        taken = {call.callee for call in self._live.values()}
        return next((one for one in self._places[called.profile.number] if one not in taken), called)

    def _no_answer(self, call: Call, now_s: float) -> None:
        if call.state is CallState.RINGING:
            self.release(call, None, Cause.NO_ANSWER, now_s)

    def _deliver_voice(self, now_s: float) -> None:
        self._flow_due = False
        self.voices_changed(now_s)
