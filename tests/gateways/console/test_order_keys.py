"""Every key of an order is that of its row, in the list of keys, on buttons and in sentences."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from gateways.console.page import STATIC, encoded_words, pages_of_features
from messages.ids import OperatorCommand
from model.orders.refusals import Refusal
from model.orders.row import ConsoleKey, EnterKey
from model.orders.table import ORDERS
from scripts.lib.words import there
from tests.support.each import each

SCRIPTS: Final = {
    path.relative_to(folder).as_posix(): path.read_text()
    for folder in (*pages_of_features().values(), STATIC / "js")
    for path in folder.rglob("*.js")
}
LANGUAGES: Final = msgspec.json.decode(encoded_words(), type=dict[str, dict[str, str]]).values()
ROWS: Final = {command.value: row.console for command, row in ORDERS.items()}
WITHOUT_KEY: Final = {"send_digit", "have_read"}
"""The page has no button for the one, and gives the other by itself."""
ANOTHER_WAY: Final = {("case/dialogue/question-channel.js", "I")}
"""The questions' own key for another way to ask: no order."""
NAMED: Final = re.compile(
    r"(?:(?:[:?] |\b(?:o|or|con|with|premi|press|Allora|Then) )([A-Z])(?=[.,:;]|$| (?:e Invio|and Enter)))"
    r"|(?:(?:^|[.!?] )([A-Z])(?=: ))"
)
"""A key in a sentence, as `visible-keys.js` finds it."""
LITERAL: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|`[^`]*`")
COMMENT: Final = re.compile(r"^ *(?://|/?\*).*$", re.MULTILINE)


def named(sentence: str) -> set[str]:
    """Return the keys that a sentence names by their letters."""
    return {key for pair in NAMED.findall(sentence) for key in pair if key}


def table(name: str) -> set[str]:
    """Return the commands for which a table of `commands.js` has an entry."""
    (inside,) = re.findall(
        rf"^export const {name} = \{{\n(.*?)^\}};", SCRIPTS["steps/key-to-command.js"], re.DOTALL | re.M
    )
    return set(re.findall(r"^  (\w+):", inside, re.MULTILINE))


def test_every_command_has_a_key_but_those_that_the_page_gives_otherwise() -> None:
    assert {name for name, row in ROWS.items() if not row.key} == WITHOUT_KEY


def test_a_key_has_one_order_that_it_gives_wherever_no_other_has_borrowed_it() -> None:
    whenever = [row.key for row in ROWS.values() if row.whenever]
    assert sorted(whenever) == sorted(set(whenever))


def test_what_waits_for_enter_has_its_words_in_the_row_or_by_the_case() -> None:
    waits = {name: row for name, row in ROWS.items() if row.enter is not EnterKey.NEVER}
    by_the_case = table("ENTER_EFFECTS")
    assert by_the_case == {name for name, row in waits.items() if row.waiting is None}
    assert {name for name, row in ROWS.items() if row.waiting is not None} <= set(waits)
    assert table("ENTER_CONDITIONS") == {
        name for name, row in waits.items() if row.enter is EnterKey.SOMETIMES
    }


def test_the_list_of_keys_has_each_key_of_an_order_once() -> None:
    named = re.findall(r"\bcommandKeys\(([^)]*)\)", SCRIPTS["shell/key-list.js"])
    listed = [ROWS[name] for group in named for name in re.findall(r"'(\w+)'", group)]

    def shown(row: ConsoleKey) -> tuple[str, bool]:
        return row.key, row.enter is EnterKey.ALWAYS

    assert sorted(map(shown, listed)) == sorted({shown(row) for row in ROWS.values() if row.key})
    assert [row for row in listed if row.listed is None and row.label is None] == []
    assert {row.listed for row in ROWS.values()} - {None} <= {row.listed for row in listed}


def test_a_button_s_words_are_in_the_row() -> None:
    shown = {
        name for text in SCRIPTS.values() for name in re.findall(r"\b(?:label|action)\(\s*'(\w+)'", text)
    }
    assert {"take", "leave", "mute"} <= shown
    assert {name for name in shown if ROWS[name].label is None} == set()


def test_no_sentence_names_the_key_of_an_order_by_its_letter() -> None:
    keys = {row.key for row in ROWS.values()}
    found = {
        (name, key)
        for name, text in SCRIPTS.items()
        for one in LITERAL.findall(COMMENT.sub("", text))
        for key in named(one[1:-1])
        if key in keys and not name.startswith("admin/")
    }
    assert found == ANOTHER_WAY


@each("refusal", list(Refusal))
def test_no_refusal_names_a_key_by_its_letter_and_each_key_that_it_names_is_there(refusal: Refusal) -> None:
    for sentence in (refusal.at_console, *(words[refusal.at_console] for words in LANGUAGES)):
        assert named(sentence) == set()
        assert all(ROWS[name].key for name in re.findall(r"{(\w+)}", sentence))


def test_a_translation_names_no_other_key_by_its_letter_than_the_english() -> None:
    for file, words in there("it").items():
        other = [key for key, said in words.items() if named(said) - named(key)]
        assert file in ("admin", "features/selftest") or other == []


@each("command", list(OperatorCommand))
def test_words_are_there(command: OperatorCommand) -> None:
    row = ORDERS[command]
    for said in (row.console.label, row.console.waiting, row.console.listed):
        assert said is None or (said and "—" not in said)
    assert row.italian
