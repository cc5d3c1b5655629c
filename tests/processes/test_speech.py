"""Speech through real processes: each sentence arrives, as loud as it was said, and none slips.

Ten minutes of it, with PESQ: `scripts/bench/voice --parts call`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.media.speech import speech
from tests.support.center import OPERATOR, PSAP, USER, center, simulation
from tests.support.hearing import hasten_modems
from tests.support.sentences import FRAME, RATE_HZ, Told, find

pytestmark = [pytest.mark.process, pytest.mark.timed, pytest.mark.timeout(120)]

SENTENCES = 3


def test_what_the_user_says_reaches_112_sentence_by_sentence(tmp_path: Path) -> None:
    told = Told.of([speech("woman")[:32_000], speech("man")[:32_000]])
    told.write(tmp_path / "user.wav")
    phones: dict[str, dict[str, object]] = {
        USER: {"says": f"loop:{tmp_path / 'user.wav'}"},
        OPERATOR: {"says": "silence"},
        PSAP: {"says": "silence"},
    }
    with center(tmp_path, simulation(phones=phones)) as made:
        hasten_modems(made)
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "call_psap").status_code == 202
        made.until("112 is joined", lambda: len(made.joined(alert)) == 3)
        joined = len(made.heard(PSAP)) // 2 + RATE_HZ // 2
        enough = joined + RATE_HZ + (SENTENCES + 1) * len(told.pcm) // 4
        made.until("112 has heard some sentences", lambda: len(made.heard(PSAP)) // 2 > enough)
        spoke_s = made.calls(USER)[-1]["answered_at_s"]
        listens_s = made.calls(PSAP)[-1]["answered_at_s"]
        heard = made.heard(PSAP)[2 * joined :]
    found = list(find(told, heard, listens_s + joined / RATE_HZ - spoke_s))
    assert len(found) >= SENTENCES
    assert not any(one.lost for one in found)
    assert [one.level_db for one in found] == pytest.approx([0.0] * len(found), abs=1.0)
    assert all(abs(after.late - before.late) <= FRAME for before, after in pairwise(found))
