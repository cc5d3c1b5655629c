"""Backup and restore by the commands: what comes back, what stays as it was, what is said of faults."""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import secrets
import shutil
import signal
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from application.signature import Signer
from application.state.state_dir import StateDir
from center import cli
from features.backup import age, restoring
from features.backup.records import backups
from messages.base import Position
from messages.events import AlertClosed, AlertReceived, LineReturned
from messages.ids import E164, Channel, LineId, NodeId, Outcome
from model.rules.pins import PinVerdict
from model.rules.signal import Signal
from runtime.clock import SystemClock
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from store.journal.verify import verify_journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.support.postgres import PostgresServer

GIULIA = "+393331112223"
CLOCK = SystemClock.anchored()


class Center:
    """A center's state directory with everything in it that lasts, and a backup's two keys beside it."""

    def __init__(
        self, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self.capture = folder, capfd
        self.state = StateDir(folder / "state")
        self.state.create()
        settings = folder / "etc" / "center.toml"
        settings.parent.mkdir()
        settings.write_text('language = "de"\n')
        monkeypatch.setenv("SECURWOMAN_CONFIG", str(settings))
        self.settings = settings
        self.file = folder / "media" / "center.age"
        self.file.parent.mkdir()
        self.keys = self.file.with_name("center.age.keys")
        self.recordings = self.file.with_name("center.age.recordings")
        self.identity, self.to = self.key("backup.key")

    def key(self, name: str) -> tuple[Path, str]:
        return self.folder / name, age.new_identity(self.folder / name)

    def journal(self, state: StateDir | None = None) -> Journal:
        url = (state or self.state).journal_url
        return Journal.open(url, node=NodeId("n"), clock=CLOCK.now_us, notify=LocalNotifier())

    def fill(self) -> None:
        journal = self.journal()
        registry = Registry(journal)
        registry.add_operator("Marta Bianchi", "+390200000011", by="test")
        giulia = Person(phones=(GIULIA,), first_name="Giulia", last_name="Rossi", duress_pin="9999")
        registry.add_user(giulia, by="test")
        for n in range(3):
            self.raise_alert(journal, n)
        journal.close()
        (self.state.keys / "app.key").write_text("swk_secret\n")
        self.record("a.1.flac")

    def raise_alert(self, journal: Journal, n: int) -> None:
        received_at = CLOCK.now_us()
        phone = E164(GIULIA if n == 0 else f"+39333222{n:04d}")
        accept(journal, Signal(channel=Channel.DATA, received_at=received_at, phone=phone), 50.0)

    def record(self, name: str) -> Path:
        recording = self.state.recordings / name
        recording.write_bytes(b"voice " * 50_000)
        os.utime(recording, (1_700_000_000, 1_700_000_000))
        return recording

    def run(self, *arguments: str | Path, state: Path | None = None, code: int = 0) -> Any:
        self.capture.readouterr()
        where = str(state or self.state)
        returned = cli.run([*map(str, arguments), "--state", where, "--json"])
        out, self.error = self.capture.readouterr()
        assert returned == code, f"{returned}: {out}{self.error}"
        return json.loads(out) if out else None

    def backup(self, *more: str, code: int = 0) -> Any:
        return self.run("backup", self.file, "--to", self.to, *more, code=code)

    def restore(self, name: str = "new", *more: str | Path, code: int = 0) -> Any:
        into = self.folder / name
        proved = () if "--unverified" in more else ("--fingerprint", self.fingerprint)
        return self.run(
            "restore", self.file, "--identity", self.identity, *proved, *more, state=into, code=code
        )

    @property
    def fingerprint(self) -> str:
        """As `backup` has printed it."""
        return Signer(self.state.signing).fingerprint

    def check(self, *more: str | Path, code: int = 0) -> Any:
        return self.run("restore", self.file, "--check", "--identity", self.identity, *more, code=code)


@pytest.fixture
def center(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Center:
    made = Center(tmp_path, capfd, monkeypatch)
    made.fill()
    return made


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_center_comes_back_with_its_story_people_keys_settings_and_recordings(center: Center) -> None:
    made = center.backup()
    journal = center.journal()
    digest = verify_journal(journal).digest
    journal.close()
    assert (made["digest"], made["users"], made["operators"], made["recordings"]) == (digest, 1, 1, 1)
    written = everything(center.file.parent)
    assert [word for word in (b"Giulia", b"swk_secret", b"voice") if word in written] == []
    report = center.restore()
    assert (report["digest"], report["events"], report["users"]) == (digest, made["events"], 1)
    new = StateDir(center.folder / "new")
    restored = center.journal(new)
    registry = Registry(restored)
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    assert giulia.first_name == "Giulia"
    assert registry.check_pin(giulia.id, "9999") is PinVerdict.DURESS
    center.raise_alert(restored, 7)  # it goes on
    assert verify_journal(restored).problems == ()
    restored.close()
    assert (new.keys / "app.key").read_text() == "swk_secret\n"
    assert (new.path / "settings" / "center.toml").read_text() == center.settings.read_text()
    recording = new.recordings / "a.1.flac"
    assert recording.read_bytes() == (center.state.recordings / "a.1.flac").read_bytes()
    assert recording.stat().st_mtime == 1_700_000_000
    assert center.run("audit", "verify", state=new.path)["problems"] == []
    seen = center.run("audit", "since", "1d", state=new.path)
    assert {"export", "import"} <= {one["action"] for one in seen}, "the backup and its restore"
    kept = [path for folder in (center.file.parent, new.path) for path in folder.rglob("*")]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
    assert not (new.path / ".restoring").exists()


def test_the_restored_center_may_go_on_with_the_backup_and_another_may_not(center: Center) -> None:
    center.backup()
    center.restore()
    new = center.folder / "new"
    center.run("backup", center.file, "--to", center.to, state=new)
    stranger = StateDir(center.folder / "stranger")
    stranger.create()
    center.journal(stranger).close()
    before = center.file.read_bytes()
    center.run("backup", center.file, "--to", center.to, state=stranger.path, code=2)
    assert "move the file away" in center.error
    assert center.file.read_bytes() == before
    center.run("backup", center.file, "--to", center.to, "--replace", state=stranger.path)
    assert center.file.read_bytes() != before


def test_a_first_backup_whose_recordings_fail_is_replaced_by_the_next(center: Center) -> None:
    center.recordings.touch()  # a file in the folder's place
    center.backup(code=1)
    assert center.file.is_file()
    center.recordings.unlink()
    assert center.backup()["recordings_written"] == 1


def test_recordings_are_written_once_and_go_with_those_of_the_center(center: Center) -> None:
    assert center.backup()["recordings_written"] == 1
    center.record("b.1.flac")
    center.record("b.2.flac.part")
    report = center.backup()
    assert (report["recordings"], report["recordings_written"]) == (2, 1)
    (center.state.recordings / "a.1.flac").unlink()
    assert center.backup()["recordings_written"] == 0
    assert sorted(path.name for path in center.recordings.iterdir()) == ["b.1.flac.age", "recipients"]
    _, other = center.key("other.key")
    assert center.backup("--to", other)["recordings_written"] == 1, "for whoever may open them now"


def test_several_may_open_it_and_nobody_else(center: Center) -> None:
    second, to = center.key("second.key")
    third, _ = center.key("third.key")
    center.backup("--to", to)
    for identity in (center.identity, second):
        center.run("restore", center.file, "--check", "--identity", identity)
    center.run("restore", center.file, "--check", "--identity", third, code=1)
    assert "encrypted to other recipients" in center.error
    center.run("restore", center.file, "--check", code=1)
    assert "name the key with --identity FILE" in center.error


def test_an_ssh_key_opens_it_as_well(center: Center) -> None:
    made = Ed25519PrivateKey.generate()
    private = center.folder / "id_ed25519"
    private.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    public = private.with_suffix(".pub")
    public.write_bytes(made.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
    center.run("backup", center.file, "--to", public)
    assert center.run("restore", center.file, "--check", "--identity", private)["users"] == 1


def test_a_trial_leaves_the_center_room_on_its_disk(center: Center, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "_LEFT_BYTES", 2**60)
    center.backup()
    center.check(code=1)
    assert "no space for a trial" in center.error
    assert not (center.state.path / ".checking").exists()


def test_without_anybody_to_open_it_nothing_is_written_unless_that_is_said(center: Center) -> None:
    center.run("backup", center.file, code=2)
    assert "--new-key" in center.error
    assert not center.file.exists()
    center.run("backup", center.file, "--to", "age1wrong", code=2)
    center.run("backup", center.file, "--plain")
    assert "not encrypted" in center.error
    assert center.run("restore", center.file, "--check")["users"] == 1


def test_of_a_file_that_names_nobody_nothing_is_told_but_the_line(center: Center) -> None:
    keys = center.folder / "app.key"
    keys.write_text("# the app's\nswk_LQlY-lT8Dgx6iAxCpgND\n")
    center.run("backup", center.file, "--to", str(keys), code=2)
    assert f"line 2 of {keys}" in center.error
    assert "swk_" not in center.error


def test_a_key_is_made_once_and_never_over_another(center: Center, capfd: pytest.CaptureFixture[str]) -> None:
    file = center.folder / "new.key"
    assert cli.run(["backup", "--new-key", str(file)]) == 0
    to = capfd.readouterr().out.splitlines()[-1]
    assert age.recipients([to])
    assert age.identities(file)
    assert file.stat().st_mode & 0o077 == 0
    kept = file.read_text()
    assert cli.run(["backup", "--new-key", str(file)]) == 1
    assert file.read_text() == kept


def test_the_settings_say_where_and_for_whom(center: Center) -> None:
    (center.settings.parent / "who.txt").write_text(f"# the safe\n{center.to}\n")
    center.settings.write_text(
        f'[backup]\nfile = "../media/center.age"\nto = ["who.txt"]\nidentity = "../{center.identity.name}"\n'
    )
    made = center.run("backup")
    assert Path(made["file"]).samefile(center.file)
    assert center.run("restore", "--check")["digest"] == made["digest"]


def test_a_trial_leaves_nothing_and_is_remembered(center: Center) -> None:
    center.backup()
    before = sorted(path.name for path in center.state.path.iterdir())
    assert center.check()["recordings"] == 1
    assert sorted(path.name for path in center.state.path.iterdir()) == before
    checked = backups(center.state.path)[str(center.file)]
    assert checked.checked_at is not None
    center.backup()
    assert backups(center.state.path)[str(center.file)].checked_at == checked.checked_at


def test_a_trial_takes_nothing_away_from_another_and_what_one_has_left_goes(center: Center) -> None:
    center.backup()
    others, left = (center.state.path / f".checking-{pid}" for pid in (os.getppid(), 2**22 + 1))
    for corner in (others, left):
        corner.mkdir()
    center.check()
    assert (others.exists(), left.exists()) == (True, False)
    others.rmdir()


def test_what_root_restores_or_notes_belongs_to_the_account_of_the_directory(
    center: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: set[Path] = set()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, *owner: given.add(Path(path)))
    noted: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _, *owner: noted.append(owner))
    center.backup()
    owner = center.state.path.stat()
    assert set(noted) == {(owner.st_uid, owner.st_gid)}
    (center.folder / "new" / "lost+found").mkdir(parents=True)
    center.restore()
    there = {path.name for path in (center.folder / "new").rglob("*")} - {"lost+found"}
    assert there == {path.name for path in given}


def test_a_directory_with_anything_in_it_is_not_restored_into(center: Center) -> None:
    center.backup()
    center.run("restore", center.file, "--identity", center.identity, code=1)
    assert "is not empty" in center.error


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) * 2 // 3],
    "altered": lambda content: content[:-99] + bytes((content[-99] ^ 1,)) + content[-98:],
    "foreign": lambda _: b"something else",
}


def test_what_is_damaged_is_told_and_not_restored(center: Center) -> None:
    center.backup()
    for path in (center.file, center.keys, center.recordings / "a.1.flac.age"):
        content = path.read_bytes()
        for harm, harmed in HARMS.items():
            path.write_bytes(harmed(content))
            center.check(code=1)
            assert str(path) in center.error, harm
            assert ("damaged" in center.error) or ("no backup" in center.error), harm
            center.restore(code=1)
            assert list((center.folder / "new").iterdir()) == [], harm
        path.write_bytes(content)
    center.check()


def test_without_its_keys_there_is_the_journal_alone(center: Center) -> None:
    made = center.backup()
    center.keys.unlink()
    center.restore(code=1)
    assert "restore the journal alone with --without-keys" in center.error
    report = center.restore("new", "--without-keys")
    assert (report["digest"], report["users"], report["keys_at"]) == (made["digest"], 0, None)


def test_keys_of_later_open_it_and_keys_of_earlier_do_not(center: Center) -> None:
    center.backup()
    early = {path: path.read_bytes() for path in (center.file, center.keys)}
    center.backup()
    late = {path: path.read_bytes() for path in (center.file, center.keys)}
    center.keys.write_bytes(early[center.keys])
    center.check(code=1)
    assert "persons erased since would be restored" in center.error
    center.keys.write_bytes(late[center.keys])
    center.file.write_bytes(early[center.file])
    report = center.check()
    assert report["keys_at"] > report["made_at"]


def test_keys_of_another_center_do_not_open_it(center: Center, tmp_path: Path) -> None:
    center.backup()
    other = StateDir(tmp_path / "other")
    other.create()
    journal = center.journal(other)
    journal.append(Append("line-a", None, (LineReturned(line=LineId("a")),)))
    journal.close()
    elsewhere = center.file.with_name("other.age")
    center.run("backup", elsewhere, "--to", center.to, state=other.path)
    center.check("--keys", elsewhere.with_name("other.age.keys"), code=1)
    assert "signed by another center" in center.error


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As a disk that is full: a write beyond it fails (EFBIG; Python has the signal ignored)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_in_the_middle_leaves_the_backup_before_it(center: Center) -> None:
    made = center.backup()
    (center.settings.parent / "center.toml").write_text(
        f"# {base64.b64encode(secrets.token_bytes(400_000)).decode()}\n"
    )
    before = {path: path.read_bytes() for path in (center.file, center.keys)}
    with files_of_at_most(300_000):
        center.backup(code=1)
    assert "File too large" in center.error
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in center.file.parent.iterdir()) == [
        "center.age",
        "center.age.keys",
        "center.age.recordings",
    ]
    assert center.check()["digest"] == made["digest"]
    assert backups(center.state.path)[str(center.file)].made_at == made["made_at"]


def test_killed_between_the_two_parts_it_is_whole_and_the_next_one_is_made(
    center: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = center.backup()
    journal = center.journal()
    center.raise_alert(journal, 9)
    journal.close()
    real = age.put_in_place
    for at in (center.keys, center.file):  # before the one, before the other
        child = os.fork()
        if child == 0:

            def dies(path: Path, at: Path = at) -> None:
                if path == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                real(path)

            monkeypatch.setattr(age, "put_in_place", dies)
            try:
                cli.run(["backup", str(center.file), "--to", center.to, "--state", str(center.state)])
            finally:
                os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        assert center.check()["digest"] == first["digest"]
    made = center.backup()
    assert made["events"] > first["events"]
    assert center.check()["digest"] == made["digest"]
    assert not list(center.file.parent.glob(".*"))


def test_what_comes_while_it_is_written_is_whole_or_not_in_it(center: Center) -> None:
    done, came = threading.Event(), threading.Event()
    journal = center.journal()

    def alerts() -> None:
        n = 100
        while not done.is_set():
            center.raise_alert(journal, n)
            came.set()
            n += 1

    def backup() -> dict[str, Any]:
        made = center.backup()
        came.clear()
        assert came.wait(20), "another alert after it, and before the next"
        return made

    writing = threading.Thread(target=alerts)
    writing.start()
    try:
        made = [backup() for _ in range(3)]
    finally:
        done.set()
        writing.join()
    journal.close()
    assert len({one["events"] for one in made}) == 3, "alerts came meanwhile"
    assert center.restore()["digest"] == made[-1]["digest"]


def test_whoever_is_erased_is_in_no_backup_of_later_and_not_to_be_read_in_one_of_before(
    center: Center,
) -> None:
    number = "+393337778889"
    journal = center.journal()
    Registry(journal).add_user(Person(phones=(number,), first_name="Carla"), by="test")
    place = Position(lat=44.39058, lon=8.97342, at=CLOCK.now_us())
    signal_ = Signal(channel=Channel.DATA, received_at=CLOCK.now_us(), phone=E164(number), position=place)
    alert = accept(journal, signal_, 50.0).alert
    journal.append(Append(streams.case(alert), 0, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    journal.close()

    def plain(path: Path) -> bytes:
        pieces: list[bytes] = []
        age.read(path, age.identities(center.identity), pieces.append)
        return zlib.decompress(b"".join(pieces), 16 + zlib.MAX_WBITS)

    told = {word: word.encode() for word in ("Carla", number[3:])} | {"lat": struct.pack(">d", place.lat)}
    center.backup()
    before = center.file.read_bytes()
    assert [word for word, said in told.items() if said in plain(center.file)] == [], "sealed"
    assert {"Carla", number[3:]} <= {word for word, said in told.items() if said in plain(center.keys)}
    center.run("user", "erase", number)
    center.backup()
    after = plain(center.file) + plain(center.keys)
    assert [word for word, said in told.items() if said in after] == []
    center.file.write_bytes(before)
    center.restore()
    restored = center.journal(StateDir(center.folder / "new"))
    assert Registry(restored).user_by_phone(E164(number)) is None
    received = restored.read(streams.inbox(alert))[0].event
    assert isinstance(received, AlertReceived)
    assert (received.phone, received.position) == (None, None)
    assert verify_journal(restored).problems == ()
    restored.close()


def test_a_center_in_postgresql_comes_back_in_another_database_and_in_a_file(
    center: Center, postgres: PostgresServer
) -> None:
    """And where a database has events already nothing is added to them."""
    url, other = (postgres.url(postgres.database()) for _ in range(2))
    center.settings.write_text(f'[journal]\nurl = "{url}"\n')
    center.run("journal", "import", center.state.path)
    made = center.backup()
    in_file = center.restore("file")
    in_server = center.restore("server", "--journal", other)
    assert {one["digest"] for one in (made, in_file, in_server)} == {made["digest"]}
    for found in (StateDir(center.folder / "file").journal_url, other):
        journal = Journal.open(found, node=NodeId("n"), clock=CLOCK.now_us, notify=LocalNotifier())
        assert Registry(journal).user_by_phone(E164(GIULIA)) is not None
        journal.close()
    center.restore("again", "--journal", other, code=1)
    assert "holds events" in center.error


def test_a_folder_that_is_not_there_is_not_made(center: Center) -> None:
    shutil.rmtree(center.file.parent)
    center.backup(code=1)
    assert "mounted" in center.error


def test_two_at_once_do_not_write_the_same_file(center: Center) -> None:
    def meanwhile() -> Iterator[bytes]:
        yield b"x"
        center.backup(code=1)
        yield b"y"

    age.write(center.keys, meanwhile(), ())
    assert "written by another process" in center.error


def test_the_name_of_a_file_leads_nowhere_else(tmp_path: Path) -> None:
    from features.backup.files import put_back
    from features.backup.form import File

    elsewhere = ("/etc/x", "../x", "keys/../../x", "keys//etc/../../x", "x", "")
    none = ("settings", "keys", "keys/", "keys/\0x", "keys/a\nb", f"keys/{'a' * 300}", f"keys/{'a/' * 3000}b")
    for name in (*elsewhere, *none):
        with pytest.raises(age.Damaged, match=re.escape(repr(name[:100]))):
            put_back(tmp_path, File(name=name, content=b""))
    put_back(tmp_path, File(name="keys/a", content=b"x"))
    for name in ("keys/a/b", "keys/a/b/c"):
        with pytest.raises(age.Damaged, match=name):
            put_back(tmp_path, File(name=name, content=b""))
    assert [one.name for one in tmp_path.rglob("*") if one.is_file()] == ["a"]
