"""No order of deaths, wishes and silences breaks what the Supervisor promises.

The kernel checks at every step that of one role and key there is one process at the most, that incarnations
grow, and that nobody is started before it is published.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from actors.supervisor import roster as of
from actors.supervisor.roster import GONE, Phase
from messages.ids import SECOND, Role
from runtime.system.spec import ActorSpec, Plan, WorkerSpec
from tests.actors.supervisor.kernel import Kernel
from tests.support.depth import often

PLAN = Plan(
    actors=(
        ActorSpec(role=Role.TRUNK_POOL, cls="a.Pool", group="pools"),
        ActorSpec(role=Role.ALERT_INTAKE, cls="a.Intake", group="pools"),
        ActorSpec(role=Role.IDENTIFIER, cls="a.Identifier", group="alone"),
        ActorSpec(role=Role.GSM_MODEM, key="m1", cls="a.Modem", group="modems", critical=False),
        ActorSpec(role=Role.GSM_MODEM, key="m2", cls="a.Modem", group="modems", critical=False),
    ),
    workers=WorkerSpec(case="a.Case", leg="a.Leg", bridge="a.Bridge", mixer="a.Mixer", live=4, idle=1),
)
WORKERS = st.sampled_from(["c00", "c01", "c02", "c03", "c09"])


class Chaos(RuleBasedStateMachine):
    """Everything that can happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = Kernel(PLAN)
        self.kernel.decide(of.Begin(living=(), incarnations={}))

    @rule()
    def settle(self) -> None:
        self.kernel.settle()

    @rule()
    def step(self) -> None:
        self.kernel.step()

    @rule(seconds=st.sampled_from([0.3, 1.0, 2.5, 6.0, 70.0]))
    def pass_time(self, seconds: float) -> None:
        self.kernel.advance(int(seconds * SECOND))

    @rule(
        role=st.sampled_from([Role.TRUNK_POOL, Role.GSM_MODEM, Role.ALERT_CASE, Role.CALL_LEG]),
        key=st.sampled_from(["", "m1", "c00", "c01", "c00/user"]),
        incarnation=st.integers(0, 4),
    )
    def stuck(self, role: Role, key: str, incarnation: int) -> None:
        self.kernel.decide(of.Stuck(name=(role, key), incarnation=incarnation, reason="chaos"))

    @precondition(lambda self: self.kernel.living)
    @rule(data=st.data())
    def kill(self, data: st.DataObject) -> None:
        pid = data.draw(st.sampled_from(sorted(self.kernel.living)))
        del self.kernel.living[pid]
        self.kernel.stuck.discard(pid)
        self.kernel._due.append(of.Died(pid=pid, cause="signal 9"))

    @precondition(lambda self: self.kernel.living)
    @rule(data=st.data(), stuck=st.booleans())
    def hang(self, data: st.DataObject, stuck: bool) -> None:
        pid = data.draw(st.sampled_from(sorted(self.kernel.living)))
        self.kernel.hung.add(self.kernel.living[pid])
        if stuck:
            self.kernel.stuck.add(pid)

    @rule()
    def free(self) -> None:
        self.kernel.free()

    @rule(pid=st.integers(1, 2000))
    def a_stranger_dies(self, pid: int) -> None:
        if pid not in self.kernel.living:
            self.kernel.decide(of.Died(pid=pid, cause=""))

    @precondition(lambda self: self.kernel.ready())
    @rule(data=st.data(), alert=st.sampled_from([None, "a1", "a2"]))
    def busy(self, data: st.DataObject, alert: str | None) -> None:
        self.kernel.busy(data.draw(st.sampled_from(sorted(self.kernel.ready()))), alert)

    @precondition(lambda self: self.kernel.given)
    @rule(data=st.data())
    def a_late_heartbeat(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.kernel.given)))
        incarnation = data.draw(st.integers(0, self.kernel.given[name]))
        self.kernel.decide(of.Beat(name=name, incarnation=incarnation, alert=None))
        self.kernel.decide(of.Ready(name=name, incarnation=incarnation - 1))

    @rule(busy=st.integers(-1, 6), waiting=st.integers(0, 6))
    def wish_for_workers(self, busy: int, waiting: int) -> None:
        self.kernel.decide(of.Workers(busy=busy, waiting=waiting))

    @rule(worker=WORKERS, operators=st.integers(-1, 12))
    def wish_for_legs(self, worker: str, operators: int) -> None:
        self.kernel.decide(of.Legs(worker=worker, operators=operators))

    @precondition(lambda self: self.kernel.roster.stop_us is None)
    @rule()
    def a_new_supervisor(self) -> None:
        old = self.kernel
        # What was not yet said where it is dies with its parent.
        for pid, name in list(old.living.items()):
            member = old.roster.members.get(name)
            if member is None or not member.address or member.pid != pid:
                del old.living[pid]
        living = tuple(
            of.Living(
                role=m.spec.role,
                key=m.spec.key,
                incarnation=m.incarnation,
                pid=m.pid,
                born=m.born,
                address=m.address,
                alert=m.alert,
                since_us=m.since_us,
                restarts=m.restarts,
                ready=m.phase is Phase.READY,
            )
            for m in old.roster.members.values()
            # One that was killed is not in the directory; it is dead unless it is stuck in the kernel.
            if m.pid in old.living and m.phase is not Phase.KILLED
        )
        for pid, name in list(old.living.items()):
            if (name, pid) not in {((one.role, one.key), one.pid) for one in living}:
                del old.living[pid]
        new = Kernel(PLAN, old.now_us)
        new.hung, new.stuck = old.hung & set(old.living.values()), old.stuck & set(old.living)
        new.decide(of.Begin(living=living, incarnations=dict(old.roster.incarnations)))
        self.kernel = new

    @rule()
    def stop(self) -> None:
        if self.kernel.now_us % 3 == 0:
            self.kernel.decide(of.Stop())

    @invariant()
    def knows_no_process_that_nobody_made(self) -> None:
        if self.kernel.roster.over:
            return
        for name, member in self.kernel.roster.members.items():
            assert member.name == name
            assert (member.phase in GONE) == (member.pid == 0 and member.phase is not Phase.CREATING)
            assert member.incarnation == self.kernel.given[name]

    @invariant()
    def loses_no_process(self) -> None:
        known = {member.pid for member in self.kernel.roster.members.values()}
        assert self.kernel.roster.over or set(self.kernel.living) <= known

    @invariant()
    def has_no_more_workers_than_allowed(self) -> None:
        cases = [name for name in self.kernel.living.values() if name[0] is Role.ALERT_CASE]
        assert len(cases) <= 4

    def teardown(self) -> None:
        """Left in peace, everybody who is wanted is there again."""
        kernel = self.kernel
        if kernel.roster.over or kernel.roster.stop_us is not None:
            return
        kernel.hung.clear()
        kernel.free()
        kernel.advance(150 * SECOND)
        if kernel.roster.over:
            return
        for spec in PLAN.actors:
            assert kernel.roster.members[spec.role, spec.key].phase is Phase.READY
        assert any(name[0] is Role.ALERT_CASE for name in kernel.ready())


Chaos.TestCase.settings = settings(max_examples=often(120), stateful_step_count=40)
TestChaos = Chaos.TestCase
