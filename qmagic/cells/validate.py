"""What a job must satisfy: checks that a kernel (for objects) and a worker (for text) both make.

The first ones need no circuit and no Qiskit. `check` takes the loaded circuits. Each raises one clear line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qmagic.errors import InputError, NotFoundError, SourceError, nearest
from qmagic.jobs import JobSpec, Observable, PubSpec

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = [
    "MOST_BYTES", "MOST_SHOTS", "MOST_STATE_QUBITS", "broadcast", "check", "check_precision", "check_seed",
    "check_shots", "check_text", "check_width", "measures",
]  # fmt: skip

#: The longest text of a circuit, in bytes.
MOST_BYTES = 1_000_000
#: The most shots of a circuit.
MOST_SHOTS = 1_000_000_000
#: The widest circuit whose state is shown, in qubits.
MOST_STATE_QUBITS = 8


def check_text(text: str, what: str, first_line: int = 1) -> None:
    """Checks that a text can be a circuit's: not empty, no NUL, at most `MOST_BYTES`.

    Args:
        text: The text.
        what: What it is, as the first words of the error: ``"the cell"``.
        first_line: The line on which the text starts.

    Raises:
        InputError: It cannot.
    """
    # Most texts are short enough to be let through without counting bytes.
    if len(text) * 4 > MOST_BYTES and len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise InputError(
            f"{what} is {len(text) / 1e6:.1f} MB; the limit for text is {MOST_BYTES / 1e6:g} MB:"
            " build such a circuit in Python and run the object"
        )
    if "\0" in text:
        line = first_line + text.count("\n", 0, text.index("\0"))
        raise SourceError(f"{what} holds a NUL byte; expected text", line)
    if not text or text.isspace():
        raise InputError(f"{what} is empty; expected OpenQASM, or Python whose last expression is a circuit")


def check_shots(shots: int | None) -> None:
    """Checks that the number of shots is a whole number in 1..`MOST_SHOTS`, or None."""
    if shots is None:
        return
    if type(shots) is not int:
        raise InputError(f"shots must be a whole number, got {shots!r}")
    if not 1 <= shots <= MOST_SHOTS:
        raise InputError(f"shots must be between 1 and {MOST_SHOTS:,}, got {shots:,}")


def check_precision(precision: float | None) -> None:
    """Checks that a standard error is positive and finite, or None."""
    if precision is not None and not (math.isfinite(precision) and precision > 0):
        raise InputError(f"precision is a standard error above 0, got {precision!r}; leave it out for exact values")


def check_seed(seed: int | None) -> None:
    """Checks that a seed is in 0..2^63 - 1, or None."""
    if seed is not None and (type(seed) is not int or not 0 <= seed < 2**63):
        raise InputError(f"seed must be a whole number between 0 and 2^63 - 1, got {seed!r}")


def broadcast(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...] | None:
    """Returns the shape that two shapes broadcast to by NumPy's rules; None when they do not fit."""
    width = max(len(left), len(right))
    pairs = zip((1,) * (width - len(left)) + left, (1,) * (width - len(right)) + right, strict=True)
    shape = []
    for a, b in pairs:
        if a != b and 1 not in (a, b):
            return None
        shape.append(b if a == 1 else a)
    return tuple(shape)


def check(spec: JobSpec, circuits: Sequence[QuantumCircuit]) -> None:
    """Checks every PUB of a job against its circuit.

    Raises:
        InputError: Nothing is measured (for counts), a parameter has no value, an observable does not fit,
            shots or precision are out of range, or shapes do not broadcast.
        NotFoundError: A value is given for a parameter that the circuit does not have.
    """
    for pub in spec.pubs:
        if not 0 <= pub.circuit < len(circuits):
            raise InputError(f"there is no circuit {pub.circuit}; the source has {len(circuits)}")
        circuit = circuits[pub.circuit]
        where = f" {pub.circuit}" if len(circuits) > 1 else ""
        check_shots(pub.shots)
        check_precision(pub.precision)
        _check_parameters(pub, circuit, where)
        if spec.kind == "estimate":
            _check_observables(pub, circuit, where)
        elif spec.kind == "state":
            _check_state(pub, circuit, where)
        elif not measures(circuit):
            raise InputError(
                f"the circuit{where} has no measurements, so there is nothing to count: end it with measurements"
                " (c = measure q; or circuit.measure_all()), or ask for observables"
            )


def _check_state(pub: PubSpec, circuit: QuantumCircuit, where: str) -> None:
    if circuit.num_qubits > MOST_STATE_QUBITS:
        raise InputError(
            f"the state is shown for circuits of up to {MOST_STATE_QUBITS} qubits; the circuit{where} has"
            f" {circuit.num_qubits}"
        )
    if not circuit.num_qubits:
        raise InputError(f"the circuit{where} has no qubits, and so no state")
    if pub.parameters is not None and math.prod(pub.parameters.shape) != 1:
        raise InputError("the state is shown at one point; give one value for each parameter")


def measures(circuit: QuantumCircuit) -> bool:
    """Returns whether the circuit has a measurement: at the top, inside control flow, or inside an instruction."""
    if not circuit.num_clbits:
        return False
    if "measure" in circuit.count_ops():
        return True
    for instruction in circuit.data:
        operation = instruction.operation
        blocks = getattr(operation, "blocks", ())
        if not blocks and instruction.clbits:
            definition = getattr(operation, "definition", None)
            blocks = () if definition is None else (definition,)
        if any(measures(block) for block in blocks):
            return True
    return False


def _check_parameters(pub: PubSpec, circuit: QuantumCircuit, where: str) -> None:
    given = pub.parameters
    if given is None and not circuit.num_parameters:
        return
    names = {parameter.name for parameter in circuit.parameters}
    if given is not None:
        for name in given.names:
            if name not in names:
                has = f"it has {_listed(names)}" if names else "it has none"
                raise NotFoundError(f"the circuit{where} has no parameter {name!r}; {has}{nearest(name, names)}")
        if len(given.values) != 8 * len(given.names) * math.prod(given.shape):
            raise InputError(f"the parameter values do not fill the shape {given.shape} times {len(given.names)} names")
        names.difference_update(given.names)
    if names:
        first = min(names)
        raise InputError(
            f"the circuit{where} has parameters without a value: {_listed(names)};"
            f" give them, as in --bind {first}=0.3, --sweep {first}=0:pi:21 or parameter_values"
        )


def _check_observables(pub: PubSpec, circuit: QuantumCircuit, where: str) -> None:
    if not pub.observables:
        raise InputError("there is no observable to estimate")
    if len(pub.observables) != math.prod(pub.observables_shape):
        raise InputError(f"{len(pub.observables)} observables do not fill the shape {pub.observables_shape}")
    for observable in pub.observables:
        check_width(observable, circuit.num_qubits, where)
    points = pub.parameters.shape if pub.parameters is not None else ()
    if broadcast(points, pub.observables_shape) is None:
        raise InputError(
            f"parameter values of shape {points} and observables of shape {pub.observables_shape}"
            " do not broadcast; expected shapes that fit by NumPy's rules"
        )


def check_width(observable: Observable, num_qubits: int, where: str = "") -> None:
    """Checks that an observable fits a circuit of `num_qubits` qubits."""
    if observable.width is not None and observable.width != num_qubits:
        raise InputError(
            f"the observable{_label(observable)} is for {_qubits(observable.width)}, the circuit{where} has"
            f" {num_qubits}; write one letter for each qubit, or name them as in Z0*Z1"
        )
    highest = max((max(term.qubits, default=-1) for term in observable.terms), default=-1)
    if highest >= num_qubits:
        raise InputError(
            f"the observable{_label(observable)} acts on qubit {highest}, the circuit{where} has {_qubits(num_qubits)}"
            f" (0 to {num_qubits - 1})"
        )


def _label(observable: Observable) -> str:
    return f" {observable.label[:60]!r}" if observable.label else ""


def _qubits(number: int) -> str:
    return "1 qubit" if number == 1 else f"{number} qubits"


def _listed(names: Iterable[str], most: int = 8) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
    return ", ".join(ordered[:most]) + more
