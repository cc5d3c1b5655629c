"""What the version before this one has said is understood, and what this one says that one understands.

A center is updated node by node, so that both write one journal and talk to each other for a while. What
each version said is written down in `spoken/` by `scripts/spoken`. Before there were several nodes, messages
stayed within one, and the journal alone had to be understood afterwards.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import NODEFAULT, inspect

from messages.events import Event
from messages.union import Body

Types = dict[str, dict[str, dict[str, list[str]]]]
SPOKEN: dict[str, Types] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "spoken").glob("*.json"))
}
UNIONS: dict[str, Any] = {"events": Event, "messages": Body}
ALL = [
    (version, kind, tag) for version, said in SPOKEN.items() for kind, types in said.items() for tag in types
]
every = pytest.mark.parametrize(("version", "kind", "tag"), ALL)


def now(kind: str) -> dict[str, inspect.StructType]:
    """The types of today, by their tags."""
    found = {}
    for one in get_args(UNIONS[kind]):
        info = inspect.type_info(one)
        assert isinstance(info, inspect.StructType)
        found[str(info.tag)] = info
    return found


@every
def test_what_the_version_before_has_said_is_understood(version: str, kind: str, tag: str) -> None:
    decoder = msgspec.msgpack.Decoder(UNIONS[kind])
    for example in SPOKEN[version][kind][tag]["examples"]:
        assert decoder.decode(bytes.fromhex(example)).__struct_config__.tag == tag


@every
def test_what_is_said_now_has_all_that_the_version_before_needs(version: str, kind: str, tag: str) -> None:
    today = {one.encode_name: one for one in now(kind)[tag].fields}
    missing = set(SPOKEN[version][kind][tag]["required"]) - set(today)
    assert missing == set(), "it could not be decoded there"


@every
def test_what_is_new_may_be_left_out(version: str, kind: str, tag: str) -> None:
    known = {*SPOKEN[version][kind][tag]["required"], *SPOKEN[version][kind][tag]["optional"]}
    new = [one for one in now(kind)[tag].fields if one.encode_name not in known]
    needed = [one.name for one in new if one.default is NODEFAULT and one.default_factory is NODEFAULT]
    assert needed == [], "what was written before could not be read"
