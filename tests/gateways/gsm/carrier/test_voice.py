"""The voice of modems at the simulated carrier, and where it is told to be."""

from __future__ import annotations

from gateways.gsm.driver.events import Ref, VoiceFailed, VoiceReady
from gateways.gsm.line.legs_on_line import LegsOnLine
from messages.base import Gains, Joins, VoicePort
from messages.ids import LineId
from tests.gateways.gsm.carrier.site import USER, Site
from tests.support.each import each


@each("incoming", [False, True])
def test_a_voice_port_left_on_that_dies_when_it_is_armed_late_carries_voice_at_once(incoming: bool) -> None:
    site = Site.set_up("quectel_ec2x", pcm_left=True, late_voice_dead=True)
    for _ in range(2):
        if incoming:
            site.rings(USER, 2.0)
            site.driver.answer(site.driver.calls()[0].call, site.now_s)
        else:
            site.driver.dial(Ref(f"leg {site.now_s}"), USER, site.now_s)
        site.pump()
        while not site.carrier.calls[-1].answered_at_s:
            site.run(0.1)
        assert site.modem.voice.is_flowing()
        site.run(1.0)
        (view,) = site.driver.calls()
        site.hang_up(view.call, 3.0)
    assert len(site.of(VoiceReady)) == 2


@each(
    ("dialect", "vice"),
    [
        ("huawei", {}),
        ("huawei", {"voice": False}),
        *((name, {"data_only": True}) for name in ("huawei", "quectel_ec2x", "simcom7600")),
        ("simcom7600", {"data_only": True, "model": "SIM7670G-MNGV"}),
    ],
)
def test_a_firmware_without_voice_says_so_and_is_not_asked(dialect: str, vice: dict[str, object]) -> None:
    site, voice = Site(dialect, spoken="auto", **vice), not vice
    site.run(1.0)
    assert site.driver.voiceless is not voice
    legs = LegsOnLine(LineId("one"), site.driver, first_number=0, voice_path="/dev/v", number_within_s=1.0)
    assert legs.register.joins is (Joins.HOST if voice else Joins.NETWORK)
    site.answered_call()
    assert len(site.of(VoiceReady)) == (1 if voice else 0)
    assert site.of(VoiceFailed) == []


def test_where_a_lines_voice_is_told_its_gains_are_told_too() -> None:
    site = Site.set_up("huawei")
    gains = Gains(in_db=12.0)
    legs = LegsOnLine(
        LineId("one"), site.driver, first_number=0, voice_path="/dev/v", number_within_s=1.0, gains=gains
    )
    site.answered_call()
    (ready,) = site.of(VoiceReady)
    legs.on_event(ready, site.now_s)
    assert legs.register.voice == VoicePort(path="/dev/v", gains=gains)
