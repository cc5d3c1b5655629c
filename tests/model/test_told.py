"""What has changed since 112 was read the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import events as ev
from messages.base import Address, Position
from messages.ids import BriefingField, ErasureReason, Instant, Nearness, OperatorId, PersonalKind, PsapKnows
from model.telling.psap_knowledge import psap_knows, psap_place_at
from model.telling.psap_snapshot import SnapshotChanges, changes
from model.telling.sheet import Sheet
from tests.model.one_alert import sheet_of

MARTA = OperatorId("marta")
GIVEN = ev.BriefingGiven(by=MARTA)


def filled(field: BriefingField, text: str) -> ev.BriefingFilled:
    return ev.BriefingFilled(field=field, text=text, by=MARTA)


def at(north_m: float = 0.0, accuracy_m: float | None = 9.0, second: int = 1) -> ev.PositionUpdated:
    lat = 44.39 + north_m / 111_195
    position = Position(lat=lat, lon=8.97, at=Instant(second * 1_000_000), accuracy_m=accuracy_m)
    return ev.PositionUpdated(position=position)


def found(street: str, number: str = "", north_m: float = 0.0) -> ev.AddressFound:
    address = Address(
        lat=44.39 + north_m / 111_195,
        lon=8.97,
        accuracy_m=9.0,
        nearness=Nearness.NUMBER,
        street=street,
        number=number,
        distance_m=4,
    )
    return ev.AddressFound(address=address)


def since_read(sheet: Sheet) -> SnapshotChanges | None:
    return None if sheet.briefed is None else changes(sheet.briefed, sheet.told)


def test_before_112_was_read_anything_nothing_is_said_to_have_changed() -> None:
    assert since_read(sheet_of(filled(BriefingField.WEAPONS, "a knife"))) is None


def test_what_was_read_and_is_so_still_is_no_change_also_where_it_was_written_again() -> None:
    knife = filled(BriefingField.WEAPONS, "a knife")
    now = since_read(sheet_of(at(), found("via Roma", "12"), knife, GIVEN, knife, found("via Roma", "12")))
    assert now == SnapshotChanges()
    assert not now


def test_reading_it_again_and_telling_it_elsewhere_leave_nothing_marked() -> None:
    knife, pistol = filled(BriefingField.WEAPONS, "a knife"), filled(BriefingField.WEAPONS, "a pistol")
    assert since_read(sheet_of(knife, GIVEN, pistol, at(), GIVEN)) == SnapshotChanges()
    assert since_read(sheet_of(knife, GIVEN, pistol, ev.PsapCalledElsewhere(by=MARTA))) == SnapshotChanges()


@pytest.mark.parametrize(
    ("then", "now", "moved"),
    [
        ((0, 9.0), (4, 9.0), False),
        ((0, 9.0), (6, 9.0), True),
        ((0, 9.0), (0, 14.0), False),
        ((0, 9.0), (0, 15.0), True),
        ((0, 60.0), (0, 9.0), True),
        ((0, None), (0, 9.0), True),
    ],
)
def test_a_position_has_changed_by_more_than_a_receiver_errs(
    then: tuple[float, float | None], now: tuple[float, float | None], moved: bool
) -> None:
    assert since_read(sheet_of(at(*then), GIVEN, at(*now, second=3))) == SnapshotChanges(position=moved)


def test_the_first_position_is_a_change() -> None:
    assert since_read(sheet_of(GIVEN, at())) == SnapshotChanges(position=True)


def test_an_address_counts_once_it_is_known_and_not_while_the_new_one_is_looked_for() -> None:
    read = (at(), found("via Roma", "12"), GIVEN)
    away = at(50, second=4)
    assert since_read(sheet_of(*read, away)) == SnapshotChanges(position=True)
    assert since_read(sheet_of(*read, away, found("via Po", "3", 50))) == SnapshotChanges(
        position=True, address=True
    )
    assert since_read(sheet_of(*read, away, found("via Roma", "12", 50))) == SnapshotChanges(position=True)


def test_of_a_reopened_alert_112_was_read_nothing() -> None:
    again = (ev.AlertReopened(by=MARTA), filled(BriefingField.WEAPONS, "a knife"))
    assert since_read(sheet_of(GIVEN, *again)) is None


def test_what_is_erased_is_gone_from_what_was_read_too() -> None:
    gone = ev.AlertErased(by="test", kinds=tuple(PersonalKind), reason=ErasureReason.PERSON)
    erased = sheet_of(at(), found("via Roma", "12"), filled(BriefingField.WEAPONS, "a knife"), GIVEN, gone)
    assert erased.briefed is not None
    assert "knife" not in repr(erased)
    assert "via Roma" not in repr(erased)
    assert since_read(erased) == SnapshotChanges()


@pytest.mark.parametrize(
    ("after", "place_at"),
    [
        ((), Instant(1_000_000)),
        ((at(20, second=3),), Instant(1_000_000)),  # as far as both receivers may err
        ((at(90, second=3),), None),
        (
            (at(90, second=3), ev.PageOpened(code="c", by=MARTA), ev.PageViewed(origin="::1")),
            Instant(3_000_000),
        ),
    ],
)
def test_112_knows_the_place_it_was_told_until_the_user_is_elsewhere_and_since_when(
    after: tuple[ev.Event, ...], place_at: Instant | None
) -> None:
    sheet = sheet_of(at(), GIVEN, *after)
    assert (PsapKnows.PLACE in psap_knows(sheet)) == (place_at is not None)
    assert psap_place_at(sheet) == place_at


def test_a_place_in_words_is_where_the_user_is_until_112_is_told_another() -> None:
    sheet = sheet_of(at(), filled(BriefingField.WHERE, "in the cellar"), GIVEN, at(90, second=4))
    assert PsapKnows.PLACE in psap_knows(sheet)
    assert psap_place_at(sheet) is None


FIELDS = st.builds(filled, st.sampled_from(BriefingField), st.sampled_from(["", "a", "b"]))
EVENTS = st.lists(st.one_of(FIELDS, st.builds(at, st.integers(0, 20)), st.just(GIVEN)), max_size=12)


@given(EVENTS, EVENTS)
def test_a_field_is_marked_where_its_text_is_another(before: list[ev.Event], after: list[ev.Event]) -> None:
    then = sheet_of(*before)
    now = sheet_of(*before, *after)
    found = changes(then.told, now.told)
    marked = found.fields
    assert found or not marked
    for field in BriefingField:
        was, is_now = then.briefing.get(field), now.briefing.get(field)
        same = (was and was.text) == (is_now and is_now.text)
        assert (field in marked) is not same
        assert marked.get(field, "") == ("" if same or was is None else was.text)
