"""What is asked of a call that is reviewed: `config/review.toml`. Data alone."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec

FILE: Final = Path(__file__).resolve().parents[2] / "config" / "review.toml"
_Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question in the operators' languages."""

    it: _Sentence
    en: _Sentence


class ReviewQuestion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question, marked 1 to 4; 0 where it does not apply."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)")]
    ask: Ask


class ReviewForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All questions, in their order."""

    question: Annotated[tuple[ReviewQuestion, ...], msgspec.Meta(min_length=1, max_length=12)]


@cache
def review_form() -> ReviewForm:
    """The form as it was installed."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), ReviewForm)
