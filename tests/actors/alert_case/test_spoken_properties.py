"""Questions that are spoken, whatever happens: the case and a bridge that plays by its real playlist."""

from __future__ import annotations

from typing import Final

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from actors.alert_case.wishes import desired_bridge
from actors.mixer.decider import State, clips, due_report
from media.conference.playlist import Playlist
from media.conference.report import Presence
from media.sound.frames import FRAME_SAMPLES, Samples
from messages import events as ev
from messages.bridge import BridgeReport
from messages.ids import Channel, OperatorCommand, Party
from model.alert.evolve import fold
from model.alert.folds.dialogue import QUESTION, clip_of
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.messages.announcements import QuestionProgress, question_progress, why_no_question
from tests.actors.alert_case.book import EVERYONE, Book
from tests.support.depth import often

FRAMES: Final = 4
"""Of a question; as many of the words for the keys."""
SPEAKS: Final = "unknown-4"

TICKS: Final = st.integers(0, 2 * FRAMES + 1)
SELDOM: Final = st.sampled_from([False, False, False, False, False, True])


def load(name: str, language: str, text: str) -> Samples:
    if name == "ask:mute-1":
        raise LookupError(name)
    return np.full(FRAMES * FRAME_SAMPLES, 1000, dtype=np.int16)


class AnyQuestions(RuleBasedStateMachine):
    """A user on the line, who is asked, while people, bridges and orders come and go."""

    @initialize(silent=SELDOM)
    def begin(self, silent: bool) -> None:
        self.book = Book(silent=silent)
        self.book.go_on()
        self.book.answers(Party.OPERATOR)
        if silent:
            self.book.order(OperatorCommand.CALL_ALOUD)
        self.book.answers(Party.USER)
        self.begun: list[str] = []
        self.ended: set[str] = set()
        self.sounding: set[str] = set()
        self.new_bridge()

    @rule()
    def new_bridge(self) -> None:
        """What the one before has played nobody knows but the journal."""
        self.playlist, self.state = Playlist(load, lambda work: work()), State()
        self.heard_here: set[str] = set()
        self.sounding = set()
        self.wish()

    def wish(self) -> BridgeReport | None:
        wish = desired_bridge(self.book.case)
        self.state = replace(self.state, wish=wish)
        self.playlist.reconcile(clips(wish))
        joined = tuple(member.leg for member in wish.members)
        presence = Presence(
            joined=joined,
            lost={},
            begun=self.playlist.begun,
            played=self.playlist.played,
            cut=self.playlist.cut,
            clip_troubles=self.playlist.troubles(),
        )
        self.state, report = due_report(self.state, presence, asked=True, now_us=self.book.now)
        return report

    @rule(ticks=TICKS)
    def sound_goes_on(self, ticks: int) -> None:
        """Tick by tick, with a report whenever something has changed."""
        for _ in range(ticks):
            self.report()
            wish = desired_bridge(self.book.case)
            playing = self.playlist.turn([member.leg for member in wish.members])
            self.sounding = {one.clip for one in playing if one.to and one.clip.startswith(QUESTION)}
            for clip in sorted(self.sounding - self.heard_here):
                self.begun.append(clip)
            self.heard_here |= self.sounding
            self.ended |= {one for one in self.playlist.played - self.playlist.cut if one in self.heard_here}
            self.report()

    @rule()
    def report(self) -> None:
        report = self.wish()
        if report is not None and report.joined:
            self.book.go_on(report)
        self.wish()

    @rule(late=SELDOM, mute=SELDOM, ticks=TICKS)
    def a_question_is_asked(self, late: bool, mute: bool, ticks: int) -> None:
        """`late`: what was allowed is read once it is not any more."""
        user = self.book.case.answered(Party.USER)
        softly = are_voices_withheld(self.book.case) is not late
        if user is None or (not late and why_no_question(self.book.case, softly=softly) is not None):
            return
        asked = ev.DialogueSaid(
            id=f"q{len(self.book.case.dialogue)}",
            by=EVERYONE[0],
            channel=Channel.VOICE,
            text="Ci sono armi?",
            asks=True,
            spoken=ev.Spoken(attempt=user.attempt, language="it", softly=softly),
            question="mute-1" if mute else SPEAKS,
        )
        self.book.write("inbox-a1", asked)
        self.book.go_on()
        self.sound_goes_on(ticks)

    @rule(command=st.sampled_from([OperatorCommand.WITHHOLD_VOICES, OperatorCommand.GIVE_VOICES]))
    def the_operator_orders(self, command: OperatorCommand) -> None:
        self.book.order(command)

    @rule(forced=SELDOM)
    def the_user_is_forced(self, forced: bool) -> None:
        if not forced:
            return
        self.book.write("inbox-a1", ev.AlertCancelled(duress=True))
        self.book.go_on()

    @rule(hangs_up=SELDOM)
    def the_user_hangs_up(self, hangs_up: bool) -> None:
        if hangs_up and self.book.case.answered(Party.USER) is not None:
            self.book.ends(Party.USER)

    @rule()
    def the_user_is_back(self) -> None:
        if self.book.case.active(Party.USER) is not None:
            self.book.answers(Party.USER)

    @rule(seconds=st.integers(1, 6))
    def time_passes(self, seconds: int) -> None:
        self.book.pass_time(seconds)

    @invariant()
    def nothing_is_begun_twice(self) -> None:
        assert len(self.begun) == len(set(self.begun))

    @invariant()
    def what_is_wished_may_be_heard(self) -> None:
        case = self.book.case
        for clip in desired_bridge(case).playing:
            if clip.once:
                assert not case.duress
                assert clip.softly or not are_voices_withheld(case)
                assert {case.legs[leg].party for leg in clip.to} == {Party.USER}

    @invariant()
    def each_is_said_to_be_as_it_is(self) -> None:
        ends = [*self.book.all_of(ev.AnnouncementPlayed), *self.book.all_of(ev.AnnouncementFailed)]
        names = [one.clip for one in ends if one.clip.startswith(QUESTION)]  # type: ignore[attr-defined]
        assert len(names) == len(set(names)), "one end of each"
        for one in self.book.case.dialogue:
            if question_progress(self.book.case, one) is QuestionProgress.HEARD:
                assert clip_of(one) in self.ended

    def teardown(self) -> None:
        assert fold(self.book.recorded) == self.book.case


AnyQuestions.TestCase.settings = settings(max_examples=often(200), stateful_step_count=30, deadline=None)
TestAnyQuestions = AnyQuestions.TestCase
