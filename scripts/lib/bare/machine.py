"""A bare Debian under its own systemd, in namespaces of this machine: made, started, used, ended.

The Debian has its own processes, files, /dev and control groups. The network is this machine's: a port in use
here is in use there. Requires root, mmdebstrap, unshare and nsenter, and control groups of version 2.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

INIT: Final = """
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
cd "$ROOT"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
    touch "dev/$node"
    mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/shm dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mkdir -p old
pivot_root . old
umount -l /old
exec chroot . /usr/bin/env -i container=namespace PATH=/usr/sbin:/usr/bin /lib/systemd/systemd
"""
NAMESPACES: Final = "--mount --pid --fork --uts --ipc --cgroup"
GROUPS: Final = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
HANDED_ON: Final = ("PIP_", "UV_", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "SSL_")


def missing() -> str:
    """Return the first requirement that this machine does not meet; empty if all are met."""
    if os.geteuid() != 0:
        return "only root makes one"
    for tool in ("mmdebstrap", "unshare", "nsenter"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    return "" if _group() else "there are no control groups of version 2"


def _group() -> Path | None:
    return next((path for path in GROUPS if (path / "cgroup.controllers").exists()), None)


def debian(suite: str, root: Path) -> None:
    """Make a minimal Debian with an init, and with this machine's access to packages."""
    subprocess.run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            "--include=systemd,systemd-sysv,udev,dbus",
            suite,
            root,
        ],
        check=True,
    )
    for name in (
        "etc/pip.conf",
        "etc/resolv.conf",
        "etc/hosts",
        "etc/apt/apt.conf.d",
        "usr/local/share/ca-certificates",
    ):
        there = Path("/", name)
        if there.is_dir():
            shutil.copytree(there, root / name, dirs_exist_ok=True)
        elif there.exists():
            shutil.copy(there, root / name)


class Machine:
    """A running bare machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        group = _group()
        assert group is not None
        self._group = group / f"bare-{os.getpid()}"
        self._group.mkdir()
        self._log = (root.parent / "boot.log").open("wb")
        self._outer = subprocess.Popen(
            ["bash", "-c", f'echo $$ >"$GROUP/cgroup.procs"\nexec unshare {NAMESPACES} bash -c "$INIT"'],
            env={
                "ROOT": str(root),
                "GROUP": str(self._group),
                "INIT": INIT,
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            },
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.init = self._started()
        self.until(
            "systemd has started",
            lambda: self.says("systemctl", "is-system-running") in ("running", "degraded"),
        )

    def _started(self) -> int:
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children")
        end = time.monotonic() + 10
        while time.monotonic() < end and self._outer.poll() is None:
            if found := children.read_text().split():
                return int(found[0])
            time.sleep(0.05)
        raise SystemExit(f"the machine does not start: {(self.root.parent / 'boot.log').read_text()}")

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on the machine as root. Raises SystemExit with its output if `check` is set and the
        command fails.
        """
        kept = [f"{key}={value}" for key, value in os.environ.items() if key.startswith(HANDED_ON)]
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        enter = ["nsenter", "-t", str(self.init), "-m", "-p", "-u", "-i", "-C", "-r", "-w"]
        done = subprocess.run(
            [*enter, "env", "-i", path, "HOME=/root", "COLUMNS=150", *kept, *command],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def says(self, *command: str) -> str:
        """Return the output of a command, even if the command fails."""
        return self.run(*command, check=False).stdout.strip()

    def until(self, what: str, is_so: object, within_s: float = 60.0) -> None:
        """Wait until `is_so` returns True. Raises SystemExit after `within_s` seconds."""
        assert callable(is_so)
        end = time.monotonic() + within_s
        while not is_so():
            if time.monotonic() > end:
                said = self.says("journalctl", "-n", "40", "--no-pager")
                raise SystemExit(f"not within {within_s:.0f} s: {what}\n{said}")
            time.sleep(0.3)

    def end(self) -> None:
        """End the whole machine at once."""
        os.kill(self.init, signal.SIGKILL)
        self._outer.wait()
        self._log.close()
        for folder in sorted(self._group.rglob("*"), key=lambda path: -len(path.parts)):
            if folder.is_dir():
                folder.rmdir()
        self._group.rmdir()


@contextmanager
def machine(root: Path) -> Iterator[Machine]:
    """Yield a running machine, and end it in any case."""
    made = Machine(root)
    try:
        yield made
    finally:
        made.end()


def lines(text: str, *words: str) -> Sequence[str]:
    """Return the lines that contain one of these words."""
    return [line for line in text.splitlines() if any(word in line for word in words)]
