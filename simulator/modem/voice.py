"""Voice port of a modem: state and sound; and processing of sent voice, with faults from its vices.
Independent of PTYs; the reader and writer are the clock.

Frames are s16le, 20 ms each: 320 bytes at 8 kHz, 640 at 16 kHz (SIMCom after `AT+CPCMFRM=1`).
"""

from __future__ import annotations

import struct
from random import Random

from simulator.modem.calls.legs import CONNECTED_STATES, OUTGOING_SETUP_STATES, Leg, Stat
from simulator.modem.calls.line import ModemLine
from simulator.modem.command_line import NOT_ALLOWED, AtError
from simulator.modem.dialect import Dialect
from simulator.modem.vices import Vices
from simulator.network.phone import as_phone
from simulator.network.sound import RATE_HZ, SAMPLE_BYTES, ringback
from simulator.network.voice import double_rate, halve_rate, mix, samples

FRAME_BYTES = RATE_HZ // 50 * SAMPLE_BYTES
MOST, LEAST = 32767, -32768


class SentVoice:
    """Processing of one modem's sent voice, while its voice is on. s16le at 8 kHz."""

    def __init__(self, seed: str) -> None:
        self._chance = Random(seed)
        self._delay_buffer = bytearray()
        self._late_s = 0.0
        self._in_frame, self._lost = 0, False

    def process(self, pcm: bytes, vices: Vices) -> bytes:
        """Return the sent voice, as many bytes as were written."""
        if vices.says_silence:
            pcm = bytes(len(pcm))
        if vices.voice_db:
            pcm = _louder(pcm, 10 ** (vices.voice_db / 20))
        if vices.voice_loss:
            pcm = self._with_gaps(pcm, vices.voice_loss)
        return self._delayed(pcm, vices.voice_late_s or 0.0)

    def _with_gaps(self, pcm: bytes, share: float) -> bytes:
        """Replace whole frames, for any division of the host's input."""
        sent = bytearray()
        at = 0
        while at < len(pcm):
            if self._in_frame == 0:
                self._lost = self._chance.random() < share
            size = min(FRAME_BYTES - self._in_frame, len(pcm) - at)
            sent += bytes(size) if self._lost else pcm[at : at + size]
            at += size
            self._in_frame = (self._in_frame + size) % FRAME_BYTES
        return bytes(sent)

    def _delayed(self, pcm: bytes, late_s: float) -> bytes:
        if late_s != self._late_s:
            self._late_s = late_s
            self._delay_buffer = bytearray(int(late_s * RATE_HZ) * SAMPLE_BYTES)
        if not late_s:
            return pcm
        self._delay_buffer += pcm
        sent = bytes(self._delay_buffer[: len(pcm)])
        del self._delay_buffer[: len(pcm)]
        return sent


def _louder(pcm: bytes, times: float) -> bytes:
    louder = [max(LEAST, min(MOST, round(one * times))) for one in samples(pcm)]
    return struct.pack(f"<{len(louder)}h", *louder)


FRAME_S = 0.02
HERE, ELSEWHERE = "1,0", "1,2"
"""Values of Quectel's `+QPCMV`: voice at the second port, or at the sound card."""


class ModemVoice:
    """PCM side of one modem."""

    def __init__(self, line: ModemLine, dialect: Dialect) -> None:
        self._line = line
        self._dialect = dialect
        self._on_in_period: int | None = None
        self._dead_in_period: int | None = None
        self._left_over = b""
        self._uplink = SentVoice(line.config.name)
        self.power_on()

    def power_on(self) -> None:
        """Restore the factory state."""
        self.told_wide = self.told_narrow = False
        """True after `AT+CPCMFRM=1` or `AT+CPCMBANDWIDTH=1,1`."""
        self._qpcmv = ELSEWHERE if self._line.vices.pcm_left else ""
        """Value of Quectel's `+QPCMV`, independent of calls; empty: off."""
        self._voiced = 0
        """Number of calls with voice since power-on."""
        self._counted_in_period: int | None = None
        self._ahead = 0
        """Bytes written minus bytes read."""
        self._stopped = False

    @property
    def is_wideband(self) -> bool:
        """True at 16 kHz."""
        return self.told_wide or (self._line.vices.wide_over_volte is True and not self.told_narrow)

    @property
    def degraded(self) -> bool:
        """True if too many calls had voice, not counting the present one."""
        limit = self._line.vices.pcm_worn_after or 0
        before = self._voiced - (self._counted_in_period == self._line.legs.voice_period)
        return 0 < limit <= before

    @property
    def available(self) -> bool:
        """True if the firmware has voice to the host."""
        return self._line.config.voice and not self._line.vices.data_only

    @property
    def has_card(self) -> bool:
        """True if the modem has a sound card beside its voice port."""
        return self.available and self._line.config.sound_card

    @property
    def by_card(self) -> bool:
        """True if voice flows at the modem's sound card, and not at its voice port."""
        return self._qpcmv == ELSEWHERE

    @property
    def is_on(self) -> bool:
        """True if the host has switched voice on, in this call."""
        by_qpcmv = self._qpcmv == HERE or (self.by_card and self.has_card)
        switched = self._on_in_period == self._line.legs.voice_period or by_qpcmv
        return self.available and (switched or self._dialect.voice_switch == "none")

    @property
    def rate_hz(self) -> int:
        return 2 * RATE_HZ if self.is_wideband else RATE_HZ

    @property
    def frame_bytes(self) -> int:
        """Size of a frame of 20 ms at the present rate, in bytes."""
        return int(self.rate_hz * FRAME_S) * SAMPLE_BYTES

    def set_on(self, on: bool, now_s: float) -> None:
        """Handle `^DDSETEX=2`, `+CPCMREG=1|0`. SIMCom allows it only during an active call. Raises
        AtError.
        """
        if on and self._dialect.voice_switch == "cpcmreg" and not self._line.legs.in_states(Stat.ACTIVE):
            raise AtError(NOT_ALLOWED)
        if on and self._is_too_early(now_s):
            raise AtError(NOT_ALLOWED)
        if on and self._counted_in_period != self._line.legs.voice_period:
            self._counted_in_period = self._line.legs.voice_period
            self._voiced += 1
        self._on_in_period = self._line.legs.voice_period if on else None
        self._left_over, self._ahead, self._stopped = b"", 0, False

    def _is_too_early(self, now_s: float) -> bool:
        """Return True if it is too soon after the answer."""
        vices = self._line.vices
        answered = [leg.connected_at_s for leg in self._line.legs.in_states(Stat.ACTIVE)]
        latest_s = max((at_s for at_s in answered if at_s is not None), default=now_s)
        refuses = not vices.pcm_worn_after or self.degraded
        return refuses and now_s - latest_s < (vices.cpcmreg_refused_s or 0)

    @property
    def qpcmv_setting(self) -> str:
        """Setting of `+QPCMV`, as answered to `?`."""
        return self._qpcmv or "0,0"

    def set_qpcmv(self, where: str) -> None:
        """Handle `+QPCMV=1,0`, `=1,2`; empty: `=0`. Raises AtError while another value is set."""
        if where and self._qpcmv not in ("", where):
            raise AtError(NOT_ALLOWED)
        legs = self._line.legs
        late = bool(legs.in_states(*OUTGOING_SETUP_STATES, *CONNECTED_STATES)) and not self._qpcmv
        if where and late and self._line.vices.late_voice_dead:
            self._dead_in_period = legs.voice_period
        self._qpcmv = where

    def is_flowing(self) -> bool:
        """Return True if frames flow: voice is on, and a call is active (or reported so)."""
        return (
            self.is_on
            and self._dead_in_period != self._line.legs.voice_period
            and any(leg.stat is Stat.ACTIVE for leg in self._line.legs)
        )

    def read(self, n_bytes: int, now_s: float) -> bytes:
        """Return the next `n_bytes` for the host: the sum of all parties in conversation; empty while not
        running.
        """
        if not self.is_flowing():
            return b""
        self._ahead -= n_bytes
        if self._line.vices.no_voice or self.degraded:
            return bytes(n_bytes)
        if self.is_wideband:
            return double_rate(self._mixed_voice(n_bytes // 4 * SAMPLE_BYTES, now_s))
        return self._mixed_voice(n_bytes // SAMPLE_BYTES * SAMPLE_BYTES, now_s)

    def write(self, pcm: bytes, now_s: float) -> None:
        """Send voice of the host to all parties in conversation; lost while not running."""
        if not self.is_flowing():
            return
        self._ahead += len(pcm)
        limit = self._line.vices.stops_on_imbalance or 0
        self._stopped = self._stopped or 0 < limit * self.frame_bytes < abs(self._ahead)
        if self._stopped or self.degraded:
            return
        pcm = self._left_over + pcm
        unit = 2 * SAMPLE_BYTES if self.is_wideband else SAMPLE_BYTES
        whole = len(pcm) // unit * unit
        self._left_over = pcm[whole:]
        narrow = self._uplink.process(
            halve_rate(pcm[:whole]) if self.is_wideband else pcm[:whole], self._line.vices
        )
        if narrow:
            for call in self._line.calls_in_conversation():
                if (peer := call.other(self._line)) is not None:
                    peer.receive_voice(call, narrow, now_s)

    def _mixed_voice(self, n_bytes: int, now_s: float) -> bytes:
        return mix(
            [self._voice_of(leg, n_bytes, now_s) for leg in self._line.legs.in_states(Stat.ACTIVE)], n_bytes
        )

    def _voice_of(self, leg: Leg, n_bytes: int, now_s: float) -> bytes:
        answered_at_s = leg.call.answered_at_s
        if answered_at_s is None:  # early answer: the network's ringback is audible
            return leg.listening_position.read(ringback(), leg.call.ringing_at_s or now_s, n_bytes, now_s)
        phone = as_phone(leg.peer(self._line))
        if phone is None:
            return leg.voice_queue.take(n_bytes)
        return leg.listening_position.read(phone.said, answered_at_s, n_bytes, now_s)
