"""The startup of a modem, from unknown to ready: identity, SIM, settings of the dialect, network.

Supplies commands stage by stage and reads their results; sends nothing itself. The startup never gives up: a
command refused by a busy SIM is repeated, a command unknown to the modem is left out.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import Final

import msgspec

from gateways.gsm.at.commands import Command, Finished, Outcome, Urgency, error_code, is_unprefixed, prefix_of
from gateways.gsm.at.parse import parse_cpin, parse_emergency_numbers, parse_iccid, parse_imei
from gateways.gsm.dialects.detection import by_identity
from gateways.gsm.dialects.dialect import Commands, CompiledDialect, Voice
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.events import Identity, PinAnswered

SETTINGS_QUERY: Final = "AT+CMEE?"
SIM_QUERY: Final = "AT+CPIN?"
REGISTRATION_QUERY: Final = "AT+CREG?"
PACKET_QUERY: Final = "AT+CEREG?"
OPERATOR_QUERY: Final = "AT+COPS?"
SIGNAL_QUERY: Final = "AT+CSQ"
EMERGENCY_QUERY: Final = "AT+CRSM=176,28599,0,0,0"
"""EF_ECC, 6FB7 (31.102 clause 4.2.21)."""
STORED_SMS_QUERY: Final = "AT+CMGL=4"
RADIO_QUERY: Final = "AT+CFUN?"
RADIO_ON: Final = "AT+CFUN=1"
_RADIO_OFF: Final = re.compile(r"\+CFUN: ?[04](?:,.*)?")
"""27.007 clause 8.2: minimum functionality, or transmitter and receiver off."""

SIM_PIN: Final = "SIM PIN"
SIM_PUK: Final = "SIM PUK"
NOT_INSERTED: Final = "NOT INSERTED"

_BUSY: Final = frozenset({"14", "515", "SIM busy"})
_SIM_ERRORS: Final = {
    "10": NOT_INSERTED,
    "SIM not inserted": NOT_INSERTED,
    "13": "SIM FAILURE",
    "SIM failure": "SIM FAILURE",
    "15": "SIM WRONG",
    "SIM wrong": "SIM WRONG",
}
_WRONG_PIN: Final = frozenset({"16", "incorrect password", "12", "SIM PUK required"})
_STATE_QUERIES: Final = frozenset({SIM_QUERY, REGISTRATION_QUERY, SIGNAL_QUERY})
_SLOW_S: Final = {
    "AT+CMGL": 30.0,
    **dict.fromkeys(("AT+CMGR", "AT+CMGD", "AT+CPMS", "AT+CRSM", "AT+CPIN="), 10.0),
    "AT+CFUN=": 20.0,
}
"""Seconds that a slow SIM, or the switching of a radio, needs beyond a dialect's limit for any command."""
_RETRY_S: Final = 1.0
_RETRIES: Final = 8


CALL_LIST_WAIT_S: Final = 5.0
"""Seconds for which the setup of a modem that has kept its settings is postponed while it has calls. In this
time the calls from before a restart are taken over; the setup of dozens of modems would take the processor
from that.
"""


class _Stage(Enum):
    WAITING = "waiting"
    IDENTIFY = "identify"
    RADIO = "radio"
    SIM = "sim"
    SETTINGS = "settings"
    NETWORK = "network"
    DONE = "done"


_NEXT_STAGE: Final = dict(pairwise((*_Stage,)[1:]))
"""The stage that follows each stage."""


def command_of(
    dialect: CompiledDialect, text: str, urgency: Urgency, *, timeout_s: float | None = None
) -> Command:
    """Return a plain command of this dialect, with the form of its answer derived from its text."""
    prefix = prefix_of(text)
    if timeout_s is None:
        timeout_s = max(dialect.data.times.command_s, min_timeout_s(text))
    return Command(
        text=text,
        timeout_s=timeout_s,
        urgency=urgency,
        prefix=prefix,
        unprefixed=is_unprefixed(text),
        answer_ends=bool(prefix) and prefix in dialect.data.answer_ends,
    )


def min_timeout_s(text: str) -> float:
    """Return the seconds that this command may take by its nature; 0 for most commands."""
    return max((seconds for beginning, seconds in _SLOW_S.items() if text.startswith(beginning)), default=0.0)


class Startup:
    """The startup of one modem. `dialect` is None if it has to be detected; until then `assumed` is used."""

    def __init__(self, dialects: Dialects, dialect: CompiledDialect | None, assumed: CompiledDialect) -> None:
        self._dialects = dialects
        self._assumed = assumed
        self.chosen = dialect
        """Dialect, once known."""
        self.by_usb: CompiledDialect | None = None
        """Dialect by the USB ids, for a modem with an unknown identity."""
        self.at_command_port = False
        """True if the modem's port is the command port by its dialect."""
        self.sim = ""
        """State of the SIM, or the code that it needs; empty until known."""
        self.card: str | None = None
        """Number of the SIM card (ICCID); empty if not reported now, None until requested."""
        self.voiceless = False
        """True if the firmware has reported that it has no voice for the host."""
        self.call_may_be_up = False
        """True if a call is up, so that no command may touch the voice."""
        self.voice_setup_postponed = False
        """True if voice commands of the setup were postponed because of a call."""
        self.emergency_numbers: tuple[str, ...] = ()
        self._stage = _Stage.DONE
        self._waits_until_s = 0.0
        self._outstanding = 0
        self._to_repeat: list[str] = []
        self._repeat_at_s: float | None = None
        self._tries = 0
        self._unanswered: set[str] = set()
        """Commands that have timed out once: a modem may stall at a command that it does not know."""
        self._answers: dict[str, tuple[str, ...]] = {}
        self._commands: list[Command] = []

    @property
    def done(self) -> bool:
        """True if the modem is ready."""
        return self._stage is _Stage.DONE

    @property
    def dialect(self) -> CompiledDialect:
        """Dialect to use now: the assumed dialect until the modem's own is known."""
        return self.chosen or self._assumed

    @property
    def is_known(self) -> bool:
        """True if the dialect was configured, or detected before."""
        return self.chosen is not None or self._assumed is not self._dialects.base()

    def begin(self, *, waits_until_s: float | None = None) -> None:
        """Begin from the start; pending results are void. `waits_until_s`: until then, or until
        `end_waiting`, only the commands that calls need are sent.
        """
        self._outstanding = 0
        self._to_repeat.clear()
        self._repeat_at_s = None
        if waits_until_s is None:
            self._enter(_Stage.IDENTIFY)
        else:
            self._waits_until_s = waits_until_s
            self._enter(_Stage.WAITING)

    def end_waiting(self) -> None:
        """End the wait for the calls from before a restart."""
        if self._stage is _Stage.WAITING:
            self._enter(_Stage.IDENTIFY)

    def send_postponed(self) -> None:
        """Supply the postponed voice commands, once no call is up."""
        if self.done and self.voice_setup_postponed and not self.call_may_be_up:
            self._send(self._voice_setup())

    def take_commands(self) -> list[Command]:
        """Return the commands to send now."""
        commands, self._commands = self._commands, []
        return commands

    def on_result(self, finished: Finished, now_s: float) -> None:
        """Process the result of a command."""
        text = finished.command.text
        if finished.outcome is Outcome.ERROR and error_code(finished.final) in _BUSY:
            self._to_repeat.append(text)
        elif _was_unanswered(finished) and text not in self._unanswered:
            # Without this command callers may have no number, or calls may end with this process.
            self._unanswered.add(text)
            self._to_repeat.append(text)
        elif finished.outcome is Outcome.OK:
            self._answers[text] = finished.lines
        if text == RADIO_QUERY and radio_is_off(finished):
            self._send([RADIO_ON])
        if text == SIM_QUERY:
            self.sim = sim_state(finished) or self.sim
        if text in voice_test(self.dialect.data.voice)[-1:] and text not in self._to_repeat:
            none_told = self.dialect.data.voice.says_none
            self.voiceless = finished.outcome is Outcome.ERROR or any(
                re.fullmatch(none_told, line) for line in finished.lines
            )
        if text == self.dialect.data.card:
            self.card = iccid_of(finished)
        if finished.outcome is Outcome.OK and text == EMERGENCY_QUERY and finished.lines:
            self.emergency_numbers = parse_emergency_numbers(finished.lines[0])
        # This comes last: the result of an unreadable answer is passed here again, as a refusal.
        self._outstanding -= 1
        if self._outstanding == 0:
            self._end_stage(now_s)

    def tick(self, now_s: float) -> None:
        """Repeat the commands that are due at `now_s`, and end the wait for the modem if its time is over."""
        if self._repeat_at_s is not None and now_s >= self._repeat_at_s:
            again, self._to_repeat, self._repeat_at_s = self._to_repeat, [], None
            self._send(again)
        if now_s >= self._waits_until_s:
            self.end_waiting()

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick`; None if none is necessary."""
        times = (self._repeat_at_s, self._waits_until_s if self._stage is _Stage.WAITING else None)
        return min((time for time in times if time is not None), default=None)

    def identity(self) -> Identity:
        """Return the identity reported by the modem."""
        return Identity(
            manufacturer=_first_line(self._answers.get("AT+CGMI", ())),
            model=_first_line(self._answers.get("AT+CGMM", ())),
            revision=_first_line(self._answers.get("AT+CGMR", ())),
            imei=parse_imei(self._answers.get("AT+CGSN", ()) + self._answers.get("ATI", ())),
            dialect=self.dialect.key,
        )

    def _end_stage(self, now_s: float) -> None:
        if self._to_repeat and self._tries < _RETRIES:
            self._tries += 1
            self._repeat_at_s = now_s + _RETRY_S
            return
        self._to_repeat.clear()
        if self._stage is _Stage.IDENTIFY and self.chosen is None:
            identity_lines = [
                line for text in self.dialect.data.identify for line in self._answers.get(text, ())
            ]
            detected = by_identity(
                self._dialects, identity_lines, maker=_first_line(self._answers.get("AT+CGMI", ()))
            )
            known = detected is not self._dialects.base() or self.by_usb is None
            self.chosen = detected if known else self.by_usb
        if self._stage in _NEXT_STAGE:
            self._enter(_NEXT_STAGE[self._stage])

    def _enter(self, stage: _Stage) -> None:
        self._stage, self._tries = stage, 0
        self._unanswered.clear()
        data = self.dialect.data
        match stage:
            case _Stage.WAITING:
                if texts := self._voice_setup():
                    self._send(texts)
            case _Stage.IDENTIFY:
                self._send([*data.first, *data.identify])
            case _Stage.RADIO:
                # The radio comes before the SIM, which some modems do not show while the radio is off.
                self._send([RADIO_QUERY])
            case _Stage.SIM:
                self.card = None
                self._send([SIM_QUERY, data.card])
            case _Stage.SETTINGS:
                here = data.init_at_port if self.at_command_port else ()
                reports = [data.reports] if data.reports else []
                self._send([*data.init, *reports, *here, *self._voice_setup()])
            case _Stage.NETWORK:
                self._send([REGISTRATION_QUERY, PACKET_QUERY, SIGNAL_QUERY, EMERGENCY_QUERY])
            case _Stage.DONE:
                pass

    def _voice_setup(self) -> list[str]:
        """Return the voice commands to send now; while a call is up, only commands that spare its voice."""
        voice = self.dialect.data.voice
        if voice.kind == "none":
            return []
        self.voice_setup_postponed = self.call_may_be_up and bool(voice.setup or voice.tried)
        if self.call_may_be_up:
            return [] if voice.tried else [*voice_test(voice)]
        return [*voice.setup, *voice_test(voice)]

    def _send(self, texts: list[str]) -> None:
        if not texts:
            texts = [self.dialect.data.resync[0]]
        self._outstanding += len(texts)
        self._commands += [self._command(text) for text in texts]

    def _command(self, text: str) -> Command:
        data = self.dialect.data
        if text == data.card:
            return card_query(self.dialect)
        # Urgent, so that a dial that comes meanwhile goes behind these commands: behind the dial they would
        # take that call's voice away.
        of_voice = text in data.voice.setup or text in voice_test(data.voice)
        return command_of(self.dialect, text, Urgency.ANSWER if of_voice else Urgency.SET_UP)


def voice_test(voice: Voice) -> Commands:
    """Return the commands that test whether the firmware has voice: refusal of the last means no voice."""
    if voice.kind == "none":
        return ()
    if voice.tried:
        return (*voice.off, *voice.on) if voice.on else ()
    return (voice.ask,) if voice.ask else ()


def radio_is_off(finished: Finished) -> bool:
    """Return True if the result of RADIO_QUERY reports the radio as off."""
    return any(_RADIO_OFF.fullmatch(line) for line in finished.lines)


def is_foreign_answer(finished: Finished) -> bool:
    """Return True if the result must belong to another command: no modem answers this query with OK alone.

    Some modems get out of step and answer each command with the answer to the command before."""
    return finished.command.text in _STATE_QUERIES and finished.outcome is Outcome.OK and not finished.lines


def _was_unanswered(finished: Finished) -> bool:
    """Return True if the command was written without an answer: one of the two was probably lost."""
    return finished.outcome is Outcome.TIMED_OUT and finished.sent_s is not None


def sim_state(finished: Finished) -> str:
    """Return the state of the SIM by the result of SIM_QUERY; empty if the result does not show the state."""
    if finished.outcome is Outcome.OK and finished.lines:
        sim = parse_cpin(finished.lines[0])
        return "" if sim is None else sim.code
    return _SIM_ERRORS.get(error_code(finished.final), "") if finished.outcome is Outcome.ERROR else ""


def card_query(dialect: CompiledDialect) -> Command:
    """Return the query for the SIM card's number. The start of the answer varies more than its content."""
    command = command_of(dialect, dialect.data.card, Urgency.SET_UP)
    return command if command.prefix else msgspec.structs.replace(command, unprefixed=True)


def iccid_of(finished: Finished) -> str:
    """Return the number of the SIM card by the result of `card_query`; empty without a number."""
    return parse_iccid(finished.lines) if finished.outcome is Outcome.OK else ""


def pin_answer(finished: Finished, now_s: float) -> PinAnswered:
    """Return the SIM's answer to the PIN, by the result of the command with the PIN."""
    if finished.outcome is Outcome.OK:
        return PinAnswered(at_s=now_s, right=True, text="")
    wrong = finished.outcome is Outcome.ERROR and error_code(finished.final) in _WRONG_PIN
    return PinAnswered(
        at_s=now_s, right=False if wrong else None, text=finished.final or finished.outcome.value
    )


def _first_line(lines: tuple[str, ...]) -> str:
    """Return the first answer line, without the prefix that some firmware adds (`+CGMM: "SIM7600E"`)."""
    if not lines:
        return ""
    text = lines[0]
    if text.startswith("+") and ":" in text:
        text = text.partition(":")[2]
    return text.strip().strip('"')
