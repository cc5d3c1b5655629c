"""The announcements' files, and which of them is taken."""

from __future__ import annotations

import os
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from media.conference.sounds import (
    ASK,
    FOLDER,
    TEXT,
    NoSuchSound,
    Sounds,
    UnfitSound,
    at_8_khz,
    problems,
    read_wav,
    spoken,
    texts,
)
from media.conference.speaks import SPEAKER, languages, speakable
from media.sound.frames import FRAME_SAMPLES, RATE_HZ, SAMPLE_TYPE, Samples
from media.sound.speech import LEVEL_DBFS, SOFT_DBFS, leveled, resampled, softened, spoken_dbfs, trimmed
from model.rules.messages import announcements
from tests.support.each import each

OURS = [(name, language) for name, said in texts().items() for language in said]


def write(path: Path, samples: Samples, *, rate_hz: int = RATE_HZ, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def tone(hz: float, seconds: float = 0.5, rate_hz: int = RATE_HZ, level: float = 8000.0) -> Samples:
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)).astype(SAMPLE_TYPE)


@each(("name", "language"), OURS)
def test_every_text_is_a_file_as_loud_as_a_person_and_short(name: str, language: str) -> None:
    sound = read_wav(FOLDER / f"{name}.{language}.wav")
    assert abs(spoken_dbfs(sound) - LEVEL_DBFS) < 1.5  # a peak may not be raised as far
    assert 0.4 < len(sound) / RATE_HZ < 7.0
    assert abs(len(trimmed(sound)) - len(sound)) <= 2 * FRAME_SAMPLES, "nothing but what is said"
    assert np.abs(sound).max() < 32000


def test_there_are_italian_and_english_of_each_and_no_file_without_a_text() -> None:
    assert {language for _, language in OURS} == {"it", "en"}
    assert len(OURS) == 2 * len(texts())
    assert {path.name for path in FOLDER.glob("*.wav")} == {f"{name}.{lang}.wav" for name, lang in OURS}


def test_whatever_is_played_has_a_text() -> None:
    assert set(announcements.NAMES) <= set(texts())


def test_a_centers_own_file_takes_the_place_of_ours_and_only_that_one(tmp_path: Path) -> None:
    own = tone(440)
    write(tmp_path / "please_hold.it.wav", own)
    sounds = Sounds(tmp_path, "it")
    assert np.array_equal(sounds.load("please_hold", "it", ""), own)
    assert np.array_equal(sounds.load("please_hold", "en", ""), read_wav(FOLDER / "please_hold.en.wav"))
    assert list(problems(tmp_path, texts())) == []


def test_a_language_that_is_missing_is_the_centers_then_english(tmp_path: Path) -> None:
    german = tone(600)
    write(tmp_path / "please_hold.de.wav", german)
    sounds = Sounds(tmp_path, "de")
    assert np.array_equal(sounds.load("please_hold", "fr", ""), german)
    assert np.array_equal(sounds.load("please_hold", "", ""), german)
    assert np.array_equal(sounds.load("psap_hold", "fr", ""), read_wav(FOLDER / "psap_hold.en.wav"))
    with pytest.raises(NoSuchSound):
        sounds.load("nothing", "it", "")


@pytest.mark.parametrize(
    ("rate_hz", "channels", "width", "said"),
    [(16000, 1, 2, "16000 Hz"), (8000, 2, 2, "2 channels"), (8000, 1, 1, "8 bits")],
)
def test_an_unfit_file_is_told_with_path_and_reason_and_ours_is_played(
    tmp_path: Path, rate_hz: int, channels: int, width: int, said: str
) -> None:
    path = write(tmp_path / "please_hold.it.wav", tone(440), rate_hz=rate_hz, channels=channels, width=width)
    (problem,) = problems(tmp_path, texts())
    assert problem.startswith(f"{path}: ")
    assert said in problem
    ours = read_wav(FOLDER / "please_hold.it.wav")
    assert np.array_equal(Sounds(tmp_path, "it").load("please_hold", "it", ""), ours)


def test_what_is_no_wav_or_holds_nothing_or_is_endless_or_never_played_is_told(tmp_path: Path) -> None:
    (tmp_path / "please_hold.it.wav").write_bytes(b"RIFF, or is it")
    write(tmp_path / "psap_hold.it.wav", tone(440, 0.001))
    write(tmp_path / "duress.it.wav", tone(440, 31))
    write(tmp_path / "plaese_hold.it.wav", tone(440))
    said = " ".join(problems(tmp_path, texts()))
    for reason in ("please_hold.it.wav", "holds no sound", "longer than 30 s", "is never played"):
        assert reason in said
    (missing,) = problems(tmp_path / "none", texts())
    assert missing == f"{tmp_path / 'none'}: the folder does not exist"


def test_a_sound_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "please_hold.it.wav", tone(440))
    sounds = Sounds(tmp_path, "it")
    first = sounds.load("please_hold", "it", "")
    path.unlink()
    assert sounds.load("please_hold", "it", "") is first


def test_a_name_is_spoken_where_there_is_a_speaker_and_else_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    there = shutil.which(SPEAKER) is not None
    assert bool(len(Sounds().load(TEXT, "it", "Giulia Rossi"))) is there
    assert len(Sounds(names=False).load(TEXT, "it", "Giulia Rossi")) == 0
    assert len(spoken("   ", "it")) == 0
    monkeypatch.setenv("PATH", os.devnull)
    assert len(spoken("Giulia Rossi", "it")) == 0


def test_a_question_is_a_recording_of_exactly_this_language_or_spoken_or_no_such_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "club-2.fr.wav", tone(440, 1.0))
    sounds = Sounds(tmp_path, "it")
    assert len(sounds.load(f"{ASK}club-2", "fr", "Tu es là ?")) == RATE_HZ
    there = shutil.which(SPEAKER) is not None
    assert ("it" in languages(), "xx" in languages()) == (there, False)
    if there:
        assert len(sounds.load(f"{ASK}club-2", "it", "Sei lì?")) > RATE_HZ // 4
        assert len(sounds.load(f"{ASK}club-2", "it", "Sei lì da sola?")) > RATE_HZ // 2, "not what was kept"
    monkeypatch.setenv("PATH", os.devnull)
    assert languages() == frozenset()
    for text in ("Sei là?", "   "):
        with pytest.raises(NoSuchSound):
            sounds.load(f"{ASK}club-2", "en", text)


def test_a_question_can_be_asked_in_the_languages_that_are_spoken_and_those_recorded(tmp_path: Path) -> None:
    write(tmp_path / "club-2.fr.wav", tone(440))
    write(tmp_path / "club-2.de.wav", tone(440), rate_hz=16000)
    write(tmp_path / "club-21.es.wav", tone(440))
    (tmp_path / "club-2.pt.wav").write_bytes(b"no sound")
    assert speakable(tmp_path, "club-2", {"it": "Sei lì?", "xx": "?"}, {"it", "en"}) == ["fr", "it"]
    assert speakable(None, "club-2", {"it": "Sei lì?"}, frozenset()) == []


def test_what_is_said_softly_is_as_soft_as_the_tone() -> None:
    soft = softened(leveled(tone(440, 1.0)))
    assert abs(20 * np.log10(np.sqrt(np.mean(soft.astype(np.float64) ** 2)) / 32768) - SOFT_DBFS) < 0.5
    assert len(softened(soft[:0])) == 0


def test_what_a_synthesizer_writes_becomes_telephone_sound(tmp_path: Path) -> None:
    wav = write(tmp_path / "made.wav", tone(1000, 1.0, 22050), rate_hz=22050).read_bytes()
    # As to a pipe: the lengths in the header are not known when it is written.
    sound = at_8_khz(wav[:40] + b"\xff\xff\xff\x7f" + wav[44:])
    assert len(sound) == RATE_HZ
    spectrum = np.abs(np.fft.rfft(sound.astype(np.float64)))
    assert int(spectrum.argmax()) == 1000
    with pytest.raises(UnfitSound):
        at_8_khz(b"")


def test_what_the_telephone_cannot_carry_is_left_out() -> None:
    high = resampled(tone(6000, 1.0, 22050), 22050)
    assert np.abs(high[200:-200]).max() < 80


def test_loud_and_soft_become_as_loud_as_a_person_and_silence_stays_silent() -> None:
    for level in (300.0, 3000.0, 30000.0):
        assert abs(spoken_dbfs(leveled(tone(500, level=level))) - LEVEL_DBFS) < 0.1
    silence = np.zeros(RATE_HZ, dtype=np.int16)
    assert len(trimmed(silence)) == 0
    assert len(leveled(trimmed(silence))) == 0


def test_a_short_crack_does_not_clip() -> None:
    cracked = tone(500, level=300.0)
    cracked[1000:1004] = 30000
    assert np.abs(leveled(cracked)).max() < 32768 * 0.9
