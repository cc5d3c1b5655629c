"""How lines are told to other nodes."""

from __future__ import annotations

from msgspec.structs import replace

from actors.trunk_pool.lines import batched
from messages.envelope import Envelope, encode
from messages.ids import LineId, Role
from runtime.system.transport import DATAGRAM_MAX
from tests.actors.trunk_pool.test_decider import NOW, line


def test_the_lines_of_a_large_node_are_told_in_messages_that_datagrams_carry() -> None:
    known = line("p1").report
    assert known is not None
    port, text = "/dev/serial/by-id/usb-SimTech__Incorporated_0123456789ABCDEF-if02-port0", "x" * 200
    reports = [replace(known, line=LineId(f"line{n}"), port=port, text=text) for n in range(301)]
    parts = list(batched(reports))
    assert [one for part in parts for one in part.reports] == reports
    sent = [
        encode(Envelope(id="1", role=Role.TRUNK_POOL, key="", incarnation=1, at_us=NOW, body=part))
        for part in parts
    ]
    assert max(map(len, sent)) < DATAGRAM_MAX / 2
