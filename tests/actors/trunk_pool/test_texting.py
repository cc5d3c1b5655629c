"""Short messages take no line that an alert may need, one leaves at a time, and the urgent go first."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.trunk_pool.decider import Granted
from actors.trunk_pool.lines import Line
from actors.trunk_pool.texting import leg_of, line_for, next_text
from messages.base import Joins
from messages.ids import E164, Instant, LegId, LineId, NodeId, Party, TextId, TextPurpose
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from store.sms_outbox import Text
from tests.actors.trunk_pool.test_decider import NOW, PUBLIC, granted, grants, line, request

TEXT = Text(
    id=TextId("t1"),
    node=NodeId("n1"),
    to=E164("+393331112223"),
    words="481516",
    purpose=TextPurpose.CODE,
    asked_at=NOW,
    until=Instant(NOW + 1),
    line=None,
    begun_at=None,
)
EMERGENCY = line("e1", emergency=True)
TAKEN = LegId("a1:user")


def chosen(*lines: Line, alerts: bool = False, kept: int = 1, failed: str = "", granted_to: str = "") -> str:
    held = {LineId(granted_to): Granted(leg=TAKEN, at=NOW)} if granted_to else {}
    settings = Settings(limits=LimitsSettings(inbound_lines_kept=kept))
    found = line_for(TEXT.id, lines, held, settings, NOW, alerts=alerts, failed={LineId(failed)})
    return "" if found is None else found.line


def seized(*lines: Line) -> list[Line]:
    return [replace(one, seized_by=TAKEN) for one in lines]


def busy(one: Line, **changes: object) -> Line:
    assert one.report is not None
    return replace(one, report=replace(one.report, busy=True, **changes))


def test_the_line_that_users_call_sends_it_then_one_with_no_voice_and_one_that_has_failed_last() -> None:
    assert chosen(*PUBLIC) == "p0"
    assert chosen(*PUBLIC, kept=0, failed="p0") == "p1"
    assert chosen(*PUBLIC, failed="p0") == "p1"
    assert PUBLIC[3].report is not None
    dumb = replace(PUBLIC[3], report=replace(PUBLIC[3].report, joins=Joins.NONE))
    assert chosen(*PUBLIC[:3], dumb) == "p3"


def test_the_node_s_own_lines_come_first_and_another_s_serve_where_they_are_taken() -> None:
    far = [replace(one, node=NodeId("n2")) for one in PUBLIC[:2]]
    assert chosen(*far, *PUBLIC[2:], kept=0) == "p2"
    assert chosen(*far, *seized(*PUBLIC[2:]), kept=0) == "p0"


def test_no_line_that_has_a_call_or_is_promised_to_one_sends_anything() -> None:
    assert chosen(busy(PUBLIC[0])) == ""
    assert chosen(*seized(PUBLIC[0])) == ""
    assert chosen(PUBLIC[0], granted_to="p0") == ""
    assert chosen(replace(PUBLIC[0], quarantined=True)) == ""
    assert chosen(replace(PUBLIC[0], taken_out=True)) == ""


def test_the_last_line_that_can_be_dialled_on_is_left_while_an_alert_is_open() -> None:
    assert chosen(*seized(*PUBLIC[:3]), PUBLIC[3], alerts=True, kept=0) == ""
    assert chosen(*seized(*PUBLIC[:3]), PUBLIC[3], kept=0) == "p3"
    assert chosen(*seized(*PUBLIC[:2]), *PUBLIC[2:], alerts=True, kept=0) == "p2"
    assert chosen(PUBLIC[0], *seized(*PUBLIC[1:]), alerts=True) == "p0", "no dial is made on this one"


def test_the_emergency_trunk_serves_only_where_no_public_line_can_carry_anything() -> None:
    assert chosen(*seized(*PUBLIC), EMERGENCY) == ""
    dead = [replace(one, quarantined=True) for one in PUBLIC]
    assert chosen(*dead, EMERGENCY) == "e1"
    assert chosen(*dead, EMERGENCY, alerts=True) == ""


def test_an_alert_begins_though_the_other_of_two_lines_sends_a_text() -> None:
    sending = busy(PUBLIC[1], sends_text=True)
    asked = request(party=Party.OPERATOR)
    assert grants(asked, {}, PUBLIC[0], sending)
    assert not grants(asked, {}, PUBLIC[0], busy(PUBLIC[1]))
    assert not grants(asked, {}, sending)
    promised = {LineId("p0"): Granted(leg=leg_of(TEXT.id), at=NOW)}
    assert granted(asked, PUBLIC[0], held=promised) is None


@pytest.mark.parametrize("on_its_way", [None, NOW])
def test_one_of_a_node_s_texts_leaves_at_a_time_alarms_before_codes(on_its_way: Instant | None) -> None:
    alarm = replace(TEXT, id=TextId("t2"), purpose=TextPurpose.ALARM, asked_at=Instant(NOW + 5))
    others = replace(alarm, id=TextId("t3"), node=NodeId("n2"), begun_at=NOW)
    own = replace(TEXT, id=TextId("t4"), begun_at=on_its_way)
    found = next_text([TEXT, others, alarm, own], NodeId("n1"))
    assert found == (alarm if on_its_way is None else None)


def test_what_is_urgent_goes_first() -> None:
    asked = [replace(TEXT, id=TextId(str(one)), purpose=one) for one in TextPurpose]
    left = list(reversed(asked))
    for one in asked:
        assert next_text(left, NodeId("n1")) == one
        left.remove(one)
