"""What operators ask by kind of trouble: ours are whole, a center's own replace them, faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.settings.protocols import DIRECTORY, ProtocolError, protocols_of

OWN = """
order = 1
name = { it = "Nostro", en = "Ours" }
[[question]]
ask = { it = "Sei lì?", en = "Are you there?", fr = "Tu es là ?" }
"""


def test_ours_have_all_words_in_both_languages_and_one_of_each_kind() -> None:
    found = protocols_of("")
    assert [path.stem for path in sorted(DIRECTORY.glob("*.toml"))] == [
        "followed",
        "home",
        "illness",
        "unknown",
        "violence",
    ]
    assert found[0].name["en"] == "Not known yet"
    for one in found:
        words = [
            one.name,
            one.advise,
            *(words for q in one.question for words in (q.ask, q.yes, q.no) if words),
        ]
        assert all({"it", "en"} <= set(each) for each in words)
        asked = [question.ask["it"] for question in one.question]
        assert len(asked) == len(set(asked))


def test_a_center_s_own_file_takes_the_place_of_ours_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "violence.toml").write_text(OWN)
    (tmp_path / "club.toml").write_text(OWN.replace("order = 1", ""))
    names = [one.name["it"] for one in protocols_of(str(tmp_path))]
    assert (len(names), names.count("Nostro"), "Violenza" in names) == (6, 2, False)
    assert names[-1] == "Nostro"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 1", "$.name"),
        ("name = {it = 'x'}\nquestion = []", "question"),
        (OWN + 'yes = { it = "sì" }\n', "question 1: what `yes` and `no` say `fills` no field"),
        (OWN + 'fills = "colour"\n', "colour"),
        (OWN.replace("it =", "italiano ="), "$.name"),
        ("[[[", "own.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ProtocolError) as told:
        protocols_of(str(tmp_path))
    assert str(tmp_path / "own.toml") in str(told.value)
    assert said in str(told.value)


def test_a_tenth_question_has_no_key(tmp_path: Path) -> None:
    question = OWN[OWN.index("[[") :]
    (tmp_path / "own.toml").write_text(OWN + question * 9)
    with pytest.raises(ProtocolError, match="length <= 9"):
        protocols_of(str(tmp_path))


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ProtocolError, match="/nowhere: no such folder"):
        protocols_of("/nowhere")
