"""What has to be there, in one word."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def there(value: T | None) -> T:
    """The value; a failure of the test where there is none."""
    assert value is not None
    return value


def is_a(kind: type[T], value: object) -> T:
    """The value, which is of this type; a failure of the test where it is of another."""
    assert isinstance(value, kind)
    return value
