"""The backend ``sparse``: exact states with few non-zero amplitudes, on any number of qubits.

Arithmetic on basis states (adders, multipliers, oracles), GHZ and W states stay sparse whatever their width. How many
amplitudes there will be is not known before the run: it takes what `need` announced at most, and stops
with `OutgrownError` beyond that. Measurements on the way and control flow make a `tree` of states.

Memory: 16 bytes for an amplitude and 8 for every 64 qubits of its basis state, six times over while a gate spreads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.backends.branches import Branching, check_exact
from qmagic.backends.flow import Flow, Gates
from qmagic.backends.grouping import paulis_of
from qmagic.backends.holder import Holder
from qmagic.backends.sparse_states import States
from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Sparse"]

#: The most amplitudes of a state; more are no longer few, and a gate takes a tenth of a second.
_MOST = 1 << 18
#: Copies of a state that are alive while a gate spreads it.
_COPIES = 6
#: States that live at once before branches are finished one by one.
_ALIVE = 64


class Sparse(Branching):
    """The backend ``sparse``.

    Args:
        name: Its name.
        most: The number of amplitudes at which it gives up.
    """

    def __init__(self, name: str = "sparse", most: int = _MOST) -> None:
        self.name = name
        self._most = most

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns what the most amplitudes take; refuses noise."""
        if executable.noise is not None:
            raise InputError(f"{self.name} has no noise; use backend 'aer' (or 'auto')")
        if exact:
            check_exact(executable)
        if executable.flow.obstacle:
            raise InputError(f"{self.name} cannot run this circuit: {executable.flow.obstacle}; use backend 'aer'")
        width = executable.program.width
        amplitudes = self._amplitudes(executable)
        each = 16 + 8 * max(1, (width + 63) // 64)
        _, states = self._numbers(executable.flow, width)
        return Need(amplitudes * each * (_COPIES + states))

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns each product's expectation value."""
        del grant
        check_exact(executable)
        states = self._states(executable)
        state = states.start()
        for one in executable.flow.code:
            assert isinstance(one, Gates)
            states.apply(state, states.compiled(one.steps))
        known: dict[Product, float] = {(): 1.0}
        values = np.empty(len(products))
        for row, product in enumerate(products):
            terms = list(paulis_of(product))
            for _, pauli in terms:
                if pauli not in known:
                    known[pauli] = states.expectation(state, pauli)
            values[row] = math.fsum(weight * known[pauli] for weight, pauli in terms)
        return values, self.name

    def _holder(self, executable: Executable) -> Holder:
        return self._states(executable)

    def _states(self, executable: Executable) -> States:
        return States(executable.program.active, self._amplitudes(executable))

    def _amplitudes(self, executable: Executable) -> int:
        """Returns the most amplitudes of one state; several states share the room of one."""
        _, states = self._numbers(executable.flow, executable.program.width)
        return min(1 << min(executable.program.width, 40), max(1 << 10, self._most // states))

    def _numbers(self, flow: Flow, width: int) -> tuple[int, int]:
        del width
        if flow.unitary:
            return 1, 1
        return _ALIVE, _ALIVE + flow.splits + (0 if flow.straight else 16)
