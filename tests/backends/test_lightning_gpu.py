"""The backend lightning.gpu: refused without a GPU; its way of giving gates is tested on the same class for CPUs."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector

from qmagic.backends import registry
from qmagic.backends.aer_devices import DRIVERS
from qmagic.backends.base import Executable, Grant
from qmagic.backends.lightning_gpu import LightningGpu, lightning_sees_gpu
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.plans.route import installed
from tests.contracts.jobs import counts, ghz


class OnTheProcessor(LightningGpu):
    """The same with lightning's state vector for CPUs, whose interface differs in one name."""

    module = "pennylane_lightning.lightning_qubit_ops"

    def there(self):
        return True

    def copy(self, held, amplitudes):
        held.getState(amplitudes)


@pytest.mark.skipif(any(driver.exists() for driver in DRIVERS), reason="there is a driver for GPUs here")
def test_refused_without_a_gpu():
    """Without a GPU it is refused in a sentence, and auto does not know it."""
    circuit = ghz(3)
    with pytest.raises(InputError, match="needs an NVIDIA GPU"):
        registry.backend("lightning.gpu").need(Executable(circuit, read(circuit)), exact=False)
    assert not installed("lightning.gpu")


@pytest.mark.parametrize("seed", range(12))
def test_states(seed):
    """Random circuits, controlled gates with open controls among them, give Qiskit's amplitudes in Qiskit's order."""
    circuit = random_circuit(5, 6, max_operands=4, seed=seed)
    backend = OnTheProcessor()
    executable = Executable(circuit, read(circuit))
    assert backend.need(executable, exact=True).memory == 48 << 5
    state = backend.state(executable, Grant(threads=1, memory=1 << 30)).get_vector()
    active = executable.program.active
    wanted = np.asarray(Statevector(circuit)).reshape((2,) * 5)
    for qubit in set(range(5)) - set(active):
        wanted = wanted.take([0], axis=4 - qubit)
    # qulacs and lightning leave out the global phase of the circuit
    assert abs(np.vdot(wanted.ravel(), state)) == pytest.approx(1, abs=1e-12)


@pytest.mark.skipif(not lightning_sees_gpu(), reason="there is no GPU here: lightning.gpu is not run")
def test_counts():
    """With a GPU it gives a GHZ state's counts."""
    assert set(counts(ghz(5), 1000, backend="lightning.gpu")) == {"00000", "11111"}
