"""A phone as the center's peer: its offer, its checks, its handshake, and the sound that it sends."""

from __future__ import annotations

import datetime
import hmac
import re
import secrets
import struct

import pylibsrtp
from OpenSSL import SSL

from features.ear.webrtc.dtls import new_identity

OPUS = 111
RED = 63
FRAME_TICKS = 960

CHROMIUM = "\r\n".join(
    (
        *("v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"),
        *("a=extmap-allow-mixed", "a=msid-semantic: WMS"),
        *("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126", "c=IN IP4 0.0.0.0"),
        *("a=rtcp:9 IN IP4 0.0.0.0", "a=candidate:1 1 udp 2113937151 8c1a.local 54400 typ host generation 0"),
        *("a=ice-ufrag:{ufrag}", "a=ice-pwd:{password}", "a=ice-options:trickle"),
        *("a=fingerprint:sha-256 {fingerprint}", "a=setup:actpass", "a=mid:0"),
        *("a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "a=sendonly", "a=msid:- 5f1c"),
        *("a=rtcp-mux", "a=rtcp-rsize", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc"),
        *("a=fmtp:111 minptime=10;useinbandfec=1", "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"),
        *("a=rtpmap:9 G722/8000", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=ssrc:77 cname:x"),
        *("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:1", ""),
    )
)
"""The offer of Chromium, with a data channel, shortened."""


class Phone:
    """A phone with one microphone. Nothing is sent: every method returns datagrams."""

    def __init__(self, *, red: bool = True) -> None:
        self.identity = new_identity(datetime.datetime.now(datetime.UTC))
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(16)
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.use_certificate(self.identity.certificate)
        context.use_privatekey(self.identity.key)
        context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
        self._tls = SSL.Connection(context, None)
        self._tls.set_connect_state()
        self._sent: pylibsrtp.Session | None = None
        self._received: pylibsrtp.Session | None = None
        self._red = red
        self._answer = ""
        self.sequence, self.timestamp = 65_530, 2**32 - 3 * FRAME_TICKS
        self._last = b""

    def offer(self, fingerprint: str = "") -> str:
        """The phone's offer, or one with another certificate's fingerprint."""
        made = CHROMIUM if self._red else CHROMIUM.replace("a=rtpmap:63 red/48000/2\r\n", "")
        return made.format(
            ufrag=self.ufrag, password=self.password, fingerprint=fingerprint or self.identity.fingerprint
        )

    def accept(self, answer: str) -> None:
        self._answer = answer

    def _of_answer(self, name: str) -> str:
        return re.search(rf"^a={name}:(\S+)", self._answer, re.MULTILINE)[1]  # type: ignore[index]

    def check(self, *, nominated: bool = True, password: str = "") -> bytes:
        """A connectivity check (RFC 8489)."""
        name = f"{self._of_answer('ice-ufrag')}:{self.ufrag}".encode()
        body = struct.pack("!HH", 6, len(name)) + name + bytes(-len(name) % 4)
        body += b"\x00\x25\x00\x00" if nominated else b""
        head = struct.pack("!HHI12s", 1, len(body) + 24, 0x2112A442, secrets.token_bytes(12))
        key = (password or self._of_answer("ice-pwd")).encode()
        return head + body + b"\x00\x08\x00\x14" + hmac.digest(key, head + body, "sha1")

    def handshake(self, *received: bytes) -> list[bytes]:
        """What the phone says to these datagrams of the center."""
        for datagram in received:
            self._tls.bio_write(datagram)
        try:
            self._tls.do_handshake()
            self._protect()
        except SSL.WantReadError:
            pass
        try:
            return [self._tls.bio_read(1 << 16)]
        except SSL.WantReadError:
            return []

    def _protect(self) -> None:
        if self._sent is None:
            made = self._tls.export_keying_material(b"EXTRACTOR-dtls_srtp", 60)
            policy = pylibsrtp.Policy
            sent, received = made[:16] + made[32:46], made[16:32] + made[46:]
            self._sent = pylibsrtp.Session(policy(sent, policy.SSRC_ANY_OUTBOUND))
            self._received = pylibsrtp.Session(policy(received, policy.SSRC_ANY_INBOUND))

    @property
    def connected(self) -> bool:
        return self._sent is not None

    def say(self, frame: bytes, ssrc: int = 77) -> bytes:
        """The next packet, with the frame before it as well if the phone uses RED."""
        assert self._sent is not None
        kind, payload = OPUS, frame
        if self._red:
            word = 0x8000_0000 | OPUS << 24 | FRAME_TICKS << 10 | len(self._last)
            kind, payload = RED, word.to_bytes(4, "big") + bytes((OPUS,)) + self._last + frame
        self._last = frame
        head = struct.pack("!BBHII", 0x80, kind, self.sequence % 65_536, self.timestamp % 2**32, ssrc)
        self.sequence, self.timestamp = self.sequence + 1, self.timestamp + FRAME_TICKS
        return self._sent.protect(head + payload)

    def skip(self) -> None:
        """A packet is lost on its way."""
        self.sequence, self.timestamp = self.sequence + 1, self.timestamp + FRAME_TICKS

    def read_report(self, data: bytes) -> bytes:
        """A receiver report of the center."""
        assert self._received is not None
        return self._received.unprotect_rtcp(data)

    def by_dtls(self, data: bytes) -> bytes:
        """A record that is no sound, as of a data channel."""
        self._tls.send(data)
        return self._tls.bio_read(1 << 16)

    def farewell(self) -> bytes:
        """The phone ends the session."""
        self._tls.shutdown()
        return self._tls.bio_read(1 << 16)

    def ended(self, *received: bytes) -> bool:
        """True if the center has said farewell."""
        for datagram in received:
            self._tls.bio_write(datagram)
        try:
            self._tls.recv(100)
        except SSL.ZeroReturnError:
            return True
        except SSL.WantReadError:
            return False
        return False
