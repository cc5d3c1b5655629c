"""How a modem's own settings stand against its dialect, by answers as real modems have given them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateways.gsm.dialects.dialect import Kept
from gateways.gsm.dialects.kept_settings import (
    SettingState,
    setting_commands,
    setting_state,
    settings_to_check,
)
from gateways.gsm.dialects.loading import DIALECT_DIRECTORY, Dialects
from gateways.gsm.errors import DialectError
from tests.gateways.gsm.bench import DIALECTS
from tests.support.each import each


def named(name: str, dialect: str = "quectel_ec2x") -> Kept:
    return next(one for one in DIALECTS.get(dialect).data.kept if one.name == name)


@each(
    ("name", "line", "expected"),
    [
        ("ims", '+QCFG: "ims",1,1', SettingState.MATCHES),
        ("ims", '+QCFG: "ims",1,0', SettingState.MATCHES),
        ("ims", '+QCFG: "ims",0,1', SettingState.MATCHES),
        ("ims", '+QCFG: "ims",0,0', SettingState.DIFFERS),
        ("ims", '+QCFG: "ims",0', SettingState.DIFFERS),
        ("ims", '+QCFG: "ims",2,0', SettingState.DIFFERS),
        ("carrier_profile", '+QMBNCFG: "AutoSel",0', SettingState.DIFFERS),
        ("service_domain", '+QCFG: "servicedomain",1', SettingState.DIFFERS),
        ("ims_context", '+CGDCONT: 2,"IPV4V6","IMS","0.0.0.0",0,0', SettingState.MATCHES),
        ("ims_context", '+CGDCONT: 1,"IP","internet","0.0.0.0",0,0', SettingState.DIFFERS),
        ("gnss_port", '+QGPSCFG: "outport","usbnmea"', SettingState.DIFFERS),
        ("gnss_port", '+QGPSCFG: "outport","none"', SettingState.MATCHES),
        ("usb_audio", '+QCFG: "usbcfg",0x2C7C,0x0125,1,1,1,1,1,0,1', SettingState.MATCHES),
        ("usb_audio", '+QCFG: "usbcfg",11308,293,1,1,1,1,1,0,0', SettingState.DIFFERS),
        ("usb_audio", '+QCFG: "usbcfg",0x2C7C,0x0125,1,1,1,1,1,0', SettingState.UNKNOWN),
    ],
)
def test_a_setting_stands_as_its_answer_says(name: str, line: str, expected: SettingState) -> None:
    assert setting_state(named(name), (line,)) is expected
    assert setting_state(named(name), None) is SettingState.UNKNOWN, "refused"


def test_of_the_usb_mode_the_seventh_function_alone_is_changed() -> None:
    lines = ('+QCFG: "usbcfg",0x2C7C,0x0125,1,0,1,1,1,1,0',)
    assert setting_commands(named("usb_audio"), lines) == ('AT+QCFG="usbcfg",0x2C7C,0x0125,1,0,1,1,1,1,1',)


def test_a_sound_card_is_wanted_where_it_is_asked_for_alone() -> None:
    quectel = DIALECTS.get("quectel_ec2x")
    assert "usb_audio" not in [one.name for one in settings_to_check(quectel, usb_audio=False)]
    assert "usb_audio" in [one.name for one in settings_to_check(quectel, usb_audio=True)]


def test_what_one_family_keeps_another_that_extends_it_does_not() -> None:
    assert DIALECTS.get("simcom7600").data.kept
    assert not DIALECTS.get("simcom_a76xx").data.kept


def test_a_setting_that_uses_what_its_shape_does_not_find_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text(
        'extends = "3gpp"\nname = "Odd"\n[[kept]]\nname = "a"\nask = "AT+A?"\nwanted = "1"\n'
        'set = ["AT+A={others}"]\nwhy = "x"\n'
    )
    with pytest.raises(DialectError, match=r"odd\.toml: `shape` has no such group: 'others'.*kept\[0\]\.set"):
        Dialects.load(DIALECT_DIRECTORY, tmp_path)
