"""What a center needs before real use: by measurement where there is one, else by a person's word."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from messages.ids import Instant, OperatorId
from model.first_run import (
    NEEDS,
    CertificateTrust,
    MachineMeasurements,
    Measurements,
    Need,
    NeedConfirmation,
    count_unmet,
    is_confirmed_by_person,
    need_states,
)

OF_FEATURES = (Need.BACKUP, Need.BACKUP_CHECKED, Need.DUTY)
READY = Measurements(
    machine=MachineMeasurements(
        measured=dict.fromkeys(OF_FEATURES, True), clock=True, trust=CertificateTrust.PUBLIC
    ),
    public_lines=2,
    emergency_lines=2,
    emergency_trunk=True,
    psap_live=True,
    operators=2,
    test_alert=True,
)
SAID = NeedConfirmation(by=OperatorId("marta"), at=Instant(1), note="two hours")
PERSONS = {Need.UPS: SAID, Need.PSAP_AGREEMENT: SAID}
OF_A_CARRIER = {
    Need.LINES, Need.TEST_ALERT, Need.EMERGENCY_TRUNK, Need.SECOND_EMERGENCY_LINE, Need.PSAP_LIVE,
}  # fmt: skip


def test_each_need_has_one_row_with_words_in_both_languages() -> None:
    assert [check.name for check in NEEDS] == list(Need)
    assert all(words.en and words.it for check in NEEDS for words in (check.at, check.do))


def lacking(found: Measurements, confirmed: dict[Need, NeedConfirmation] = PERSONS) -> set[Need]:
    return {row.need for row in need_states(found, confirmed) if not row.done}


def test_nothing_is_missing_where_all_is_measured_and_confirmed() -> None:
    assert [row.need for row in need_states(READY, PERSONS)] == list(Need)
    assert count_unmet(need_states(READY, PERSONS)) == 0
    assert lacking(READY, {}) == set(PERSONS)


@pytest.mark.parametrize(
    ("change", "need"),
    [
        ({"public_lines": 1}, Need.LINES),
        ({"test_alert": False}, Need.TEST_ALERT),
        ({"operators": 1}, Need.SECOND_OPERATOR),
        ({"emergency_trunk": False}, Need.EMERGENCY_TRUNK),
        ({"emergency_lines": 1}, Need.SECOND_EMERGENCY_LINE),
        ({"psap_live": False}, Need.PSAP_LIVE),
        *(
            ({"machine": replace(READY.machine, measured={**READY.machine.measured, need: False})}, need)
            for need in OF_FEATURES
        ),
        ({"machine": replace(READY.machine, clock=False)}, Need.CLOCK),
        ({"machine": replace(READY.machine, trust=CertificateTrust.NONE)}, Need.CERTIFICATE),
    ],
)
def test_what_is_measured_is_not_outweighed_by_a_persons_word(change: dict[str, Any], need: Need) -> None:
    found = replace(READY, **change)
    assert lacking(found, dict.fromkeys(Need, SAID)) == {need}
    assert not is_confirmed_by_person(need, found)


@pytest.mark.parametrize(
    ("machine", "need"),
    [
        (replace(READY.machine, clock=None), Need.CLOCK),
        (replace(READY.machine, trust=CertificateTrust.OWN), Need.CERTIFICATE),
        (replace(READY.machine, trust=CertificateTrust.OTHER), Need.CERTIFICATE),
    ],
)
def test_what_cannot_be_measured_here_is_a_persons_to_confirm(
    machine: MachineMeasurements, need: Need
) -> None:
    found = replace(READY, machine=machine)
    assert lacking(found) == {need}
    assert lacking(found, {**PERSONS, need: SAID}) == set()
    (row,) = [one for one in need_states(found, {**PERSONS, need: SAID}) if one.need is need]
    assert (row.by_person, row.confirmed) == (True, SAID)


def test_a_simulated_carrier_meets_no_need_of_lines() -> None:
    assert lacking(replace(READY, machine=replace(READY.machine, simulated=True))) == OF_A_CARRIER
