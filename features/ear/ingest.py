"""The loop of the VoiceIngest: datagrams of the phones, requests of the web, and a frame of each microphone
every 20 ms.

It runs on a thread of its own. Input of a phone costs at most the phone's own connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

import msgspec

from features.ear import wire
from features.ear.voice.opus import OpusMissing
from features.ear.voice.playout import MAX_DELAY_S
from features.ear.voices import FRAME_BYTES, Connection, Ears, Listener, TooManyOffers
from features.ear.webrtc.dtls import new_identity
from features.ear.webrtc.sdp import OfferError, parse_offer
from features.ear.webrtc.session import Address, PhoneSession
from features.ear.webrtc.shared_port import SharedPort
from messages.ids import AlertId
from runtime import logs, unix_address
from runtime.voice_socket import VoiceSocket

FRAME_S: Final = 0.02
MAX_LATE_S: Final = 0.2
"""Lateness of the clock that is made up for; beyond it frames are left out."""
RELAY_DELAY_S: Final = 1.5
"""Largest delay of a voice over TCP, whose losses come late."""
_PACKET_HEADER: Final = struct.Struct("!H")
_NUMBER: Final = struct.Struct("!I")
_BACKLOG: Final = 32
_decoder: Final = msgspec.json.Decoder(wire.Request)
_encoder: Final = msgspec.json.Encoder()


class _NoTalkBack:
    """Receiver of what the conference plays: no sound is sent to the phone."""

    def put(self, frame: bytes) -> None:
        pass

    def replaced(self) -> None:
        pass


class Ingest(asyncio.DatagramProtocol):
    """All microphones of a node."""

    def __init__(self, run: Path, udp: socket.socket, addresses: list[Address]) -> None:
        """`udp`: the bound UDP port. `addresses`: its public addresses, for the answers."""
        self._run: Final = run
        self._udp: Final = udp
        self._addresses: Final = addresses
        self._transport: asyncio.DatagramTransport
        self._port: Final = SharedPort(self._send, self._on_failed)
        self._ears: Final = Ears(self._listen)
        self._connections: dict[PhoneSession, tuple[AlertId, Connection]] = {}
        self._answers: dict[Connection, tuple[str, wire.OfferAccepted]] = {}
        """Offer and answer of each connection: an offer may be sent again."""
        self._serial = 0
        self._log: Final = logs.get("ear")

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until cancelled. `ready` is called once phones and web can be answered. Raises OSError."""
        loop = asyncio.get_running_loop()
        made, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._udp)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path = wire.ingest_socket(self._run)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unix_address.take(listener, path, backlog=_BACKLOG)
        server = await asyncio.start_unix_server(self._on_request, sock=listener, limit=wire.MAX_LINE)
        ready()
        try:
            await self._keep_time(loop)
        finally:
            made.close()
            server.close()

    async def _keep_time(self, loop: asyncio.AbstractEventLoop) -> None:
        due_s = loop.time()
        while True:
            due_s = max(due_s + FRAME_S, loop.time() - MAX_LATE_S)
            await asyncio.sleep(due_s - loop.time())
            self._port.tick(due_s)
            self._ears.tick(due_s)

    # ------------------------------------------------------------ phones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport of the UDP port."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Handle a datagram of anybody."""
        self._port.receive(data, (addr[0], addr[1]), asyncio.get_running_loop().time())

    def _send(self, data: bytes, to: Address) -> None:
        self._transport.sendto(data, to)

    def _on_failed(self, session: PhoneSession, why: str) -> None:
        alert, connection = self._connections[session]
        ear = self._ears.at(alert)
        if ear is not None:
            ear.drop(connection, why)

    def _listen(self, alert: AlertId) -> Listener:
        return VoiceSocket(wire.voice_socket(self._run, alert), _NoTalkBack(), FRAME_BYTES)

    # ------------------------------------------------------------ requests of the web

    async def _on_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                request = _decoder.decode(await reader.readuntil(b"\n"))
                answer = await self._answer(request, reader, writer)
                writer.write(_encoder.encode(answer) + b"\n")
                await writer.drain()
        except msgspec.MsgspecError as error:
            self._log.error("a request of the web cannot be read", error=str(error))
        finally:
            writer.close()

    async def _answer(
        self, request: wire.Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> object:
        match request:
            case wire.OfferRequest(alert=alert, sdp=sdp):
                return self._accept(alert, sdp)
            case wire.EndRequest(alert=alert, serial=serial):
                self._close(alert, serial)
            case wire.WatchRequest(alert=alert, serial=serial):
                await self._over(alert, serial, reader)
            case wire.RelayRequest(alert=alert):
                return await self._relay(alert, reader, writer)
            case wire.StatesRequest():
                return self._ears.states()
        return wire.Done()

    def _accept(self, alert: AlertId, sdp: str) -> wire.OfferAccepted | wire.OfferRefused:
        """Answer an offer. The same offer again has the same answer: the first answer may have been lost."""
        ear = self._ears.at(alert)
        if ear is not None and ear.newest in self._answers:
            offered, answer = self._answers[ear.newest]
            if offered == sdp:
                return answer
        now_s = asyncio.get_running_loop().time()
        try:
            offer = parse_offer(sdp)
            ear = self._ears.open(alert, now_s)
        except OfferError as error:
            return wire.OfferRefused(status=422, why=str(error))
        except TooManyOffers as error:
            return wire.OfferRefused(status=429, why=str(error))
        except OSError as error:
            return wire.OfferRefused(
                status=503, why=f"the voice cannot be offered to the conference: {error}"
            )
        session = PhoneSession(
            offer,
            new_identity(datetime.datetime.now(datetime.UTC)),
            lambda frames: self._put(connection, frames),
        )
        try:
            connection = self._connection(now_s, MAX_DELAY_S, lambda: self._forget(session, connection))
        except OpusMissing as error:
            return wire.OfferRefused(status=503, why=str(error))
        self._connections[session] = alert, connection
        self._port.add(session)
        ear.add(connection)
        answer = wire.OfferAccepted(serial=connection.serial, sdp=session.answer(self._addresses))
        self._answers[connection] = sdp, answer
        return answer

    def _connection(self, now_s: float, max_delay_s: float, end: Callable[[], None]) -> Connection:
        self._serial += 1
        return Connection(str(self._serial), now_s, max_delay_s, end)

    def _put(self, connection: Connection, frames: list[tuple[int, bytes]]) -> None:
        now_s = asyncio.get_running_loop().time()
        for number, packet in frames:
            connection.put(number, packet, now_s)

    def _forget(self, session: PhoneSession, connection: Connection) -> None:
        self._port.remove(session)
        self._connections.pop(session, None)
        self._answers.pop(connection, None)

    def _close(self, alert: AlertId, serial: str) -> None:
        """End a connection; the one that has replaced it goes on."""
        ear = self._ears.at(alert)
        if ear is None:
            return
        if not serial:
            self._ears.close(alert, "ended")
        elif ear.newest is not None and ear.newest.serial == serial:
            ear.drop(ear.newest, "ended")

    async def _over(self, alert: AlertId, serial: str, reader: asyncio.StreamReader) -> None:
        """Wait for the end of the connection, or of the web's wish to know."""
        ear = self._ears.at(alert)
        found = None if ear is None or ear.newest is None or ear.newest.serial != serial else ear.newest
        if found is None:
            return
        over = asyncio.get_running_loop().create_future()

        def tell(_why: str) -> None:
            if not over.done():
                over.set_result(None)

        found.over.append(tell)
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait((over, gone), return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        with contextlib.suppress(ValueError):
            found.over.remove(tell)

    async def _relay(
        self, alert: AlertId, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> object:
        """Take a voice that the web passes on, until the web or the connection ends."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        try:
            ear = self._ears.open(alert, loop.time())
        except (TooManyOffers, OSError) as error:
            return wire.OfferRefused(status=429, why=str(error))

        def end() -> None:
            ended.set()
            writer.close()

        connection = self._connection(loop.time(), RELAY_DELAY_S, end)
        ear.add(connection)
        try:
            while not ended.is_set():
                (size,) = _PACKET_HEADER.unpack(await reader.readexactly(_PACKET_HEADER.size))
                data = await reader.readexactly(size)
                if len(data) > _NUMBER.size:
                    connection.put(_NUMBER.unpack_from(data)[0], data[_NUMBER.size :], loop.time())
        except (asyncio.IncompleteReadError, OSError):
            if not ended.is_set():
                ear.drop(connection, "the web has ended it")
        return wire.Done()
