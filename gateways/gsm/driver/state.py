"""What the modem driver keeps, and what it shows of its modem; and when the list of calls is asked for.

Nothing happens here: `modem_core` does what follows from bytes and from time, `driver` what is asked of it.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.commands import Command, Ticket
from gateways.gsm.at.engine import Engine
from gateways.gsm.at.parse import Registration
from gateways.gsm.calls.call import CallView
from gateways.gsm.calls.hang_up import HangUps
from gateways.gsm.calls.table import CallTable
from gateways.gsm.calls.wear import VoiceWear
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.loading import AUTO, Dialects
from gateways.gsm.driver.events import CallId, Event, Identity, Ref
from gateways.gsm.driver.ladder import Ladder
from gateways.gsm.driver.purposes import Calls, Dialling, Purpose
from gateways.gsm.driver.startup import Startup
from gateways.gsm.driver.voice_switch import VoiceSwitch
from gateways.gsm.line.watch import LineWatch
from gateways.gsm.sms.inbox import Inbox
from gateways.gsm.ussd.session import Question
from messages.lines import VoiceService

LISTS_REFUSED: Final = 3
"""After so many refusals in a row the modem is taken to have no +CLCC."""

SEEN_S: Final = 0.5
"""So long after the next poll is due the last list of calls still counts as how they stand."""

_REFS_KEPT: Final = 512


class ModemState:
    """See the module."""

    def __init__(
        self,
        dialects: Dialects,
        dialect: str = AUTO,
        *,
        region: str = "IT",
        listen_first: bool = False,
        rings: bool = False,
        assume: str = "",
    ) -> None:
        chosen = None if dialect == AUTO else dialects.get(dialect)
        assumed = dialects.get(assume) if assume in dialects else dialects.base()
        self._region = region
        self._startup = Startup(dialects, chosen, assumed)
        self._engine = Engine(self.dialect.rules)
        self._table = CallTable()
        self._voice = VoiceSwitch(self.dialect.data.voice)
        self.wear = VoiceWear()
        """Whether its voice is worn, as far as it is one that wears."""
        self._hang_ups = HangUps()
        self._ladder = Ladder(reboot_s=self.dialect.data.times.reboot_s)
        self._inbox = Inbox(region)
        self._purposes: dict[Ticket, Purpose] = {}
        self._refs: dict[Ref, CallId] = {}
        self._taken: set[CallId] = set()
        self._listen_first, self._rings = listen_first, rings
        self._opened = False
        self._kept_settings = False
        self._settings_taken = False
        self.ever_answered = False
        """Whether it has answered anything since this process began."""
        self._opened_sim = False
        self._listed = False
        self._needs_start = True
        self._ready_said = False
        self._last_list_s = 0.0
        self._listed_s = float("-inf")
        self._lists_refused = 0
        self._line = LineWatch()
        self.tells_delivery = False
        """Whether the modem has agreed to hand on what the network reports of messages that it has sent."""
        self._sms_reference = 0
        self._sms_given_up = False
        """Whether the modem has not been heard again since a message got no answer."""
        self._asked_network: Question | None = None
        """A code whose answer is waited for."""
        self._events: list[Event] = []
        self.protected = False
        """Set by the shell while the journal says that a leg stands on this line: no reset then, whatever the
        call table shows."""
        self._use_dialect()

    # ----------------------------------------------------------------------------------------- what it is

    @property
    def dialect(self) -> CompiledDialect:
        """The dialect in use; the base until the modem's own is known."""
        return self._startup.dialect

    def plugged_in_as(self, dialect: CompiledDialect | None, *, at_command_port: bool = False) -> None:
        """What the USB ids of its port say; none where there are none, or none that are known.

        `at_command_port`: it is the interface of which its dialect knows that it takes commands.
        """
        self._startup.by_usb = dialect
        self._startup.at_command_port = at_command_port

    @property
    def ready(self) -> bool:
        """Initialised, and answering."""
        return self._ready_said and not self._ladder.climbing

    @property
    def kept_settings(self) -> bool:
        """Whether the modem, when the port was opened, still had what we had set: it was not reset since."""
        return self._kept_settings

    @property
    def knows_calls(self) -> bool:
        """Whether the modem has listed its calls since the port was opened, or cannot; ahead of `ready`."""
        return self._opened and (self._listed or not self._can_ever_list) and not self._ladder.climbing

    @property
    def in_step(self) -> bool:
        """Whether the modem has answered since the port was opened, with its list of calls if it has one."""
        return self.knows_calls and self._engine.in_sync

    @property
    def listening(self) -> bool:
        """Only reading, after a restart."""
        return self._engine.listening

    @property
    def identity(self) -> Identity:
        """What the modem has said of itself."""
        return self._startup.identity()

    @property
    def sim(self) -> str:
        """What the SIM waits for (`READY`); empty until known."""
        return self._startup.sim

    @property
    def voiceless(self) -> bool:
        """Whether the modem has said that it gives no voice to the host, whatever its kind can."""
        return self._startup.voiceless

    def assume_voiceless(self) -> None:
        """It was so before this process began; it holds until the modem is asked, which no call outlasts."""
        self._startup.voiceless = True

    @property
    def worn(self) -> bool:
        """Whether its voice is worn, so that it has to start anew."""
        return self.wear.worn and bool(self.dialect.data.voice.wear_reset)

    @property
    def card(self) -> str | None:
        """Which card the SIM is (ICCID); empty where the modem does not tell, none until it was asked."""
        return self._startup.card

    @property
    def registration(self) -> Registration | None:
        """How the network knows the SIM; none until told."""
        return self._line.registration

    @property
    def voice_service(self) -> VoiceService:
        """Which way a call would go, by what the modem has said."""
        return self._line.service

    @property
    def radio_off(self) -> bool:
        """Whether the modem has said that its radio is off, and has not been heard of in a network since."""
        return self._line.radio_off

    @property
    def signal_dbm(self) -> int | None:
        """Signal strength; none while unknown."""
        return self._line.signal_dbm

    @property
    def waiting(self) -> int:
        """How many commands have no result yet."""
        return len(self._purposes)

    def calls(self) -> tuple[CallView, ...]:
        """The calls that have not been released, oldest first."""
        return self._table.calls()

    @property
    def members_unlisted(self) -> bool:
        """Whether a conference stands here whose members are not in the modem's list, but one row for all."""
        return self._table.one_row

    def call_of(self, ref: Ref) -> CallId | None:
        """The call, live or gone, that was dialled or adopted under this name."""
        return self._refs.get(ref)

    # ---------------------------------------------------------------------------------- the list of calls

    @property
    def _can_ever_list(self) -> bool:
        return self.dialect.data.poll.allowed and self._lists_refused < LISTS_REFUSED

    @property
    def _can_list(self) -> bool:
        """Whether the list of calls can be had soon."""
        return (
            self._can_ever_list
            and self._opened
            and not (self._engine.lost or self._engine.listening or self._engine.silenced)
        )

    def _sees(self, now_s: float) -> bool:
        """Whether the modem has just said how its calls stand, or never can."""
        if not self._can_ever_list:
            return True
        return not self._has(Calls()) and now_s - self._listed_s <= self.dialect.data.poll.setup_s + SEEN_S

    def _list_due(self, now_s: float) -> bool:
        if not self._can_list or self._has(Calls()):
            return False
        next_s = self._next_list_s()
        return self._table.looks or (next_s is not None and now_s >= next_s)

    def _next_list_s(self) -> float | None:
        if not self._table.busy or not self._can_list or self._has(Calls()):
            return None
        poll = self.dialect.data.poll
        return self._last_list_s + (poll.setup_s if self._table.unsettled else poll.active_s)

    # --------------------------------------------------------------------------------------- small things

    def _use_dialect(self) -> None:
        dialect = self.dialect
        self._engine.set_rules(dialect.rules)
        self._voice.set_dialect(dialect.data.voice)
        self._ladder.reboot_s = dialect.data.times.reboot_s
        times = dialect.data.times
        self._table.configure(
            settle_s=times.settle_s, dial_appears_s=times.dial_appears_s, early_answer=dialect.early_answer
        )

    def _submit(self, command: Command, purpose: Purpose, now_s: float) -> None:
        ticket = self._engine.submit(command, now_s)
        self._purposes[ticket] = purpose

    def _has(self, purpose: Purpose) -> bool:
        return purpose in self._purposes.values()

    def _withdraw_dial(self, call: CallId) -> bool:
        for ticket, purpose in self._purposes.items():
            if purpose == Dialling(call) and self._engine.withdraw(ticket):
                del self._purposes[ticket]
                return True
        return False

    def _remember(self, ref: Ref, call: CallId) -> None:
        self._refs[ref] = call
        while len(self._refs) > _REFS_KEPT:
            del self._refs[next(iter(self._refs))]
