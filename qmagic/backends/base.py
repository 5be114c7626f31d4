"""The seam between qmagic and simulators: what a backend is, and what it owes.

A backend gets *bound* circuits (no free parameter) one at a time and answers with counts or exact expectation values.

Duties of every backend:

* **Threads.** It uses at most `Grant.threads` threads, and leaves the process's own settings as it found them.
* **Seeds.** Random draws come from the key ``(job seed, PUB index, point, chunk)`` alone (`sampling.Key`); the same key
  gives the same counts whatever ran before, beside or with it.
* **Memory.** `need` says *before* the run how much memory a run takes at its peak, and refuses what can never run
  with one sentence; a run stays below what it announced.
* **Order.** Bit 0 is the circuit's first classical bit; nothing reorders registers or qubits.
* **Failure.** A simulator's own error becomes one line: `InputError` if the circuit is at fault, else `JobFailedError`.
* Nothing is imported before it is used, and nothing is built for each call that can be kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from qmagic.errors import JobFailedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.flow import Flow
    from qmagic.backends.noise import Noise
    from qmagic.backends.program import Program
    from qmagic.backends.sampling import Key
    from qmagic.outcomes import CountsTable

__all__ = ["Backend", "Executable", "Grant", "Need", "OutgrownError", "Product", "Shelf"]

#: A product of single-qubit operators: ``(letter, qubit)`` with letters of ``XYZ01+-rl``, ascending by qubit.
Product = tuple[tuple[str, int], ...]

Kept = TypeVar("Kept")

#: Bytes that are kept at most: they lie within the slack that a run has over its `Need`.
_SHELF = 256 << 20


@dataclasses.dataclass(slots=True)
class Shelf:
    """What is kept of a circuit from one PUB to the next that runs the same; parts of a circuit share one.

    Attributes:
        shared: Whether another PUB comes; nothing is kept otherwise.
    """

    shared: bool = False
    _kept: dict[tuple[int, str], Any] = dataclasses.field(default_factory=dict)
    _room: int = _SHELF

    def keep(self, owner: object, name: str, size: int, make: Callable[[], Kept]) -> Kept:
        """Returns what `make` makes of `owner` alone, made once where it is shared, and there is room.

        Args:
            owner: The executable.
            name: What it is.
            size: Its bytes.
            make: Makes it.
        """
        key = (id(owner), name)
        if key in self._kept:
            kept: Kept = self._kept[key]
            return kept
        made = make()
        if self.shared and size <= self._room:
            self._kept[key] = made
            self._room -= size
        return made

    def clear(self) -> None:
        """Gives back what was kept."""
        self.shared, self._room = False, _SHELF
        self._kept.clear()


@dataclasses.dataclass(slots=True)
class Executable:
    """A bound circuit, read once, ready to run.

    Attributes:
        circuit: The circuit, without free parameters.
        program: What it does. For expectation values the qubits of the observables count as active.
        noise: The noise that it runs under; None for none.
        shelf: Where simulators keep what they made of it, when several PUBs run it one after the other.
    """

    circuit: QuantumCircuit
    program: Program
    noise: Noise | None = None
    shelf: Shelf = dataclasses.field(default_factory=Shelf, repr=False, compare=False)
    _flow: Flow | None = dataclasses.field(default=None, init=False, repr=False, compare=False)

    @property
    def flow(self) -> Flow:
        """What the circuit does with measurements in the middle and control flow; read when first asked for."""
        if self._flow is None:
            from qmagic.backends.flow import Flow, Gates
            from qmagic.backends.unfold import read

            program = self.program
            if program.obstacle:
                self._flow = read(self.circuit, program.active)
            else:
                self._flow = Flow([Gates(program.steps)], program.measured, program.num_clbits)
        return self._flow


class OutgrownError(JobFailedError):
    """The run grew past what `Backend.need` announced, and was stopped: another backend may do it.

    Only backends raise it whose need cannot be known before the run (``sparse``, ``branches``).

    Attributes:
        part: Which part of a circuit that runs apart it was.
    """

    part = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Need:
    """What a run takes: bytes at its peak, and the threads that it can use well."""

    memory: int
    threads: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """What a run may take."""

    threads: int = 1
    memory: int = 0


@runtime_checkable
class Backend(Protocol):
    """A simulator."""

    #: The name that a user types, such as ``"aer.statevector"``.
    name: str

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns what the run takes; reading it costs microseconds.

        Args:
            executable: What would run; its parameters may still be free.
            exact: Whether exact expectation values are asked for, not counts.

        Raises:
            InputError: This backend cannot run it at all (one sentence: what, and what would).
        """
        ...

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns the counts over all classical bits of the circuit, and the method that was used."""
        ...

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns the exact expectation value of each product in the circuit's final state, and the method.

        The circuit has no terminal measurements. Readout errors of the noise are included: the value is the one that
        infinitely many shots would give.
        """
        ...

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts of the final state measured in each basis, and the method.

        A basis names X, Y or Z for some qubits; bit ``i`` of its outcomes is the ``i``-th of them.
        The basis change itself is free of noise, the readout is not.
        """
        ...
