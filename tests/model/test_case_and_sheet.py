"""What decides has the case, what shows has the sheet, and each event is one fold's."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from messages import events as ev
from messages.ids import Assurance, BriefingField, Channel, Instant, OperatorId, Party
from messages.journal import Unreadable
from model.alert.case import Case
from model.alert.folds.signals import fold_signal
from model.telling.sheet import BriefingEntry, Claim, evolve
from tests.model.one_alert import sheet_of
from tests.support.recorded import recorded

ROOT = Path(__file__).parents[2]
DECIDES = ("actors", "model/rules", "model/orders", "model/alert", "store/alerts", "gateways/http/routes/app")
CONTACTS = ROOT / "model/telling/contacts.py"
"""The AlertCase asks it when contacts are told."""
ANNA = OperatorId("anna")
BRIEFED = ev.BriefingFilled(field=BriefingField.WEAPONS, text="a knife", by=ANNA)


def trees(folder: str) -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in sorted((ROOT / folder).rglob("*.py"))]


def test_each_field_of_a_case_is_read_by_what_decides() -> None:
    """By its name alone, which others may have too; what only a fold reads is decided by nowhere."""
    paths = [CONTACTS, *(path for folder in DECIDES for path in (ROOT / folder).rglob("*.py"))]
    texts = (path.read_text() for path in paths if "folds" not in path.parts)
    code = (re.sub(r'""".*?"""|#[^\n]*', "", text, flags=re.DOTALL) for text in texts)
    read = {name for text in code for name in re.findall(r"\.(\w+)\b(?! = )", text)}
    assert set(Case.__struct_fields__) - read == set()


def test_each_event_is_one_folds_alone() -> None:
    """The fold of a type is looked for once (`model.alert.evolve`)."""
    taken: Counter[str] = Counter()
    for tree in trees(str(Path(fold_signal.__code__.co_filename).parent.relative_to(ROOT))):
        for fold in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            if fold.name.startswith("fold_") and fold.name not in ("fold_leg", "fold_orders"):
                taken.update(
                    {
                        node.cls.attr
                        for node in ast.walk(fold)
                        if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Attribute)
                    }
                )
    assert len(taken) > 40
    assert [event for event, folds in taken.items() if folds > 1] == []


def test_what_somebody_says_who_does_not_speak_for_the_alert_is_on_its_sheet_alone() -> None:
    before = sheet_of()
    at = Instant(1)
    signal = ev.AlertSignalAdded(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=at, received_at=at, alias="x", silent=True
    )
    after = evolve(before, recorded(signal, 2, stream="inbox-a"))
    assert [type(one) for one in after.claims] == [Claim]
    assert (after.signals, after.case.silent, after.case.positions) == (2, False, before.case.positions)


def test_a_key_fills_the_field_that_its_question_asks_for_and_the_field_says_when() -> None:
    asks = ev.DialogueSaid(
        id="q", by=ANNA, text="?", asks=True, fills=BriefingField.WEAPONS, yes="a gun", no="none"
    )
    begun = ev.LegOriginating(leg="u", party=Party.USER, attempt=1, line="p1")  # type: ignore[arg-type]
    sheet = sheet_of(BRIEFED, asks, begun)
    pressed = ev.LegPressed(leg=begun.leg, attempt=1, digit="1", pressed_at=sheet.case.dialogue[0].at)
    sheet = evolve(sheet, recorded(pressed, 9, 7, stream="alert-a"))
    assert sheet.briefing[BriefingField.WEAPONS] == BriefingEntry(
        text="a knife; a gun", by=OperatorId(""), at=7
    )
    assert sheet.changed[BriefingField.WEAPONS] == sheet.case.version


def test_a_reopened_alert_has_no_page_also_where_the_event_cannot_be_read() -> None:
    sheet = sheet_of(ev.PageOpened(code="AAAAAA", by=ANNA), ev.BriefingGiven(by=ANNA))
    assert sheet.page is not None
    assert sheet.case.has_page
    torn = Unreadable(kind="alert.reopened", fault="x", damaged=True)
    after = evolve(sheet, recorded(torn, 9, stream="alert-a"))  # type: ignore[arg-type]
    assert (after.page, after.briefed, after.case.has_page, after.unreadable) == (None, None, False, 1)
