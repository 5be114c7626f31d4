"""Amazon Braket's circuits to Qiskit's, by Braket's own converter (qiskit-braket-provider), whose unitaries we test.

What that converter would drop or turn into something else without a word is refused here: result types, noise,
verbatim boxes. Measured bits keep their order: the first measured qubit is Qiskit's bit 0, written rightmost, where
Braket writes it leftmost. A circuit that measures nothing measures all of its qubits at its end, as it does at Braket
(final measurements are left out where expectation values are asked for).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["to_qiskit"]


def to_qiskit(circuit: Any) -> QuantumCircuit:
    """Returns a ``braket.circuits.Circuit`` as Qiskit's; qubit i is the i-th of its qubits in ascending order.

    Args:
        circuit: The circuit. Free parameters become Qiskit's parameters of the same names.

    Raises:
        InputError: It cannot be converted, names what is in the way; or the converter is not installed.
    """
    for result in circuit.result_types:
        raise InputError(
            f"the Braket circuit asks for the result type {result.name}; leave it out, and give --observables "
            "(observables=...) for expectation values, or shots for counts"
        )
    for instruction in circuit.instructions:
        _check(instruction.operator)
    try:
        from qiskit_braket_provider import to_qiskit as convert
    except ImportError:
        raise InputError(
            "a Braket circuit needs Braket's converter to Qiskit; pip install qiskit-braket-provider"
        ) from None
    try:
        made: QuantumCircuit = convert(circuit)
    except Exception as error:
        raise InputError(f"the Braket circuit cannot be converted: {str(error).splitlines()[0]}") from None
    return made


def _check(operator: Any) -> None:
    kinds = {kind.__name__ for kind in type(operator).__mro__}
    if "Noise" in kinds:
        raise InputError(
            f"{operator.name} in the Braket circuit is noise, no gate; leave it out and give --noise (noise=...)"
        )
    if "VerbatimBox" in operator.name:
        raise InputError(
            "the Braket circuit has a verbatim box; add its gates without the box and give --verbatim (verbatim=True)"
        )
    if operator.name == "PulseGate":
        raise InputError("PulseGate in the Braket circuit has pulses, which only Braket's devices run; use gates")
