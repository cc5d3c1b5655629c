"""From the journal's events to what the screen is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.console.case import case_view
from gateways.console.feed_messages import allowed
from gateways.console.infrastructure import line_views, operator_views
from gateways.console.read_model import CLOSED_KEPT_US, ReadModel
from gateways.console.timeline import LENGTH_MAX
from gateways.console.views.case import PersonView
from gateways.console.views.infrastructure import OutView
from messages import events as ev
from messages.base import HangupCause, Position
from messages.ids import (
    E164,
    SECOND,
    ErasureReason,
    Instant,
    LineId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    PersonalKind,
    ShiftState,
    TrunkId,
    UserId,
)
from messages.journal import Recorded
from messages.lines import LineLevels, LineReport, LineState, WayLevel
from model.loudness import Loudness
from model.orders.refusals import Refusal
from model.settings import Settings
from store import streams
from store.journal.journal import Append, Journal
from store.journal.rebuild import rebuild
from store.registry.people import StaffRole
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story, on_shift
from tests.support.depth import often

MARTA = OperatorId("marta-bianchi")
LUCA = OperatorId("luca-ferri")
GIULIA = PersonView(first_name="Giulia", last_name="Rossi", language="it", notes="Asthma")
SETTINGS = Settings()


def everything(journal: Journal, after: int = 0) -> list[Recorded]:
    return journal.read_all(after, 10_000)


def picture_of(events: list[Recorded]) -> ReadModel:
    read_model = ReadModel()
    for recorded in events:
        read_model.apply(recorded)
    return read_model


def full_story(journal: Journal) -> Story:
    story = Story(journal, CLOCK.now_us()).opened().identified(UserId("u1")).operator_called(MARTA)
    story.operator_joined(MARTA).user_called().user_answered()
    return story.psap_called(MARTA).psap_joined()


def shown(read_model: ReadModel, story: Story) -> dict[str, Any]:
    known = read_model.alerts[story.alert]
    found: dict[str, Any] = msgspec.to_builtins(case_view(known, GIULIA))
    return found


def test_s04_the_operator_is_shown_when_who_where_and_how(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened().identified(UserId("u1"))
    view = shown(picture_of(everything(journal)), story)
    assert view["raised_us"] == view["received_us"] == view["deadline_us"] - 50 * SECOND
    assert view["phone"] == "+393331112223"
    assert view["person"] == {
        "first_name": "Giulia",
        "last_name": "Rossi",
        "language": "it",
        "notes": "Asthma",
        "record": {},
        "for_112": {},
    }
    assert (view["position"]["lat"], view["position"]["accuracy_m"]) == (44.39058, 18.0)
    assert view["channel"] == "data"


def test_every_leg_is_shown_as_the_journal_says(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened()
    states = []
    for step in (
        lambda: None,
        lambda: story.operator_called(MARTA),
        lambda: story.operator_joined(MARTA),
        story.user_called,
        story.user_answered,
        lambda: story.psap_called(MARTA),
        story.psap_joined,
        lambda: story.user_released(16),
    ):
        step()
        view = shown(picture_of(everything(journal)), story)
        states.append(
            (
                view["user"]["state"],
                view["operator_leg"]["state"],
                view["psap"]["state"],
                view["user_hears_operator"],
                view["operator_hears_psap"],
            )
        )
    assert states == [
        ("idle", "idle", "idle", False, False),
        ("idle", "ringing", "idle", False, False),
        ("idle", "answered", "idle", False, False),
        ("ringing", "answered", "idle", False, False),
        ("answered", "answered", "idle", True, False),
        ("answered", "answered", "originating", True, False),
        ("answered", "answered", "answered", True, True),
        ("released", "answered", "answered", False, True),
    ]


def test_the_steps_are_when_each_was_first_reached(journal: Journal) -> None:
    story = full_story(journal)
    steps = shown(picture_of(everything(journal)), story)["steps"]
    assert steps["handed_over_us"] is None
    order = [steps[name] for name in ("received_us", "operator_us", "ringing_us", "answered_us", "psap_us")]
    assert order == sorted(order)


def test_a_silent_alert_that_an_operator_has_is_not_said_to_ring(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us(), silent=True).opened().operator_called(MARTA).operator_joined(MARTA)
    view = shown(picture_of(everything(journal)), story)
    assert view["met_us"] is not None, "its deadline is met by the operator"
    assert (view["steps"]["ringing_us"], view["rang_us"]) == (None, None)


def test_what_is_allowed_is_said_for_each_command_with_the_reason_why_not(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened().operator_called(MARTA).operator_joined(MARTA)
    story.user_called().user_answered()
    case = picture_of(everything(journal)).alerts[story.alert].case
    mine, others = allowed(case, MARTA, SETTINGS), allowed(case, LUCA, SETTINGS)
    assert mine["call_psap"] is None
    assert mine["declare_false_alarm"] is None
    assert mine["leave"] == Refusal.PSAP_ABSENT
    assert others["call_psap"] == Refusal.NOT_ON_THE_LINE
    assert others["note"] is None
    assert mine.keys() == {command.value for command in OperatorCommand}
    assert mine["listen"] == Refusal.ONLY_A_SUPERVISOR
    assert allowed(case, LUCA, SETTINGS, StaffRole.SUPERVISOR)["listen"] is None


def test_the_story_lists_what_happened_oldest_first(journal: Journal) -> None:
    story = full_story(journal)
    entries = shown(picture_of(everything(journal)), story)["timeline"]
    assert [entry["what"] for entry in entries] == [
        "alert.received",
        "user.identified",
        "operator.reserved",
        "leg.originating",
        "leg.ringing",
        "leg.answered",
        "operator.joined",
        "leg.originating",
        "leg.ringing",
        "user.rang",
        "leg.answered",
        "user.reached",
        "psap.requested",
        "leg.originating",
        "leg.ringing",
        "leg.answered",
        "psap.joined",
    ]
    assert [entry["at_us"] for entry in entries] == sorted(entry["at_us"] for entry in entries)


def test_the_story_tells_that_112_may_have_two_calls_of_the_alert(journal: Journal) -> None:
    story = full_story(journal)
    psap = story.leg("psap")
    again = ev.LegOriginating(
        leg=psap, party=Party.PSAP, number=E164("+390200000112"), line=LineId("e2"), attempt=2
    )
    story.say(ev.LegReleased(leg=psap, attempt=1, cause=HangupCause.NODE_LOST), again)
    timeline = shown(picture_of(everything(journal)), story)["timeline"]
    calls = [one for one in timeline if (one["what"], one.get("party")) == ("leg.originating", Party.PSAP)]
    assert [one.get("reason", "") for one in calls] == ["", "beside_lost"]


def test_what_is_erased_leaves_an_open_screen_at_once(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened()
    where = Position(lat=44.0, lon=8.0, at=CLOCK.now_us())
    story.hear(ev.PositionUpdated(position=where), ev.NoteAdded(by=OperatorId("a"), text="in the kitchen"))
    read_model = picture_of(everything(journal))
    assert shown(read_model, story)["phone"] is not None
    gone = ev.AlertErased(by="a", kinds=tuple(PersonalKind), reason=ErasureReason.PERSON)
    story.hear(gone)
    # The picture has read the events before, when they could be read.
    read_model.apply(everything(journal)[-1])
    view = shown(read_model, story)
    assert (view["phone"], view["device"], view["position"], view["positions"]) == (None, None, None, ())
    assert (view["erased"], view["erased_us"] is None) == (("number", "position", "words"), False)
    assert "in the kitchen" not in repr(view)


def test_case_13_positions_are_counted_and_not_listed(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened()
    for number in range(500):
        position = Position(lat=44.0, lon=8.0 + number / 1000, at=CLOCK.now_us(), accuracy_m=10.0)
        story.hear(ev.PositionUpdated(position=position))
    entries = shown(picture_of(everything(journal)), story)["timeline"]
    assert [entry["what"] for entry in entries] == ["alert.received", "position.updated"]
    assert entries[1]["times"] == 500
    # What came by another way, which anybody may have sent, is told apart.
    foreign = Position(lat=44.0, lon=8.0, at=CLOCK.now_us(), accuracy_m=10.0, source="aml")
    story.hear(ev.PositionUpdated(position=foreign))
    entries = shown(picture_of(everything(journal)), story)["timeline"]
    assert [(entry.get("times", 1), entry.get("text", "")) for entry in entries[1:]] == [
        (500, ""),
        (1, "aml"),
    ]


def test_positions_are_told_oldest_first_and_never_more_than_fifty(journal: Journal) -> None:
    story, now = Story(journal, CLOCK.now_us(), position=False).opened(), CLOCK.now_us()
    at = [Instant(now - n * SECOND) for n in range(80)]
    story.hear(*(ev.PositionUpdated(position=Position(lat=45.0, lon=9.0, at=one)) for one in at))
    told = [one["at_us"] for one in shown(picture_of(everything(journal)), story)["positions"]]
    assert told == sorted(at)[-50:]


def test_a_story_without_end_keeps_its_beginning_and_its_end(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened()
    story.hear(*(ev.NoteAdded(by=MARTA, text=str(number)) for number in range(LENGTH_MAX + 50)))
    entries = shown(picture_of(everything(journal)), story)["timeline"]
    assert len(entries) == LENGTH_MAX
    assert entries[0]["what"] == "alert.received"
    assert entries[-1]["text"] == str(LENGTH_MAX + 49)


def test_a_leg_that_there_is_not_is_not_told(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened().user_released(17)
    assert [entry["what"] for entry in shown(picture_of(everything(journal)), story)["timeline"]] == [
        "alert.received"
    ]


def test_operators_are_shown_with_their_shift_and_their_alert(journal: Journal) -> None:
    on_shift(journal, MARTA)
    on_shift(journal, LUCA, ShiftState.PAUSED)
    story = Story(journal, CLOCK.now_us()).opened().operator_called(MARTA)
    read_model = picture_of(everything(journal))
    names = {MARTA: "Marta Bianchi", LUCA: "Luca Ferri", OperatorId("new"): "Nora Neri"}
    views = operator_views(read_model, names, SETTINGS)
    assert [(view.name, view.state, view.alert) for view in views] == [
        ("Luca Ferri", ShiftState.PAUSED, None),
        ("Marta Bianchi", ShiftState.READY, story.alert),
        ("Nora Neri", ShiftState.OFF, None),
    ]
    assert read_model.of_operator(MARTA) == story.alert
    story.closed(Outcome.CANCELLED)
    assert picture_of(everything(journal)).of_operator(MARTA) is None


def test_the_operator_s_wrap_up_is_shown_until_something_else_happens_to_the_operator(
    journal: Journal,
) -> None:
    on_shift(journal, MARTA)
    full_story(journal).operator_left(MARTA)

    def until() -> int | None:
        read_model = picture_of(everything(journal))
        (view,) = operator_views(read_model, {MARTA: "Marta Bianchi"}, SETTINGS)
        return view.wrap_up_until_us

    left_at = journal.read(streams.operator(MARTA))[-1].at_us
    assert until() == left_at + 30 * SECOND
    quick = ReadModel()
    rebuild(journal, _Fold(quick))
    assert quick.left == picture_of(everything(journal)).left == {MARTA: left_at}
    journal.append(Append(streams.operator(MARTA), None, (ev.WrapUpEnded(operator=MARTA),)))
    assert until() is None


def test_a_hand_over_shows_both_and_then_the_one_who_has_it(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened().operator_called(MARTA).operator_joined(MARTA)
    story.user_called().user_answered().handed_over(MARTA, LUCA, "end of shift")
    asked = shown(picture_of(everything(journal)), story)["hand_over"]
    assert (asked["by"], asked["to"], asked["text"]) == (MARTA, LUCA, "end of shift")
    assert asked["called"]["state"] == "idle"
    story.next_called(LUCA)
    view = shown(picture_of(everything(journal)), story)
    assert (view["hand_over"]["called"]["operator"], view["hand_over"]["called"]["state"]) == (
        LUCA,
        "ringing",
    )
    assert (view["operator"], view["operator_leg"]["operator"]) == (MARTA, MARTA)
    assert view["reserved"] == (MARTA, LUCA)
    story.next_joined(LUCA, MARTA)
    view = shown(picture_of(everything(journal)), story)
    assert (view["operator"], view["operator_leg"]["operator"], view["hand_over"]) == (LUCA, LUCA, None)
    assert view["reserved"] == (LUCA,)


def test_of_whom_it_is_being_hung_up_nothing_is_asked_any_more(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened().operator_called(MARTA)
    story.say(ev.LegReleasing(leg=story.leg("op1"), attempt=1, reason="another answered"))
    assert shown(picture_of(everything(journal)), story)["reserved"] == ()


def test_lines_are_shown_as_held_quarantined_or_free(journal: Journal, place: Place) -> None:
    story = Story(journal, CLOCK.now_us()).opened().operator_called(MARTA)
    mute = ev.LineQuarantined(line=LineId("L1"), reason="mute")
    journal.append(Append(streams.line(LineId("L1")), None, (mute,)))
    said = LineReport(
        line=LineId("L2"),
        trunk=TrunkId("public"),
        emergency=False,
        state=LineState.READY,
        since=CLOCK.now_us(),
        signal_dbm=-73,
        registration="home",
    )
    views = line_views(picture_of(everything(journal)), place.settings().center.lines, {said.line: said})
    assert [(view.line, view.alert, view.quarantine) for view in views] == [
        ("L1", None, "mute"),
        ("L2", story.alert, ""),
        ("E1", None, ""),
    ]
    assert [(view.state, view.signal_dbm) for view in views[:2]] == [(None, None), (LineState.READY, -73)]
    journal.append(Append(streams.line(LineId("L1")), None, (ev.LineReturned(line=LineId("L1")),)))
    assert line_views(picture_of(everything(journal)), place.settings().center.lines, {})[0].quarantine == ""


def test_a_line_that_was_taken_out_is_shown_with_by_whom_and_why(journal: Journal, place: Place) -> None:
    def shown_out() -> object:
        return line_views(picture_of(everything(journal)), place.settings().center.lines, {})[0].out

    line = LineId("L1")
    out = ev.LineTakenOut(line=line, by=MARTA, reason="a new aerial")
    (told,) = journal.append(Append(streams.service(line), None, (out,)))
    assert shown_out() == OutView(by=MARTA, reason="a new aerial", since_us=told.at_us)
    journal.append(Append(streams.service(line), None, (ev.LinePutBack(line=line, by=MARTA),)))
    assert shown_out() is None


def test_a_line_is_shown_with_how_loud_its_last_call_was_and_what_would_help(
    journal: Journal, place: Place
) -> None:
    quiet = WayLevel(ms=9000, sound_ms=9000, voice_ms=4000, dbfs=-38.0)
    levels = LineLevels(line=LineId("L2"), at=CLOCK.now_us(), into=quiet)
    read_model, lines = picture_of(everything(journal)), place.settings().center.lines
    views = line_views(read_model, lines, {}, levels={levels.line: levels})
    assert [view.loudness is None for view in views] == [True, False, True]
    loudness = views[1].loudness
    assert loudness is not None
    assert (loudness.into, loudness.says, loudness.better_gain_in_db) == (quiet, Loudness.QUIET, 12.0)


def test_alarms_are_shown_until_they_are_cleared_or_the_node_begins_anew(journal: Journal) -> None:
    node = streams.node(journal.node)
    raised = ev.AlarmRaised(alarm="line.lost", subject="L1", text="Line L1 is gone")
    journal.append(Append(node, None, (raised,)))
    assert [alarm.text for alarm in picture_of(everything(journal)).alarms.views(CLOCK.now_us())] == [
        "Line L1 is gone"
    ]
    journal.append(Append(node, None, (ev.AlarmCleared(alarm="line.lost", subject="L1"),)))
    assert picture_of(everything(journal)).alarms.views(CLOCK.now_us()) == []
    journal.append(Append(node, None, (raised, ev.NodeStarted(version="1", pid=1))))
    assert picture_of(everything(journal)).alarms.views(CLOCK.now_us()) == []


def test_a_closed_alert_is_shown_for_a_while_and_then_let_go(journal: Journal) -> None:
    story = Story(journal, CLOCK.now_us()).opened().closed(Outcome.CANCELLED)
    read_model = picture_of(everything(journal))
    assert read_model.open() == []
    closed_at = read_model.alerts[story.alert].case.closed_at
    assert closed_at is not None
    assert read_model.forget(Instant(closed_at + CLOSED_KEPT_US - 1)) == []
    assert read_model.forget(Instant(closed_at + CLOSED_KEPT_US)) == [story.alert]
    assert read_model.alerts == {}


def test_open_alerts_are_listed_by_their_deadline(journal: Journal) -> None:
    now = CLOCK.now_us()
    late = Story(journal, now, phone="+393331112201", ago_s=60)
    soon = Story(journal, now, phone="+393331112202", ago_s=30)
    new = Story(journal, now, phone="+393331112203")
    assert [known.case.alert for known in picture_of(everything(journal)).open()] == [
        late.alert,
        soon.alert,
        new.alert,
    ]


class _Fold:
    def __init__(self, read_model: ReadModel) -> None:
        self.read_model = read_model

    def apply(self, recorded: Recorded) -> None:
        self.read_model.apply(recorded)


def test_a_picture_made_of_what_still_matters_is_the_one_made_of_everything(journal: Journal) -> None:
    on_shift(journal, LUCA)
    on_shift(journal, LUCA, ShiftState.PAUSED)
    full_story(journal)
    Story(journal, CLOCK.now_us(), phone="+393331112299").opened().closed(Outcome.CANCELLED)
    quick = ReadModel()
    rebuild(journal, _Fold(quick))
    whole = picture_of(everything(journal))
    assert quick.open() == whole.open()
    assert quick.shifts == whole.shifts
    assert quick.quarantined == whole.quarantined


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=often(50))
@given(data=st.data())
def test_events_told_again_change_nothing(tmp_path: Path, journal: Journal, data: st.DataObject) -> None:
    if not everything(journal) or journal.last_seq() < 15:
        full_story(journal)
    events = everything(journal)
    again = data.draw(st.lists(st.integers(0, len(events) - 1), max_size=20))
    read_model = ReadModel()
    told = 0
    for place, recorded in enumerate(events):
        read_model.apply(recorded)
        for index in again:
            if index <= place:
                read_model.apply(events[index])
                told += 1
    assert read_model.alerts == picture_of(events).alerts


def test_an_alert_that_is_reopened_is_open_in_the_picture_again(place: Place, journal: Journal) -> None:
    story = full_story(journal).operator_left(MARTA).closed(Outcome.HANDED_OVER)
    read_model = picture_of(everything(journal))
    assert read_model.open_count == 0
    story.hear(ev.AlertReopened(by=LUCA))
    for recorded in everything(journal, read_model.seq):
        read_model.apply(recorded)
    assert [known.case.alert for known in read_model.open()] == [story.alert]
    assert read_model.forget(Instant(CLOCK.now_us() + 2 * CLOSED_KEPT_US)) == []
    view = case_view(read_model.alerts[story.alert], GIULIA)
    assert (view.closed_us, view.outcome) == (None, None)
    assert view.reopened_us is not None
    assert "alert.reopened" in {entry.what for entry in view.timeline}
