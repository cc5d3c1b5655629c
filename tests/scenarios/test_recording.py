"""What is said is recorded where the settings want it, through the whole center."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from media.conference import recording
from media.sound.frames import Samples
from messages import events as ev
from messages.ids import SECOND, Instant, OperatorCommand, Party, Role
from messages.journal import Recorded
from model.settings.storage import RecordingSettings
from store import streams
from store.journal.journal import Journal
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_flow import ends, everything_is_over, to_conference, to_talking
from tests.scenarios.test_sound import alarms
from tests.scenarios.world import PSAP, SETTINGS, World
from tests.support.settings import changed
from tests.waiting import wait_until

pytestmark = pytest.mark.scenario


@pytest.fixture
def recorded(make_world: MakeWorld, tmp_path: Path) -> Callable[..., World]:
    """Makes a world that records."""
    (tmp_path / "recordings").mkdir()

    def make(**rules: object) -> World:
        wish = RecordingSettings(**{"enabled": True, **rules})  # type: ignore[arg-type]
        return make_world(settings=changed(SETTINGS, {"recording": wish}))

    return make


def files(world: World) -> list[str]:
    """By the alert's story."""
    return [event.file for event in world.events(ev.RecordingStarted)]


def begun(world: World, file: str) -> None:
    # The writer is a thread of its own, with a time of its own.
    def found() -> bool:
        world.advance(0.5)
        return file in files(world)

    wait_until(found)


def sound(world: World, file: str) -> Samples:
    """The file once it is ended."""
    path = world.env.state / "recordings" / file
    wait_until(path.exists)
    with_it = soundfile.SoundFile(str(path))
    try:
        return with_it.read(dtype="int16", always_2d=True)
    finally:
        with_it.close()


def test_each_party_is_on_a_track_of_its_own_and_the_story_tells_the_file(
    recorded: Callable[..., World],
) -> None:
    world = recorded()
    to_talking(world)
    file = f"{world.alert}.1.flac"
    begun(world, file)
    world.order(OperatorCommand.CALL_PSAP).until("112 is joined", lambda: bool(world.events(ev.PsapJoined)))
    world.advance(5).order(OperatorCommand.MUTE).advance(5).order(OperatorCommand.BRIEFING_GIVEN)
    world.order(OperatorCommand.LEAVE).advance(61)
    world.network.hang_up(PSAP)
    everything_is_over(world)
    assert files(world) == [file]
    kept = sound(world, file)
    assert [set(kept[:, track].tolist()) for track in range(3)] == [{0, 100}, {0, 200}, {0, 300}]
    spoken = [int(kept[:, track].astype(bool).sum()) for track in range(3)]
    assert spoken[1] < spoken[0], "what a muted operator says is kept from all"
    assert not kept[: len(kept) // 10, 2].any(), "112 came later"


def test_off_is_off(make_world: MakeWorld, tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    world = make_world()
    to_conference(world)
    world.order(OperatorCommand.LEAVE).advance(5)
    assert files(world) == []
    assert list((tmp_path / "recordings").iterdir()) == []


def test_only_the_parties_and_trunks_that_are_wanted(recorded: Callable[..., World]) -> None:
    world = recorded(parties=(Party.OPERATOR, Party.PSAP), trunks=("public",))
    to_conference(world)
    file = f"{world.alert}.1.flac"
    begun(world, file)
    world.order(OperatorCommand.LEAVE).until("the operator is gone", lambda: world.case.leave.at is not None)
    world.advance(61)
    world.network.hang_up(PSAP)
    everything_is_over(world)
    kept = sound(world, file)
    assert kept.shape[1] == 2
    assert set(kept[:, 0].tolist()) <= {0, 200}
    assert not kept[:, 1].any(), "the emergency trunk's lines are spared"


def test_a_mixer_that_dies_is_followed_by_another_file_and_a_bridge_by_none(
    recorded: Callable[..., World],
) -> None:
    world = recorded()
    to_talking(world)
    begun(world, f"{world.alert}.1.flac")
    world.kill(Role.CONFERENCE_BRIDGE).advance(5)
    assert files(world) == [f"{world.alert}.1.flac"]
    world.kill(Role.MIXER)
    begun(world, f"{world.alert}.2.flac")
    ends(world)
    for number in (1, 2):
        assert len(sound(world, f"{world.alert}.{number}.flac"))


def test_a_full_disk_stops_the_recording_and_never_the_voice(
    recorded: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = recorded()
    monkeypatch.setattr(recording, "KEEP_FREE_BYTES", 10**18)
    to_talking(world)

    def stopped() -> bool:
        world.advance(0.5)
        return bool(world.events(ev.RecordingStopped))

    wait_until(stopped)
    assert alarms(world, "recording.failed") == ["recordings"]
    world.advance(30)
    assert len(world.events(ev.RecordingStopped)) == 1, "said once"
    assert {leg.party for leg in world.case.legs.values() if leg.joined} == {Party.USER, Party.OPERATOR}
    monkeypatch.undo()
    begun(world, f"{world.alert}.1.flac")
    assert world.case.recording.fault == ""
    world.until("the alarm is over", lambda: alarms(world, "recording.failed") == [], within_s=70)


def test_what_is_old_is_deleted_and_the_story_tells_it(recorded: Callable[..., World]) -> None:
    world = recorded(retention_days=7)
    to_talking(world)
    file = f"{world.alert}.1.flac"
    begun(world, file)
    ends(world)
    sound(world, file)
    path = world.env.state / "recordings" / file

    def aged(days: float) -> None:
        at_s = (world.clock.now_us() - Instant(round(days * 86_400 * SECOND))) / 1e6
        os.utime(path, (at_s, at_s))

    for days, is_there in ((6.9, True), (7.1, False)):
        aged(days)
        world.kill(Role.HOUSEKEEPER)  # the next one looks at once, and not within the hour
        world.advance(3)
        assert path.exists() == is_there
    (gone,) = [
        one.event
        for one in world.journal.read(streams.inbox(world.alert))
        if isinstance(one.event, ev.RecordingDeleted)
    ]
    assert (gone.file, gone.reason) == (file, "retention")


def test_what_the_minute_asks_of_the_alarms_reads_no_event_twice(
    recorded: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = recorded()
    weak = ev.AlarmRaised(alarm="line.weak_signal", subject="sim9", text="Weak.")
    over = ev.AlarmCleared(alarm="line.weak_signal", subject="sim9")
    world.note(*(weak, over) * 50).advance(61)
    found: list[int] = []
    read = Journal.read

    def counted(journal: Journal, stream: str, after: int = 0) -> list[Recorded]:
        told = read(journal, stream, after)
        if stream == streams.node(world.env.node):
            found.append(len(told))
        return told

    monkeypatch.setattr(Journal, "read", counted)
    world.advance(61)
    assert sum(found) == 0


def told(world: World) -> list[str]:
    """*You are recorded*, as often as it was said to the end."""
    return [event.leg for event in world.events(ev.AnnouncementPlayed) if event.clip == "recorded"]


@pytest.mark.parametrize("killed", [Role.MIXER, Role.ALERT_CASE])
def test_the_user_is_told_once_whoever_dies(recorded: Callable[..., World], killed: Role) -> None:
    world = recorded()
    to_talking(world)
    begun(world, f"{world.alert}.1.flac")
    world.until("she is told", lambda: told(world) == [f"{world.alert}:user"]).kill(killed).advance(10)
    ends(world)
    assert told(world) == [f"{world.alert}:user"]
    assert killed is Role.MIXER or files(world) == [f"{world.alert}.1.flac"]


@pytest.mark.parametrize(
    ("rules", "alert"),
    [({"announce": False}, {}), ({"parties": (Party.PSAP, Party.OPERATOR)}, {}), ({}, {"silent": True})],
)
def test_whoever_is_not_to_be_told_is_not(
    recorded: Callable[..., World], rules: dict[str, object], alert: dict[str, object]
) -> None:
    world = recorded(**rules)
    world.send(**alert)
    if alert.get("silent"):
        world.until("an operator has it", lambda: world.case.operator is not None)
        world.order(OperatorCommand.CALL_ALOUD)
    world.until(
        "operator and user are joined",
        lambda: len([1 for leg in world.case.legs.values() if leg.joined]) == 2,
    )
    begun(world, f"{world.alert}.1.flac")
    world.advance(5)
    assert told(world) == []
