"""The commands about users, their phones and operators, without a running center."""

from __future__ import annotations

import json
import os
import pty
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path

import msgspec
import pytest

from application.state.journals import journal_of
from center import cli
from messages.ids import OperatorId
from store.registry import devices
from store.registry.registry import Registry
from tests.center.terminal import Terminal


def test_two_operators_of_one_name_are_named_by_number_or_id(run: Terminal) -> None:
    run("operator", "add", "Lucia Neri", "--phone", "+390200000101")
    assert run.error == ""
    run("operator", "add", "Lucia Neri", "--phone", "+390200000102")
    assert "sign on by +390200000102 or lucia-neri-2" in run.error
    run("operator", "role", "Lucia Neri", "admin", code=1)
    assert "several operators have the name Lucia Neri: give the number or the id" in run.error
    run("operator", "role", "+390200000102", "admin")
    run("operator", "add", "Lucia  NERI", "--phone", "+390200000102", code=1)
    assert "belongs to lucia-neri-2" in run.error


def test_an_operator_is_added_with_the_token_alone_on_the_last_line(run: Terminal) -> None:
    token = run("operator", "add", "Lucia Neri", "--phone", "+390200000101", "--token").splitlines()[-1]
    assert token.startswith("swo_")
    (row,) = msgspec.convert(run.json("operator", "list"), list[dict[str, object]])
    assert (row["id"], row["phone"], row["shift"], row["has_token"]) == (
        "lucia-neri",
        "+390200000101",
        "off",
        True,
    )
    assert run("operator", "shift", "lucia-neri", "ready") == "Lucia Neri is ready\n"
    assert run.json("operator", "shift", "+390200000101", "paused") == {
        "operator": "lucia-neri",
        "state": "paused",
    }
    assert "paused" in run("operator", "list")
    run("operator", "shift", "nobody", "ready", code=1)
    assert "no operator has the id, number or name nobody" in run.error
    run("operator", "add", "X", "--phone", "113", code=1)


def test_a_password_is_asked_for_and_a_role_given(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("una frase lunga\n"))
    new = ("Lucia Neri", "--phone", "+390200000101", "--role", "supervisor", "--password")
    assert run("operator", "add", *new).startswith("lucia-neri: ")
    (row,) = msgspec.convert(run.json("operator", "list"), list[dict[str, object]])
    assert (row["role"], row["has_password"], row["has_token"]) == ("supervisor", True, False)
    listed = run("operator", "list")
    assert "supervisor" in listed
    assert "password" in listed
    with journal_of(run.state) as journal:
        assert Registry(journal).password_is(OperatorId("lucia-neri"), "una frase lunga")
    monkeypatch.setattr("sys.stdin", StringIO("too short\n"))
    assert run("operator", "password", "lucia-neri", code=2) == ""
    assert "a password has 12 to 512 characters and is not guessed at once" in run.error
    monkeypatch.setattr("sys.stdin", StringIO("un'altra frase lunga\n"))
    assert run("operator", "password", "Lucia Neri") == "Lucia Neri has a new password\n"
    assert run("operator", "role", "lucia-neri", "admin") == "Lucia Neri is admin\n"
    with journal_of(run.state) as journal:
        assert not Registry(journal).password_is(OperatorId("lucia-neri"), "una frase lunga")
        assert Registry(journal).password_is(OperatorId("lucia-neri"), "un'altra frase lunga")
    assert "frase" not in run("journal", "export")
    run("operator", "password", "nobody", code=1)
    run("operator", "role", "lucia-neri", "queen", code=2)


def test_at_a_terminal_a_password_is_typed_twice_and_never_shown(run: Terminal) -> None:
    run("operator", "add", "Lucia Neri", "--phone", "+390200000101")
    command = ["operator", "password", "lucia-neri", "--state", str(run.state)]

    def typed(first: str, second: str) -> tuple[int, str]:
        pid, ours = pty.fork()
        if pid == 0:
            try:
                for number, name in enumerate(("stdin", "stdout", "stderr")):
                    setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
                os._exit(cli.run(command))
            finally:
                os._exit(99)
        said = b""
        for asked, answer in ((b"New password: ", first), (b"Once more: ", second)):
            while asked not in said:
                said += os.read(ours, 1024)
            os.write(ours, f"{answer}\n".encode())
        with suppress(OSError):  # the end of a terminal's other side
            while more := os.read(ours, 1024):
                said += more
        os.close(ours)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()

    code, said = typed("una frase lunga", "una frase lunda")
    assert (code, "frase" in said) == (2, False)
    assert "the two passwords differ; nothing was changed" in said
    code, said = typed("una frase lunga", "una frase lunga")
    assert (code, "frase" in said) == (0, False)
    assert "Lucia Neri has a new password" in said


def test_a_user_is_added_shown_and_erased(run: Terminal) -> None:
    names = ("--first-name", "Giulia", "--last-name", "Rossi")
    user = run("user", "add", "--phone", "+393331112223", *names, "--language", "en").splitlines()[-1]
    assert "Giulia Rossi" in run("user", "list")
    shown = run.json("user", "show", "333 111 2223")
    assert isinstance(shown, dict)
    assert (shown["id"], shown["language"]) == (user, "en")
    exported = [json.loads(line) for line in run("journal", "export").splitlines()]
    assert "not a backup" in run.error
    assert [one["type"] for one in exported] == ["user.data_changed"]
    assert "Giulia" not in json.dumps(exported)
    assert run("user", "erase", user, "--yes") == f"{user} is erased, with 0 alerts and 0 recordings\n"
    run("user", "show", user, code=1)
    assert run("user", "list") == "no user\n"


def test_an_import_is_all_or_nothing_and_names_line_and_column(run: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("phone,first_name\n+393331112223,Giulia\n12,Anna\n")
    run("user", "import", str(file), code=1)
    assert f"{file}:3: phone:" in run.error
    assert run("user", "list") == "no user\n"
    file.write_text("phone,first_name\n+393331112223,Giulia\n")
    assert run("user", "import", str(file)) == "1 added, 0 changed, 0 unchanged\n"


def test_a_phone_that_was_invited_is_listed_until_it_is_revoked(run: Terminal) -> None:
    invitation = run("device", "invite", "--phone", "+393331112223").splitlines()[-1]
    with journal_of(run.state) as journal:
        key = journal.transact(lambda tx: devices.accept_invitation(tx, invitation, bytes(65), "phone"))
    assert key is not None
    rows = msgspec.convert(run.json("device", "list", "+393331112223"), list[dict[str, object]])
    assert [(row["device"], row["phone"]) for row in rows] == [(key.device, "+393331112223")]
    assert run.json("device", "list", "+393331112224") == []
    assert run("device", "revoke", key.device) == f"{key.device} is revoked\n"
    assert run("device", "list") == "no phone is enrolled\n"
    run("device", "revoke", key.device, code=1)


def test_a_pin_need_not_stand_on_the_command_line(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("4711\n9999\n"))
    run("user", "add", "--phone", "+393331112223", "--pin", "-", "--duress-pin", "ask")
    assert run.error == ""
    with journal_of(run.state) as journal:
        registry = Registry(journal)
        (user,) = registry.users("", limit=2)
        verdicts = [registry.check_pin(user.id, pin).value for pin in ("4711", "9999", "ask")]
    assert verdicts == ["cancel", "duress", "wrong"]
    run("user", "add", "--phone", "+393331112224", "--pin", "4711")
    assert "other accounts of this machine can read a PIN on the command line" in run.error
