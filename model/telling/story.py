"""Events in words, in each language, by the sentence defined with each event (`messages.rows`). Pure.

Names, times and numbers appear unchanged: the console makes its own list, which names people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import msgspec

from messages.journal import AnyEvent
from model.telling.event_words import BY_TYPE, ENGLISH, FORMS, ITALIAN, Words, word

LANGUAGES: Final[Mapping[str, Words]] = {"en": ENGLISH, "it": ITALIAN}


class Field(msgspec.Struct, frozen=True):
    """Placeholder `{name}` or `{name:form}`."""

    name: str
    form: str = ""


class Condition(msgspec.Struct, frozen=True):
    """Condition `{?name}` or `{?name=value}`."""

    name: str
    value: str = ""


class Choice(msgspec.Struct, frozen=True):
    """Choice `[…|…]`: the first complete alternative."""

    ways: tuple[tuple[Part, ...], ...]


Part = str | Field | Condition | Choice
_TOKEN: Final = re.compile(r"([\[|\]])|\{(\??)(\w+)(?:[:=](\w+))?\}|([^\[|\]{]+)")


def in_words(event: AnyEvent, language: str = "en") -> str | None:
    """Return the event as a sentence without its period; None for an event that matters only to the
    machinery.

    `language`: one of LANGUAGES.
    """
    return _sentence(event, language) or None


def cause_in_words(cause: int, language: str = "en") -> str:
    """Return a cause of Q.850, or one of the center's own, as a few words."""
    return word(LANGUAGES[language], "cause", cause)


@cache
def parse_template(template: str) -> tuple[Part, ...]:
    """Return the parts of a sentence of one language."""
    (way,) = _ways(_TOKEN.finditer(template))
    return way


def _ways(tokens: Iterator[re.Match[str]]) -> tuple[tuple[Part, ...], ...]:
    ways: list[list[Part]] = [[]]
    for token in tokens:
        mark, asks, name, more, text = token.groups(default="")
        match mark:
            case "[":
                ways[-1].append(Choice(_ways(tokens)))
            case "|":
                ways.append([])
            case "]":
                break
            case _ if text:
                ways[-1].append(text)
            case _:
                ways[-1].append(Condition(name, more) if asks else Field(name, more))
    return tuple(map(tuple, ways))


def _sentence(struct: Any, language: str) -> str:
    return _said(parse_template(getattr(struct.sentence, language)), struct, language)[0]


def _said(parts: tuple[Part, ...], struct: msgspec.Struct, language: str) -> tuple[str, bool]:
    """Return the text, and True if all its fields have words and its conditions hold."""
    texts, whole = [], True
    for part in parts:
        match part:
            case str():
                texts.append(part)
            case Field(name=name, form=form):
                texts.append(_field(struct, name, form, language))
                whole = whole and texts[-1] != ""
            case Condition(name=name, value=wanted):
                value = getattr(struct, name)
                whole = whole and (value == wanted if wanted else _is_there(value))
            case Choice(ways=ways):
                tried = (_said(way, struct, language) for way in ways)
                texts.append(next((text for text, fits in tried if fits), ""))
    return "".join(texts), whole


def _is_there(value: object) -> bool:
    """Return True if the value is present; the number 0 is: the first call of a modem has it."""
    return value is not None and value is not False and value not in ("", ())


def _field(struct: msgspec.Struct, name: str, form: str, language: str) -> str:
    value = getattr(struct, name)
    if form and value is not None:
        return _formed(form, value, language)
    each = value if isinstance(value, tuple) else (value,)
    return ", ".join(_value(one, _by_type(type(struct)).get(name, ""), language) for one in each)


def _value(value: object, form: str, language: str) -> str:
    if value is None:
        return ""
    if form:
        return _formed(form, value, language)
    if isinstance(value, msgspec.Struct):
        return _sentence(value, language)
    return word(LANGUAGES[language], type(value), value) if isinstance(value, Enum) else str(value)


def _formed(form: str, value: Any, language: str) -> str:
    words = LANGUAGES[language]
    return FORMS[form](words, value) if form in FORMS else word(words, form, value)


@cache
def _by_type(kind: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return the default forms of the fields, by their types."""
    kinds = {name: {hint, *get_args(hint)} for name, hint in get_type_hints(kind).items()}
    return {name: form for name, of in kinds.items() for one, form in BY_TYPE.items() if one in of}
