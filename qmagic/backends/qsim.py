"""The backend ``qsim``: state vectors in single precision, by the engine of qsimcirq, for counts.

At 18 to 24 qubits it is several times faster than simulators in double precision. Amplitudes carry 24 bits, so a
probability has a relative error of about 1e-5, and what should be 0 is about 1e-14 of the largest: outcomes
that small are taken as impossible. Expectation values are refused: they stay in double precision elsewhere.

Gates go in as Qiskit's matrices through the engine's own interface. The package's extension modules are loaded by
themselves: its ``__init__`` imports Cirq, which takes two seconds and 150 MB, and none of it is used.

Memory: 8 bytes an amplitude for the state, 8 for a probability and 8 to compute it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from importlib import util
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.backends.matrices import uncontrolled
from qmagic.backends.memory import limit, refusal
from qmagic.backends.program import Step
from qmagic.backends.sampling import Key, draw, generator, table
from qmagic.backends.statevector import marginal, places_of
from qmagic.backends.threads import available
from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.outcomes import CountsTable

__all__ = ["Qsim"]

#: Bytes for an amplitude at the peak.
_BYTES = 24
#: The engine's largest matrix.
_MOST_TARGETS = 6
#: Gates are merged into matrices on this many qubits: two thirds of the time on 4, from 16 to 22 qubits.
_FUSED = 3
#: From this many qubits on more than one thread pays.
_WIDE = 14
#: A probability below the largest by this factor, for each gate, is what rounding leaves behind.
_ROUNDING = 1e-13
#: Amplitudes whose probabilities are computed at once: they stay in the cache.
_PIECE = 1 << 16


class Qsim:
    """The backend ``qsim``.

    Args:
        name: Its name.
    """

    def __init__(self, name: str = "qsim") -> None:
        self.name = name

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns 24 bytes an amplitude; refuses noise, feed-forward and expectation values."""
        program = executable.program
        if executable.noise is not None:
            raise InputError("qsim has no noise here; use backend 'aer' (or 'auto')")
        if exact:
            raise InputError("qsim computes in single precision and has no exact expectation values; set shots")
        if program.obstacle:
            raise InputError(f"qsim needs one final state, but {program.obstacle}; use backend 'branches' (or 'auto')")
        for instruction, qubits in program.steps:
            if len(qubits) > _MOST_TARGETS and not _fits(instruction):
                raise InputError(
                    f"qsim has no matrices on more than {_MOST_TARGETS} qubits, and {instruction.name} has "
                    f"{len(qubits)}; use backend 'statevector'"
                )
        needed = _BYTES << program.width
        if needed > limit():
            raise refusal(
                "state vectors in single precision", program.width, needed, limit(), (_BYTES, 2),
                "aer.mps may run it if its entanglement is low, stim if it is Clifford",
            )  # fmt: skip
        return Need(needed, available() if program.width >= _WIDE else 1)

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts drawn from the final distribution of the measured bits."""
        program = executable.program
        qubits, places = places_of(program.measured)
        probabilities = executable.shelf.keep(
            executable,
            self.name,
            8 << len(qubits),
            lambda: self._distribution(executable, program.steps, qubits, grant),
        )
        random, order = generator(key)
        outcomes, counts = draw(probabilities, shots, random)
        return table(outcomes, counts, places, program.num_clbits, order), f"{self.name} (single precision)"

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Refuses: see `need`."""
        del products, grant
        self.need(executable, exact=True)
        raise AssertionError

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts in each basis, each from a run of its own."""
        from qmagic.backends.flow import Gates, measured_in

        tables = []
        for basis, number, key in zip(bases, shots, keys, strict=True):
            steps = [
                step for one in measured_in(executable.flow, basis).code if isinstance(one, Gates) for step in one.steps
            ]
            probabilities = self._distribution(executable, steps, tuple([qubit for _, qubit in basis]), grant)
            random, order = generator(key)
            outcomes, counts = draw(probabilities, number, random)
            tables.append(table(outcomes, counts, None, len(basis), order))
        return tables, f"{self.name} (single precision)"

    def _distribution(
        self, executable: Executable, steps: Sequence[Step], qubits: tuple[int, ...], grant: Grant
    ) -> NDArray[np.float64]:
        """Returns the probabilities of some qubits, the first as the lowest bit; rounding is cut off."""
        active = executable.program.active
        width = max(1, len(active))
        options = {
            "c": _circuit(steps, active), "f": _FUSED, "t": grant.threads, "r": 1, "g": False, "gmode": 0, "gsst": 512,
            "gdb": 16, "v": 0, "z": False, "s": 0,
        }  # fmt: skip
        state = _engine().qsim_simulate_fullstate(options, 0)
        probabilities = np.empty(1 << width)
        size = min(_PIECE, 1 << width)
        squares = np.empty(2 * size)
        for first in range(0, 1 << width, size):
            piece = state[2 * first : 2 * (first + size)]
            np.multiply(piece, piece, out=squares, dtype=float)
            np.add(squares[::2], squares[1::2], out=probabilities[first : first + size])
        del state
        probabilities[probabilities < probabilities.max() * _ROUNDING * (10 + len(steps))] = 0.0
        return marginal(probabilities, active or (0,), qubits)


@functools.cache
def _engine() -> Any:
    """Returns the engine for this processor: its extension module alone, since the package imports Cirq (1.7 s)."""
    package = util.find_spec("qsimcirq")
    places = package.submodule_search_locations if package is not None else None
    if not places:
        raise InputError("qsim is not installed; install qmagic[qsim], or use 'statevector'")
    kinds = {0: "qsim_avx512", 1: "qsim_avx2", 2: "qsim_sse"}
    try:
        return _extension(kinds.get(_extension("qsim_decide", places).detect_instructions(), "qsim_basic"), places)
    except (ImportError, AttributeError) as error:
        raise InputError(f"the engine of qsimcirq cannot be loaded ({error}); use 'statevector'") from None


def _extension(name: str, places: Iterable[str]) -> Any:
    spec = PathFinder.find_spec(f"qsimcirq.{name}", list(places))
    if spec is None or spec.loader is None:
        raise ImportError(f"qsimcirq has no {name}")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fits(instruction: Any) -> bool:
    base = getattr(instruction.operation, "base_gate", None)
    return base is not None and base.num_qubits <= _MOST_TARGETS


def _circuit(steps: Sequence[Step], active: tuple[int, ...]) -> Any:
    """Returns gates as the engine's circuit: each as early as its qubits allow, in that order."""
    engine = _engine()
    place = {qubit: i for i, qubit in enumerate(active)}
    free = [0] * max(1, len(active))
    moments: list[list[tuple[list[float], list[int], list[int], int]]] = []
    for instruction, qubits in steps:
        at = [place[qubit] for qubit in qubits]
        moment = max([free[i] for i in at])
        for i in at:
            free[i] = moment + 1
        if moment == len(moments):
            moments.append([])
        numbers, controls, values = _numbers(instruction)
        # The engine takes the first qubit of a matrix as its highest bit.
        moments[moment].append((numbers, at[controls:][::-1], at[:controls], values))
    circuit = engine.Circuit()
    circuit.num_qubits = max(1, len(active))
    for moment, gates in enumerate(moments):
        for numbers, targets, controlled, values in gates:
            engine.add_matrix_gate(moment, targets, numbers, circuit)
            if controlled:
                engine.control_last_gate(controlled, [values >> i & 1 for i in range(len(controlled))], circuit)
    return circuit


def _numbers(instruction: Any) -> tuple[list[float], int, int]:
    """Returns a gate's matrix as the engine wants it, the number of its controls, and their values."""
    key = (instruction.name, tuple(instruction.params)) if instruction.is_standard_gate() else None
    if key is not None and key in _KNOWN:
        return _KNOWN[key]
    matrix, controls, values = uncontrolled(instruction)
    found = (np.ascontiguousarray(matrix).view(float).ravel().tolist(), controls, values)
    if key is not None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = found
    return found


#: Matrices of standard gates by name and parameters.
_KNOWN: dict[tuple[str, tuple[float, ...]], tuple[list[float], int, int]] = {}
_MOST_KNOWN = 4096
