"""A PIN is given once; what was refused, or may have been, is never given again, whatever restarts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.gsm.driver import pin_memory
from gateways.gsm.driver.pin_memory import PinMemory
from tests.support.depth import often


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pin_memory, "ROUNDS", 1)


def _write(file: Path, pin: str) -> None:
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(f"{pin}\n")
    os.utime(file, ns=(before + 1, before + 1))


def _memory(tmp_path: Path, pin: str | None = None) -> PinMemory:
    if pin is not None:
        _write(tmp_path / "pin", pin)
    return PinMemory(str(tmp_path / "pin"), tmp_path / "lines" / "one.pin")


def test_a_right_pin_is_given_at_every_power_up(tmp_path: Path) -> None:
    memory = _memory(tmp_path, "1234")
    for _ in range(3):
        assert memory.take_pin() == "1234"
        assert memory.take_pin() == "", "the answer is waited for"
        memory.on_pin_answer(right=True)
        assert memory.take_pin() == "", "a SIM may ask for a moment more"
        memory.on_sim_ready()
    assert memory.fault == ""


@pytest.mark.parametrize("right", [False, None])
def test_a_refused_pin_is_not_given_again_and_the_next_one_is(tmp_path: Path, right: bool | None) -> None:
    memory = _memory(tmp_path, "0000")
    assert memory.take_pin() == "0000"
    memory.on_pin_answer(right=right)
    for again in (memory, _memory(tmp_path)):
        assert again.take_pin() == ""
        assert "is not tried again" in again.fault
    _write(tmp_path / "pin", "1234")
    assert memory.take_pin() == "1234"
    assert memory.fault == ""


def test_an_ok_proves_nothing_until_the_sim_is_open(tmp_path: Path) -> None:
    memory = _memory(tmp_path, "1111")
    assert memory.take_pin() == "1111"
    memory.on_pin_answer(right=True)
    assert _memory(tmp_path).take_pin() == "", "it may have been another command's"
    memory.on_sim_ready()
    assert _memory(tmp_path).take_pin() == "1111"


def test_one_of_which_nobody_knows_the_answer_is_not_given_again(tmp_path: Path) -> None:
    _write(tmp_path / "pin", "1234")
    assert _memory(tmp_path).take_pin() == "1234"
    after = _memory(tmp_path)
    assert after.take_pin() == ""
    assert "unknown result" in after.fault


@pytest.mark.parametrize("content", ["", "12", "abcd", "123456789", "1 234"])
def test_what_is_no_pin_is_not_given(tmp_path: Path, content: str) -> None:
    memory = _memory(tmp_path, content)
    assert memory.take_pin() == ""
    assert "4 to 8 digits" in memory.fault


def test_without_a_file_the_fault_says_so(tmp_path: Path) -> None:
    assert PinMemory("", tmp_path / "one.pin").take_pin() == ""
    missing = _memory(tmp_path)
    assert missing.take_pin() == ""
    assert "cannot be read" in missing.fault


def test_what_cannot_be_remembered_is_not_given(tmp_path: Path) -> None:
    _write(tmp_path / "pin", "1234")
    (tmp_path / "lines").write_text("no directory")
    memory = _memory(tmp_path)
    assert memory.take_pin() == ""
    assert "could not be recorded" in memory.fault


def test_the_record_does_not_hold_the_pin(tmp_path: Path) -> None:
    _write(tmp_path / "pin", "73915")
    _memory(tmp_path).take_pin()
    record = tmp_path / "lines" / "one.pin"
    assert b"73915" not in record.read_bytes()
    assert record.stat().st_mode & 0o077 == 0


def test_a_new_card_is_given_the_pin_that_the_old_one_has_refused(tmp_path: Path) -> None:
    memory = _memory(tmp_path, "1234")
    assert memory.take_pin("A") == "1234"
    memory.on_pin_answer(right=False)
    for again in (memory, _memory(tmp_path)):
        assert again.take_pin("A") == ""
        assert again.take_pin("") == "", "it may be A"
    assert memory.take_pin("B") == "1234"
    memory.on_pin_answer(right=True)
    memory.on_sim_ready()
    assert memory.take_pin("A") == "", "that B has taken it makes it no better for A"
    assert _memory(tmp_path).take_pin("B") == "1234"


def test_what_an_unknown_card_has_refused_no_known_one_is_given(tmp_path: Path) -> None:
    memory = _memory(tmp_path, "1234")
    assert memory.take_pin("") == "1234"
    memory.on_pin_answer(right=False)
    assert _memory(tmp_path).take_pin("A") == ""


STEPS = ("0000", "1111", "1234", "restart", "answer", "ask", "change the card", "tell", "do not tell")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=often(60), deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_whatever_happens_no_wrong_pin_is_given_twice_to_one_card(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    place = tmp_path_factory.mktemp("sim")
    right = {"A": "1234", "B": "1111"}
    memory, card, told = _memory(place), "A", True
    given_pins: list[tuple[str, str]] = []
    pending: tuple[str, str] | None = None
    for step in steps:
        match step:
            case "restart":
                memory, pending = _memory(place), None
            case "change the card" if pending is None:
                card = "B" if card == "A" else "A"
            case "tell" | "do not tell":
                told = step == "tell"
            case "answer" if pending is not None:
                is_right = right[pending[0]] == pending[1]
                memory.on_pin_answer(right=is_right)
                if is_right:
                    memory.on_sim_ready()
                pending = None
            case "ask":
                if pin := memory.take_pin(card if told else ""):
                    pending = card, pin
                    given_pins.append(pending)
            case _ if step.isdecimal():
                _write(place / "pin", step)
    for card_given, pin in set(given_pins):
        assert right[card_given] == pin or given_pins.count((card_given, pin)) == 1


def test_with_no_pin_file_what_was_typed_is_given_once_and_a_pin_file_counts_more(tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    memory = PinMemory("", tmp_path / "lines" / "one.pin", typed=typed)
    assert memory.take_pin() == ""
    assert "pin_file is not set" in memory.fault
    _write(typed, "0000")
    assert memory.take_pin() == "0000"
    memory.on_pin_answer(right=False)
    assert memory.take_pin() == ""
    assert "is not tried again" in memory.fault
    _write(typed, "1234")
    assert memory.take_pin() == "1234"
    _write(tmp_path / "pin", "5678")
    named = PinMemory(str(tmp_path / "pin"), tmp_path / "lines" / "two.pin", typed=typed)
    assert named.take_pin() == "5678"
