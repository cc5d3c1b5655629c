"""Short messages from phones to lines and back, and their bytes."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from simulator.control import text_reports
from simulator.modem.messages import ALPHABET, CAPACITY, EXTENSION, deliver_pdus, read_submit
from simulator.modem.vices import Vices
from tests.simulator.world import ONE, USER, World, each_world

SENT_AT_S = 1_795_529_975.0  # 2026-11-24T14:19:35Z


def test_a_short_message_is_the_bytes_that_the_standard_says() -> None:
    centre, head, stamp = "07919320000099", "99040C919333131122320000", "62114241915300"
    assert deliver_pdus("+393331112223", "hellohello", SENT_AT_S, 0) == [
        (f"{centre}{head}{stamp}0AE8329BFD4697D9EC37", 28)
    ]


def test_what_the_alphabet_lacks_makes_it_ucs2_and_length_makes_it_parts() -> None:
    (pdu, _), *rest = deliver_pdus("+393331112223", "aiuto 🆘", SENT_AT_S, 0)
    assert rest == []
    assert pdu.endswith("aiuto 🆘".encode("utf-16-be").hex().upper())
    parts = deliver_pdus("+393331112223", "x" * 307, SENT_AT_S, 7)
    assert [pdu[36:38] for pdu, _ in parts] == ["00", "00", "00"]
    assert ["050003070301" in parts[0][0], "050003070302" in parts[1][0], "050003070303" in parts[2][0]] == [
        True
    ] * 3
    assert len(deliver_pdus("+393331112223", "x" * 160, SENT_AT_S, 7)) == 1
    assert len(deliver_pdus("+393331112223", "€" * 81, SENT_AT_S, 7)) == 2


def as_submit(pdu: str) -> str:
    """The same message as a host would send it: other first octets, no time stamp."""
    centre = int(pdu[:2], 16)
    tpdu = bytes.fromhex(pdu)[centre + 1 :]
    address = 2 + (tpdu[1] + 1) // 2
    return (
        bytes([0, tpdu[0] & 0x40 | 0x01, 0])
        + tpdu[1 : 1 + address]
        + tpdu[1 + address : 3 + address]
        + tpdu[10 + address :]
    ).hex()


@given(text=st.text(st.sampled_from(ALPHABET.replace("\x1b", "") + "".join(EXTENSION)), max_size=400))
def test_every_text_comes_back(text: str) -> None:
    read = [read_submit(as_submit(pdu)) for pdu, _ in deliver_pdus("+393331112223", text, SENT_AT_S, 3)]
    assert "".join(one.text for one in read) == text
    assert {one.to for one in read} == {"+393331112223"}


@given(st.one_of(st.binary(max_size=40).map(bytes.hex), st.text(max_size=20)))
def test_no_pdu_breaks_the_reader(pdu: str) -> None:
    with contextlib.suppress(ValueError):
        read_submit(pdu)


@each_world
def test_a_message_is_shown_at_once_after_cnmi_2_2_and_kept_otherwise(world: World) -> None:
    world.carrier.phone_sms(USER, ONE, "Aiuto", world.now_s)
    assert world.one.lines() == ['+CMTI: "SM",0']
    head, pdu, ok = world.one.ask("AT+CMGR=0")
    assert (head, ok) == (f"+CMGR: 1,,{len(pdu) // 2 - 8}", "OK")
    assert world.one.ask("AT+CMGL=4")[:2] == [f"+CMGL: 0,1,,{len(pdu) // 2 - 8}", pdu]
    assert world.one.ask("AT+CMGD=0") == ["OK"]
    assert world.one.ask("AT+CMGR=0") == ["ERROR"]
    world.one.ask("AT+CNMI=2,2")
    world.carrier.phone_sms(USER, ONE, "Aiuto", world.now_s)
    assert world.one.lines()[0] == f"+CMT: ,{len(pdu) // 2 - 8}"
    assert world.one.ask("AT+CMGL=4") == ["OK"]


@each_world
def test_a_message_that_nobody_hears_is_kept_until_the_store_is_full(world: World) -> None:
    world.one.ask("AT+CNMI=2,2")
    world.one.modem.port_closed(False, world.now_s)
    for _ in range(CAPACITY + 1):
        world.carrier.phone_sms(USER, ONE, "x", world.now_s)
    assert [message.delivered for message in world.carrier.messages].count(False) == 1
    world.one.modem.port_opened(world.now_s)
    assert len(world.one.ask("AT+CMGL=4")) == 2 * CAPACITY + 1
    assert world.one.ask("AT+CMGD=0,4") == ["OK"]


@each_world
def test_a_host_sends_a_message_or_thinks_better_of_it(world: World) -> None:
    pdu, _ = deliver_pdus(USER, "Arriviamo", SENT_AT_S, 0)[0]
    assert world.one.ask("AT+CMGS=20") == ["> "]
    world.one.write(f"{as_submit(pdu)}\x1a")
    assert world.one.lines() == ["+CMGS: 1", "OK"]
    message = world.carrier.messages[0]
    assert (message.sender, message.to, message.text, message.delivered) == (ONE, USER, "Arriviamo", True)
    world.one.ask("AT+CMGS=20")
    world.one.write("00AT\x1b")
    assert world.one.lines() == ["OK"]
    world.one.ask("AT+CMGS=20")
    world.one.write("nonsense\x1a")
    assert world.one.lines() == ["+CMS ERROR: 304"]
    assert len(world.carrier.messages) == 1
    assert world.one.ask("AT") == ["OK"]


def test_a_phone_shows_a_long_message_as_one_and_only_when_it_is_whole() -> None:
    world = World("3gpp")
    words = "Arriviamo. " * 20
    for pdu, length in deliver_pdus(USER, words, SENT_AT_S, 7):
        assert text_reports(world.carrier.messages, USER) == []
        world.one.ask(f"AT+CMGS={length}")
        world.one.write(f"{as_submit(pdu)}\x1a")
    (shown,) = text_reports(world.carrier.messages, USER)
    assert (shown["from"], shown["text"]) == (ONE, words)


def test_a_network_that_refuses_a_message_or_takes_its_time() -> None:
    world = World("3gpp")
    pdu, length = deliver_pdus(USER, "Arriviamo", SENT_AT_S, 0)[0]
    world.one.modem.change_vices(Vices(message_error=38))
    world.one.ask(f"AT+CMGS={length}")
    world.one.write(f"{as_submit(pdu)}\x1a")
    assert world.one.lines() == ["+CMS ERROR: 38"]
    assert world.carrier.messages == []
    world.one.modem.change_vices(Vices(message_error=0, message_takes_s=4.0))
    world.one.ask(f"AT+CMGS={length}")
    world.one.write(f"{as_submit(pdu)}\x1aAT+CSQ\r")
    assert world.one.lines() == []
    world.run(4.1)
    assert world.one.lines()[:2] == ["+CMGS: 2", "OK"]
    assert len(world.carrier.messages) == 1
