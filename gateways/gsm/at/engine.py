"""The command engine: one command in flight, the others queued by urgency; bytes and `now` in, results out.

The engine decides the kind of a line (an answer, a final result, an echo, an unsolicited code), never its
meaning. After a timeout the engine must distrust every answer until a query with an unmistakable answer has
come back. The engine must not write a byte while a dial is pending on a modem that would abort the dial.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import msgspec

from gateways.gsm.at.commands import (
    BytesDropped,
    Command,
    EngineEvent,
    EngineRules,
    Finished,
    InSync,
    Outcome,
    SyncLost,
    Ticket,
    Unsolicited,
    Urgency,
    embedded_code_at,
    is_pdu,
    looks_damaged,
    outcome_of,
    prefix_of,
    strip_echo,
)
from gateways.gsm.at.lines import Item, Line, LineReader, Overrun, Prompt

URGENT_WAIT_S: Final = 3.0
"""Longest wait for a slow answer, in seconds, while a call waits to be dialled, answered or ended."""
LAST_PROBE_FACTOR: Final = 2.5
"""Factor on the timeout of the last query: behind a slow link every answer is late. Each query is different,
so that a late answer fits only its own query."""
PATIENT_PROBE_S: Final = 6.0
"""Wait for the last query, in seconds, if the command that timed out was only a question: behind a slow SIM
every answer has to wait. Then the modem counts as dead."""
LINE_SILENCE_S: Final = 0.2
"""Silence after which an unfinished line is examined, in seconds."""
LATE_OK_S: Final = 0.3
"""Seconds in which OK may follow an answer that may lack it: this OK is not the next command's."""
PAYLOAD_S: Final = 2.0
"""Longest wait for the line that belongs to a `+CMT:`, in seconds."""
MAX_CODES_PER_LINE: Final = 32
"""Most codes in one line. No modem joins more codes; each code costs a scan of the rest of the line."""
ESCAPE: Final = b"\x1b"
"""Leaves a `> ` prompt that no command will answer (27.005 clause 3.5.1)."""


class _QueuedCommand(msgspec.Struct, frozen=True):
    ticket: Ticket
    command: Command


class _InFlight(msgspec.Struct):
    ticket: Ticket
    command: Command
    sent_s: float
    deadline_s: float | None
    lines: list[str]
    unsent_from: int | None = None
    """Index of the command's first byte in the output, until the output is taken; None after that."""
    answered: bool = False
    prompted: bool = False
    maybe_damaged: bool = False


class _Phase(Enum):
    LISTENING = "held"
    """Only reading: a dial of a former process may be pending."""
    SYNCING = "syncing"
    IN_SYNC = "in_sync"
    LOST = "lost"


class Engine:
    """A command engine for one modem. Call `start` first, or `observe` for a listener that writes nothing."""

    def __init__(self, rules: EngineRules) -> None:
        self._lines = LineReader()
        self.set_rules(rules)
        self._phase = _Phase.LOST
        self._listen_until_s = 0.0
        self._queue: list[_QueuedCommand] = []
        self._flight: _InFlight | None = None
        self._probe = 0
        self._probe_refused = False
        self._patient = False
        """True if the last query has a longer timeout than the others."""
        self._resync_pending = False
        self.probe_answer: tuple[str, ...] = ()
        """Answer lines of the query that last brought commands and answers into step."""
        self._next_write_s = 0.0
        self._late_ok_until_s = float("-inf")
        self._silence_at_s: float | None = None
        self._tickets = 0
        self._payload_of: str | None = None
        self._payload_until_s = 0.0
        self._out = bytearray()
        self._events: list[EngineEvent] = []

    # -------------------------------------------------------------------------------------------- requests

    def set_rules(self, rules: EngineRules) -> None:
        """Use the rules of this dialect from now on."""
        self._rules = rules
        self._lines.unterminated = rules.unterminated

    def start(self, now_s: float, *, listen_s: float = 0.0) -> None:
        """Start on an open port: synchronise after `listen_s` seconds of only reading. Older commands end."""
        self._end_all_commands()
        self._lines.clear()
        self._out.clear()
        self._payload_of = None
        self._silence_at_s = None
        self._next_write_s = now_s
        if listen_s > 0:
            self._phase, self._listen_until_s = _Phase.LISTENING, now_s + listen_s
        else:
            self._begin_sync(now_s, escape=True)

    def stop(self) -> None:
        """Stop because the port is lost: every command ends without a result. Call `start` before the next
        use.
        """
        self._end_all_commands()
        self._lines.clear()
        self._out.clear()
        self._phase = _Phase.LOST

    def end_listening(self, now_s: float) -> None:
        """End the phase of only reading: the pending dial has ended, so that written bytes cannot abort
        it.
        """
        if self._phase is _Phase.LISTENING:
            self._begin_sync(now_s, escape=False)

    def resync(self, now_s: float) -> None:
        """Synchronise again: send a query with an unmistakable answer before any other command, once no
        command is in flight.
        """
        if self._phase is _Phase.IN_SYNC:
            self._resync_pending = True
            self._write_next(now_s)

    def submit(self, command: Command, now_s: float) -> Ticket:
        """Queue a command; it is written at once if no command is in flight."""
        ticket = self._next_ticket()
        place = sum(1 for waiting in self._queue if waiting.command.urgency <= command.urgency)
        self._queue.insert(place, _QueuedCommand(ticket, command))
        if command.interrupts:
            self.end_listening(now_s)
            self._interrupt(now_s)
        self._shorten_wait(command, now_s)
        self._write_next(now_s)
        return ticket

    def withdraw(self, ticket: Ticket) -> bool:
        """Withdraw a command that has not been written yet; False if the command was written."""
        before = len(self._queue)
        self._queue = [waiting for waiting in self._queue if waiting.ticket != ticket]
        return len(self._queue) < before

    def observe(self, command: Command, now_s: float) -> Ticket:
        """Note a command that another program has sent (a trace is being read): its answer will follow."""
        self._phase = _Phase.IN_SYNC
        if self._flight is not None:
            self._finish(Outcome.ABORTED, "")
        self._flight = _InFlight(self._next_ticket(), command, now_s, None, [])
        return self._flight.ticket

    def write_without_answer(self, text: str) -> None:
        """Write a command without waiting for an answer, as a last resort while lost (a reset)."""
        self._out += text.encode("ascii") + b"\r"

    def fail_in_flight(self, now_s: float) -> None:
        """Fail the command in flight: its bytes never reached the modem (the dial guard kept them)."""
        if self._flight is not None:
            self._finish(Outcome.ABORTED, "")
            self._write_next(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Process bytes from the modem."""
        self._lines.push(data)
        while (item := self._lines.next(want_prompt=self._wants_prompt)) is not None:
            self._process_item(item, now_s)
        self._silence_at_s = now_s + LINE_SILENCE_S if self._lines.pending else None

    def tick(self, now_s: float) -> None:
        """Do what is due at `now_s` (seconds): end a silent line, begin synchronisation, let a command time
        out. Call at or after `next_deadline`.
        """
        if self._silence_at_s is not None and now_s >= self._silence_at_s:
            self._silence_at_s = None
            item = self._lines.flush_unterminated(want_prompt=self._wants_prompt)
            if item is not None:
                self._process_item(item, now_s)
        if self._phase is _Phase.LISTENING and now_s >= self._listen_until_s:
            self._begin_sync(now_s, escape=False)
        flight = self._flight
        if flight is not None and flight.deadline_s is not None and now_s >= flight.deadline_s:
            self._on_timeout(flight, now_s)
        self._write_next(now_s)

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick` if no byte arrives before; None if none
        is necessary.
        """
        times: list[float] = []
        if self._silence_at_s is not None:
            times.append(self._silence_at_s)
        if self._phase is _Phase.LISTENING:
            times.append(self._listen_until_s)
        if self._flight is not None:
            if self._flight.deadline_s is not None:
                times.append(self._flight.deadline_s)
        elif self._queue and self._phase is _Phase.IN_SYNC:
            times.append(self._next_write_s)
        return min(times, default=None)

    def take_output(self) -> bytes:
        """Return the bytes to write now."""
        data = bytes(self._out)
        self._out.clear()
        if self._flight is not None:
            self._flight.unsent_from = None
        return data

    def withdraw_expired(self, now_s: float) -> bool:
        """Withdraw a command that is among the bytes to write although its time is over. Return True if a
        command was withdrawn.

        A process can be frozen between the decision to write and the writing.
        """
        flight = self._flight
        if flight is None or flight.unsent_from is None or now_s < flight.command.until_s:
            return False
        del self._out[flight.unsent_from :]
        self._flight = None
        self._report_unwritten(flight, Outcome.TOO_LATE)
        self._write_next(now_s)
        return True

    def take_events(self) -> list[EngineEvent]:
        """Return the events since the last call, in order."""
        events, self._events = self._events, []
        return events

    @property
    def idle(self) -> bool:
        """True if in sync with no command in flight or queued."""
        return self._phase is _Phase.IN_SYNC and self._flight is None and not self._queue

    @property
    def in_sync(self) -> bool:
        """True if answers can be trusted."""
        return self._phase is _Phase.IN_SYNC

    @property
    def lost(self) -> bool:
        """True if the engine has given up or has not started: `start` is needed."""
        return self._phase is _Phase.LOST

    @property
    def listening(self) -> bool:
        """True if the engine only reads, after a restart."""
        return self._phase is _Phase.LISTENING

    @property
    def queries_forbidden(self) -> bool:
        """True if a pending dial forbids every query."""
        return self._flight is not None and self._flight.command.any_byte_aborts

    @property
    def in_flight(self) -> Ticket | None:
        """Ticket of the command that waits for its answer; queries of a synchronisation are left out; None if
        no command waits.
        """
        return self._flight.ticket if self._flight is not None and self._phase is _Phase.IN_SYNC else None

    def has(self, ticket: Ticket) -> bool:
        """Return True if the command is still queued or in flight."""
        return self.in_flight == ticket or any(waiting.ticket == ticket for waiting in self._queue)

    # -------------------------------------------------------------------------------- the kind of a line

    @property
    def _wants_prompt(self) -> bool:
        flight = self._flight
        return flight is not None and bool(flight.command.payload) and not flight.prompted

    def _process_item(self, item: Item, now_s: float) -> None:
        match item:
            case Line(text):
                self._process_line(text, now_s)
            case Prompt():
                if self._flight is not None:
                    self._flight.prompted = True
                    self._out += self._flight.command.payload
            case Overrun(count):
                self._events.append(BytesDropped(count=count))

    def _process_line(self, text: str, now_s: float) -> None:
        for _ in range(MAX_CODES_PER_LINE):
            text = self._process_first_code(text, now_s)
            if not text:
                return
        self._events.append(BytesDropped(count=len(text)))

    def _process_first_code(self, text: str, now_s: float) -> str:
        """Process the line, or the first of several codes in one line; return the rest of the line."""
        if self._take_payload(text, now_s):
            return ""
        flight = self._flight
        if flight is not None:
            text = strip_echo(text, flight.command.text)
            if not text or self._take_answer(flight, text, now_s):
                return ""
        elif text == "OK" and now_s < self._late_ok_until_s:
            self._late_ok_until_s = float("-inf")
            return ""
        known = self._rules.is_known_code(text)
        if flight is not None and not known and looks_damaged(text, flight.command.prefix):
            flight.maybe_damaged = True
        if not known and (inner := embedded_code_at(text)) is not None:
            # Noise, or a code without its end, runs into a proper line: the proper line must not be lost.
            self._events.append(Unsolicited(text=text[:inner].strip()))
            return text[inner:]
        if self._rules.takes_next_line(text):
            self._payload_of, self._payload_until_s = text, now_s + PAYLOAD_S
        else:
            self._events.append(Unsolicited(text=text))
        return ""

    def _take_payload(self, text: str, now_s: float) -> bool:
        """Return True if the line is the pending PDU, recognised by its hex digits: a code may precede it."""
        if self._payload_of is None:
            return False
        if now_s > self._payload_until_s:
            self._payload_of = None
            return False
        if not is_pdu(text):
            return False
        self._events.append(Unsolicited(text=self._payload_of, payload=text))
        self._payload_of = None
        return True

    def _take_answer(self, flight: _InFlight, text: str, now_s: float) -> bool:
        """Process the line if it belongs to the command in flight; return True if so."""
        command = flight.command
        outcome = outcome_of(text, command, self._rules)
        if outcome is not None:
            self._on_final_result(flight, outcome, text, now_s)
            return True
        if command.prefix and text.startswith(command.prefix):
            flight.lines.append(text)
            flight.answered = True
            if command.answer_ends:
                self._late_ok_until_s = now_s + LATE_OK_S
                self._complete(Outcome.OK, text, now_s)
            return True
        if (
            command.unprefixed
            and (flight.answered or not command.prefix)
            and not self._rules.is_known_code(text)
        ):
            flight.lines.append(text)
            return True
        return False

    def _on_final_result(self, flight: _InFlight, outcome: Outcome, text: str, now_s: float) -> None:
        if self._phase is not _Phase.SYNCING:
            self._complete(outcome, text, now_s)
        elif flight.answered:
            self._flight = None
            self.probe_answer = tuple(flight.lines)
            self._on_synchronised(now_s)
        elif outcome is Outcome.ERROR:
            # Either a late answer, or this modem has no such query. The modem works; only the next query can
            # decide.
            self._probe_refused = True
            self._flight = None
            self._next_probe(now_s)
        # An OK without an answer before it belongs to an earlier command and is ignored.

    # ---------------------------------------------------------------------------------- the next command

    def _complete(self, outcome: Outcome, final: str, now_s: float) -> None:
        self._finish(outcome, final)
        self._next_write_s = max(now_s + self._rules.gap_s, self._late_ok_until_s)
        self._write_next(now_s)

    def _finish(self, outcome: Outcome, final: str) -> None:
        flight = self._flight
        if flight is None:
            return
        self._flight = None
        if self._phase is not _Phase.SYNCING:
            self._events.append(
                Finished(
                    ticket=flight.ticket,
                    command=flight.command,
                    outcome=outcome,
                    sent_s=flight.sent_s,
                    lines=tuple(flight.lines),
                    final=final,
                    maybe_damaged=flight.maybe_damaged,
                )
            )

    def _write_next(self, now_s: float) -> None:
        if self._phase is not _Phase.IN_SYNC or self._flight is not None:
            return
        if self._resync_pending:
            self._begin_sync(now_s, escape=False)
            return
        while self._queue and now_s >= self._next_write_s and self._flight is None:
            waiting = self._queue.pop(0)
            if now_s < waiting.command.until_s:
                self._write(waiting.ticket, waiting.command, now_s)
            else:
                self._report_unwritten(waiting, Outcome.TOO_LATE)

    def _write(self, ticket: Ticket, command: Command, now_s: float) -> None:
        self._flight = _InFlight(ticket, command, now_s, now_s + command.timeout_s, [], len(self._out))
        self._out += command.wire

    def _interrupt(self, now_s: float) -> None:
        """Write a hang-up over a pending dial: the dial's late result must not count for the hang-up."""
        flight = self._flight
        if flight is not None and flight.command.any_byte_aborts and self._phase is _Phase.IN_SYNC:
            self._finish(Outcome.ABORTED, "")
            waiting = self._queue.pop(0)
            self._write(waiting.ticket, waiting.command, now_s)
            self._resync_pending = True

    def _shorten_wait(self, command: Command, now_s: float) -> None:
        """Shorten the wait for the command in flight if this command is urgent."""
        flight = self._flight
        if flight is None or flight.deadline_s is None:
            return
        if flight.command.any_byte_aborts or flight.command.payload:
            return
        question = self._phase is _Phase.SYNCING or flight.command.urgency >= Urgency.TRUTH
        if command.urgency is Urgency.HANG_UP or (question and command.urgency <= Urgency.DIAL):
            flight.deadline_s = min(flight.deadline_s, now_s + URGENT_WAIT_S)

    def _on_timeout(self, flight: _InFlight, now_s: float) -> None:
        if self._phase is _Phase.SYNCING:
            self._flight = None
            self._next_probe(now_s)
            return
        self._finish(Outcome.TIMED_OUT, "")
        only_asked = flight.command.urgency >= Urgency.SET_UP
        self._begin_sync(now_s, escape=bool(flight.command.payload), patient=only_asked)

    def _begin_sync(self, now_s: float, *, escape: bool, patient: bool = False) -> None:
        self._phase, self._patient = _Phase.SYNCING, patient
        self._resync_pending = self._probe_refused = False
        self._probe = 0
        if escape:
            self._out += ESCAPE
        self._next_probe(now_s)

    def _next_probe(self, now_s: float) -> None:
        probes: Sequence[str] = self._rules.resync
        if self._probe < len(probes):
            text = probes[self._probe]
            self._probe += 1
            probe = Command(
                text=text,
                timeout_s=self._probe_timeout_s(last=self._probe == len(probes)),
                urgency=Urgency.HANG_UP,
                prefix=prefix_of(text),
            )
            self._write(self._next_ticket(), probe, now_s)
        elif self._probe_refused:
            self.probe_answer = ()
            self._on_synchronised(now_s)
        else:
            self._phase = _Phase.LOST
            self._end_all_commands()
            self._events.append(SyncLost())

    def _probe_timeout_s(self, *, last: bool) -> float:
        if not last:
            return self._rules.resync_timeout_s
        if not self._patient:
            return self._rules.resync_timeout_s * LAST_PROBE_FACTOR
        hurried = any(waiting.command.urgency <= Urgency.DIAL for waiting in self._queue)
        return URGENT_WAIT_S if hurried else PATIENT_PROBE_S

    def _on_synchronised(self, now_s: float) -> None:
        self._phase = _Phase.IN_SYNC
        self._next_write_s = now_s + self._rules.gap_s
        self._events.append(InSync())
        self._write_next(now_s)

    def _end_all_commands(self) -> None:
        self._finish(Outcome.ABORTED, "")
        self._flight = None
        queue, self._queue = self._queue, []
        for waiting in queue:
            self._report_unwritten(waiting, Outcome.TIMED_OUT)

    def _report_unwritten(self, waiting: _QueuedCommand | _InFlight, outcome: Outcome) -> None:
        never = Finished(ticket=waiting.ticket, command=waiting.command, outcome=outcome, sent_s=None)
        self._events.append(never)

    def _next_ticket(self) -> Ticket:
        self._tickets += 1
        return Ticket(self._tickets)
