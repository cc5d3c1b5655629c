"""EC25s over USB audio through real processes, both ways: each sentence arrives, as loud as it was said.

Ten minutes of it, with PESQ: `scripts/bench/voice --parts cards`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.media.speech import speech
from tests.support.center import OPERATOR, PSAP, USER, center, simulation
from tests.support.hearing import TONES, WINDOW, hasten_modems, longest_gap_s
from tests.support.pty_card import python_path
from tests.support.sentences import FRAME, RATE_HZ, Told, find

pytestmark = [pytest.mark.process, pytest.mark.timed, pytest.mark.timeout(120)]

SENTENCES = 3
SECONDS = 5


def test_user_and_112_hear_each_other_over_sound_cards_sentence_by_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python").mkdir()
    monkeypatch.setenv("PYTHONPATH", python_path(tmp_path / "python"))
    told = Told.of([speech("woman")[:32_000], speech("man")[:32_000]])
    told.write(tmp_path / "said.wav")
    says: dict[str, object] = {"says": f"loop:{tmp_path / 'said.wav'}"}
    silent: dict[str, object] = {"says": "silence"}
    tone: dict[str, object] = {"says": f"tone:{TONES[PSAP]:.0f}"}
    world = simulation(
        phones={USER: says, OPERATOR: silent, PSAP: tone},
        dialects=("quectel_ec2x",),
        more="sound_card = true",
    )
    with center(tmp_path, world) as made:
        hasten_modems(made)
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "call_psap").status_code == 202
        made.until("112 is joined", lambda: len(made.joined(alert)) == 3)
        voices = [leg.voice for leg in made.case(alert).legs.values()]
        assert {(voice.kind, voice.path[-5:]) for voice in voices if voice is not None} == {("alsa", ".card")}
        joined = len(made.heard(PSAP)) // 2 + RATE_HZ // 2
        enough = joined + RATE_HZ + (SENTENCES + 1) * len(told.pcm) // 4
        made.until("112 has heard some sentences", lambda: len(made.heard(PSAP)) // 2 > enough)
        spoke_s = made.calls(USER)[-1]["answered_at_s"]
        listens_s = made.calls(PSAP)[-1]["answered_at_s"]
        heard = made.heard(PSAP)[2 * joined :]
        by_user = made.heard(USER)[-2 * SECONDS * RATE_HZ :]
    found = list(find(told, heard, listens_s + joined / RATE_HZ - spoke_s))
    assert len(found) >= SENTENCES
    assert not any(one.lost for one in found)
    assert [one.level_db for one in found] == pytest.approx([0.0] * len(found), abs=1.0)
    assert all(abs(after.late - before.late) <= FRAME for before, after in pairwise(found))
    # The other way: a frame may be left out or put in, where the clock of one of the two is off.
    assert longest_gap_s(by_user, TONES[PSAP], 0.1, SECONDS - 0.1 - WINDOW / RATE_HZ) <= 0.05
