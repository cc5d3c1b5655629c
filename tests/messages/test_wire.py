"""Every message survives the trip, is plain MessagePack, and bears with a newer or broken peer."""

from __future__ import annotations

import contextlib
import math
from enum import Enum
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.base import Position
from messages.cases import RestLeg
from messages.envelope import Body, DecodeError, EncodeError, Envelope, decode, encode
from messages.event_kinds import kinds, union
from messages.ids import Instant, Role
from messages.journal import decode_event, encode_event
from tests.messages.strategies import any_of

PERMANENT = {
    *("alert.received", "alert.signal_added", "user.identified", "user.unknown", "operator.reserved"),
    *("operator.not_answering", "operator.joined", "operator.left", "leg.originating", "leg.ringing"),
    *("leg.answered", "leg.released", "leg.adopted", "user.reached", "deadline.missed", "advice.changed"),
    *("bridge.joined", "bridge.left", "psap.requested", "psap.joined", "false_alarm.declared"),
    *("briefing.given", "position.updated", "alert.cancelled", "note.added", "alert.closed"),
}
"""The events that others' tools read."""

BODIES = any_of(Body)
EVENTS = any_of(union())


def envelope(body: Any) -> Envelope:
    return Envelope(id="n/1", role=Role.WEB, key="", incarnation=3, at_us=Instant(7), body=body)


@given(BODIES)
def test_every_message_survives_the_trip(body: Any) -> None:
    sent = envelope(body)
    assert decode(encode(sent)) == sent


@given(EVENTS)
def test_every_event_survives_the_journal(event: Any) -> None:
    assert decode_event(encode_event(event)) == event


@given(st.one_of(BODIES, EVENTS))
def test_the_plain_msgpack_package_reads_the_same_values(value: Any) -> None:
    plain = msgpack.unpackb(msgspec.msgpack.encode(value), strict_map_key=False)
    assert plain == _plain(value)


def _plain(value: Any) -> Any:
    """What a reader without our types must see."""
    if isinstance(value, msgspec.Struct):
        fields = {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        config = value.__struct_config__
        return {config.tag_field: config.tag, **fields} if config.tag else fields
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    return value.value if isinstance(value, Enum) else value


@given(BODIES, st.dictionaries(st.text("abcdef_", min_size=1).map("new_".__add__), st.integers(0, 9)))
def test_fields_of_a_newer_version_are_ignored(body: Any, more: dict[str, int]) -> None:
    sent = envelope(body)
    plain = msgpack.unpackb(encode(sent), strict_map_key=False)
    plain.update(more)
    plain["body"].update(more)
    assert decode(msgpack.packb(plain)) == sent


@given(st.binary(max_size=200))
def test_garbage_is_one_typed_error(data: bytes) -> None:
    for read in (decode, decode_event):
        with contextlib.suppress(DecodeError):
            read(data)


@given(BODIES, st.data())
def test_a_message_cut_short_is_one_typed_error(body: Any, data: st.DataObject) -> None:
    whole = encode(envelope(body))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(DecodeError):
        decode(whole[:cut])


@given(BODIES, st.data())
def test_a_message_with_a_byte_changed_is_a_message_or_a_typed_error(body: Any, data: st.DataObject) -> None:
    whole = bytearray(encode(envelope(body)))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(DecodeError):
        decode(bytes(whole))


def test_the_error_names_the_path() -> None:
    plain = msgpack.unpackb(encode(envelope(RestLeg())))
    plain["incarnation"] = "three"
    with pytest.raises(DecodeError) as error:
        decode(msgpack.packb(plain))
    assert error.value.path == "$.incarnation"


def test_what_cannot_be_said_is_our_error() -> None:
    with pytest.raises(EncodeError):
        encode(envelope(object()))


def test_tags_are_unique_dotted_and_permanent() -> None:
    tags = [kind.__struct_config__.tag for kind in kinds()]
    assert len(tags) == len(set(tags))
    assert all("." in tag and tag == tag.lower() for tag in tags)
    assert set(tags) >= PERMANENT


@pytest.mark.parametrize("radius_m", [math.inf, -math.inf, math.nan, -1.0, 1e300])
def test_a_radius_that_is_none_is_none_wherever_the_position_comes_from(radius_m: float) -> None:
    made = Position(lat=45.1, lon=9.1, at=Instant(0), accuracy_m=radius_m)
    written = msgspec.msgpack.encode({"lat": 45.1, "lon": 9.1, "at": 0, "accuracy_m": radius_m})
    assert made.accuracy_m is msgspec.msgpack.decode(written, type=Position).accuracy_m is None
