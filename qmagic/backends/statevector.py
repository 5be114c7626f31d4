"""The exact state vector, by qulacs: one simulation for any number of shots.

It runs circuits whose counts follow from one final state (`program.Program.obstacle` is empty), without noise. Qubits
on which nothing happens are left out, so that a circuit laid out on 127 qubits costs what its five cost.

Memory: qulacs holds the state (16 bytes an amplitude) and hands out a copy (16); the probabilities (8, and 8 to
compute them) come after the state is gone: 32 bytes an amplitude. qulacs ends the *process* when it cannot get
memory: `need` is asked first. The registry imports this module, and with it qulacs, when it is first asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import qulacs

from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.backends.gates import add
from qmagic.backends.gates_merged import add_merged
from qmagic.backends.grouping import paulis_of
from qmagic.backends.memory import limit, refusal
from qmagic.backends.sampling import Key, draw, generator, table
from qmagic.backends.threads import available, using
from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.program import Step
    from qmagic.outcomes import CountsTable

__all__ = ["StateVector", "compiled", "marginal", "places_of", "run", "squared_moduli"]

#: Bytes for an amplitude at the peak.
_BYTES = 32
#: From this many qubits on, more than one thread pays (16 qubits: 59 ms instead of 87 with two).
_WIDE = 16
#: From this many qubits on, merging gates before the run pays: first qulacs' own way, which is quick, then ours.
_MERGE, _MERGE_WELL = 8, 15
#: Up to this many qubits a state is kept for the next run; making one takes longer than a Bell.
_KEPT = 12


class StateVector:
    """The backend ``statevector``.

    Args:
        name: Its name.
    """

    def __init__(self, name: str = "statevector") -> None:
        self.name = name

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns 32 bytes an amplitude; refuses noise, and what a final state cannot answer."""
        program = executable.program
        if executable.noise is not None:
            raise InputError("statevector has no noise; use backend 'aer' (or 'auto')")
        if program.obstacle and (program.feeds_forward or not exact):
            raise InputError(
                f"statevector needs one final state, but the circuit is not unitary up to its measurements: "
                f"{program.obstacle}; use backend 'aer' (or 'auto')"
            )
        needed = _BYTES << program.width
        if needed > limit():
            raise refusal(
                "state vectors",
                program.width,
                needed,
                limit(),
                (_BYTES, 2),
                "aer.mps may run it if its entanglement is low, aer.stabilizer if it is Clifford",
            )
        return Need(needed, available() if program.width >= _WIDE else 1)

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts drawn from the final distribution of the measured bits."""
        program = executable.program
        qubits, places = places_of(program.measured)
        probabilities = executable.shelf.keep(
            executable,
            self.name,
            8 << len(qubits),
            lambda: marginal(squared_moduli(self.state(executable, grant).get_vector()), program.active, qubits),
        )
        random, order = generator(key)
        outcomes, counts = draw(probabilities, shots, random)
        return table(outcomes, counts, places, program.num_clbits, order), self.name

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns each product's expectation value; a projector is expanded into ``(1 ± P) / 2``."""
        active = executable.program.active
        place = {qubit: i for i, qubit in enumerate(active)}
        state = self.state(executable, grant)
        known: dict[Product, float] = {(): 1.0}
        values = np.empty(len(products))
        for row, product in enumerate(products):
            value = 0.0
            for weight, pauli in paulis_of(product):
                if pauli not in known:
                    text = " ".join(f"{letter} {place[qubit]}" for letter, qubit in pauli)
                    known[pauli] = qulacs.PauliOperator(text, 1.0).get_expectation_value(state).real
                value += weight * known[pauli]
            values[row] = value
        return values, self.name

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts in each basis, all from one simulation."""
        active = executable.program.active
        place = {qubit: i for i, qubit in enumerate(active)}
        state = self.state(executable, grant)
        tables = []
        for basis, number, key in zip(bases, shots, keys, strict=True):
            change = qulacs.QuantumCircuit(len(active))
            for letter, qubit in basis:
                if letter == "Y":
                    change.add_Sdag_gate(place[qubit])
                if letter != "Z":
                    change.add_H_gate(place[qubit])
            turned = state.copy()
            change.update_quantum_state(turned)
            probabilities = marginal(squared_moduli(turned.get_vector()), active, tuple([qubit for _, qubit in basis]))
            random, order = generator(key)
            outcomes, counts = draw(probabilities, number, random)
            tables.append(
                table(
                    outcomes, counts, [[i] for i in range(len(basis))] if len(basis) > 63 else None, len(basis), order
                )
            )
        return tables, self.name

    def state(self, executable: Executable, grant: Grant) -> Any:
        """Returns the final state (qulacs') over the active qubits, the first of them as the lowest bit."""
        active = executable.program.active
        width = max(1, len(active))
        circuit = compiled(executable.program.steps, {qubit: i for i, qubit in enumerate(active)}, width)
        if width <= _KEPT:
            state = _kept_state(width)
            state.set_zero_state()
        else:
            state = qulacs.QuantumState(width)
        with using(grant.threads, "qulacs"):
            run(circuit, state)
        return state


def places_of(measured: tuple[tuple[int, int], ...]) -> tuple[tuple[int, ...], list[list[int]] | None]:
    """Returns the measured qubits, and the bits that each ends in; None where the i-th ends in bit i alone."""
    qubits = tuple([qubit for _, qubit in measured])
    if len(set(qubits)) == len(qubits):
        straight = measured[-1][0] == len(measured) - 1 and len(measured) <= 63
        return qubits, None if straight else [[bit] for bit, _ in measured]
    holders: dict[int, list[int]] = {}
    for bit, qubit in measured:
        holders.setdefault(qubit, []).append(bit)
    # Ascending by the highest bit that a qubit ends in, so that ascending outcomes stay ascending.
    qubits = tuple(sorted(holders, key=lambda qubit: holders[qubit][-1]))
    return qubits, [holders[qubit] for qubit in qubits]


def compiled(steps: Iterable[Step], place: Mapping[int, int], width: int) -> Any:
    """Returns gates as a qulacs circuit of `width` qubits, on each qubit's `place`."""
    circuit = qulacs.QuantumCircuit(width)
    if width >= _MERGE_WELL:
        add_merged(circuit, steps, place)
        return circuit
    for instruction, qubits in steps:
        add(circuit, instruction, tuple([place[qubit] for qubit in qubits]))
    if width >= _MERGE:
        _optimizer().optimize_light(circuit)
    return circuit


def run(circuit: Any, state: Any) -> None:
    """Runs a qulacs circuit on a state.

    OpenBLAS leaves the upper halves of the vector registers in use after a product of complex matrices, which makes
    qulacs three to four times slower, until a loop of NumPy's clears them.
    """
    np.add(_ONES, _ONES, out=_TWOS)
    circuit.update_quantum_state(state)


#: Long enough for NumPy to use vectors.
_ONES, _TWOS = np.ones(64), np.ones(64)


@functools.cache
def _optimizer() -> Any:
    """Returns what merges gates in qulacs' way."""
    return qulacs.circuit.QuantumCircuitOptimizer()


@functools.cache
def _kept_state(width: int) -> Any:
    return qulacs.QuantumState(width)


def squared_moduli(vector: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Returns the squared moduli with one temporary array, not two."""
    probabilities = vector.real * vector.real
    probabilities += vector.imag * vector.imag
    return probabilities


def marginal(
    probabilities: NDArray[np.float64], active: tuple[int, ...], qubits: tuple[int, ...]
) -> NDArray[np.float64]:
    """Returns the distribution of `qubits`, the first of them as the lowest bit of an outcome."""
    if qubits == active:
        return probabilities
    place = {qubit: i for i, qubit in enumerate(active)}
    width = len(active)
    # Axis 0 of the reshaped array is the highest qubit.
    kept = [width - 1 - place[qubit] for qubit in reversed(qubits)]
    dropped = tuple(set(range(width)).difference(kept))
    tensor = probabilities.reshape((2,) * width).transpose(*kept, *dropped)
    summed: NDArray[np.float64] = tensor.reshape(1 << len(kept), -1).sum(axis=1)
    return summed
