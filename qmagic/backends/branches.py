"""The backend ``branches``: exact state vectors for circuits that measure, reset and branch on the way.

Each distinct course of events is simulated once (see `tree`): a teleportation has four, an error correction cycle
without errors a few, whatever the number of shots. The worst case, in which every shot goes its own way, costs one
simulation a shot. Circuits without any of that run here as in ``statevector``, without its speed for many qubits.

`Branching` is what all backends share that hold a state and let it branch.

Memory: 16 bytes an amplitude for each living state. Up to 64 MB of states live at once; beyond that, branches
are finished one after the other, and only the siblings along the way wait.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmagic.backends import tree
from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.backends.flow import Flow, measured_in
from qmagic.backends.holder import Holder
from qmagic.backends.memory import limit, refusal
from qmagic.backends.sampling import Key, generator, table_of
from qmagic.backends.threads import available, using
from qmagic.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qmagic.outcomes import CountsTable

__all__ = ["Branches", "Branching", "check_exact"]

#: Bytes of states that live at once before branches are finished one by one.
_LIVING = 64 << 20
#: States that may wait in loops, whose number of rounds is not known.
_LOOPS = 16
#: From this many qubits on more than one thread pays.
_WIDE = 16


def check_exact(executable: Executable) -> None:
    """Checks that a circuit has one final state.

    Raises:
        InputError: It acts on what it measured.
    """
    if executable.program.feeds_forward:
        raise InputError(
            "exact expectation values need a circuit whose measurements come last, but "
            f"{executable.program.obstacle}; set shots (or precision)"
        )


class Branching(abc.ABC):
    """What a backend needs to sample by a tree of branches."""

    name: str

    @abc.abstractmethod
    def _holder(self, executable: Executable) -> Holder:
        """Returns what holds the states."""

    @abc.abstractmethod
    def _numbers(self, flow: Flow, width: int) -> tuple[int, int]:
        """Returns how many states may live before branches are finished one by one, and how many at most."""

    def _counts(self, executable: Executable, flow: Flow, shots: int, key: Key) -> tuple[dict[int, int], int]:
        """Returns counts, and the seed for their order."""
        alive, most = self._numbers(flow, executable.program.width)
        random, order = generator(key)
        return tree.sample(flow, self._holder(executable), shots, random, alive=alive, most=most), order

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts, exactly distributed."""
        with using(grant.threads, "qulacs"):
            counts, order = self._counts(executable, executable.flow, shots, key)
        return table_of(counts, executable.program.num_clbits, order), self.name

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts of the final state in each basis."""
        tables = []
        first = executable.program.num_clbits
        with using(grant.threads, "qulacs"):
            for basis, number, key in zip(bases, shots, keys, strict=True):
                found, order = self._counts(executable, measured_in(executable.flow, basis), number, key)
                counts: dict[int, int] = {}
                for value, count in found.items():
                    counts[value >> first] = counts.get(value >> first, 0) + count
                tables.append(table_of(counts, len(basis), order))
        return tables, self.name


class Branches(Branching):
    """The backend ``branches``.

    Args:
        name: Its name.
    """

    def __init__(self, name: str = "branches") -> None:
        self.name = name

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns 16 bytes an amplitude for each state that may live; refuses noise."""
        if executable.noise is not None:
            raise InputError(f"{self.name} has no noise; use backend 'aer' (or 'auto')")
        if exact:
            check_exact(executable)
        if executable.flow.obstacle:
            raise InputError(f"{self.name} cannot run this circuit: {executable.flow.obstacle}; use backend 'aer'")
        width = executable.program.width
        _, most = self._numbers(executable.flow, width)
        # Two more, for what the draw at the end takes.
        needed = (16 << width) * (most + 2)
        if needed > limit():
            instead = "aer.statevector simulates one shot at a time"
            raise refusal(f"{most} branching state vectors", width, needed, limit(), (16 * (most + 2), 2), instead)
        return Need(needed, available() if width >= _WIDE else 1)

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns exact values: those of ``statevector``, for the state is the same."""
        from qmagic.backends.statevector import StateVector

        check_exact(executable)
        return StateVector().expectations(executable, products, grant)[0], self.name

    def _holder(self, executable: Executable) -> Holder:
        from qmagic.backends.statevector_states import StateVectors

        return StateVectors(executable.program.active)

    def _numbers(self, flow: Flow, width: int) -> tuple[int, int]:
        if flow.unitary:
            return 1, 1
        alive = min(max(_LIVING >> width + 4, 2), 4096)
        return alive, alive + flow.splits + (0 if flow.straight else _LOOPS)
