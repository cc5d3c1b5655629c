"""Which calls are drawn for review: fairly, always the same ones, two of each operator."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from features.reviews.review import CALLS, NotReviewed, drawn, read, why_not, written
from messages.ids import SECOND, AlertId, Channel, Instant, OperatorId, Outcome
from model.figures import AlertRow, Review

MARTA, LUCA, EVA = (OperatorId(name) for name in ("marta", "luca", "eva"))
AT = Instant(1_795_000_000 * SECOND)
MONTH = "2026-11"


def call(n: int, *had: OperatorId, test: bool = False, spoken: bool = True, by: str = "") -> AlertRow:
    """A closed alert that these had; `by`: who has reviewed the first one's part."""
    return AlertRow(
        alert=AlertId(f"a{n}"), seq=n, received_us=Instant(AT + n * SECOND), channel=Channel.DATA,
        test=test, answered_us=AT if spoken else None, closed_us=AT, outcome=Outcome.BRIEFED,
        operators=had, reviews=(Review(had[0], OperatorId(by), AT),) if by else (),
    )  # fmt: skip


ROWS = st.lists(
    st.builds(
        call, st.integers(0, 10_000), st.sampled_from([MARTA, LUCA]), test=st.booleans(),
        spoken=st.booleans(), by=st.sampled_from(["", "", "eva"]),
    ),
    max_size=30,
    unique_by=lambda row: row.seq,
)  # fmt: skip


@given(rows=ROWS)
def test_whatever_happened_two_are_drawn_and_again_the_same_ones(rows: list[AlertRow]) -> None:
    found = drawn(rows, MONTH, MARTA)
    assert drawn(list(reversed(rows)), MONTH, MARTA) == found
    assert all(MARTA in row.operators for row in found)
    reviewed = [row for row in rows if MARTA in row.operators and row.reviews]
    assert {row.alert for row in reviewed} <= {row.alert for row in found}
    assert len(found) <= max(CALLS, len(reviewed))
    could = [r for r in rows if MARTA in r.operators and not r.test and r.answered_us is not None]
    assert len(found) >= min(CALLS, len({*could, *reviewed}))
    new = [row for row in found if not row.reviews]
    assert not (any(row.test for row in new) and any(not row.test for row in found))


def test_over_many_months_each_call_is_as_likely_as_any() -> None:
    rows = [call(n, MARTA) for n in range(10)]
    count = Counter(
        row.alert for year in range(2000, 2050) for m in range(1, 13)
        for row in drawn(rows, f"{year}-{m:02}", MARTA)
    )  # fmt: skip
    assert sum(count.values()) == 1200
    assert all(80 < count[row.alert] < 160 for row in rows)


def test_a_drill_is_drawn_only_where_there_is_no_real_one() -> None:
    drills = [call(n, MARTA, test=True) for n in range(5)]
    assert len(drawn(drills, MONTH, MARTA)) == 2
    assert drawn([*drills, call(9, MARTA)], MONTH, MARTA) == [call(9, MARTA)]
    nobody = call(8, MARTA, spoken=False)
    assert nobody not in drawn([nobody, *drills], MONTH, MARTA)


def test_who_reviews_judges_no_call_that_was_the_own_one_too() -> None:
    rows = [call(1, MARTA, EVA), call(2, MARTA), call(3, MARTA, by="luca")]
    assert why_not(rows, MONTH, rows[0], MARTA, EVA) is NotReviewed.OWN_CALL
    assert why_not(rows, MONTH, rows[1], MARTA, MARTA) is NotReviewed.OWN_CALL
    assert why_not(rows, MONTH, rows[2], MARTA, EVA) is NotReviewed.REVIEWED
    (left,) = [row for row in drawn(rows, MONTH, MARTA) if not row.reviews]
    assert why_not(rows, MONTH, left, MARTA, LUCA) is None
    (other,) = [row for row in rows if row not in drawn(rows, MONTH, MARTA)]
    assert why_not(rows, MONTH, other, MARTA, LUCA) is NotReviewed.NOT_DRAWN


@given(st.dictionaries(st.from_regex(r"[a-z0-9_]{1,40}", fullmatch=True), st.integers(0, 4)))
def test_marks_are_read_as_they_were_written(marks: dict[str, int]) -> None:
    assert read(written(marks)) == marks
