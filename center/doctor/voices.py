"""How the operators on shift would be reached, where they are meant to have lines of their own; and whether a
call has shown that each line carries a voice.
"""

from __future__ import annotations

from collections.abc import Iterator

from application.state.state_dir import StateDir
from messages.base import Joins
from messages.ids import OperatorLine, ShiftState
from messages.lines import LineLevels
from messages.operators import OperatorVoice
from model.checks import Finding, ok, warn
from model.loudness import Loudness, better_gain_in_db, judged
from model.settings import Settings
from model.settings.lines import Modem
from model.settings.port_names import is_address
from model.setup import Setup
from runtime.published import line_files, line_levels


def voices(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Of a running center: whose headset is connected, whose call stands, and who is called by phone."""
    from application.state.journals import journal_of
    from runtime.published import voice_files
    from runtime.published.own_voices import known
    from runtime.published.peers import FilePeers
    from store.journal.following import Following
    from store.journal.projections import Operators
    from store.registry.registry import Registry

    if settings.operator.line is OperatorLine.ON_DEMAND:
        return
    told = known(voice_files.read(state.run), FilePeers(state.run).places)
    with journal_of(state) as journal:
        names = {one.id: one.name for one in Registry(journal).operators()}
        shifts = Operators()
        Following(journal, shifts).close()
    for one in shifts.operators.values():
        if one.state is not ShiftState.OFF and one.operator in names:
            yield _voice(names[one.operator], told.get(one.operator))


def _voice(name: str, voice: OperatorVoice | None) -> Finding:
    if voice is None:
        return warn("voices", f"{name}: nothing is known of her line; she is called on her phone")
    if not voice.up:
        return warn("voices", f"{name} is called on her phone: {voice.text or voice.state.value}")
    if voice.mode is OperatorLine.HEADSET:
        return ok("voices", f"{name} has her headset on")
    return ok("voices", f"{name} is nailed up on {voice.line}")


def nailed_up(settings: Settings) -> Iterator[Finding]:
    """Whether there are lines enough for calls that stand all through a shift."""
    from actors.trunk_pool.decider import kept_for_inbound

    if settings.operator.line is not OperatorLine.NAILED_UP:
        return
    setup = Setup(settings=settings)
    public = [line for line in setup.settings.lines if not line.emergency]
    ours = len(public) - len(kept_for_inbound(public, setup.settings))
    text = f"{ours // 2} operators can be nailed up: half of {ours} public lines, the others are for users"
    yield ok("voices", text) if ours >= 2 else warn("voices", text)


def of_lines(settings: Settings, state: StateDir) -> Iterator[Finding]:
    """Of each line whose voice comes to the host, as far as is known: what its last call has shown."""
    said, levels = line_files.read_all(state.run), line_levels.read_all(state.path)
    for line in settings.lines:
        report = said.get(line.line)
        if is_address(line.port) or (report is not None and report.joins is not Joins.HOST):
            continue  # no voice comes here
        yield _of_line(line, levels.get(line.line))


def _of_line(line: Modem, levels: LineLevels | None) -> Finding:
    if levels is None or judged(levels.into) in (Loudness.NO_SOUND, Loudness.NO_VOICE):
        port = line.port or "PORT"
        return warn(
            "voice",
            f"{line.line}: no call has shown that it carries a voice; stop the center, and "
            f"`securwoman modem call {port} NUMBER --voice --twice`",
        )
    told = f"{line.line}: its last call was {levels.into.dbfs:.0f} dBFS in, {levels.out.dbfs:.0f} out"
    gain = better_gain_in_db(levels.into, levels.gains)
    if gain is None:
        return ok("voice", told)
    return warn("voice", f"{told}, {judged(levels.into)}: try gain_in_db = {gain:.0f}")
