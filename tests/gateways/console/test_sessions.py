"""The console's cookie."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.console.sessions import LIFE_S, Sessions, session_key
from messages.ids import SECOND, Instant, OperatorId

KEY = b"k" * 32
NOW = Instant(1_795_000_000_000_000)
MARTA = OperatorId("marta")


def test_a_session_is_read_from_its_cookie_until_it_is_over() -> None:
    sessions = Sessions(KEY)
    session, cookie = sessions.begin(MARTA, NOW)
    assert sessions.read(cookie, NOW) == session
    assert sessions.read(cookie, Instant(NOW + LIFE_S * SECOND - 1)) == session
    assert sessions.read(cookie, Instant(NOW + LIFE_S * SECOND)) is None


def test_a_cookie_of_another_center_is_none() -> None:
    _, cookie = Sessions(b"x" * 32).begin(MARTA, NOW)
    assert Sessions(KEY).read(cookie, NOW) is None


def test_two_centers_on_one_machine_do_not_share_a_cookie_s_name() -> None:
    assert Sessions(KEY).cookie != Sessions(b"x" * 32).cookie
    assert Sessions(KEY).cookie == Sessions(KEY).cookie


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_cookie_changed_in_any_bit_is_none(place: int, change: int) -> None:
    sessions = Sessions(KEY)
    data = bytearray(urlsafe_b64decode(sessions.begin(MARTA, NOW)[1]))
    data[place % len(data)] ^= change
    assert sessions.read(urlsafe_b64encode(bytes(data)).decode(), NOW) is None


@given(st.text(max_size=200))
def test_any_text_is_a_cookie_or_none(text: str) -> None:
    assert Sessions(KEY).read(text, NOW) is None


def test_the_csrf_token_is_the_session_s_own() -> None:
    sessions = Sessions(KEY)
    one, _ = sessions.begin(MARTA, NOW)
    other, _ = sessions.begin(MARTA, NOW)
    assert sessions.csrf_fits(one, sessions.csrf(one))
    assert not sessions.csrf_fits(one, sessions.csrf(other))
    assert not sessions.csrf_fits(one, None)
    assert not sessions.csrf_fits(one, "à")


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    key = session_key(path)
    assert len(key) == 32
    assert session_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_not_written_whole_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    path.write_bytes(b"short")
    assert len(session_key(path)) == 32


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Sessions(b"short")
