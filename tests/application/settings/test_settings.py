"""Every fault of a settings file is named by its path, and what is valid comes out as it was written."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.errors import SettingsError
from application.settings.file import load, parse
from application.settings.in_use import shipped
from application.settings.simulation import SIMULATED_PSAP, Simulation, simulation, with_simulation
from messages.base import NO_GAINS, Gains
from messages.ids import LineId, Party
from model.rules.calls.withheld_numbers import unfit_to_try
from model.settings import Settings
from model.settings.lines import Modem
from tests.support.each import each

TRUNKS = '[[trunk]]\nname = "public"\n[[trunk]]\nname = "emergency"\nemergency = true\n'
MODEM = '[[modem]]\nname = "{name}"\ntrunk = "{trunk}"\nport = "/dev/{name}"\n'


DATA = '[[psap.data]]\nname = "q"\nformat = "cap"\n'


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        parse(text)
    return caught.value.faults


def outcome(text: str) -> Settings | tuple[str, ...]:
    try:
        return parse(text)
    except SettingsError as error:
        return error.faults


def test_the_file_that_is_shipped_is_valid_and_says_the_defaults() -> None:
    shipped = load(Path(__file__).parents[3] / "config" / "center.toml")
    assert msgspec.structs.replace(shipped, trunk=()) == Settings()
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
    assert parse("") == Settings()


@each(
    ("text", "fault"),
    [
        ("dedline = 1", "dedline: unknown key; did you mean deadline?"),
        ("xyzzy = 1", "xyzzy: unknown key"),
        ("[psap]\nlife = true", "psap.life: unknown key; did you mean live?"),
        (
            TRUNKS
            + MODEM.format(name="a", trunk="public")
            + MODEM.format(name="b", trunk="public")
            + 'dialct = "x"',
            "modem[1].dialct: unknown key; did you mean dialect?",
        ),
        (
            TRUNKS + MODEM.format(name="a", trunk="public") + "gain_in_db = 40",
            "modem[0].gain_in_db: expected float <= 30.0",
        ),
        ('[[psap.route]]\nare = "IT"\nnumber = "112"', "psap.route[0].are: unknown key; did you mean area?"),
        ('[deadline]\nseconds = "50"', "deadline.seconds: expected float, got str"),
        ("[deadline]\nseconds = 1", "deadline.seconds: expected float >= 5.0"),
        ('[deadline]\nmet_by = "ring"', 'deadline.met_by: expected "ringing" or "answered", got \'ring\''),
        ('duress = "x"', 'duress: expected "psap_first" or "call", got \'x\''),
        ("[http]\nport = 70000", "http.port: expected int <= 65535"),
        ('[operator]\non_call = ["3331112223"]', 'operator.on_call[0]: expected a number in E.164, "+39…"'),
        (
            '[psap]\nnumber = "one"',
            'psap.number: expected a number in E.164, "+39…", or a short one as "112"',
        ),
        (
            '[[trunk]]\nname = "a b"',
            "trunk[0].name: expected a name of letters, digits, '.', '_' and '-', at most 32",
        ),
        ("[[trunk]]\nemergency = true", "trunk[0]: object missing required field name"),
        ("psap = 3", "psap: expected object, got int"),
        ("[deadline]\nseconds = nan", "deadline.seconds: expected float >= 5.0"),
    ],
)
def test_a_fault_is_named_by_its_path(text: str, fault: str) -> None:
    assert faults(text) == (fault,)


def test_all_unknown_keys_are_named_at_once() -> None:
    assert faults("a = 1\n[http]\nprt = 1") == ("a: unknown key", "http.prt: unknown key; did you mean port?")


def test_a_syntax_error_is_named_by_its_line() -> None:
    (fault,) = faults("[psap]\nlive = yes\n")
    assert "line 2" in fault


@each(
    ("text", "fault"),
    [
        ("[psap]\nlive = true", "psap.live: true needs a [[trunk]] with emergency = true"),
        (
            "[psap]\nlive = true\n" + TRUNKS + MODEM.format(name="a", trunk="public"),
            "psap.live: true needs a [[modem]] on the emergency trunk (emergency)",
        ),
        (
            MODEM.format(name="a", trunk="public"),
            "modem[0].trunk: there is no trunk public (none is configured)",
        ),
        (TRUNKS + '[[modem]]\nname = "a"\ntrunk = "public"', "modem[0]: needs imei or port"),
        (
            TRUNKS + '[[modem]]\nname = "a"\ntrunk = "public"\nport = "socket://there"',
            "modem[0].port: expected socket://HOST:PORT",
        ),
        (
            TRUNKS + '[[modem]]\nname = "a"\ntrunk = "public"\nport = "tcp://there:5000"',
            "modem[0].port: expected socket://HOST:PORT",
        ),
        (
            TRUNKS
            + '[[modem]]\nname = "a"\ntrunk = "public"\nport = "socket://There:5000"\n'
            + '[[modem]]\nname = "b"\ntrunk = "public"\nport = "socket://there:05000"',
            "modem[1].port: socket://there:5000 is already in modem[0]",
        ),
        (TRUNKS + MODEM.format(name="a", trunk="public") * 2, "modem[1].name: a is already in modem[0]"),
        (TRUNKS + TRUNKS, "trunk[2].name: public is already in trunk[0]"),
        (
            TRUNKS + '[[modem]]\nname = "a"\ntrunk = "public"\nport = "usb:left one"',
            'modem[0].port: expected a path, or a USB socket and interface as "usb:1-2.3:1.0"',
        ),
        (
            TRUNKS + '[[modem]]\nname = "a"\ntrunk = "public"\nport = "/dev/ttyUSB2"\nvoice_port = "alsa:"',
            'modem[0].voice_port: expected "alsa", or the name of a card as "alsa:NAME"',
        ),
        (
            TRUNKS
            + '[[modem]]\nname = "a"\ntrunk = "public"\nport = "socket://there:5000"\nvoice_port = "alsa"',
            'modem[0].voice_port: a modem over TCP has no card here; name one as "alsa:NAME"',
        ),
        (
            TRUNKS
            + "".join(
                f'[[modem]]\nname = "{n}"\ntrunk = "public"\nport = "/dev/{n}"\nvoice_port = "alsa:Device"\n'
                for n in ("a", "b")
            ),
            "modem[1].voice_port: alsa:Device is already in modem[0]",
        ),
        (
            '[[psap.route]]\narea = "IT-25"\nnumber = "+390212345678"',
            "psap.route[0].area: where IT-25 ends is not known here; give its outline as a GeoJSON file: "
            'area_file = "….geojson"',
        ),
        ('[psap]\nalternate = "112"', "psap.alternate: the same as psap.number"),
        (
            DATA + 'to = "http://psap.test/"',
            "psap.data[0].to: what is known of a user would go there unencrypted; https:// is needed",
        ),
        (
            DATA + 'to = "ftp://psap.test/"',
            "psap.data[0].to: expected an address like "
            '"https://psap.example.org/alerts", a folder, or "feed"',
        ),
        (
            DATA + 'to = "https://me:secret@psap.test/"',
            "psap.data[0].to: no name and password in an address; token_file, or certificate and key",
        ),
        (DATA + 'to = "feed"\ntoken_file = "t"', 'psap.data[0].format: a feed is GeoJSON, not "cap"'),
        (
            DATA.replace("cap", "geojson") + 'to = "feed"',
            "psap.data[0].token_file: a feed needs one: who has it is shown alerts",
        ),
        (DATA + 'to = "out"\narea = "IT-25"', "psap.data[0].area: needs area_file as well"),
        (
            DATA + 'to = "https://psap.test/"\ncertificate = "c"',
            "psap.data[0].certificate: needs key as well",
        ),
        (
            DATA + 'to = "out"\ntoken_file = "t"',
            "psap.data[0].token_file: only with an address, https://, or a feed",
        ),
        (
            DATA.replace("cap", "geojson") + 'to = "out"\ncode = ["x"]',
            'psap.data[0].code: only with format = "cap"',
        ),
        (
            DATA + 'to = "out"\nsender = "a b"',
            "psap.data[0].sender: expected a name without spaces, commas, '<' and '&', at most 100",
        ),
        ((DATA + 'to = "out"\n') * 2, "psap.data[1].name: q is already in psap.data[0]"),
        (
            DATA.replace("cap", "kml") + 'to = "out"',
            'psap.data[0].format: expected "cap" or "geojson" or "eds", got \'kml\'',
        ),
        (
            '[psap]\nnumber = "+390212345"\ntest_number = "+390212345"',
            "psap.test_number: a test alert would call a PSAP",
        ),
        ("[operator]\nall_after_s = 3", "operator.all_after_s: less than operator.answer_within_s (6)"),
        ("[deadline]\nseconds = 10", "user.setup_time_s: not less than deadline.seconds (10)"),
        (
            '[map]\ntiles = "https://t.example/{z}/{x}/{y}"\npmtiles = "a.pmtiles"',
            "map.pmtiles: not together with map.tiles",
        ),
        (
            '[map]\ntiles = "https://t.example/{z}/{x}"',
            'map.tiles: expected an address like "https://…/{z}/{x}/{y}.png"; {y} missing',
        ),
        (
            '[map]\ntiles = "https://{s}.t.example/{z}/{x}/{y}"',
            'map.tiles: expected an address like "https://…/{z}/{x}/{y}.png"; {s} is not known',
        ),
        (
            '[map]\ntiles = "/srv/{z}/{x}/{y}"',
            'map.tiles: expected an address like "https://…/{z}/{x}/{y}.png"',
        ),
        (
            '[map]\ngeocoder = "https://g.example"\naddresses = "a.sqlite"',
            "map.addresses: not together with map.geocoder",
        ),
        (
            '[map]\ngeocoder = "g.example"',
            'map.geocoder: expected an address like "https://geocoder.example.org"',
        ),
        (
            '[map]\ngeocoder = "https://g.example/photon/reverse"',
            'map.geocoder: expected an address like "https://geocoder.example.org"; /reverse and what it is '
            "asked are added to it",
        ),
        (
            '[map]\ngeocoder = "http://g.example"',
            "map.geocoder: positions would go there unencrypted; https://, or an address of this machine or "
            "of a private network",
        ),
        (
            '[map]\ngeocoder_api = "pelias"',
            "map.geocoder_api: invalid enum value 'pelias'",
        ),
        ('[journal]\nurl = "mysql://x"', 'journal.url: expected "sqlite:///PATH" or "postgresql://…"'),
    ],
)
def test_keys_that_contradict_each_other_are_named(text: str, fault: str) -> None:
    assert fault in faults(text)


def test_a_file_that_is_not_there_and_one_that_is_not_text_are_settings_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(SettingsError, match="not UTF-8 \\(at line 2\\)"):
        load(tmp_path / "bad.toml")


def test_a_relative_certificate_lies_beside_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "center.toml"
    file.write_text('[http]\ncertificate = "a.pem"\nkey = "/etc/a.key"\n')
    http = load(file).http
    assert (http.certificate, http.key) == (str(tmp_path / "a.pem"), "/etc/a.key")


def test_a_relative_pmtiles_file_lies_beside_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "center.toml"
    file.write_text('[map]\npmtiles = "italy.pmtiles"')
    assert load(file).map.pmtiles == str(tmp_path / "italy.pmtiles")
    file.write_text('[map]\npmtiles = "/var/lib/maps/italy.pmtiles"')
    assert load(file).map.pmtiles == "/var/lib/maps/italy.pmtiles"
    file.write_text('[map]\naddresses = "italy.sqlite"')
    assert load(file).map.addresses == str(tmp_path / "italy.sqlite")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:2322", "http://10.0.0.7/photon", "http://localhost", "https://g"]
)
def test_a_geocoder_of_this_machine_or_network_needs_no_encryption(address: str) -> None:
    assert parse(f'[map]\ngeocoder = "{address}"').map.geocoder == address


def test_a_relative_pin_file_lies_beside_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "center.toml"
    file.write_text(TRUNKS + MODEM.format(name="a", trunk="public") + 'pin_file = "a.pin"')
    assert load(file).modem[0].pin_file == str(tmp_path / "a.pin")


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
        + MODEM.format(name="a", trunk="public")
        + MODEM.format(name="b", trunk="emergency")
        + '[recording]\nenabled = true\ntrunks = ["public"]\nparties = ["psap", "user"]\nformat = "opus"\n'
        + "retention_days = 7\nannounce = false"
    )
    settings = parse(text)
    rules = settings.recording
    assert (rules.enabled, rules.format, rules.retention_days, rules.announce) == (True, "opus", 7, False)
    assert rules.tracks == (Party.USER, Party.PSAP), "in the same order in every file"
    assert settings.lines_not_recorded == {LineId("b")}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('trunks = ["x"]', "recording.trunks[0]: there is no trunk x (emergency, public)"),
        ("parties = []", "recording.parties: "),
        ('parties = ["listener"]', "recording.parties[0]: "),
        ('format = "mp3"', "recording.format: "),
        ("retention_days = 0", "recording.retention_days: "),
        ("enable = true", "recording.enable: unknown key; did you mean enabled?"),
    ],
)
def test_a_fault_of_the_recording_is_named_by_its_path(text: str, fault: str) -> None:
    (said,) = faults(TRUNKS + "[recording]\n" + text)
    assert said.startswith(fault)


def test_a_lines_gains_are_handed_down_with_it() -> None:
    loud = MODEM.format(name="a", trunk="public") + "gain_in_db = 24\ngain_out_db = -3.5\nagc = true\n"
    one, other = parse(TRUNKS + loud + MODEM.format(name="b", trunk="public")).lines
    assert one.gains == Gains(in_db=24.0, out_db=-3.5, agc=True)
    assert other.gains == NO_GAINS


def test_a_line_of_the_emergency_trunk_takes_no_inbound_call() -> None:
    text = TRUNKS + MODEM.format(name="a", trunk="public") + MODEM.format(name="b", trunk="emergency")
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
    text = (
        TRUNKS
        + MODEM.format(name="real", trunk="public")
        + '[[psap.route]]\narea = "IT"\nnumber = "112"\narea_file = "it.geojson"'
    )
    settings = with_simulation(parse(text), SIMULATION)
    policy = settings
    assert policy.psap.number == SIMULATED_PSAP
    assert policy.psap.test_number == SIMULATED_PSAP
    assert policy.psap.route == ()
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


def test_the_simulated_psap_has_a_number_for_tests_neither_its_own_nor_a_users(
    tmp_path: Path,
) -> None:
    policy = with_simulation(Settings(), simulation(shipped("simulation.toml"), tmp_path))
    assert policy.psap.number == SIMULATED_PSAP
    assert policy.psap.test_number
    assert unfit_to_try(policy.psap.test_number, policy) is None
    simulated = simulation(shipped("simulation.toml"), tmp_path)
    assert policy.psap.test_number in set(simulated.phones) - set(simulated.users)


def test_each_modem_may_have_the_sound_card_of_its_own() -> None:
    lines = "".join(
        f'[[modem]]\nname = "{n}"\ntrunk = "public"\nport = "/dev/tty{n}"\nvoice_port = "alsa"\n'
        for n in ("a", "b")
    )
    assert [spec.voice_port for spec in parse(TRUNKS + lines).lines] == ["alsa", "alsa"]


def test_data_of_alerts_goes_where_its_table_says(tmp_path: Path) -> None:
    outline = '{"type": "Polygon", "coordinates": [[[8, 45], [10, 45], [10, 46], [8, 45]]]}'
    (tmp_path / "lombardia.geojson").write_text(outline)
    (tmp_path / "center.toml").write_text(
        DATA
        + 'to = "https://psap.test/in"\narea = "IT-25"\narea_file = "lombardia.geojson"\ncode = ["x"]\n'
        + 'token_file = "token"\n[psap.data.event_code]\n"urn:e" = "v"\n'
        + '[[psap.data]]\nname = "out"\nformat = "geojson"\nto = "out"\nlanguage = "en"\n'
        + '[[psap.data]]\nname = "map"\nformat = "geojson"\nto = "feed"\ntoken_file = "token"\n'
    )
    post, folder, feed = load(tmp_path / "center.toml").psap.data
    assert post.to == "https://psap.test/in"
    assert post.outline is not None
    assert post.token_file == str(tmp_path / "token")
    assert (post.code, post.event_code, post.language) == (("x",), {"urn:e": "v"}, "it")
    assert (folder.to, folder.language) == (str(tmp_path / "out"), "en")
    assert feed.is_feed


def test_an_area_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "center.toml").write_text(DATA + 'to = "out"\narea = "IT"\narea_file = "none.geojson"')
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "center.toml")
    assert caught.value.faults == (
        f"psap.data[0].area_file: {tmp_path}/none.geojson: No such file or directory",
    )


def test_a_simulated_run_sends_nothing_to_112_s_own_systems() -> None:
    settings = parse(TRUNKS + DATA + 'to = "https://psap.test/in"')
    simulated = Simulation(modems=(), psap_number="+390200000112", phones=())
    assert with_simulation(settings, simulated).psap.data == ()
