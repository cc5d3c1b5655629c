"""Speech through a whole center in real time: speech of a simulated user, compared with the recording at
112's phone.

espeak-ng makes the speech, which is repeated from the user's phone through its modem, the bridge and the
emergency line's modem. Each sentence is searched in the recording separately, so that a slip shows between
two sentences.
"""

from __future__ import annotations

import importlib
import io
import os
import shutil
import subprocess
import tempfile
import time
import wave
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from scripts.bench.lib.terminal_floor import TerminalFloor
from scripts.bench.lib.voice_speech import at_rate, to_samples
from tests.support.center import OPERATOR, PSAP, USER, center, simulation
from tests.support.hearing import LAST_S, hasten_modems
from tests.support.pty_card import python_path
from tests.support.sentences import FRAME, RATE_HZ, Found, Told, find

SENTENCES: Final = (
    ("it", "C'è un uomo dietro di me, sto camminando verso la stazione."),
    ("it", "Ho una giacca rossa e sono davanti al numero quarantadue."),
    ("it+f3", "Non posso parlare più forte, per favore non riattaccate."),
    ("en", "He has followed me since the bus stop, and now he is waiting outside."),
    ("en+f3", "I am behind the church, next to a small blue door."),
    ("en+m3", "Please stay on the line with me until somebody comes."),
)
ROOM_RMS: Final = 4
LEAST_PESQ: Final = 4.0


def passed(minutes: float, *, cards: bool = False) -> dict[str, object]:
    """Run the call for some minutes; `broken` has the violated bounds. With `cards` the voice uses sound
    cards in place of terminals.
    """
    if shutil.which("espeak-ng") is None:
        return {"broken": ["espeak-ng is not installed"]}
    told = Told.of([_spoken(voice, text) for voice, text in SENTENCES])
    with tempfile.TemporaryDirectory(prefix="securwoman-bench-") as folder:
        told.write(Path(folder) / "user.wav")
        with TerminalFloor().measured() as floor:
            heard, before_s = _heard(Path(folder), minutes, cards=cards)
    found = list(find(told, heard, before_s))
    return {**figures(found, minutes), "floor": {"a_frame_through_a_terminal": floor.figures()}}


def figures(found: list[Found], minutes: float) -> dict[str, object]:
    """Return the figures of these sentences."""
    late = [one.late for one in found if not one.lost]
    slips = [after - before for before, after in pairwise(late)]
    lost = sum(one.lost for one in found)
    levels = [one.level_db for one in found if not one.lost]
    scores = _scores(found)
    broken = []
    if not found:
        broken.append("nothing was heard")
    if lost:
        broken.append(f"{lost} sentences were lost")
    if any(abs(slip) > FRAME for slip in slips):
        broken.append(f"the voice slipped by {max(map(abs, slips))} samples between two sentences")
    if late and max(late) - min(late) > FRAME:
        broken.append(f"the voice has drifted by {max(late) - min(late)} samples")
    if scores and min(scores) < LEAST_PESQ:
        broken.append(f"a sentence has PESQ {min(scores):.3f}")
    return {
        "minutes": minutes,
        "sentences": len(found),
        "lost": lost,
        "late_ms": {"least": min(late) / 8, "most": max(late) / 8} if late else {},
        "slips_between_sentences": sum(slip != 0 for slip in slips),
        "largest_slip_samples": max(map(abs, slips), default=0),
        "level_db": {"least": round(min(levels), 2), "most": round(max(levels), 2)} if levels else {},
        "pesq": {"p50": round(float(np.median(scores)), 3), "min": round(min(scores), 3)} if scores else None,
        "broken": broken,
    }


def _scores(found: list[Found]) -> list[float]:
    """Return each sentence's PESQ, narrow band; empty if the package is not installed."""
    if find_spec("pesq") is None:
        return []
    score = importlib.import_module("pesq").pesq
    return [
        float(score(RATE_HZ, to_samples(one.said), to_samples(one.heard), "nb"))
        for one in found
        if not one.lost
    ]


def _spoken(voice: str, text: str) -> bytes:
    """Return one sentence at 8 kHz, in a quiet room."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as spoken:
        subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", spoken.name, text], check=True)
        told = Path(spoken.name).read_bytes()
    with wave.open(io.BytesIO(told)) as file:
        rate_hz = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    narrow = at_rate(sound, RATE_HZ / rate_hz)
    narrow *= 12_000 / np.abs(narrow).max()
    return to_samples(narrow + np.random.default_rng(1).normal(0, ROOM_RMS, len(narrow))).tobytes()


def _heard(folder: Path, minutes: float, *, cards: bool) -> tuple[bytes, float]:
    """Return the user's speech as heard at 112, and the seconds between the start of the speech and the start
    of the recording.
    """
    phones: dict[str, dict[str, object]] = {
        USER: {"says": f"loop:{folder / 'user.wav'}"},
        OPERATOR: {"says": "silence"},
        PSAP: {"says": "silence"},
    }
    world = simulation(phones=phones)
    if cards:
        world = simulation(phones=phones, dialects=("quectel_ec2x",), more="sound_card = true")
        os.environ["PYTHONPATH"] = python_path(folder)
    with center(folder, world) as made:
        hasten_modems(made)
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "call_psap").status_code == 202
        made.until("112 is joined", lambda: len(made.joined(alert)) == 3)
        assert made.order(alert, "leave").status_code == 202
        made.until("user and 112 alone", lambda: made.joined(alert) == {"user", "psap"})
        begun_s = time.time() + 1.0
        time.sleep(1.0 + 60 * minutes + LAST_S)
        spoke_s = made.calls(USER)[-1]["answered_at_s"]
        listens_s = made.calls(PSAP)[-1]["answered_at_s"]
        heard = made.heard(PSAP)
    first = round((begun_s - listens_s) * RATE_HZ)
    return heard[2 * first :], begun_s - spoke_s
