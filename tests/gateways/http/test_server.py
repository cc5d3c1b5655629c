"""The web process itself: it starts, is killed, starts again, and ends in order."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from gateways.http.server import listen
from store.journal.notify import SocketNotifier, topic_of_kind
from store.streams import StreamKind
from tests.gateways.http.place import GIULIA, ROOT, Place, WebProcess

pytestmark = pytest.mark.process


@pytest.fixture
def process(place: Place) -> Iterator[WebProcess]:
    """A running web."""
    started = WebProcess(place)
    yield started
    started.kill()


def read_to_end(console: ClientConnection) -> None:
    while True:
        console.recv(10)


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: object = None
) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {**headers, "content-type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, json.loads(content)


def test_s01_an_alert_is_taken_while_no_actor_runs_and_survives_kill_9(
    place: Place, process: WebProcess
) -> None:
    raised = {"id": "the-first-press", "phone": GIULIA}
    status, said = ask(process.port, "POST", "/v1/alerts", place.app(), raised)
    assert status == 202
    process.kill()
    again = WebProcess(place, process.port)
    try:
        status, state = ask(again.port, "GET", f"/v1/alerts/{said['alert']}", place.app())
        assert (status, state["phase"]) == (200, "received")
        status, same = ask(again.port, "POST", "/v1/alerts", place.app(), raised)
        assert (status, same["alert"]) == (200, said["alert"])
    finally:
        again.kill()


def test_the_actors_are_woken_by_each_alert(place: Place, process: WebProcess) -> None:
    ear = SocketNotifier(place.state / "run" / "notify").listen(topic_of_kind(StreamKind.INBOX))
    for phone in (GIULIA, "+393331112224"):
        ask(process.port, "POST", "/v1/alerts", place.app(), {"phone": phone})
        assert select.select([ear], [], [], 10)[0]
        assert ear.drain()
    ear.close()


def test_it_ends_in_order_with_a_long_poll_and_a_console_open(place: Place, process: WebProcess) -> None:
    _, said = ask(process.port, "POST", "/v1/alerts", place.app(), {"phone": GIULIA})
    answers: list[tuple[int, dict[str, object]]] = []
    path = f"/v1/alerts/{said['alert']}?wait=30"
    poll = threading.Thread(target=lambda: answers.append(ask(process.port, "GET", path, place.app())))
    poll.start()
    with connect(f"ws://127.0.0.1:{process.port}/v1/console", additional_headers=place.operator()) as console:
        assert json.loads(console.recv(10))["type"] == "snapshot"
        begun = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            read_to_end(console)
    assert process.process.wait(10) == 0
    assert time.monotonic() - begun < 5
    poll.join(10)
    assert answers == [] or answers[0][0] == 200
    assert process.stdout.read_text() == ""


def test_who_knocks_while_the_web_is_down_is_answered_by_the_next_one(place: Place) -> None:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    settings = place.settings(listen_fd=listener.fileno())
    file = place.state / "settings.json"
    file.write_bytes(msgspec.json.encode(settings))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "center.node.web_alone", str(file)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            pass_fds=(listener.fileno(),),
        )

    first = start()
    second: subprocess.Popen[bytes] | None = None
    try:
        assert ask(port, "POST", "/v1/alerts", place.app(), {"phone": GIULIA})[0] == 202
        first.kill()
        first.wait(10)
        knocking: list[tuple[int, dict[str, object]]] = []
        thread = threading.Thread(
            target=lambda: knocking.append(
                ask(port, "POST", "/v1/alerts", place.app(), {"phone": "+393331112224"})
            )
        )
        thread.start()
        second = start()
        thread.join(20)
        assert [status for status, _ in knocking] == [202]
        second.terminate()
        assert second.wait(10) == 0
    finally:
        for process in (first, second):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(10)
        listener.close()


IMPORTED_AFTER = """
import sys, threading
from pathlib import Path
import msgspec
from gateways.http.server import rehearse
from gateways.http.settings import decoded
rehearse()
assert not {"numpy", "cyclopts"} & sys.modules.keys(), "what the bridges and the command line need"
from gateways.http.server import serve
before = set(sys.modules)
def listening(host, port):
    print(*sorted(set(sys.modules) - before), flush=True)
    import os, signal
    os.kill(os.getpid(), signal.SIGTERM)
serve(decoded(Path(sys.argv[1]).read_bytes()), listening)
"""


def test_a_web_that_has_rehearsed_has_nothing_left_to_import(place: Place) -> None:
    settings = place.state / "settings.json"
    settings.write_bytes(msgspec.json.encode(place.settings()))
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED_AFTER, str(settings)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    # What looks up the address of its own listener is not there when that is handed to it.
    assert set(done.stdout.split()) <= {"encodings.idna", "stringprep"}
