"""A backup is known by its signature: what somebody else has put in its place is refused."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.settings.file import load
from application.signature import Signer
from application.state.state_dir import StateDir
from center import cli
from features.backup import age, signed
from features.backup.checks import backup as examined
from features.backup.checks import prove_backup as trial
from messages.ids import E164
from messages.proofs import ProofWhy, StepResult
from store.registry.registry import Registry
from tests.features.backup.test_commands import GIULIA, Center, center  # noqa: F401 - fixtures
from tests.support.postgres import PostgresServer

ELSEWHERE = "CA:FE" + 30 * ":00"


@pytest.fixture
def stranger(center: Center) -> Center:  # noqa: F811
    """Another center, of somebody who may write where the backups of this one lie."""
    made = Center.__new__(Center)
    made.__dict__ |= center.__dict__
    made.state = StateDir(center.folder / "stranger")
    made.state.create()
    made.fill()
    return made


def left(center: Center) -> list[Path]:  # noqa: F811
    new = center.folder / "new"
    return [*(new.iterdir() if new.exists() else ()), *center.state.path.glob(".checking*")]


def test_the_fingerprint_is_printed_by_the_backup_the_doctor_and_the_trial(
    center: Center,  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["backup", str(center.file), "--to", center.to, "--state", str(center.state)]) == 0
    assert f"signed by {center.fingerprint}" in capfd.readouterr().out
    assert center.check()["signed_by"] == center.fingerprint
    found = list(examined(center.state, load(center.settings), simulated=False))
    assert f"signed by {center.fingerprint}" in found[0].text
    assert center.restore()["signed_by"] == center.fingerprint
    again = center.run("backup", center.file, "--to", center.to, state=center.folder / "new")
    assert again["signed_by"] == center.fingerprint, "the restored center goes on with the key"


@pytest.mark.parametrize("form", ["encrypted", "plain"])
def test_the_backup_of_another_center_in_its_place_is_refused(
    center: Center,  # noqa: F811
    stranger: Center,
    form: str,
) -> None:
    center.settings.write_text(f'[backup]\nfile = "{center.file}"\nidentity = "{center.identity}"\n')
    center.backup()
    assert trial(center.state).result is StepResult.OK
    stranger.run(
        "backup", center.file, *(("--to", center.to) if form == "encrypted" else ("--plain",)), "--replace"
    )
    center.check(code=1)
    assert f"signed by another center: its signature is not by {center.fingerprint}" in center.error
    center.restore(code=1)
    assert "signed by another center" in center.error
    shown = trial(center.state)
    assert (shown.result, shown.why) == (StepResult.FAILED, ProofWhy.DAMAGED)
    assert left(center) == []
    assert center.restore("new", "--unverified")["signed_by"] == ""
    assert "not verified" in center.error


def test_without_the_key_a_restore_asks_for_the_fingerprint(center: Center) -> None:  # noqa: F811
    center.backup()
    bare = center.folder / "new"
    restore = ("restore", center.file, "--identity", center.identity)
    center.run(*restore, state=bare, code=1)
    assert "--fingerprint" in center.error
    assert "--unverified" in center.error
    center.run(*restore, "--fingerprint", "CA:FE", state=bare, code=2)
    center.run(*restore, "--fingerprint", center.fingerprint, "--unverified", state=bare, code=2)
    center.run(*restore, "--fingerprint", ELSEWHERE, state=bare, code=1)
    assert left(center) == []
    typed = center.fingerprint.replace(":", " ").lower()
    assert center.run(*restore, "--fingerprint", typed, state=bare)["signed_by"] == center.fingerprint


def test_people_that_were_altered_are_refused_however_they_are_signed(
    center: Center,  # noqa: F811
    stranger: Center,
) -> None:
    center.run("backup", center.file, "--plain")
    taken, whole = center.keys.read_bytes(), signed._BYTES
    stream = zlib.compress(zlib.decompress(taken, 31).replace(b"Giulia", b"Mallor"), wbits=31)

    class Liar(Signer):
        @property
        def certificate(self) -> bytes:
            return Signer(center.state.signing).certificate

    def by(signer: Signer) -> bytes:
        return b"".join(signed.signed(iter([stream]), signer, signed.ROWS))[len(stream) :]

    # Without an end; with its own, the other part's, a stranger's, and a stranger's with its certificate.
    for end, said in (
        (b"", "has no signature"),
        (taken[-whole:], "its signature does not match"),
        (center.file.read_bytes()[-whole:], "its signature does not match"),
        (by(Signer(stranger.state.signing)), "signed by another center"),
        (by(Liar(stranger.state.signing)), "its signature does not match"),
    ):
        center.keys.write_bytes(stream + end)
        center.check(code=1)
        assert said in center.error
        assert str(center.keys) in center.error
        center.restore(code=1)
        assert left(center) == []


def test_one_recording_does_not_pass_for_another(center: Center) -> None:  # noqa: F811
    center.record("b.1.flac").write_bytes(b"another voice")
    center.backup()
    one, other = (center.recordings / f"{name}.1.flac.age" for name in "ab")
    one.write_bytes(other.read_bytes())
    center.check(code=1)
    assert f"{one} is damaged or was altered" in center.error
    age.write(one, iter([b"a voice of nobody"]), age.recipients([center.to]))
    age.put_in_place(one)
    center.check(code=1)
    assert f"{one} has no signature" in center.error


def test_one_without_a_signature_is_taken_where_that_is_said_and_made_anew(
    center: Center,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unsigned(pieces: Iterator[bytes], *_: object) -> Iterator[bytes]:
        return pieces

    with monkeypatch.context() as before:
        before.setattr(signed, "signed", unsigned)
        before.setattr(Signer, "fingerprint", "")
        center.backup()
    center.check(code=1)
    assert "has no signature" in center.error
    assert center.restore("old", "--unverified")["recordings"] == 1
    restored = center.journal(StateDir(center.folder / "old"))
    assert Registry(restored).user_by_phone(E164(GIULIA)) is not None
    restored.close()
    assert center.backup()["recordings_written"] == 1
    assert center.check()["recordings"] == 1


def test_of_a_journal_that_is_not_the_signed_one_a_server_keeps_nothing(
    center: Center,  # noqa: F811
    postgres: PostgresServer,
) -> None:
    center.run("backup", center.file, "--plain")
    taken, url = center.file.read_bytes(), postgres.url(postgres.database())
    stream = zlib.decompress(taken, 31).replace(b'language = "de"', b'language = "it"')
    center.file.write_bytes(zlib.compress(stream, wbits=31) + taken[-signed._BYTES :])
    center.restore("new", "--journal", url, code=1)
    assert "its signature does not match" in center.error
    center.file.write_bytes(taken)
    assert center.restore("new", "--journal", url)["signed_by"] == center.fingerprint
