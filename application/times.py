"""Formats of times, for people and for JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(instant_us: int) -> str:
    """Return the time in UTC as RFC 3339 with milliseconds: `2026-11-24T15:10:00.250Z`."""
    moment = _EPOCH + timedelta(microseconds=instant_us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def local(instant_us: int) -> str:
    """Return the time in this machine's time zone, for people: `2026-11-24 16:10:00`."""
    return (_EPOCH + timedelta(microseconds=instant_us)).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def day(instant_us: int) -> str:
    """Return the day in UTC: `2026-11-24`."""
    return f"{_EPOCH + timedelta(microseconds=instant_us):%Y-%m-%d}"


def zone(instant_us: int) -> str:
    """Return this machine's time zone at the moment: `CET, UTC+01:00`, or `UTC`."""
    moment = (_EPOCH + timedelta(microseconds=instant_us)).astimezone()
    offset = f"UTC{moment.isoformat()[-6:]}"
    name = moment.strftime("%Z")
    return name if name == "UTC" else f"{name}, {offset}"


def since_s(instant_us: int, start_us: int) -> str:
    """Return the seconds between two times, signed: `+12.34 s`."""
    return f"{(instant_us - start_us) / 1e6:+.2f} s"
