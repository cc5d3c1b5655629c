"""From a body's bytes to its struct."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.http.routes.app.intake import signal
from gateways.http.security.senders import Sender
from gateways.http.wire.bodies import (
    AlertBody,
    CommandBody,
    PositionBody,
    ShiftBody,
    e164,
    instant,
    is_alert_id,
)
from gateways.http.wire.decoding import BODY_MAX, JSON, MSGPACK, decode, media_type
from gateways.http.wire.errors import BadBody, BodyTooLarge, RequestError, WrongMediaType
from messages.ids import Instant
from tests.support.each import each

NOW = Instant(1_795_000_000_000_000)
SPOKEN = {"command": "ask_spoken", "id": "o1", "text": "x", "language": "it", "question": "unknown-4"}
BODIES = (AlertBody, PositionBody, CommandBody, ShiftBody)


def encoded(value: object, form: str) -> bytes:
    return msgspec.json.encode(value) if form == JSON else msgspec.msgpack.encode(value)


@pytest.mark.parametrize("form", [JSON, MSGPACK])
def test_s01_an_alert_is_read_from_json_and_messagepack_alike(form: str) -> None:
    body = {
        "id": "a.b_c-1",
        "phone": "+393331112223",
        "device": "d",
        "raised_at": "2026-11-24T21:46:48.200Z",
        "test": True,
        "silent": True,
        "position": {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18, "at": "2026-11-24T21:46:42+01:00"},
        "battery_pct": 23,
        "unknown_to_this_version": {"x": 1},
    }
    read = signal(decode(encoded(body, form), form, AlertBody), Sender(), NOW)
    assert read.id == "a.b_c-1"
    assert read.phone == "+393331112223"
    assert read.raised_at == instant(datetime(2026, 11, 24, 21, 46, 48, 200_000, tzinfo=UTC))
    assert read.position is not None
    assert read.position.at == instant(datetime(2026, 11, 24, 20, 46, 42, tzinfo=UTC))
    assert (read.test, read.silent, read.battery_pct) == (True, True, 23)


@each(
    ("body", "path"),
    [
        ({}, "$"),
        ([], "$"),
        ("text", "$"),
        (None, "$"),
        ({"phone": 1}, "$.phone"),
        ({"phone": ""}, "$.phone"),
        ({"phone": "12345"}, "$.phone"),
        ({"phone": "112"}, "$.phone"),
        ({"phone": "+39CALLME"}, "$.phone"),
        ({"phone": "+999123456789"}, "$.phone"),
        ({"phone": "+39333111222333444"}, "$.phone"),
        ({"phone": "+393331112223;ext=5"}, "$.phone"),
        ({"device": ""}, "$.device"),
        ({"device": "d" * 129}, "$.device"),
        ({"device": "d", "id": "a/b"}, "$.id"),
        ({"device": "d", "id": ""}, "$.id"),
        ({"device": "d", "id": "x" * 65}, "$.id"),
        ({"device": "d", "id": ".."}, "$.id"),
        ({"device": "d", "id": "à"}, "$.id"),
        ({"device": "d", "test": "yes"}, "$.test"),
        ({"device": "d", "test": 1}, "$.test"),
        ({"device": "d", "battery_pct": "42"}, "$.battery_pct"),
        ({"device": "d", "battery_pct": 101}, "$.battery_pct"),
        ({"device": "d", "battery_pct": -1}, "$.battery_pct"),
        ({"device": "d", "raised_at": "yesterday"}, "$.raised_at"),
        ({"device": "d", "raised_at": "2026-11-24T21:46:48"}, "$.raised_at"),
        ({"device": "d", "position": {}}, "$.position"),
        ({"device": "d", "position": {"lat": 90.1, "lon": 0}}, "$.position.lat"),
        ({"device": "d", "position": {"lat": 0, "lon": -180.1}}, "$.position.lon"),
        ({"device": "d", "position": {"lat": 0, "lon": 0, "accuracy_m": -1}}, "$.position.accuracy_m"),
        ({"device": "d", "position": {"lat": "0", "lon": 0}}, "$.position.lat"),
        ({"device": "d", "position": [0, 0]}, "$.position"),
    ],
)
@each("form", [JSON, MSGPACK])
def test_a_fault_is_told_with_its_path(body: object, path: str, form: str) -> None:
    with pytest.raises(BadBody) as caught:
        signal(decode(encoded(body, form), form, AlertBody), Sender(), NOW)
    assert caught.value.path == path
    assert caught.value.reason


@pytest.mark.parametrize("field", ["lat", "lon", "accuracy_m"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused_wherever_it_can_be_written(field: str, value: float) -> None:
    position = {"lat": 1.0, "lon": 1.0, "accuracy_m": 1.0, field: value}
    with pytest.raises(BadBody):
        decode(msgspec.msgpack.encode({"device": "d", "position": position}), MSGPACK, AlertBody)
    with pytest.raises(BadBody):
        decode(b'{"device": "d", "position": {"lat": NaN, "lon": Infinity}}', JSON, AlertBody)


@pytest.mark.parametrize(
    "written", ["+393331112223", "+39 333 111 2223", "+39 333-111-2223", "+39 (333) 111.2223"]
)
def test_a_number_is_kept_as_e164_however_it_was_spaced(written: str) -> None:
    assert e164(written) == "+393331112223"


def test_a_number_of_a_plan_that_our_tables_do_not_know_is_taken() -> None:
    # Valid length for Italy, in no range that is in use: an alert is not refused for that.
    assert e164("+390000000000") == "+390000000000"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_end_of_the_calendar_is_no_failure(moment: str) -> None:
    read = decode(encoded({"device": "d", "raised_at": moment}, JSON), JSON, AlertBody)
    assert isinstance(signal(read, Sender(), NOW).raised_at, int)


@each(("body", "path"), [
    ({"command": "dance"}, "$.command"),
    ({"command": "leave", "to": "luca"}, "$"),
    ({"command": "hand_over", "to": ""}, "$.to"),
    ({"command": "hand_over", "to": 7}, "$.to"),
    ({}, "$"),
    ({"command": "note"}, "$"),
    ({"command": "note", "text": "  "}, "$"),
    ({"command": "note", "text": "x" * 4001}, "$.text"),
    ({"command": "take", "text": 1}, "$.text"),
    ({"command": "send_digit"}, "$"),
    ({"command": "send_digit", "digit": "12"}, "$.digit"),
    ({"command": "send_digit", "digit": "x"}, "$.digit"),
    ({"command": "send_digit", "digit": "1", "party": "operator"}, "$"),
    ({"command": "mute", "digit": "1"}, "$"),
    ({"command": "write", "text": "x"}, None),
    ({"command": "write", "id": "o1"}, None),
    ({"command": "write", "id": "o1", "text": "x" * 1001}, None),
    ({"command": "have_read"}, None),
    ({"command": "brief", "text": "x"}, None),
    ({"command": "brief", "field": "colour", "text": "x"}, None),
    ({"command": "note", "text": "x", "field": "what"}, None),
    ({"command": "write", "id": "o1", "text": "x", "field": "what"}, None),
    ({"command": "write", "id": "o1", "text": "x", "asks": True, "yes": "known"}, None),
    ({"command": "ask_aloud", "text": "x"}, None),
    ({"command": "ask_aloud", "id": "o1", "text": "x", "language": "it"}, None),
    ({"command": "ask_spoken", "id": "o1", "text": "x", "language": "it"}, None),
    ({"command": "ask_softly", "id": "o1", "text": "x", "question": "unknown-4"}, None),
    ({"command": "ask_spoken", "id": "o1", "text": "x" * 201, "language": "it", "question": "unknown-4"},
        None),
    ({"command": "ask_spoken", "id": "o1", "text": "x", "language": "it", "question": "../unknown-4"}, None),
    ({"command": "ask_spoken", "id": "o1", "text": "x", "language": "it;", "question": "unknown-4"}, None),
])  # fmt: skip
def test_what_is_no_order_is_told_with_its_path(body: object, path: str | None) -> None:
    with pytest.raises(BadBody) as caught:
        decode(encoded(body, JSON), JSON, CommandBody)
    assert path in (None, caught.value.path)


def test_an_order_may_be_without_a_text() -> None:
    assert decode(b'{"command": "take"}', JSON, CommandBody).text == ""


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (None, JSON),
        ("", JSON),
        ("application/json", JSON),
        ("Application/JSON; charset=utf-8", JSON),
        ("application/problem+json", JSON),
        ("application/msgpack", MSGPACK),
        ("application/x-msgpack", MSGPACK),
        ("application/vnd.msgpack", MSGPACK),
    ],
)
def test_the_form_of_a_body_is_known_by_its_content_type(header: str | None, form: str) -> None:
    assert media_type(header) == form


@pytest.mark.parametrize(
    "header", ["text/plain", "application/xml", "multipart/form-data", "json", ";", "\x00"]
)
def test_any_other_content_type_is_refused(header: str) -> None:
    with pytest.raises(WrongMediaType):
        media_type(header)


def test_a_request_error_is_never_a_failure_of_the_center() -> None:
    kinds = [RequestError, *RequestError.__subclasses__()]
    assert all(400 <= kind.status < 500 for kind in kinds)


def test_a_body_beyond_the_limit_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(BodyTooLarge):
        decode(b"[" * (BODY_MAX + 1), JSON, AlertBody)


def test_a_body_nested_without_end_is_refused() -> None:
    with pytest.raises(BadBody):
        decode(b'{"x":' * 10_000, JSON, AlertBody)


@given(st.binary(max_size=300), st.sampled_from([JSON, MSGPACK, None, "text/plain"]), st.sampled_from(BODIES))
def test_any_bytes_are_a_body_or_a_request_error(
    data: bytes, form: str | None, kind: type[AlertBody | PositionBody | CommandBody | ShiftBody]
) -> None:
    with suppress(RequestError):
        read = decode(data, form, kind)
        if isinstance(read, AlertBody):
            signal(read, Sender(), NOW)


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
_fields = st.sampled_from(
    ["id", "phone", "device", "raised_at", "test", "silent", "position", "battery_pct", "lat", "lon", "at"]
)


@given(st.dictionaries(_fields, _values, max_size=6), st.booleans())
def test_any_fields_are_an_alert_or_a_request_error(fields: dict[str, object], as_json: bool) -> None:
    form = JSON if as_json else MSGPACK
    try:
        data = encoded(fields, form)
    except (OverflowError, ValueError, UnicodeEncodeError):
        return
    with suppress(RequestError):
        signal(decode(data, form, AlertBody), Sender(), NOW)


@given(st.text(max_size=80))
def test_an_id_that_is_taken_can_stand_in_a_path(text: str) -> None:
    if is_alert_id(text):
        assert "/" not in text
        assert text not in ("", ".", "..")
        assert text.isascii()
