"""A modem's short messages: shown as they come or kept, as +CNMI says; sent through +CMGS (TS 27.005, PDU
mode only).

It must not parse command lines. Memory is bounded: a full store refuses, as a SIM does.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.modem.sms.sms import Submitted, read_submit

CAPACITY = 20
SHOWN, NOTIFIED = 2, 1
"""<mt> of +CNMI: the message itself as +CMT; only that there is one, as +CMTI."""
REPORTED = 1
"""<ds> of +CNMI: a report itself as +CDS."""


class Mailbox:
    """The store of one SIM, and a message that is being written."""

    def __init__(self, say: Callable[[list[str]], None]) -> None:
        self.prompted = False
        """The host has been asked for a PDU: bytes are no commands until Ctrl-Z or ESC."""
        self._say = say
        self._stored: dict[int, tuple[str, int]] = {}
        self._reference = 0

    def receive(self, pdus: list[tuple[str, int]], mode: int, host_listens: bool) -> bool:
        """Parts of one message from the network; False when there is no room."""
        if mode == SHOWN and host_listens:
            for pdu, length in pdus:
                self._say([f"+CMT: ,{length}\r\n{pdu}"])
            return True
        if len(self._stored) + len(pdus) > CAPACITY:
            return False
        for part in pdus:
            index = next(index for index in range(CAPACITY) if index not in self._stored)
            self._stored[index] = part
            if mode in (SHOWN, NOTIFIED):
                self._say([f'+CMTI: "SM",{index}'])
        return True

    def report(self, pdu: tuple[str, int], mode: int) -> None:
        """What became of a message that was sent; lost where the host has not asked to be shown it."""
        if mode == REPORTED:
            text, length = pdu
            self._say([f"+CDS: {length}\r\n{text}"])

    def read(self, index: int) -> list[str] | None:
        """+CMGR; None when there is nothing."""
        if index not in self._stored:
            return None
        pdu, length = self._stored[index]
        return [f"+CMGR: 1,,{length}", pdu]

    def listed(self) -> list[str]:
        """+CMGL."""
        return [
            line
            for index, (pdu, n) in sorted(self._stored.items())
            for line in (f"+CMGL: {index},1,,{n}", pdu)
        ]

    def delete(self, index: int | None) -> bool:
        """+CMGD; None: all."""
        if index is None:
            self._stored.clear()
            return True
        return self._stored.pop(index, None) is not None

    def written(self, pdu: str) -> tuple[Submitted, int]:
        """The host has ended its PDU; returns the message and its reference. Raises ValueError."""
        message = read_submit(pdu)
        self._reference = self._reference % 255 + 1
        return message, self._reference
