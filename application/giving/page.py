"""A person's data as one page that needs nothing else: no script, nothing from a network. Pure.

Every label stands in Italian and in English: the page is read by the person, and by those who help.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from application.giving.facts import position_in_words
from application.templates import render
from application.times import local
from messages.ids import Party
from model.record import EMPTY

if TYPE_CHECKING:
    from application.giving.person import PersonalData

_TEMPLATE: Final = Path(__file__).with_name("page.html.j2")
_PARTIES: Final = {
    Party.USER: "Lei / you",
    Party.OPERATOR: "un operatore / an operator",
    Party.LISTENER: "un responsabile / a supervisor",
    Party.PSAP: "112",
}


def page(data: PersonalData) -> str:
    """Return the page, in HTML."""
    return render(
        _TEMPLATE,
        data=data,
        has_record=data.record != EMPTY,
        parties=_PARTIES,
        local=local,
        position_in_words=position_in_words,
    )
