"""What the service decides about loops, without processes: orders, deaths, late words, who begins when."""

from __future__ import annotations

import msgspec
import pytest
from qiskit.circuit import Parameter, QuantumCircuit

from qmagic.engines.base import Done
from qmagic.engines.loop_messages import Begin, Pulsed, Recorded, Rested
from qmagic.jobs import JobSpec, JobStatus, Source, new_job_id
from qmagic.loops.asked import Asked, job_of
from qmagic.orders import AskLoop, Order
from qmagic.service import tape_rows
from qmagic.service.ledger import Ledger
from qmagic.service.loops import MAX_DEATHS, Loops
from qmagic.service.manager import Manager
from qmagic.service.slots import Slots
from qmagic.tapes import Function, LoopSpec, LoopState, Pulse, Rows, Stood, Told, pack
from tests.service.playing import HERE, PlayedEngine, SteppedStore


class PlayedLoops:
    """A loop engine that notes what it is told."""

    processes = ()

    def __init__(self) -> None:
        self.begun: list[Begin] = []
        self.orders: list[tuple[str, Order]] = []
        self.killed: list[str] = []

    def begin(self, environment, begin, *, kernels):
        self.begun.append(begin)

    def order(self, job, order):
        if any(begin.job == job for begin in self.begun):  # as the real one: no process, nobody to tell
            self.orders.append((job, order))

    def kill(self, job):
        self.killed.append(job)
        return True


class Home:
    """A manager and its loops over a store on disk."""

    def __init__(self, path, most=2) -> None:
        self.store = SteppedStore(path)
        self.engine = PlayedLoops()
        ledger = Ledger(self.store)
        self.loops = Loops(ledger, self.store, self.engine, most)
        self.pulses: list[Pulse] = []
        self.loops.publish = self.pulses.append
        self.manager = Manager(ledger, PlayedEngine(1, 1), Slots(1, 1), loops=self.loops)
        self.ledger = ledger

    def submit(self) -> str:
        loop = LoopSpec(objective=Function(b"", "3", "f"), x0=bytes(8), labels=("x",), optimizer="cobyla")
        spec = JobSpec(
            id=new_job_id(), kind="loop", source=Source("loop", msgspec.msgpack.encode(loop)), pubs=(), seed=1,
            environment=HERE, checked=True,
        )  # fmt: skip
        self.manager.submit(msgspec.msgpack.encode(spec), lambda error: None)
        self.step()
        return spec.id

    def step(self) -> None:
        for _ in range(3):
            self.manager.dispatch()
            self.store.step()

    def status(self, job) -> JobStatus:
        return self.ledger.live[job].status

    def order(self, job, order):
        answers = []
        self.loops.order(job, order, lambda number, error: answers.append((number, error)))
        self.step()
        return answers[0]

    def record(self, job, evaluations, attempt=1):
        entries = [Told(evaluations - 1, 1, bytes(8), 0.5), Stood(evaluations, evaluations, 0, 0.0, bytes(8), 0.5)]
        self.loops.on_recorded(Recorded(job, attempt, pack(entries), evaluations, evaluations))
        self.step()


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "store.sqlite")
    yield home
    home.store.close()


def test_a_loop_takes_no_slot_and_begins_with_its_tape_and_orders(home):
    """Two run at once here, a third waits; one whose process died gets all that was recorded and ordered."""
    first, second, third = (home.submit() for _ in range(3))
    assert [begin.job for begin in home.engine.begun] == [first, second]
    assert home.status(third) is JobStatus.READY
    home.record(first, 1)
    home.record(first, 2)
    assert home.order(first, Order("set", key="k"))[0] == 1
    home.loops.on_loop_died(first, 1, "killed by SIGKILL", killed=False)
    home.step()
    again = home.engine.begun[-1] if home.engine.begun[-1].job == first else home.engine.begun[-2]
    home.loops.on_loop_died(second, 1, "killed by SIGKILL", killed=False)
    home.step()
    again = next(begin for begin in reversed(home.engine.begun) if begin.job == first)
    assert again.attempt == 2
    assert len(again.tape) == 2
    assert [(order.kind, order.number) for order in again.orders] == [("set", 1)]


def test_an_order_sent_twice_counts_once(home):
    """The same key gets the same number, also when the first answer was lost."""
    job = home.submit()
    assert [home.order(job, Order("step", key=key))[0] for key in ("a", "a", "b", "a")] == [1, 1, 2, 1]
    assert [order.number for _, order in home.engine.orders] == [1, 2]
    _, error = home.order("nothing", Order("pause"))
    assert error is not None
    assert error.kind == "NotFoundError"


def test_deaths_without_a_word_end_a_loop_and_others_do_not(home):
    """Three in a row without anything on the tape are the loop's own; each word on the tape forgives them."""
    job = home.submit()
    attempt = 0
    for _ in range(2 * MAX_DEATHS):
        attempt += 1
        home.record(job, attempt, attempt)
        home.loops.on_loop_died(job, attempt, "killed by SIGKILL", killed=False)
        home.step()
    assert home.status(job) is JobStatus.RUNNING
    for _ in range(MAX_DEATHS):
        attempt += 1
        home.loops.on_loop_died(job, attempt, "killed by SIGSEGV", killed=False)
        home.step()
    assert job not in home.ledger.live


def test_what_comes_late_does_not_count(home):
    """A word of an attempt that is over changes nothing: no second end, no chunk twice."""
    job = home.submit()
    home.record(job, 1)
    home.loops.on_loop_died(job, 1, "killed by SIGKILL", killed=False)
    home.step()
    home.record(job, 2, attempt=1)
    home.loops.on_loop_done(Done(job, 1, "f", "0", b"late"))
    home.step()
    assert home.status(job) is JobStatus.RUNNING
    views = []
    home.loops.view(AskLoop(job), lambda view, error: views.append(view))
    home.step()
    assert views[0].rows.iteration == [1]


def test_a_paused_loop_that_rests_is_held_until_it_is_ordered_on(home):
    """HELD without a process; a setting leaves it so, resume makes it READY; it takes no place while it is paused."""
    job, other, third = (home.submit() for _ in range(3))
    paused = Pulse(job, LoopState(phase="paused", iteration=4, maxiter=8), Rows())
    home.loops.on_pulsed(Pulsed(paused))
    home.step()
    assert home.status(third) is JobStatus.RUNNING
    assert home.loops.progress(job) == 0.5
    home.loops.on_rested(Rested(job, 1))
    home.step()
    assert home.status(job) is JobStatus.HELD
    home.order(job, Order("set", key="a"))
    assert home.status(job) is JobStatus.HELD
    home.order(job, Order("resume", key="b"))
    assert home.status(job) in (JobStatus.READY, JobStatus.RUNNING)
    assert home.manager.cancel(other) is JobStatus.CANCELLING
    assert home.engine.killed == [other]


def test_a_new_service_takes_up_what_an_earlier_one_left(home, tmp_path):
    """Running loops begin again from their tapes; held ones stay held; orders keep their numbers."""
    running, held = home.submit(), home.submit()
    home.record(running, 1)
    home.loops.on_rested(Rested(held, 1))
    home.order(held, Order("set", key="a"))
    home.step()
    home.store.die()
    home.store = SteppedStore(tmp_path / "store.sqlite")
    store, home.engine = home.store, PlayedLoops()
    home.ledger = Ledger(store)
    home.loops = Loops(home.ledger, store, home.engine, 2)
    home.manager = Manager(home.ledger, PlayedEngine(1, 1), Slots(1, 1), loops=home.loops)
    home.step()
    assert [(begin.job, len(begin.tape)) for begin in home.engine.begun] == [(running, 1)]
    assert home.status(held) is JobStatus.HELD
    assert home.order(held, Order("resume", key="b"))[0] == 2
    assert [order.key for order in home.engine.begun[-1].orders] == ["a", "b"]


def circuits(*, callback: bytes = b"") -> JobSpec:
    """A small loop of circuits, as `minimize` makes it."""
    parameter = Parameter("t")
    circuit = QuantumCircuit(2)
    circuit.ry(parameter, 0)
    spec = job_of(Asked(objective=circuit, second="ZZ", seed=1))
    loop = msgspec.structs.replace(msgspec.msgpack.decode(spec.source.data, type=LoopSpec), callback=callback)
    source = Source("loop", msgspec.msgpack.encode(loop))
    return msgspec.structs.replace(spec, source=source, environment=HERE)


def test_a_small_loop_of_circuits_begins_before_its_row_is_on_disk_and_code_of_the_users_after(home):
    """A simulation may begin for nothing; a callback runs only for a job that exists, and so does a function."""
    home.manager.submit(msgspec.msgpack.encode(circuits()), lambda error: None)
    assert len(home.engine.begun) == 1
    home.manager.submit(msgspec.msgpack.encode(circuits(callback=b"code")), lambda error: None)
    assert len(home.engine.begun) == 1
    home.store.step()
    assert len(home.engine.begun) == 2
    assert all((begin.tape, begin.orders) == ([], []) for begin in home.engine.begun)


def test_a_loop_whose_row_cannot_be_written_is_killed_and_none_hears_of_it(home):
    """It began before its row; nothing of it is left: no row, no pulse, no place."""
    home.store.fill()
    spec, answers = circuits(), []
    data = msgspec.msgpack.encode(msgspec.structs.replace(spec, cell="x" * 100_000))
    home.manager.submit(data, answers.append)
    home.manager.submit(msgspec.msgpack.encode(circuits()), answers.append)
    first = home.engine.begun[-1].job
    home.loops.on_pulsed(Pulsed(Pulse(first, LoopState(iteration=1), Rows())))
    home.store.step()
    assert home.pulses == []
    assert answers
    assert all(answer is not None and answer.kind == "DiskFullError" for answer in answers)
    assert first in home.engine.killed
    assert not home.ledger.live


def test_the_last_chunk_of_a_tape_and_the_end_are_on_disk_together(home):
    """Before that commit neither is there; who waits hears of the end when the tape is whole."""
    heard = []
    spec = circuits()
    home.manager.submit(msgspec.msgpack.encode(spec), lambda error: None, waiter=heard.append)
    home.store.step()
    last = Recorded(spec.id, 1, pack([Told(0, 1, bytes(8), 0.5), Stood(1, 1, 0, 0.0, bytes(8), 0.5)]), 1, 1)
    home.loops.on_loop_done(Done(spec.id, 1, "statevector", "0.5", b"outcome"), last)
    assert heard == []
    assert home.store.ask(lambda connection: tape_rows.kept(connection, spec.id)).tape == []
    home.store.step()
    assert heard[0].outcome == b"outcome"
    assert home.store.ask(lambda connection: tape_rows.kept(connection, spec.id)).tape == [last.chunk]


def test_an_order_is_passed_on_once_and_after_it_is_on_disk(home):
    """One that is given while a loop waits in line comes with its begin; one that is not on disk then comes later."""
    first, second, third = (home.submit() for _ in range(3))
    home.loops.order(third, Order("step", key="a"), lambda number, error: None)
    home.loops.on_loop_done(Done(first, 1, "f", "0", b""))
    home.manager.dispatch()  # its order is on its way to the disk
    home.step()
    begin = home.engine.begun[-1]
    assert begin.job == third
    told = [*begin.orders, *(order for job, order in home.engine.orders if job == third)]
    assert [order.number for order in told] == [1]
    assert home.status(second) is JobStatus.RUNNING
