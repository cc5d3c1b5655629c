"""A case as a page to print: what of it may lie on a desk. Pure.

What is kept back is what nobody needs to look back at the case: the record of the person with its safe word,
the phone's id, operators' numbers, and the code of 112's page.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from gateways.console.views.case import CaseView
from model.record import EMPTY


def for_paper(view: CaseView) -> CaseView:
    """The case without that."""
    person = view.person
    return replace(
        view,
        device=None,
        person=None if person is None else replace(person, notes="", record=EMPTY, for_112=EMPTY),
        positions=() if view.position is None else (view.position,),
        contacts="",
        operator_leg=replace(view.operator_leg, number=None),
        hand_over=None,
        page_code="",
        data=(),
        timeline=tuple(entry for entry in view.timeline if entry.what not in _APART),
    )


_APART: Final = frozenset({"contacts.texted", "page.viewed"})
"""Whom the person trusts, and 112's addresses."""
