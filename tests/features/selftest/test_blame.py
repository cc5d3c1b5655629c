"""Which modem is at fault follows from the ways through it that are well."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from features.selftest.judging import ModemFault, Side, modems_at_fault
from messages.ids import LineId
from messages.trials import WayFault, WayShown
from tests.support.each import each

LINES = [LineId(name) for name in "abcd"]


def ways(lines: list[LineId], wrong: dict[tuple[LineId, Side], WayFault]) -> list[WayShown]:
    found = []
    for speaker, listener in permutations(lines, 2):
        fault = wrong.get((speaker, Side.OUT)) or wrong.get((listener, Side.IN))
        faults = (fault,) if fault else ()
        shown = WayShown(speaker=speaker, listener=listener, bursts=9, faults=faults, proved=not faults)
        found.append(shown)
    return found


@given(
    line=st.sampled_from(LINES[:3]),
    side=st.sampled_from(Side),
    fault=st.sampled_from(WayFault),
    count=st.integers(3, 4),
)
def test_of_three_lines_the_one_that_is_mute_deaf_late_or_faint_is_named(
    line: LineId, side: Side, fault: WayFault, count: int
) -> None:
    found = modems_at_fault(ways(LINES[:count], {(line, side): fault}))
    assert found == (ModemFault(line=line, side=side, fault=fault, sure=True),)


def test_of_two_lines_it_may_be_either_s() -> None:
    found = modems_at_fault(ways(LINES[:2], {(LineId("a"), Side.OUT): WayFault.UNHEARD}))
    assert [(one.line, one.side, one.sure) for one in found] == [
        ("a", Side.OUT, False),
        ("b", Side.IN, False),
    ]


@each("second", [WayFault.CUT, WayFault.UNHEARD])
def test_two_faults_of_two_modems_are_both_named(second: WayFault) -> None:
    wrong = {(LineId("a"), Side.OUT): WayFault.UNHEARD, (LineId("c"), Side.IN): second}
    found = {(one.line, one.side) for one in modems_at_fault(ways(LINES, wrong)) if one.sure}
    assert found == set(wrong)


def test_a_modem_has_no_graver_fault_than_its_own_ways_show() -> None:
    wrong = {("a", "b"): WayFault.UNUSABLE_DELAY, ("a", "c"): WayFault.DELAYED}
    shown = [
        WayShown(speaker=LineId(a), listener=LineId(b), bursts=9, faults=(fault,))
        for (a, b), fault in wrong.items()
    ]
    found = {(one.line, one.side): one.fault for one in modems_at_fault(shown)}
    assert found[LineId("a"), Side.OUT] is WayFault.UNUSABLE_DELAY
    assert found[LineId("c"), Side.IN] is WayFault.DELAYED


def test_where_all_is_well_or_too_short_to_tell_nobody_is_blamed() -> None:
    assert modems_at_fault(ways(LINES, {})) == ()
    assert modems_at_fault([WayShown(speaker=LINES[0], listener=LINES[1], bursts=2)]) == ()
