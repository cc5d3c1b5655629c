"""Fetch the wheels of the packages in locks, for several Pythons, and write locks with these
wheels only.

  wheels.py FOLDER LOCK… --python 3.11 --python 3.13

Wheels are fetched according to the locks, with their hashes. Source archives are built with the tools of this
environment, which come from the locks. New locks are written into FOLDER, for an installation without network
that checks the same hashes.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

SOURCE_ONLY: Final = ("thespian",)
"""Packages released as source archives only; one wheel serves every Python."""
NOT_BROUGHT: Final = ("uv",)
"""Packages that are not fetched: uv makes a set-up faster, and is larger than all others together."""
GLIBC: Final = range(17, 37)
"""Minor versions of glibc that wheels may require: Debian 12 has 2.36."""


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A package of a lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    def is_for(self, python: str) -> bool:
        """Return True if the package is for CPython of this version on Linux."""
        environment = {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "sys_platform": "linux",
            "os_name": "posix",
        }
        return not self.marker or Marker(self.marker).evaluate(environment)

    def written(self, hashes: Iterable[str]) -> str:
        """Return the package as an entry of a lock."""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}=={self.version}{marker}" + "".join(f" \\\n    --hash={one}" for one in hashes)


def read(lock: Path) -> list[Locked]:
    """Return the packages of a lock, in its order."""
    text = lock.read_text().replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)(?: ; (.*?))?((?: +--hash=\S+)+)$", line.rstrip()):
            name, version, marker, hashes = match.groups()
            found.append(
                Locked(
                    name=name,
                    version=version,
                    marker=(marker or "").strip(),
                    hashes=tuple(re.findall(r"--hash=(\S+)", hashes)),
                )
            )
    return found


def pip(*arguments: str) -> None:
    """Run pip. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-I", "-m", "pip", "--quiet", "--no-input", *arguments], check=True)


def asked_for(wanted: Sequence[Locked], python: str) -> list[str]:
    """Return the requirements for one Python. Markers are left out: pip would evaluate them for its own
    Python.
    """
    bare = (replace(one, marker="") for one in wanted if one.is_for(python) and one.name not in SOURCE_ONLY)
    return [f"{one.written(one.hashes)}\n" for one in bare]


def fetch(wanted: Sequence[Locked], pythons: Sequence[str], folder: Path) -> None:
    """Fetch or build all wheels into the folder."""
    machine = platform.machine()
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in reversed(GLIBC)] + [f"manylinux2014_{machine}"]
    with tempfile.TemporaryDirectory() as place:
        asked = Path(place) / "asked"
        for python in pythons:
            asked.write_text("".join(asked_for(wanted, python)))
            pip(
                *("download", "--no-deps", "--require-hashes", "--only-binary=:all:", "-r", str(asked)),
                *("--python-version", python, "--implementation", "cp", "--dest", str(folder)),
                *(word for one in platforms for word in ("--platform", one)),
            )
        sources = [one.written(one.hashes) for one in wanted if one.name in SOURCE_ONLY]
        if sources:
            asked.write_text("\n".join(sources) + "\n")
            pip(
                *("wheel", "--no-deps", "--no-build-isolation", "--require-hashes", "-r", str(asked)),
                *("--wheel-dir", str(folder)),
            )


def locked_again(wanted: Sequence[Locked], folder: Path) -> str:
    """Return a lock of the wheels in the folder."""
    digests: dict[tuple[str, str], list[str]] = {}
    for wheel in sorted(folder.glob("*.whl")):
        name, version, *_ = parse_wheel_filename(wheel.name)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        digests.setdefault((name, str(version)), []).append(f"sha256:{digest}")
    there = ((one, digests.get((canonicalize_name(one.name), one.version))) for one in wanted)
    return "".join(f"{one.written(hashes)}\n" for one, hashes in there if hashes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("locks", type=Path, nargs="+")
    parser.add_argument("--python", action="append", default=[])
    options = parser.parse_args()
    wheels = options.folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    locks = {lock: [one for one in read(lock) if one.name not in NOT_BROUGHT] for lock in options.locks}
    every = {(one.name, one.version, one.marker): one for wanted in locks.values() for one in wanted}
    fetch(list(every.values()), options.python, wheels)
    for lock, wanted in locks.items():
        (options.folder / lock.name).write_text(locked_again(wanted, wheels))


if __name__ == "__main__":
    main()
