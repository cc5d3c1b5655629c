"""Delivery of a heartbeat to a target outside. Blocks within limits, and raises no error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec

from features.watcher.beat import Answer, Heartbeat
from features.watcher.envelope import LARGEST, NotSealed, key_at
from features.watcher.settings import HeartbeatTarget, TargetKind
from gateways.connection import Connection
from gateways.webhook import signed
from messages.ids import SECOND

CONNECT_S: Final = 4.0
WITHIN_S: Final = 8.0
"""Shorter than the time to the next heartbeat."""
MEDIA_TYPE: Final = "application/octet-stream"


class HeartbeatReceived(msgspec.Struct, frozen=True, kw_only=True):
    """The heartbeat was received. `answer`: of a watcher."""

    answer: Answer | None = None


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """The heartbeat was not received."""

    why: str


Outcome = HeartbeatReceived | Away


class HttpOutlet:
    """Client that posts heartbeats over a persistent connection, reopened after a failure."""

    def __init__(self, target: HeartbeatTarget, transport: httpx.BaseTransport | None = None) -> None:
        """`transport` replaces that of the network, for tests."""
        self._target = target
        self._connection = Connection(
            within_s=WITHIN_S, connect_s=CONNECT_S, authority=target.authority, transport=transport
        )

    def deliver(self, beat: Heartbeat) -> Outcome:
        """Post the heartbeat."""
        try:
            # The key is read each time: a key replaced at run time counts at once.
            if self._target.kind is TargetKind.URL:
                return self._ping(beat)
            key = key_at(Path(self._target.key_file))
            sent = key.beat(beat)
            answer = key.answer_in(self._posted(sent, {"content-type": MEDIA_TYPE}), sent)
            return HeartbeatReceived(answer=answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._connection.close()
            # httpx's own message is dropped: the URL may hold a key.
            return Away(why=type(error).__name__)
        except NotSealed:
            return Away(why="its answer is not sealed by our key")
        except OSError as error:
            self._connection.close()
            return Away(why=error.strerror or type(error).__name__)
        except ValueError as error:
            return Away(why=f"key_file: {error}")

    def _ping(self, beat: Heartbeat) -> Outcome:
        said = msgspec.json.encode(beat)
        headers = {"content-type": "application/json"}
        if self._target.key_file:
            key = Path(self._target.key_file).read_text(encoding="ascii").strip()
            headers |= signed(
                f"{beat.node}-{beat.at}", said, key, datetime.fromtimestamp(beat.at / SECOND, UTC)
            )
        self._posted(said, headers)
        return HeartbeatReceived()

    def _posted(self, content: bytes, headers: dict[str, str]) -> bytes:
        client = self._connection.client
        with client.stream("POST", self._target.url, content=content, headers=headers) as answer:
            answer.raise_for_status()
            said = b""
            for part in answer.iter_bytes():
                said += part
                if len(said) > LARGEST:
                    break
            return said
