"""Offer of a phone and answer of the center: one microphone over one bundled path. Pure.

SDP by RFC 8866; WebRTC's use of it by RFC 8829; ICE attributes by RFC 8839; RED for audio by RFC 2198. The
candidates of an offer are ignored: the phone checks the center, never the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

MAX_BYTES: Final = 16_384
"""Longest accepted offer; Chromium's has 3,500 bytes."""
_MAX_SECTIONS: Final = 4
_UFRAG: Final = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD: Final = re.compile(r"[A-Za-z0-9+/]{22,256}")
_MID: Final = re.compile(r"[!#$%&'*+.^_`{|}~A-Za-z0-9-]{1,32}")
_SHA256: Final = re.compile(r"sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", re.IGNORECASE)
_RTPMAP: Final = re.compile(r"(\d{1,3}) (opus|red)/48000/2", re.IGNORECASE)
_MEDIA: Final = re.compile(r"(audio|video|application) \d{1,5} ([A-Z/]+) (.+)")
_PROFILES: Final = frozenset({"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP"})
_OPUS_PARAMETERS: Final = (
    "minptime=20;useinbandfec=1;usedtx=0;stereo=0;maxplaybackrate=16000;maxaveragebitrate=24000"
)
"""Wide band, mono, 24 kbit/s, and no discontinuous transmission: a quiet room must differ from a dead phone.
The sender's encoder obeys the parameters of the answer (RFC 7587, 7).
"""
_HOST_PRIORITY: Final = (126 << 24) + (65_535 << 8) + 255
"""Priority of a host candidate of component 1 (RFC 8445, 5.1.2.1)."""


class OfferError(ValueError):
    """The offer cannot be accepted. The text names the part of the offer and the requirement."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of an offer that the center needs."""

    sections: tuple[tuple[str, str, str], ...]
    """Kind, profile and formats of each media section: the answer has the same sections, in this order."""
    audio: int
    """Index of the microphone's section."""
    mid: str
    ufrag: str
    password: str
    fingerprint: str
    """SHA-256 of the phone's certificate: 32 bytes in hexadecimal, upper case, with colons."""
    opus: int
    """Payload type of Opus."""
    red: int | None
    """Payload type of redundant Opus; None if the phone offers none."""


def parse_offer(text: str) -> Offer:
    """Return the offer. Raises OfferError."""
    if len(text) > MAX_BYTES:
        raise OfferError(f"the offer has {len(text)} bytes: the limit is {MAX_BYTES}")
    head, *parts = re.split(r"^m=", text.replace("\r\n", "\n"), flags=re.MULTILINE)
    if not head.startswith("v=0\n"):
        raise OfferError('the offer does not begin with "v=0"')
    if not 1 <= len(parts) <= _MAX_SECTIONS:
        raise OfferError(f"the offer has {len(parts)} media sections: one microphone is accepted")
    media = [_MEDIA.fullmatch(part.partition("\n")[0]) for part in parts]
    sections = tuple((one[1], one[2], one[3]) for one in media if one is not None)
    audio = [index for index, (kind, _, _) in enumerate(sections) if kind == "audio"]
    if len(sections) < len(parts) or len(audio) != 1 or any(kind == "video" for kind, _, _ in sections):
        raise OfferError("the media sections are not exactly one microphone (m=audio), at most with data")
    (index,) = audio
    if sections[index][1] not in _PROFILES:
        raise OfferError(f"m=audio: the profile is {sections[index][1]}: UDP/TLS/RTP/SAVPF is required")
    own, shared = _attributes(parts[index]), _attributes(head)
    opus, red = _payload_types(own, sections[index][2].split())
    _require_path(own, shared)
    return Offer(
        sections=sections,
        audio=index,
        mid=_value(own, (), "mid", _MID),
        ufrag=_value(own, shared, "ice-ufrag", _UFRAG),
        password=_value(own, shared, "ice-pwd", _PASSWORD),
        fingerprint=_value(own, shared, "fingerprint", _SHA256).partition(" ")[2].upper(),
        opus=opus,
        red=red,
    )


def answer(
    offer: Offer, *, ufrag: str, password: str, fingerprint: str, addresses: Sequence[tuple[str, int]]
) -> str:
    """Return the answer: the center receives the microphone, and every other section is refused.

    `fingerprint`: SHA-256 of the center's certificate, as in `Offer`. `addresses`: public addresses and UDP
    ports of the center.
    """
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite", f"a=group:BUNDLE {offer.mid}"]
    for index, (kind, profile, formats) in enumerate(offer.sections):
        if index != offer.audio:
            lines += [f"m={kind} 0 {profile} {formats}", "c=IN IP4 0.0.0.0", "a=inactive"]
            continue
        accepted = offer.opus if offer.red is None else f"{offer.red} {offer.opus}"
        lines += [f"m=audio 9 {profile} {accepted}", "c=IN IP4 0.0.0.0", f"a=mid:{offer.mid}", "a=recvonly"]
        lines += ["a=rtcp-mux", f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}"]
        lines += [f"a=fingerprint:sha-256 {fingerprint}", "a=setup:passive"]
        if offer.red is not None:
            # The first format is what the phone sends: every frame twice, the second time 20 ms later.
            lines += [f"a=rtpmap:{offer.red} red/48000/2", f"a=fmtp:{offer.red} {offer.opus}/{offer.opus}"]
        lines += [f"a=rtpmap:{offer.opus} opus/48000/2", f"a=fmtp:{offer.opus} {_OPUS_PARAMETERS}"]
        lines += ["a=ptime:20", *_candidates(addresses), "a=end-of-candidates"]
    return "\r\n".join((*lines, ""))


def _candidates(addresses: Iterable[tuple[str, int]]) -> Iterable[str]:
    for number, (host, port) in enumerate(addresses):
        priority = _HOST_PRIORITY - (number << 8)
        yield f"a=candidate:{number + 1} 1 udp {priority} {host} {port} typ host"


def _attributes(part: str) -> tuple[str, ...]:
    return tuple(line[2:] for line in part.split("\n") if line.startswith("a="))


def _value(own: Sequence[str], shared: Sequence[str], name: str, form: re.Pattern[str]) -> str:
    """Return the attribute's value of the media section, or else of the session. Raises OfferError."""
    for attributes in (own, shared):
        for one in attributes:
            key, _, value = one.partition(":")
            if key == name and form.fullmatch(value):
                return value
    raise OfferError(f"a={name} is missing or malformed")


def _require_path(own: Sequence[str], shared: Sequence[str]) -> None:
    """Raise OfferError unless RTP and RTCP share one path on which the phone opens the DTLS connection."""
    if "rtcp-mux" not in own:
        raise OfferError("a=rtcp-mux is missing: RTP and RTCP must share a port")
    if not {"setup:actpass", "setup:active"} & {*own, *shared}:
        raise OfferError("a=setup is neither actpass nor active: the phone must open the DTLS connection")


def _payload_types(own: Sequence[str], formats: Sequence[str]) -> tuple[int, int | None]:
    """Return the payload types of Opus and of redundant Opus. Raises OfferError."""
    found: dict[str, int] = {}
    for one in own:
        match = _RTPMAP.fullmatch(one.removeprefix("rtpmap:")) if one.startswith("rtpmap:") else None
        if match is not None and match[1] in formats and int(match[1]) < 128:
            found.setdefault(match[2].lower(), int(match[1]))
    if "opus" not in found:
        raise OfferError("m=audio: no format is opus/48000/2")
    return found["opus"], found.get("red")
