"""Offers of phones, the answer to them, and what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.ear.webrtc.sdp import MAX_BYTES, Offer, OfferError, answer, parse_offer
from tests.features.ear.phone import CHROMIUM

FINGERPRINT = ":".join(["AB"] * 32)
OFFER = CHROMIUM.format(ufrag="abcd", password="p" * 24, fingerprint=FINGERPRINT.lower())


def answered(offer: Offer) -> str:
    return answer(
        offer,
        ufrag="ours",
        password="secret",
        fingerprint=FINGERPRINT,
        addresses=[("198.51.100.7", 443), ("2001:db8::7", 443)],
    )


def test_what_is_needed_of_an_offer() -> None:
    offer = parse_offer(OFFER)
    assert (offer.mid, offer.ufrag, offer.password) == ("0", "abcd", "p" * 24)
    assert (offer.fingerprint, offer.opus, offer.red) == (FINGERPRINT, 111, 63)


def test_attributes_of_the_session_count_for_the_microphone() -> None:
    moved = OFFER.replace("a=ice-ufrag:abcd\r\n", "").replace("t=0 0\r\n", "t=0 0\r\na=ice-ufrag:all4\r\n")
    assert parse_offer(moved).ufrag == "all4"


def test_lines_may_end_with_a_newline_alone() -> None:
    assert parse_offer(OFFER.replace("\r\n", "\n")) == parse_offer(OFFER)


def test_the_answer_takes_the_microphone_and_refuses_the_data_channel() -> None:
    lines = answered(parse_offer(OFFER)).split("\r\n")
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 63 111" in lines
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel" in lines
    assert {"a=ice-lite", "a=recvonly", "a=setup:passive", "a=rtcp-mux", "a=group:BUNDLE 0"} <= set(lines)
    candidates = [line for line in lines if line.startswith("a=candidate:")]
    assert [line.split()[4:6] for line in candidates] == [["198.51.100.7", "443"], ["2001:db8::7", "443"]]
    assert lines[-1] == ""


def test_without_redundancy_opus_alone_is_accepted() -> None:
    offer = parse_offer(OFFER.replace("a=rtpmap:63 red/48000/2\r\n", ""))
    assert offer.red is None
    text = answered(offer)
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" in text
    assert "red" not in text


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("v=0", "v=1", "begin"),
        ("m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 RTP/AVP", "SAVPF"),
        ("m=application", "m=video", "one microphone"),
        ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "one micr"),
        ("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=x", "one microphone"),
        ("a=rtcp-mux\r\n", "", "rtcp-mux"),
        ("a=setup:actpass", "a=setup:passive", "setup"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:a b", "ice-ufrag"),
        ("a=ice-pwd:", "a=ice-pwd:short\r\na=x:", "ice-pwd"),
        ("sha-256", "sha-1", "fingerprint"),
        ("a=rtpmap:111 opus/48000/2\r\n", "", "opus"),
        ("a=rtpmap:111 opus", "a=rtpmap:112 opus", "opus"),
        ("a=mid:0", "a=mid:0 0", "mid"),
    ],
)
def test_what_is_refused_is_named(before: str, after: str, why: str) -> None:
    assert before in OFFER
    with pytest.raises(OfferError, match=re.escape(why)):
        parse_offer(OFFER.replace(before, after, 1))


def test_an_offer_without_end_is_refused() -> None:
    with pytest.raises(OfferError, match="limit"):
        parse_offer(OFFER + "a=x\r\n" * MAX_BYTES)


@given(
    cuts=st.lists(st.tuples(st.integers(0, len(OFFER)), st.integers(0, 40), st.text(max_size=6)), max_size=6)
)
def test_whatever_is_changed_an_offer_is_read_or_refused(cuts: list[tuple[int, int, str]]) -> None:
    changed = OFFER
    for at, size, put in cuts:
        changed = changed[:at] + put + changed[at + size :]
    try:
        made = answered(parse_offer(changed))
    except OfferError:
        return
    assert made.count("m=") == changed.replace("\r\n", "\n").count("\nm=")
