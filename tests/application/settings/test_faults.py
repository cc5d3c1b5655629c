"""Every fault of a settings file is named by its path: a line a fault."""

from __future__ import annotations

from typing import Final

import pytest

from application.settings.file import parse
from model.credit import AMOUNT, BETWEEN, is_service_change, parse_amount
from tests.application.settings.written import TRUNKS, modem
from tests.support.each import each
from tests.support.settings import faults

T: Final = TRUNKS
A, B, M = modem("a"), modem("b"), '[[modem]]\nname = "a"\ntrunk = "public"\n'
C: Final = (
    '[[trunk]]\nname = "public"\n[[modem]]\nname = "milano1"\ntrunk = "public"\nimei = "356938035643809"\n'
)
HANGS: Final = "(?:[0-9]+ ?)+:([0-9]+)"
"""Two for each digit more, where a regular expression turns back."""
ALONE: Final = f"words alone, and {BETWEEN} in front of it"
ALREADY: Final = ((2, "public"), (3, "emergency"))
CODE: Final = r"^([*#][0-9*#]{1,30}#)?$(?!\\n)"


# fmt: off
FAULTS: Final = (
    ("dedline = 1", "dedline: unknown key; did you mean deadline?"),
    ("xyzzy = 1", "xyzzy: unknown key"),
    ("[psap]\nlife = true", "psap.life: unknown key; did you mean live?"),
    (T + A + B + 'dialct = "x"', "modem[1].dialct: unknown key; did you mean dialect?"),
    (T + A + "gain_in_db = 40", "modem[0].gain_in_db: expected float <= 30.0"),
    ('[[psap.route]]\nare = "IT"\nnumber = "112"', "psap.route[0].are: unknown key; did you mean area?"),
    ('[deadline]\nseconds = "50"', "deadline.seconds: expected float, got str"),
    ("[deadline]\nseconds = 1", "deadline.seconds: expected float >= 5.0"),
    ('[deadline]\nmet_by = "ring"', 'deadline.met_by: expected "ringing" or "answered", got \'ring\''),
    ('duress = "x"', 'duress: expected "psap_first" or "call", got \'x\''),
    ("[http]\nport = 70000", "http.port: expected int <= 65535"),
    ('[operator]\non_call = ["3331112223"]', 'operator.on_call[0]: expected a number in E.164, "+39…"'),
    ('[psap]\nnumber = "one"', 'psap.number: expected a number in E.164, "+39…", or a short one as "112"'),
    ('[[trunk]]\nname = "a b"',
     "trunk[0].name: expected a name of letters, digits, '.', '_' and '-', at most 32"),
    ("[[trunk]]\nemergency = true", "trunk[0]: object missing required field name"),
    ("psap = 3", "psap: expected object, got int"),
    ("[deadline]\nseconds = nan", "deadline.seconds: expected float >= 5.0"),
    ("[psap]\nlive = true", "psap.live: true needs a [[trunk]] with emergency = true"),
    ("[psap]\nlive = true\n" + T + A, "psap.live: true needs a [[modem]] on the emergency trunk (emergency)"),
    (A, "modem[0].trunk: no trunk is called public (no trunk is configured)"),
    (T + '[[modem]]\nname = "a"\ntrunk = "public"', "modem[0]: needs imei or port"),
    (T + M + 'port = "socket://there"', "modem[0].port: expected socket://HOST:PORT"),
    (T + M + 'port = "tcp://there:5000"', "modem[0].port: expected socket://HOST:PORT"),
    (T + M + 'port = "socket://There:5000"\n[[modem]]\nname = "b"\ntrunk = "public"\nport = '
     '"socket://there:05000"',
     "modem[1].port: socket://there:5000 is already in modem[0]"),
    (T + M + 'port = "usb:left one"',
     'modem[0].port: expected a path, or a USB socket and interface as "usb:1-2.3:1.0"'),
    (T + M + 'port = "/dev/ttyUSB2"\nvoice_port = "alsa:"',
     'modem[0].voice_port: expected "alsa", or the name of a card as "alsa:NAME"'),
    (T + M + 'port = "socket://there:5000"\nvoice_port = "alsa"',
     'modem[0].voice_port: a modem over TCP has no sound card; name a card as "alsa:NAME"'),
    (T + A + 'voice_port = "alsa:Device"\n' + B + 'voice_port = "alsa:Device"\n',
     "modem[1].voice_port: alsa:Device is already in modem[0]"),
    ('[[psap.route]]\narea = "IT-25"\nnumber = "+390212345678"',
     'psap.route[0].area: the outline of IT-25 is not built in; give the outline as a GeoJSON file: '
     'area_file = "….geojson"'),
    ('[psap]\nalternate = "112"', "psap.alternate: must differ from psap.number"),
    ('[psap]\nnumber = "+390212345"\ntest_number = "+390212345"',
     "psap.test_number: must not be a PSAP's number: a test alert would call the PSAP"),
    ("[operator]\nall_after_s = 3",
     "operator.all_after_s: must not be less than operator.answer_within_s (6)"),
    ("[deadline]\nseconds = 10", "user.setup_time_s: must be less than deadline.seconds (10)"),
    ('[journal]\nurl = "mysql://x"', 'journal.url: expected "sqlite:///PATH" or "postgresql://…"'),
    (T + '[recording]\ntrunks = ["x"]', "recording.trunks[0]: no trunk is called x (emergency, public)"),
    (T + "[recording]\nparties = []", "recording.parties: expected array of length >= 1"),
    (T + '[recording]\nparties = ["listener"]', "recording.parties[0]: invalid enum value 'listener'"),
    (T + '[recording]\nformat = "mp3"', "recording.format: invalid enum value 'mp3'"),
    (T + "[recording]\nretention_days = 0", "recording.retention_days: expected int >= 1"),
    (T + "[recording]\nenable = true", "recording.enable: unknown key; did you mean enabled?"),
    ('[[modem]]\nname = "a"\ntrunk = "t"\nemergency = true', "modem[0].emergency: unknown key"),
    ('[psap]\nroute = [{ area = "IT", number = "112", outline = {} }]', "psap.route[0].outline: unknown key"),
    ('[duty.smtp]\nhost = "m.example"\nsender = "c@example.org\\nBcc: x"',
     'duty.smtp.sender: expected an address, "centre@example.org"'),
    ('[duty]\nmorning = "24:00"', 'duty.morning: expected a time of day, "07:00"'),
    (C + 'credit = { ussd = "*123#", sms_to = "4155", words = "C" }',
     "modem[0].credit.sms_to: give either ussd or sms_to, not both"),
    (C + 'credit = { ussd = "*21*333#" }',
     "modem[0].credit.ussd: *21*333# would change the settings of the line"),
    (C + 'credit = { ussd = "##002#" }',
     "modem[0].credit.ussd: ##002# would change the settings of the line"),
    (C + 'credit = { sms_to = "112", words = "C" }',
     "modem[0].credit.sms_to: must not be an emergency number"),
    (C + 'credit = { sms_to = "4155" }', "modem[0].credit.words: needs the text to send to 4155"),
    (C + 'credit.pattern = "[0-9]+"', "modem[0].credit.pattern: needs one group, in which the amount stands"),
    *((f"{C}credit.pattern = '{bad}'", f"modem[0].credit.pattern: beside the group stand {ALONE}")
      for bad in (HANGS, "(?:a|b)([0-9]+)", "a.*([0-9]+)", "([0-9]+)(?=x)", "([0-9]+).", "^([0-9]+)")),
    *((f"{C}credit.ussd = '{code}'", f"modem[0].credit.ussd: expected str matching regex '{CODE}'")
      for code in ("123", "*123", "ATD112;", '*123#"', "*123#\\n")),
    ('[http]\ncertificate = "a"', "http.certificate: needs http.key as well"),
    ('[http]\nkey = "a"', "http.key: needs http.certificate as well"),
    ('[http]\nmetrics = "9112"', 'http.metrics: expected an address and a port, "127.0.0.1:9112"'),
    ('[http]\nmetrics = "localhost:1"', 'http.metrics: expected an address and a port, "127.0.0.1:9112"'),
    ('[http]\nmetrics = "0.0.0.0:1"',
     "http.metrics: 0.0.0.0 is not an address of this machine or of a private network"),
    ('[http]\nmetrics = "8.8.8.8:1"',
     "http.metrics: 8.8.8.8 is not an address of this machine or of a private network"),
)
# fmt: on


@each(("text", "fault"), FAULTS)
def test_a_fault_is_named_by_its_path_and_is_the_only_one(text: str, fault: str) -> None:
    assert faults(text) == (fault,)


@each(
    ("text", "told"),
    [
        ("a = 1\n[http]\nprt = 1", ["a: unknown key", "http.prt: unknown key; did you mean port?"]),
        (T + T, [f"trunk[{n}].name: {one} is already in trunk[{n - 2}]" for n, one in ALREADY]),
        (T + A + A, [f"modem[1].{key} is already in modem[0]" for key in ("name: a", "port: /dev/a")]),
    ],
)
def test_of_several_faults_all_are_named_at_once(text: str, told: list[str]) -> None:
    assert list(faults(text)) == told


def test_a_syntax_error_is_named_by_its_line() -> None:
    (fault,) = faults("[psap]\nlive = yes\n")
    assert "line 2" in fault


def test_a_line_has_its_question_and_one_without_has_none() -> None:
    (asked,) = parse(C + 'credit = { ussd = "*123#", least = 5 }').lines
    assert asked.credit.asked
    assert (asked.credit.ussd, asked.credit.least, asked.credit.pattern) == ("*123#", 5.0, AMOUNT)
    (plain,) = parse(C).lines
    assert not plain.credit.asked


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", [AMOUNT, "x.*?([0-9]+) *y", "([0-9]+) *x", HANGS])
def test_no_pattern_and_no_answer_hold_a_line_up(pattern: str) -> None:
    for answer in ("1" * 40_000, "1." * 20_000, "1 " * 20_000, "x 1 " * 10_000, " " * 40_000 + "x"):
        parse_amount(answer, pattern)
    assert parse_amount("1" * 40 + "x", HANGS) is None


@pytest.mark.parametrize("code", ["*123#", "*#123#", "*100*1#", "*1234#", "*133#"])
def test_questions_change_nothing(code: str) -> None:
    assert not is_service_change(code)


@pytest.mark.parametrize(
    ("answer", "pattern", "amount"),
    [
        ("Il tuo credito e' di 12,30 EUR", AMOUNT, 12.3),
        ("Saldo 5 EUR", AMOUNT, 5.0),
        ("Credito: 1.234,56 euro", "([0-9.,]+) *euro", 1234.56),
        ("Credito: 1.234 euro", "([0-9.,]+) *euro", 1234.0),
        ("Al 28/11 restano 0.99 EUR", "restano ([0-9.,]+)", 0.99),
        ("Servizio non disponibile", AMOUNT, None),
        ("credito: . euro", "credito: ([0-9.,]+)", None),
        ("Al 28/11 il CREDITO residuo e' 5.60 Euro", "credito.*?([0-9.,]+)", 5.6),
        ("Hai 300 MB e  12,30EUR.", r"([0-9,]+)\s*eur\.", 12.3),
        ("Hai 300 MB", "([0-9]+) *euro", None),
        ("Saldo:EUR 12,50", "saldo: ?EUR ?([0-9,]+)", 12.5),
    ],
)
def test_the_amount_is_read_as_networks_write_it(answer: str, pattern: str, amount: float | None) -> None:
    assert parse_amount(answer, pattern) == amount
