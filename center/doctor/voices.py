"""How the operators on shift would be reached, where they are meant to have lines of their own."""

from __future__ import annotations

from collections.abc import Iterator

from center.doctor.findings import Finding, ok, warn
from center.settings.handed_down import setup_of
from center.settings.schema import Settings
from center.state.state_dir import StateDir
from messages.ids import OperatorLine, ShiftState
from messages.operators import OperatorVoice


def voices(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Of a running center: whose headset is connected, whose call stands, and who is called on her phone."""
    from center.state.journals import journal_of
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
    setup = setup_of(settings)
    public = [line for line in setup.lines if not line.emergency]
    ours = len(public) - len(kept_for_inbound(public, setup.policy))
    text = f"{ours // 2} operators can be nailed up: half of {ours} public lines, the others are for users"
    yield ok("voices", text) if ours >= 2 else warn("voices", text)
