"""The port of a line's modem: found by the modem's IMEI, stored, and claimed, so that no other line probes
the port.

A line that is configured by a port alone uses the modem at that port. A line with an `imei` uses the modem
with that IMEI: at the port found last, unless the modem was plugged in again since, otherwise at any port
that may be probed. A line writes the port that it has found to a file, its claim. The file stays when the
center stops, so that no other line probes a port whose modem may have a call.

A mark identifies a device since it was plugged in; the mark changes when the device is plugged in again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.errors import GsmError, PortLost
from gateways.gsm.port.places import mark_of, resolve_port
from gateways.gsm.port.search import (
    ImeiQuery,
    Roles,
    SeenPort,
    is_command_port,
    ports_to_probe,
    same_imei,
    voice_port_of,
)
from gateways.gsm.port.serial_port import Port
from messages.base import MALFORMED
from model.settings.lines import Modem
from model.settings.port_names import by_card, is_address, one_name

OTHER_MODEM_RETRY_S: Final = 30.0
"""Seconds until a network address with another modem is probed again: the modem behind an address may change
unnoticed.
"""
SILENT_RETRY_S: Final = 5.0
"""Seconds until a port without an answer is probed again: a modem takes time to start."""
SEARCH_INTERVAL_S: Final = 1.0
"""Seconds between two checks of the plugged-in devices."""


def _mark(port: str) -> str:
    """Return the mark of the device now at a configured port, empty without a device; the mark of a network
    address is the address.
    """
    path = resolve_port(port)
    return one_name(path) if is_address(path) else mark_of(path)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Content of `lines/LINE.port` in the state directory: the port at which the modem of LINE was found.
    `voice`: its voice port, empty if unknown.
    """

    path: str
    mark: str
    imei: str = ""
    voice: str = ""


class _Probe(msgspec.Struct, kw_only=True):
    place: SeenPort
    port: Port
    query: ImeiQuery
    fd: int | None


class ModemLocation:
    """Search for the port of one line's modem. `others`: the other configured lines. `directory`: folder with
    the claims of all lines. `base`: dialect that every modem understands.
    """

    def __init__(
        self,
        spec: Modem,
        others: Sequence[Modem],
        directory: Path,
        *,
        places: Callable[[], list[SeenPort]],
        open_port: Callable[[str], Port],
        roles: Roles,
        base: CompiledDialect,
    ) -> None:
        self._spec = spec
        self._others = others
        self._directory = directory
        self._places = places
        self._open_port = open_port
        self._roles = roles
        self._base = base
        self._probes: list[_Probe] = []
        self._probed: dict[str, tuple[str, str, float]] = {}
        """Path, reported IMEI (empty if none was reported) and time, in seconds, of each probed port, by
        mark.
        """
        self._searched_s = float("-inf")
        self._unwritten_claim: Claim | None = None
        """Present claim if it could not be written to disk, else None."""

    # ------------------------------------------------------------------ place

    def path(self) -> str:
        """Return the path of the port to open; empty if the modem is not found yet, or no device is plugged
        in.
        """
        if not self._spec.imei:
            return resolve_port(self._spec.port)
        claim = self._claim(self._spec, self._present_ports())
        return "" if claim is None else claim.path

    def voice(self) -> str:
        """Return the path of the modem's voice port, or the name of its sound card; empty if unknown."""
        if by_card(self._spec.voice_port):
            return self._spec.voice_port.partition(":")[2] or self._own_card()
        if self._spec.voice_port:
            return resolve_port(self._spec.voice_port)
        there = self._present_ports()
        if self._spec.imei:
            claim = self._claim(self._spec, there)
            return "" if claim is None else claim.voice
        mark = _mark(self._spec.port)
        return next((voice_port_of(one, there, self._roles) for one in there if one.mark == mark), "")

    def usb(self) -> tuple[str, bool]:
        """Return the USB ids `vendor:product` of the device at the modem's port, empty without a USB device;
        and True if the table of devices names this port as the device's command port.
        """
        place = self._place()
        return ("", False) if place is None else (place.usb, is_command_port(place, self._roles))

    def _own_card(self) -> str:
        place = self._place()
        return "" if place is None else place.card

    def _place(self) -> SeenPort | None:
        path = self.path()
        names = (path, os.path.realpath(path)) if path else ()
        return next((place for place in self._places() if place.path in names), None)

    @property
    def another_modem_there(self) -> bool:
        """True if the port named in the settings was probed and its modem reported another IMEI."""
        probed = self._probed.get(_mark(self._spec.port)) if self._spec.port else None
        return probed is not None and bool(probed[1]) and not same_imei(probed[1], self._spec.imei)

    def text(self) -> str:
        """Return the state of the search in words, for the operator."""
        if not self._spec.imei:
            return f"nothing is plugged in at {self._spec.port}"
        there = {place.mark for place in self._present_ports()}
        probed = [
            f"{path} ({f'IMEI {imei}' if imei else 'no modem answers'})"
            for mark, (path, imei, _) in self._probed.items()
            if mark in there
        ]
        searched = f"searched: {', '.join(sorted(probed))}" if probed else "no other port may be queried"
        return f"no port has the modem with IMEI {self._spec.imei}; {searched}"

    # -------------------------------------------------------------------- search

    def search(self, now_s: float) -> bool:
        """Continue the search without blocking; return True if the modem was found now: `path` then returns
        its port. For a line without an IMEI there is no search: return False.
        """
        if not self._spec.imei:
            return False
        if now_s - self._searched_s >= SEARCH_INTERVAL_S and not self._probes:
            self._searched_s = now_s
            self._begin_probes(now_s)
        for probe in list(self._probes):
            self._continue_probe(probe, now_s)
            imei = probe.query.imei
            if imei is None:
                continue
            self._end_probe(probe)
            self._probed[probe.place.mark] = probe.place.path, imei, now_s
            if same_imei(imei, self._spec.imei):
                self.end_search()
                return self._write_claim(probe.place)
        return False

    def fds(self) -> list[int]:
        """Return the file descriptors to wait on during the search."""
        return [probe.fd for probe in self._probes if probe.fd is not None]

    def reject_other_modem(self, imei: str, now_s: float) -> bool:
        """Compare `imei`, as reported by the modem at the found port, with the line's IMEI. If they differ,
        delete the claim and return True: the search must begin again. The port alone proves nothing, since
        the modem behind a network address may change.
        """
        if not self._spec.imei or not imei or same_imei(imei, self._spec.imei):
            return False
        claim = self._claim(self._spec, self._present_ports())
        if claim is not None:
            self._probed[claim.mark] = claim.path, imei, now_s
        self._unwritten_claim = None
        with suppress(OSError):
            self._claim_file(self._spec).unlink(missing_ok=True)
        return True

    def end_search(self) -> None:
        """End the search: close the ports that were opened for it."""
        for probe in list(self._probes):
            self._end_probe(probe)

    def _begin_probes(self, now_s: float) -> None:
        there = self._present_ports()
        marks = {place.mark for place in there}
        self._probed = {mark: seen for mark, seen in self._probed.items() if mark in marks}
        strangers = {
            mark
            for mark, (path, imei, at_s) in self._probed.items()
            if imei and not (is_address(path) and now_s - at_s >= OTHER_MODEM_RETRY_S)
        }
        silent = {
            mark
            for mark, (_, imei, at_s) in self._probed.items()
            if not imei and now_s - at_s < SILENT_RETRY_S
        }
        for place in ports_to_probe(
            there, self._roles, strangers | self._ports_of_other_lines(there), silent
        ):
            with suppress(GsmError):
                port = self._open_port(place.path)
                probe = _Probe(place=place, port=port, query=ImeiQuery(self._base, now_s), fd=port.fileno())
                self._probes.append(probe)

    def _continue_probe(self, probe: _Probe, now_s: float) -> None:
        try:
            data = probe.port.read()
            if data:
                probe.query.receive(data, now_s)
            probe.query.tick(now_s)
            probe.port.write(probe.query.take_output())
        except PortLost:
            probe.query.imei = ""

    def _end_probe(self, probe: _Probe) -> None:
        self._probes.remove(probe)
        probe.port.close()

    def _present_ports(self) -> list[SeenPort]:
        """Return the present ports, including the port named in the settings if the machine does not list it:
        a built-in serial port, or a network address.
        """
        there = self._places()
        path, mark = resolve_port(self._spec.port), _mark(self._spec.port)
        if mark and not any(os.path.realpath(place.path) == os.path.realpath(path) for place in there):
            there.append(SeenPort(path=path, mark=mark))
        return there

    def _ports_of_other_lines(self, there: list[SeenPort]) -> set[str]:
        """Return the marks of other lines' ports: the claimed ports, and the ports named in the settings."""
        marks = set()
        for other in self._others:
            if other.imei:
                claim = self._claim(other, there)
                marks.add("" if claim is None else claim.mark)
            else:
                marks.add(_mark(other.port))
            marks.add(_mark(other.voice_port) if other.voice_port else "")
        return marks - {""}

    # ------------------------------------------------------------ claims

    def _claim(self, spec: Modem, there: list[SeenPort]) -> Claim | None:
        """Return a line's claim if it is valid, else None: the claim names the line's IMEI, and its device
        was not unplugged since.
        """
        claim = self._unwritten_claim if spec is self._spec else None
        if claim is None:
            try:
                claim = msgspec.json.decode(self._claim_file(spec).read_bytes(), type=Claim)
            except (OSError, *MALFORMED):
                return None
        current = any(place.mark == claim.mark and place.path == claim.path for place in there)
        return claim if current and same_imei(claim.imei, spec.imei) else None

    def _write_claim(self, place: SeenPort) -> bool:
        voice = voice_port_of(place, self._present_ports(), self._roles)
        claim = Claim(path=place.path, mark=place.mark, imei=self._spec.imei, voice=voice)
        file = self._claim_file(self._spec)
        part = file.with_suffix(f".{os.getpid()}")
        self._unwritten_claim = None
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            part.write_bytes(msgspec.json.encode(claim))
            part.replace(file)
        except OSError:
            # A full disk must not stop the line. The claim is kept in memory: no other process can open the
            # port while this process has it open.
            self._unwritten_claim = claim
        return True

    def _claim_file(self, spec: Modem) -> Path:
        return self._directory / f"{spec.line}.port"
