"""What the families tell of a call in codes of their own: switched on, and one after the other."""

from __future__ import annotations

from tests.simulator.world import BUSY, ONE, OPERATOR, USER, World
from tests.support.each import each

HIDDEN = "+393330000099"

ANSWERED = {
    "tdscdma": [
        *(f'^DSCI: 1,0,{stat},0,0,"{USER}",145' for stat in (2, 3, 0)),
        f'^DSCI: 1,0,6,0,0,"{USER}",145,,16,128,"",255',
        "NO CARRIER",
    ],
    "balong": [*(f"^CCALLSTATE: 1,{state},1" for state in (0, 1, 2, 3, 4)), "^CEND:1,5,104,16", "NO CARRIER"],
    "ericsson": [
        f'*ECAV: 1,1,1,,,"{USER}",145',
        *("*ECAV: 1,2,1", "*ECAV: 1,3,1", "*ECAV: 1,0,1,08,016", "NO CARRIER"),
    ],
    "ublox": [*(f"+UCALLSTAT: 1,{stat}" for stat in (2, 3, 7, 0, 6)), "NO CARRIER"],
    "cinterion": [
        *(line for stat in (2, 3, 0) for line in (f'^SLCC: 1,0,{stat},0,0,0,"{USER}",145', "^SLCC:")),
        *("^SLCC:", "NO CARRIER"),
    ],
    "telit": [
        f'#ECAM: 0,1,1,,,"{USER}",145',
        *("#ECAM: 0,2,1,,,", "OK", "#ECAM: 0,3,1,,,", "#ECAM: 0,0,1,,,", "NO CARRIER"),
    ],
    "zte": ["HANGUP: 1", "NO CARRIER"],
    "sim800": ["MO RING", "MO CONNECTED", "NO CARRIER"],
    "wavecom": ["+WIND: 5,1", "+WIND: 2", "OK", "NO CARRIER", "+WIND: 6,1"],
}
SWITCHES = {
    "tdscdma": "AT^DSCI=1",
    "balong": "AT^CURC=1",
    "ericsson": "AT*ECAM=1",
    "ublox": "AT+UCALLSTAT=1",
    "cinterion": "AT^SLCC=1;^SM20=0",
    "telit": "AT#ECAM=1",
    "zte": "AT",
    "sim800": "AT+MORING=1",
    "wavecom": "AT+WIND=255",
}
OK_AT_ONCE = tuple(name for name in ANSWERED if name not in ("telit", "wavecom"))


def switched_on(dialect: str, **modem: object) -> World:
    world = World(dialect, modem=modem, phones=({"number": HIDDEN, "withheld": True},))
    assert world.one.ask(SWITCHES[dialect]) == ["OK"]
    return world


@each("dialect", ANSWERED)
def test_an_answered_call_is_told_in_the_familys_own_codes(dialect: str) -> None:
    world = switched_on(dialect)
    said = world.one.ask(f"ATD{USER};")
    if dialect in OK_AT_ONCE:
        assert said.pop(0) == "OK"
    said += world.one.run(9.0)
    world.carrier.phone_hang_up(USER, world.now_s)
    assert said + world.one.lines() == ANSWERED[dialect]


@each("dialect", ["tdscdma", "ericsson", "ublox", "cinterion", "telit", "wavecom", "sim800", "quectel_ec2x"])
def test_nothing_is_told_before_it_is_switched_on(dialect: str) -> None:
    world = World(dialect)
    assert [line for line in world.one.ask(f"ATD{USER};") + world.one.run(4.5) if line != "OK"] == []


@each(
    ("dialect", "end"),
    [
        ("tdscdma", [f'^DSCI: 1,0,6,0,0,"{BUSY}",145,,17,128,"",255', "BUSY"]),
        ("balong", ["^CCALLSTATE: 1,4,1", "^CEND:1,0,104,17", "BUSY"]),
        ("ericsson", ["*ECAV: 1,7,1", "*ECAV: 1,0,1,08,017", "BUSY"]),
        ("telit", ["#ECAM: 0,7,1,,,", "#ECAM: 0,0,1,,,", "BUSY"]),
        ("cinterion", ["^SLCC:", "BUSY"]),
        ("zte", ["BUSY", "HANGUP: 1"]),
        ("wavecom", ["+WIND: 6,1", "BUSY"]),
    ],
)
def test_who_is_busy_is_told_so(dialect: str, end: list[str]) -> None:
    world = switched_on(dialect)
    world.one.ask(f"ATD{BUSY};")
    assert world.one.run(10) == end


@each(
    ("dialect", "known", "withheld"),
    [
        ("ericsson", f'*ECAV: 1,6,1,,,"{USER}",145', "*ECAV: 1,6,1"),
        ("cinterion", f'^SLCC: 1,1,4,0,0,0,"{USER}",145', "^SLCC: 1,1,4,0,0,0"),
    ],
)
def test_a_withheld_number_is_left_out_of_the_code(dialect: str, known: str, withheld: str) -> None:
    world = switched_on(dialect)
    for caller, code in ((USER, known), (HIDDEN, withheld)):
        world.carrier.phone_call(caller, ONE, world.now_s)
        assert code in world.one.run(1.1)
        world.carrier.phone_hang_up(caller, world.now_s)
        world.one.run(1.0)


def test_of_every_other_call_that_comes_in_u_blox_says_ucallstat_alone() -> None:
    world = switched_on("ublox")
    for said in (["RING", "+UCALLSTAT: 1,4"], ["+UCALLSTAT: 1,4"]):
        world.carrier.phone_call(USER, ONE, world.now_s)
        assert world.one.run(1.1) == said
        world.one.ask("AT+CHUP")


def test_cinterion_lists_every_call_at_the_change_of_one() -> None:
    world = switched_on("cinterion")
    world.one.call(USER)
    world.one.lines()
    world.one.ask("AT+CCWA=1")
    world.carrier.phone_call(OPERATOR, ONE, world.now_s)
    assert world.one.run(1.1)[1:] == [
        f'^SLCC: 1,0,0,0,0,0,"{USER}",145', f'^SLCC: 2,1,5,0,0,0,"{OPERATOR}",145', "^SLCC:",
    ]  # fmt: skip
    world.carrier.phone_hang_up(OPERATOR, world.now_s)
    assert world.one.lines()[:2] == [f'^SLCC: 1,0,0,0,0,0,"{USER}",145', "^SLCC:"]


@each(
    ("dialect", "setting", "ok_after_s"),
    [
        ("cinterion", "AT^SM20=1", 4.0),
        ("cinterion", "AT^SM20=0", 0.0),
        ("telit", "AT#DIALMODE=0", 2.0),
        ("telit", "AT#DIALMODE=1", 4.0),
        ("wavecom", "AT", 4.0),
    ],
)
def test_the_ok_of_the_dial_comes_when_set_to_come(dialect: str, setting: str, ok_after_s: float) -> None:
    world = World(dialect)
    world.one.ask(setting)
    said = world.one.ask(f"ATD{USER};")
    if ok_after_s:
        assert "OK" not in said + world.one.run(ok_after_s - 0.1)
        said = world.one.run(0.2)
    assert "OK" in said


def test_a_byte_ends_a_dial_of_telits_that_does_not_ring_yet_and_harms_none_that_rings() -> None:
    world = World("telit")
    world.one.ask(f"ATD{USER};")
    world.one.run(1.0)
    assert world.one.ask("AT") == ["NO CARRIER"]
    world.one.ask(f"ATD{USER};")
    world.one.run(2.5)
    assert world.one.ask("AT") == ["OK"]
    assert world.one.stats() == [3]


def test_wavecom_remembers_its_indications_through_a_loss_of_power() -> None:
    world = switched_on("wavecom")
    world.one.modem.plug(world.now_s)
    world.one.modem.port_opened(world.now_s)
    assert world.one.ask("ATE0;+WIND?")[-2:] == ["+WIND: 255", "OK"]


def test_wavecom_says_no_ok_behind_a_sim_that_is_ready_and_one_behind_any_other() -> None:
    world = World("wavecom", modem={"pin": "1234"})
    assert world.one.ask("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert world.one.ask('AT+CPIN="1234"') == ["OK"]
    assert world.one.ask("AT+CPIN?") == ["+CPIN: READY"]


def test_balong_tells_a_call_that_is_taken_back_from_one_that_is_answered() -> None:
    world = switched_on("balong")
    world.one.call(USER)
    world.one.lines()
    assert world.one.ask("AT+CHLD=2") == ["^CCALLSTATE: 1,7,1", "OK"]
    assert world.one.ask("AT+CHLD=2") == ["^CCALLSTATE: 1,8,1", "OK"]
