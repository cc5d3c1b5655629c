"""The pages' words: each key once, in Italian and in English, and used; none used that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GATEWAYS = Path(__file__).resolve().parents[2] / "gateways"


class Words:
    """The table of one page, and the rest of its script, which uses it."""

    def __init__(self, page: str, file: str) -> None:
        folder = GATEWAYS / page / "static" / "js"
        text = (folder / file).read_text()
        (table,) = re.findall(r"^(?:export )?const WORDS = \{\n(.*?)^\};", text, re.DOTALL | re.MULTILINE)
        words = re.sub(r"^  //.*\n", "", table, flags=re.MULTILINE)
        _, *parts = re.split(r"^  (\w+): ", words, flags=re.MULTILINE)
        self.entries = list(zip(parts[::2], parts[1::2], strict=True))
        self.keys = [key for key, _ in self.entries]
        self.script = "".join(path.read_text() for path in folder.rglob("*.js")).replace(table, "")


@pytest.fixture(params=[("console", "words/words.js"), ("app", "words.js")], ids=["console", "app"])
def words(request: pytest.FixtureRequest) -> Words:
    return Words(*request.param)


def test_no_word_is_defined_twice(words: Words) -> None:
    assert sorted(words.keys) == sorted(set(words.keys))


def test_every_word_is_there_in_both_languages(words: Words) -> None:
    text = r"'(?:[^'\\]|\\.)+'(?:\s*\+\s*'(?:[^'\\]|\\.)+')*"
    pair = re.compile(rf"\[\s*{text},\s*{text},?\s*\],\s*")
    assert [key for key, entry in words.entries if not pair.fullmatch(entry)] == []


def test_every_word_that_is_used_is_there_and_none_is_unused(words: Words) -> None:
    named = r"\b(?:t|ghost|say)\('(\w+)'|\['(?:done|now|bad|)', '(\w+)'\]|\b(?:title|text): '(\w+)'"
    used = {key for found in re.findall(named, words.script) for key in found if key}
    assert used - set(words.keys) == set()
    # A field's hint is named by the field.
    unused = [key for key in words.keys if f"'{key}'" not in words.script and not key.endswith("Hint")]
    assert unused == []
