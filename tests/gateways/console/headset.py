"""A browser with a headset: a fake microphone that says what a file says, and an ear in the page."""

from __future__ import annotations

import socket
import threading
import wave
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Browser, BrowserType, Page

from media.ports.voice_port import PortCounters
from media.sound.frames import FRAME_SAMPLES
from tests.conftest import CHROMIUM
from tests.support.signals import tone

WAV_HZ = 48000
ELSEWHERE = "centre.test"
"""A name of this machine that a browser does not take for it."""
FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
)
LISTENING = "ScriptProcessorNode is deprecated"
"""What the browser says to the ear in the page."""

EAR = """
window.heads = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioWorkletNode) window.heads.push({ mouth: this });
  if (this instanceof AudioWorkletNode) window.heads.at(-1).ear = this;
  return connect.call(this, to, ...rest);
};
window.listen = async (seconds) => {
  const { mouth, ear } = window.heads.at(-1);
  const { context } = ear;
  const both = new ChannelMergerNode(context, { numberOfInputs: 2 });
  const taker = context.createScriptProcessor(1024, 2, 1);
  connect.call(mouth, both, 0, 0);
  connect.call(ear, both, 0, 1);
  connect.call(both, taker);
  connect.call(taker, context.destination);
  const said = [], heard = [];
  await new Promise((done) => {
    taker.onaudioprocess = ({ inputBuffer }) => {
      for (const [kept, channel] of [[said, 0], [heard, 1]])
        for (const value of inputBuffer.getChannelData(channel)) kept.push(value * 32767);
      if (said.length >= seconds * context.sampleRate) done();
    };
  });
  taker.onaudioprocess = null;
  taker.disconnect();
  mouth.disconnect(both);
  ear.disconnect(both);
  const packed = (samples) => {
    const bytes = new Uint8Array(Int16Array.from(samples).buffer);
    const parts = [];
    for (let at = 0; at < bytes.length; at += 8192)
      parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
    return btoa(parts.join(''));
  };
  return { rate: context.sampleRate, said: packed(said), heard: packed(heard) };
};
"""


@contextmanager
def speaking_browser(kind: BrowserType, launch_args: Mapping[str, Any], folder: Path) -> Iterator[Browser]:
    """The whole browser, as operators have it; its microphone says what a file says."""
    spoken = voice_file(folder / "voice.wav")
    args = [*launch_args["args"], *FLAGS, f"--use-file-for-fake-audio-capture={spoken}"]
    browser = kind.launch(**{**launch_args, "args": args, "executable_path": CHROMIUM})
    yield browser
    browser.close()


Sound = npt.NDArray[np.float64]


def listen(page: Page, seconds: float) -> tuple[int, Sound, Sound]:
    """The device's rate, what the microphone gave and what the ear was given, in step."""
    begin_to_listen(page, seconds)
    return listened(page)


def begin_to_listen(page: Page, seconds: float) -> None:
    """The same, while something else is done."""
    page.evaluate("(seconds) => { window.listening = window.listen(seconds); }", seconds)


def listened(page: Page) -> tuple[int, Sound, Sound]:
    """What was heard meanwhile, once the time is over."""
    taken: dict[str, Any] = page.evaluate("window.listening")
    return taken["rate"], sound_of(b64decode(taken["said"])), sound_of(b64decode(taken["heard"]))


def sound_of(pcm: bytes) -> Sound:
    """s16le as numbers to reckon with."""
    return np.frombuffer(pcm, "<i2").astype(float)


def voice_file(path: Path, seconds: int = 6) -> Path:
    """A WAV of what a noise suppressor takes for speech: a hoarse tone of varying pitch, in syllables."""
    at = np.arange(seconds * WAV_HZ) / WAV_HZ
    pitch = (
        2
        * np.pi
        * np.cumsum(170 + 40 * np.sin(2 * np.pi * 0.7 * at) + 15 * np.sin(2 * np.pi * 3.1 * at))
        / WAV_HZ
    )
    sound = sum(np.sin(k * pitch) / k for k in range(1, 14))
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * at + np.sin(2 * np.pi * 0.4 * at)), 0, 1) ** 0.5
    breath = np.random.default_rng(1).normal(0, 0.05, len(at))
    samples = np.rint(7000 * syllables * (np.asarray(sound) + breath)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(WAV_HZ)
        file.writeframes(samples.tobytes())
    return path


def lag_ms(said: Sound, heard: Sound, rate_hz: int, most_s: float = 0.6) -> float:
    """By how much `heard` comes after `said`: where the two are most alike."""
    size = 1 << (len(said) * 2 - 1).bit_length()
    alike = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)))
    return float(np.argmax(alike[: int(most_s * rate_hz)])) * 1000 / rate_hz


def likeness(one: Sound, one_hz: int, other: Sound, other_hz: int) -> float:
    """How alike a sound is to that part of a longer one which is most like it: 1 for the same."""
    length = len(one) * other_hz // one_hz
    one = np.interp(np.arange(length) * one_hz / other_hz, np.arange(len(one)), one)
    size = 1 << (len(one) + len(other)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(other, size) * np.conj(np.fft.rfft(one, size)))[: len(other) - length]
    part = other[np.argmax(alike) :][:length]
    return float(alike.max() / np.sqrt((one**2).sum() * (part**2).sum()))


def longest_silence_s(heard: Sound, rate_hz: int, below: float = 300) -> float:
    """For how long nothing was louder than this."""
    ends = np.flatnonzero(np.abs(heard) >= below)
    return float(np.diff(np.concatenate(([-1], ends, [len(heard)]))).max()) / rate_hz


class Cable:
    """Between a browser and the web: TCP handed on, until it is cut, or until nothing passes any more."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._ends: list[socket.socket] = []
        self._passes = threading.Event()
        self._passes.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._spawn(self._accept)

    def cut(self) -> None:
        """Every connection ends; new ones can be had."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    @contextmanager
    def dead(self) -> Iterator[None]:
        """Nothing passes, and nobody is told."""
        self._passes.clear()
        yield
        self._passes.set()

    def close(self) -> None:
        """No more of it."""
        self._passes.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends += near, far
            self._spawn(partial(self._pass, near, far))
            self._spawn(partial(self._pass, far, near))

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self._passes.wait()
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _spawn(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()


class Party:
    """Somebody else in the conference, without a line: says a tone, or nothing, and keeps what is heard."""

    rate_hz = 8000
    wide = False

    def __init__(self, hz: float | None) -> None:
        self.heard = bytearray()
        self._hz = hz
        self._at = 0

    def read(self) -> bytes:
        if self._hz is None:
            return bytes(2 * FRAME_SAMPLES)
        self._at += FRAME_SAMPLES
        return tone(self._hz, FRAME_SAMPLES, at=self._at)

    def write(self, frame: bytes) -> None:
        self.heard += frame

    def close(self) -> None:
        pass

    def fileno(self) -> int:
        return -1

    def counters(self) -> PortCounters:
        return PortCounters()


class Echo(Party):
    """One who gives back what comes, a frame later."""

    def __init__(self) -> None:
        super().__init__(None)

    def read(self) -> bytes:
        said = bytes(self.heard) or super().read()
        self.heard.clear()
        return said
