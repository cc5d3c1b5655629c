"""Over a real socket and into a real folder: what was taken, refused, or may have come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.psap_data import https
from features.psap_data.outlets import Folder, Parcel, outlet_of
from features.psap_data.retrying import RECEIPT_MAX, DeliveryUncertain, Outcome, Received, Refused, one_line
from features.psap_data.settings import DataTarget
from runtime.threads import ThreadCourier, Waker
from tests.features.psap_data.examples import target
from tests.support.receiver import Receiver
from tests.waiting import wait_until

PARCEL = Parcel(name="a1.q.1", suffix=".xml", media_type="application/cap+xml", content=b"<alert/>")


class System(Receiver):
    """One of 112's."""

    def target(self, **more: object) -> DataTarget:
        return target(to=f"https://localhost:{self.port}/in", **{"authority": self.authority, **more})


@pytest.fixture
def there(tmp_path: Path) -> Iterator[System]:
    system = System(tmp_path)
    yield system
    system.close()


def test_what_is_taken_has_a_receipt(there: System, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret\n")
    outlet = outlet_of(there.target(token_file=str(token)))
    assert outlet.deliver(PARCEL) == Received(receipt="id 7")
    token.write_text("another\n")  # exchanged while it runs
    outlet.deliver(PARCEL)
    token.write_bytes(b"\xef\xbb\xbfthird\n")  # as some editors save it
    assert isinstance(outlet.deliver(PARCEL), DeliveryUncertain)
    (first, content), (second, _) = there.came
    assert content == PARCEL.content
    assert first["content-type"] == "application/cap+xml"
    assert first["idempotency-key"] == "a1.q.1"
    assert (first["authorization"], second["authorization"]) == ("Bearer secret", "Bearer another")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (202, Received(receipt="id 7")),
        (302, Refused(status=302, reason="id 7")),
        (400, Refused(status=400, reason="id 7")),
        (403, Refused(status=403, reason="id 7")),
        (408, DeliveryUncertain(reason="answers 408")),
        (429, DeliveryUncertain(reason="answers 429")),
        (503, DeliveryUncertain(reason="answers 503")),
    ],
)
def test_an_answer_means_taken_refused_or_later(there: System, status: int, expected: Outcome) -> None:
    there.status = status
    assert outlet_of(there.target()).deliver(PARCEL) == expected


def test_an_answer_without_words_is_a_receipt_by_the_message_s_name(there: System) -> None:
    there.body = b""
    assert outlet_of(there.target()).deliver(PARCEL) == Received(receipt=PARCEL.name)


def test_nothing_is_said_to_whom_nobody_vouches_for(there: System) -> None:
    said = outlet_of(there.target(authority="")).deliver(PARCEL)
    assert said == DeliveryUncertain(reason="ConnectError")
    assert there.came == []


def test_who_is_silent_is_away_and_keeps_no_other_waiting(
    there: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(https, "WITHIN_S", 0.3)
    there.answers.clear()
    waker = Waker()
    slow = ThreadCourier(outlet_of(there.target()).deliver, waker, "slow")
    quick = ThreadCourier(outlet_of(target(to=str(tmp_path))).deliver, waker, "quick")
    slow.deliver(PARCEL)
    quick.deliver(PARCEL)
    assert wait_until(quick.take_result) == Received(receipt="a1.q.1.xml")
    assert slow.take_result() is None
    assert wait_until(slow.take_result) == DeliveryUncertain(reason="ReadTimeout")
    waker.take()
    waker.close()


def test_who_is_not_there_is_away_and_then_there(there: System) -> None:
    where = there.target()
    outlet = outlet_of(target(to="https://localhost:1/", authority=there.authority))
    assert outlet.deliver(PARCEL) == DeliveryUncertain(reason="ConnectError")
    assert outlet_of(where).deliver(PARCEL) == Received(receipt="id 7")


def test_a_file_that_cannot_be_read_is_said(there: System, tmp_path: Path) -> None:
    outlet = outlet_of(there.target(token_file=str(tmp_path / "none")))
    assert outlet.deliver(PARCEL) == DeliveryUncertain(reason="No such file or directory")


def test_a_folder_has_whole_files_alone(tmp_path: Path) -> None:
    assert outlet_of(target(to=str(tmp_path))).deliver(PARCEL) == Received(receipt="a1.q.1.xml")
    assert [one.name for one in tmp_path.iterdir()] == ["a1.q.1.xml"]
    assert (tmp_path / "a1.q.1.xml").read_bytes() == PARCEL.content
    assert not os.stat(tmp_path / "a1.q.1.xml").st_mode & 0o007


def test_a_folder_that_is_not_there_is_away(tmp_path: Path) -> None:
    assert Folder(tmp_path / "none").deliver(PARCEL) == DeliveryUncertain(reason="No such file or directory")


def test_a_receipt_is_one_short_line() -> None:
    assert one_line(b"a\x00\nb\xff" + b"c" * 500) == ("a b\ufffd" + "c" * 500)[:RECEIPT_MAX]
