"""The nemesis' own deeds: processes, the whole center, lines, telephones, the disk, the journal, commands."""

from __future__ import annotations

import signal
import sqlite3
import threading
from contextlib import closing, suppress

import httpx

from application.state.processes import send_signal
from messages.ids import Party, Role
from tests.chaos.harness.strikes import Place
from tests.chaos.nemesis.deeds import (
    BEHAVIOURS,
    HANGS_UP_NOW,
    KNOWN_USERS,
    LINES,
    PUBLIC,
    VICES,
    Command,
    Disk,
    Line,
    Lock,
    Phone,
    Strike,
    Whole,
)
from tests.chaos.nemesis.done import Done
from tests.chaos.nemesis.story import Story
from tests.chaos.nemesis.world import PHONES, PSAP, SECOND_PSAP, STAFF, USUAL, World
from tests.support.disks import fill

LINE_OUT_S = 15.0
COMMAND_WITHIN_S = 240.0
"""A proof waits until no alert is open."""


class Faults:
    """See the module. Each deed lasts as long as its fault; once all is healed they end early."""

    def __init__(self, world: World, done: Done, story: Story, ends: threading.Event) -> None:
        self.world, self.done, self.story = world, done, story
        self._ends = ends
        self.machines: set[str] = set()
        """Phones that a machine answers just now."""
        self._full = threading.Lock()

    # ------------------------------------------------------------ processes

    def strike(self, deed: Strike) -> None:
        """SIGKILL, or SIGSTOP and then SIGCONT."""
        there = sorted((one for one in self.world.places() if one.role is deed.role), key=lambda one: one.key)
        if deed.busy:
            there = [one for one in there if one.alert is not None] or there
        if not there:
            return
        struck = there[deed.pick % len(there)]
        self.done.struck(struck.role, struck.key)
        verb = "freeze" if deed.frozen_s else "kill"
        self.done.say(f"{verb} {struck.role} {struck.key} {struck.alert or ''}")
        self._hit(struck, deed.frozen_s)

    def _hit(self, struck: Place, frozen_s: float) -> None:
        if not frozen_s:
            send_signal(struck.process, signal.SIGKILL)
            return
        send_signal(struck.process, signal.SIGSTOP)
        self._ends.wait(frozen_s)
        send_signal(struck.process, signal.SIGCONT)

    def whole(self, deed: Whole) -> None:
        """All of it, or the node alone; a service manager starts it again. Of several nodes one."""
        for line in LINES:
            self.done.struck(Role.GSM_MODEM, line)
        self.done.struck(Role.NODE, "")
        node = self.world.nodes[deed.node % len(self.world.nodes)]
        self.done.say(f"{deed.how} the whole of {node.name}, down for {deed.down_s} s")
        if wrong := node.end_whole(deed.how, deed.down_s):
            self.done.odd.append(wrong)

    # ------------------------------------------------------------ lines and telephones

    def line(self, deed: Line) -> None:
        """Until it is mended."""
        self.done.line_fails(deed.line, deed.for_s)
        self.done.say(f"{deed.fault} {deed.line} for {deed.for_s} s")
        carrier, at = self.world.center.carrier, f"/modems/{deed.line}"
        match deed.fault:
            case "unplug":
                carrier.post(f"{at}/unplug")
                self._ends.wait(deed.for_s)
                self._plug(deed.line)
            case "mute" | "garble":
                carrier.post(f"{at}/{deed.fault}", json={"for_s": deed.for_s})
            case "reboot":
                carrier.post(f"{at}/reboot")
            case _:
                worse, better = VICES[deed.fault]
                carrier.post(f"{at}/vices", json=worse)
                self._ends.wait(deed.for_s)
                carrier.post(f"{at}/vices", json=better)

    def _plug(self, line: str) -> None:
        """One that is plugged in already would get other ports."""
        carrier = self.world.center.carrier
        if carrier.get(f"/modems/{line}").json()["at"] is None:
            carrier.post(f"/modems/{line}/plug")

    def phone(self, deed: Phone) -> None:
        """Until it is as usual."""
        numbers = {Party.OPERATOR: STAFF, Party.PSAP: (PSAP, SECOND_PSAP, PSAP)}.get(deed.whose, PHONES)
        if deed.whose is Party.USER and deed.pick % 4:
            cases = self.story.open_cases.values()
            numbers = tuple(sorted({str(case.phone) for case in cases} & set(PHONES))) or numbers
        number = numbers[deed.pick % len(numbers)]
        self.done.say(f"{number} {deed.does} for {deed.for_s} s")
        if deed.does == HANGS_UP_NOW:
            self.world.center.carrier.post(f"/phones/{number}/hang_up")
            return
        if deed.does == "voicemail":
            self.machines.add(number)
        self.world.phone(number, **BEHAVIOURS[deed.does])
        self._ends.wait(deed.for_s)
        self.world.phone(number, **USUAL)
        self.machines.discard(number)

    # ------------------------------------------------------------ disk and journal

    def lock(self, deed: Lock) -> None:
        """As another program that opens the database does; where it is a file."""
        if self.world.database is not None:
            return
        self.done.say(f"lock the journal for {deed.for_s} s{', whole' if deed.whole else ''}")
        path = self.world.center.state.path / "journal.db"
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as held,
        ):
            held.execute(f"BEGIN {'EXCLUSIVE' if deed.whole else 'IMMEDIATE'}")
            self._ends.wait(deed.for_s)
            held.execute("ROLLBACK")

    def disk(self, deed: Disk) -> None:
        """Where the state has a file system of its own; of two at once the second comes after the first."""
        if self.world.disk is None:
            self.done.say("(a full disk: there is none of its own)")
            return
        with self._full:
            self.done.say(f"the disk is full for {deed.for_s} s")
            fill(self.world.disk)
            self._ends.wait(deed.for_s)
            (self.world.disk / "filler").unlink()

    # ------------------------------------------------------------ commands

    def command(self, deed: Command) -> None:
        """On its machine, or by an admin."""
        match deed.words:
            case "setting":
                was, now = (1, 2) if deed.pick % 2 else (2, 1)
                self._admin(
                    "PATCH", "/v1/admin/settings/psap.pause_s", was={"value": was}, now={"value": now}
                )
            case "line out":
                path = f"/v1/admin/lines/{LINES[deed.pick % PUBLIC]}/out"
                self._admin("PUT", path, reason="nemesis")
                self._ends.wait(LINE_OUT_S)
                self._admin("DELETE", path)
            case "user erase":
                self._cli("user", "erase", PHONES[deed.pick % KNOWN_USERS], "--yes")
            case "backup":
                self._cli("backup", str(self.world.folder / "backup"), "--plain", "--replace")
            case _:
                self._cli(*deed.words.split())

    def _admin(self, method: str, path: str, **body: object) -> int:
        status = 0
        with suppress(httpx.TransportError):
            status = self.world.ask(method, path, self.world.tokens[-1], **body).status_code
            if status >= 500 and status != 503:
                self.done.odd.append(f"{method} {path}: {status}")
        self.done.say(f"{method} {path}: {status}")
        return status

    def _cli(self, *words: str) -> None:
        said = self.world.center.command(*words, within_s=COMMAND_WITHIN_S)
        self.done.say(f"{' '.join(words[:2])}: {said.returncode} {said.stderr.strip()[-160:]!r}")
        if "Traceback" in said.stderr + said.stdout:
            self.done.odd.append(f"{' '.join(words)}: {said.stderr[-600:]}")

    # ------------------------------------------------------------ afterwards

    def heal(self) -> None:
        """Everything outside the center is as it was at the beginning."""
        carrier = self.world.center.carrier
        usual = {key: value for _, better in VICES.values() for key, value in better.items()}
        for line in LINES:
            self._plug(line)
            carrier.post(f"/modems/{line}/unmute")
            carrier.post(f"/modems/{line}/vices", json=usual)
        for number in (*PHONES, *STAFF, PSAP, SECOND_PSAP):
            self.world.phone(number, **USUAL)
        self.machines.clear()
