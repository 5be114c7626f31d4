"""The exact step of a hybrid loop: energy, gradient and state of one ansatz and one Pauli sum, many times over.

    engine = Engine(ansatz, observable)
    engine.energy(x), engine.energies(points), engine.state(x)
    energy, gradient = engine.energy_and_gradient(x)
    engine.name, engine.why, engine.memory

The adjoint method (Jones and Gacon, arXiv:2009.02823): with the final state psi and lambda = H psi, undo the circuit on
both; a turn ``exp(-i w P / 2)`` has the slope Im<lambda|P|psi> at its place.

    engine        Engine: what computes, and why
    lowering      a circuit as steps; standard: Qiskit's gates in these; steps: what they are
    angles        what parameters do to angles, and the chain rule; weights: from angles to the steps' turns
    paulis        observables as masks; active: without idle qubits
    fallback      qulacs, for what the kernels do not take
    fused         the kernels, and the plan that they follow:
    runs          steps gathered into sweeps over the amplitudes
    segments      a wide circuit cut into parts that fit into the cache
    tables, hamiltonian, room     the plan, the observable and the states as arrays
    simd, turns, phases, moves, product, observed, passes, compiled     what Numba compiles

Only `fused` and what it imports needs Numba.
"""

from __future__ import annotations

from qmagic.backends.exact.engine import Engine

__all__ = ["Engine"]
