"""Where Qiskit Aer runs shot by shot, and about what one takes.

Aer samples all shots from one final state when nothing happens after the measurements and no gate has an error. Else
each shot is a trajectory of its own. A density matrix holds the average over errors, and often over resets too: it is
taken to run once.

The seconds are those of one core of 2024: measured with circuits of 2 to 30 qubits, good within a factor of three
(matrix product states: more, since they depend on the entanglement). They decide how shots are cut, so they must not
depend on the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.base import Executable
    from qmagic.backends.noise import Noise

__all__ = ["seconds_a_shot"]

#: Seconds of a gate besides its amplitudes, of one amplitude, and of starting a shot.
_GATE, _AMPLITUDE, _SHOT = 1e-6, 3e-9, 2e-5
#: Seconds of a gate on a row of a tableau, and on a matrix product state of low entanglement.
_ROW, _TENSOR = 2e-8, 1e-5


def seconds_a_shot(executable: Executable, method: str) -> float | None:
    """Returns the seconds of one shot; None where all shots come from one run."""
    program = executable.program
    errors = executable.noise is not None and _has_gate_errors(executable.noise, program.active)
    if not (program.feeds_forward or errors):
        return None
    width = program.width
    if method == "statevector":
        gate = _GATE + _AMPLITUDE * (1 << width)
    elif method == "stabilizer":
        gate = _GATE + _ROW * width
    elif method == "matrix_product_state":
        gate = _TENSOR
    else:
        return None
    return _SHOT + gate * (len(program.steps) + _inside(executable.circuit))


def _has_gate_errors(noise: Noise, active: tuple[int, ...]) -> bool:
    """Returns whether anything but the readout has errors, be it in the circuit or not: so Aer sees it."""
    model = noise.model(active)
    return bool(model._default_quantum_errors or model._local_quantum_errors or model._custom_noise_passes)


def _inside(circuit: QuantumCircuit) -> float:
    """Returns the instructions inside control flow, each as often as a loop repeats it; half of each branch."""
    total = 0.0
    for instruction in circuit.data:
        if not instruction.is_control_flow():
            continue
        operation = instruction.operation
        times = len(list(operation.params[0])) if operation.name == "for_loop" else 1 / max(1, len(operation.blocks))
        total += times * sum(len(block.data) + _inside(block) for block in operation.blocks)
    return total
