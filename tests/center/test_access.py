"""The commands about keys, operators and sessions, what a start makes of them, and what the doctor says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO

import msgspec
import pytest

from application.state.journals import journal_of
from application.state.keys import DEMO_OPERATOR, DEMO_PHONE, DEMO_TOKEN, key_in_file
from center.checks.journal import access
from center.node.actors_group import ActorsGroup
from messages import events as ev
from messages.ids import E164, AlertId, Channel, NodeId, OperatorId, ShiftState
from model.checks import Severity
from model.rules.signal import Signal
from model.settings import Settings
from model.settings.web import SecondFactor
from model.setup import Setup
from runtime.clock import SystemClock
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal
from store.registry.access import sessions
from store.registry.access.authenticators import (
    Authenticator,
    AuthenticatorKind,
    add,
    by_id,
    operator_of_recovery,
)
from store.registry.access.credentials import is_password
from store.registry.registry import Registry
from tests.center.terminal import Terminal

LUCIA = OperatorId("lucia-neri")


@pytest.fixture
def lucia(run: Terminal) -> str:
    """An operator's token."""
    added = run("operator", "add", "Lucia Neri", "--phone", "+390200000101", "--ready", "--token")
    return added.splitlines()[-1]


@contextmanager
def registry_of(run: Terminal) -> Iterator[Registry]:
    with journal_of(run.state) as journal:
        yield Registry(journal)


def signed_on(run: Terminal, operator: OperatorId = LUCIA) -> str:
    """The operator's cookie."""
    with journal_of(run.state) as journal:
        return journal.transact(
            lambda tx: sessions.start_session(tx, operator, "192.0.2.7", way=sessions.SignOnMethod.PASSWORD)
        ).secret


def stands(run: Terminal, secret: str) -> bool:
    with journal_of(run.state) as journal:
        return sessions.session_of_secret(journal, secret, journal.now_us()) is not None


def on_an_alert(run: Terminal) -> AlertId:
    with journal_of(run.state) as journal:
        signal = Signal(channel=Channel.DATA, received_at=journal.now_us(), phone=E164("+393331112223"))
        alert = accept(journal, signal, 50.0).alert
        reserved = ev.OperatorReserved(operator=LUCIA, alert=alert)
        journal.append(Append(streams.operator(LUCIA), None, (reserved,)))
        return alert


def shift(journal: Journal, operator: OperatorId) -> ShiftState:
    said = [one.event for one in journal.read(streams.operator(operator))]
    return [event.state for event in said if isinstance(event, ev.ShiftChanged)][-1]


# ------------------------------------------------------------------------------------------ keys


def test_a_key_is_issued_beside_the_older_one_which_is_revoked_by_itself(run: Terminal) -> None:
    older = run("key", "issue", "app").splitlines()[-1]
    told = run("key", "issue", "app").splitlines()
    newer = told[-1]
    assert told[0] == "2 keys of app are valid; revoke the older ones: securwoman key revoke --older app"
    rows = msgspec.convert(run.json("key", "list"), list[dict[str, object]])
    assert [row["name"] for row in rows] == ["app", "app"]
    assert older not in run("key", "list") + run("journal", "export")
    assert run("key", "revoke", "--older", "app") == "1 keys of app are revoked; 1 app keys are valid\n"
    with registry_of(run) as registry:
        assert [registry.app_key_name(key) for key in (older, newer)] == [None, "app"]
    run("key", "revoke", "app")
    assert run("key", "list") == "no app key is valid: no app can raise an alert\n"
    run("key", "revoke", "app", code=1)
    assert "no valid app key has the name app" in run.error
    run("key", "issue", " ", code=2)


# --------------------------------------------------------------------------------------- devices


# ------------------------------------------------------------------------------------- operators


def test_a_removed_operator_is_out_and_off_shift(run: Terminal, lucia: str) -> None:
    cookie = signed_on(run)
    assert run("operator", "remove", "Lucia Neri") == "Lucia Neri is removed\n"
    assert "no operator is left" in run.error
    assert not stands(run, cookie)
    with journal_of(run.state) as journal:
        assert Registry(journal).operator_by_token(lucia) is None
        assert shift(journal, LUCIA) is ShiftState.OFF
    run("operator", "remove", "lucia-neri", code=1)


def test_who_removes_the_last_admin_is_told(run: Terminal, lucia: str) -> None:
    run("operator", "add", "Ada", "--phone", "+390200000102", "--role", "admin")
    run("operator", "remove", "ada")
    assert "no admin is left" in run.error


def test_a_token_is_made_anew_or_ended_and_its_sessions_with_it(run: Terminal, lucia: str) -> None:
    assert run("operator", "tokens", "lucia-neri") == "Lucia Neri has a token\n"
    cookie = signed_on(run)
    new = run("operator", "tokens", "lucia-neri", "--new").splitlines()[-1]
    assert not stands(run, cookie)
    with registry_of(run) as registry:
        found = [registry.operator_by_token(token) for token in (lucia, new)]
        assert [one.id if one else None for one in found] == [None, LUCIA]
    cookie = signed_on(run)
    assert run("operator", "revoke", "lucia-neri") == "the token of and 1 sessions of Lucia Neri have ended\n"
    assert not stands(run, cookie)
    assert run("operator", "tokens", "lucia-neri") == "Lucia Neri has no token\n"


def test_who_is_on_an_alert_is_not_thrown_out_without_being_asked_for(
    run: Terminal, lucia: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie, alert = signed_on(run), on_an_alert(run)
    for command in (("remove",), ("revoke",), ("tokens", "--new"), ("password",), ("role", "admin")):
        name, *rest = command
        run("operator", name, "lucia-neri", *rest, code=1)
        assert (
            f"Lucia Neri is on alert {alert}; wait until the alert is closed, or repeat with --now"
            in run.error
        )
    assert stands(run, cookie)
    run("operator", "remove", "lucia-neri", "--now")
    assert not stands(run, cookie)


def test_who_is_signed_on_is_listed_with_from_where(run: Terminal, lucia: str) -> None:
    assert run("operator", "sessions") == "no operator is signed on\n"
    secret = signed_on(run)
    (row,) = msgspec.convert(run.json("operator", "sessions", "lucia-neri"), list[dict[str, str]])
    assert (row["operator"], row["address"]) == (LUCIA, "192.0.2.7")
    said = run("operator", "sessions")
    assert "192.0.2.7" in said
    assert secret not in said


def test_a_recovery_code_is_the_last_line_and_a_revocation_ends_passkeys_where_it_is_said(
    run: Terminal, lucia: str
) -> None:
    said = run("operator", "recover", "lucia-neri").splitlines()
    with journal_of(run.state) as journal:
        assert operator_of_recovery(journal, said[-1], journal.now_us()) == LUCIA
        key = Authenticator(
            b"id", LUCIA, AuthenticatorKind.PASSKEY, "Key", b"key", 0, False, journal.now_us()
        )
        journal.transact(lambda tx: add(tx, key))
    assert "passkey or token" in run("operator", "list")
    assert "still valid: add --passkeys" in run("operator", "revoke", "lucia-neri")
    run("operator", "revoke", "lucia-neri", "--passkeys")
    with journal_of(run.state) as journal:
        assert operator_of_recovery(journal, said[-1], journal.now_us()) is None
        assert by_id(journal, b"id") is None


def test_the_doctor_names_who_is_asked_for_a_second_factor_and_has_none(run: Terminal, lucia: str) -> None:
    run("key", "issue", "app")
    run("operator", "role", "lucia-neri", "supervisor")
    asked = partial(access, run.state, simulated=False)
    last = [one.text for one in asked(second_factor=SecondFactor.ALL)][-1]
    assert "missing for lucia-neri" in last
    assert [one.verdict for one in asked(second_factor=SecondFactor.NONE)] == [Severity.OK]


# ------------------------------------------------------------------------------------- passwords

SIMPLE = "password12 password12345 Passwort2026! p@ssw0rdp@ssw0rd luciaLucia1234 nerilucia2026 aaaaaaaaaaaaaa"
MORE = "abcabcabcabcabc 123456789012345 qwertyuiopasdfgh securwoman112 abcdefghijklmnop 98765432109876"
GOOD = "una frase lunga|correct horse battery|tre gatti sul tetto|K7#mq-vvT2.xp|Ω φθινόπωρο και βροχή"


def test_what_is_guessed_first_is_no_password_and_several_words_or_chance_are_one() -> None:
    guessed = (*SIMPLE.split(), *MORE.split(), " " * 12, "!!!!????!!!!????")
    assert [one for one in guessed if is_password(one, ("Lucia Neri", LUCIA))] == []
    assert [one for one in GOOD.split("|") if not is_password(one, ("Lucia Neri", LUCIA))] == []


def test_a_simple_password_is_refused_and_nothing_is_changed(
    run: Terminal, lucia: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for typed in ("password12", "lucialucia12"):
        monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n"))
        run("operator", "password", "lucia-neri", code=2)
        assert "take four words that have nothing to do with each other" in run.error
    with registry_of(run) as registry:
        assert not registry.password_is(LUCIA, "lucialucia12")


# ----------------------------------------------------------------------------------------- starts


def started(run: Terminal, *, simulated: bool) -> list[str]:
    """As a node does first; what it tells."""
    run.state.create()
    group = ActorsGroup(
        state=run.state.path,
        clock=SystemClock.anchored(),
        node=NodeId("n"),
        journal_url=run.state.journal_url,
        setup=Setup(settings=Settings()),
    )
    phones = (DEMO_PHONE,) if simulated else None
    return group.first_start(run.state, Settings(), simulated_phones=phones, version="0")


def findings(run: Terminal, *, simulated: bool) -> dict[Severity, str]:
    return {one.verdict: one.text for one in access(run.state, simulated=simulated)}


def test_a_start_with_modems_removes_the_demo_operator_of_simulated_runs(run: Terminal) -> None:
    assert started(run, simulated=True) == []
    token = (run.state.keys / DEMO_TOKEN).read_text().strip()
    cookie = signed_on(run, DEMO_OPERATOR)
    assert "the demo operator" in findings(run, simulated=False)[Severity.FAIL]
    told = started(run, simulated=False)
    assert told == ["the demo operator of simulated runs is removed, token and sessions have ended"]
    assert not stands(run, cookie)
    assert not (run.state.keys / DEMO_TOKEN).exists()
    with journal_of(run.state) as journal:
        assert Registry(journal).operator_by_token(token) is None
        assert shift(journal, DEMO_OPERATOR) is ShiftState.OFF
    assert Severity.FAIL not in findings(run, simulated=False)
    assert started(run, simulated=False) == []
    assert started(run, simulated=True) == []
    with registry_of(run) as registry:
        assert registry.operator_by_token((run.state.keys / DEMO_TOKEN).read_text().strip()) is not None


def test_an_exchanged_app_key_leaves_the_older_one_valid_and_says_so(run: Terminal) -> None:
    started(run, simulated=False)
    older = key_in_file(run.state)
    assert older is not None
    (run.state.keys / "app.key").write_text("swk_given-by-hand\n")
    (told,) = started(run, simulated=False)
    assert told.startswith("2 app keys called center are valid besides the key in ")
    assert "center (2)" in findings(run, simulated=False)[Severity.WARN]
    run("key", "revoke", "--older", "center")
    assert started(run, simulated=False) == []
    with registry_of(run) as registry:
        assert [registry.app_key_name(key) for key in (older, "swk_given-by-hand")] == [None, "center"]
    assert findings(run, simulated=False) == {Severity.OK: "valid app keys: center"}


def test_a_revoked_key_in_the_file_is_replaced_at_the_next_start(run: Terminal) -> None:
    started(run, simulated=False)
    before = key_in_file(run.state)
    assert "keys/app.key is revoked" in run("key", "revoke", "center")
    assert "no app key is valid" in findings(run, simulated=False)[Severity.FAIL]
    (told,) = started(run, simulated=False)
    assert "was revoked: the file holds a new key now" in told
    now = key_in_file(run.state)
    assert now not in (None, before)
    assert (run.state.keys / "app.key").stat().st_mode & 0o777 == 0o600
