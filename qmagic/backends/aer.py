"""Qiskit Aer with its methods: noise, measurements in the middle, resets and control flow.

Each circuit runs by itself with a seed of its own, since Aer's seeds are per run, not per circuit. Simulators, noise
models and pass managers are built once for each process. A circuit whose instructions the method knows runs
untouched; any other is translated, never optimized.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.backends.aer_methods import METHODS, automatic, bytes_of, not_clifford
from qmagic.backends.aer_shots import seconds_a_shot
from qmagic.backends.aer_translate import fitting
from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.backends.memory import limit, refusal
from qmagic.backends.sampling import Key, seed_31, table_of
from qmagic.errors import InputError, JobFailedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

    from qmagic.outcomes import CountsTable

__all__ = ["Aer"]

#: The label of gates that no noise model knows: they turn the basis before an ideal measurement.
_IDEAL = "qmagic_basis"
#: From this many amplitudes (as a power of two) more than one thread pays.
_WIDE = 16
#: The label under which values are saved.
_SAVED = "qmagic"
#: Aer's method, and its device.
How = tuple[str, str]
_OBSERVE = frozenset({"statevector", "density_matrix", "matrix_product_state", "stabilizer"})


class Aer:
    """One of the ``aer`` backends.

    Args:
        name: A key of `METHODS`.
    """

    #: Where it runs, in Aer's words.
    device = "CPU"

    def __init__(self, name: str) -> None:
        self.name = name

    def method(self, executable: Executable, *, exact: bool) -> str:
        """Returns Aer's method for the circuit."""
        chosen = METHODS[self.name]
        return automatic(executable, exact=exact) if chosen == "automatic" else chosen

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns what the method takes; refuses what it cannot do."""
        method = self.method(executable, exact=exact)
        if exact:
            self._check_exact(executable, method)
        if method == "stabilizer" and (gate := not_clifford(executable)):
            raise InputError(
                f"{self.name} runs Clifford circuits, and {gate} is not Clifford; use aer.statevector or aer.mps"
            )
        width = executable.program.width
        needed = bytes_of(method, width)
        if needed > limit():
            raise _too_wide(method, width, needed)
        size = {"statevector": width, "density_matrix": 2 * width, "matrix_product_state": width}.get(method, 0)
        from qmagic.backends.threads import available

        return Need(needed, available() if size >= _WIDE else 1)

    def seconds_a_shot(self, executable: Executable) -> float | None:
        """Returns about how long a trajectory takes; None where all shots come from one run."""
        return seconds_a_shot(executable, self.method(executable, exact=False))

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts, all of one run."""
        method = self.method(executable, exact=False)
        circuit = fitting(executable, method)
        return _counts(circuit, executable, self._how(method), shots, key, grant), method

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns exact values: of the state without noise, of the readout's distribution with it."""
        method = self.method(executable, exact=True)
        self._check_exact(executable, method)
        circuit = fitting(executable, method).copy()
        if executable.noise is None:
            return _observed(circuit, executable, self._how(method), products, grant), method
        return _read_out(circuit, executable, self._how(method), products, grant), method

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts in each basis, each from a run of its own."""
        method = self.method(executable, exact=False)
        bare = fitting(executable, method)
        tables = []
        for basis, number, key in zip(bases, shots, keys, strict=True):
            circuit = _measured_in(bare, basis)
            tables.append(_counts(circuit, executable, self._how(method), number, key, grant, first=bare.num_clbits))
        return tables, method

    def _how(self, method: str) -> How:
        return method, self.device

    def _check_exact(self, executable: Executable, method: str) -> None:
        program = executable.program
        if program.feeds_forward:
            raise InputError(
                "exact expectation values need a circuit whose measurements come last, but "
                f"{program.obstacle}; set shots (or precision)"
            )
        if method not in _OBSERVE:
            raise InputError(f"{self.name} has no exact expectation values; set shots (or precision)")
        if executable.noise is not None and method != "density_matrix":
            raise InputError(
                f"{self.name} has no exact expectation values under noise; use aer.density_matrix, or set shots"
            )


def _too_wide(method: str, width: int, needed: int) -> InputError:
    if method == "density_matrix":
        return refusal(
            "density matrices", width, needed, limit(), (24, 4), "with shots set, aer runs trajectories instead"
        )
    instead = "aer.mps may run it if its entanglement is low, aer.stabilizer if it is Clifford"
    return refusal("state vectors", width, needed, limit(), (24, 2), instead)


@functools.cache
def _simulator(how: How) -> Any:
    from qiskit_aer import AerSimulator

    method, device = how
    return AerSimulator(method=method, device=device, max_parallel_experiments=1, max_parallel_shots=1)


def _counts(
    circuit: QuantumCircuit, executable: Executable, how: How, shots: int, key: Key, grant: Grant, first: int = 0
) -> CountsTable:
    """Returns the counts of the bits from `first` on."""
    seed, order = seed_31(key)
    data = _run(circuit, executable, how, grant, shots=shots, seed_simulator=seed)
    counts: dict[int, int] = {}
    for outcome, number in data.get("counts", {}).items():
        value = int(outcome, 16) >> first
        counts[value] = counts.get(value, 0) + int(number)
    return table_of(counts, circuit.num_clbits - first, order)


def _run(circuit: QuantumCircuit, executable: Executable, how: How, grant: Grant, **options: Any) -> dict[str, Any]:
    """Runs one circuit in this thread and returns its data.

    Aer's own ``run`` goes through a thread of a pool, whose number of OpenMP threads nobody can set.
    """
    from qmagic.backends.threads import using

    if executable.noise is not None:
        options["noise_model"] = executable.noise.model(executable.program.active)
    with using(grant.threads, "qiskit_aer"):
        result = _simulator(how)._execute_circuits_job(
            [circuit], None, {"max_parallel_threads": grant.threads, **options}
        )
    if not result.success:
        raise _failure(result, how[0])
    data: dict[str, Any] = result.results[0].data.to_dict()
    return data


def _failure(result: Any, method: str) -> Exception:
    status = str(result.results[0].status if result.results else result.status)
    status = " ".join(status.replace("ERROR:", "").replace("[Experiment 0]", "").split()).strip(" ,")
    if "nsufficient memory" in status or "allocate memory" in status:
        return InputError(f"aer's method {method} does not get the memory that the circuit needs: {status}")
    return JobFailedError(f"aer's method {method} failed: {status}")


def _turn(circuit: QuantumCircuit, basis: Product, *, back: bool = False) -> None:
    """Appends the gates that turn `basis` to Z (or back), under a label that no noise model knows."""
    from qiskit.circuit.library import HGate, SdgGate, SGate

    for letter, qubit in basis:
        if letter == "Y" and not back:
            circuit.append(SdgGate(label=_IDEAL), [qubit])
        if letter != "Z":
            circuit.append(HGate(label=_IDEAL), [qubit])
        if letter == "Y" and back:
            circuit.append(SGate(label=_IDEAL), [qubit])


def _measured_in(circuit: QuantumCircuit, basis: Product) -> QuantumCircuit:
    """Returns the circuit with `basis` measured into new bits after the old ones."""
    from qiskit.circuit import ClassicalRegister

    register = ClassicalRegister(len(basis), _IDEAL)
    measured = circuit.copy()
    measured.add_register(register)
    _turn(measured, basis)
    measured.measure([qubit for _, qubit in basis], register)
    return measured


def _observed(
    circuit: QuantumCircuit, executable: Executable, how: How, products: Sequence[Product], grant: Grant
) -> NDArray[np.float64]:
    """Returns exact values by Aer's own Pauli expectation values."""
    import numpy as np
    from qiskit.quantum_info import Pauli

    from qmagic.backends.grouping import paulis_of

    expanded = [list(paulis_of(product)) for product in products]
    paulis = sorted({pauli for terms in expanded for _, pauli in terms if pauli})
    active = executable.program.active
    for i, pauli in enumerate(paulis):
        # On all active qubits: on some of them only, Aer 0.18 gives wrong values after a gate on three qubits.
        letter = {qubit: name for name, qubit in pauli}
        text = "".join([letter.get(qubit, "I") for qubit in reversed(active)])
        circuit.save_expectation_value(Pauli(text), active, label=f"{_SAVED}{i}")
    data = _run(circuit, executable, how, grant, shots=1) if paulis else {}
    known = {pauli: float(data[f"{_SAVED}{i}"]) for i, pauli in enumerate(paulis)} | {(): 1.0}
    return np.array([sum(weight * known[pauli] for weight, pauli in terms) for terms in expanded], dtype=float)


def _read_out(
    circuit: QuantumCircuit, executable: Executable, how: How, products: Sequence[Product], grant: Grant
) -> NDArray[np.float64]:
    """Returns exact values of what is *read*: the distribution in each basis, then each bit through its readout error.

    With ``p01`` the probability to read 1 for 0 and ``p10`` to read 0 for 1, an operator of values ``(v0, v1)`` is
    read as ``((1 - p01) v0 + p01 v1, p10 v0 + (1 - p10) v1)``: Z becomes ``(1 - p01 - p10) Z + (p10 - p01)``.
    """
    import numpy as np

    from qmagic.backends.grouping import VALUES, groups
    from qmagic.backends.noise import readout_of

    assert executable.noise is not None
    active = executable.program.active
    errors = readout_of(executable.noise.model(active), active)
    found = groups(products)
    for i, (basis, _) in enumerate(found):
        _turn(circuit, basis)
        circuit.save_probabilities([qubit for _, qubit in basis], label=f"{_SAVED}{i}")
        _turn(circuit, basis, back=True)
    data = _run(circuit, executable, how, grant, shots=1) if found else {}
    values = np.ones(len(products))
    for i, (basis, members) in enumerate(found):
        # Axis 0 is the last qubit of the basis.
        distribution = np.asarray(data[f"{_SAVED}{i}"]).reshape((2,) * len(basis))
        for member in members:
            letters = {qubit: letter for letter, qubit in products[member]}
            left = distribution
            for _, qubit in reversed(basis):
                zero, one = VALUES[letters[qubit]] if qubit in letters else (1.0, 1.0)
                p01, p10 = errors.get(qubit, (0.0, 0.0))
                left = np.tensordot([(1 - p01) * zero + p01 * one, p10 * zero + (1 - p10) * one], left, 1)
            values[member] = float(left)
    return values
