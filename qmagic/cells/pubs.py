"""Circuits and PUBs as Qiskit objects, made into the `PubSpec` that travels and the QPY that goes with them.

PUBs are Qiskit's: their observables and parameter values are read by Qiskit's own containers, so that shapes and
broadcasting are those of its V2 primitives. Everything is validated here, in the process that made the objects.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qmagic.cells.observables import parse_observable, parse_observables
from qmagic.cells.python import is_circuit
from qmagic.cells.request import Wanted
from qmagic.errors import InputError, NotFoundError, nearest
from qmagic.jobs import Observable, ParameterValues, PubSpec, Source, Term

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparseObservable

__all__ = ["Gathered", "gather", "observables_of", "parameter_values_of", "to_qpy"]

_ALPHABET = frozenset("IXYZ01+-rl")


@dataclasses.dataclass(frozen=True)
class Gathered:
    """Circuits, each once, and the PUBs that name them by index."""

    kind: str
    circuits: tuple[QuantumCircuit, ...]
    pubs: tuple[PubSpec, ...]

    def source(self) -> Source:
        """Returns the circuits as QPY."""
        return Source("qpy", to_qpy(self.circuits))


def gather(entries: Sequence[Any], wanted: Wanted, shots: int | None, precision: float | None) -> Gathered:
    """Returns the PUBs of a list of circuits and Qiskit PUBs.

    Raises:
        InputError: A PUB is malformed, counts and expectation values are mixed, or something is given twice.
    """
    circuits: list[QuantumCircuit] = []
    index: dict[int, int] = {}
    pubs: list[PubSpec] = []
    kinds = set()
    shared = _SharedValues(wanted.parameter_values)
    for i, entry in enumerate(entries):
        where = f"PUB {i}" if len(entries) > 1 else "the PUB"
        pub = PubSpec(shots=shots, precision=precision)
        if is_circuit(entry):
            circuit = entry
            if wanted.parameter_values is not None:
                pub = _replace(pub, parameters=shared.of(circuit))
        else:
            circuit, own = _read_pub(entry, where)
            if wanted.parameter_values is not None and own.parameters is not None:
                raise InputError(f"{where} brings its own parameter values; leave out --bind and --sweep")
            pub = _replace(
                own,
                parameters=shared.of(circuit) if wanted.parameter_values is not None else own.parameters,
                shots=own.shots if own.shots is not None or own.precision is not None else shots,
                precision=own.precision if own.precision is not None or own.shots is not None else precision,
            )
        if wanted.observables is not None:
            if pub.observables is not None:
                raise InputError(f"{where} brings its own observables; leave out the other ones")
            pub = _replace(pub, observables=wanted.observables, observables_shape=wanted.observables_shape)
        kinds.add("sample" if pub.observables is None else "estimate")
        at = index.setdefault(id(circuit), len(circuits))
        if at == len(circuits):
            circuits.append(circuit)
        pubs.append(pub if at == 0 else _replace(pub, circuit=at))
    if len(kinds) > 1:
        raise InputError("some PUBs have observables and some have none; submit them as two jobs")
    shared.check_all_used()
    return Gathered(kinds.pop(), tuple(circuits), tuple(pubs))


def to_qpy(circuits: Sequence[QuantumCircuit]) -> bytes:
    """Returns circuits as QPY.

    Raises:
        InputError: Qiskit cannot write one of them.
    """
    from qiskit import qpy

    try:
        try:
            return _dumped(qpy, circuits, None)
        except TypeError:
            # Most likely metadata that JSON cannot hold; an encoder of our own takes it, and more time.
            return _dumped(qpy, circuits, _LenientEncoder)
    except Exception as error:
        raise InputError(f"Qiskit cannot write the circuit as QPY: {_sentence(error)}") from None


def _dumped(qpy: ModuleType, circuits: Sequence[QuantumCircuit], encoder: type[json.JSONEncoder] | None) -> bytes:
    buffer = io.BytesIO()
    qpy.dump(list(circuits), buffer, metadata_serializer=encoder)
    return buffer.getvalue()


def observables_of(value: Any) -> tuple[tuple[Observable, ...], tuple[int, ...]]:
    """Returns observables in C order, and the shape of their array.

    Args:
        value: Text such as ``"ZZ; 0.5*XX"`` (several observables make an array of shape ``(n,)``), a Qiskit operator,
            a mapping of labels to coefficients, or a nested list or array of these.

    Raises:
        InputError: Not an observable, not Hermitian, or lists of unequal lengths.
    """
    if isinstance(value, str):
        parsed = parse_observables(value)
        return parsed, () if len(parsed) == 1 else (len(parsed),)
    if hasattr(value, "sparse_observables_array"):
        array = value.sparse_observables_array()
        return tuple(_from_sparse(item) for item in array.ravel()), tuple(array.shape)
    if isinstance(value, (list, tuple)) or type(value).__name__ in ("ndarray", "PauliList"):
        if getattr(value, "shape", None) == ():
            return observables_of(value.item())
        parts = [((parse_observable(item),), ()) if isinstance(item, str) else observables_of(item) for item in value]
        shapes = {shape for _, shape in parts}
        if len(shapes) > 1:
            raise InputError(f"the observables' lists have unequal lengths: {sorted(shapes)}")
        inner = shapes.pop() if shapes else ()
        return tuple(item for items, _ in parts for item in items), (len(parts), *inner)
    from qiskit.primitives.containers.observables_array import ObservablesArray

    try:
        return (_from_sparse(ObservablesArray.coerce_observable(value)),), ()
    except Exception as error:
        raise InputError(f"the observable cannot be used: {_sentence(error)}") from None


def parameter_values_of(value: Any, circuit: QuantumCircuit) -> ParameterValues | None:
    """Returns parameter values, from what Qiskit's primitives take: an array over the circuit's parameters in
    Qiskit's order, a mapping from parameters or names to arrays, or a ``BindingsArray``. None when there are none.

    Raises:
        InputError: They do not have the form or number that the circuit needs.
    """
    if value is None or isinstance(value, ParameterValues):
        return value
    from qiskit.primitives.containers import BindingsArray

    try:
        if not isinstance(value, (BindingsArray, Mapping)):
            value = {tuple(circuit.parameters): value}
        bindings = BindingsArray.coerce(value)
        array = bindings.as_array()
    except Exception as error:
        raise InputError(f"the parameter values do not fit the circuit: {_sentence(error)}") from None
    names = tuple(name for key in bindings.data for name in key)
    shape = tuple(int(size) for size in array.shape[:-1])
    if not names and not shape:
        return None
    return ParameterValues(names, array.astype("<f8").tobytes(), shape)


class _SharedValues:
    """Parameter values that several circuits share: each takes those of its own parameters, by name."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._by_name = isinstance(value, (ParameterValues, Mapping)) or hasattr(value, "as_array")
        self._unused: set[str] | None = None
        self._known: set[str] = set()

    def of(self, circuit: QuantumCircuit) -> ParameterValues | None:
        values = parameter_values_of(self._value, circuit)
        if values is None or not self._by_name:
            return values
        names = {parameter.name for parameter in circuit.parameters}
        self._known |= names
        self._unused = (set(values.names) if self._unused is None else self._unused) - names
        return _only(values, names)

    def check_all_used(self) -> None:
        if self._unused:
            name = min(self._unused)
            has = f"parameters: {', '.join(sorted(self._known)[:8])}" if self._known else "no parameters"
            raise NotFoundError(f"there is no parameter {name!r}; the circuit has {has}{nearest(name, self._known)}")


def _only(values: ParameterValues, names: set[str]) -> ParameterValues | None:
    kept = [i for i, name in enumerate(values.names) if name in names]
    if len(kept) == len(values.names):
        return values
    if not kept and not values.shape:
        return None
    stride = len(values.names)
    data = values.values
    rows = range(math.prod(values.shape))
    return ParameterValues(
        tuple(values.names[i] for i in kept),
        b"".join(data[8 * (row * stride + i) : 8 * (row * stride + i + 1)] for row in rows for i in kept),
        values.shape,
    )


def _read_pub(entry: Any, where: str) -> tuple[QuantumCircuit, PubSpec]:
    """Returns the circuit of a PUB and the rest of it."""
    from qiskit.primitives.containers import EstimatorPub, SamplerPub

    try:
        if isinstance(entry, tuple):
            estimates = len(entry) > 1 and _is_observable(entry[1], entry[0])
            pub: Any = EstimatorPub.coerce(entry) if estimates else SamplerPub.coerce(entry)
        else:
            pub = entry
        circuit = pub.circuit
        spec = PubSpec(parameters=parameter_values_of(pub.parameter_values, circuit))
        if isinstance(pub, EstimatorPub):
            observables, shape = observables_of(pub.observables)
            # A precision of 0 is Qiskit's way to ask for exact values.
            precision = float(pub.precision) if pub.precision else None
            return circuit, _replace(spec, observables=observables, observables_shape=shape, precision=precision)
        return circuit, spec if pub.shots is None else _replace(spec, shots=int(pub.shots))
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{where} cannot be read: {_sentence(error)}") from None


def _is_observable(value: Any, circuit: QuantumCircuit) -> bool:
    """Returns whether the second item of a PUB is its observables (an estimator's PUB), not parameter values."""
    from qiskit.primitives.containers import ObservablesArray
    from qiskit.quantum_info import Pauli, PauliList, SparseObservable, SparsePauliOp

    if isinstance(value, (str, Pauli, PauliList, SparseObservable, SparsePauliOp, ObservablesArray)):
        return True
    if isinstance(value, Mapping):
        parameters = {parameter.name for parameter in circuit.parameters}
        return bool(value) and all(isinstance(key, Pauli) or _is_label(key, circuit, parameters) for key in value)
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray":
        if getattr(value, "shape", None) == ():
            return _is_observable(value.item(), circuit)
        return len(value) > 0 and _is_observable(value[0], circuit)
    return False


def _is_label(key: Any, circuit: QuantumCircuit, parameters: set[str]) -> bool:
    return isinstance(key, str) and len(key) == circuit.num_qubits and set(key) <= _ALPHABET and key not in parameters


def _from_sparse(observable: SparseObservable) -> Observable:
    terms = tuple(
        Term("".join(letters), tuple(qubits), float(complex(coefficient).real))
        for letters, qubits, coefficient in (
            (*_sorted(letters, qubits), coefficient) for letters, qubits, coefficient in observable.to_sparse_list()
        )
    )
    return Observable(terms, observable.num_qubits, _label(terms, observable.num_qubits))


def _sorted(letters: str, qubits: Sequence[int]) -> tuple[list[str], list[int]]:
    pairs = sorted(zip(qubits, letters, strict=True))
    return [letter for _, letter in pairs], [int(qubit) for qubit, _ in pairs]


def _label(terms: Sequence[Term], width: int) -> str:
    """Returns a short text for an observable that was given as an object."""
    words = []
    for term in terms[:3]:
        if width <= 12:
            operators = dict(zip(term.qubits, term.operators, strict=True))
            name = "".join(operators.get(qubit, "I") for qubit in reversed(range(width)))
        else:
            name = "*".join(f"{a}{qubit}" for a, qubit in zip(term.operators, term.qubits, strict=True)) or "I"
        words.append(name if term.coefficient == 1.0 else f"{term.coefficient:g}*{name}")
    more = f" + … ({len(terms)} terms)" if len(terms) > 3 else ""
    return " + ".join(words).replace("+ -", "- ") + more


def _replace(pub: PubSpec, **changes: Any) -> PubSpec:
    return PubSpec(**{name: changes.get(name, getattr(pub, name)) for name in PubSpec.__struct_fields__})


class _LenientEncoder(json.JSONEncoder):
    """Circuits' metadata is the user's own and not needed to run: what JSON cannot hold becomes text."""

    def default(self, value: Any) -> Any:
        return value.tolist() if hasattr(value, "tolist") else repr(value)


def _sentence(error: BaseException) -> str:
    return str(error).strip().strip("'\"").split("\n", 1)[0][:200] or type(error).__name__
