"""The web's side of the VoiceIngest's socket: ask, and wait for an answer."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Final

import msgspec

from features.ear import wire
from messages.ids import AlertId
from runtime import unix_address

ANSWERS_WITHIN_S: Final = 3.0
"""Time in which a VoiceIngest that has just died has a successor."""
_AGAIN_S: Final = 0.03
WATCH_S: Final = 25.0
"""Time after which a request that waits for the end of a connection is answered, and sent again: proxies end
requests that last longer than half a minute.
"""

_answers: Final = msgspec.json.Decoder(wire.OfferAccepted | wire.OfferRefused | wire.Done)
_encoder: Final = msgspec.json.Encoder()


class IngestAway(Exception):
    """No VoiceIngest answers at this node."""


async def offer(run: Path, alert: AlertId, sdp: str) -> wire.OfferAccepted | wire.OfferRefused:
    """Return the answer to an offer. Raises IngestAway after ANSWERS_WITHIN_S."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + ANSWERS_WITHIN_S
    while True:
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout_at(end_s):
                answer = await _ask(run, wire.OfferRequest(alert=alert, sdp=sdp))
                if not isinstance(answer, wire.Done):
                    return answer
        if loop.time() >= end_s:
            raise IngestAway("no process receives microphones at this node")
        await asyncio.sleep(_AGAIN_S)


async def end(run: Path, alert: AlertId, serial: str = "") -> None:
    """End a connection of the alert; without a serial the whole microphone. A dead VoiceIngest has ended
    both.
    """
    with contextlib.suppress(OSError, EOFError, TimeoutError):
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await _ask(run, wire.EndRequest(alert=alert, serial=serial))


async def is_over(run: Path, alert: AlertId, serial: str) -> bool:
    """Wait for the end of a connection; return False if the connection lives after WATCH_S.

    The kernel closes the socket at the death of the VoiceIngest, so that the phone learns of the death within
    a round trip.
    """
    try:
        async with asyncio.timeout(WATCH_S):
            await _ask(run, wire.WatchRequest(alert=alert, serial=serial))
    except TimeoutError:
        return False
    except (OSError, EOFError):
        return True
    return True


async def _ask(run: Path, request: wire.Request) -> wire.OfferAccepted | wire.OfferRefused | wire.Done:
    """Return the answer. Raises OSError, EOFError."""
    path = wire.ingest_socket(run)
    with unix_address.folder(path) as folder:
        reader, writer = await asyncio.open_unix_connection(f"{folder}/{path.name}", limit=wire.MAX_LINE)
    try:
        writer.write(_encoder.encode(request) + b"\n")
        await writer.drain()
        answer: wire.OfferAccepted | wire.OfferRefused | wire.Done
        answer = _answers.decode(await reader.readuntil(b"\n"))
        return answer
    finally:
        writer.close()
