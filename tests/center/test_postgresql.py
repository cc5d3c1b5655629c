"""The commands with a journal in PostgreSQL: they find it by the settings, the doctor judges the server, and
a center on SQLite moves over with everything."""

import os
from pathlib import Path

import msgspec
import pytest

from application.state.state_dir import Lock, StateDir
from center.checks.journal import connections_needed, way
from center.node.composition import plan
from messages.ids import E164, Channel, Instant, NodeId, Role
from model.checks import Severity
from model.rules.signal import Signal
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.setup import Setup
from store.alerts.accepting import accept
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.registry.people import Person
from store.registry.registry import Registry
from tests.center.terminal import Terminal
from tests.support.postgres import PostgresServer


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.url(postgres.database())


@pytest.fixture
def run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> Terminal:
    """A command line whose settings name the server."""
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(configured(tmp_path, url)))
    return Terminal(tmp_path / "state", capfd)


def configured(folder: Path, url: str) -> Path:
    file = folder / "center.toml"
    file.write_text(f'[journal]\nurl = "{url}"\n')
    return file


@pytest.fixture
def old(tmp_path: Path) -> StateDir:
    """A center on SQLite that has lived a little, and is stopped."""
    state = StateDir(tmp_path / "old")
    state.create()
    journal = Journal.open(
        state.journal_url, node=NodeId("old"), clock=lambda: Instant(5), notify=LocalNotifier()
    )
    registry = Registry(journal)
    registry.add_user(
        Person(phones=("+393331112223", "+393331112224"), first_name="Giulia", devices=("d1",)), by="x"
    )
    registry.add_operator("Anna", "+390200000011", on_call=True, by="x")
    registry.trust_app_key("key", "app")
    for n in range(700):
        accept(
            journal,
            Signal(channel=Channel.DATA, received_at=Instant(n), phone=E164(f"+39333{n:07d}"), test=True),
            50,
        )
    journal.close()
    return state


def test_the_commands_work_as_they_do_on_sqlite(run: Terminal) -> None:
    run("user", "add", "--phone", "+393331112223", "--first-name", "Giulia")
    assert "Giulia" in run("user", "list")
    run("operator", "add", "Anna", "--phone", "+390200000011")
    assert "Anna" in run("operator", "list")
    assert "sound" in run("journal", "verify")
    assert len(run("journal", "export").splitlines()) == 2
    assert run.json("alert", "list") == []
    assert not (run.state.path / "journal.db").exists()


def test_a_server_that_is_away_is_told_in_a_sentence_without_the_password(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configured(tmp_path, "postgresql://u:s3cret@127.0.0.1:1/d")
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(file))
    run = Terminal(tmp_path / "state", capfd)
    said = run("user", "list", code=1) + run.error + run("doctor", code=1)
    assert "postgresql://u@127.0.0.1:1/d" in said
    assert "s3cret" not in said


def test_a_center_moves_over_with_everything_and_as_it_was(run: Terminal, old: StateDir) -> None:
    before = Terminal(old.path, run.capture)
    os.environ["SECURWOMAN_CONFIG"], configured_here = "", os.environ["SECURWOMAN_CONFIG"]
    digest = digest_of(before)
    users, operators = before("user", "list"), before("operator", "list")
    exported = before("journal", "export")
    os.environ["SECURWOMAN_CONFIG"] = configured_here
    assert run.json("journal", "import", str(old.path)) == {
        "events": 1402, "users": 1, "operators": 1, "app_keys": 1
    }  # fmt: skip
    assert digest_of(run) == digest
    assert (run("user", "list"), run("operator", "list")) == (users, operators)
    assert run("journal", "export") == exported
    # Once more, or an export: it is not empty any more.
    run("journal", "import", str(old.path / "journal.db"), code=1)
    assert "an import needs an empty one" in run.error


def test_nothing_is_taken_of_a_center_that_runs_or_that_is_none(
    run: Terminal, old: StateDir, tmp_path: Path
) -> None:
    pid = os.fork()
    if pid == 0:
        Lock(old)
        os.kill(os.getpid(), 19)
        os._exit(0)
    os.waitpid(pid, os.WUNTRACED)
    try:
        run("journal", "import", str(old.path), code=1)
        assert f"a center is already running in {old} (process {pid})" in run.error
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    (tmp_path / "empty").mkdir()
    run("journal", "import", str(tmp_path / "empty"), code=1)
    assert "there is no journal in" in run.error
    assert run.json("journal", "verify")["events"] == 0  # type: ignore[index]


def digest_of(run: Terminal) -> object:
    found = msgspec.convert(run.json("journal", "verify"), dict[str, object])
    assert found["problems"] == []
    return found["digest"]


# --------------------------------------------------------------------------------------- doctor


def found_by(run: Terminal, *, code: int) -> list[str]:
    said = msgspec.convert(run.json("doctor", code=code), dict[str, object])
    checks = msgspec.convert(said["checks"], list[dict[str, str]])
    return [f"{one['verdict']} {one['text']}" for one in checks if one["check"] == "database"]


def test_the_doctor_judges_the_server(run: Terminal, postgres: PostgresServer) -> None:
    found = found_by(run, code=0)
    assert [one.partition(" ")[0] for one in found] == ["ok", "ok", "warn", "ok", "warn", "ok"], found
    assert found[0].startswith("ok PostgreSQL ")
    assert "the server is on this machine" in found[1]
    assert "can change stored events" in found[2]
    assert "a commit takes" in found[3]
    assert "no synchronous standby" in found[4]
    assert "connections are allowed" in found[5]
    postgres.execute("ALTER ROLE securwoman SET synchronous_commit = off")
    try:
        assert any("the center overrides it" in one for one in found_by(run, code=0))
    finally:
        postgres.execute("ALTER ROLE securwoman RESET synchronous_commit")


@pytest.mark.parametrize(
    ("address", "sslmode", "encrypted", "verdict"),
    [
        ("/var/run/postgresql", "prefer", False, Severity.OK),
        ("127.0.0.1", "disable", False, Severity.OK),
        ("10.0.0.9", "prefer", False, Severity.FAIL),
        ("10.0.0.9", "prefer", True, Severity.WARN),
        ("10.0.0.9", "require", True, Severity.WARN),
        ("fd00::9", "verify-full", True, Severity.OK),
    ],
)
def test_the_doctor_judges_the_way_to_the_server(
    address: str, sslmode: str, encrypted: bool, verdict: Severity
) -> None:
    assert way(address, sslmode, encrypted=encrypted).verdict is verdict


def test_the_doctor_counts_the_connections(run: Terminal, tmp_path: Path, url: str) -> None:
    file = tmp_path / "many.toml"
    file.write_text(f'[journal]\nurl = "{url}"\n[limits]\nlive_cases = 200\n')
    said = run("doctor", "--config", str(file), code=1)
    assert "raise max_connections" in said
    assert connections_needed(live_cases=50, lines=4) == 2 * (9 + 2 + 2 + 50 + 4) + 1
    assert connections_needed(live_cases=50, lines=4, nodes=3) == 3 * connections_needed(
        live_cases=50, lines=4
    )


def test_a_journal_in_postgresql_has_nobody_who_keeps_a_spare() -> None:
    setup = Setup(settings=Settings(limits=LimitsSettings(live_cases=3, idle_workers=1)))
    kept = [{spec.role for spec in plan(setup, shared=shared).actors} for shared in (False, True)]
    assert [Role.FALLBACK_KEEPER in roles for roles in kept] == [True, False]
