"""Every alarm that the code raises has its row in the table, whole and in both languages, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from messages.ids import Instant, OperatorId
from model.alarms.book import AlarmRecord, acknowledge, clear
from model.alarms.kind import Priority, Responder, SubjectKind, Wakes, Words
from model.alarms.table import KERNEL, OF_THE_PAGE, kinds, subject_kind_of, waking_of
from model.feature import installed
from store.audit.entry import Action
from tests.support.there import there

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("actors", "application", "center", "features", "gateways", "model", "runtime", "store")
RAISES = re.compile(r"AlarmRaised|model\.alarms|NodeAlarms")
NAME = re.compile(r"[a-z]+\.[a-z_]+|ended_soon_after_leave")
NO_NAMES = {"http.certificate", *Action}
"""Of this form, and what an alarm is about, or what is audited."""
MARTA = OperatorId("marta-bianchi")


def names_in(module: Path) -> Iterator[str]:
    text = module.read_text()
    if not RAISES.search(text) or module.is_relative_to(ROOT / "model/alarms"):
        return
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            for node in ast.walk(statement.value):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and NAME.fullmatch(node.value)
                ):
                    yield node.value


def raised() -> set[str]:
    modules = (module for part in PARTS for module in (ROOT / part).rglob("*.py"))
    found = {name for module in modules for name in names_in(module)} - NO_NAMES
    of_the_model = {"psap.no_line", "duty.no_way", "case.stuck", "certificate.unusable", "clock.wrong"}
    return found | of_the_model


def test_every_alarm_that_is_raised_has_a_row_and_every_row_is_raised() -> None:
    assert raised() | OF_THE_PAGE == {kind.name for kind in kinds()}
    named = [kind.name for kind in (*KERNEL, *(kind for feature in installed() for kind in feature.alarms))]
    assert len(kinds()) == len(named)


def test_a_row_says_in_both_languages_what_is_wrong_and_what_to_do() -> None:
    for kind in kinds():
        assert kind.because, kind.name
        for words in (kind.it, kind.en):
            for text in (words.short, words.means, words.do):
                assert text[0].isupper() or text.startswith(("{s}", "112")), text
                assert not text.endswith("."), text
            assert len(words.short) <= 32, f"too long for the bar: {words.short}"
            assert "{s}" not in words.do
            assert ("{s}" in words.means) == ("{s}" in kind.it.means)
        assert words_differ(kind.it, kind.en), kind.name


def words_differ(one: Words, other: Words) -> bool:
    return one.means != other.means and one.do != other.do


def test_the_gravest_come_first_and_few_are_for_now() -> None:
    order = [list(Priority).index(kind.priority) for kind in kinds()]
    assert order == sorted(order)
    assert kinds()[0].name == "psap.no_line"
    assert {kind.acts for kind in kinds()} == set(Responder)


def test_what_a_user_in_danger_depends_on_cannot_be_kept_quiet() -> None:
    loud = {kind.name for kind in kinds() if not kind.quiet}
    assert {kind.name for kind in kinds() if kind.about is SubjectKind.ALERT} < loud
    assert {kind.name for kind in kinds() if kind.priority is Priority.NOW} == loud


WAITS_ALL_THE_SAME = {"recording.failed", "data.refused", "data.away"}
"""For soon, and for the morning at night: the voice goes on."""
CALLS_BY_DAY = {"proof.certificate"}
"""It was written a week before."""
CANNOT_WAKE = {"duty.nobody", "duty.no_way"}
SEEN_BY_WHOEVER_IS_THERE = {
    "deadline.missed", "no_operator", "operator.line_lost", "pin.wrong", "leg.no_sound",
    "record.unreadable",
}  # fmt: skip


def test_what_the_next_alert_would_meet_wakes_people_and_what_has_time_waits_for_the_morning() -> None:
    by_rule = {
        kind.name: Wakes.MORNING if kind.priority is Priority.LATER else Wakes.AT_ONCE for kind in kinds()
    }
    by_rule |= {
        kind.name: Wakes.FEW_LEFT
        for kind in kinds()
        if kind.about is SubjectKind.LINE and kind.priority is not Priority.LATER
    }
    by_rule |= dict.fromkeys(WAITS_ALL_THE_SAME, Wakes.MORNING)
    by_rule |= dict.fromkeys(CALLS_BY_DAY, Wakes.BY_DAY)
    by_rule |= dict.fromkeys(SEEN_BY_WHOEVER_IS_THERE, Wakes.NEVER)
    by_rule |= dict.fromkeys(CANNOT_WAKE, Wakes.NEVER)
    assert {kind.name: kind.wakes for kind in kinds()} == by_rule
    assert all(kind.wakes_because and kind.wakes_because != kind.because for kind in kinds())
    assert waking_of("of.another.version") is Wakes.MORNING


def test_an_alarm_is_told_until_it_is_over_and_has_been_seen_whichever_comes_first() -> None:
    raised_at, later = Instant(10), Instant(20)
    told = AlarmRecord(at=raised_at, text="no SIM")
    known = there(acknowledge(told, raised_at, MARTA, later))
    assert (known.seen_by, known.seen_at, known.stands) == (MARTA, later, True)
    assert acknowledge(known, raised_at, OperatorId("luca-ferri"), Instant(30)) == known
    assert clear(known, "line.no_sim", later) is None
    ended = there(clear(told, "line.no_sim", later))
    assert (ended.over_at, ended.stands) == (later, False)
    assert clear(ended, "line.no_sim", Instant(30)) == ended
    assert acknowledge(ended, raised_at, MARTA, Instant(30)) is None


def test_raised_anew_since_it_was_shown_it_was_not_seen() -> None:
    told = AlarmRecord(at=Instant(20), text="no SIM")
    assert acknowledge(told, Instant(10), MARTA, Instant(30)) == told


def test_of_an_alert_nobody_has_to_see_what_is_over() -> None:
    assert subject_kind_of("leg.no_sound") is SubjectKind.ALERT
    assert subject_kind_of("of.another.version") is SubjectKind.PART
    assert clear(AlarmRecord(at=Instant(10), text="mute"), "leg.no_sound", Instant(20)) is None
