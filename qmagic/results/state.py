"""`State`: the state of a small circuit after each of its gates, to look at and to compute with.

Bloch vectors and density matrices follow from the amplitudes, which a worker computed. Pure Python but for the methods
that return arrays.
"""

from __future__ import annotations

import functools
import struct
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError, NotFoundError
from qmagic.outcomes import StateTrace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qmagic.results.result import Result

__all__ = ["State", "state_of", "state_result"]


class State:
    """The states of a circuit without its final measurements; qubit 0 is the least significant bit of an index.

    Attributes:
        num_qubits: The circuit's qubits.
        steps: What was done before each state; the first one is ``"start"``.

    Args:
        result: The result of a job of kind ``"state"``.
    """

    def __init__(self, result: Result) -> None:
        self.result = result
        self.num_qubits, self.steps = _trace(result).num_qubits, _trace(result).steps

    def __len__(self) -> int:
        return len(self.steps)

    def amplitudes(self, step: int = -1) -> list[complex]:
        """Returns the amplitudes after a step; the last one where none is given."""
        if not -len(self) <= step < len(self):
            raise NotFoundError(f"there is no step {step}; the circuit has {len(self)}, from 0 (the start) on")
        size = 1 << self.num_qubits
        numbers = self._numbers[2 * size * (step % len(self)) :][: 2 * size]
        return [complex(re, im) for re, im in zip(numbers[::2], numbers[1::2], strict=True)]

    def probabilities(self, step: int = -1) -> dict[str, float]:
        """Returns the probability of each basis state that has one, by its bitstring."""
        chances = [abs(amplitude) ** 2 for amplitude in self.amplitudes(step)]
        return {f"{i:0{self.num_qubits}b}": chance for i, chance in enumerate(chances) if chance > 1e-12}

    def bloch(self, qubit: int, step: int = -1) -> tuple[float, float, float]:
        """Returns (⟨X⟩, ⟨Y⟩, ⟨Z⟩) of one qubit; shorter than 1 where it is entangled with others."""
        if not 0 <= qubit < self.num_qubits:
            raise NotFoundError(f"there is no qubit {qubit}; the circuit has {self.num_qubits}")
        bit, amplitudes = 1 << qubit, self.amplitudes(step)
        pairs = [(amplitudes[i], amplitudes[i | bit]) for i in range(len(amplitudes)) if not i & bit]
        # ρ01 = Σ a0 a1*: ⟨X⟩ = 2 Re ρ01, ⟨Y⟩ = -2 Im ρ01, ⟨Z⟩ = ρ00 - ρ11
        off = sum((zero * one.conjugate() for zero, one in pairs), 0j)
        z = sum(abs(zero) ** 2 - abs(one) ** 2 for zero, one in pairs)
        return 2 * off.real, -2 * off.imag, z

    def vector(self, step: int = -1) -> NDArray[np.complex128]:
        """Returns the amplitudes as an array."""
        import numpy as np

        return np.array(self.amplitudes(step))

    def density_matrix(self, step: int = -1) -> NDArray[np.complex128]:
        """Returns ρ = |ψ⟩⟨ψ|."""
        import numpy as np

        vector = self.vector(step)
        return np.outer(vector, vector.conj())

    @functools.cached_property
    def _numbers(self) -> tuple[float, ...]:
        data = _trace(self.result).amplitudes
        return struct.unpack(f"<{len(data) // 8}d", data)

    def __repr__(self) -> str:
        return f"<State of {self.num_qubits} qubits after {len(self) - 1} steps>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display import mimebundle

        return mimebundle(self.result)


def state_of(result: Result, i: int) -> State:
    """Runs a job that gives the state of PUB `i` of a result, waits for it, and returns the state.

    Raises:
        InputError: The circuit is not known, too wide, not unitary, or has many points.
    """
    import msgspec

    from qmagic import client
    from qmagic.jobs import PubSpec, new_job_id

    spec = result.spec if result.spec is not None else client.Job(result.info.id).spec()
    if result.outcome.states:
        return State(result)
    if not -len(spec.pubs) <= i < len(spec.pubs):
        raise NotFoundError(f"there is no PUB {i}; the result has {len(spec.pubs)}")
    pub = spec.pubs[i]
    wanted = msgspec.structs.replace(
        spec,
        id=new_job_id(),
        kind="state",
        pubs=(PubSpec(circuit=pub.circuit, parameters=pub.parameters),),
        backend="auto",
        noise=None,
        transpile=None,
        sweep=False,
        checked=False,
        parent=result.info.id,
    )
    return state_result(client.submit(wanted).result())


def state_result(result: Result) -> State:
    """Returns the state in a result.

    Raises:
        InputError: It holds counts or expectation values.
    """
    if not result.outcome.states:
        raise InputError("this result holds no state; %qstate circuit and result.state() give one")
    return State(result)


def _trace(result: Result) -> StateTrace:
    return result.outcome.states[0]
