"""Short messages of a modem: PDUs, SMS-DELIVER written and SMS-SUBMIT read (TS 23.040 9.2, TS 23.038 6);
shown at once or stored, depending on +CNMI; sent through +CMGS (TS 27.005, PDU mode only). Also the network's
answers to a code (`*123#`), as passed on by modems of many makes (TS 27.007 7.15).

Must not parse command lines. Memory is bounded: a full store refuses, as a SIM does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from simulator.modem.settings import Parameters
from simulator.modem.vices import Vices
from simulator.network.call import Network

ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {"^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
ESCAPE = 27
SERVICE_CENTRE = "+390200009999"
SEVEN_BIT, EIGHT_BIT, UCS2 = 0x00, 0x04, 0x08
SEPTETS, SEPTETS_OF_PART, OCTETS, OCTETS_OF_PART = 160, 153, 140, 134
"""Capacity of a single message, and of a part of a longer one beside its header."""


class Submitted(NamedTuple):
    """Message sent by the host; `text` is empty for 8-bit data."""

    to: str
    text: str
    data: bytes
    part: tuple[int, int, int] | None = None
    """Part of a longer message: its reference, number of parts, and number of this part, from 1."""
    report: bool = False
    """True if a status report is requested (TP-SRR)."""


def deliver_pdus(sender: str, text: str, at_s: float, reference: int) -> list[tuple[str, int]]:
    """Return the PDUs that the receiver's modem shows: per part the PDU in hex, and the length in +CMT."""
    plain = _septets(text)
    if plain is not None:
        coding, parts = SEVEN_BIT, _parts(plain, SEPTETS, SEPTETS_OF_PART)
    else:
        coding, parts = UCS2, _parts([one.encode("utf-16-be") for one in text], OCTETS, OCTETS_OF_PART)
    return [
        _deliver(sender, coding, part, (reference % 256, len(parts), place) if len(parts) > 1 else None, at_s)
        for place, part in enumerate(parts, 1)
    ]


def read_submit(pdu: str) -> Submitted:
    """Decode the host's PDU after AT+CMGS. Raises ValueError if invalid."""
    octets = bytes.fromhex(pdu)
    tpdu = octets[octets[0] + 1 :] if octets else b""
    try:
        first, digits = tpdu[0], tpdu[2]
        at = 4 + (digits + 1) // 2
        to = ("+" if tpdu[3] & 0x70 == 0x10 else "") + _from_semi_octets(tpdu[4:at])[:digits]
        coding = tpdu[at + 1] & 0x0C
        at += 2 + {0x00: 0, 0x10: 1}.get(first & 0x18, 7)  # validity period, by its format
        length, body = tpdu[at], tpdu[at + 1 :]
        header = body[0] + 1 if first & 0x40 else 0
        part = (body[3], body[4], body[5]) if header == 6 and body[1] == 0 else None
    except IndexError as error:
        raise ValueError("the PDU is cut short") from error
    if first & 0x03 != 0x01:
        raise ValueError("not an SMS-SUBMIT")
    report = bool(first & 0x20)
    if coding == SEVEN_BIT:
        return Submitted(to, _text(_unpack(body, length)[(header * 8 + 6) // 7 :]), b"", part, report)
    if coding == UCS2:
        return Submitted(to, body[header:length].decode("utf-16-be"), b"", part, report)
    return Submitted(to, "", body[header:length], part, report)


def report_pdu(to: str, reference: int, status: int, sent_at_s: float, at_s: float) -> tuple[str, int]:
    """Return the status report that the sender's modem shows (9.2.2.3): in hex, and the length in +CDS."""
    digits = to.lstrip("+")
    tpdu = (
        bytes([0x06, reference, len(digits), 0x91 if to.startswith("+") else 0x81])
        + _to_semi_octets(digits)
        + _timestamp(sent_at_s)
        + _timestamp(at_s)
        + bytes([status])
    )
    centre = b"\x91" + _to_semi_octets(SERVICE_CENTRE.lstrip("+"))
    return (bytes([len(centre)]) + centre + tpdu).hex().upper(), len(tpdu)


def pack_text(text: str) -> bytes:
    """Return the text's septets packed in octets (TS 23.038 6.1.2.3). Raises ValueError for a character
    outside of the alphabet.
    """
    septets = _septets(text)
    if septets is None:
        raise ValueError(f"not in the alphabet: {text!r}")
    return _pack(b"".join(septets))


def unpack_text(octets: bytes) -> str:
    """Return the text of packed septets; a last septet of zeros is fill."""
    return _text(_unpack(octets, len(octets) * 8 // 7)).rstrip(ALPHABET[0])


def _deliver(
    sender: str, coding: int, part: bytes, place: tuple[int, int, int] | None, at_s: float
) -> tuple[str, int]:
    header = b"" if place is None else bytes([5, 0, 3, *place])
    if coding == SEVEN_BIT:
        skipped = (len(header) * 8 + 6) // 7
        length, body = skipped + len(part), _pack(bytes(skipped) + part)
        body = header + body[len(header) :]
    else:
        length, body = len(header) + len(part), header + part
    digits = sender.lstrip("+")
    origin = bytes([len(digits), 0x91 if sender.startswith("+") else 0x81]) + _to_semi_octets(digits)
    tpdu = (
        bytes([0x44 if header else 0x04])
        + origin
        + bytes([0, coding])
        + _timestamp(at_s)
        + bytes([length])
        + body
    )
    centre = b"\x91" + _to_semi_octets(SERVICE_CENTRE.lstrip("+"))
    return (bytes([len(centre)]) + centre + tpdu).hex().upper(), len(tpdu)


def _septets(text: str) -> list[bytes] | None:
    """Return one septet or two per character; None if the alphabet lacks a character."""
    found: list[bytes] = []
    for one in text:
        if one in EXTENSION:
            found.append(bytes([ESCAPE, EXTENSION[one]]))
        elif one in ALPHABET and one != ALPHABET[ESCAPE]:
            found.append(bytes([ALPHABET.index(one)]))
        else:
            return None
    return found


def _text(septets: bytes) -> str:
    extended = {code: one for one, code in EXTENSION.items()}
    text, escaped = "", False
    for septet in septets:
        if escaped:
            text, escaped = text + extended.get(septet, " "), False
        elif septet == ESCAPE:
            escaped = True
        else:
            text += ALPHABET[septet]
    return text


def _parts(characters: list[bytes], alone: int, of_part: int) -> list[bytes]:
    """Split into as few parts as possible, without splitting a character."""
    if sum(map(len, characters)) <= alone:
        return [b"".join(characters)]
    parts = [b""]
    for one in characters:
        if len(parts[-1]) + len(one) > of_part:
            parts.append(b"")
        parts[-1] += one
    return parts


def _pack(septets: bytes) -> bytes:
    number = sum(septet << 7 * place for place, septet in enumerate(septets))
    return number.to_bytes((7 * len(septets) + 7) // 8, "little")


def _unpack(octets: bytes, count: int) -> bytes:
    number = int.from_bytes(octets, "little")
    return bytes(number >> 7 * place & 0x7F for place in range(count))


def _to_semi_octets(digits: str) -> bytes:
    """Return semi-octets, the first digit in the low half (TS 23.040 9.1.2.3)."""
    if len(digits) % 2:
        digits += "F"
    return bytes.fromhex("".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2)))


def _from_semi_octets(octets: bytes) -> str:
    return "".join(pair[::-1] for pair in octets.hex(" ").upper().split())


def _timestamp(at_s: float) -> bytes:
    """Return the service centre time stamp, in UTC (TS 23.040 9.2.3.11)."""
    return _to_semi_octets(time.strftime("%y%m%d%H%M%S", time.gmtime(at_s)) + "00")


CAPACITY = 20
SHOWN, NOTIFIED = 2, 1
"""<mt> of +CNMI: the message itself as +CMT; only its arrival, as +CMTI."""
REPORTED = 1
"""<ds> of +CNMI: the report itself as +CDS."""


class Mailbox:
    """Store of one SIM, with its number, and the message being written."""

    def __init__(
        self,
        number: str,
        network: Network,
        parameters: Parameters,
        send_unsolicited: Callable[[list[str]], None],
    ) -> None:
        self._number = number
        self._network = network
        self._parameters = parameters
        self.prompted = False
        """True after the prompt for a PDU: bytes are no commands until Ctrl-Z or ESC."""
        self._send_unsolicited = send_unsolicited
        self._stored: dict[int, tuple[str, int]] = {}
        self._reference = 0

    def receive(self, pdus: list[tuple[str, int]], host_listens: bool) -> bool:
        """Take the parts of one message from the network; return False without room."""
        mode = self._parameters.at("+CNMI", 1)
        if mode == SHOWN and host_listens:
            for pdu, length in pdus:
                self._send_unsolicited([f"+CMT: ,{length}\r\n{pdu}"])
            return True
        if len(self._stored) + len(pdus) > CAPACITY:
            return False
        for part in pdus:
            index = next(index for index in range(CAPACITY) if index not in self._stored)
            self._stored[index] = part
            if mode in (SHOWN, NOTIFIED):
                self._send_unsolicited([f'+CMTI: "SM",{index}'])
        return True

    def read(self, index: int) -> list[str] | None:
        """Return the answer to +CMGR; None if there is no such message."""
        if index not in self._stored:
            return None
        pdu, length = self._stored[index]
        return [f"+CMGR: 1,,{length}", pdu]

    def listed(self) -> list[str]:
        """Return the answer to +CMGL."""
        return [
            line
            for index, (pdu, n) in sorted(self._stored.items())
            for line in (f"+CMGL: {index},1,,{n}", pdu)
        ]

    def delete(self, index: int | None) -> bool:
        """Handle +CMGD; None: all messages. Return False if there is no such message."""
        if index is None:
            self._stored.clear()
            return True
        return self._stored.pop(index, None) is not None

    def send(self, pdu: str, error: int | None, now_s: float) -> list[str]:
        """Return the answer to the host's complete PDU. `error`: the network's refusal (TS 27.005 3.2.5).

        A status report is lost if the host has not enabled reports.
        """
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
                self._send_unsolicited([f"+CDS: {length}\r\n{text}"])

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


USSD_TAKES_S = 2.0
NO_MORE, ENDED = 0, 2
"""<m>: no further action needed; session ended by the network."""


def is_ussd_code(written: str, *, packed: bool) -> bool:
    """Return True if the host has written a code, in the form that this modem requires."""
    try:
        code = unpack_text(bytes.fromhex(written)) if packed else written
    except ValueError:
        return False
    return code[:1] in ("*", "#") and code.endswith("#") and set(code) <= set("*#0123456789")


def ussd_lines(vices: Vices) -> list[str]:
    """Return the unsolicited lines; empty if the network does not answer."""
    words = vices.ussd or ""
    match vices.ussd_form:
        case "ended":
            return [f"+CUSD: {ENDED}"]
        case _ if not words:
            return []
        case "packed":
            return [f'+CUSD: {NO_MORE},"{pack_text(words).hex().upper()}",15']
        case "ucs2":
            return [f'+CUSD: {NO_MORE},"{words.encode("utf-16-be").hex().upper()}",72']
        case _:
            return f'+CUSD: {NO_MORE},"{words}",15'.split("\n")
