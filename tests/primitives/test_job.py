"""The job of a primitive has Qiskit's interface, and an interrupt leaves it running."""

from __future__ import annotations

import signal

import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BasePrimitiveJob
from qiskit.providers import JobStatus

import qmagic
from qmagic.errors import JobCancelledError, JobFailedError, JobTimeoutError
from qmagic.primitives import PrimitiveJob

pytestmark = pytest.mark.usefixtures("home")


def coin() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    return circuit


def test_a_finished_job_says_so():
    """After `result` the job is done, in Qiskit's words, and gives the same object again."""
    job = qmagic.Sampler().run([coin()])
    result = job.result()
    assert isinstance(job, BasePrimitiveJob)
    assert job.result() is result
    assert job.status() is JobStatus.DONE
    assert (job.done(), job.running(), job.cancelled(), job.in_final_state()) == (True, False, False, True)
    assert not job.cancel()
    assert job.job_id() == job.job.id


def test_a_cancelled_job_says_so():
    """`cancel` ends a running job: its status is CANCELLED, and `result` raises."""
    job = qmagic.Sampler(backend="scripted:sleep=60").run([coin()])
    assert job.status() in (JobStatus.QUEUED, JobStatus.RUNNING)
    assert not job.in_final_state()
    assert job.cancel()
    with pytest.raises(JobCancelledError):
        job.result()
    assert job.status() is JobStatus.CANCELLED
    assert (job.done(), job.running(), job.cancelled(), job.in_final_state()) == (False, False, True, True)


def test_a_failed_job_says_so():
    """A job that fails has the status ERROR, and `result` raises its reason."""
    job = qmagic.Sampler(backend="scripted:fail=the reason").run([coin()])
    with pytest.raises(JobFailedError, match="the reason"):
        job.result()
    assert job.status() is JobStatus.ERROR
    assert (job.done(), job.in_final_state()) == (False, True)


def test_an_interrupt_leaves_the_job_running():
    """KeyboardInterrupt in `result` only stops the wait; so does a timeout."""
    job = qmagic.Sampler(backend="scripted:sleep=60").run([coin()])

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            job.result()
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(JobTimeoutError):
        job.result(timeout=0.1)
    assert job.status() in (JobStatus.QUEUED, JobStatus.RUNNING)
    assert job.cancel()


def test_a_job_is_taken_up_again_by_its_id():
    """`PrimitiveJob(qmagic.job(id))` gives the same data as the first handle."""
    job = qmagic.Sampler().run([coin()])
    again = PrimitiveJob(qmagic.job(job.job_id())).result()
    assert again[0].data.meas == job.result()[0].data.meas
