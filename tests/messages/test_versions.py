"""What the version before this one has said is understood, and what this one says that one understands.

A center is updated node by node, so that both write one journal and talk to each other for a while. What
each version said is written down in `spoken/` by `scripts/spoken`.
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

Types = dict[str, dict[str, list[str]]]
"""By tag: the fields that are required, those that are optional, and examples."""
SPOKEN: dict[str, dict[str, Types]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "spoken").glob("*.json"))
}
UNIONS: dict[str, Any] = {"events": Event, "messages": Body}
every = pytest.mark.parametrize(
    ("kind", "said"),
    [(kind, types) for said in SPOKEN.values() for kind, types in said.items()],
    ids=[f"{version}-{kind}" for version, said in SPOKEN.items() for kind in said],
)


def now(kind: str) -> dict[str, inspect.StructType]:
    """The types of today, by their tags."""
    found = {}
    for one in get_args(UNIONS[kind]):
        info = inspect.type_info(one)
        assert isinstance(info, inspect.StructType)
        found[str(info.tag)] = info
    return found


@every
def test_what_the_version_before_has_said_is_understood(kind: str, said: Types) -> None:
    decoder = msgspec.msgpack.Decoder(UNIONS[kind])
    for tag, spoken in said.items():
        for example in spoken["examples"]:
            assert decoder.decode(bytes.fromhex(example)).__struct_config__.tag == tag


@every
def test_what_is_said_now_has_all_that_the_version_before_needs(kind: str, said: Types) -> None:
    today = now(kind)
    for tag, spoken in said.items():
        missing = set(spoken["required"]) - {one.encode_name for one in today[tag].fields}
        assert missing == set(), f"{tag} could not be decoded there"


@every
def test_what_is_new_may_be_left_out(kind: str, said: Types) -> None:
    today = now(kind)
    for tag, spoken in said.items():
        known = {*spoken["required"], *spoken["optional"]}
        new = [one for one in today[tag].fields if one.encode_name not in known]
        needed = [one.name for one in new if one.default is NODEFAULT and one.default_factory is NODEFAULT]
        assert needed == [], f"{tag} as it was written before could not be read"
