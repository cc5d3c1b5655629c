"""Questions for the operator by kind of trouble: `config/protocols/*.toml`, and those of the center's own
folder.

A center's own file replaces the shipped one of the same name. The files are data alone: the operator decides
when a question is asked.
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
"""Maximum of questions: each has a key."""

_NAME: Final = re.compile(r"[a-z0-9_-]{1,40}")
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)")]
Words = Annotated[dict[Language, Annotated[str, msgspec.Meta(min_length=1, max_length=200)]], msgspec.Meta()]
"""Text by language, ISO 639-1."""


class ProtocolError(ValueError):
    """The file cannot be used. The message names file, location and reason."""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Question with a yes or no answer."""

    ask: Words
    """Words to the user, in the users' languages."""
    before_112: bool = False
    """True if the question is asked only until 112 is called."""
    fills: BriefingField | None = None
    yes: Words = {}
    """Text recorded for a yes, in the operators' languages; empty: none."""
    no: Words = {}


class CallProtocol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Questions for one kind of trouble."""

    file: str = ""
    """Name of the source file without `.toml`. Its third question is named `FILE-3`."""
    order: int = 100
    """Position among the protocols; the first is shown at first."""
    name: Words
    advise: Words = {}
    """Advice for the user, given by the operator."""
    question: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=QUESTIONS_MAX)]


def named(protocols: Iterable[CallProtocol]) -> Iterator[tuple[str, Question]]:
    """Yield each question with its name, such as `violence-3`."""
    for protocol in protocols:
        for place, question in enumerate(protocol.question, 1):
            yield f"{protocol.file}-{place}", question


def protocols_of(folder: str) -> tuple[CallProtocol, ...]:
    """Return all protocols, in order. `folder`: the center's own, empty for none. Raises ProtocolError."""
    files = {path.name: path for path in sorted(DIRECTORY.glob("*.toml"))}
    if folder:
        if not Path(folder).is_dir():
            raise ProtocolError(f"{folder}: the folder does not exist")
        files |= {path.name: path for path in sorted(Path(folder).glob("*.toml"))}
    return tuple(sorted((_read(path) for path in files.values()), key=lambda one: one.order))


def _read(path: Path) -> CallProtocol:
    try:
        made = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), CallProtocol, strict=True)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProtocolError(f"{path}: {error}") from error
    if made.file or not _NAME.fullmatch(path.stem):
        raise ProtocolError(f"{path}: its name must be unique, of small letters, digits, `_` and `-`")
    for place, one in enumerate(made.question, 1):
        if (one.yes or one.no) and one.fills is None:
            raise ProtocolError(f"{path}: question {place}: what `yes` and `no` say `fills` no field")
    return msgspec.structs.replace(made, file=path.stem)
