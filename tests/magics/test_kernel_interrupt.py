"""■ while a cell waits, in a real kernel."""

from __future__ import annotations

import time

import pytest

from qmagic import client
from qmagic.errors import JobCancelledError
from qmagic.jobs import JobStatus
from tests.faults.making import within
from tests.magics.conftest import ENDLESS, QASM


@pytest.fixture
def interrupt(kernel):
    """Interrupts the kernel as soon as its job runs; ``times`` has when."""

    class Interrupt:
        job = client.Job("")
        sent = 0.0

        def __call__(self) -> None:
            # a job that has run for a while: then the cell waits for its result, and not for its submit any more
            deadline = time.monotonic() + 30
            while not (running := [job for job in client.jobs(status="RUNNING") if age(job) > 0.1]):
                assert time.monotonic() < deadline
            self.job = running[0]
            self.sent = time.monotonic()
            kernel.manager.interrupt_kernel()

    yield Interrupt()
    client.cancel([job.id for job in client.jobs(status=["READY", "RUNNING"])])


def age(job):
    """Returns the seconds since the job started."""
    return time.time() - (job.info().started or time.time())


@pytest.fixture(scope="module", autouse=True)
def warm(kernel):
    """A first job, so that the service and a spare worker are there."""
    assert kernel.run(f"%%qrun\n{QASM}").status == "ok"


def test_an_interrupt_cancels_the_job(kernel, interrupt):
    """The cell is back within 0.1 s with one line that names the job; the job is cancelled; the next cell runs."""

    def back() -> float:
        cell = kernel.run(ENDLESS, when_busy=interrupt)
        taken = time.monotonic() - interrupt.sent
        assert (cell.status, cell.error) == ("error", "KeyboardInterrupt")
        assert cell.traceback == f"Interrupted: job {interrupt.job.id} was cancelled"
        with pytest.raises(JobCancelledError):
            interrupt.job.result(timeout=60)
        assert kernel.run(f"%%qrun --shots 10\n{QASM}").status == "ok"
        return taken

    within(0.1, back, tries=10)


def test_keep_only_stops_waiting(kernel, interrupt):
    """With ``--keep`` the job goes on, and the line says how to come back to it."""
    cell = kernel.run(ENDLESS.replace("%%qrun", "%%qrun --keep"), when_busy=interrupt)
    job = interrupt.job
    assert (
        cell.traceback
        == f"Interrupted: job {job.id} goes on; %qresult {job.id} waits for it, %qcancel {job.id} stops it"
    )
    assert job.status() is JobStatus.RUNNING
    assert kernel.run(f"%qcancel {job.id}").stdout == f"job {job.id} was cancelled\n"


def test_watching_a_job_leaves_it_alone(kernel, interrupt):
    """■ during ``%qresult`` ends the cell with one line; the job goes on."""
    kernel.run(ENDLESS.replace("%%qrun", "%%qrun --async"))
    job = client.job()
    cell = kernel.run(
        "import os, signal, threading\nthreading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        f"%qresult {job.id}"
    )
    assert cell.traceback == (
        f"Interrupted: job {job.id} goes on; %qresult {job.id} waits for it, %qcancel {job.id} stops it"
    )
    assert not job.done()


def test_an_interrupt_before_anything_was_submitted_is_one_line(kernel):
    """■ while the job is still being built says so; in the user's own code it is the user's own interrupt."""
    kernel.run("import qmagic.cells, signal\nreal = qmagic.cells.build\n")
    before = client.job().id
    kernel.run("qmagic.cells.build = lambda *a, **k: signal.raise_signal(signal.SIGINT)")
    cell = kernel.run(f"%%qrun\n{QASM}")
    kernel.run("qmagic.cells.build = real")
    assert (cell.error, cell.traceback) == ("KeyboardInterrupt", "Interrupted: %qrun had not finished")
    cell = kernel.run("%%qrun\nx = 1\nsignal.raise_signal(signal.SIGINT)\n")
    assert "----> 3 signal.raise_signal" in cell.traceback
    assert client.job().id == before


def test_an_interrupt_ends_a_loop_of_jobs(kernel, interrupt):
    """It is a KeyboardInterrupt: ``except Exception`` does not swallow it, and no further job starts."""
    kernel.run("from qiskit import QuantumCircuit\nqc = QuantumCircuit(1, 1)\nqc.measure(0, 0);")
    before = len(client.jobs(limit=1000))
    code = (
        "for i in range(5):\n    try:\n        %qrun qc --backend scripted:sleep=600\n"
        "    except Exception:\n        print('swallowed')\n"
    )
    cell = kernel.run(code, when_busy=interrupt)
    assert (cell.error, cell.stdout) == ("KeyboardInterrupt", "")
    assert len(client.jobs(limit=1000)) == before + 1


def test_a_second_interrupt_ends_the_cell_at_once(kernel, interrupt):
    """When the service is slow to cancel, another interrupt does not wait for it."""
    kernel.run(
        "import qmagic.client\nreal = qmagic.client.Job.cancel\n"
        "def slow(job):\n    import signal; signal.raise_signal(signal.SIGINT)\n"
        "qmagic.client.Job.cancel = slow"
    )
    try:
        cell = kernel.run(ENDLESS, when_busy=interrupt)
    finally:
        kernel.run("qmagic.client.Job.cancel = real")
        interrupt.job.cancel()
    assert cell.error == "KeyboardInterrupt"
    assert cell.traceback == f"Interrupted: job {interrupt.job.id} was being cancelled; %qjobs shows whether it stopped"


def test_an_interrupt_while_awaiting_leaves_the_kernel_usable(kernel, interrupt):
    """``await job`` can be interrupted as well; the job goes on until it is cancelled."""
    kernel.run("from qiskit import QuantumCircuit\nqc = QuantumCircuit(1, 1)\nqc.measure(0, 0);")
    cell = kernel.run("job = %qrun qc --async --backend scripted:sleep=600\nawait job", when_busy=interrupt)
    assert cell.status == "error"
    assert kernel.run("%qcancel job").stdout == f"job {interrupt.job.id} was cancelled\n"
    assert kernel.run(f"%%qrun --shots 10\n{QASM}").status == "ok"
