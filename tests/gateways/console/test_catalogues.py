"""Every sentence of the console has its words in every language, and no language has words of no sentence."""

from __future__ import annotations

import msgspec
import pytest

from gateways.console.page import WORDS, encoded_words
from scripts.lib.words import Script, faults, faults_in, faults_of
from tests.support.each import each

CASE = """
// no say`one`, nor /* this */
const TABLE = { a: phrase`two`, 'b`': () => '}' }; /* say`three` */
const drawn = html`<b title=${say`four ${names.map((one) => `${one}}`)} five`}>${x / 2} say${"`"}</b>`;
const found = text.replace(/[`/]'/g, say`six\u00a0${a}${b}##name`) / rows.say(`seven`);
    const long = say`eight
      ${nine}
      ten`;
"""
KEYS = {"two": "due", "{0} of {1}": "{0} di {1}"}


def test_each_language_has_each_sentence() -> None:
    assert faults() == []
    assert (WORDS / "it").is_dir()
    assert len(msgspec.json.decode(encoded_words())["it"]) > 2000


def test_the_keys_of_a_script_are_found() -> None:
    script = Script.read(CASE)
    assert script.keys == ["two", "four {0} five", "six\u00a0{0}{1}##name", "eight {0} ten"]
    assert {"b`", "}", "seven", "`"} <= {*script.texts}


@each(
    ("has", "fault"),
    [
        ({"a": KEYS}, None),
        ({"a": {**KEYS, "{0} of {1}": "{leave}: {1:lower} di {0}"}}, None),
        ({"a": {"two": "due"}}, "xx: '{0} of {1}' is missing"),
        ({"a": {**KEYS, "two": ""}}, "xx/a: 'two' has no words"),
        ({"a": {**KEYS, "three": "tre"}}, "xx/a: 'three' is said nowhere"),
        ({"a": KEYS, "b": {"two": "due"}}, "xx/b: 'two' is in another file, too"),
        ({"a": {**KEYS, "{0} of {1}": "{0} di"}}, "xx/a: '{0} of {1}' has other holes: '{0} di'"),
        ({"a": {**KEYS, "two": "{nobody}"}}, "xx/a: 'two' has other holes: '{nobody}'"),
    ],
)
def test_what_is_wrong_with_a_language_is_found(has: dict[str, dict[str, str]], fault: str | None) -> None:
    assert list(faults_of("xx", {"a": [*KEYS]}, has)) == ([] if fault is None else [fault])


@pytest.mark.parametrize("source", ["f('è qui')", 'x = "perché"', "html`<b>così</b>`", "say`già`"])
def test_words_that_are_not_english_are_found_in_a_script(source: str) -> None:
    assert len(list(faults_in({"a.js": Script.read(source)}))) == 1
