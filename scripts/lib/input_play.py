"""Random input that any sender may cause at a modem: SMS, result codes, answers of networks, and AML.

`Players.play` passes each input to the readers that a line has for it. The function passes on any error of a
reader, and raises AssertionError if the driver skipped a line that its reader could not process.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from actors.alert_intake.incoming import signal_of
from gateways.gsm.at import parse
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import InputFailed, SmsFailed, SmsReceived
from gateways.gsm.driver.ussd import UssdRequest, answer_at_timeout, process_line
from gateways.gsm.sms.aml import read_aml
from gateways.gsm.sms.inbox import Inbox, listed_pdus
from gateways.gsm.sms.pending_messages import PendingTexts
from messages.ids import Instant, LineId
from model.credit import parse_amount

NOW: Final = Instant(1_800_000_000_000_000)
CODES: Final = (
    *(
        "+CLIP:",
        "+CLCC:",
        "+CMTI:",
        "+CMT:",
        "+CDS:",
        "+CREG:",
        "+CEREG:",
        "+CSQ:",
        "+CUSD:",
        "+CCWA:",
        "+CIEV:",
    ),
    *(
        "+COLP:",
        "+CPIN:",
        "+CSSU:",
        "+CSSI:",
        "+CMGL:",
        "+CME ERROR:",
        "+QIND:",
        "^CEND:",
        "^DSCI:",
        "^CONN:",
    ),
    *("^ORIG:", "^SLCC:", "#ECAM:", "*ECAV:", "+UCALLSTAT:", "+WIND:", "^CCALLSTATE:", "VOICE CALL: END:"),
    *("MISSED_CALL:", "HANGUP:", "RING", "NO CARRIER", "BUSY", "OK", "ERROR", "+CRING: VOICE"),
)
_AML: Final = ("lt", "lg", "rd", "top", "lc", "pm", "mcc", "mnc", "ml")
_TIMES: Final = ("20261124141935", "99991231235959", "00010101000000", "20260230000000")
_LETTERS: Final = '0123456789,"+-.:;= ABCDEF*#\x80\xe9\xff\u0663'
_CENTRE: Final = bytes.fromhex("00040C919333131122320000")


class Players:
    """A driver of each dialect, and the other readers of a line."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.drivers = [Driver(installed_dialects(), name) for name in installed_dialects().names()]
        for driver in self.drivers:
            driver.on_port_opened(0.0)
        self.inbox, self.texts = Inbox("IT"), PendingTexts(LineId("one"))
        self.now_s = 0.0

    def play(self) -> None:
        """Play one input of each kind."""
        self.now_s += 0.1
        if self.chance.random() < 0.01:
            self.texts = PendingTexts(LineId("one"))
        for one in (self._pdu, self._aml, self._line, self._ussd):
            one()

    def _words(self, most: int) -> str:
        return "".join(self.chance.choice(_LETTERS) for _ in range(self.chance.randrange(most + 1)))

    def _number(self) -> str:
        digits = self.chance.choice("0139") * self.chance.choice((1, 3, 10, 19, 309, 400))
        forms: tuple[Callable[[], str], ...] = (
            lambda: digits,
            lambda: f'"+39{digits}"',
            lambda: "-1",
            lambda: "1.5",
            lambda: "",
            lambda: '""',
            lambda: self._words(12),
        )
        return self.chance.choice(forms)()

    def _pdu(self) -> None:
        head = bytearray(_CENTRE if self.chance.random() < 0.7 else b"")
        head += self.chance.randbytes(self.chance.randrange(180))
        for _ in range(self.chance.choice((0, 0, 1, 3))):
            if head:
                head[self.chance.randrange(len(head))] = self.chance.randrange(256)
        pdu = head.hex() if self.chance.random() < 0.95 else self._words(60)
        event = self.inbox.add(pdu, self.now_s, stored=self.chance.randrange(20))
        if isinstance(event, SmsFailed):
            assert " at " not in event.text, f"{event.text}: {pdu}"
            self.texts.add_unreadable(event)
        elif isinstance(event, SmsReceived):
            self._heard(event)
        for late in self.inbox.take_overdue(self.now_s):
            assert isinstance(late, SmsReceived)
            self._heard(late)
        listed_pdus(tuple(f"+CMGL: {self._number()},{self._number()}" for _ in range(3)))

    def _heard(self, event: SmsReceived) -> None:
        self.texts.add(event, NOW)
        for arrived in self.texts.to_publish[-1:]:
            signal_of(arrived, (), NOW)

    def _aml(self) -> None:
        said = (self._number(), self._words(6), "+45.1", self.chance.choice(_TIMES))
        fields = self.chance.sample(_AML, self.chance.randrange(len(_AML) + 1))
        body = ";".join(f"{name}={self.chance.choice(said)}" for name in fields)
        text = f'{self._words(5)}A"ML={self.chance.choice(("1;lt=45.1;lg=9.1", self._words(3)))};{body}'
        read_aml(text.encode("latin-1", "replace"))
        self._heard(
            SmsReceived(
                at_s=self.now_s,
                sender=self.chance.choice(("+393331234567", "112", "Vodafone", "", self._words(12))),
                number=None,
                text=text,
                data=b"",
                sent_at=self.chance.choice(("", "2026-11-24T14:19:35+00:00", self._words(20))),
                stored=(1,),
            )
        )

    def _line(self) -> None:
        rest = ",".join(self._number() for _ in range(self.chance.randrange(9)))
        line = f"{self.chance.choice(CODES)}{self.chance.choice(('', ' '))}{rest}"
        for reader in (parse.parse_clcc, parse.parse_csq, parse.parse_cpin, parse.parse_technology):
            reader(line)
        parse.parse_emergency_numbers(line)
        parse.parse_creg(line, answer=self.chance.random() < 0.5)
        parse.parse_iccid((line,))
        parse.parse_imei((line,))
        driver = self.chance.choice(self.drivers)
        driver.receive(f"\r\n{line}\r\n".encode("latin-1", "replace"), self.now_s)
        driver.tick(self.now_s)
        driver.take_output(self.now_s)
        failed = [event for event in driver.take_events() if isinstance(event, InputFailed)]
        assert not failed, f"{failed[0].error}: {line!r}"

    def _ussd(self) -> None:
        question = UssdRequest("*123#", self.now_s + 5)
        for line in (f'+CUSD: {self._number()},"{self._words(80)}', f'{self._words(40)}",{self._number()}'):
            question, answer, _ = process_line(question, line, self.now_s)
            answer = answer or answer_at_timeout(question, self.now_s + 3)
            if answer is not None:
                parse_amount(answer.text, r"([0-9]+(?:[.,][0-9]+)?)")
