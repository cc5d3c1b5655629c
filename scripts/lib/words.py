"""Comparison of the console's words with the translations of each language:
`gateways/console/words/LANGUAGE`.

A sentence in a script is a template with a tag, and is the key of its translations. The sentences of orders,
refusals and events are in the center's rows. Without an argument the script reports missing
and superfluous translations. With a language the script first writes the files of the language again, with
empty texts for missing translations.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from center import features
from center.checks.table import every
from gateways.console.page import STATIC, WORDS, pages_of_features
from gateways.console.timeline import ITEMS
from messages.ids import OperatorCommand
from model.alarms.table import kinds
from model.first_run import NEEDS
from model.orders.refusals import Refusal
from model.orders.table import ORDERS

SCRIPTS: Final = STATIC / "js"
OF_FEATURE: Final = "features/"
"""Prefix before the name of a feature, for the part with its pages and for their catalogue."""
SEVERAL: Final = "several"
"""Name of the catalogue for sentences of more than one part."""
TAGS: Final = ("say", "phrase", "pieces", "form")
ITALIAN: Final = "it"
COMMANDS: Final = {*OperatorCommand}

_TOKEN: Final = re.compile(
    r"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
    r"|(?:(?<=[(,=:\[!&|?{};+\n])|(?<=[(,=:\[!&|?{};+] )|(?<=return ))"  # positions without a division
    r"/(?![/*])(?:\[(?:[^\]\\\n]|\\.)*\]|[^/\\\n\[]|\\.)+/\w*"
    r"|(?P<tag>(?<![.\w$])[a-zA-Z]\w*)?`|[{}]",
    re.DOTALL,
)
_PART: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)
_FOREIGN: Final = re.compile(r"[àèéìòùÀÈÉÌÒÙ]")
_HOLE: Final = re.compile(r"\{(\w+)(?::lower)?\}")


@dataclass
class Script:
    """The sentences of one script, and its other strings."""

    keys: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """Strings, and templates that are no key."""

    @classmethod
    def read(cls, source: str) -> Script:
        """Parse a script."""
        made = cls()
        end = made._code(source, 0)
        assert end == len(source), f"stopped at {source[end : end + 40]!r}"
        return made

    def _code(self, source: str, at: int) -> int:
        """Parse up to the brace that closes the block begun before `at`, or to the end; return
        the position.
        """
        depth = 0
        while found := _TOKEN.search(source, at):
            token, at = found[0], found.end()
            if token.endswith("`") and token[0] not in "/'\"":
                at = self._template(source, at, found["tag"])
            elif token == "{":
                depth += 1
            elif token == "}":
                if not depth:
                    return found.start()
                depth -= 1
            elif token[0] in "'\"":
                self.texts.append(_cooked(token[1:-1]))
        return len(source)

    def _template(self, source: str, at: int, tag: str | None) -> int:
        parts = []
        while True:
            part = _PART.match(source, at)
            assert part is not None
            parts.append(_cooked(part[0]))
            at = part.end()
            if source[at] == "`":
                break
            at = self._code(source, at + 2) + 1
        if tag in TAGS:
            key = parts[0] + "".join(f"{{{hole}}}{part}" for hole, part in enumerate(parts[1:]))
            self.keys.append(re.sub(r"\s*\n\s*", " ", key))
        else:
            self.texts += parts
        return at + 1


def _cooked(raw: str) -> str:
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), raw)
    return re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), plain, flags=re.DOTALL)


def scripts() -> dict[str, Script]:
    """Return the scripts of the console and of the features' pages, by part and path in it."""
    folders = {"": SCRIPTS} | {f"{OF_FEATURE}{name}/": pages for name, pages in pages_of_features().items()}
    return {
        f"{part}{path.relative_to(folder).as_posix()}": Script.read(path.read_text(encoding="utf-8"))
        for part, folder in folders.items()
        for path in sorted(folder.rglob("*.js"))
    }


def in_rows() -> Iterator[tuple[str, str]]:
    """Yield part and English sentence of the rows that only the console shows."""
    for row in ORDERS.values():
        shown = row.console
        yield from (("orders", said) for said in (shown.label, shown.waiting, shown.listed) if said)
    yield from (("orders", refusal.at_console) for refusal in Refusal)
    yield from (("events", item.says) for items in ITEMS.values() for item in items if item.says)


def in_pairs() -> Iterator[tuple[str, str]]:
    """Yield part and English sentence of the rows that have an Italian text in the center itself, for uses
    elsewhere.
    """
    for kind in kinds():
        yield from (("alarms", said) for said in (kind.en.short, kind.en.means, kind.en.do))
    yield from (("start", said.en) for need in NEEDS for said in (need.at, need.do))
    yield from (("checks", check.do.en) for check in every() if check.do.en)


def wanted(of: dict[str, Script], language: str) -> dict[str, list[str]]:
    """Return the keys that a language must translate, in order, by the name of the catalogue."""
    parts: dict[str, set[str]] = {}
    said = [(_part(path), key) for path, script in of.items() for key in script.keys]
    for part, key in (*said, *in_rows(), *(() if language == ITALIAN else in_pairs())):
        parts.setdefault(key, set()).add(part)
    found: dict[str, list[str]] = {}
    for key, those in parts.items():
        found.setdefault(SEVERAL if len(those) > 1 else min(those), []).append(key)
    return found


def _part(path: str) -> str:
    """Return the part of the console that a script belongs to: its folder, or the feature."""
    return "/".join(path.split("/")[: 2 if path.startswith(OF_FEATURE) else 1])


def catalogue(language: str, name: str) -> Path:
    """Return the path of a catalogue, which may not exist."""
    if name.startswith(OF_FEATURE):
        return pages_of_features()[name.removeprefix(OF_FEATURE)] / "words" / f"{language}.json"
    return WORDS / language / f"{name}.json"


def there(language: str) -> dict[str, dict[str, str]]:
    """Return the translations of a language: by the name of the catalogue, by key."""
    kernel = (path.stem for path in sorted((WORDS / language).glob("*.json")))
    names = (*kernel, *(f"{OF_FEATURE}{name}" for name in pages_of_features()))
    files = ((name, catalogue(language, name)) for name in names)
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files if file.exists()}


def _fits(key: str, said: str) -> bool:
    """Return True if key and translation have the same placeholders; a command's key may stand anywhere.

    The page has more words of an event than the English sentence needs
    (`tests/gateways/console/test_event_rows.py`).
    """
    holes, filled = {*_HOLE.findall(key)}, {*_HOLE.findall(said)}
    if all(one.isdigit() for one in holes):
        return holes == filled - COMMANDS
    return not any(one.isdigit() for one in filled)


def faults_of(language: str, keys: dict[str, list[str]], has: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield the faults of one language's files."""
    needed = {key for those in keys.values() for key in those}
    seen: set[str] = set()
    for file, words in has.items():
        for key, said in words.items():
            where = f"{language}/{file}: {key!r}"
            if key in seen:
                yield f"{where} is in another file, too"
            elif key not in needed:
                yield f"{where} is said nowhere"
            elif not said:
                yield f"{where} has no words"
            elif not _fits(key, said):
                yield f"{where} has other holes: {said!r}"
            seen.add(key)
    yield from (f"{language}: {key!r} is missing" for key in needed - seen)


def faults_in(of: dict[str, Script]) -> Iterator[str]:
    """Yield the words of the scripts that are not English."""
    for path, script in of.items():
        yield from (f"{path}: {text!r} is not English" for text in script.texts if _FOREIGN.search(text))
        yield from (f"{path}: {key!r} is not English" for key in script.keys if _FOREIGN.search(key))


def faults() -> list[str]:
    """Return the faults of the scripts and of all languages."""
    of = scripts()
    found = list(faults_in(of))
    for folder in sorted(WORDS.iterdir()):
        found += faults_of(folder.name, wanted(of, folder.name), there(folder.name))
    return found


def write(language: str) -> None:
    """Write a language's files again: present translations stay, missing ones are empty, superfluous ones are
    dropped.
    """
    before = there(language)
    had = {key: said for words in before.values() for key, said in words.items()}
    for name in before:
        catalogue(language, name).unlink()
    for name, keys in wanted(scripts(), language).items():
        words = {key: had.get(key, "") for key in keys}
        text = json.dumps(words, ensure_ascii=False, indent=2)
        file = catalogue(language, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser("scripts/words", description="Report missing words of the console.")
    parser.add_argument(
        "language", nargs="?", help="write the files of this language (ISO 639) first, such as it"
    )
    features.install()
    if chosen := parser.parse_args().language:
        if not re.fullmatch("[a-z]{2,3}", chosen):
            parser.error(f"{chosen!r} is no language: two or three small letters (ISO 639)")
        write(chosen)
    sys.exit("\n".join(faults()) or None)
