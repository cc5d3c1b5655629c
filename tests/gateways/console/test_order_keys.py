"""Every key of an order is that of its row, in the list of keys, on buttons and in sentences."""

from __future__ import annotations

import re
from typing import Final

from gateways.console.page import STATIC
from messages.ids import OperatorCommand
from model.orders.row import AtConsole, Enter
from model.orders.table import ORDERS
from tests.support.each import each

SCRIPTS: Final = {path.name: path.read_text() for path in (STATIC / "js").rglob("*.js")}
ROWS: Final = {command.value: row.console for command, row in ORDERS.items()}
WITHOUT_KEY: Final = {"send_digit", "have_read"}
"""The page has no button for the one, and gives the other by itself."""
OF_THE_PAGE: Final = set("CDGK")
"""Keys of a case that order nothing: copy, record, headset, seen."""
NAMED: Final = re.compile(
    r"(?:[:?] |\b(?:o|or|con|with|premi|press|Allora|Then) )([A-Z])(?=[.,:;]|$| (?:e Invio|and Enter))"
)
"""A key in a sentence, as `shown.js` finds it."""


def table(name: str) -> set[str]:
    """Return the commands for which a table of `commands.js` has an entry."""
    (inside,) = re.findall(
        rf"^export const {name} = \{{\n(.*?)^\}};", SCRIPTS["commands.js"], re.DOTALL | re.M
    )
    return set(re.findall(r"^  (\w+):", inside, re.MULTILINE))


def test_every_command_has_a_key_but_those_that_the_page_gives_otherwise() -> None:
    assert {name for name, row in ROWS.items() if not row.key} == WITHOUT_KEY


def test_a_key_has_one_order_that_it_gives_wherever_no_other_has_borrowed_it() -> None:
    whenever = [row.key for row in ROWS.values() if row.whenever]
    assert sorted(whenever) == sorted(set(whenever))


def test_what_waits_for_enter_has_its_words_in_the_row_or_by_the_case() -> None:
    waits = {name: row for name, row in ROWS.items() if row.enter is not Enter.NEVER}
    by_the_case = table("WAITING")
    assert by_the_case == {name for name, row in waits.items() if row.waiting is None}
    assert {name for name, row in ROWS.items() if row.waiting is not None} <= set(waits)
    assert table("WHEN") == {name for name, row in waits.items() if row.enter is Enter.SOMETIMES}


def test_the_list_of_keys_has_each_key_of_an_order_once() -> None:
    named = re.findall(r"\bof\(([^)]*)\)", SCRIPTS["listed-keys.js"])
    listed = [ROWS[name] for group in named for name in re.findall(r"'(\w+)'", group)]

    def shown(row: AtConsole) -> tuple[str, bool]:
        return row.key, row.enter is Enter.ALWAYS

    assert sorted(map(shown, listed)) == sorted({shown(row) for row in ROWS.values() if row.key})
    assert [row for row in listed if row.listed is None and row.label is None] == []
    assert {row.listed for row in ROWS.values()} - {None} <= {row.listed for row in listed}


def test_a_button_s_words_are_in_the_row() -> None:
    shown = {
        name for text in SCRIPTS.values() for name in re.findall(r"\b(?:label|action)\(\s*'(\w+)'", text)
    }
    assert {"take", "leave", "mute"} <= shown
    assert {name for name in shown if ROWS[name].label is None} == set()


@each("name", ["alone.js", "commands.js", "next.js", "others.js", "psap.js", "steps.js", "otherline.js"])
def test_every_key_that_a_sentence_names_is_of_a_row(name: str) -> None:
    keys = {row.key for row in ROWS.values()} | OF_THE_PAGE
    sentences = re.findall(r"(?:'(?:[^'\\\n]|\\.)*'|`[^`]*`)", SCRIPTS[name])
    assert {key for one in sentences for key in NAMED.findall(one[1:-1])} <= keys


@each("command", list(OperatorCommand))
def test_words_are_there_in_both_languages(command: OperatorCommand) -> None:
    row = ORDERS[command]
    for pair in (row.console.label, row.console.waiting, row.console.listed):
        assert pair is None or (len(pair) == 2 and all(pair) and "—" not in "".join(pair))
    assert row.italian
