"""The center's log, turned over by the real logrotate while processes write: every line is there once."""

from __future__ import annotations

import gzip
import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.foundation.tree import ROOT
from tests.waiting import wait_until

LOGROTATE = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin")
"""Debian has it where not every account looks for programs."""
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        LOGROTATE is None, reason="NOT TESTED: turning the log over: logrotate is not installed"
    ),
]
PACES = (("200", "0.02"), ("200", "0.02"), ("1", "0.25"))
"""How many lines each writes at once, and how long it then says nothing: one of them says little."""
WRITERS = len(PACES)
TURNS = 4
WRITES = """
import sys, time
from pathlib import Path
from runtime import logs
folder, who = Path(sys.argv[1]), sys.argv[2]
logs.configure(folder, who)
log, n = logs.get("x"), 0
while not (folder / "enough").exists():
    log.info("line", number=n)
    n += 1
    if n % int(sys.argv[3]) == 0:
        time.sleep(float(sys.argv[4]))
(folder / f"{who}.said").write_text(str(n))
"""


def written(folder: Path) -> list[tuple[str, int]]:
    """Every line in every file, of whatever age."""
    found = []
    for file in folder.glob("center.jsonl*"):
        kept = file.read_bytes()
        text = gzip.decompress(kept) if file.suffix == ".gz" else kept
        found += [(line["process"], line["number"]) for line in map(json.loads, text.splitlines())]
    return found


def all_write_now(folder: Path) -> bool:
    """Whether each has found the newest file."""
    file = folder / "center.jsonl"
    if not file.exists():
        return False
    return all(f'"w{n}"' in file.read_text() for n in range(WRITERS))


def test_no_line_is_lost_and_none_is_there_twice(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o700)
    me = pwd.getpwuid(os.getuid()).pw_name
    settings = tmp_path / "logrotate"
    text = (ROOT / "deploy/logrotate/securwoman").read_text()
    text = text.replace("/var/lib/securwoman/logs", str(folder)).replace(
        "su securwoman securwoman", f"su {me} {me}"
    )
    settings.write_text(text)
    settings.chmod(0o644)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITES, folder, f"w{n}", *pace], cwd=ROOT)
        for n, pace in enumerate(PACES)
    ]
    try:
        for _ in range(TURNS):
            wait_until(lambda: all_write_now(folder), within_s=30, what="all write to the file that is there")
            # Old ones are named by the second, by time(2), whose clock is up to a tick behind this one.
            begun = int(time.time())
            wait_until(lambda begun=begun: int(time.time() - 0.1) > begun)
            turned = subprocess.run(
                [LOGROTATE, "--force", "--state", str(tmp_path / "state"), str(settings)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert turned.returncode == 0, turned.stderr
        (folder / "enough").touch()
        for writer in writers:
            assert writer.wait(60) == 0
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert list(folder.glob("*.gz")), "older ones are packed"
    expected = {
        (f"w{n}", number)
        for n in range(WRITERS)
        for number in range(int((folder / f"w{n}.said").read_text()))
    }
    found = written(folder)
    assert len(found) == len(set(found))
    assert set(found) == expected
