"""The hello between two nodes: who knows the secret is let in, whatever else comes is turned away."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.gate.protocol import (
    CHALLENGE_BYTES,
    MOST_NAME_BYTES,
    MOST_WORDS_BYTES,
    VERDICT_BYTES,
    Answer,
    GateHandshake,
    HandshakeError,
    PortHandshake,
    WrongSecret,
    decode_verdict,
    encode_verdict,
)

SECRET, OTHER = b"s" * 32, b"o" * 32
NONCE, CALLER = b"n" * 16, b"c" * 8


def caller(name: str = "sim1", secret: bytes = SECRET, nonce: bytes = NONCE) -> PortHandshake:
    return PortHandshake(secret, name, caller=CALLER, nonce=nonce)


def gate_handshake(secret: bytes = SECRET, nonce: bytes = b"g" * 16) -> GateHandshake:
    return GateHandshake(secret, nonce=nonce)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        if data:
            pieces.append(data[:size])
            data = data[size:]
    return pieces + [data[at : at + 1] for at in range(len(data))]


names = st.text(min_size=1).filter(lambda name: len(name.encode()) <= MOST_NAME_BYTES)


@given(names, st.lists(st.integers(1, 60)))
def test_who_knows_the_secret_is_let_in_however_its_words_are_cut(name: str, sizes: list[int]) -> None:
    port, gate = caller(name), gate_handshake()
    said = b"".join(gate.receive(piece) for piece in cut(port.request, sizes))
    assert len(said) == CHALLENGE_BYTES
    assert not gate.proven
    assert b"".join(gate.receive(piece) for piece in cut(port.prove(said), sizes)) == b""
    assert gate.proven
    assert gate.request == (name, CALLER)


def test_a_port_with_another_secret_is_told_so_and_proves_nothing() -> None:
    port, gate = caller(secret=OTHER), gate_handshake()
    with pytest.raises(WrongSecret):
        port.prove(gate.receive(port.request))


def test_a_gate_lets_nobody_in_who_has_not_looked_at_its_proof() -> None:
    port, gate = caller(secret=OTHER), gate_handshake()
    gate.receive(port.request)
    # As if it were its own gate's challenge.
    own = gate_handshake(OTHER).receive(port.request)
    with pytest.raises(WrongSecret):
        gate.receive(port.prove(own))
    assert not gate.proven


def test_a_proof_is_good_for_one_hello_only() -> None:
    port, first = caller(), gate_handshake()
    proof = port.prove(first.receive(port.request))
    again = gate_handshake(nonce=b"h" * 16)
    again.receive(port.request)
    with pytest.raises(WrongSecret):
        again.receive(proof)


def test_a_proof_for_one_voice_is_none_for_another() -> None:
    port, gate = caller("sim1"), gate_handshake()
    proof = port.prove(gate.receive(port.request))
    other = gate_handshake()
    other.receive(caller("sim2").request)
    with pytest.raises(WrongSecret):
        other.receive(proof)


def test_the_gates_own_proof_cannot_be_given_back_to_it() -> None:
    gate = gate_handshake()
    challenge = gate.receive(caller().request)
    with pytest.raises(WrongSecret):
        gate.receive(challenge[-32:])


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_whatever_comes_is_a_broken_hello_and_nothing_else(pieces: list[bytes]) -> None:
    gate = gate_handshake()
    with suppress(HandshakeError):
        for piece in pieces:
            gate.receive(piece)
    assert not gate.proven


@given(st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_a_hello_that_was_changed_on_its_way_is_none(at: int, spoilt: bytes) -> None:
    port, gate = caller(), gate_handshake()
    request = bytearray(port.request)
    at %= len(request)
    request[at : at + len(spoilt)] = spoilt
    changed = bytes(request) != port.request
    with suppress(HandshakeError):
        said = gate.receive(bytes(request))
        if said:
            gate.receive(port.prove(said))
    assert gate.proven is not changed


def test_nothing_may_be_said_before_the_verdict() -> None:
    port, gate = caller(), gate_handshake()
    proof = port.prove(gate.receive(port.request))
    with pytest.raises(HandshakeError):
        gate.receive(proof + b"frame")
    gate = gate_handshake()
    proof = port.prove(gate.receive(port.request))
    gate.receive(proof)
    with pytest.raises(HandshakeError):
        gate.receive(b"frame")


@given(st.binary(max_size=80))
def test_a_challenge_that_is_none_is_not_answered(challenge: bytes) -> None:
    with pytest.raises(HandshakeError):
        caller().prove(challenge)


@given(st.sampled_from(Answer), st.text(max_size=300))
def test_a_verdict_is_read_as_it_was_said_and_cut_where_it_is_long(answer: Answer, words: str) -> None:
    said = encode_verdict(answer, words)
    read = decode_verdict(said[:VERDICT_BYTES])
    assert (read.answer, read.words_bytes) == (answer, len(said) - VERDICT_BYTES)
    assert read.words_bytes <= MOST_WORDS_BYTES
    assert words.startswith(said[VERDICT_BYTES:].decode())


@given(st.binary(max_size=4))
def test_a_verdict_that_is_none_is_broken(data: bytes) -> None:
    with suppress(HandshakeError):
        assert decode_verdict(data).answer in Answer


def test_a_secret_a_name_or_a_nonce_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        caller(secret=b"")
    with pytest.raises(ValueError, match="name"):
        caller("")
    with pytest.raises(ValueError, match="name"):
        caller("x" * (MOST_NAME_BYTES + 1))
    with pytest.raises(ValueError, match="nonce"):
        gate_handshake(nonce=b"")
    with pytest.raises(ValueError, match="secret"):
        gate_handshake(secret=b"short")
