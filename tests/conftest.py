"""What all tests share: their order, the browser, the places they may write to, and hypothesis's manners.

It must not know any package of the center; fixtures of a package stand in that package's own folder.
"""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from center import features
from store.registry.access import credentials
from tests.support.complaints import Complaints
from tests.support.depth import often
from tests.support.one_application import one_application
from tests.support.postgres import PostgresServer, binaries, server

# A loaded machine of two cores is slow, not wrong: an example has no deadline of its own, the test has one.
settings.register_profile(
    "securwoman",
    max_examples=often(100),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("securwoman")

features.install()

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# The same engine without windows: it opens a page for a third of the processor's time.
WINDOWLESS = shutil.which("chromium-headless-shell") or CHROMIUM

CHROMIUM_ARGS = (
    "--no-sandbox",  # root has none to offer
    "--autoplay-policy=no-user-gesture-required",
    "--disable-gpu",
    "--font-render-hinting=none",  # letters as wide as in a window
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # a closed network answers nobody
    "--disable-component-update",
    "--disable-sync",
)

gc.disable()  # until all tests are collected: nothing goes before, and looking for it takes half of the time

expect.set_options(timeout=30_000)  # milliseconds; as above

# A development tool brings a library that prints all locals of a traceback: of a web that takes 20 s.
PLAIN = [
    *structlog.get_config()["processors"][:-1],
    structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
]

# Fast ones first: whoever waits for a failure sees it soon.
ORDER = ("scenario", "process", "browser")


def rank(item: pytest.Item) -> int:
    """0 for what runs in this process, then as in `ORDER`; the slowest of several markers counts."""
    return max((place for place, name in enumerate(ORDER, 1) if item.get_closest_marker(name)), default=0)


def patience(item: pytest.Item) -> float:
    """How long the test may take, in seconds; 0 where it does not say."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Orders the tests from fast to slow, and skips those for which the machine has no browser."""
    longest: dict[Path, float] = {}
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("browser"):
            # Playwright's loop goes on in this process, and breaks what runs a loop of its own after it.
            raise pytest.UsageError(f"{item.nodeid} opens a browser: it wants pytest.mark.browser")
        longest[item.path] = max(longest.get(item.path, 0.0), patience(item) if rank(item) > 1 else 0.0)
    # The slow files that take longest: else a worker begins such a one when the others have ended.
    items.sort(key=lambda item: (rank(item), -longest[item.path]))
    for item in items:
        if rank(item) > 1 and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(180))  # a busy machine starts a process in twenty seconds
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="NOT TESTED: no page: Chromium is not installed"))


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """A file by one worker; the flows as if they were one, for the center that they have in common."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("/test_" if nodeid.startswith("tests/flows/") else "::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile | None:
    """In place of xdist's own, where it is to go by files."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What was collected is never looked through again; what a test leaves is."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object],
) -> dict[str, object]:
    """The machine's own Chromium: the test tool would download one. It draws no picture."""
    args = [*CHROMIUM_ARGS, "--blink-settings=acceleratedCompositingEnabled=false"]
    return {**browser_type_launch_args, "executable_path": WINDOWLESS, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """Nothing that only moves: sixty pictures a second of a bell cost more than all the rest of a page."""
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session", autouse=True)
def slow_hasher() -> Iterator[Callable[[], PasswordHasher]]:
    """The center's own: slow on purpose. Tests, which are about other things, have a quick one."""
    slow = credentials._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            credentials, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        yield slow


@pytest.fixture(scope="session", autouse=True)
def _one_application() -> Iterator[None]:
    """Webs are built by the thousand, of the same routes."""
    with one_application():
        yield


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command or a node that logs as in a process of its own leaves nothing of that to other tests."""
    handlers = list(logging.getLogger().handlers)
    structlog.configure(processors=PLAIN)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


@pytest.fixture(scope="session", autouse=True)
def _scheduled_as_before() -> Iterator[None]:
    """Commands that have their process stand back run in this one, too: tests that come after them would have
    no processor as long as anybody else wants it.
    """
    set_scheduler, own = os.sched_setscheduler, os.getpid()

    def of_others(pid: int, policy: int, param: os.sched_param) -> None:
        if pid or os.getpid() != own:
            set_scheduler(pid, policy, param)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_setscheduler", of_others)
        yield
        assert os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The session's PostgreSQL server; every test has a database of its own on it, and leaves it running."""
    if binaries() is None:
        pytest.skip("NOT TESTED: nothing of PostgreSQL: no server is installed (Debian calls it postgresql)")
    with server() as running:
        yield running


@pytest.fixture(autouse=True)
def complaints(request: pytest.FixtureRequest) -> Iterator[Complaints]:
    """No test in a browser may end with a complaint of it; `browser_may_say` names what has to be there."""
    marks = request.node.iter_markers("browser_may_say")
    heard = Complaints(pattern for mark in marks for pattern in mark.args)
    if "page" in request.fixturenames:
        heard.listen(request.getfixturevalue("page"))
    yield heard
    assert heard.found == []


@pytest.fixture(scope="session", autouse=True)
def _own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test may find, or write to, the state of a center that somebody runs on this machine."""
    home: Path = tmp_path_factory.mktemp("xdg")
    before = dict(os.environ)
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(home / name.removeprefix("XDG_").lower())
    os.environ["PULSE_RUNTIME_PATH"] = str(home / "pulse")  # a browser's sound would leave a folder in /tmp
    os.environ["THESPLOG_FILE"] = str(home / "thespian.log")  # the library's own log is in /tmp otherwise
    for name in [name for name in os.environ if name.startswith("SECURWOMAN_")]:
        del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)
