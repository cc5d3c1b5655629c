"""Sessions on the shared port: from a check to a voice, and who is not heard."""

from __future__ import annotations

import datetime

import pytest

from features.ear.webrtc.dtls import MAX_DATAGRAM, REPEATS_S, datagrams, new_identity
from features.ear.webrtc.sdp import parse_offer
from features.ear.webrtc.session import Address, Frame, PhoneSession
from features.ear.webrtc.shared_port import SharedPort
from tests.features.ear.phone import Phone

HOME: Address = ("192.0.2.1", 50_000)
AWAY: Address = ("198.51.100.9", 40_000)


class Center:
    """The shared port, with what it sends and hears."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.sent: list[tuple[bytes, Address]] = []
        self.heard: list[Frame] = []
        self.ended: list[str] = []
        self.port = SharedPort(
            lambda data, to: self.sent.append((data, to)), lambda _, why: self.ended.append(why)
        )

    def session(self, phone: Phone, offer: str = "") -> PhoneSession:
        made = PhoneSession(
            parse_offer(offer or phone.offer()),
            new_identity(datetime.datetime.now(datetime.UTC)),
            self.heard.extend,
        )
        self.port.add(made)
        phone.accept(made.answer([("203.0.113.1", 443)]))
        return made

    def takes(self, data: bytes, sender: Address = HOME) -> list[bytes]:
        """What the center sends to this datagram, to the sender."""
        self.sent.clear()
        self.port.receive(data, sender, self.now_s)
        assert {to for _, to in self.sent} <= {sender}
        return [sent for sent, _ in self.sent]

    def connect(self, phone: Phone, sender: Address = HOME) -> None:
        assert self.takes(phone.check(), sender)
        said = phone.handshake()
        while said:
            said = phone.handshake(*(answer for one in said for answer in self.takes(one, sender)))
        assert phone.connected


@pytest.fixture
def center() -> Center:
    return Center()


@pytest.mark.parametrize("red", [True, False])
def test_a_phone_is_heard_after_a_check_and_a_handshake(center: Center, red: bool) -> None:
    phone = Phone(red=red)
    center.session(phone)
    center.connect(phone)
    for frame in (b"one", b"two", b"three"):
        assert center.takes(phone.say(frame)) == []
    frames = [(0, b"one"), (1, b"two"), (2, b"three")]
    assert [one for one in frames if one in center.heard] == frames
    assert ((0, b"one") in center.heard[1:]) is red, "every frame comes twice"


def test_a_lost_frame_is_in_the_next_packet(center: Center) -> None:
    phone = Phone()
    center.session(phone)
    center.connect(phone)
    center.takes(phone.say(b"one"))
    phone.say(b"lost")
    center.takes(phone.say(b"three"))
    assert center.heard[-2:] == [(1, b"lost"), (2, b"three")]


def test_nothing_is_sent_to_a_stranger(center: Center) -> None:
    phone = Phone()
    center.session(phone)
    assert center.takes(phone.check(password="wrong")) == []
    assert center.takes(b"\x16" + bytes(60)) == []
    assert center.takes(b"\x00\x01" + bytes(30)) == []
    assert center.takes(b"GET / HTTP/1.1") == []
    center.connect(phone)
    assert center.takes(phone.say(b"sound"), AWAY) == []
    assert center.heard == []
    assert center.port.strangers == 5


def test_a_voice_that_is_forged_repeated_or_another_s_is_not_heard(center: Center) -> None:
    phone = Phone()
    center.session(phone)
    center.connect(phone)
    packet = phone.say(b"one")
    center.takes(packet)
    before = list(center.heard)
    center.takes(packet)
    center.takes(packet[:-1] + bytes((packet[-1] ^ 1,)))
    center.takes(phone.say(b"second source", ssrc=78))
    assert center.heard == before
    assert center.ended == []


def test_a_phone_with_another_certificate_than_its_offer_s_ends(center: Center) -> None:
    phone = Phone()
    center.session(phone, phone.offer(fingerprint=":".join(["AB"] * 32)))
    center.takes(phone.check())
    said = phone.handshake()
    while said and not center.ended:
        said = phone.handshake(*(answer for one in said for answer in center.takes(one)))
    assert center.ended == ["the phone's certificate is not the one of its offer"]
    assert center.takes(phone.check()) == [], "its session is over"


def test_a_flight_that_is_lost_is_sent_again_soon_and_not_for_ever(center: Center) -> None:
    phone = Phone()
    center.session(phone)
    center.takes(phone.check())
    (hello,) = phone.handshake()
    flight = center.takes(hello)
    began_s = center.now_s
    after_s = []
    while center.now_s < began_s + 5:
        center.now_s += 0.02
        center.sent.clear()
        center.port.tick(center.now_s)
        if center.sent:
            assert [sent for sent, _ in center.sent] == flight
            after_s.append(round(center.now_s - began_s, 2))
    assert len(after_s) == len(REPEATS_S)
    assert after_s[0] == pytest.approx(0.15, abs=0.03)
    said = phone.handshake(*flight)
    while said:
        said = phone.handshake(*(answer for one in said for answer in center.takes(one)))
    assert phone.connected


def test_a_phone_sees_five_times_a_second_that_it_is_heard(center: Center) -> None:
    phone = Phone()
    center.session(phone)
    center.connect(phone)
    center.takes(phone.say(b"one"))
    phone.skip()
    center.takes(phone.say(b"three"))
    reports = []
    for _ in range(50):
        center.now_s += 0.02
        center.sent.clear()
        center.port.tick(center.now_s)
        reports += [phone.read_report(sent) for sent, _ in center.sent if sent[1] == 201]
    assert len(reports) == 5
    assert reports[0][8:12] == (77).to_bytes(4, "big")
    assert reports[0][12] == 256 // 3, "a third is lost"


def test_a_phone_in_another_network_goes_on_and_nobody_else_takes_its_place(center: Center) -> None:
    phone = Phone()
    session = center.session(phone)
    center.connect(phone)
    center.takes(phone.say(b"one"))
    center.takes(phone.check(password="wrong"), AWAY)
    assert session.path == HOME
    assert center.takes(phone.check(nominated=False), AWAY), "a check is answered"
    assert session.path == HOME, "it has not been chosen"
    assert center.takes(phone.check(), AWAY)
    assert session.path == AWAY
    center.takes(phone.say(b"two"), AWAY)
    assert center.heard[-1] == (1, b"two")


def test_a_router_that_gives_another_port_is_followed_once_the_phone_is_silent(center: Center) -> None:
    phone = Phone()
    session = center.session(phone)
    center.connect(phone)
    center.takes(phone.say(b"one"))
    center.now_s += 0.5
    center.takes(phone.check(nominated=False), AWAY)
    assert session.path == AWAY


def test_an_ended_session_says_so_at_once(center: Center) -> None:
    phone = Phone()
    session = center.session(phone)
    center.connect(phone)
    center.sent.clear()
    center.port.remove(session)
    assert phone.ended(*(sent for sent, _ in center.sent))
    assert center.takes(phone.say(b"sound")) == []
    assert center.takes(phone.check()) == []


def test_a_phone_that_moves_to_another_s_address_ends_nobody_else_s_session(center: Center) -> None:
    first, second = Phone(), Phone()
    session = center.session(first)
    center.connect(first)
    center.session(second)
    center.connect(second)
    center.port.remove(session)
    center.takes(second.say(b"still heard"))
    assert center.heard[-1] == (0, b"still heard")


def test_what_a_phone_says_by_dtls_is_read_to_its_end(center: Center) -> None:
    phone = Phone()
    center.session(phone)
    center.connect(phone)
    center.takes(phone.say(b"one"))
    for _ in range(20):
        center.takes(phone.by_dtls(b"x" * 300) + phone.by_dtls(b"y" * 300))
    center.takes(phone.farewell())
    assert center.ended == ["the phone has ended the session"]


def test_no_record_is_divided_among_datagrams() -> None:
    records = [
        bytes((22, 0xFE, 0xFD, *bytes(8))) + size.to_bytes(2, "big") + bytes(size) for size in (600, 500, 90)
    ]
    sent = list(datagrams(b"".join(records)))
    assert b"".join(sent) == b"".join(records)
    assert [len(one) for one in sent] == [613 + 513, 103]
    assert max(map(len, sent)) <= MAX_DATAGRAM
