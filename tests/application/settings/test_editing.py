"""`center.toml` as the structs say it, and as a program changes it: comments and layout stay."""

from __future__ import annotations

import difflib
import os
import re
import stat
import tomllib
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.settings.editing import intended
from application.settings.editing.file import change, is_writable
from application.settings.editing.layout import edited
from application.settings.editing.lines import split
from application.settings.file import load, parse
from application.settings.own_file import SettingsFile
from application.settings.template import reference, template, with_meaning
from application.settings.where import shipped
from application.state.state_dir import StateDir
from model.feature import settings_type
from model.settings_edits import Add, ChangedOnDisk, Edit, EditFaulty, EditMissed, NotWritable, Remove, Set
from tests.support.settings import changed

SHIPPED = (Path(__file__).parents[3] / "config" / "center.toml").read_text()
MODEM = Add("modem", {"name": "m.1", "trunk": "public", "port": "/dev/ttyUSB2"})


def lines_changed(before: str, after: str) -> list[str]:
    """The lines that differ, with `-` and `+`."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in found if line[0] in "+-" and not line.startswith(("---", "+++"))]


def test_a_key_that_is_set_keeps_its_line_its_comment_and_its_column() -> None:
    assert lines_changed(SHIPPED, edited(SHIPPED, Set("operator.answer_within_s", 17))) == [
        "-answer_within_s = 6             # Time until the next operator is called as well",
        "+answer_within_s = 17            # Time until the next operator is called as well",
    ]


def test_a_key_shown_as_a_comment_is_set_in_its_place_and_taken_out_to_what_it_was() -> None:
    then = edited(SHIPPED, Set("user.busy_retry_s", 3.5))
    assert lines_changed(SHIPPED, then) == [
        "-# busy_retry_s = 4              # Pause if the phone is busy",
        "+busy_retry_s = 3.5              # Pause if the phone is busy",
    ]
    assert edited(then, Set("user.busy_retry_s", None)) == SHIPPED


def test_a_table_shown_as_a_comment_is_opened_with_its_first_key() -> None:
    before = SHIPPED.replace("\n[sms]", "\n# [sms]")
    then = edited(before, Set("sms.dialogue", False))
    assert [line.split("#")[0].rstrip() for line in lines_changed(before, then) if line[0] == "+"] == [
        "+[sms]",
        "+dialogue = false",
    ]
    assert tomllib.loads(then)["sms"] == {"dialogue": False}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "psap.live = false\n",
        'psap = { live = false, number = "112" }\n',
        '[operator]\non_call = [\n  # first\n  "+393331112223",\n  "+393331112224", # second\n]\n',
        '# [psap]\n\n[journal]\n# pause_s = 1\nurl = ""\n# url = ""\n',
        'node = """\npause_s = 2\n[psap]\n"""\n',
    ],
)
def test_a_file_of_any_layout_says_what_was_wanted_and_nothing_else(text: str) -> None:
    for edit in (
        Set("psap.pause_s", 4),
        Set("operator.on_call", ["+393331112229"]),
        Set("region", "GB"),
        Set("psap.pause_s", None),
    ):
        before, text = text, edited(text, edit)
        assert intended.without_empty(tomllib.loads(text)) == intended.after(tomllib.loads(before), edit)


@pytest.mark.parametrize("said", ['"C:\\\\"', '"a \\" # b"', "'C:\\'", '"#"'])
def test_a_comment_begins_behind_the_value(said: str) -> None:
    tomllib.loads(f"region = {said}  # why")
    assert split(f"region = {said}  # why") == (f"region = {said}", "# why")


def test_tables_are_added_after_their_kind_changed_by_their_name_and_removed_alone() -> None:
    one = edited(SHIPPED, MODEM)
    two = edited(one, Add("modem", {"name": "m2", "trunk": "public", "port": "/dev/ttyUSB5"}))
    two = edited(two, Set("modem[m2].gain_in_db", 6))
    assert tomllib.loads(two)["modem"][1]["gain_in_db"] == 6
    assert edited(two, Remove("modem", "m2")) == one
    assert edited(one, Remove("modem", "m.1")) == SHIPPED


_VALUES = {
    "region": st.sampled_from([None, "IT", "GB"]),
    "psap.pause_s": st.sampled_from([None, 1, 2.5]),
    "psap.shares": st.sampled_from([None, [], ["addresses", "medical"]]),
    "user.attempts": st.sampled_from([None, 1, 7]),
    "map.attribution": st.sampled_from([None, 'a "b" # c', "è ’"]),
    "sms.contacts": st.sampled_from([None, {}, {"it": "{name} …"}]),
    "modem[m.1].gain_in_db": st.sampled_from([None, 3, -2.5]),
}
_EDITS = st.one_of(
    [st.builds(Set, st.just(path), values) for path, values in _VALUES.items()]
    + [st.just(MODEM), st.just(Remove("modem", "m.1")), st.just(Add("trunk", {"name": "third"}))]
)


@given(st.lists(_EDITS, max_size=8))
def test_whatever_is_edited_in_whatever_order_no_line_of_the_shipped_file_is_lost(edits: list[Edit]) -> None:
    text, data = SHIPPED, tomllib.loads(SHIPPED)
    for edit in edits:
        try:
            data = intended.after(data, edit)
        except EditMissed:
            continue
        text = edited(text, edit)
        assert intended.without_empty(tomllib.loads(text)) == data
    kept = {line.split("#", 2)[-1].strip() for line in text.splitlines() if "#" in line}
    assert {
        line.split("#", 2)[-1].strip() for line in SHIPPED.splitlines() if line.startswith("# ----")
    } <= kept
    notes = [line.rpartition("  # ")[2] for line in SHIPPED.splitlines() if "  # " in line]
    assert [note for note in notes if note not in text] == []


# ------------------------------------------------------------ on disk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "center.toml"
    made.write_text(SHIPPED)
    made.chmod(0o640)
    return made


def test_what_is_written_is_loaded_keeps_its_mode_and_leaves_the_one_before_beside_it(file: Path) -> None:
    change(file, [Set("psap.pause_s", 3), MODEM])
    assert load(file).psap.pause_s == 3
    assert load(file).modem[0].name == "m.1"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert (file.parent / "center.toml.before").read_text() == SHIPPED
    assert sorted(one.name for one in file.parent.iterdir()) == ["center.toml", "center.toml.before"]


@pytest.mark.parametrize(
    ("edits", "path"),
    [
        ([Set("psap.pause_s", -1)], "psap.pause_s"),
        ([Set("psap.live", True)], "psap.live"),
        ([Set("psap.nothing", 1)], "psap.nothing"),
        ([MODEM, Set("modem[m.1].trunk", "none")], "modem[m.1].trunk"),
        ([Set("user.attempts", 3), Set("protocols.folder", "no-such-folder")], "protocols.folder"),
    ],
)
def test_nothing_is_written_that_could_not_be_loaded(file: Path, edits: list[Edit], path: str) -> None:
    with pytest.raises(EditFaulty) as caught:
        change(file, edits)
    assert caught.value.faults[0][0] == path
    assert file.read_text() == SHIPPED


def test_what_was_changed_meanwhile_is_not_written_over(file: Path) -> None:
    change(file, [Set("user.attempts", 3, was=None)])
    with pytest.raises(ChangedOnDisk) as caught:
        change(file, [Set("user.attempts", 4, was=None)])
    assert (caught.value.path, caught.value.is_now) == ("user.attempts", 3)
    # Who wants what is there already is told nothing.
    change(file, [Set("user.attempts", 3, was=None)])


@pytest.mark.parametrize(
    "edit", [Set("modem[no].trunk", "public"), Remove("modem", "no"), Set("psap", "x.y"), Set("", 1)]
)
def test_what_is_not_there_is_said(file: Path, edit: Edit) -> None:
    with pytest.raises((EditMissed, EditFaulty)):
        change(file, [edit])
    assert file.read_text() == SHIPPED


def test_a_disk_that_fails_leaves_the_file_as_it_was(file: Path) -> None:
    full = OSError(28, "No space left on device")
    with patch.object(os, "fsync", side_effect=full), pytest.raises(NotWritable, match="No space left"):
        change(file, [Set("user.attempts", 3)])
    assert file.read_text() == SHIPPED
    assert [one.name for one in file.parent.iterdir()] == ["center.toml"]


def test_a_folder_that_is_shared_with_others_lets_who_owns_the_file_change_it(file: Path) -> None:
    file.parent.chmod(0o1770)
    assert is_writable(file)
    with patch.object(os, "geteuid", return_value=os.geteuid() + 4711):
        assert not is_writable(file)
    assert not is_writable(file.parent / "none.toml")


def test_a_web_without_a_node_changes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "center.toml"
    file.write_text(SHIPPED)
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(file))
    with pytest.raises(NotWritable, match="no settings file of a node"):
        SettingsFile(StateDir(tmp_path)).change([Set("user.attempts", 3)])
    assert file.read_text() == SHIPPED


ROOT = Path(__file__).parents[3]


def test_the_shipped_file_and_the_reference_are_as_the_structs_say() -> None:
    assert shipped("center.toml").read_text() == template(), "run scripts/settings"
    page = ROOT / "docs" / "operations" / "settings.md"
    assert page.read_text() == reference(), "run scripts/settings"


def test_each_key_that_is_shown_is_one_and_the_file_sets_nothing_but_defaults_and_trunks() -> None:
    assert changed(parse(template()), {"trunk": ()}) == settings_type()()
    keys = re.sub(r"(?m)^# (?=\[|[a-z_.]+ = )", "", template())
    assert parse(
        keys.replace('area = ""', 'area = "IT"').replace('area_file = ""', 'area_file = "it.geojson"')
    )
    assert tomllib.loads(keys)["modem"][0]["credit"]["least"] == 0


def test_a_fault_says_what_its_key_means() -> None:
    said = with_meaning("user.attempts: expected int <= 10")
    assert said == "user.attempts: expected int <= 10 (Calls without an operator’s order)"
    assert with_meaning("not TOML: invalid") == "not TOML: invalid"
