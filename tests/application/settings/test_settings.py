"""Every fault of a settings file is named by its path, and what is valid comes out as it was written."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.errors import SettingsError
from application.settings.file import load, parse
from application.settings.simulation import SIMULATED_PSAP, Simulation, simulation, with_simulation
from application.settings.where import shipped
from messages.base import NO_GAINS, Gains
from messages.ids import LineId, Party
from model.feature import settings_type
from model.rules.calls.withheld_numbers import why_unfit_for_test
from model.settings import Settings
from model.settings.lines import Modem
from tests.application.settings.written import TRUNKS, modem
from tests.support.each import each


def outcome(text: str) -> Settings | tuple[str, ...]:
    try:
        return parse(text)
    except SettingsError as error:
        return error.faults


def test_the_file_that_is_shipped_is_valid_and_says_the_defaults() -> None:
    shipped = load(Path(__file__).parents[3] / "config" / "center.toml")
    assert msgspec.structs.replace(shipped, trunk=()) == settings_type()()
    assert [trunk.name for trunk in shipped.trunk if trunk.emergency] == ["emergency"]


def test_what_the_shipped_file_shows_as_a_comment_is_valid_too(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "config" / "center.toml").read_text()
    lines = []
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        is_key = line.startswith("# ") and (" = " in bare.split("#")[0] or bare.startswith("["))
        lines.append(
            bare if is_key and bare[0] in "[abcdefghijklmnopqrstuvwxyz" and "==" not in bare else line
        )
    # Keys of the top table may not follow another table, and a bare `imei` of the example is a real one.
    settings = parse("\n".join(lines))
    assert settings.user.busy_retry_s == 4
    assert settings.modem[0].name == "milano1"
    assert settings.psap.route[0].area == "IT-25"


def test_an_empty_file_is_valid() -> None:
    assert parse("") == settings_type()()


def test_a_file_that_is_not_there_and_one_that_is_not_text_are_settings_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(SettingsError, match="not UTF-8 \\(at line 2\\)"):
        load(tmp_path / "bad.toml")


SMTP = '[duty.smtp]\nhost = "m.example"\nsender = "c@example.org"\nuser = "c"\npassword_file = "x"\n'


@each(
    ("text", "key"),
    [
        ('[http]\ncertificate = "x"\nkey = "/etc/a.key"', "http.certificate"),
        ('[http]\ncertificate = "/etc/a.pem"\nkey = "x"', "http.key"),
        ('[map]\npmtiles = "x"', "map.pmtiles"),
        ('[map]\naddresses = "x"', "map.addresses"),
        ('[announcements]\nfolder = "x"', "announcements.folder"),
        (TRUNKS + modem("a") + 'pin_file = "x"', "modem.0.pin_file"),
        ('[[heartbeat]]\nname = "w"\nurl = "http://w.test/"\nkey_file = "x"', "heartbeat.0.key_file"),
        ('[[watched]]\nname = "m"\nkey_file = "x"', "watched.0.key_file"),
        ('[duty]\nwebhook_key_file = "x"', "duty.webhook_key_file"),
        ('[duty]\nauthority = "x"', "duty.authority"),
        (SMTP, "duty.smtp.password_file"),
    ],
)
def test_a_relative_path_lies_beside_the_settings_and_a_whole_one_where_it_says(
    tmp_path: Path, text: str, key: str
) -> None:
    for written, meant in (("x", f"{tmp_path}/x"), ("/etc/x", "/etc/x")):
        (tmp_path / "center.toml").write_text(text.replace('"x"', f'"{written}"'))
        found: Any = load(tmp_path / "center.toml")
        for name in key.split("."):
            found = found[int(name)] if name.isdigit() else getattr(found, name)
        assert found == meant


@each(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_of_mail_is_the_one_of_its_encryption(tls: str, port: int) -> None:
    text = f'[duty.smtp]\nhost = "m.example"\nsender = "c@example.org"\ntls = "{tls}"\n'
    assert parse(text).duty.smtp.used_port == port


def test_what_is_spoken_to_whom_no_language_is_known_is_one_that_there_is() -> None:
    assert parse('language = "de"').spoken == "en"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:2322", "http://10.0.0.7/photon", "http://localhost", "https://g"]
)
def test_a_geocoder_of_this_machine_or_network_needs_no_encryption(address: str) -> None:
    assert parse(f'[map]\ngeocoder = "{address}"').map.geocoder == address


@given(st.text(max_size=200))
def test_no_text_whatever_makes_anything_but_settings_or_a_settings_error(text: str) -> None:
    assert isinstance(outcome(text), Settings | tuple)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(Settings.__struct_fields__), _VALUES)
def test_a_key_with_any_value_is_accepted_or_named_by_a_path_that_begins_with_it(
    key: str, value: object
) -> None:
    with patch("application.settings.file.tomllib.loads", return_value={key: value}):
        result = outcome("")
    assert isinstance(result, Settings) or all(fault.startswith(key) for fault in result)


def test_what_is_recorded_is_told_by_line_and_party() -> None:
    text = (
        TRUNKS
        + modem("a")
        + modem("b", "emergency")
        + '[recording]\nenabled = true\ntrunks = ["public"]\nparties = ["psap", "user"]\nformat = "opus"\n'
        + "retention_days = 7\nannounce = false"
    )
    settings = parse(text)
    rules = settings.recording
    assert (rules.enabled, rules.format, rules.retention_days, rules.announce) == (True, "opus", 7, False)
    assert rules.tracks == (Party.USER, Party.PSAP), "in the same order in every file"
    assert settings.lines_not_recorded == {LineId("b")}


def test_a_lines_gains_are_handed_down_with_it() -> None:
    loud = modem("a") + "gain_in_db = 24\ngain_out_db = -3.5\nagc = true\n"
    one, other = parse(TRUNKS + loud + modem("b")).lines
    assert one.gains == Gains(in_db=24.0, out_db=-3.5, agc=True)
    assert other.gains == NO_GAINS


def test_a_line_of_the_emergency_trunk_takes_no_inbound_call() -> None:
    text = TRUNKS + modem("a") + modem("b", "emergency")
    first, second = parse(text).lines
    assert isinstance(first, Modem)
    assert (first.emergency, first.takes_calls) == (False, True)
    assert (second.emergency, second.takes_calls) == (True, False)


SIMULATION = Simulation(
    modems=(
        Modem(name="sim1", trunk="public", port="/run/sim1.at", dialect="huawei"),
        Modem(name="sim3", trunk="emergency", port="/run/sim3.at", dialect="simcom7600"),
    ),
    psap_number=SIMULATED_PSAP,
    phones=("112", SIMULATED_PSAP),
)


def test_a_simulated_run_calls_a_simulated_psap_and_uses_the_simulated_lines_only() -> None:
    text = TRUNKS + modem("real") + '[[psap.route]]\narea = "IT"\nnumber = "112"\narea_file = "it.geojson"'
    settings = with_simulation(parse(text), SIMULATION)
    assert settings.psap.number == SIMULATED_PSAP
    assert settings.psap.test_number == SIMULATED_PSAP
    assert settings.psap.route == ()
    assert [(line.line, line.emergency) for line in settings.lines] == [("sim1", False), ("sim3", True)]


def test_a_simulated_run_makes_the_trunks_that_only_the_simulation_names() -> None:
    assert [line.emergency for line in with_simulation(Settings(), SIMULATION).lines] == [False, True]


def test_a_psap_number_in_e164_is_kept_in_a_simulated_run() -> None:
    settings = with_simulation(parse('[psap]\nnumber = "+390255555555"'), SIMULATION)
    assert settings.psap.number == "+390255555555"


@pytest.mark.parametrize(
    "url", ["postgresql://u@h/d", "postgresql+psycopg://u@h1,h2/d?target_session_attrs=read-write"]
)
def test_a_journal_in_postgresql_is_taken_as_its_address_stands(url: str) -> None:
    assert parse(f'[journal]\nurl = "{url}"', "center.toml").journal.url == url


def test_a_simulated_run_has_somebody_to_call_in_a_drill() -> None:
    simulated = dataclasses.replace(SIMULATION, users=(SIMULATED_PSAP, "+393330000001"))
    assert with_simulation(Settings(), simulated).drill.phone == "+393330000001"
    set_ = parse('[drill]\nphone = "+393339999999"')
    assert with_simulation(set_, simulated).drill.phone == "+393339999999"
    assert with_simulation(Settings(), SIMULATION).drill.phone == ""


def test_the_simulated_psap_has_a_number_for_tests_neither_its_own_nor_a_users(tmp_path: Path) -> None:
    settings = with_simulation(Settings(), simulation(shipped("simulation.toml"), tmp_path))
    assert settings.psap.number == SIMULATED_PSAP
    assert settings.psap.test_number
    assert why_unfit_for_test(settings.psap.test_number, settings) is None
    simulated = simulation(shipped("simulation.toml"), tmp_path)
    assert settings.psap.test_number in set(simulated.phones) - set(simulated.users)


def test_each_modem_may_have_the_sound_card_of_its_own() -> None:
    lines = "".join(
        f'[[modem]]\nname = "{n}"\ntrunk = "public"\nport = "/dev/tty{n}"\nvoice_port = "alsa"\n'
        for n in ("a", "b")
    )
    assert [spec.voice_port for spec in parse(TRUNKS + lines).lines] == ["alsa", "alsa"]
