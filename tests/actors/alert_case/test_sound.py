"""A leg without sound: said once, taken back once, and another line for whoever is at its other end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.alert_case.decider import decide
from actors.alert_case.pending import PendingOffers
from actors.alert_case.rules.sound import silence_is_fault
from messages import events as ev
from messages.base import VoicePort
from messages.bridge import BridgeReport
from messages.calls import CallReport, CallState
from messages.ids import Channel, LineId, OperatorCommand, Party
from model.alert.leg import LegState
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.rules.calls.sound import party_without_sound
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book


def said(book: Book) -> list[str]:
    """Of the user's sound, in order."""
    kinds = {ev.LegSoundLost: "lost", ev.LegSoundBack: "back"}
    return [kinds[type(event)] for event in book.events if type(event) in kinds]


def test_it_is_said_once_and_taken_back_once() -> None:
    book = Book().to_talking()
    for _ in range(5):
        book.bridge(Party.USER).pass_time(1)
    assert said(book) == ["lost"]
    (lost,) = book.all_of(ev.LegSoundLost)
    assert lost.line == book.leg(Party.USER).line
    for _ in range(3):
        book.bridge().pass_time(1)
    assert said(book) == ["lost", "back"]
    assert book.leg(Party.USER).no_sound_at is None


def test_a_voice_port_that_stays_lost_is_no_sound_as_well() -> None:
    book = Book().to_talking()
    for _ in range(3):
        assert said(book) == []
        book.bridge(lost=(Party.USER,)).pass_time(1)
    assert said(book) == ["lost"]
    book.pass_time(5)
    assert said(book) == ["lost"]
    book.bridge()
    assert said(book) == ["lost"]
    book.pass_time(1)
    assert said(book) == ["lost", "back"]


def test_one_that_is_away_for_less_was_never_lost() -> None:
    book = Book().to_talking()
    for _ in range(4):
        book.bridge(lost=(Party.USER,)).pass_time(2).bridge().pass_time(2)
    assert said(book) == []


def test_what_was_lost_in_one_attempt_is_not_held_against_the_next() -> None:
    book = Book().to_talking().bridge(lost=(Party.USER,))
    book.go_on(_ended(book))
    book.pass_time(5).rings(Party.USER).answers(Party.USER).pass_time(2)
    assert said(book) == []


def test_what_crackles_now_and_then_is_not_back() -> None:
    book = Book().to_talking().bridge(Party.USER)
    for _ in range(5):
        book.bridge().pass_time(0.5).bridge(Party.USER).pass_time(0.5)
    assert said(book) == ["lost"]


def test_with_it_comes_an_alarm_that_ends_with_the_sound_or_with_the_call() -> None:
    book = Book().to_talking()
    wish = book.case.legs[book.leg(Party.USER).leg]

    def alarms(report: BridgeReport | None, after_s: float = 0.0) -> list[str]:
        book.pass_time(after_s)
        heard = () if report is None else (report,)
        decision = decide(book.case, heard, book.pending, book.me, SETTINGS, book.now)
        kinds = (ev.AlarmRaised, ev.AlarmCleared)
        found = [event for event in decision.events if isinstance(event, kinds)]
        assert all(event.subject == wish.leg for event in found)
        return [type(event).__name__ for event in found]

    joined = tuple(leg.leg for leg in book.case.legs.values() if leg.joined)
    silent = BridgeReport(bridge=book.case.bridge or "", joined=joined, no_sound=(wish.leg,))  # type: ignore[arg-type]
    assert alarms(silent) == ["AlarmRaised"]
    book.bridge(Party.USER)
    assert alarms(silent) == []
    book.bridge()
    sounds = BridgeReport(bridge=silent.bridge, joined=joined)
    assert alarms(sounds, 0.5) == []
    book.bridge(Party.USER)
    ended = decide(book.case, (_ended(book),), book.pending, book.me, SETTINGS, book.now)
    over = [event for event in ended.events if isinstance(event, ev.AlarmCleared)]
    assert [(event.alarm, event.subject) for event in over] == [("leg.no_sound", wish.leg)]


def _ended(book: Book) -> CallReport:
    leg = book.leg(Party.USER)
    return CallReport(leg=leg.leg, line=leg.line, attempt=leg.attempt, state=CallState.RELEASED, cause=16)


def test_a_case_that_starts_again_says_nothing_twice() -> None:
    book = Book().to_talking().bridge(Party.USER)
    book.pending = PendingOffers(opened_at=book.now)
    book.go_on()
    book.pass_time(2)
    assert said(book) == ["lost"]
    book.bridge(Party.USER)
    assert said(book) == ["lost"]
    book.bridge().pass_time(1)
    assert said(book) == ["lost", "back"]


def test_the_silence_between_two_rings_of_an_unanswered_phone_is_none() -> None:
    book = Book().attended()
    leg = book.leg(Party.USER)
    book.go_on(
        CallReport(
            leg=leg.leg,
            line=leg.line,
            attempt=leg.attempt,
            state=CallState.ANSWERED,
            voice=VoicePort(path="/dev/v"),
            confirmed=False,
        )
    )
    book.bridge(Party.USER)
    assert said(book) == []


def test_another_line_hangs_up_and_calls_again_at_once_on_another() -> None:
    book = Book().to_talking().bridge(Party.USER)
    before = book.leg(Party.USER)
    assert book.why_not(OperatorCommand.ANOTHER_LINE) is None
    book.order(OperatorCommand.ANOTHER_LINE)
    assert book.case.legs[before.leg].state is LegState.RELEASING
    assert len(book.all_of(ev.LegOriginating)) == 2, "her phone would be busy for a second call"
    book.release_all()
    again = book.leg(Party.USER)
    assert (again.attempt, again.state) == (2, LegState.ORIGINATING)
    assert again.line != before.line
    assert book.case.user_ends == ()
    book.answers(Party.USER)
    assert book.leg(Party.USER).no_sound_at is None
    assert book.case.operator == EVERYONE[0]


def test_it_does_not_use_up_the_user_s_attempts() -> None:
    book = Book().to_talking()
    for _ in range(4):
        book.obeyed(OperatorCommand.ANOTHER_LINE).answers(Party.USER)
    book.ends(Party.USER)
    assert book.leg(Party.USER).attempt == 6, "a drop is called back once, as ever (case 6)"


def test_the_user_s_own_call_is_taken_up_by_calling_the_user_back() -> None:
    book = Book(channel=Channel.VOICE, line=LineId("p7"), call=1).opened().answers(Party.USER)
    book.rings(Party.OPERATOR).answers(Party.OPERATOR)
    assert book.leg(Party.USER).call == 1
    book.obeyed(OperatorCommand.ANOTHER_LINE)
    again = book.leg(Party.USER)
    assert (again.call, again.number) == (None, book.case.phone)
    assert again.line != "p7"


def test_112_is_called_again_on_the_other_reserved_line_for_the_same_request() -> None:
    book = Book().to_conference()
    before = book.leg(Party.PSAP)
    book.bridge(Party.PSAP)
    assert party_without_sound(book.case) is Party.PSAP
    book.order(OperatorCommand.ANOTHER_LINE)
    assert book.case.answered(Party.USER) is not None
    book.release_all()
    again = book.leg(Party.PSAP)
    assert (again.attempt, again.number) == (2, before.number)
    assert again.line != before.line
    assert len(book.all_of(ev.PsapRequested)) == 1


def test_the_operator_is_called_again_alone_and_has_the_case_again() -> None:
    book = Book().to_talking().bridge(Party.OPERATOR)
    before = book.leg(Party.OPERATOR)
    book.operators.reverse()  # another would be offered first
    book.order(OperatorCommand.ANOTHER_LINE)
    assert book.leg(Party.USER).answered, "she is not let alone in silence longer than it takes"
    book.release_all()
    calling = [leg for leg in book.case.of(Party.OPERATOR) if leg.active]
    assert [leg.operator for leg in calling] == [EVERYONE[0]]
    assert calling[0].line != before.line
    book.answers(Party.OPERATOR)
    assert book.case.operator == EVERYONE[0]


@pytest.mark.parametrize(
    ("party", "reason"),
    [
        (Party.PSAP, Refusal.PSAP_ABSENT),
        (Party.LISTENER, Refusal.NOBODY_ON_THE_LINE),
        (Party.USER, None),
        (Party.OPERATOR, None),
        (None, None),
    ],
)
def test_only_whoever_is_on_the_line_can_have_another(party: Party | None, reason: str | None) -> None:
    book = Book().to_talking()
    asked = book.why_not(OperatorCommand.ANOTHER_LINE, party=party)
    assert asked == reason
    assert book.why_not(OperatorCommand.ANOTHER_LINE, EVERYONE[1], None, party) is not None


def test_whoever_cannot_be_called_back_is_not_hung_up() -> None:
    book = Book(channel=Channel.VOICE, line=LineId("p7"), call=1, phone=None)
    book.known = None
    book.go_on()
    book.answers(Party.USER).answers(Party.OPERATOR)
    asked = book.why_not(OperatorCommand.ANOTHER_LINE)
    assert asked == Refusal.NUMBER_UNKNOWN


def test_a_headset_in_a_quiet_room_is_not_without_sound() -> None:
    book = Book().to_talking()
    mine = book.leg(Party.OPERATOR)
    headset = replace(mine, line=LineId(f"headset:{mine.operator}"))
    assert silence_is_fault(mine)
    assert not silence_is_fault(headset)
    case = replace(book.case, legs={**book.case.legs, mine.leg: headset})
    asked = refusal(case, OperatorCommand.ANOTHER_LINE, EVERYONE[0], SETTINGS, None, Party.OPERATOR)
    assert asked == Refusal.OWN_VOICE
