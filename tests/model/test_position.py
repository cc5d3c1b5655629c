"""The displayed position of an alert: by time of receipt, accuracy and source."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messages import events as ev
from messages.base import Position
from messages.ids import E164, SECOND, Assurance, Channel, Instant
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.parts import KnownPosition
from model.rules.proof import level_of
from tests.support.recorded import recorded
from tests.support.there import there

START = Instant(1_795_000_000 * SECOND)
YEAR_2099 = Instant(4_070_908_800 * SECOND)


def at(seconds: float) -> Instant:
    return Instant(START + round(seconds * SECOND))


def told(
    lat: float, measured_s: float | Instant, accuracy_m: float | None = 10.0, source: str = "gps"
) -> Position:
    measured = Instant(measured_s) if isinstance(measured_s, int) else at(measured_s)
    return Position(lat=lat, lon=9.0, at=measured, accuracy_m=accuracy_m, source=source)


def story(*came: tuple[float, Position, Channel]) -> Case:
    first = ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=START, received_at=START, deadline_at=at(50),
        phone=E164("+393331112223"),
    )  # fmt: skip
    events: list[tuple[float, ev.Event]] = [(0.0, first)]
    for second, position, channel in came:
        if channel is Channel.DATA:
            events.append((second, ev.PositionUpdated(position=position)))
        else:
            received_at = at(second)
            added = ev.AlertSignalAdded(
                channel=channel, proof=level_of(channel), received_at=received_at,
                raised_at=received_at, position=position,
            )  # fmt: skip
            events.append((second, added))
    return there(
        fold(recorded(event, n, at(second), stream="inbox-a") for n, (second, event) in enumerate(events, 1))
    )


def shown(case: Case) -> KnownPosition:
    return there(case.position)


def test_a_position_of_the_year_2099_hides_none_that_comes_later() -> None:
    false = told(1.0, YEAR_2099)
    assert shown(story((1, false, Channel.DATA))).at == at(1), "it counts as of its receipt"
    assert shown(story((1, false, Channel.DATA), (2, told(2.0, 2.0), Channel.DATA))).lat == 2.0


def test_a_position_by_sms_never_hides_what_the_app_said() -> None:
    said, forged = told(1.0, 1.0, 30.0, "app"), told(2.0, YEAR_2099, 1.0, "aml")
    for case in (
        story((1, said, Channel.DATA), (5, forged, Channel.SMS)),
        story((0.5, forged, Channel.SMS), (1, said, Channel.DATA)),
    ):
        assert (shown(case).lat, shown(case).source, shown(case).channel) == (1.0, "app", Channel.DATA)
        assert {one.channel for one in case.positions} == {Channel.DATA, Channel.SMS}, "both are kept"


def test_without_the_app_the_position_by_sms_is_shown() -> None:
    case = story((3, told(2.0, 1.0, 30.0, "aml"), Channel.SMS))
    assert (shown(case).lat, shown(case).received_at) == (2.0, at(3))


def test_a_phone_whose_clock_is_reset_on_the_way_hides_nothing_either() -> None:
    right, reset = told(1.0, 1.0), told(2.0, Instant(1))
    assert shown(story((1, right, Channel.DATA), (11, reset, Channel.DATA))).lat == 2.0


def test_what_a_phone_sends_late_is_older_than_what_it_measured_since() -> None:
    assert shown(story((20, told(2.0, 19.0), Channel.DATA), (21, told(1.0, 5.0), Channel.DATA))).lat == 2.0


moments = st.one_of(
    st.integers(-(2**40), 2**55).map(Instant), st.integers(-900, 900).map(lambda s: at(float(s)))
)


@given(
    before=st.lists(
        st.tuples(moments, st.floats(0, 5000), st.sampled_from([Channel.DATA, Channel.SMS])), max_size=6
    ),
)
def test_a_good_fix_of_now_is_shown_whatever_came(before: list[tuple[Instant, float, Channel]]) -> None:
    came = [
        (float(n), told(1.0, moment, accuracy), channel)
        for n, (moment, accuracy, channel) in enumerate(before)
    ]
    case = story(*came, (300.0, told(2.0, 300.0, 20.0), Channel.DATA))
    assert shown(case).lat == 2.0
    assert all(one.at <= one.received_at for one in case.positions)
