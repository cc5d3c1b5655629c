"""One phone's session on the shared UDP port: connectivity checks, handshake, and the voice that follows.

Sends nothing itself: every method returns the datagrams for the phone. Hostile input costs the session at
most.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import pylibsrtp

from features.ear.webrtc.dtls import DtlsHandshake, Identity, SrtpKeys
from features.ear.webrtc.rtp import (
    Datagram,
    FrameNumbers,
    Reception,
    datagram_kind,
    parse_packet,
    redundant_frames,
)
from features.ear.webrtc.sdp import Offer, answer
from features.ear.webrtc.stun import Check, answer_check

Address = tuple[str, int]
Frame = tuple[int, bytes]
"""Number of a frame, and its Opus packet."""

REPORT_S: Final = 0.2
"""Interval of the receiver reports: the phone sees by them that it is heard, and its encoder the losses."""
MOVES_AFTER_S: Final = 0.3
"""Silence on the present path after which any check moves the session to the checked path."""


class PhoneSession:
    """Session of one offer."""

    def __init__(self, offer: Offer, identity: Identity, on_frames: Callable[[list[Frame]], None]) -> None:
        self.ufrag: Final = secrets.token_hex(8)
        self._password: Final = secrets.token_hex(16)
        self._offer: Final = offer
        self._identity: Final = identity
        self._dtls: Final = DtlsHandshake(identity, offer.fingerprint)
        self._on_frames: Final = on_frames
        self._numbers: Final = FrameNumbers()
        self._own_ssrc: Final = secrets.randbits(32)
        self._ssrc: int | None = None
        self._reception: Reception | None = None
        self._received: pylibsrtp.Session | None = None
        self._sent: pylibsrtp.Session | None = None
        self._report_at_s = 0.0
        self.path: Address | None = None
        """Address of the phone; None before its first verified check."""
        self.heard_at_s: float | None = None
        """Time of the last packet of the voice; None before the first."""

    def answer(self, addresses: list[Address]) -> str:
        """Return the answer to the offer. `addresses`: public addresses of the shared port."""
        return answer(
            self._offer,
            ufrag=self.ufrag,
            password=self._password,
            fingerprint=self._identity.fingerprint,
            addresses=addresses,
        )

    def check(self, check: Check, sender: Address, now_s: float) -> bytes | None:
        """Return the answer to a connectivity check of `sender`; None for a sender without the password.

        A verified check opens the path; a nominated one of another address moves the session: the phone has
        changed its network.
        """
        if not check.is_authentic(self._password):
            return None
        silent = self.heard_at_s is not None and now_s - self.heard_at_s > MOVES_AFTER_S
        if self.path is None or (self.path != sender and (check.nominated or silent)):
            self.path = sender
        return answer_check(check, self._password, *sender)

    def receive(self, data: bytes, now_s: float) -> list[bytes]:
        """Return the answers to a datagram from the path. Raises DtlsError at the end of the session."""
        match datagram_kind(data):
            case Datagram.DTLS:
                answers = self._dtls.receive(data, now_s)
                if self._dtls.keys is not None and self._received is None:
                    self._protect(self._dtls.keys)
                return answers
            case Datagram.RTP if self._received is not None:
                self._voice(data, now_s)
            case Datagram.RTCP if self._received is not None and self._reception is not None:
                with suppress(pylibsrtp.Error):
                    self._reception.on_control(self._received.unprotect_rtcp(data), now_s)
            case _:
                pass
        return []

    def tick(self, now_s: float) -> list[bytes]:
        """Return what is due: a repeated flight of the handshake, and a receiver report."""
        due: list[bytes] = []
        if self._dtls.repeat_at_s is not None and now_s >= self._dtls.repeat_at_s:
            due += self._dtls.repeat(now_s)
        if self._reception is not None and self._sent is not None and now_s >= self._report_at_s:
            self._report_at_s = now_s + REPORT_S
            due.append(self._sent.protect_rtcp(self._reception.report(self._own_ssrc, now_s)))
        return due

    def close(self) -> list[bytes]:
        """Return the datagrams that end the session at the phone."""
        return self._dtls.close()

    def _protect(self, keys: SrtpKeys) -> None:
        policy = pylibsrtp.Policy
        self._received = pylibsrtp.Session(policy(keys.received, policy.SSRC_ANY_INBOUND))
        self._sent = pylibsrtp.Session(policy(keys.sent, policy.SSRC_ANY_OUTBOUND))

    def _voice(self, data: bytes, now_s: float) -> None:
        if self._received is None:
            return
        try:
            packet = parse_packet(self._received.unprotect(data))
        except pylibsrtp.Error:
            return  # forged, damaged, or received twice
        if packet is None or packet.payload_type not in (self._offer.opus, self._offer.red):
            return
        if self._reception is None:
            self._ssrc, self._reception = packet.ssrc, Reception(packet.ssrc)
        if packet.ssrc != self._ssrc:
            return
        self._dtls.on_media()
        self._reception.on_packet(packet, now_s)
        self.heard_at_s = now_s
        number = self._numbers.number(packet.timestamp)
        if packet.payload_type == self._offer.red:
            frames = [(number - older, frame) for older, frame in redundant_frames(packet.payload)]
        else:
            frames = [(number, packet.payload)] if packet.payload else []
        self._on_frames(frames)
