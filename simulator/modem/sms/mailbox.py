"""A modem's short messages: shown as they come or kept, as +CNMI says; sent through +CMGS (TS 27.005, PDU
mode only).

It must not parse command lines. Memory is bounded: a full store refuses, as a SIM does.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.modem.at.parameters import Parameters
from simulator.modem.sms.sms import read_submit, report_pdu
from simulator.network.call import Network

CAPACITY = 20
SHOWN, NOTIFIED = 2, 1
"""<mt> of +CNMI: the message itself as +CMT; only that there is one, as +CMTI."""
REPORTED = 1
"""<ds> of +CNMI: a report itself as +CDS."""


class Mailbox:
    """The store of one SIM, whose number it is, and a message that is being written."""

    def __init__(
        self, number: str, network: Network, parameters: Parameters, say: Callable[[list[str]], None]
    ) -> None:
        self._number = number
        self._network = network
        self._parameters = parameters
        self.prompted = False
        """The host has been asked for a PDU: bytes are no commands until Ctrl-Z or ESC."""
        self._say = say
        self._stored: dict[int, tuple[str, int]] = {}
        self._reference = 0

    def receive(self, pdus: list[tuple[str, int]], host_listens: bool) -> bool:
        """Parts of one message from the network; False when there is no room."""
        mode = self._parameters.at("+CNMI", 1)
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

    def send(self, pdu: str, error: int | None, now_s: float) -> list[str]:
        """The host has ended its PDU: what it is told. `error`: why the network takes nothing (TS 27.005
        3.2.5); a report on what it has taken is lost where the host has not asked to be shown any."""
        try:
            message = read_submit(pdu)
        except ValueError:
            return ["+CMS ERROR: 304"]  # invalid PDU mode parameter
        reference = self._reference = self._reference % 255 + 1
        if error:
            return [f"+CMS ERROR: {error}"]
        to = self._network.international(message.to)

        def report(status: int, at_s: float) -> None:
            if self._parameters.at("+CNMI", 3) == REPORTED:
                text, length = report_pdu(to, reference, status, now_s, at_s)
                self._say([f"+CDS: {length}\r\n{text}"])

        self._network.send_message(
            self._number,
            to,
            message.text,
            message.data,
            now_s,
            message.part,
            report if message.report else None,
        )
        return [f"+CMGS: {reference}", "OK"]
