"""The gate's process in a node: where it listens, and that its successor listens there too."""

from __future__ import annotations

import os
import signal
import stat
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.mixer.actor import MixerActor
from center.node.composition import VOICE_GATE, plan
from media.conference.conference import Conference
from media.ports.node_port import node_pass, node_spec
from media.ports.opening import open_port
from media.ports.voice_port import VoicePort as Port
from media.ports.voice_port import VoicePortLost, VoicePortMissing, VoicePortSpec
from media.sound.frames import SILENCE
from messages.base import VoicePort
from messages.ids import LineId, Role, TrunkId
from model.settings import Settings
from model.settings.lines import Modem
from model.setup import Setup
from runtime.environment import Environment, NodeVoice
from runtime.errors import WrongEnvironment
from runtime.published import line_files, voice_files
from runtime.published.voice_files import voice_gate_of
from runtime.system.spec import Plan
from tests.support.actors import environment, processes, ready
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(90)]

SECRET = b"a secret of thirty-two bytes: ok"
SETUP = Setup(settings=Settings(modem=(Modem(name="sim1", trunk=TrunkId("t")),)))


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Environment]:
    """A node beside others, whose one line has a voice."""
    master, slave = os.openpty()
    tty.setraw(slave)
    made = environment(tmp_path, Plan(actors=(VOICE_GATE,)))
    made.settings, made.node_voice = SETUP, NodeVoice(secret=SECRET)
    line_files.write_voice(made.run, LineId("sim1"), VoicePort(path=os.ttyname(slave)))
    yield made
    for fd in (master, slave):
        os.close(fd)


def opened(env: Environment, name: str = "sim1") -> Port:
    at = wait_until(lambda: voice_gate_of(env.run))
    assert at is not None
    return open_port(node_spec(at, name), let_in_by=node_pass(SECRET))


def test_another_node_has_a_lines_voice_and_its_successor_gives_it_at_the_same_place(
    env: Environment,
) -> None:
    with processes(env) as system:
        first = ready(system, Role.VOICE_GATE)
        at = voice_gate_of(env.run)
        port = opened(env)
        port.write(SILENCE)
        with pytest.raises(VoicePortMissing, match="no voice of this node"):
            opened(env, "sim9")
        os.kill(first.pid, signal.SIGKILL)
        with pytest.raises(VoicePortLost):
            wait_until(port.read)
        port.close()
        ready(system, Role.VOICE_GATE, after=first.incarnation)
        assert voice_gate_of(env.run) == at
        opened(env).close()


def test_where_it_listens_is_for_this_user_alone_and_written_again_when_it_is_lost(env: Environment) -> None:
    with processes(env) as system:
        ready(system, Role.VOICE_GATE)
        file = env.run / voice_files.GATE_FILE
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        at = voice_gate_of(env.run)
        file.unlink()
        assert wait_until(lambda: voice_gate_of(env.run)) == at


def test_an_address_that_is_not_there_yet_is_waited_for_and_takes_nobody_down(env: Environment) -> None:
    env.node_voice = NodeVoice(secret=SECRET, host="10.255.255.254")
    with processes(env) as system:
        first = ready(system, Role.VOICE_GATE)
        assert voice_gate_of(env.run) is None
        assert ready(system, Role.VOICE_GATE).incarnation == first.incarnation


def test_a_place_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert voice_gate_of(tmp_path) is None
    (tmp_path / voice_files.GATE_FILE).write_bytes(b"{")
    assert voice_gate_of(tmp_path) is None
    voice_files.write_gate(tmp_path, voice_files.host_and_port("fd00::2", 7))
    assert voice_gate_of(tmp_path) == "[fd00::2]:7"


def test_a_node_by_itself_has_no_gate_and_one_beside_others_has() -> None:
    assert VOICE_GATE not in plan(SETUP).actors
    assert VOICE_GATE in plan(SETUP, shared=True).actors
    assert not VOICE_GATE.critical


def test_a_mixer_opens_voices_of_other_nodes_only_where_there_are_some(env: Environment) -> None:
    with processes(env) as system:
        ready(system, Role.VOICE_GATE)
        for nodes, joined in ((env.node_voice, True), (None, False)):
            env.node_voice = nodes
            actor = MixerActor()
            actor.env, actor.key = env, "m0"
            actor.started()
            mixer = actor.new_voice(lambda: None)
            assert isinstance(mixer, Conference)
            at = voice_gate_of(env.run)
            assert at is not None
            mixer.set_members({"user": VoicePortSpec(path=f"{at}/sim1", kind="node")})
            mixer.start()
            wait_until(lambda mixer=mixer: mixer.status().joined or mixer.status().lost)
            assert (mixer.status().joined == ("user",)) is joined
            mixer.stop()
            actor.stopping()


def test_a_secret_that_is_none_is_found_before_anything_starts() -> None:
    with pytest.raises(WrongEnvironment, match="32 bytes, not 0"):
        NodeVoice(secret=b"")


def test_the_secret_is_in_no_text() -> None:
    assert "thirty-two" not in repr(NodeVoice(secret=SECRET))
    assert "thirty-two" not in repr(node_pass(SECRET))
