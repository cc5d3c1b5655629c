"""A silent alert: loud in the room, quiet at the user's side."""

from __future__ import annotations

import pytest

from messages import events as ev
from messages.calls import CallState
from messages.ids import Channel, LineId, OperatorCommand, Outcome, Party
from model.alert.leg import LegState
from model.alert.phase import Phase, phase
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.rules.calls.silent_and_duress import is_hushed
from model.rules.proof import level_of
from model.settings import Settings
from model.settings.alerts import VoiceAlert
from model.settings.psap import PsapSettings
from tests.actors.alert_case.book import EVERYONE, SETTINGS, START, Book, leg


def silent(**received: object) -> Book:
    """A silent alert whose operator is on the line."""
    book = Book(silent=True, **received)  # type: ignore[arg-type]
    book.go_on()
    book.answers(Party.OPERATOR)
    return book


def signal(book: Book, **fields: object) -> None:
    said = {"channel": Channel.DATA, "received_at": book.now, "raised_at": book.now, **fields}
    said.setdefault("proof", level_of(Channel(said["channel"])))
    book.write("inbox-a1", ev.AlertSignalAdded(**said))  # type: ignore[arg-type]
    book.go_on()


@pytest.mark.parametrize("test", [False, True])
def test_the_user_of_a_silent_alert_is_not_called(test: bool) -> None:
    book = silent(test=test).pass_time(120)
    assert book.case.of(Party.USER) == ()
    assert book.why_not(OperatorCommand.REDIAL_USER) == Refusal.SILENT
    assert phase(book.case) is Phase.CALLING_OPERATOR


def test_without_an_operator_the_phone_stays_still_at_the_deadline_too() -> None:
    book = Book(silent=True, operators=()).opened().pass_time(120)
    assert book.case.of(Party.USER) == ()
    assert book.case.met_at is None


def test_an_operator_who_has_it_meets_the_deadline_of_a_silent_alert() -> None:
    book = silent()
    assert book.case.met_at == book.case.operator_joined_at
    assert (book.case.rang_at, book.case.reached_at) == (None, None)


def test_an_operator_orders_the_user_called_all_the_same() -> None:
    book = silent().pass_time(5).order(OperatorCommand.CALL_ALOUD)
    assert book.leg(Party.USER).attempt == 1
    assert book.all_of(ev.CallAloudRequested)[0].by == EVERYONE[0]
    assert not is_hushed(book.case)
    assert book.why_not(OperatorCommand.CALL_ALOUD) == Refusal.USER_CALLED_ALREADY
    book.rings(Party.USER).ends(Party.USER, 19)
    assert book.leg(Party.USER).attempt == 2, "as any user from then on"


def test_only_a_silent_alert_is_ordered_aloud_and_never_one_under_duress() -> None:
    loud = Book().to_talking()
    assert loud.why_not(OperatorCommand.CALL_ALOUD) == Refusal.NOT_SILENT
    forced = silent().fact(ev.AlertCancelled(duress=True))
    assert forced.why_not(OperatorCommand.CALL_ALOUD) == Refusal.DURESS_NO_CALL


def test_a_phone_that_rings_is_still_when_the_alert_turns_silent() -> None:
    book = Book().attended().rings(Party.USER)
    signal(book, silent=True)
    user = book.case.legs[leg("user")]
    assert (user.state, user.reason) == (LegState.RELEASING, ReleaseReason.HUSHED)
    book.release_all().pass_time(120)
    assert book.case.active(Party.USER) is None
    book.order(OperatorCommand.CALL_ALOUD)
    assert book.leg(Party.USER).attempt == 2
    assert book.case.user_ends == (), "what the center has ended itself is no end of the user's"


def test_who_is_on_the_line_stays_when_the_alert_turns_silent() -> None:
    book = Book().to_talking()
    signal(book, silent=True)
    assert book.leg(Party.USER).answered
    assert book.why_not(OperatorCommand.ANOTHER_LINE) == Refusal.SILENT
    assert book.why_not(OperatorCommand.MARK_MACHINE) == Refusal.USER_NOT_CALLED_AGAIN
    book.ends(Party.USER).pass_time(60)
    assert book.case.active(Party.USER) is None


@pytest.mark.parametrize("voice_alert", list(VoiceAlert))
def test_a_call_of_the_users_own_is_answered_as_ever(voice_alert: VoiceAlert) -> None:
    settings = Settings(voice_alert=voice_alert, psap=PsapSettings(number=SETTINGS.psap.number))
    book = Book(silent=True, settings=settings).attended()
    signal(book, channel=Channel.VOICE, line=LineId("p7"), call=3)
    assert book.leg(Party.USER).call == 3
    book.report(book.leg(Party.USER), CallState.ANSWERED)
    assert book.case.reached_by == "answer"


def test_112_is_called_and_briefed_without_the_user() -> None:
    book = silent()
    assert book.why_not(OperatorCommand.CALL_PSAP) is None
    book.order(OperatorCommand.CALL_PSAP).answers(Party.PSAP).order(OperatorCommand.BRIEFING_GIVEN)
    book.obeyed(OperatorCommand.LEAVE)
    assert book.case.outcome is Outcome.BRIEFED
    assert not [one for one in book.all_of(ev.LegOriginating) if one.party is Party.USER]


def test_a_silent_alert_is_not_closed_with_nobody_told() -> None:
    book = silent()
    assert book.why_not(OperatorCommand.CLOSE) == Refusal.PSAP_NOT_TOLD
    book.order(OperatorCommand.CALL_ALOUD).rings(Party.USER).ends(Party.USER, 19).rings(Party.USER)
    book.ends(Party.USER, 19)
    assert book.why_not(OperatorCommand.CLOSE) == Refusal.PSAP_NOT_TOLD
    assert book.why_not(OperatorCommand.CLOSE, supervisor=True) is None


def test_a_silent_test_for_which_nobody_can_be_called_can_be_closed() -> None:
    book = Book(
        silent=True, test=True, settings=Settings(psap=PsapSettings(number=SETTINGS.psap.number))
    ).attended()
    assert book.now >= START
    assert book.why_not(OperatorCommand.CLOSE) is None
