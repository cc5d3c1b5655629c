"""The VoiceIngest's loop over real sockets: a phone by UDP, the web and a conference by theirs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from features.ear import door, voices, wire
from features.ear.ingest import Ingest
from features.ear.voices import FRAME_BYTES
from messages.ids import AlertId
from tests.features.ear.opus_encoder import encoder
from tests.features.ear.phone import Phone
from tests.waiting import wait_until_async

ALERT = AlertId("a1")


class Lab:
    """A VoiceIngest in this process."""

    def __init__(self, run: Path, port: int, ingest: Ingest) -> None:
        self.run, self.port, self.ingest = run, port, ingest

    async def talks(self, phone: Phone, seconds: float = 0.5) -> socket.socket:
        """The phone offers its microphone, connects, and says something for so long."""
        answer = await door.offer(self.run, ALERT, phone.offer())
        assert isinstance(answer, wire.OfferAccepted), answer
        phone.accept(answer.sdp)
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.setblocking(False)
        line.connect(("127.0.0.1", self.port))
        loop = asyncio.get_running_loop()

        async def heard() -> bytes:
            return await asyncio.wait_for(loop.sock_recv(line, 2_000), 5)

        line.send(phone.check())
        assert (await heard())[:2] == b"\x01\x01"
        said = phone.handshake()
        while said:
            for one in said:
                line.send(one)
            said = [] if phone.connected else phone.handshake(await heard())
        voice = encoder()
        end_s = loop.time() + seconds
        while loop.time() < end_s:
            line.send(phone.say(voice.encode_tone()))
            await asyncio.sleep(0.02)
        return line

    def conference(self) -> socket.socket:
        """A conference that has opened the voice: it sends a frame, and is sent the user's."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        made.connect(str(wire.voice_socket(self.run, ALERT)))
        made.send(bytes(FRAME_BYTES))
        made.settimeout(5)
        return made


def frames_of(conference: socket.socket, count: int) -> list[bytes]:
    """So many frames of the user."""
    return [conference.recv(1_000) for _ in range(count)]


@asynccontextmanager
async def serving(run: Path) -> AsyncIterator[Lab]:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    udp.bind(("127.0.0.1", 0))
    port: int = udp.getsockname()[1]
    ready = asyncio.Event()
    ingest = Ingest(run, udp, [("127.0.0.1", port)])
    task = asyncio.create_task(ingest.run(ready.set))
    await asyncio.wait_for(ready.wait(), 5)
    try:
        yield Lab(run, port, ingest)
    finally:
        task.cancel()
        await asyncio.wait([task])


def in_lab(run: Path, work: Callable[[Lab], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with serving(run) as lab:
            await work(lab)

    asyncio.run(whole())


def test_what_a_phone_says_reaches_the_conference(tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        phone = Phone()
        line = await lab.talks(phone, 0.1)
        conference = lab.conference()
        talking = asyncio.ensure_future(asyncio.to_thread(frames_of, conference, 25))
        voice = encoder()
        while not talking.done():
            line.send(phone.say(voice.encode_tone()))
            await asyncio.sleep(0.02)
        frames = talking.result()
        assert {len(frame) for frame in frames} == {FRAME_BYTES}
        assert max(map(max, frames)) > 0, "a tone"
        line.close()
        conference.close()

    in_lab(tmp_path, work)


def test_the_same_offer_again_has_the_same_answer_and_another_comes_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(lab: Lab) -> None:
        phone = Phone()
        offer = phone.offer()
        first = await door.offer(lab.run, ALERT, offer)
        assert await door.offer(lab.run, ALERT, offer) == first
        too_soon = await door.offer(lab.run, ALERT, Phone().offer())
        assert isinstance(too_soon, wire.OfferRefused)
        assert too_soon.status == 429
        monkeypatch.setattr(voices, "OFFERS_S", 0.0)
        second = await door.offer(lab.run, ALERT, Phone().offer())
        assert isinstance(first, wire.OfferAccepted)
        assert isinstance(second, wire.OfferAccepted)
        assert second.serial != first.serial
        assert await door.is_over(lab.run, ALERT, first.serial), "the second has replaced it"

    in_lab(tmp_path, work)


@pytest.mark.parametrize(("sdp", "status"), [("v=0", 422), ("", 422), ("x" * 20_000, 422)])
def test_a_bad_offer_is_refused_with_the_reason(tmp_path: Path, sdp: str, status: int) -> None:
    async def work(lab: Lab) -> None:
        answer = await door.offer(lab.run, ALERT, sdp)
        assert isinstance(answer, wire.OfferRefused)
        assert answer.status == status
        assert answer.why

    in_lab(tmp_path, work)


def test_whoever_waits_for_the_end_is_told_at_the_end_and_at_the_death(tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        answer = await door.offer(lab.run, ALERT, Phone().offer())
        assert isinstance(answer, wire.OfferAccepted)
        over = asyncio.create_task(door.is_over(lab.run, ALERT, answer.serial))
        assert isinstance(await door.offer(lab.run, ALERT, "v=0"), wire.OfferRefused), "a round trip later"
        assert not over.done()
        await door.end(lab.run, ALERT, answer.serial)
        assert await asyncio.wait_for(over, 5)
        assert await door.is_over(lab.run, ALERT, "another")

    in_lab(tmp_path, work)


def test_without_an_ingest_an_offer_fails_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "ANSWERS_WITHIN_S", 0.1)
    (tmp_path / "ear").mkdir()
    with pytest.raises(door.IngestAway):
        asyncio.run(door.offer(tmp_path, ALERT, "v=0"))


def test_a_line_that_is_no_request_ends_its_connection_alone(tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        for line in (b"{}\n", b"x" * 200_000 + b"\n", b"\n", b""):
            reader, writer = await asyncio.open_unix_connection(str(wire.ingest_socket(lab.run)))
            writer.write(line)
            writer.write_eof()
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()
        assert isinstance(await door.offer(lab.run, ALERT, Phone().offer()), wire.OfferAccepted)

    in_lab(tmp_path, work)


def test_a_voice_over_the_web_that_falls_silent_is_ended_and_the_web_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices, "SILENT_S", 0.1)

    async def work(lab: Lab) -> None:
        reader, writer = await asyncio.open_unix_connection(str(wire.ingest_socket(lab.run)))
        writer.write(b'{"type":"relay","alert":"a1"}\n')
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()

    in_lab(tmp_path, work)


def test_nothing_is_kept_of_a_microphone_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices, "SILENT_S", 0.1)

    async def work(lab: Lab) -> None:
        for n in range(5):
            alert = AlertId(f"a{n}")
            assert isinstance(await door.offer(lab.run, alert, Phone().offer()), wire.OfferAccepted)
        await wait_until_async(lambda: not lab.ingest._connections)
        assert not lab.ingest._answers
        assert [path.name for path in (lab.run / "ear").iterdir()] == ["ingest.sock"]

    in_lab(tmp_path, work)


def test_a_voice_over_the_web_is_heard_as_well(tmp_path: Path) -> None:
    async def work(lab: Lab) -> None:
        _, writer = await asyncio.open_unix_connection(str(wire.ingest_socket(lab.run)))
        writer.write(b'{"type":"relay","alert":"a1"}\n')
        await wait_until_async(lambda: wire.voice_socket(lab.run, ALERT).exists())
        conference = lab.conference()
        talking = asyncio.ensure_future(asyncio.to_thread(frames_of, conference, 10))
        voice, number = encoder(), 0
        while not talking.done():
            packet = number.to_bytes(4, "big") + voice.encode_tone()
            writer.write(len(packet).to_bytes(2, "big") + packet)
            number += 1
            await asyncio.sleep(0.02)
        assert {len(frame) for frame in talking.result()} == {FRAME_BYTES}
        writer.close()
        conference.close()

    in_lab(tmp_path, work)
