"""What the doctor says of 112's own systems. It sends them nothing."""

from __future__ import annotations

from pathlib import Path

from application.certificates import make
from application.settings.file import load
from features.psap_data.checks import data
from model.checks import Severity

TARGET = '[[psap.data]]\nname = "q"\nformat = "{format}"\nto = "{to}"\n'


def found(folder: Path, text: str) -> list[tuple[Severity, str]]:
    """The findings for these settings."""
    (folder / "center.toml").write_text(text)
    return [(one.verdict, one.text) for one in data(load(folder / "center.toml"))]


def test_without_any_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert found(tmp_path, "") == []


def test_a_folder_is_there_or_not(tmp_path: Path) -> None:
    text = TARGET.format(format="cap", to="out")
    (verdict, said), *_ = found(tmp_path, text)
    assert verdict is Severity.FAIL
    assert said == f"psap.data[0].to: {tmp_path}/out is not a folder that the center can write to"
    (tmp_path / "out").mkdir()
    assert found(tmp_path, text) == [(Severity.OK, f"q: cap to {tmp_path}/out, everywhere")]


def test_a_host_is_known_and_the_certificate_is_one(tmp_path: Path) -> None:
    text = TARGET.format(format="geojson", to="https://localhost/in")
    assert found(tmp_path, text) == [(Severity.OK, "q: geojson to localhost, everywhere")]
    text += 'certificate = "center.pem"\nkey = "center.key"\nauthority = "authority.crt"\n'
    assert [verdict for verdict, _ in found(tmp_path, text)] == [Severity.FAIL]
    make(("localhost",), tmp_path / "authority.pem", tmp_path)
    assert [verdict for verdict, _ in found(tmp_path, text)] == [Severity.OK]
    unknown = TARGET.format(format="cap", to="https://psap.invalid/in")
    ((verdict, said),) = found(tmp_path, unknown)
    assert verdict is Severity.FAIL
    assert said.startswith("psap.data[0].to: psap.invalid is not a known host")


def test_a_feed_needs_a_token_that_nobody_guesses(tmp_path: Path) -> None:
    text = TARGET.format(format="geojson", to="feed") + 'token_file = "token"\n'
    assert [verdict for verdict, _ in found(tmp_path, text)] == [Severity.FAIL]
    (tmp_path / "token").write_text("short\n")
    (short,) = found(tmp_path, text)
    assert short == (
        Severity.FAIL,
        f"psap.data[0].token_file: {tmp_path}/token has 5 characters, not 20 at least",
    )
    (tmp_path / "token").write_text("x" * 20)
    assert found(tmp_path, text) == [(Severity.OK, "q: geojson to whoever asks, everywhere")]


def test_eds_is_said_not_to_be_etsi_s(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (warned, _) = found(tmp_path, TARGET.format(format="eds", to="out"))
    assert warned[0] is Severity.WARN
    assert "NOT ETSI's form" in warned[1]
