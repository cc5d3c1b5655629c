"""The two commands, run in a checkout of their own whose tools only note how they were called.

No test here downloads anything: the interpreter, pip and uv are shell scripts. That the real ones fit
together shows whenever this suite runs in a fresh clone, since it is the set-up that has brought it there.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.foundation.tree import ROOT

pytestmark = pytest.mark.process

# Stands for python3 and for .venv/bin/python. `-c` and `-` are questions about the interpreter: all is well.
PYTHON = """#!/bin/bash
printf 'python %s\\n' "$*" >>"$LOG"
case "$*" in
*"import ensurepip"*) [[ -z ${NO_VENV:-} ]] ;;
*"version_info"*) echo 3.11 ;;
*"-m venv --clear"*) rm -rf "$5" && mkdir -p "$5/bin" && cp "$0" "$5/bin/python" && : >"$5/pyvenv.cfg" ;;
*requirements-build.lock*) cp "$TOOLS/uv" "${0%/*}/uv" ;;
*--editable*) cp "$TOOLS/securwoman" "${0%/*}/securwoman" ;;
*pytest*) exit "${TESTS_END_WITH:-0}" ;;
esac
"""
UV = """#!/bin/bash
printf 'uv %s\\n' "$*" >>"$LOG"
[[ -z ${NO_UV:-} ]] || exit 2
[[ $* != *--editable* ]] || cp "$TOOLS/securwoman" "${0%/*}/securwoman"
"""
SECURWOMAN = """#!/bin/bash
printf '<%s>' "$@"
printf ' in %s, path %s, input %s\\n' "$PWD" "${PYTHONPATH-unset}" "$(readlink /proc/self/fd/0)"
ls -l /proc/self/fd | grep -q setup.sh && echo 'the lock was handed on'
exit 0
"""
NOTE = '#!/bin/bash\nprintf \'%s %s\\n\' "${0##*/}" "$*" >>"$LOG"\n[[ ${FAILS:-} != "${0##*/}" ]]\n'


class Checkout:
    """A checkout with the real scripts, and tools that write to `log` what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"  # with a blank, as people have
        self.log = folder / "log"
        self.tools = folder / "tools"
        self.bin = self.root / ".venv/bin"
        shutil.copytree(ROOT / "scripts", self.root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        for name in (
            "pyproject.toml",
            "requirements-build.lock",
            "requirements.lock",
            "requirements-dev.lock",
        ):
            shutil.copy(ROOT / name, self.root)
        self.tools.mkdir()
        looked_for = (
            "chromium",
            "chromium-headless-shell",
            "prometheus",
            "prometheus-alertmanager",
            "logrotate",
        )
        for name in ("python3", "uv", "securwoman", "apt-get", *looked_for):
            content = {"python3": PYTHON, "uv": UV, "securwoman": SECURWOMAN}.get(name, NOTE)
            (self.tools / name).write_text(content)
            (self.tools / name).chmod(0o755)
        self.environment = {"PATH": f"{self.tools}:/usr/bin:/bin", "HOME": str(folder)}
        self.environment |= {"LOG": str(self.log), "TOOLS": str(self.tools)}

    def run(
        self, *command: str | Path, cwd: Path | None = None, **extra: str
    ) -> "subprocess.CompletedProcess[str]":
        script, *arguments = command or ("scripts/run",)
        return subprocess.run(
            [self.root / script, *arguments],
            cwd=cwd or self.root.parent,
            env={**self.environment, **extra},
            capture_output=True,
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
        )

    def called(self) -> list[str]:
        """What was asked of the tools since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines

    def installed(self) -> list[str]:
        return [line for line in self.called() if " install " in line]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_start_sets_up_and_the_next_one_only_starts(checkout: Checkout) -> None:
    first = checkout.run("scripts/run", "--port", "9000", "--config", "my file.toml")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("<run><--port><9000><--config><my file.toml> in ")
    build, lock, project = checkout.installed()
    assert "--require-hashes" in build
    assert build.endswith("requirements-build.lock")
    assert lock.startswith("uv ")
    assert "--require-hashes" in lock
    assert lock.endswith("requirements.lock")
    assert project.startswith("uv ")
    assert "--no-deps" in project

    second = checkout.run("scripts/run")
    assert second.stdout.startswith("<run> in ")
    assert (second.stderr, checkout.called()) == ("", [])


def test_a_start_keeps_the_callers_folder_and_drops_the_callers_modules(checkout: Checkout) -> None:
    checkout.run()
    here = checkout.root.parent / "here"
    here.mkdir()
    (here / "start").symlink_to(checkout.root / "scripts/run")
    started = checkout.run(here / "start", cwd=here, PYTHONPATH="/elsewhere")
    assert started.stdout == f"<run> in {here}, path unset, input /dev/null\n"


def test_neither_input_nor_home_is_needed(checkout: Checkout) -> None:
    del checkout.environment["HOME"]
    for _ in ("setting up", "set up"):
        started = subprocess.run(
            ["bash", "-c", 'exec "$0" <&-', checkout.root / "scripts/run"],
            env=checkout.environment, check=False, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert started.returncode == 0, started.stderr
        assert started.stdout.endswith("input /dev/null\n")
    assert not (checkout.root / ".venv/cache").exists()


def test_it_is_set_up_again_after_a_change_of_what_is_installed_of_the_interpreter_and_of_the_place(
    checkout: Checkout,
) -> None:
    checkout.run()

    def is_set_up_again() -> list[str]:
        assert checkout.run().returncode == 0
        lines = checkout.called()
        assert sum(" install " in line for line in lines) == 3
        return lines

    checkout.called()
    for name in ("requirements.lock", "requirements-build.lock", "pyproject.toml"):
        with (checkout.root / name).open("a") as file:
            file.write("# changed\n")
        is_set_up_again()
    (checkout.bin / "python").unlink()
    (checkout.bin / "python").symlink_to("/nowhere/python3.11")
    assert any("-m venv --clear" in line for line in is_set_up_again())
    checkout.root = checkout.root.rename(checkout.root.with_name("elsewhere"))
    is_set_up_again()


def test_two_first_starts_at_once_set_up_once(checkout: Checkout) -> None:
    both = [
        subprocess.Popen(
            [checkout.root / "scripts/run", name], env=checkout.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        for name in ("one", "two")
    ]  # fmt: skip
    printed = [process.communicate(timeout=30)[0] for process in both]
    assert [line.partition(" in ")[0] for line in printed] == ["<run><one>", "<run><two>"]
    assert len(checkout.installed()) == 3
    assert not any("handed on" in line for line in printed)


def test_pip_steps_in_where_uv_cannot(checkout: Checkout) -> None:
    started = checkout.run(NO_UV="1")
    assert started.returncode == 0, started.stderr
    assert sum(line.startswith("python ") for line in checkout.installed()) == 3


def test_a_failed_set_up_starts_nothing_and_is_tried_again(checkout: Checkout) -> None:
    (checkout.tools / "uv").write_text("#!/bin/bash\nexit 1\n")
    python = checkout.tools / "python3"
    good = python.read_text()
    python.write_text(good.replace("*requirements-build.lock*) ", "*requirements-build.lock*) exit 1;"))
    failed = checkout.run()
    assert failed.returncode != 0
    assert failed.stdout == ""
    assert "the set-up failed" in failed.stderr
    python.write_text(good)
    shutil.rmtree(checkout.root / ".venv")
    (checkout.tools / "uv").write_text(UV)
    assert checkout.run().returncode == 0


def test_a_bare_debian_gets_the_missing_package_or_the_line_to_run(checkout: Checkout) -> None:
    for other in ("python3.11", "python3.12", "python3.13"):
        (checkout.tools / other).symlink_to("/bin/false")
    failed = checkout.run(NO_VENV="1")
    assert failed.returncode != 0
    asked = [line for line in checkout.called() if line.startswith("apt-get")]
    if os.geteuid() == 0:
        assert asked
        assert asked[0].endswith("install -y --no-install-recommends python3.11-venv")
    else:
        assert asked == []
        assert "apt-get install -y --no-install-recommends python3.11-venv" in failed.stderr


def ready_to_test(checkout: Checkout) -> None:
    (checkout.root / "tests").mkdir()
    (checkout.root / "tests/test_all.py").write_text("mark.process mark.browser mark.timed")
    assert checkout.run("scripts/test", "--version").returncode == 0
    checkout.called()
    checks = [checkout.bin / name for name in ("ruff", "mypy", "lint-imports")]
    for check in (*checks, checkout.root / "scripts/pages"):
        check.write_text(NOTE)
        check.chmod(0o755)
    # The runner is real and takes a real interpreter, which then starts the noted one.
    runner = checkout.root / "scripts/lib/leave_nothing.py"
    (checkout.bin / "python").write_text(
        PYTHON.replace(
            'case "$*" in',
            f'case "$*" in\n*leave_nothing.py*) exec {sys.executable} "{runner}" "${{@:2}}" ;;',
        )
    )


def test_the_tests_run_after_the_checks_and_everything_is_summed_up(checkout: Checkout) -> None:
    ready_to_test(checkout)
    done = checkout.run("scripts/test")
    assert done.returncode == 0, done.stderr
    tools = [line.split()[0] for line in checkout.called() if "leave_nothing" not in line]
    assert sorted(tools) == ["lint-imports", "mypy", "pages", *4 * ["python"], "ruff", "ruff"]
    names = ("format", "lint", "imports", "pages", "tests", "types", "processes", "browsers", "in time")
    assert [line.split(" (")[0].split(None, 1) for line in done.stdout.splitlines()[-len(names) :]] == [
        ["ok", name] for name in names
    ]


def test_a_failed_check_fails_the_whole_and_the_tests_run_all_the_same(checkout: Checkout) -> None:
    ready_to_test(checkout)
    done = checkout.run("scripts/test", FAILS="mypy")
    assert done.returncode == 1
    assert "FAILED  types" in done.stdout
    assert "ok      tests" in done.stdout
    assert checkout.run("scripts/test", TESTS_END_WITH="3").returncode == 1


def test_arguments_go_to_pytest_and_the_checks_are_said_to_be_skipped(checkout: Checkout) -> None:
    ready_to_test(checkout)
    done = checkout.run("scripts/test", "tests/store", "-k", "append or read")
    assert done.returncode == 0, done.stderr
    assert checkout.called()[-1] == "python -m pytest tests/store -k append or read"
    assert "skipped format, lint, types, imports" in done.stdout
    assert checkout.run("scripts/test", "-k", "nothing", TESTS_END_WITH="5").returncode == 1


def test_of_a_change_the_tests_run_that_it_concerns_and_a_stage_may_have_none(checkout: Checkout) -> None:
    ready_to_test(checkout)
    python = checkout.bin / "python"
    python.write_text(
        python.read_text().replace('case "$*" in', 'case "$*" in\n*lib.changed*) echo tests/x ;;', 1)
    )
    (checkout.root / "tests/x").mkdir()
    (checkout.root / "tests/x/test_timed.py").write_text("mark.timed")
    done = checkout.run("scripts/test", "--changed")
    assert done.returncode == 0, done.stdout
    asked = [line.split(" -m ")[-1] for line in checkout.called() if line.startswith("python -m pytest")]
    assert asked[0].startswith("not process and not browser tests/x")
    assert asked[1:] == ["timed tests/x/test_timed.py"]


def test_a_stage_of_the_whole_suite_that_has_no_test_fails(checkout: Checkout) -> None:
    ready_to_test(checkout)
    (checkout.root / "tests/test_all.py").write_text("mark.process mark.browser")
    done = checkout.run("scripts/test")
    assert done.returncode == 1
    assert "FAILED  in time" in done.stdout


def test_ci_runs_scripts_test_and_nothing_else() -> None:
    lines = [
        line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")
    ]
    assert len(lines) == 1
    assert lines[0].startswith("exec ")
    assert lines[0].endswith('scripts/test"')


def runner(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, ROOT / "scripts/lib/leave_nothing.py", *command],
        check=False, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_runner_hands_the_result_on() -> None:
    assert runner("true").returncode == 0
    assert runner("bash", "-c", "exit 5").returncode == 5
    assert runner("bash", "-c", "kill -KILL $$").returncode == 137


def test_what_a_test_leaves_running_is_named_and_ended(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # whoever opens it for reading waits for a writer: a process that does not end by itself
    note = tmp_path / "pid"
    done = runner("bash", "-c", f'setsid cat "{pipe}" >/dev/null 2>&1 & echo $! >"{note}"')
    pid = int(note.read_text())
    assert done.returncode == 1
    assert f"left running, now killed: {pid} cat {pipe}" in done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_ends_by_itself_soon_after_is_no_fault() -> None:
    assert runner("bash", "-c", "(read -t 0.3 <> <(:)) & exit 0").returncode == 0
