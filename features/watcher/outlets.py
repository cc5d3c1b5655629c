"""The way of a heartbeat to somebody outside. Blocks within bounds, and raises nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec

from features.watcher.beat import Answer, Beat
from features.watcher.envelope import LARGEST, NotSealed, key_at
from features.watcher.settings import HeartbeatTarget, TargetKind
from gateways.connection import Connection
from gateways.webhook import signed
from messages.ids import SECOND

CONNECT_S: Final = 4.0
WITHIN_S: Final = 8.0
"""Less than the time to the next one."""
MEDIA_TYPE: Final = "application/octet-stream"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """It was heard there. `answer`: of a watcher."""

    answer: Answer | None = None


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """It was not."""

    why: str


Outcome = Told | Away


class Post:
    """A POST a heartbeat. The connection stays; after a failure the next one is a new one."""

    def __init__(self, target: HeartbeatTarget, transport: httpx.BaseTransport | None = None) -> None:
        """`transport`: in place of the network's own."""
        self._target = target
        self._connection = Connection(
            within_s=WITHIN_S, connect_s=CONNECT_S, authority=target.authority, transport=transport
        )

    def deliver(self, beat: Beat) -> Outcome:
        """Say it."""
        try:
            # Read each time: one that is exchanged while the center runs is good at once.
            if self._target.kind is TargetKind.URL:
                return self._ping(beat)
            key = key_at(Path(self._target.key_file))
            sent = key.beat(beat)
            answer = key.answer_in(self._posted(sent, {"content-type": MEDIA_TYPE}), sent)
            return Told(answer=answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._connection.close()
            # Not what httpx says: the address may hold a key.
            return Away(why=type(error).__name__)
        except NotSealed:
            return Away(why="its answer is not sealed by our key")
        except OSError as error:
            self._connection.close()
            return Away(why=error.strerror or type(error).__name__)
        except ValueError as error:
            return Away(why=f"key_file: {error}")

    def _ping(self, beat: Beat) -> Outcome:
        said = msgspec.json.encode(beat)
        headers = {"content-type": "application/json"}
        if self._target.key_file:
            key = Path(self._target.key_file).read_text(encoding="ascii").strip()
            headers |= signed(
                f"{beat.node}-{beat.at}", said, key, datetime.fromtimestamp(beat.at / SECOND, UTC)
            )
        self._posted(said, headers)
        return Told()

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
