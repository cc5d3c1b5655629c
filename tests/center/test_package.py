"""What `scripts/package` puts into a package: wheels for each Debian's Python, and locks of these alone."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from scripts.lib.wheels import NOT_BROUGHT, SOURCE_ONLY, Locked, asked_for, locked_again, read
from tests.center.test_install import parts
from tests.foundation.tree import ROOT

LOCKS = ("requirements.lock", "requirements-build.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_read_with_all_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    found = read(ROOT / lock)
    assert len(found) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert sum(len(one.hashes) for one in found) == text.count("--hash=")


def test_a_package_of_one_python_is_fetched_for_that_one() -> None:
    numpys = [one for one in read(ROOT / "requirements.lock") if one.name == "numpy"]
    assert [[one.is_for(python) for one in numpys] for python in ("3.11", "3.13")] == [
        [True, False],
        [False, True],
    ]
    foreign = [
        one.name for one in read(ROOT / "requirements.lock") if not (one.is_for("3.11") or one.is_for("3.13"))
    ]
    assert "tzdata" in foreign, "for Windows"


def test_whoever_fetches_for_another_python_is_not_asked_of_its_own() -> None:
    asked = "".join(asked_for(read(ROOT / "requirements.lock"), "3.13"))
    assert " ; " not in asked
    assert len(re.findall(r"^numpy==", asked, re.MULTILINE)) == 1


def test_what_is_built_or_left_out_is_in_a_lock() -> None:
    named = {one.name for lock in LOCKS for one in read(ROOT / lock)}
    assert {*SOURCE_ONLY, *NOT_BROUGHT} <= named


def test_a_lock_of_the_wheels_names_each_that_is_there_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "a_b-1.0-cp311-cp311-linux_x86_64.whl",
        "a_b-1.0-cp313-cp313-linux_x86_64.whl",
        "c-2-py3-none-any.whl",
    ):
        (tmp_path / name).write_text(name)
    wanted = [
        Locked(name="a-b", version="1.0", marker="python_version > '3'", hashes=("sha256:old",)),
        Locked(name="c", version="3", marker="", hashes=("sha256:old",)),
    ]
    (tmp_path / "lock").write_text(locked_again(wanted, tmp_path))
    (one,) = read(tmp_path / "lock")
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(tmp_path.glob("a_b*"))]
    assert (one.name, one.marker) == ("a-b", "python_version > '3'")
    assert list(one.hashes) == [f"sha256:{digest}" for digest in digests]


def test_the_container_has_all_that_an_installation_has_but_its_units() -> None:
    copied = re.findall(r"^COPY (.*) \S+$", (ROOT / "deploy/Containerfile").read_text(), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == set(parts()) - {"deploy"}
