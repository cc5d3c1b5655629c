"""Somebody else's AT modem, served over TCP: 3GPP TS 27.007 from one page, with a small network behind it.

Written for its test alone. It must not share a line with the simulated carrier, nor with the gateway: what
both of those take for granted a stranger need not. It announces nothing of a vendor's, has no voice for the
host, and echoes until it is told not to.
"""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from dataclasses import dataclass
from typing import Final

ACTIVE, HELD, DIALLING, ALERTING, INCOMING, WAITING = range(6)
"""<stat> of +CLCC (27.007 clause 7.18)."""

IMEI: Final = "353338974102836"
ALERTS_AFTER_S: Final = 0.3
ANSWERS_AFTER_S: Final = 0.8
RINGS_EVERY_S: Final = 1.0
TURN_S: Final = 0.01

_SAYS: Final = {
    "I": ["Nobody's modem"],
    "+CGMI": ["Nobody"],
    "+CGMM": ["One page"],
    "+CGMR": ["1"],
    "+CGSN": [IMEI],
    "+CPIN?": ["+CPIN: READY"],
    "+CREG?": ["+CREG: 1,1"],
    "+CSQ": ["+CSQ: 22,99"],
    "+CMGF?": ["+CMGF: 0"],
    "+CRC?": ["+CRC: 1"],
    "+CEER": ["+CEER: No cause information available"],
    "+CMGL=4": [],
}
_TAKES: Final = re.compile(r"V1|&D0|\+(?:CLIP|CRC|CCWA|CSSN|CREG|CMGF|CPMS|CNMI|VTS)=.+")


@dataclass
class Call:
    """One row of the list of calls."""

    index: int
    incoming: bool
    number: str
    stat: int
    since_s: float
    joined: bool = False
    rung_s: float = 0.0


class StrangerModem:
    """Serves one host at a time, in a thread of its own. Everybody who is called answers."""

    def __init__(self) -> None:
        self.dialled: list[str] = []
        """Every number that the host has called, in order."""
        self._lock = threading.RLock()
        self._calls: list[Call] = []
        self._echoes = True
        self._names_errors = "0"
        self._line = bytearray()
        self._host: socket.socket | None = None
        self._listening: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self._place: Final = self._listening.getsockname()
        self.address: Final = f"socket://{self._place[0]}:{self._place[1]}"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    # ------------------------------------------------------------ what happens around it

    def called_by(self, number: str) -> None:
        """Somebody calls it."""
        with self._lock:
            stat = WAITING if self._calls else INCOMING
            self._calls.append(Call(self._free_index(), True, number, stat, time.monotonic()))
            if stat == WAITING:
                self._say(f'+CCWA: "{number}",145,1')

    def hung_up_by(self, number: str) -> None:
        """Whoever has this number ends the call."""
        with self._lock:
            for call in [one for one in self._calls if one.number == number]:
                self._end(call)
                self._say("NO CARRIER")

    def talking(self) -> set[str]:
        """Who hears whom now, the host's silence aside."""
        with self._lock:
            return {call.number for call in self._calls if call.stat == ACTIVE}

    def numbers(self) -> list[str]:
        """Who is in a call of it, in whatever state."""
        with self._lock:
            return [call.number for call in self._calls]

    def cut(self) -> None:
        """The cable is pulled: the connection ends and no other is taken. Its calls go on."""
        with self._lock:
            for end in (self._listening, self._host):
                if end is not None:
                    end.close()
            self._listening = self._host = None

    def mend(self) -> None:
        """The cable is back."""
        with self._lock:
            self._listening = socket.create_server(self._place)

    @property
    def is_connected(self) -> bool:
        """Whether a host is there."""
        return self._host is not None

    def close(self) -> None:
        """End it."""
        self._ending.set()
        self._thread.join(10)
        self.cut()

    # ------------------------------------------------------------ time and bytes

    def _serve(self) -> None:
        while not self._ending.wait(TURN_S):
            with self._lock:
                self._network(time.monotonic())
                end = self._host or self._listening
                if end is not None and select.select([end], [], [], 0)[0]:
                    self._accept() if self._host is None else self._hear()

    def _accept(self) -> None:
        assert self._listening is not None
        self._host, _ = self._listening.accept()
        self._line.clear()

    def _hear(self) -> None:
        assert self._host is not None
        try:
            data = self._host.recv(1024)
        except OSError:
            data = b""
        if not data:
            self._host.close()
            self._host = None
        if self._echoes:
            self._send(data)
        for byte in data:
            if byte == 0x0D:
                line, self._line = self._line.decode("ascii", "replace"), bytearray()
                self._command(line.strip("\x1b\n"))
            else:
                self._line.append(byte)

    def _network(self, now_s: float) -> None:
        for call in self._calls:
            if call.stat == DIALLING and now_s - call.since_s >= ALERTS_AFTER_S:
                call.stat = ALERTING
            elif call.stat == ALERTING and now_s - call.since_s >= ANSWERS_AFTER_S:
                call.stat = ACTIVE
            elif call.stat == INCOMING and now_s - call.rung_s >= RINGS_EVERY_S:
                call.rung_s = now_s
                self._say("+CRING: VOICE", f'+CLIP: "{call.number}",145')

    def _send(self, data: bytes) -> None:
        if self._host is not None and data:
            try:
                self._host.sendall(data)
            except OSError:
                return  # who has gone is found when it is read

    def _say(self, *lines: str) -> None:
        self._send("".join(f"\r\n{line}\r\n" for line in lines).encode("ascii"))

    # ------------------------------------------------------------ commands

    def _command(self, line: str) -> None:
        command = line.upper().removeprefix("AT")
        if not line.upper().startswith("AT"):
            return
        if dial := re.fullmatch(r"D(\+?\d+);", command):
            done = self._dial(dial[1])
        elif verb := re.fullmatch(r"\+CHLD=([0-4])(\d?)", command):
            done = self._held(verb[1], verb[2])
        elif command == "A":
            done = self._answer()
        elif command in ("+CHUP", "H"):
            done = self._hang_up()
        elif command in ("E0", "E1"):
            self._echoes, done = command == "E1", True
        elif command.startswith("+CMEE="):
            self._names_errors, done = command[-1], True
        elif command == "+CMEE?":
            self._say(f"+CMEE: {self._names_errors}")
            done = True
        elif command == "+CLCC":
            self._say(*(_row(call) for call in self._calls))
            done = True
        else:
            self._say(*_SAYS.get(command, []))
            done = not command or command in _SAYS or _TAKES.fullmatch(command) is not None
        self._say("OK" if done else "+CME ERROR: 3" if self._names_errors == "1" else "ERROR")

    def _dial(self, number: str) -> bool:
        if any(call.stat in (DIALLING, ALERTING, INCOMING) for call in self._calls):
            return False
        if any(call.stat == HELD for call in self._calls) and any(
            call.stat == ACTIVE for call in self._calls
        ):
            return False
        self._move(ACTIVE, HELD)
        self.dialled.append(number)
        self._calls.append(Call(self._free_index(), False, number, DIALLING, time.monotonic()))
        return True

    def _answer(self) -> bool:
        return self._move(INCOMING, ACTIVE)

    def _hang_up(self) -> bool:
        for call in [one for one in self._calls if one.stat not in (HELD, WAITING)]:
            self._end(call)
        return True

    def _held(self, verb: str, index: str) -> bool:
        """22.030 clause 6.5.5."""
        up = [call for call in self._calls if call.stat == ACTIVE]
        on_hold = [call for call in self._calls if call.stat == HELD]
        waiting = [call for call in self._calls if call.stat == WAITING]
        if verb == "1" and index:
            ending = [call for call in self._calls if call.index == int(index)]
            for call in ending:
                self._end(call)
            return bool(ending)
        if verb in "01" and not index:
            for call in (waiting or on_hold) if verb == "0" else up:
                self._end(call)
            return verb == "0" or self._take(waiting or on_hold)
        if verb == "2" and not index:
            self._move(ACTIVE, HELD)
            return self._take(waiting or on_hold) or bool(up)
        if verb == "3" and up and on_hold:
            for call in (*up, *on_hold):
                call.stat, call.joined = ACTIVE, True
            return True
        return False

    # ------------------------------------------------------------ calls

    def _take(self, calls: list[Call]) -> bool:
        for call in calls:
            call.stat = ACTIVE
        return bool(calls)

    def _move(self, before: int, after: int) -> bool:
        moved = [call for call in self._calls if call.stat == before]
        for call in moved:
            call.stat = after
        return bool(moved)

    def _end(self, call: Call) -> None:
        self._calls.remove(call)
        left = [one for one in self._calls if one.joined]
        if len(left) == 1:
            left[0].joined = False

    def _free_index(self) -> int:
        return next(n for n in range(1, 9) if all(call.index != n for call in self._calls))


def _row(call: Call) -> str:
    kind = 145 if call.number.startswith("+") else 129
    fields = (call.index, int(call.incoming), call.stat, 0, int(call.joined))
    return f'+CLCC: {",".join(map(str, fields))},"{call.number}",{kind}'
