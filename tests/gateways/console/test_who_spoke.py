"""What the screen is told of how calls ended, of who answered them, and of a user who waits alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateways.console.case import case_view
from gateways.console.feed_messages import allowed
from gateways.console.read_model import ReadModel, ShownAlert
from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, Party
from model.alert.reasons import ReleaseReason
from model.orders.refusals import Refusal
from model.settings import Settings
from store.journal.journal import Journal
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story

MARTA = OperatorId("marta-bianchi")
LUCA = OperatorId("luca-ferri")


def known(journal: Journal, story: Story) -> ShownAlert:
    read_model = ReadModel()
    for recorded in journal.read_all(0, 10_000):
        read_model.apply(recorded)
    return read_model.alerts[story.alert]


def view(journal: Journal, story: Story) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(case_view(known(journal, story), None))
    return told


def begun(journal: Journal) -> Story:
    return Story(journal, CLOCK.now_us()).opened()


def ours(story: Story, place: str, reason: ReleaseReason) -> Story:
    story.say(
        ev.LegReleasing(leg=story.leg(place), attempt=1, reason=reason),
        ev.LegReleased(leg=story.leg(place), attempt=1, cause=16),
    )
    return story


def test_a_call_that_the_center_ended_says_why_and_one_that_the_user_ended_does_not(journal: Journal) -> None:
    story = begun(journal).operator_called(MARTA).operator_joined(MARTA).user_called().user_answered()
    story.psap_called(MARTA)
    ours(story, "psap", ReleaseReason.WITHDRAWN).user_released(16)
    told = view(journal, story)
    assert (told["psap"]["reason"], told["user"]["reason"]) == ("withdrawn", "")
    ends = [
        (one["party"], one.get("reason", "")) for one in told["timeline"] if one["what"] == "leg.released"
    ]
    assert ends == [("psap", "withdrawn"), ("user", "")]


def test_a_user_who_answers_before_any_operator_has_been_spoken_to_by_nobody(journal: Journal) -> None:
    story = begun(journal).user_called().user_answered()
    told = view(journal, story)
    assert told["reached_us"] is not None
    assert told["steps"]["answered_us"] is not None
    assert told["steps"]["spoken_us"] is None
    story.operator_called(MARTA).operator_joined(MARTA)
    joined = view(journal, story)
    assert joined["steps"]["spoken_us"] == joined["steps"]["operator_us"]


def test_112_beside_the_user_is_somebody_who_speaks_to_the_user(journal: Journal) -> None:
    story = begun(journal).user_called().user_answered().psap_called(MARTA).psap_joined()
    told = view(journal, story)
    assert told["steps"]["spoken_us"] == told["steps"]["psap_us"]


def test_a_machine_s_answer_is_no_answer(journal: Journal) -> None:
    story = begun(journal).operator_called(MARTA).operator_joined(MARTA).user_called().user_answered()
    story.say(ev.MachineMarked(by=MARTA))
    ours(story, "user", ReleaseReason.MACHINE)
    told = view(journal, story)
    assert (told["steps"]["answered_us"], told["steps"]["spoken_us"]) == (None, None)
    assert told["reached_us"] is None


def test_a_machine_s_answer_takes_back_no_answer_of_the_user_s_own_before_it(journal: Journal) -> None:
    story = begun(journal).operator_called(MARTA).operator_joined(MARTA).user_called().user_answered()
    before = view(journal, story)["steps"]
    story.user_released(16).user_called(attempt=2)
    story.say(
        ev.LegAnswered(leg=story.leg("user"), attempt=2),
        ev.MachineMarked(by=MARTA),
        ev.LegReleasing(leg=story.leg("user"), attempt=2, reason=ReleaseReason.MACHINE),
        ev.LegReleased(leg=story.leg("user"), attempt=2, cause=16),
    )
    told = view(journal, story)
    assert (told["steps"]["answered_us"], told["steps"]["spoken_us"]) == (
        before["answered_us"],
        before["spoken_us"],
    )
    assert told["reached_us"] is not None


@pytest.mark.parametrize("waits", [True, False])
def test_112_can_be_called_by_an_operator_who_is_called_for_an_alert_that_nobody_has(
    journal: Journal, waits: bool
) -> None:
    story = begun(journal)
    if waits:
        story.user_called().user_answered()
    story.operator_called(MARTA)
    case = known(journal, story).case
    assert allowed(case, MARTA, Settings())[OperatorCommand.CALL_PSAP] is None
    assert allowed(case, LUCA, Settings())[OperatorCommand.CALL_PSAP] == Refusal.NOT_ON_THE_LINE
    story.operator_joined(MARTA)
    story.handed_over(MARTA, LUCA).next_called(LUCA)
    case = known(journal, story).case
    assert allowed(case, LUCA, Settings())[OperatorCommand.CALL_PSAP] == Refusal.NOT_ON_THE_LINE
    assert {leg.party for leg in case.legs.values()} >= {Party.OPERATOR}
