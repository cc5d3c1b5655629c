"""No order, repetition or loss of what the AlertCase hears breaks what it promises."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from actors.alert_case.rules import find_operator
from actors.alert_case.wishes import desired_bridge
from messages import events as ev
from messages.base import VoicePort
from messages.bridge import BridgeReport, Member, Press
from messages.calls import CallReport, CallState
from messages.ids import (
    Assurance,
    BridgeId,
    Channel,
    Instant,
    LineId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
)
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.leg import Leg
from model.alert.parts import Owner
from model.orders.effects import refusal
from model.rules.calls.attempts import not_before
from model.rules.calls.silent_and_duress import is_psap_informed, was_user_on_line
from model.settings.alerts import Duress
from tests.actors.alert_case.book import EVERYONE, Book
from tests.support.depth import often
from tests.support.settings import changed

CAUSES = st.sampled_from([16, 17, 18, 19, 20, 21, 31, 34, 38, 41, 200, 201])
TALKERS = (Party.OPERATOR, Party.USER, Party.PSAP)
WHEN = st.floats(min_value=0.0, max_value=30.0)


class AnyCourse(RuleBasedStateMachine):
    """One alert, to which anything happens."""

    @initialize(
        operators=st.integers(0, 3),
        test=st.booleans(),
        voice=st.booleans(),
        phone=st.booleans(),
        silent=st.sampled_from((False, False, False, True)),
        duress=st.sampled_from(Duress),
        upto=st.sampled_from([(), (Party.OPERATOR,), (Party.OPERATOR, Party.USER), TALKERS]),
    )
    def begin(
        self,
        operators: int,
        test: bool,
        voice: bool,
        phone: bool,
        silent: bool,
        duress: Duress,
        upto: tuple[Party, ...],
    ) -> None:

        from tests.actors.alert_case.book import PHONE, SETTINGS

        received: dict[str, object] = {"test": test, "silent": silent}
        received["phone"] = PHONE if phone or not voice else None
        if voice:
            received |= {"channel": Channel.VOICE, "line": LineId("p7"), "call": 1}
        self.book = Book(
            settings=changed(SETTINGS, {"duress": duress}), operators=EVERYONE[:operators], **received
        )
        self.old: list[CallReport] = []
        self.book.go_on()
        for party in upto:
            if self.book.case.active(party) is None and party is Party.PSAP:
                self.book.order(OperatorCommand.CALL_PSAP)
            if self.book.case.active(party) is not None:
                self.book.answers(party)

    def _leg(self, data: st.DataObject, *, live: bool) -> Leg | None:
        legs = [leg for leg in self.book.case.legs.values() if leg.live or not live]
        return data.draw(st.sampled_from(legs)) if legs else None

    @rule(
        data=st.data(),
        state=st.sampled_from(CallState),
        cause=CAUSES,
        adopted=st.booleans(),
        confirmed=st.booleans(),
    )
    def a_leg_reports(
        self, data: st.DataObject, state: CallState, cause: int, adopted: bool, confirmed: bool
    ) -> None:
        leg = self._leg(data, live=True)
        if leg is not None:
            said = CallReport(
                leg=leg.leg, line=leg.line, attempt=leg.attempt, state=state, cause=cause, adopted=adopted
            )
            self.old.append(said)
            cause_said = cause if state is CallState.RELEASED else None
            self.book.report(leg, state, cause_said, adopted=adopted, confirmed=confirmed)

    @rule(data=st.data(), presses=st.integers(0, 3))
    def somebody_is_heard(self, data: st.DataObject, presses: int) -> None:
        joined = tuple(leg.leg for leg in self.book.case.legs.values() if leg.joined)
        if joined:
            one = data.draw(st.sampled_from(joined))
            keys = tuple(Press(at=Instant(at), digit="1") for at in range(1, presses + 1))
            said = BridgeReport(bridge=BridgeId("a1"), joined=joined, heard=(one,), pressed={one: keys})
            self.book.go_on(said)

    @rule(data=st.data())
    def an_old_report_comes_again(self, data: st.DataObject) -> None:
        if self.old:
            self.book.go_on(data.draw(st.sampled_from(self.old)))

    @rule(party=st.sampled_from(Party))
    def somebody_answers_and_is_joined(self, party: Party) -> None:
        if self.book.case.active(party) is not None:
            self.book.answers(party)

    @rule()
    def the_modems_hang_up_what_they_should(self) -> None:
        self.book.release_all()

    @rule(silent=st.sets(st.sampled_from(Party)))
    def the_bridge_reports(self, silent: set[Party]) -> None:
        self.book.bridge(*silent)

    @rule()
    def what_is_played_comes_to_its_end(self) -> None:
        wish = desired_bridge(self.book.case)
        joined = tuple(member.leg for member in wish.members)
        once = tuple(clip.id for clip in wish.playing if not clip.every_s)
        self.book.go_on(BridgeReport(bridge=wish.bridge, joined=joined, played=once))
        self.book.go_on(BridgeReport(bridge=wish.bridge, joined=joined, played=once))

    @rule(command=st.sampled_from(OperatorCommand), by=st.sampled_from(EVERYONE))
    def somebody_orders(self, command: OperatorCommand, by: str) -> None:
        self.book.order(command, by=EVERYONE[0] if by not in EVERYONE else by)  # type: ignore[arg-type]

    @rule(to=st.sampled_from((None, *EVERYONE)))
    def the_operator_hands_over(self, to: OperatorId | None) -> None:
        by = self.book.case.operator or EVERYONE[0]
        order = ev.CommandGiven(command=OperatorCommand.HAND_OVER, by=by, to=to)
        self.book.write("inbox-a1", order)
        self.book.go_on()

    @rule(voice=st.booleans(), confirmed=st.booleans())
    def whoever_is_to_take_it_over_answers(self, voice: bool, confirmed: bool) -> None:
        case = self.book.case
        for leg in find_operator.other_operator_calls(case) if case.hand_over is not None else ():
            port = VoicePort(path=f"/dev/voice-{leg.line}") if voice else None
            said = CallReport(
                leg=leg.leg,
                line=leg.line,
                attempt=leg.attempt,
                state=CallState.ANSWERED,
                voice=port,
                confirmed=confirmed,
            )
            self.book.go_on(said)

    @rule(data=st.data())
    def the_operator_orders_what_is_allowed(self, data: st.DataObject) -> None:
        case = self.book.case
        by = case.operator or EVERYONE[0]
        allowed = [one for one in OperatorCommand if refusal(case, one, by, self.book.settings) is None]
        self.book.order(data.draw(st.sampled_from(allowed)), by=by)

    @rule(duress=st.booleans())
    def the_app_cancels(self, duress: bool) -> None:
        self.book.write("inbox-a1", ev.AlertCancelled(duress=duress))
        self.book.go_on()

    @rule()
    def the_alert_turns_silent(self) -> None:
        signal = ev.AlertSignalAdded(
            channel=Channel.DATA,
            proof=Assurance.APP,
            received_at=self.book.now,
            raised_at=self.book.now,
            silent=True,
        )
        self.book.write("inbox-a1", signal)
        self.book.go_on()

    @rule(said=st.sampled_from((ev.RingingSeen(), ev.PinRefused())))
    def the_app_says(self, said: ev.Event) -> None:
        self.book.write("inbox-a1", said)
        self.book.go_on()

    @rule(call=st.integers(2, 4), line=st.sampled_from(["p6", "p7"]))
    def the_user_calls_in(self, call: int, line: str) -> None:
        signal = ev.AlertSignalAdded(
            channel=Channel.VOICE,
            proof=Assurance.NETWORK,
            received_at=self.book.now,
            raised_at=self.book.now,
            line=LineId(line),
            call=call,
        )
        self.book.write("inbox-a1", signal)
        self.book.go_on()

    @rule()
    def the_deadline_is_missed(self) -> None:
        if self.book.case.missed_at is None and self.book.now >= self.book.case.deadline_at:
            self.book.write("inbox-a1", ev.DeadlineMissed())
            self.book.go_on()

    @rule(seconds=WHEN)
    def time_passes(self, seconds: float) -> None:
        self.book.pass_time(seconds)

    @rule()
    def the_case_is_killed_and_another_takes_it(self) -> None:
        from actors.alert_case.pending import PendingOffers

        self.book.me = Owner(
            node=self.book.me.node, worker=self.book.me.worker, incarnation=self.book.me.incarnation + 1
        )
        self.book.pending = PendingOffers(opened_at=self.book.now)
        self.book.go_on()

    @rule(there=st.booleans())
    def the_pools_are_there_or_not(self, there: bool) -> None:
        self.book.answering = there

    # ------------------------------------------------------------ what is promised

    @invariant()
    def one_call_to_112_at_a_time_and_one_for_each_request(self) -> None:
        live = 0
        requests = failed = dialled = 0
        for event in self.book.events:
            match event:
                case ev.PsapRequested():
                    requests += 1
                case ev.LegOriginating(party=Party.PSAP):
                    live += 1
                    dialled += 1
                    assert live == 1, "two calls to 112 at once"
                case ev.LegReleased(leg=leg) if leg.endswith(":psap"):
                    live -= 1
                    failed += 1
        assert dialled <= requests + failed

    @invariant()
    def nothing_is_left_behind(self) -> None:
        case = self.book.case
        if case.closed_at is not None:
            assert case.all_released
            assert case.reserved == ()
            after = self.book.events[self.book.events.index(self.book.all_of(ev.AlertClosed)[0]) + 1 :]
            assert not [event for event in after if isinstance(event, ev.LegOriginating)]

    @invariant()
    def closed_once(self) -> None:
        assert len(self.book.all_of(ev.AlertClosed)) <= 1

    @invariant()
    def one_line_carries_one_leg_and_one_operator_has_one_phone(self) -> None:
        live = [leg for leg in self.book.case.legs.values() if leg.live and leg.call is None]
        lines = [leg.line for leg in live]
        assert len(lines) == len(set(lines))
        called = (*self.book.case.of(Party.OPERATOR), *self.book.case.of(Party.LISTENER))
        going = [leg.operator for leg in called if leg.active]
        assert len(going) == len(set(going))

    @invariant()
    def who_listens_is_heard_by_nobody_and_keeps_nothing_open(self) -> None:
        case = self.book.case
        listeners = {leg.leg for leg in case.of(Party.LISTENER)}
        assert all(one.muted for one in desired_bridge(case).members if one.leg in listeners)
        leg = case.listener_leg
        assert leg is None or leg.operator not in (case.operator, *case.reserved)
        if case.owner == self.book.me and case.parties_released:
            assert not [one for one in case.of(Party.LISTENER) if one.active]

    @invariant()
    def of_two_operators_one_is_let_go(self) -> None:
        """But while one hands over to the other."""
        case = self.book.case
        talking = [leg for leg in case.of(Party.OPERATOR) if leg.confirmed_answered]
        if case.hand_over is not None:
            assert case.operator_leg is not None, "whoever hands it over is on the line"
        else:
            assert len(talking) <= 1

    @invariant()
    def a_case_changes_hands_when_the_other_is_in_the_conference(self) -> None:
        joined: set[str] = set()
        newest = None
        for event in self.book.events:
            match event:
                case ev.BridgeJoined(legs=legs):
                    joined |= set(legs)
                case ev.BridgeLeft(legs=legs):
                    joined -= set(legs)
                case ev.LegReleased(leg=leg):
                    joined.discard(leg)
                case ev.OperatorJoined(leg=leg):
                    newest = leg
                case ev.LegReleasing(leg=leg, reason="handed over"):
                    assert newest in joined
                    assert newest != leg

    @invariant()
    def what_is_played_is_for_those_alone_whom_it_is_meant_for(self) -> None:
        case = self.book.case
        clips = desired_bridge(case, "Giulia").playing
        assert len({clip.id for clip in clips}) == len(clips)
        for clip in clips:
            (party,) = {case.legs[leg].party for leg in clip.to}
            assert (party is Party.OPERATOR) == clip.id.startswith("whisper:")
            assert party is not Party.LISTENER
            assert not (case.duress and party is Party.USER)
            assert ("text" in clip.names) == (party is Party.OPERATOR), "her name is for her operator alone"
        hearers = [leg for clip in clips for leg in clip.to]
        assert len(set(hearers)) == len(hearers), "nobody hears two at once"
        played = [event.clip for event in self.book.all_of(ev.AnnouncementPlayed)]
        assert len(set(played)) == len(played)
        assert not {clip.id for clip in clips} & set(played)

    @invariant()
    def nothing_is_made_of_an_answer_that_nothing_proves(self) -> None:
        case = self.book.case
        doubtful = {leg.leg for leg in case.legs.values() if leg.in_doubt}
        assert case.operator_leg is None or case.operator_leg.confirmed_answered
        assert not [one for one in desired_bridge(case).members if one.leg in doubtful and _heard(case, one)]
        sure: set[str] = set()
        for event in self.book.events:
            match event:
                case ev.LegOriginating(leg=leg):
                    sure.discard(leg)
                case ev.LegAnswered(leg=leg, confirmed=True) | ev.LegConfirmed(leg=leg):
                    sure.add(leg)
                case ev.OperatorJoined(leg=leg) | ev.PsapJoined(leg=leg):
                    assert leg in sure

    @invariant()
    def emergency_lines_carry_112_alone(self) -> None:
        for event in self.book.all_of(ev.LegOriginating):
            assert (event.line in self.book.emergency) == (event.party is Party.PSAP)

    @invariant()
    def in_duress_the_user_is_not_called(self) -> None:
        if self.book.settings.duress is not Duress.PSAP_FIRST:
            return
        duress = False
        for event in self.book.events:
            match event:
                case ev.AlertCancelled(duress=True):
                    duress = True
                case ev.LegOriginating(party=Party.USER, call=None):
                    assert not duress

    @invariant()
    def a_silent_phone_rings_by_an_order_alone(self) -> None:
        hushed = ordered = False
        for event in self.book.events:
            match event:
                case ev.AlertReceived(silent=True) | ev.AlertSignalAdded(silent=True):
                    hushed = True
                case ev.CallAloudRequested():
                    ordered = True
                case ev.LegOriginating(party=Party.USER, call=None):
                    assert ordered or not hushed

    @invariant()
    def without_contact_nobody_was_spoken_to_or_112_was_called_and_not_told(self) -> None:
        case = self.book.case
        if case.outcome is Outcome.NO_CONTACT:
            assert is_psap_informed(case) or not was_user_on_line(case)
            assert case.briefing_at is None
            assert case.to_112.heard_user_at is None

    def teardown(self) -> None:
        assert fold(self.book.recorded) == self.book.case
        self._a_hand_over_comes_to_an_end()

    def _a_hand_over_comes_to_an_end(self) -> None:
        """Whatever has happened, when from now on nothing does but what the case itself wants hung up."""
        for _ in range(30):
            if self.book.case.hand_over is None:
                return
            self.book.pass_time(10)
            self.book.release_all()
        raise AssertionError("it is still being handed over")

    @invariant()
    def an_open_alert_is_attended_or_looked_for(self) -> None:
        """Nobody has the case: then somebody is being called, or asked for, or will be after a pause."""
        case = self.book.case
        if (
            case.closed_at is None
            and case.operator is None
            and not case.leaving
            and case.owner == self.book.me
        ):
            busy = any(leg.live for leg in case.of(Party.OPERATOR))
            self.book.answering, before = False, self.book.answering
            wants = self.book.go_on().wants
            self.book.answering = before
            again_at = not_before(case, Party.OPERATOR)
            wake_at = self.book.wake_at
            pauses = self.book.now < again_at and wake_at is not None and wake_at <= again_at
            assert busy or wants or pauses


def _heard(case: Case, member: Member) -> bool:
    """An operator's phone that may still ring is heard by nobody."""
    return case.legs[member.leg].party is Party.OPERATOR and not member.muted


AnyCourse.TestCase.settings = settings(max_examples=often(300), stateful_step_count=30, deadline=None)
TestAnyCourse = AnyCourse.TestCase
