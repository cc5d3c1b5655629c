"""A whole center posts the end of an alert; what the settings leave out is no command."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.support.center import center, command_line, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class Desk(HTTPServer):
    """Who is posted to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.came: list[dict[str, object]] = []


class Asked(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.came.append(Webhook(KEY).verify(body, dict(self.headers.items())))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Nothing."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_the_end_of_an_alert_is_posted_signed(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "key").write_text(KEY)
    config = tmp_path / "center.toml"
    url = f"http://127.0.0.1:{desk.server_port}/"
    config.write_text(f'[webhooks]\nurl = "{url}"\nkey_file = "key"\n')
    with center(tmp_path, simulation(), "--config", str(config)) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "declare_false_alarm").status_code == 202
        made.until("it was posted", lambda: desk.came)
        assert "webhooks" in command_line("ps", "--state", str(made.state.path)).stdout
    (said,) = desk.came
    assert said["type"] == "alert.closed"
    assert isinstance(said["data"], dict)
    assert (said["data"]["alert"], said["data"]["outcome"]) == (alert, "false_alarm")


def test_a_feature_that_is_left_out_has_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "center.toml"
    config.write_text('features_off = ["duty"]\n')
    monkeypatch.setenv("SECURWOMAN_CONFIG", str(config))
    done = command_line("duty", "list", "--state", str(tmp_path))
    assert done.returncode == 2
    assert 'Unknown command "duty"' in done.stderr
    assert "features_off" not in command_line("doctor", "--config", str(config)).stdout
    config.write_text('features_off = ["dutty"]\n')
    assert "there is no feature dutty" in command_line("doctor", "--config", str(config)).stdout
