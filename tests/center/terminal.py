"""The command line in this process, on one state directory."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from application.state.state_dir import StateDir
from center import cli


class Terminal:
    """Runs commands; `error` is what the last one has said on stderr."""

    def __init__(self, state: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.state = StateDir(state)
        self.capture = capfd
        self.error = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What the command says on stdout; its exit code has to be `code`."""
        self.capture.readouterr()
        returned = cli.run([*arguments, "--state", str(self.state)])
        out, self.error = self.capture.readouterr()
        assert returned == code, f"{returned}: {out}{self.error}"
        assert "Traceback" not in self.error
        return out

    def json(self, *arguments: str, code: int = 0) -> object:
        return msgspec.json.decode(self(*arguments, "--json", code=code))
