"""Lists of jobs: jobs of one primitive fold into one line, and "the last job" is the notebook's own."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic import client
from qmagic.errors import NotFoundError

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def test_jobs_of_a_primitive_fold(bell):
    """A folded list shows the newest job of a primitive, with the size of its family; others stay apart."""
    sampler = qmagic.Sampler()
    ids = [sampler.run([bell]).job_id() for _ in range(3)]
    alone = qmagic.run(bell)
    folded = client.jobs(fold=True)
    assert [(job.id, job.last_info().family) for job in folded] == [(alone.id, 1), (ids[-1], 3)]
    assert len(client.jobs()) == 4


def test_the_last_job_is_the_notebooks(bell):
    """Without an id, a notebook's own last job is meant; where it has none, the last of all."""
    mine = qmagic.run(bell, notebook="mine.ipynb")
    other = qmagic.run(bell, notebook="other.ipynb")
    assert client.job(notebook="mine.ipynb") == mine
    assert client.job(notebook="new.ipynb") == other
    assert client.job() == other


@pytest.mark.parametrize(
    "wrong", [{"backend": "aer.statevctor"}, {"noise": "fake_sherbroke"}, {"transpile_to": "fake_torina"}]
)
def test_names_are_known_before_a_job_exists(bell, wrong):
    """A backend, a noise or a device that nobody knows is refused, and nothing is submitted."""
    before = len(client.jobs())
    with pytest.raises(NotFoundError, match="did you mean"):
        qmagic.run(bell, **wrong)
    assert len(client.jobs()) == before
