"""Types are learnt before there are threads."""

from __future__ import annotations

import msgspec
import pytest

from runtime.struct_types import learn_structs


def test_every_struct_is_learnt_and_an_unreadable_one_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Held(msgspec.Struct):
        what: list[int] | tuple[int, ...]

    class OfNames(msgspec.Struct):
        what: NotThere  # type: ignore[name-defined]  # noqa: F821

    class Read(msgspec.Struct):
        what: str

    learnt = []
    learns = msgspec.json.Decoder

    def learn(kind: type) -> object:
        learnt.append(kind)
        return learns(kind)

    monkeypatch.setattr(msgspec.json, "Decoder", learn)
    learn_structs.__wrapped__()
    assert {Held, OfNames, Read} <= set(learnt)
