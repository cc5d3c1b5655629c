"""Check of the data readable by a thief of the disk, or by another account of this machine.

The kernel knows if a disk is encrypted: by dm-crypt (LUKS) anywhere between the file system and the device.
Encryption by a drive, a hypervisor or a provider below is invisible here.
"""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, check_row
from application.state.state_dir import NodeFile, StateDir
from messages.rows import Sentence
from model.checks import Finding, ok, warn

_CRYPT: Final = "CRYPT-"
_OTHERS: Final = 0o077
_MINDS_THE_LIMIT: Final = "systemd-coredump"
"""Program that obeys RLIMIT_CORE. Any other program behind the core pattern receives a dump in spite of
RLIMIT_CORE (core(5)).
"""


def at_rest(state: StateDir, node: NodeFile | None, root: Path = Path("/")) -> Iterator[Finding]:
    """Check disk, swap, core dumps and file modes. `root` is the directory of `proc`, `sys` and `dev`."""
    what, layers = _layers(root, _device_of(root, state.path))
    if what is None:
        yield warn(
            "at rest",
            f"whether the disk of {state} is encrypted cannot be determined on this machine: {layers}",
        )
    elif what:
        yield ok("at rest", f"the disk of {state} is encrypted: {layers}")
    else:
        yield warn("at rest", f"the disk of {state} is not encrypted by this machine (LUKS): {layers}")
    yield from _swap(root)
    yield _core_dumps(root, node)
    yield _modes(state)


def _device_of(root: Path, path: Path) -> str:
    """Return `MAJOR:MINOR` of the device that holds the path, else the type of the file system."""
    number = os.stat(path).st_dev
    if (root / "sys/dev/block" / _said(number)).exists():
        return _said(number)
    # btrfs and others have device numbers of their own.
    best, found = "", ""
    for line in _lines(root / "proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        place = before.split()[4].replace("\\040", " ")
        kind, source, *_ = after.split()
        if f"{path}/".startswith(f"{place.rstrip('/')}/") and len(place) >= len(best):
            best, found = place, source if source.startswith("/dev/") else kind
    return _number_of(root, found) if found.startswith("/dev/") else found


def _number_of(root: Path, device: str) -> str:
    try:
        status = os.stat(root / device.lstrip("/"))
    except OSError:
        return device
    return _said(status.st_rdev) if stat.S_ISBLK(status.st_mode) else _said(status.st_dev)


def _said(number: int) -> str:
    return f"{os.major(number)}:{os.minor(number)}"


def _layers(root: Path, device: str) -> tuple[bool | None, str]:
    """Return True if this block device is encrypted, None if the kernel cannot know, and the layers found."""
    block = root / "sys/dev/block" / device
    if not block.exists():
        return None, f"on {device or 'no block device'}"
    block = block.resolve()
    name = _text(block / "dm/name") or block.name
    if _text(block / "dm/uuid").startswith(_CRYPT):
        return True, f"{name} is {_text(block / 'dm/uuid').split('-')[1]} (dm-crypt)"
    if (block / "loop/backing_file").exists():
        return None, f"{name} is a file ({_text(block / 'loop/backing_file')})"
    below = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    if (block / "partition").exists():
        # A partition has no slaves: its disk is the parent of its folder.
        below = [block.parent]
    if not below:
        return False, name
    judged = [_layers(root, _text(one / "dev")) for one in below]
    verdicts = {verdict for verdict, _ in judged}
    worst = False if False in verdicts else None if None in verdicts else True
    return worst, f"{name} on {' and '.join(layers for _, layers in judged)}"


def _swap(root: Path) -> Iterator[Finding]:
    """Check the swap devices and files."""
    found = [line.split()[:2] for line in _lines(root / "proc/swaps")[1:]]
    for name, kind in found:
        path = name.replace("\\040", " ")
        if Path(path).name.startswith("zram"):
            yield ok("at rest", f"swap {path} is in memory")
            continue
        device = _number_of(root, path) if kind == "partition" else _device_of(root, Path(path))
        encrypted, layers = _layers(root, device)
        if encrypted:
            yield ok("at rest", f"swap {path} is encrypted: {layers}")
        else:
            unsure = "may not be" if encrypted is None else "is not"
            yield warn(
                "at rest",
                f"swap {path} {unsure} encrypted ({layers}): memory with personal data may be written to it",
            )
    if not found:
        yield ok("at rest", "no swap")


def _core_dumps(root: Path, node: NodeFile | None) -> Finding:
    """Check if memory is written to a file when a process crashes."""
    pattern = _text(root / "proc/sys/kernel/core_pattern")
    if node is None:
        soft, hint = (
            resource.getrlimit(resource.RLIMIT_CORE)[0],
            "limit of this shell; the shipped unit sets 0",
        )
        limit = "unlimited" if soft == resource.RLIM_INFINITY else str(soft)
    else:
        lines = _lines(root / f"proc/{node.process.pid}/limits")
        limit = next((line.split()[4] for line in lines if line.startswith("Max core file size")), "unknown")
        hint = "LimitCORE=0 in the unit"
    if pattern.startswith("|") and _MINDS_THE_LIMIT not in pattern:
        return warn(
            "at rest",
            f"core dumps go to {pattern[1:].split()[0]}, regardless of the limit: they write "
            "memory with personal data to a disk",
        )
    if limit != "0":
        return warn(
            "at rest",
            f"core dumps of {limit} are written ({hint}): they write memory with personal data to a disk",
        )
    return ok("at rest", "no core dumps")


def _modes(state: StateDir) -> Finding:
    """Check the file modes for access by other accounts of the machine."""
    kept = [state.path, state.keys, state.recordings, state.logs, *state.path.glob("*.db*")]
    kept += state.keys.glob("*")
    loose = [path.name for path in kept if path.exists() and path.stat().st_mode & _OTHERS]
    if loose and state.path.stat().st_mode & _OTHERS:
        return warn("at rest", f"other accounts of this machine can read {', '.join(loose)} in {state}")
    return ok("at rest", f"{state} is readable by its owner only")


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _lines(path: Path) -> list[str]:
    return _text(path).splitlines()


CHECKS: Final = (
    check_row(
        "at rest",
        Sentence(
            "Data that a thief of the disk, or another account, could read",
            "Che cosa legge chi prende il disco, o ha un altro account",
        ),
        Sentence("Encrypt disk and swap; disable core dumps", "Cifrare disco e swap; niente core dump"),
        lambda around: at_rest(around.state, around.node),
        CheckCondition.STATE,
    ),
)
