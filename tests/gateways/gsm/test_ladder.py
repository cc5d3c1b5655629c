"""The rungs for a modem that does not answer, and what the person on duty is told."""

from __future__ import annotations

from gateways.gsm.driver.events import Stage
from gateways.gsm.driver.ladder import RETRY_LIVE_S, RETRY_S, ROUND_S, RecoveryLadder
from gateways.gsm.line.port_control import quarantine_reason, recovery_step_text
from tests.support.each import each

CLIMB = [Stage.REOPEN, Stage.RESET, Stage.USB_RESET, Stage.QUARANTINE]


def climbed(ladder: RecoveryLadder, seconds: float, *, live: bool = False, now_s: float = 0.0) -> list[Stage]:
    stages = [ladder.on_sync_failed(now_s, live=live)]
    until_s = now_s + seconds
    while (due_s := ladder.next_deadline()) is not None and due_s <= until_s:
        assert ladder.take_attempt_due(due_s)
        stages.append(ladder.on_sync_failed(due_s, live=live))
    return stages


def test_it_is_climbed_once_and_again_after_a_while() -> None:
    stages = climbed(RecoveryLadder(reboot_s=20.0), ROUND_S + 3 * RETRY_S)
    assert stages[:4] == CLIMB
    tried = stages.index(Stage.REOPEN, 1)
    assert set(stages[4:tried]) == {Stage.QUARANTINE}
    assert stages[tried : tried + 2] == CLIMB[:2]


def test_a_modem_that_may_hold_a_call_is_never_reset_and_is_reset_first_thing_once_it_may_be() -> None:
    ladder = RecoveryLadder(reboot_s=20.0)
    stages = climbed(ladder, 20 * RETRY_LIVE_S, live=True)
    assert set(stages) == {Stage.REOPEN, Stage.QUARANTINE}
    assert climbed(ladder, 300.0, now_s=1000.0)[:3] == CLIMB[1:]


def test_who_answers_is_at_its_foot_again() -> None:
    ladder = RecoveryLadder(reboot_s=20.0)
    climbed(ladder, 300.0)
    assert ladder.on_modem_answering()
    assert not ladder.on_modem_answering()
    assert ladder.next_deadline() is None
    assert ladder.on_sync_failed(2000.0, live=False) is Stage.REOPEN


@each("stage", Stage)
def test_every_rung_has_words(stage: Stage) -> None:
    assert recovery_step_text(stage).startswith("the modem does not answer: ")


def test_a_port_that_never_answered_may_be_the_wrong_one_and_a_call_is_not_risked() -> None:
    def told(*, may_hold_call: bool, ever_answered: bool) -> str:
        return quarantine_reason(
            may_hold_call=may_hold_call,
            ever_answered=ever_answered,
            port="/dev/ttyUSB1",
            usb_reset="its USB device was reset",
        )

    wrong = told(may_hold_call=False, ever_answered=False)
    assert "/dev/ttyUSB1" in wrong
    assert "modem list" in wrong
    dead = told(may_hold_call=False, ever_answered=True)
    assert dead.endswith("(its USB device was reset): switch the modem off and on.")
    assert "is not reset" in told(may_hold_call=True, ever_answered=True)
