"""Speech through real processes, both ways: each sentence arrives, as loud as it was said, and none slips.

The user's line is an EC25 over USB audio, 112's gives its voice to a tty. Ten minutes of it, with PESQ:
`scripts/bench/voice --parts call`, and `--parts cards`.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.media.speech import speech
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.hearing import hasten_modems
from tests.support.pty_card import python_path
from tests.support.sentences import FRAME, RATE_HZ, Told, find

pytestmark = [pytest.mark.process, pytest.mark.timed, pytest.mark.timeout(120)]

SENTENCES = 2
WITH_CARD = 'dialect = "quectel_ec2x"'
DIALECTS = (*["quectel_ec2x"] * 4, "huawei", "simcom7600")
"""Four lines that users and operators are called on, two for 112."""


def recorded(made: Center, number: str) -> int:
    """How many samples the phone has heard."""
    return len(made.heard(number)) // 2


def arrive(made: Center, told: Told, *, by: str, at: str, since: int) -> None:
    """What is said by the one phone has come to the other, from this sample on, as it was said."""
    later_s = made.calls(at)[-1]["answered_at_s"] - made.calls(by)[-1]["answered_at_s"]
    found = list(find(told, made.heard(at)[2 * since :], later_s + since / RATE_HZ))
    assert len(found) >= SENTENCES
    assert not any(one.lost for one in found)
    assert [one.level_db for one in found] == pytest.approx([0.0] * len(found), abs=1.0)
    # A frame may be left out or put in, where the clock of one of the two is off.
    assert all(abs(after.late - before.late) <= FRAME for before, after in pairwise(found))


def test_user_and_112_hear_each_other_sentence_by_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python").mkdir()
    monkeypatch.setenv("PYTHONPATH", python_path(tmp_path / "python"))
    told = Told.of([speech("woman")[:32_000], speech("man")[:32_000]])
    told.write(tmp_path / "said.wav")
    says: dict[str, object] = {"says": f"loop:{tmp_path / 'said.wav'}"}
    world = simulation(phones={USER: says, PSAP: says, OPERATOR: {"says": "silence"}}, dialects=DIALECTS)
    with center(tmp_path, world.replace(WITH_CARD, f"{WITH_CARD}\nsound_card = true")) as made:
        hasten_modems(made)
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "call_psap").status_code == 202
        made.until("112 is joined", lambda: len(made.joined(alert)) == 3)
        kinds = {leg.party: leg.voice.kind for leg in made.case(alert).legs.values() if leg.voice is not None}
        assert kinds == {"operator": "alsa", "user": "alsa", "psap": "tty"}
        since = {number: recorded(made, number) + RATE_HZ // 2 for number in (USER, PSAP)}
        enough = RATE_HZ + (SENTENCES + 1) * len(told.pcm) // 4
        made.until(
            "both have heard some sentences",
            lambda: all(recorded(made, number) > first + enough for number, first in since.items()),
        )
        arrive(made, told, by=USER, at=PSAP, since=since[PSAP])
        arrive(made, told, by=PSAP, at=USER, since=since[USER])
