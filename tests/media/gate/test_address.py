"""Where a voice gate may listen."""

from __future__ import annotations

import pytest

from media.gate.wire import AddressRefused, check_private, listening
from tests.support.each import each


@each(
    "host",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.127.255.254", "169.254.1.1",
     "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"],
)  # fmt: skip
def test_loopback_and_private_addresses_are_taken(host: str) -> None:
    check_private(host)


@each("host", ["8.8.8.8", "100.63.255.255", "100.128.0.1", "2a00::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_taken_only_if_it_is_meant(host: str) -> None:
    with pytest.raises(AddressRefused, match="public"):
        check_private(host)
    check_private(host, public=True)


@each("host", ["0.0.0.0", "::", "::ffff:0.0.0.0", "224.0.0.1", "", "localhost", "10.0.0"])
def test_every_address_and_what_is_no_address_is_never_taken(host: str) -> None:
    for public in (False, True):
        with pytest.raises(AddressRefused):
            check_private(host, public=public)


def test_the_first_port_that_is_free_is_listened_at() -> None:
    first = listening("127.0.0.1", (0,))
    port = first.getsockname()[1]
    second = listening("127.0.0.1", (port, 0))
    assert second.getsockname()[1] not in (port, 0)
    with pytest.raises(OSError, match="in use"):
        listening("127.0.0.1", (port,))
    for made in (first, second):
        made.close()
    third = listening("127.0.0.1", (port, 0))
    assert third.getsockname()[1] == port
    third.close()
