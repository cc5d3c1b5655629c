"""Addresses as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thespian.actors import ActorAddress
from thespian.system.transport.IPBase import UDPv4ActorAddress

from runtime import addresses
from runtime.errors import BadAddress


def test_an_address_of_a_process_comes_back() -> None:
    address = ActorAddress(UDPv4ActorAddress("127.0.0.1", 4711, external=True))
    assert addresses.to_bytes(address) == b"T127.0.0.1:4711"
    assert addresses.from_bytes(b"T127.0.0.1:4711") == address


def test_an_address_in_one_process_comes_back() -> None:
    assert addresses.from_bytes(addresses.to_bytes(ActorAddress("/A~b~c"))) == ActorAddress("/A~b~c")


def test_an_address_that_only_its_maker_knows_has_no_bytes() -> None:
    with pytest.raises(BadAddress):
        addresses.to_bytes(ActorAddress(object()))


@given(st.binary(max_size=40))
def test_any_bytes_are_an_address_or_a_typed_error(data: bytes) -> None:
    try:
        address = addresses.from_bytes(data)
    except BadAddress:
        return
    assert isinstance(address, ActorAddress)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"T", b"T:1", b"Thost", b"T127.0.0.1:x", b"T127.0.0.1:65536", b"Tlocalhost:1", b"L",
        b"\x80\x04K\x01.",
    ],
)  # fmt: skip
def test_what_names_nobody_is_refused(data: bytes) -> None:
    with pytest.raises(BadAddress):
        addresses.from_bytes(data)
