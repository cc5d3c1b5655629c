"""Whatever the host writes, in whatever pieces, and whatever the phones do: nothing breaks, every command has
one end."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import NotNow
from simulator.modem.calls.legs import Stat
from simulator.network.call import CallState
from tests.simulator.world import BUSY, DIALECTS, EARLY, LATE, ONE, OPERATOR, REJECTING, SILENT, USER, World
from tests.support.depth import every, often

FINAL = re.compile(r"OK|ERROR|\+CME ERROR: .*|COMMAND NOT SUPPORT")
NUMBERS = (USER, OPERATOR, BUSY, SILENT, REJECTING, "112", "118", "+39", "", "*43#")
COMMANDS = (
    *("AT", "ATE0", "ATA", "ATH", "AT+CHUP", "AT+CLCC", "AT+CEER", "AT+CSQ;+CREG?", "AT+VTS=1", "AT&D0"),
    *("AT+CCWA=1", "AT+CCWA=0", "AT+CLIP=1", "AT+CRC=1", "AT+CLCC=1", "AT+CMEE=1", "AT+CVHU=0"),
    *("AT+CPCMREG=1", "AT^DDSETEX=2", "AT+QPCMV=1,0", "AT^DSCI=1", 'AT+QINDCFG="ccinfo",1', "AT+MORING=1"),
    *("AT*ECAM=1", "AT#ECAM=1", "AT^SLCC=1", "AT^SM20=0", "AT#DIALMODE=1", "AT+UCALLSTAT=1", "AT+WIND=255"),
    *("AT+QHUP=16,1", "AT+QHUP=16", f'AT+QCHLDIPMPTY="{USER}"'),
    *(f"AT+CHLD={what}" for what in ("0", "1", "2", "3", "4", "11", "12", "21", "22")),
)
dials = st.sampled_from(NUMBERS).map("ATD{};".format)
commands = st.one_of(st.sampled_from(COMMANDS), dials)
quick = settings(max_examples=often(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
OWN_WAYS = tuple(name for name in DIALECTS if name not in ("tdscdma", "balong", "ericsson", "zte"))
"""These four differ from others in their words alone."""
each_dialect = pytest.mark.parametrize("dialect", every(2, [EARLY, *OWN_WAYS]))
each_at_once = pytest.mark.parametrize(
    "dialect", every(2, [name for name in (*OWN_WAYS, EARLY) if name not in LATE])
)


def check(world: World) -> None:
    for modem in world.carrier.modems.values():
        legs = list(modem.line.legs)
        outside = [leg for leg in legs if not leg.mpty]
        assert len({leg.id for leg in legs}) == len(legs)
        assert all(not leg.call.ended for leg in legs)
        assert sum(leg.stat is Stat.ACTIVE for leg in outside) <= 1
        assert sum(
            leg.stat in (Stat.DIALLING, Stat.ALERTING, Stat.INCOMING, Stat.WAITING) for leg in legs
        ) <= 1 + (any(leg.stat is Stat.WAITING for leg in legs))
        assert all(leg.stat is not Stat.HELD and not leg.mpty for leg in legs if leg.call.emergency)
    for call in world.carrier.calls:
        assert (call.state is CallState.ENDED) == (call.ended_at_s is not None) == (call.cause is not None)
    for phone in world.carrier.phones.values():
        assert phone.call is None or not phone.call.ended


@each_at_once
@quick
@given(script=st.lists(st.tuples(commands, st.sampled_from([0.0, 0.5, 1.5, 5.0])), max_size=25))
def test_every_command_has_exactly_one_final_result(dialect: str, script: list[tuple[str, float]]) -> None:
    world = World(dialect)
    for command, pause_s in script:
        said = world.one.ask(command)
        if world.one.modem.muted:  # huawei: +CHLD=1x before ^CONF
            break
        finals = [line for line in said if FINAL.fullmatch(line)]
        assert len(finals) == 1, (command, said)
        world.one.run(pause_s)
        check(world)


@each_dialect
@quick
@given(
    script=st.lists(
        st.one_of(
            commands.map(lambda text: text.encode() + b"\r"),
            st.binary(max_size=30),
            st.sampled_from([b"AT+COLP=1\r", b"AT+CFUN=1,1\r", b"AT+CMGS=9\r", b"0011\x1a", b"\r", b"AT"]),
            st.sampled_from(
                ["wait", "ring", "answer", "hang up", "close", "unplug", "plug", "mute", "garble"]
            ),
        ),
        max_size=40,
    )
)
def test_no_bytes_and_no_events_in_any_order_break_it(dialect: str, script: list[bytes | str]) -> None:
    world = World(dialect)
    modem, carrier = world.one.modem, world.carrier
    for step in script:
        try:
            match step:
                case bytes():
                    modem.feed(step, world.now_s)
                case "ring":
                    carrier.phone_call(OPERATOR, ONE, world.now_s)
                case "answer":
                    carrier.phone_answer(SILENT, world.now_s)
                case "hang up":
                    carrier.phone_hang_up(USER, world.now_s)
                case "close":
                    modem.port_closed(False, world.now_s)
                case "unplug":
                    modem.unplug(world.now_s)
                case "plug":
                    modem.plug(world.now_s)
                case "mute":
                    modem.mute(world.now_s, for_s=2.0)
                case "garble":
                    modem.garble(world.now_s)
        except NotNow:
            pass
        world.run(0.7)
        modem.voice_write(modem.voice_read(320, world.now_s), world.now_s)
        check(world)
    world.run(100)
    check(world)


@each_dialect
@quick
@given(
    script=st.lists(commands, min_size=1, max_size=8),
    cuts=st.lists(st.integers(1, 7), min_size=1, max_size=20),
)
def test_the_pieces_of_which_bytes_come_matter_not(dialect: str, script: list[str], cuts: list[int]) -> None:
    text = "".join(f"{command}\r" for command in script).encode()
    whole, pieces = World(dialect), World(dialect)
    whole.one.modem.feed(text, whole.now_s)
    at = 0
    while at < len(text):
        size = cuts[at % len(cuts)]
        pieces.one.modem.feed(text[at : at + size], pieces.now_s)
        at += size
    assert whole.one.modem.take_output() == pieces.one.modem.take_output()
