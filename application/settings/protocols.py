"""What an operator asks by kind of trouble: `config/protocols/*.toml`, and those of the center's own folder.

A center's own file takes the place of ours of the same name. Data alone: which question is asked when, the
operator decides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import msgspec

from messages.ids import BriefingField

DIRECTORY: Final = Path(__file__).resolve().parents[2] / "config" / "protocols"
QUESTIONS_MAX: Final = 9
"""Each has a key."""

_NAME: Final = re.compile(r"[a-z0-9_-]{1,40}")
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)")]
Words = Annotated[dict[Language, Annotated[str, msgspec.Meta(min_length=1, max_length=200)]], msgspec.Meta()]
"""By language, ISO 639-1."""


class ProtocolError(ValueError):
    """A file that cannot be used: which, where and why."""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question, answered by yes or no."""

    ask: Words
    """To the user, in as many languages as there are users'."""
    before_112: bool = False
    """Asked only until 112 is called."""
    fills: BriefingField | None = None
    yes: Words = {}
    """What is known by a yes, in the operators' languages; empty: nothing."""
    no: Words = {}


class CallProtocol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The questions of one kind of trouble."""

    file: str = ""
    """Whence it is: the file's name without `.toml`. Its third question is called `FILE-3`."""
    order: int = 100
    """Its place among them; the first is open at first."""
    name: Words
    advise: Words = {}
    """What to say to the user, for the operator."""
    question: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=QUESTIONS_MAX)]


def named(protocols: Iterable[CallProtocol]) -> Iterator[tuple[str, Question]]:
    """Each question by its name: `violence-3`."""
    for protocol in protocols:
        for place, question in enumerate(protocol.question, 1):
            yield f"{protocol.file}-{place}", question


def protocols_of(folder: str) -> tuple[CallProtocol, ...]:
    """All there are, in their order; `folder` is the center's own, empty: none. Raises ProtocolError."""
    files = {path.name: path for path in sorted(DIRECTORY.glob("*.toml"))}
    if folder:
        if not Path(folder).is_dir():
            raise ProtocolError(f"{folder}: no such folder")
        files |= {path.name: path for path in sorted(Path(folder).glob("*.toml"))}
    return tuple(sorted((_read(path) for path in files.values()), key=lambda one: one.order))


def _read(path: Path) -> CallProtocol:
    try:
        made = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), CallProtocol, strict=True)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProtocolError(f"{path}: {error}") from error
    if made.file or not _NAME.fullmatch(path.stem):
        raise ProtocolError(f"{path}: its name is small letters, digits, `_` and `-`, and said by it alone")
    for place, one in enumerate(made.question, 1):
        if (one.yes or one.no) and one.fills is None:
            raise ProtocolError(f"{path}: question {place}: what `yes` and `no` say `fills` no field")
    return msgspec.structs.replace(made, file=path.stem)
